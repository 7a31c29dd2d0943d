"""Messages about handovers, and about accounts without a custodian. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import HandoverFacts, HandoverProgress
from alerts.messages.draft import (
    ACCOUNTS,
    Draft,
    account_lines,
    call_lines,
    listed,
    name_of,
    notified_lines,
)
from alerts.messages.ending import closing, works_again
from alerts.model import Reason
from alerts.people.handover import NEWLY_NAMED, Trouble
from alerts.words import Words, one_line

REASON = 120  # characters of the reason of a handover

Handing = Draft[HandoverFacts]


def subject(draft: Handing) -> str:
    """Return the first line: who must accept, confirm, finish or name whom."""
    if draft.ended:
        taker = _name(draft.facts.handover.taker)
        return closing(draft, _ended(draft), account=accounts(draft), taker=taker)
    handover = draft.facts.handover
    match handover.trouble.kind:
        case Trouble.ORPHANED:
            return _orphaned(draft)
        case Trouble.STARTED | Trouble.UNACCEPTED:
            return _to_accept(draft)
        case Trouble.PUBLISHED:
            return draft.words.text(
                "[Handover] {account}: a new post is there; "
                "{taker}, please confirm that it is yours"
            ).format(account=accounts(draft), taker=_name(handover.taker))
        case _:
            return _to_finish(draft)


def lines(draft: Handing) -> Iterator[str]:
    """Yield how far the handover has come, what it still needs, and who knows."""
    facts, words = draft.facts, draft.words
    yield from _progress(facts.handover, words)
    yield from account_lines(facts, words)
    yield from notified_lines(draft)
    yield from call_lines(facts.call_name, facts.call_phone, words)


def reason(given: str, words: Words) -> str:
    """Return why accounts are handed over, as somebody gave it or the configuration did."""
    if given == NEWLY_NAMED:
        return words.text("the configuration names a new custodian")
    return given


def accounts(draft: Handing) -> str:
    """Return the account that is handed over, or the first of several and how many they are."""
    words, facts = draft.words, draft.facts
    first = words.account(_name(facts.name), facts.platform)
    if len(facts.accounts) < 2:
        return first
    return words.text("{account} and others ({n} accounts)").format(
        account=first, n=len(facts.accounts)
    )


def _to_finish(draft: Handing) -> str:
    words, label, due = draft.words, accounts(draft), draft.facts.publish_by
    if due is None:
        return words.text("[Handover] {account}: the handover is not finished").format(
            account=label
        )
    if due < draft.today:
        return words.text(
            "[Handover overdue] {account}: due on {day}, {days} overdue; finish it now"
        ).format(account=label, day=words.day(due), days=words.days((draft.today - due).days))
    return words.text(
        "[Handover] {account}: the handover is not finished; finish it by {day}"
    ).format(account=label, day=words.day(due))


def _orphaned(draft: Handing) -> str:
    words = draft.words
    days = (draft.today - draft.date_of(draft.began)).days
    sentence = (
        words.text(
            "[No custodian] {account}: for {days} {name} has not been among the people any more; "
            "name a new one"
        )
        if days
        else words.text(
            "[No custodian] {account}: {name} is not among the people any more; name a new one"
        )
    )
    name = _name(draft.facts.handover.giver)
    return sentence.format(account=accounts(draft), name=name, days=words.days(days))


def _to_accept(draft: Handing) -> str:
    words, handover, due = draft.words, draft.facts.handover, draft.facts.publish_by
    sentence = (
        words.text(
            "[Handover] {account}: from {giver} to {taker} by {day}; {awaiting}, please accept"
        )
        if handover.trouble.kind == Trouble.STARTED
        else words.text(
            "[Handover] {account}: from {giver} to {taker}, still to be accepted by {awaiting}"
        )
    )
    return sentence.format(
        account=accounts(draft),
        giver=_name(handover.giver),
        taker=_name(handover.taker),
        day=words.day(due) if due else "–",
        awaiting=words.listing([_name(name) for name in handover.awaiting]),
    )


def _ended(draft: Handing) -> str:
    """The sentence about the end, by its reason, with {account} and {taker} to fill in."""
    words = draft.words
    match draft.notice.reason:
        case Reason.PROVEN:
            return words.text("[Handover done] {account}: {taker} holds it and has published")
        case Reason.ACCEPTED:
            return words.text("[Handover accepted] {account}: {taker} holds it from now on")
        case Reason.CANCELLED:
            return words.text("[Handover called off] {account}: the handover is called off")
        case Reason.FILLED:
            return words.text("[Resolved] {account} has a custodian again")
        case _:
            return works_again(draft)


def _progress(handover: HandoverProgress, words: Words) -> Iterator[str]:
    if handover.taker is not None:
        yield words.text("Handover: {giver} → {taker}. Reason: {reason}").format(
            giver=_name(handover.giver),
            taker=_name(handover.taker),
            reason=one_line(reason(handover.reason or "–", words), REASON),
        )
    if handover.awaiting:
        names = words.listing([_name(name) for name in handover.awaiting])
        yield words.text("Still to be accepted by: {names}").format(names=names)
    elif handover.unproven:
        names = listed(handover.unproven, ACCOUNTS, words)
        yield words.text("No first post of the new custodian is confirmed yet: {names}").format(
            names=names
        )
    if handover.unchecked:
        items = words.listing([words.check(item) for item in handover.unchecked])
        yield words.text("Still to be passed on: {items}").format(items=items)
    if handover.unproven:
        yield words.text("Until it is proven, reminders begin earlier, after 3 quiet days.")


def _name(name: str | None) -> str:
    return name_of(name or "–")
