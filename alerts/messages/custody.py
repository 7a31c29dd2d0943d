"""What is said of handovers, of the roster, and to somebody who takes over the duty. Pure.

`alerts.messages.render` puts the sentences together; nothing here decides that anything is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from alerts.model import Event, Facts, GapFacts, HandoverFacts, Item, Kind, Notice, Reason
from alerts.people.handover import NEWLY_NAMED, Trouble
from alerts.words import Words, one_line

NAME, REASON = 40, 120  # characters of one name, of the reason of a handover


def summary(notice: Notice) -> bool:
    """Return whether *notice* sums up a shift."""
    return notice.event is Event.SUMMARY and notice.reason is Reason.SHIFT


def subject(facts: Facts, words: Words, today: date, since: date) -> str:
    """Return the first line about a handover, or an account without a custodian; *since*: the
    day on which that began."""
    told, label = facts.handover, accounts(facts, words)
    if told is not None and told.trouble == Trouble.ORPHANED:
        return _orphaned(label, _name(told.giver), since, words, today)
    if told is not None and told.trouble in (Trouble.STARTED, Trouble.UNACCEPTED):
        return _to_accept(told, label, facts.publish_by, words)
    if told is not None and told.trouble.partition(":")[0] == Trouble.PUBLISHED:
        return words.text(
            "[Handover] {account}: a new post is there; {taker}, please confirm that it is yours"
        ).format(account=label, taker=_name(told.taker))
    due = facts.publish_by
    if due is None:
        return words.text("[Handover] {account}: the handover is not finished").format(
            account=label
        )
    if told is not None and due < today:
        return words.text(
            "[Handover overdue] {account}: due on {day}, {days} overdue; finish it now"
        ).format(account=label, day=words.day(due), days=words.days((today - due).days))
    sentence = (
        words.text("[Handover overdue] {account}: the handover was due on {day}; finish it now")
        if due < today
        else words.text("[Handover] {account}: the handover is not finished; finish it by {day}")
    )
    return sentence.format(account=label, day=words.day(due))


def _orphaned(label: str, name: str, since: date, words: Words, today: date) -> str:
    days = (today - since).days
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
    return sentence.format(account=label, name=name, days=words.days(days))


def _to_accept(told: HandoverFacts, label: str, due: date | None, words: Words) -> str:
    sentence = (
        words.text(
            "[Handover] {account}: from {giver} to {taker} by {day}; {awaiting}, please accept"
        )
        if told.trouble == Trouble.STARTED
        else words.text(
            "[Handover] {account}: from {giver} to {taker}, still to be accepted by {awaiting}"
        )
    )
    return sentence.format(
        account=label,
        giver=_name(told.giver),
        taker=_name(told.taker),
        day=words.day(due) if due else "–",
        awaiting=words.listing([_name(name) for name in told.awaiting]),
    )


def lines(facts: Facts, words: Words) -> Iterator[str]:
    """Yield how far a handover has come, what it still needs, and each gap of a roster."""
    for gap in facts.gaps:
        yield "  " + _gap(gap, words)
    told = facts.handover
    if told is None:
        return
    if told.taker is not None:
        yield words.text("Handover: {giver} → {taker}. Reason: {reason}").format(
            giver=_name(told.giver),
            taker=_name(told.taker),
            reason=one_line(reason(told.reason or "–", words), REASON),
        )
    if told.awaiting:
        names = words.listing([_name(name) for name in told.awaiting])
        yield words.text("Still to be accepted by: {names}").format(names=names)
    elif told.unproven:
        names = words.listing([_name(name) for name in told.unproven])
        yield words.text("No first post of the new custodian is confirmed yet: {names}").format(
            names=names
        )
    if told.unchecked:
        items = words.listing([words.check(item) for item in told.unchecked])
        yield words.text("Still to be passed on: {items}").format(items=items)
    if told.unproven:
        yield words.text("Until it is proven, reminders begin earlier, after 3 quiet days.")


def reason(given: str, words: Words) -> str:
    """Return why accounts are handed over, as somebody gave it or the configuration did."""
    if given == NEWLY_NAMED:
        return words.text("the configuration names a new custodian")
    return given


def ended(facts: Facts, reason: Reason, words: Words) -> str | None:
    """Return the first line about the end of such a trouble; None where the usual one will do."""
    told = facts.handover
    said = {"account": accounts(facts, words), "taker": _name(told.taker if told else None)}
    match reason:
        case Reason.PROVEN:
            sentence = words.text("[Handover done] {account}: {taker} holds it and has published")
        case Reason.ACCEPTED:
            sentence = words.text("[Handover accepted] {account}: {taker} holds it from now on")
        case Reason.CANCELLED:
            sentence = words.text("[Handover called off] {account}: the handover is called off")
        case Reason.FILLED if told is not None:
            sentence = words.text("[Resolved] {account} has a custodian again")
        case Reason.FILLED:
            sentence = words.text("[Resolved] the roster has no gap any more")
        case _:
            return None
    return sentence.format(**said)


def roster(facts: Facts, words: Words) -> str:
    """Return the first line about what the roster lacks: the first gap, and how many more."""
    gap, *more = facts.gaps
    sentence = (
        words.text("[Roster] {gap}; please see to it ({n} more)")
        if more
        else words.text("[Roster] {gap}; please see to it")
    )
    return sentence.format(gap=_gap(gap, words), n=len(more))


def _gap(gap: GapFacts, words: Words) -> str:
    days = _days(gap, words)
    if gap.name is None:
        return words.text("{days}: {what}").format(days=days, what=words.gap(gap.why))
    return words.text("{days}: {name}, on duty, {what}").format(
        days=days, name=_name(gap.name), what=words.gap(gap.why)
    )


def _days(gap: GapFacts, words: Words) -> str:
    if gap.last is None:
        return words.text("from {day} on").format(day=words.day(gap.first))
    return words.day(gap.first) if gap.first == gap.last else words.span(gap.first, gap.last)


def accounts(facts: Facts, words: Words) -> str:
    """Return the account that is handed over, or the first of several and how many they are."""
    first = words.account(_name(facts.name), facts.platform)
    if len(facts.accounts) < 2:
        return first
    return words.text("{account} and others ({n} accounts)").format(
        account=first, n=len(facts.accounts)
    )


# The summary of a shift.


def sheet_subject(facts: Facts, words: Words, today: date) -> str:
    """Return the first line of a shift's summary."""
    last = facts.until or today
    shift = words.day(today) if last <= today else words.span(today, last)
    n = sum(section.total for section in facts.sections)
    sentence = (
        words.plural(
            "[Shift] {shift}: {name} is on duty; {n} matter is open",
            "[Shift] {shift}: {name} is on duty; {n} matters are open",
            n,
        )
        if n
        else words.text("[Shift] {shift}: {name} is on duty; nothing is open")
    )
    return sentence.format(shift=shift, name=_name(facts.name), n=n)


def sheet(facts: Facts, words: Words) -> Iterator[str]:
    """Yield the parts of a shift's summary: a heading, then a line each."""
    for section in facts.sections:
        heading, line = _PARTS[section.what]
        yield heading(words).format(n=section.total)
        for item in section.items:
            yield "  " + line(item, words)
        more = section.total - len(section.items)
        if more:
            yield "  " + words.text("and {n} more").format(n=more)


def _alert(item: Item, words: Words) -> str:
    if item.kind == Kind.ROSTER.value:
        return words.kind(item.kind)  # there is one roster, and it has no name
    if item.days is None:
        return words.text("{account}: {what}").format(
            account=_about(item, words), what=words.kind(item.kind or "")
        )
    quiet = words.text("no update for {days}").format(days=words.days(item.days))
    return words.text("{account}: {what}").format(account=_about(item, words), what=quiet)


def _promise(item: Item, words: Words) -> str:
    return words.text("{account}: {by} promised a post by {until}").format(
        account=_about(item, words),
        by=_people(item, words),
        until=words.moment(item.at) if item.at else "–",
    )


def _blind(item: Item, words: Words) -> str:
    if item.at is None:
        return _about(item, words)
    return words.text("{account}: unreadable since {at}").format(
        account=_about(item, words), at=words.moment(item.at)
    )


def _publish(item: Item, words: Words) -> str:
    return words.text("{account}: by {day}, no update for {days} so far").format(
        account=_about(item, words),
        day=words.day(item.on) if item.on else "–",
        days=words.days(item.days or 0),
    )


def _passing(item: Item, words: Words) -> str:
    return words.text("{account}: {people}, due {day}").format(
        account=_about(item, words),
        people=" → ".join(_name(name) for name in item.people),
        day=words.day(item.on) if item.on else "–",
    )


def _holding(item: Item, words: Words) -> str:
    return words.text("{account}: {people}, not confirmed for {days}").format(
        account=_about(item, words), people=_people(item, words), days=words.days(item.days or 0)
    )


def _about(item: Item, words: Words) -> str:
    return words.account(_name(item.name), item.platform)


def _people(item: Item, words: Words) -> str:
    return words.listing([_name(name) for name in item.people])


def _name(name: str | None) -> str:
    return one_line(name or "–", NAME)


_Part = tuple[Callable[[Words], str], Callable[[Item, Words], str]]

_PARTS: dict[str, _Part] = {
    "alerts": (lambda words: words.text("Open alerts ({n}):"), _alert),
    "publish": (lambda words: words.text("To publish in this shift ({n}):"), _publish),
    "promises": (lambda words: words.text("Promised in this shift ({n}):"), _promise),
    "blind": (lambda words: words.text("Cannot be seen ({n}):"), _blind),
    "handovers": (lambda words: words.text("Handovers not proven ({n}):"), _passing),
    "custody": (lambda words: words.text("Custody to be confirmed ({n}):"), _holding),
}
PARTS = tuple(_PARTS)
