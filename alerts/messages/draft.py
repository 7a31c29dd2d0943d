"""A notice about to be worded, and the phrases and lines that several kinds of message share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from alerts.facts import ChannelFacts, CommonFacts, GatewayFacts, OfAccount
from alerts.messages.causes import advice, reason
from alerts.model import ENDED, Event, Hours, Kind, Notice
from alerts.told import Detail
from alerts.words import LINK, Words, one_line

LABEL = re.compile(r"(.*)（([a-z]+)）", re.S)
NAME, DETAIL = 40, 200  # characters of one fact
FEW, NAMES, ACCOUNTS = 3, 12, 40  # how many are listed by name: in a first line, below, at most

F_co = TypeVar("F_co", bound=CommonFacts, covariant=True)


@dataclass(frozen=True, slots=True)
class Draft(Generic[F_co]):
    """A notice about to be worded: the facts at hand, and words in the zone of *hours*."""

    notice: Notice
    facts: F_co
    words: Words
    hours: Hours

    @property
    def at(self) -> datetime:
        """When the message was decided."""
        return self.facts.at or self.notice.created_at

    @property
    def today(self) -> date:
        """The local date of `at`."""
        return self.date_of(self.at)

    @property
    def began(self) -> datetime:
        """Since when it has been so; `at` where that is not known."""
        return self.facts.since or self.at

    @property
    def ended(self) -> bool:
        """Whether the message is about an end."""
        return ended(self.notice)

    def date_of(self, at: datetime) -> date:
        """Return the local date of *at*."""
        return at.astimezone(self.hours.zone).date()


def ended(notice: Notice) -> bool:
    """Return whether *notice* says that its alert has ended, so that nothing is left to be done."""
    return notice.event is Event.RESOLVED or notice.reason in ENDED


def name_of(name: str | None) -> str:
    """Return *name* on one line, cut; empty if there is none."""
    return one_line(name or "", NAME)


def account_of(draft: Draft[CommonFacts]) -> str:
    """Return how the account is called, e.g. “鞍山民政”微博."""
    return draft.words.account(name_of(draft.facts.name), draft.facts.platform)


def label_of(draft: Draft[CommonFacts]) -> str:
    """Return how the subject is called: a gateway, a channel or an account."""
    words, name = draft.words, name_of(draft.facts.name)
    match draft.notice.kind:
        case Kind.GATEWAY:
            return words.text("gateway {name}").format(name=name)
        case Kind.CHANNEL:
            return words.text("channel {name}").format(name=name)
        case _:
            return account_of(draft)


def link_of(facts: CommonFacts) -> str:
    """Return the page on one line, cut; empty if there is none."""
    return one_line(facts.link or "", LINK)


def listed(names: Sequence[str], most: int, words: Words) -> str:
    """Return the first *most* names, and how many more there are."""
    shown = words.listing([_label(name, words) for name in names[:most]])
    if len(names) <= most:
        return shown
    return words.text("{names} and {n} more").format(names=shown, n=len(names) - most)


def _label(name: str, words: Words) -> str:
    """*name* on one line, cut; of an account's with its platform the latter by its name."""
    found = LABEL.fullmatch(name)
    if found is None or words.platform(found[2]) == found[2]:
        return one_line(name, NAME)
    return words.account(one_line(found[1], NAME), found[2])


def counted_accounts(facts: CommonFacts, words: Words) -> str:
    """Return how many accounts a message concerns, e.g. 2个账号."""
    accounts = words.plural("{n} account", "{n} accounts", len(facts.accounts))
    return accounts.format(n=len(facts.accounts))


# Lines


def detail_in(facts: GatewayFacts | ChannelFacts) -> str:
    """Return what was said of a failure, with the code that it had."""
    said = facts.gateway_error or ""
    return said if facts.cause is None else Detail(said, facts.cause)


def cause_lines(outcome: str | None, error: str | None, words: Words) -> Iterator[str]:
    """Yield why a gateway cannot be read, and what is done about it."""
    if outcome or error:
        ended, said = outcome or error or "", error or ""
        yield words.text("Reason: {reason}.").format(reason=reason(ended, said, words))
        yield words.text("What to do: {advice}.").format(advice=advice(ended, said, words))


def account_lines(facts: CommonFacts, words: Words) -> Iterator[str]:
    """Yield the names of all accounts that a message concerns, if several."""
    if facts.accounts:
        yield words.text("Accounts: {names}").format(names=listed(facts.accounts, ACCOUNTS, words))


def place_lines(draft: Draft[CommonFacts]) -> Iterator[str]:
    """Yield where the account can be looked at, and whose it is."""
    words, facts = draft.words, draft.facts
    if facts.link and draft.notice.kind is not Kind.BLIND:
        yield words.text("Page: {link}").format(link=link_of(facts))
    if facts.organisation:
        yield words.text("Organisation: {name}").format(name=name_of(facts.organisation))


def call_lines(name: str | None, phone: str | None, words: Words) -> Iterator[str]:
    """Yield whom to ring up."""
    if name and phone:
        yield words.text("Please call: {name}, {phone}").format(
            name=name_of(name), phone=one_line(phone, NAME)
        )
    elif name:
        yield words.text("Please turn to: {name} (no number known)").format(name=name_of(name))


def notified_lines(draft: Draft[CommonFacts]) -> Iterator[str]:
    """Yield who was notified before, and when."""
    words, told = draft.words, draft.facts.told
    if not told:
        return
    names = [
        words.text("{name} ({at})").format(
            name=name_of(one.name),
            at=words.moment(one.at) if one.at else words.text("not confirmed"),
        )
        for one in told
    ]
    yield words.text("Told so far: {names}").format(names=listed(names, NAMES, words))


def agreed_lines(draft: Draft[OfAccount]) -> Iterator[str]:
    """Yield the silence that was agreed: until when, or that its end is why now."""
    words, facts = draft.words, draft.facts
    if facts.agreed_until is None:
        return
    until, by = words.moment(facts.agreed_until), name_of(facts.agreed_by)
    if facts.agreed_until <= draft.at:
        yield words.text("A silence was agreed until {until}; it is over.").format(until=until)
        return
    why = one_line(facts.agreed_why or "–", DETAIL)
    yield words.agreed(until, by, why, one_line(facts.agreed_document or "", NAME))
