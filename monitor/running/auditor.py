"""Audits the running service every minute, and sends the heartbeat ping only if all is well.

It has a thread of its own, so that it notices a dead scheduler and a ping that hangs holds up
nothing else. What counts as a finding is decided by `alerts.rules.audit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread

from alerts.channels.http import Http
from alerts.channels.replies import refusal
from alerts.common.deadline import Limits
from alerts.common.log import Log
from alerts.message import DeliveryError
from alerts.model import Call
from alerts.occasion import Occasion
from alerts.rules.audit import (
    AUDIT,
    DELIVER,
    JUDGE,
    READ,
    Audited,
    AuditFinding,
    Owed,
    Waiting,
    audit,
    audit_written,
    late_loops,
    late_readings,
)
from monitor.clock import Clock
from monitor.errors import StoreError, StoreLostError
from monitor.judging.accounts import Unread
from monitor.judging.engine import AlertEngine
from monitor.register import Register
from monitor.store.base import Store

EVERY = 60.0  # seconds
LIMITS = Limits(timedelta(seconds=5), timedelta(seconds=10))
BEHIND = "behind"  # what is said outside of an alert that has not reached its people

Loops = Mapping[str, datetime]


class HeartbeatPing:
    """The address of the outside monitor, which expects to be requested regularly."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = Http([url], limits=LIMITS)

    def ping(self) -> str | None:
        """Ask for the address, within ten seconds; return in one line how that failed, if so."""
        try:
            reply = self._http.get(self._url)
        except DeliveryError as error:
            return error.detail
        refused = refusal(reply)
        return refused.detail if refused else None

    def close(self) -> None:
        """End what is under way."""
        self._http.close()


class Auditor:
    """Looks every minute whether everything is in order."""

    def __init__(
        self,
        store: Store,
        register: Register,
        engine: AlertEngine,
        loops: Callable[[], Loops],
        ping: HeartbeatPing | None,
        clock: Clock,
        log: Log,
    ) -> None:
        """*loops*: when each loop last ran."""
        self._store = store
        self._register = register
        self._engine = engine
        self._loops = loops
        self._ping = ping
        self._clock = clock
        self._log = log
        self._started_at = clock()
        self._owed: dict[tuple[int, Occasion], datetime] = {}
        self._unread: dict[tuple[str, Occasion], datetime] = {}
        self._found: tuple[AuditFinding, ...] = ()
        self._logged: str | None = None
        self._unsent: str | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, name="auditor", daemon=True)

    def start(self) -> None:
        """Begin to look, a minute from now."""
        self._thread.start()

    def stop(self) -> None:
        """End within seconds."""
        self._stop.set()
        if self._ping is not None:
            self._ping.close()
        if self._thread.ident is not None:
            self._thread.join(LIMITS.deadline.total_seconds())

    def look(self) -> tuple[AuditFinding, ...]:
        """Record and return the findings; send the heartbeat ping if there are none."""
        now = self._clock()
        found = self._audited(now)
        self._note(found, now)
        if not found and self._ping is not None:
            self._report_ping(self._ping.ping())
        return found

    def unready(self, now: datetime) -> list[str]:
        """Return what is not as it should be at *now*, in words that say nothing of whom:
        loops that have not run yet or not lately, and `behind`."""
        self._store.notes.heartbeat()  # whether the store answers at all
        expected, ran = self._expected(), self._loops()
        never = {name for name in expected if name not in ran}
        late = {one.what for one in late_loops(expected, self._started_at, now)}
        amiss = list(dict.fromkeys(name.partition(":")[0] for name in sorted(never | late)))
        behind = any(one.what not in expected for one in self._found)
        return [*amiss, BEHIND] if behind else amiss

    def _audited(self, now: datetime) -> tuple[AuditFinding, ...]:
        missing = {account.id for account in self._store.accounts.missing()}
        alerts = [a for a in self._store.alerts.open() if a.subject not in missing]
        notices = self._store.alerts.notices_of([alert.id for alert in alerts])
        people = self._register.people  # who has left them need not be reached
        flat = [n for group in notices.values() for n in group if n.person in people]
        owed, unread = self._engine.owed(now, self._store.notes.heartbeat().awake_since)
        still = self._still_owed(owed, now)
        found = audit(
            self._expected(), self._started_at, alerts, flat, still, self._register.hours, now
        )
        return (*found, *late_readings(self._still_unread(unread, now), now))

    def _expected(self) -> dict[str, datetime | None]:
        ran = self._loops()
        names = [f"{READ}:{gateway}" for gateway in self._register.gateways]
        return {name: ran.get(name) for name in (*names, JUDGE, DELIVER)}

    def _still_owed(self, found: Sequence[tuple[int, Call]], now: datetime) -> list[Owed]:
        """What is due and not said, and since when: a reading a moment ago may have made it due."""
        keys = {(alert, call.occasion) for alert, call in found}
        self._owed = {key: self._owed.get(key, now) for key in keys}
        return [Owed(alert, occasion, at) for (alert, occasion), at in self._owed.items()]

    def _still_unread(self, found: Sequence[Unread], now: datetime) -> list[Waiting]:
        """What waits for a reading, and since when."""
        waiting = {(one.account, one.occasion): one for one in found}
        self._unread = {key: self._unread.get(key, now) for key in waiting}
        return [Waiting(*key, at, waiting[key].busy_at) for key, at in self._unread.items()]

    def _note(self, found: tuple[AuditFinding, ...], now: datetime) -> None:
        self._found = found
        reasons = [str(one) for one in found]
        self._store.notes.set(AUDIT, audit_written(Audited(now, tuple(reasons))))
        joined = "; ".join(reasons)
        if joined != (self._logged or ""):
            self._log("heartbeat_withheld" if joined else "audit_fine", reason=joined or None)
        self._logged = joined

    def _report_ping(self, failure: str | None) -> None:
        """Log a failed ping once: the outside monitor will raise the alarm by itself."""
        if failure != self._unsent:
            self._log("heartbeat_not_sent" if failure else "heartbeat_sent", reason=failure)
        self._unsent = failure

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                self.look()
            except StoreLostError:
                continue  # said once by who gives signs of life
            except StoreError as error:
                self._log("audit_broke", error=str(error))
            except Exception as error:
                # Not pinged: without a ping the outside monitor raises the alarm.
                self._log("audit_broke", error=type(error).__name__, bug=error)
