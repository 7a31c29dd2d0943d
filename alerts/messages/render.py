"""A notice becomes a message: its facts and a language in, text out. Pure.

The first line says who must do what by when; the lines below say why now, what changed, who
knows, who is next and whom to call, the most useful first, because narrow channels cut the end.
Each kind of message has a file of its own; this one chooses among them. Nothing here knows how a
channel formats or sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, assert_never

from alerts.facts import (
    ChannelFacts,
    CommonFacts,
    CredentialFacts,
    DoubtFacts,
    EndFacts,
    Facts,
    GatewayFacts,
    HandoverFacts,
    LedgerFacts,
    LookFacts,
    QuotaFacts,
    RosterFacts,
    SelfFacts,
    ShiftFacts,
    SilenceFacts,
    TogetherFacts,
)
from alerts.messages import (
    channel,
    custody,
    ending,
    gateway,
    ledger,
    look,
    own_trouble,
    roster,
    shift,
    silence,
)
from alerts.messages.draft import Draft, name_of
from alerts.messages.late import late_lines
from alerts.model import Hours, Notice, Person
from alerts.words import Words

Own = TypeVar("Own", bound=CommonFacts)
_Worded = tuple[str, Iterator[str]]  # a first line, and those below it

LONGEST = 4096  # characters: the tightest limit of a channel that counts them


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in plain text: its first line, and the whole, first line included."""

    subject: str
    text: str


def render(
    notice: Notice, words: Words, hours: Hours, resent: bool, sent_at: datetime | None = None
) -> Rendered:
    """Return the message of one notice; *resent* marks it as a repeat that may be a double.
    Where it goes out at *sent_at*, and that is late, it says what holds by then."""
    draft = Draft(notice, notice.facts, words.within(hours.zone), hours)
    subject, body = _worded(draft)
    if resent:
        subject = words.text("{subject} (sent again)").format(subject=subject)
    lines = [subject, *_marks(draft, resent), *late_lines(draft, sent_at), *body, _stamp(draft)]
    return Rendered(subject, _fitted(lines))


def heading(notices: Sequence[Notice], people: Mapping[str, Person], words: Words) -> str:
    """Return what stands above a message where others read along: of which alert, to whom."""
    return "  ".join(dict.fromkeys(_heading(notice, people, words) for notice in notices))


def _heading(notice: Notice, people: Mapping[str, Person], words: Words) -> str:
    known = people.get(notice.person)
    name = name_of(known.name if known else notice.person)
    if shift.sums_up(notice):
        return words.text("{what}, to {name}").format(
            what=words.reason(notice.reason.value), name=name
        )
    return words.text("Alert #{n} ({what}), to {name}").format(
        n=notice.alert, what=words.kind(notice.kind.value), name=name
    )


def _worded(draft: Draft[Facts]) -> _Worded:  # noqa: C901, PLR0911, PLR0912 - one case a kind
    """The first line and the lines below it, by the type of the facts."""
    match draft.facts:
        case SilenceFacts() as facts:
            return _by(silence.subject, silence.lines, draft, facts)
        case LookFacts() as facts:
            return _by(look.subject, look.lines, draft, facts)
        case EndFacts() as facts:
            return _by(ending.subject, ending.lines, draft, facts)
        case GatewayFacts() as facts:
            return _by(gateway.failing_subject, gateway.failing_lines, draft, facts)
        case CredentialFacts() as facts:
            return _by(gateway.credential_subject, gateway.credential_lines, draft, facts)
        case QuotaFacts() as facts:
            return _by(gateway.quota_subject, gateway.quota_lines, draft, facts)
        case DoubtFacts() as facts:
            return _by(gateway.doubt_subject, gateway.doubt_lines, draft, facts)
        case TogetherFacts() as facts:
            return _by(gateway.together_subject, gateway.together_lines, draft, facts)
        case ChannelFacts() as facts:
            return _by(channel.subject, channel.lines, draft, facts)
        case SelfFacts() as facts:
            return _by(own_trouble.subject, own_trouble.lines, draft, facts)
        case HandoverFacts() as facts:
            return _by(custody.subject, custody.lines, draft, facts)
        case RosterFacts() as facts:
            return _by(roster.subject, roster.lines, draft, facts)
        case ShiftFacts() as facts:
            return _by(shift.subject, shift.lines, draft, facts)
        case LedgerFacts() as facts:
            return _by(ledger.subject, ledger.lines, draft, facts)
        case _ as unknown:
            assert_never(unknown)


def _by(
    subject: Callable[[Draft[Own]], str],
    lines: Callable[[Draft[Own]], Iterator[str]],
    draft: Draft[Facts],
    facts: Own,
) -> _Worded:
    own = Draft(draft.notice, facts, draft.words, draft.hours)
    over = own.ended and not isinstance(facts, EndFacts)
    return subject(own), ending.closing_lines(own) if over else lines(own)


def _marks(draft: Draft[CommonFacts], resent: bool) -> Iterator[str]:
    """What makes this message unlike an ordinary one."""
    words, facts = draft.words, draft.facts
    if resent:
        yield words.text("Sent again: it may have reached you before.")
    if facts.due_at is not None:
        yield words.text("Made good: due at {at}.").format(at=words.moment(facts.due_at))
    if facts.fallback_for is not None:
        yield _fallback(facts.fallback_for, words)


def _fallback(role: str, words: Words) -> str:
    if role == "duty":
        return words.text("Nobody who can be reached is on duty today, so you are told.")
    if role == "custodian":
        return words.text("The account has no custodian who can be reached, so you are told.")
    return words.text("There is no {role} who can be reached, so you are told.").format(
        role=words.role(role)
    )


def _stamp(draft: Draft[CommonFacts]) -> str:
    """The last line, so that a forwarded message still shows when it was true."""
    return draft.words.moment(draft.at, year=True)


def _fitted(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
