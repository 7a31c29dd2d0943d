"""The summary for somebody who takes over the duty: what is open, part by part. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alerts.facts import Item, ShiftFacts
from alerts.messages.draft import Draft, name_of
from alerts.model import Event, Kind, Notice, Reason
from alerts.words import Words


def sums_up(notice: Notice) -> bool:
    """Return whether *notice* sums up a shift."""
    return notice.event is Event.SUMMARY and notice.reason is Reason.SHIFT


def subject(draft: Draft[ShiftFacts]) -> str:
    """Return the first line: the shift, whose it is, and how many matters are open."""
    words, facts, today = draft.words, draft.facts, draft.today
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
    return sentence.format(shift=shift, name=name_of(facts.name or "–"), n=n)


def lines(draft: Draft[ShiftFacts]) -> Iterator[str]:
    """Yield the parts of the summary: a heading, then a line each."""
    words = draft.words
    for section in draft.facts.sections:
        heading, line = PARTS[section.what]
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
    return name_of(name or "–")


_Part = tuple[Callable[[Words], str], Callable[[Item, Words], str]]

PARTS: dict[str, _Part] = {
    "alerts": (lambda words: words.text("Open alerts ({n}):"), _alert),
    "publish": (lambda words: words.text("To publish in this shift ({n}):"), _publish),
    "promises": (lambda words: words.text("Promised in this shift ({n}):"), _promise),
    "blind": (lambda words: words.text("Cannot be seen ({n}):"), _blind),
    "handovers": (lambda words: words.text("Handovers not proven ({n}):"), _passing),
    "custody": (lambda words: words.text("Custody to be confirmed ({n}):"), _holding),
}
