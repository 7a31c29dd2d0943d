"""One tick, step by step.

    read what is due      a failure is a value; readings and posts are stored in batches
    → judge the gateways  one that fails is one alert, not forty
    → assess accounts     with the gateways' health as input
    → move the alerts     one transaction a subject commits state and notices together
    → deliver             claim, check that it still holds, send, record
    → mail the month      on the first working day, once to each person

Delivery is at least once: a crash between sending and recording repeats a message, none is
lost. Everything that is due is computed from the store at `now`, so that a restart, a missed
timer or a long sleep changes nothing but the hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.common.log import Log
from alerts.delivery.outbox import Hold
from alerts.delivery.sending import Report
from alerts.message import ChannelOutcome, Refused
from alerts.model import Reason
from alerts.rules.audit import DELIVER, JUDGE, READ
from monitor.clock import Clock
from monitor.judging.engine import AlertEngine
from monitor.model import Reading
from monitor.polling.rounds import Rounds
from monitor.store.base import Store
from monitor.store.protocols.notes import Heartbeat

OUTAGE = timedelta(minutes=15)  # a longer silence of our own: judge nobody before reading again
JUDGE_AT_LEAST = timedelta(minutes=1)
REST = 10  # times what the last judging took, before the next …
SOON = timedelta(seconds=1)  # the shortest rest, and the longest while calls wait for readings

EVERY_REASON = frozenset(Reason)

Deliver = Callable[[datetime, Hold | None], Report]
Monthly = Callable[[datetime], Sequence[ChannelOutcome]]


class Service:
    """The sequence above; every part of it may also be run alone, by a timer of its own."""

    def __init__(
        self,
        store: Store,
        rounds: Rounds,
        engine: AlertEngine,
        deliver: Deliver,
        clock: Clock,
        log: Log,
        monthly: Monthly = lambda _: (),
    ) -> None:
        self._store = store
        self._rounds = rounds
        self._engine = engine
        self._deliver = deliver
        self._clock = clock
        self._log = log
        self._monthly = monthly
        self._judging_since: datetime | None = None
        self._judged_at: datetime | None = None
        self._rest = timedelta(0)
        self._ran_at: dict[str, datetime] = {}
        self._unjudged = True
        self._tell_read: Callable[[], None] = lambda: None

    def tick(self) -> list[Reading]:
        """Make one whole pass and return what was read."""
        readings: list[Reading] = []

        def read() -> bool:
            made = self._rounds.read_due(self._clock())
            readings.extend(made)
            return bool(made)

        self.make_pass(read)
        return readings

    def make_pass(self, read: Callable[[], bool]) -> None:
        """Make one whole pass. *read* has all that is due read and returns whether anything was.
        What judging found to wait for a reading is read in the same pass: the next one may be
        hours away."""
        self.rouse()
        read()
        self.judge()
        if read():
            self.judge()
        self._send(lambda _: None)
        self.monthly()

    def wake(self) -> datetime:
        """Return since when the service has been awake, noting an outage that just ended."""
        self._store.undo_ahead(self._clock())
        return self._beat()

    def rouse(self) -> None:
        """Note an outage that just ended before anything is read: what is read a moment before
        the service counts as awake would count as read before the outage."""
        self._beat(only_waking=True)

    def _beat(self, only_waking: bool = False) -> datetime:
        """Return since when the service is awake, and store its heartbeat: with *only_waking*
        where an outage has just ended.

        Several loops begin at once, perhaps on several machines: an outage has one end, and who
        finds that another has noted it meanwhile looks again.
        """
        while True:
            before, now = self._store.notes.heartbeat(), self._clock()
            awake_since = awake(before, now)
            stored = (before.last_tick_at, before.awake_since) == (now, awake_since)
            if stored or (only_waking and awake_since == before.awake_since):
                return awake_since
            self._store.undo_behind(before, now)
            if self._store.notes.beat(now, awake_since, before):
                return awake_since

    def on_reading(self, tell: Callable[[], None]) -> None:
        """Call *tell* from now on when something was read that is not judged yet."""
        self._tell_read = tell

    def ran_at(self) -> dict[str, datetime]:
        """Return when each loop last ran: judging, delivering, and reading each gateway."""
        return dict(self._ran_at)

    def ran(self, loop: str, at: datetime) -> None:
        """Note that *loop* ran, perhaps on another machine, *at* that instant."""
        self._ran_at[loop] = at

    def _ran(self, loop: str) -> None:
        self.ran(loop, self._clock())

    def stir(self, read_at: datetime | None) -> None:
        """Judge soon if anything was read, on whatever machine, since the last time."""
        judged_at = self._judged_at
        if read_at is not None and (judged_at is None or read_at >= judged_at):
            self._note_unjudged()

    def read_gateway(self, gateway: str) -> list[Reading]:
        """Read what is due behind one gateway, and return the readings."""
        self.rouse()
        loop = f"{READ}:{gateway}"
        # Each reading counts: a round of hundreds may take an hour.
        readings = self._rounds.read_gateway(gateway, self._clock(), lambda _: self._was_read(loop))
        self._ran(loop)
        return readings

    def _was_read(self, loop: str) -> None:
        self._ran(loop)
        self._note_unjudged()

    def _note_unjudged(self) -> None:
        """The first reading since the last judging tells of it, and the others go with it."""
        if not self._unjudged:
            self._unjudged = True
            self._tell_read()

    def judge(self) -> None:
        """Assess every account and gateway, and move the alerts that have to move."""
        self._unjudged = False
        awake_since = self.wake()
        now = self._judging_since = self._clock()
        try:
            self._engine.judge(now, awake_since)
        finally:
            self._judging_since = None
        self._judged_at = now
        self._rest = min(REST * (self._clock() - now), JUDGE_AT_LEAST)
        self._ran(JUDGE)

    def judge_if_due(self) -> bool:
        """Judge if something was read since the last time or a minute has passed; return if it did.

        With so many accounts that it takes long, what was read waits for a moment, so that
        judging never fills the machine; for a second where calls wait for it.
        """
        if self.rest() > 0:
            return False
        self.judge()
        return True

    def rest(self) -> float:
        """Return in how many seconds judging is due, if nothing more is read until then."""
        last, now = self._judged_at, self._clock()
        wait = max(self._rest, SOON) if self._unjudged else JUDGE_AT_LEAST
        if self._unjudged and self._engine.gathering(now) is not None:
            wait = SOON
        if last is None or not last <= now < last + wait:
            return 0.0
        return (last + wait - now).total_seconds()

    def deliver(self) -> None:
        """Try every delivery that is due once. What a judging under way queues waits for its
        end, and calls of one hour wait for each other, so that nobody gets them one by one."""
        self._send(self._held)

    def _held(self, now: datetime) -> Hold | None:
        judging, hold = self._judging_since, self._engine.gathering(now)
        if judging is None:
            return hold
        return Hold(min(judging, hold.since) if hold else judging, EVERY_REASON)

    def _send(self, held: Callable[[datetime], Hold | None]) -> None:
        now = self._clock()
        while True:  # also for what a slow channel has done since the last round
            report = self._deliver(now, held(now))
            self._engine.note_channels(report.outcomes, now)
            self._ran(DELIVER)
            if report.claimed == 0:
                return

    def monthly(self) -> None:
        """Send the month's mail to whom it is due, and notify the operator if it is refused."""
        now = self._clock()
        outcomes = self._monthly(now)
        self._engine.note_channels(outcomes, now)
        if any(isinstance(outcome, Refused) for outcome in outcomes):
            self.deliver()


def awake(before: Heartbeat, now: datetime) -> datetime:
    """Return since when the service counts as awake at *now*: since it last ticked within a
    quarter of an hour, and not since an instant that lies ahead (a clock set back)."""
    last, since = before.last_tick_at, before.awake_since
    if last is None or since is None or not last <= now <= last + OUTAGE or since > now:
        return now
    return since
