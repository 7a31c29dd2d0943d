"""Messages about what the duty roster lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import DutyGap, RosterFacts
from alerts.messages.draft import Draft, name_of, notified_lines
from alerts.messages.ending import closing, works_again
from alerts.model import Reason
from alerts.words import Words, one_line

WHY = 40  # characters of what somebody else's file says of a gap


def subject(draft: Draft[RosterFacts]) -> str:
    """Return the first line: the first gap, and how many more there are."""
    words, day = draft.words, draft.facts.publish_by
    if draft.ended:
        return closing(draft, _ended(draft))
    if draft.facts.gaps:
        return _first(draft.facts.gaps, words)
    if day is None:
        return words.text("[Roster] the roster has a gap; please name somebody")
    return words.text("[Roster] nobody is on duty on {day}; please name somebody").format(
        day=words.day(day)
    )


def lines(draft: Draft[RosterFacts]) -> Iterator[str]:
    """Yield each gap, and who knows."""
    for gap in draft.facts.gaps:
        yield "  " + _gap(gap, draft.words)
    yield from notified_lines(draft)


def _ended(draft: Draft[RosterFacts]) -> str:
    if draft.notice.reason is Reason.FILLED:
        return draft.words.text("[Resolved] the roster has no gap any more")
    return works_again(draft)


def _first(gaps: tuple[DutyGap, ...], words: Words) -> str:
    gap, *more = gaps
    sentence = (
        words.text("[Roster] {gap}; please see to it ({n} more)")
        if more
        else words.text("[Roster] {gap}; please see to it")
    )
    return sentence.format(gap=_gap(gap, words), n=len(more))


def _gap(gap: DutyGap, words: Words) -> str:
    days, what = _days(gap, words), one_line(words.gap(gap.why), WHY)
    if gap.name is None:
        return words.text("{days}: {what}").format(days=days, what=what)
    return words.text("{days}: {name}, on duty, {what}").format(
        days=days, name=name_of(gap.name), what=what
    )


def _days(gap: DutyGap, words: Words) -> str:
    if gap.last is None:
        return words.text("from {day} on").format(day=words.day(gap.first))
    return words.day(gap.first) if gap.first == gap.last else words.span(gap.first, gap.last)
