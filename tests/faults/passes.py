"""The whole pass against a gateway on loopback, under a clock that need not be right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.delivery.outbox import After, Hold
from alerts.delivery.sending import Report
from alerts.model import Event, Notice, NoticeState
from monitor.freshness.verdict import Verdict
from monitor.judging.engine import AlertEngine
from monitor.service import Service
from monitor.store.base import Store
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import PEOPLE, silent


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that went out at a true instant, by a clock that was right or not."""

    at: datetime
    right: bool
    notice: Notice

    @property
    def call(self) -> str | None:
        """Which call to whom; None for an end."""
        called = self.notice.event in (Event.ALERT, Event.REMINDER)
        return f"{self.notice.occasion} {self.notice.person}" if called else None


class Passes:
    """Passes at instants that the test gives; the feed shows what was published by then."""

    def __init__(self, store: Store, posted: list[datetime], now: datetime) -> None:
        self.store, self.posted, self.true, self.off = store, posted, now, timedelta(0)
        self.same_host = False  # whether the gateway goes by the same clock
        self.poison: dict[str, Answer] = {}
        self.people = PEOPLE
        self.sent: list[Sent] = []
        self.verdict: Verdict | None = None
        self.hub = RssHub(self.answer)

    def open(self, uids: list[str], clock: datetime, **others: tuple[RssHub, str]) -> None:
        """Begin, by a clock that says *clock*; *others*: further gateways by name, each with the
        one account behind it."""
        accounts, hubs = behind("rsshub", *uids), {"rsshub": self.hub}
        for name, (hub, uid) in others.items():
            accounts, hubs = accounts | behind(name, uid), hubs | {name: hub}
        self.world = Reading(self.store, accounts, hubs, clock)
        self.rules = replace(self.world.rules, people=self.people)
        self.engine = AlertEngine(self.store, self.rules, lambda _, when: when, silent)
        self.service = Service(
            self.store, self.world.rounds, self.engine, self.deliver, self._clock, silent
        )

    def _clock(self) -> datetime:
        return self.world.now

    def answer(self, uid: str) -> Answer:
        if uid in self.poison:
            return self.poison[uid]
        built = self.world.now if self.same_host else self.true
        ages = [built - at for at in self.posted if at <= self.true]
        return 200, feed(uid, built, *ages), {}

    def deliver(self, now: datetime, hold: Hold | None) -> Report:
        """Settle everything that is due as sent."""
        claimed = self.store.outbox.claim(now, hold=hold)
        for notice in claimed:
            if self.store.outbox.still_holds(notice):
                self.store.outbox.settle(notice, After(NoticeState.SENT), now, None)
                self.sent.append(Sent(self.true, self.off == timedelta(0), notice))
            else:
                self.store.outbox.withdraw(notice, now)
        return Report(len(claimed), 0, ())

    def tick(self, true: datetime, off: timedelta = timedelta(0)) -> None:
        """Make a pass at *true* by a clock that is *off*."""
        self.true, self.off, self.world.now = true, off, true + off
        self.service.tick()

    def verdicts(self) -> dict[str, Verdict]:
        """Return every account's verdict by the clock as it is."""
        now, awake = self.world.now, self.store.notes.heartbeat().awake_since
        states = dict(self.store.gateways.states())
        found = self.engine.situations(now, awake, states)
        return {account: s.assessment.verdict for account, s in found.items()}
