"""Test messages from the page: by one channel, to whom an admin names or to himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.channels.base import Channel
from alerts.model import Person
from alerts.words import LINK, one_line
from monitor.desk.answers import AnswerResult
from monitor.desk.self_tests import LastTests
from monitor.desk.trials import tried
from monitor.errors import worded
from monitor.web.door import Visitor
from monitor.web.parts import Parts


class ChannelTrials:
    """Sends one marked test message at a time, and says what the service answered."""

    def __init__(
        self, channels: Mapping[str, Channel], kinds: Mapping[str, str], parts: Parts
    ) -> None:
        self._channels = channels
        self.kinds = kinds
        self._parts = parts
        self._words = parts.words

    def listed(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Return each channel's id and kind, and the id and name of everybody whom it reaches."""
        return [(name, kind, self._reached(name)) for name, kind in self.kinds.items()]

    def message(self, visitor: Visitor, channel: str, to: str, now: datetime) -> AnswerResult:
        """Send a test message by *channel* to the person *to*; where nobody is named, to the
        visitor if it reaches them, else to whom it reaches first."""
        if channel not in self._channels:
            return AnswerResult(False, self._words.text("There is no such channel."))
        if to and to not in self._parts.register.people:
            return AnswerResult(False, self._words.text("There is nobody of this name."))
        [trial] = tried(self._channels, [channel], self._people(visitor, to), self._words, now)
        if trial.person is not None:
            LastTests(self._parts.store.notes).keep(trial, now)
        self._parts.log("channel_tried", channel=channel, sent=trial.sent, by=visitor.name)
        if trial.sent:
            said = self._words.text("Test message by {channel} to {name}: the service accepted it.")
            whom = self._parts.register.name(trial.person) if trial.person else "–"
            return AnswerResult(True, said.format(channel=channel, name=whom))
        why = worded(trial.detail, text=self._words.text)
        said = self._words.text("Test message by {channel}: not sent. {why}")
        return AnswerResult(False, said.format(channel=channel, why=one_line(why, LINK)))

    def _people(self, visitor: Visitor, to: str) -> Sequence[Person]:
        people = self._parts.register.people
        wanted = people.get(to) or people.get(visitor.person or "")
        return [wanted] if wanted and (to or wanted.reach) else list(people.values())

    def _reached(self, channel: str) -> list[tuple[str, str]]:
        people = self._parts.register.people.values()
        return [(p.id, p.name) for p in people if any(r.channel == channel for r in p.reach)]
