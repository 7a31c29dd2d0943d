"""Alerts about channels: who was refused by one, and whether it delivers to them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from alerts.message import ChannelOutcome, Refused
from alerts.model import Alert, Call, Kind, NoticeState, Reason
from alerts.occasion import Occasion, On
from alerts.rules.lifecycle import Case
from monitor.judging.cases import OPERATOR
from monitor.judging.facts import channel_facts
from monitor.judging.transitions import AlertTransitions, always, at_the_end
from monitor.register import Register
from monitor.store.base import Store


class ChannelAlerts:
    """Moves alerts of the kind `channel`."""

    def __init__(self, store: Store, register: Register, transitions: AlertTransitions) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions

    def note(self, outcomes: Iterable[ChannelOutcome], now: datetime) -> None:
        """Open, or end, alerts after a round of delivery at *now*."""
        by_channel: dict[str, list[ChannelOutcome]] = {}
        for outcome in outcomes:
            by_channel.setdefault(outcome.channel, []).append(outcome)
        if not by_channel:
            return
        open_now = {a.subject: a for a in self._store.alerts.open() if a.kind is Kind.CHANNEL}
        for channel, found in by_channel.items():
            refused = [one for one in found if isinstance(one, Refused)]
            if refused:
                self._refused(channel, refused, now)
            elif channel in open_now and self._delivers_again(open_now[channel], found):
                over = Case(Kind.CHANNEL, channel, now, (), Reason.RECOVERED)
                account = self._register.accounts.get(channel)
                self._transitions.move(over, at_the_end(account, now), now)

    def used(self, alert: Alert) -> bool:
        """Return whether anybody whom a channel refused is still to be reached by it."""
        return any(
            reach.channel == alert.subject
            for person in self._register.people.values()
            if Occasion(On.PERSON, person.id) in alert.called
            for reach in person.reach
        )

    def _refused(self, channel: str, refused: Sequence[Refused], now: datetime) -> None:
        calls = tuple(
            Call(now, None, Reason.CHANNEL, (OPERATOR,), Occasion(On.PERSON, t.person))
            for t in refused
        )
        sorts = {t.failure for t in refused}
        facts = channel_facts(
            channel,
            sorts.pop() if len(sorts) == 1 else None,
            [t.detail for t in refused],
            [t.person for t in refused],
            self._register,
            now,
        )
        self._transitions.move(Case(Kind.CHANNEL, channel, now, calls), always(facts), now)

    def _delivers_again(self, alert: Alert, found: Iterable[ChannelOutcome]) -> bool:
        """Whether somebody whom the channel refused has got something through it since: by
        what was *found* just now, or by a notice.

        That others do proves nothing: one person may have blocked us.
        """
        if any(Occasion(On.PERSON, one.person) in alert.called for one in found if one.person):
            return True
        since = alert.called_at or alert.opened_at
        recent = [
            a.id
            for a in self._store.alerts.listed(True)
            if not a.resolved_at or a.resolved_at >= since
        ]
        return any(
            notice.channel == alert.subject
            and notice.state is NoticeState.SENT
            and notice.sent_at is not None
            and notice.sent_at >= since
            and Occasion(On.PERSON, notice.person) in alert.called
            for notices in self._store.alerts.notices_of(recent).values()
            for notice in notices
        )
