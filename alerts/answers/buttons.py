"""The buttons below a message, and what comes back when one is pressed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.answers.answer import (
    Answer,
    can_be_answered,
    common_times,
    handover_of,
    of_doubt,
    offered,
)
from alerts.facts import HandoverFacts, breach_of
from alerts.message import Button, Buttons
from alerts.model import Hours, Notice, Person
from alerts.words import Words

ROWS = 8  # alerts of one message that have buttons of their own
ALL = 0  # in a button's place for an alert: all that its reader was notified of


# Buttons, and what comes back when one is pressed: `<answer>:<alert>[:<minutes of Unix time>]`.


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button stood for. *until*: the time it named."""

    answer: Answer
    alert: int
    until: datetime | None = None


def data_of(pressed: Pressed) -> str:
    """Return what a button carries."""
    parts = [pressed.answer.value, str(pressed.alert)]
    if pressed.until is not None:
        parts.append(str(int(pressed.until.timestamp()) // 60))
    return ":".join(parts)


def pressed_of(data: str) -> Pressed | None:
    """Return what a button that carried *data* stood for; None if it is none of ours."""
    found = re.fullmatch(r"([a-z]{1,8}):(\d{1,15})(?::(\d{1,9}))?", data, re.ASCII)
    if found is None or found[1] not in set(Answer):
        return None
    until = datetime.fromtimestamp(int(found[3]) * 60, UTC) if found[3] else None
    return Pressed(Answer(found[1]), int(found[2]), until)


def names_a_time(data: str) -> bool:
    """Return whether a button that carries *data* stands for a time for which a post is
    scheduled."""
    pressed = pressed_of(data)
    return pressed is not None and pressed.answer is Answer.SCHEDULED and pressed.until is not None


def label(answer: Answer, words: Words) -> str:
    """Return what is written on the button of *answer*."""
    return {
        Answer.ACKNOWLEDGE: words.text("Noted"),
        Answer.TODAY: words.text("Will publish today"),
        Answer.SCHEDULED: words.text("Already scheduled"),
        Answer.POSTED: words.text("Published, please check"),
        Answer.ACCEPT: words.text("Accept the handover"),
        Answer.MINE: words.text("I published it"),
        Answer.UPDATED: words.text("Updated today"),
        Answer.QUIET: words.text("Not updated"),
        Answer.SEEN: words.text("What is seen is right"),
        Answer.NOTHING: words.text("Looked, nothing newer"),
    }[answer]


def buttons(
    notices: Sequence[Notice],
    people: Mapping[str, Person],
    words: Words,
    hours: Hours,
    now: datetime,
) -> Buttons:
    """Return the buttons below a message that speaks for *notices*: a row an alert, numbered as
    in the message where it speaks for several; for many, one row for all of them."""
    calls = calls_of(notices)
    if many(calls):
        return (for_all(words, now),)
    rows = []
    for number, notice in enumerate(calls, 1):
        before = f"{number}. " if len(calls) > 1 else ""
        row = tuple(
            Button(before + label(answer, words), data_of(Pressed(answer, notice.alert)))
            for answer in _of_notice(notice, people, hours, now)
        )
        rows += [row] if row else []
    return tuple(dict.fromkeys(rows))


def calls_of(notices: Sequence[Notice]) -> list[Notice]:
    """Return one notice of each call that *notices* make, in their order: several people at one
    address get the same call."""
    return list({(n.alert, n.occasion): n for n in reversed(notices)}.values())[::-1]


def many(notices: Sequence[Notice]) -> bool:
    """Return whether *notices* are of more alerts than have buttons of their own."""
    return len({n.alert for n in notices if can_be_answered(n)}) > ROWS


def for_all(words: Words, now: datetime) -> tuple[Button, ...]:
    """Return the row that acknowledges all alerts that its reader was notified of up to *now*, or
    lists them."""
    return (
        Button(words.text("All noted"), data_of(Pressed(Answer.ACKNOWLEDGE, ALL, now))),
        Button(words.text("One by one"), "/alerts"),
    )


def time_buttons(
    alert: int, breach_at: datetime, words: Words, hours: Hours, now: datetime
) -> Buttons:
    """Return a row for each time for which a post may well be scheduled."""
    return tuple(
        (Button(words.moment(at), data_of(Pressed(Answer.SCHEDULED, alert, at))),)
        for at in common_times(breach_at, hours, now)
    )


def _of_notice(
    notice: Notice, people: Mapping[str, Person], hours: Hours, now: datetime
) -> Iterator[Answer]:
    if not can_be_answered(notice):
        return
    yield from _of_handover(notice, people)
    yield from of_doubt(notice.facts)
    yield from offered(notice.kind, breach_of(notice.facts), hours, now)


def _of_handover(notice: Notice, people: Mapping[str, Person]) -> Iterator[Answer]:
    """Yield the answers to a handover, which name its two sides."""
    facts, person = notice.facts, people.get(notice.person)
    if not isinstance(facts, HandoverFacts) or person is None:
        return
    handover = facts.handover
    if handover_of(notice.subject) is None:
        return
    if person.name in handover.awaiting:
        yield Answer.ACCEPT
    elif not handover.awaiting and handover.unproven and person.name == handover.taker:
        yield Answer.MINE
