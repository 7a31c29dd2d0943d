"""What the newest test message of each channel came to, and the tests of a new month.

A channel that nobody needed for a month may have stopped delivering in silence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.channels.base import Channel
from alerts.common.local_time import instant_of
from alerts.common.log import Log
from alerts.message import ChannelOutcome, Delivers, Failure, Refused
from alerts.rules.ladder import waking
from alerts.words import Words
from monitor.desk.trials import Trial, tried
from monitor.register import Register
from monitor.reports.month.figures import last_due
from monitor.store.protocols.notes import Notes

TESTED = "channels_tested"  # note: what the newest test message of each channel came to
MONTH = "channels_tested_for"  # note: the month whose tests were begun
LONG = timedelta(days=31)  # without a message that was accepted
CONSOLE = "console"  # a screen; nobody is told


@dataclass(frozen=True, slots=True)
class LastTest:
    """What a test message came to. *error*: why the service did not take it."""

    at: datetime
    sent: bool
    error: str = ""


class LastTests:
    """Keeps what the newest test message of each channel came to."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def known(self) -> Mapping[str, LastTest]:
        """Return it by channel."""
        return self._notes.read(TESTED, _tested) or {}

    def keep(self, trial: Trial, now: datetime) -> None:
        """Keep what *trial* came to at *now*."""
        all_of = {**self.known(), trial.channel: LastTest(now, trial.sent, str(trial.detail))}
        rows = {
            channel: {"at": one.at.isoformat(), "sent": one.sent, "error": one.error}
            for channel, one in all_of.items()
        }
        self._notes.set(TESTED, json.dumps(rows, ensure_ascii=False))


class SelfTests:
    """Sends one marked test message by every channel, once a month."""

    def __init__(
        self,
        notes: Notes,
        register: Callable[[], Register],
        channels: Mapping[str, Channel],
        kinds: Mapping[str, str],
        words: Words,
        log: Log,
    ) -> None:
        """*register*: as it stands, with what is recorded of the calendar. *kinds*: of the
        channels, by id."""
        self._notes = notes
        self._register = register
        self._channels = channels
        self._kinds = kinds
        self._words = words
        self._log = log
        self._tests = LastTests(notes)

    def send_due(self, now: datetime) -> Sequence[ChannelOutcome]:
        """Send what is due at *now*, on the first working day of a month, and return what was
        found out about the channels. What a crash cuts off is left to the next month."""
        register = self._register()
        if waking(now, register.hours) > now:
            return []
        month = "{}-{:02}".format(*last_due(register.calendar, register.hours, now))
        if self._notes.get(MONTH) == month:
            return []
        self._notes.set(MONTH, month)
        return [*self._sent(register, now)]

    def _sent(self, register: Register, now: datetime) -> Iterator[ChannelOutcome]:
        wanted = [channel for channel, kind in self._kinds.items() if kind != CONSOLE]
        people = [*register.people.values()]
        for one in tried(self._channels, wanted, people, self._words, now):
            if one.person is None:
                continue
            self._tests.keep(one, now)
            self._log("channel_tested", channel=one.channel, sent=one.sent)
            if one.sent:
                yield Delivers(one.channel, one.person)
            elif one.failure is not Failure.LATER:
                yield Refused(one.channel, one.person, str(one.detail), one.failure)


def silent_for_long(accepted: datetime | None, tested: LastTest | None, now: datetime) -> bool:
    """Return whether no message was accepted for so long that one should be sent to see."""
    last = [at for at in (accepted, tested.at if tested and tested.sent else None) if at]
    return not last or now - max(last) > LONG


def _tested(text: str) -> dict[str, LastTest]:
    said: dict[str, Any] = json.loads(text)
    return {
        channel: LastTest(instant_of(one["at"]), bool(one["sent"]), str(one["error"]))
        for channel, one in said.items()
    }
