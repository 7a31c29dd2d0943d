"""Tries channels with one marked test message each, and says what the services answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.channels.base import Channel
from alerts.message import DeliveryError, Failure
from alerts.messages.refusals import refusal
from alerts.messages.trial import trial
from alerts.model import Person, Reach
from alerts.words import Words
from monitor.errors import Code, Told, UsageError
from monitor.wording import one_of, quoted

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one channel's test message. *person*: whom it was for, if there is anybody.

    *sent*: the service itself said yes. *detail*: else why not, in one line without secrets.
    *tried*: False where nobody uses the channel, and nobody asked for it by name. *failure*: of
    which sort it is, where it was refused.
    """

    channel: str
    person: str | None
    sent: bool
    detail: str = ""
    tried: bool = True
    failure: Failure | None = None


def chosen(named: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the channels to try: those *named*, or else all. Raises `UsageError` naming one that
    is not *known*."""
    for channel in named:
        if channel not in known:
            choices = one_of(channel, known)
            raise UsageError(
                Told(
                    "people.toml: there is no channel {channel}; {choices}",
                    channel=quoted(channel),
                    choices=choices,
                )
            )
    return list(dict.fromkeys(named or known))


def tried(
    channels: Mapping[str, Channel],
    wanted: Sequence[str],
    people: Sequence[Person],
    words: Words,
    now: datetime,
    named: Collection[str] = (),
) -> Iterator[Trial]:
    """Send one test message by each channel that is *wanted*, at *now*, and yield what came of it.

    It goes to the first of *people* who uses the channel, operators before others. *named*: the
    channels that somebody asked for.
    """
    for channel in wanted:
        found = _first(channel, people)
        if found is None:
            nobody = words.text("nobody is reached by it")
            yield Trial(channel, None, False, nobody, tried=channel in named)
        else:
            yield _sent(channels[channel], *found, words, now)


def _first(channel: str, people: Sequence[Person]) -> tuple[Person, Reach] | None:
    by_rank = sorted(people, key=lambda person: OPERATOR not in person.roles)
    ways = ((person, reach) for person in by_rank for reach in person.reach)
    return next((way for way in ways if way[1].channel == channel), None)


def _sent(channel: Channel, person: Person, reach: Reach, words: Words, now: datetime) -> Trial:
    try:
        channel.send(trial(person, reach, words, now))
    except DeliveryError as error:
        why = Code(error.detail, refusal(error.detail, error.failure))
        return Trial(reach.channel, person.id, False, why, failure=error.failure)
    return Trial(reach.channel, person.id, True)
