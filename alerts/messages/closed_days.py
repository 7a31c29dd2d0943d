"""Phrases about the last day to publish and the closed days around it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alerts.facts import SilenceFacts
from alerts.messages.draft import Draft
from alerts.model import Reason
from alerts.words import WEEKEND, Words


def last_day(draft: Draft[SilenceFacts]) -> str:
    """Return the last whole day to publish; inside a holiday with the day's number."""
    words, facts = draft.words, draft.facts
    day = facts.publish_by
    if day is None:
        return "–"
    if day < draft.today and facts.breach_at is not None:
        return words.moment(facts.breach_at)  # no whole day is left, but hours are
    if facts.closed_from is None or weekend(facts):
        return words.day(day)
    return words.text("{day} (day {n} of the holiday)").format(
        day=words.short_day(day), n=(day - facts.closed_from).days + 1
    )


def weekend(facts: SilenceFacts) -> bool:
    """Return whether the closed stretch is an ordinary weekend."""
    return facts.closed_name in (None, WEEKEND)


def stretch(facts: SilenceFacts, first: date, words: Words) -> str:
    """Return the closed stretch from *first* on, e.g. 春节假期2月10日至17日."""
    span = words.span(first, facts.closed_to or first)
    if weekend(facts):
        return words.text("weekend of {span}").format(span=span)
    return words.text("{holiday} holiday of {span}").format(
        holiday=words.holiday(facts.closed_name or ""), span=span
    )


def closure_sentence(draft: Draft[SilenceFacts], first: date) -> str:
    """Return why a message comes before closed days that begin on *first*."""
    words, facts = draft.words, draft.facts
    sentence = (
        words.text(
            "{stretch}: this account must publish by {day}; "
            "the last working day before the weekend is {last}."
        )
        if weekend(facts)
        else words.text(
            "{stretch}: this account must publish by {day}; "
            "the last working day before the holiday is {last}."
        )
    )
    last = _near(facts.last_workday, draft) if facts.last_workday else "–"
    return sentence.format(stretch=stretch(facts, first, words), day=last_day(draft), last=last)


def closed_lines(draft: Draft[SilenceFacts]) -> Iterator[str]:
    """Yield the closed days ahead, and that the calendar of that time is an estimate."""
    words, facts = draft.words, draft.facts
    said_above = draft.notice.reason in (Reason.CLOSURE, Reason.PUBLISH_DAY)
    ahead = facts.publish_by is not None and facts.publish_by >= draft.today
    if facts.closed_from is not None and ahead and not said_above:
        yield words.text("Mind the closed days: {stretch}.").format(
            stretch=stretch(facts, facts.closed_from, words)
        )
    if facts.guessed and ahead:
        yield words.text("Holidays of that time are not announced yet; they are reckoned.")


def _near(day: date, draft: Draft[SilenceFacts]) -> str:
    match (day - draft.today).days:
        case 0:
            return draft.words.text("today")
        case 1:
            return draft.words.text("tomorrow")
    return draft.words.day(day)
