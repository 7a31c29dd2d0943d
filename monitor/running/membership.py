"""One machine among those that work on a database: it gives signs of life, and perhaps leads.

The one that leads judges, delivers and has visits made. Where the database is a file there is one
machine, and it leads.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from importlib.metadata import version
from threading import Event, Lock, Thread
from typing import Protocol

from alerts.common.log import Log
from monitor.app import register_of
from monitor.clock import Clock, utc_now
from monitor.driver import Driver, claim
from monitor.errors import Field, StoreError, StoreLostError, Told, UsageError
from monitor.judging.judged_under import configured
from monitor.machines import (
    BEAT,
    LEAD,
    LEADS,
    LIVES_FOR,
    SPARE,
    Idle,
    Machine,
    Work,
    idle,
    not_beside,
    stranger,
)
from monitor.running.faults import Faults
from monitor.running.visit_queue import VisitQueue, open_queue
from monitor.settings.model import Settings
from monitor.store.base import Store
from monitor.store.engine import file_of
from monitor.store.ownership import own
from monitor.store.server_clock import ServerClock
from monitor.store.sql import open_store, unheard

DISTRIBUTION = "account-freshness-monitor"
FORGOTTEN_AFTER = timedelta(days=1)


class Member(Protocol):
    """What one machine may do at this moment."""

    name: str
    clock: Clock
    queue: VisitQueue | None  # None: who leads reads by itself
    shared: bool  # whether other machines may work on the database
    faults: Faults  # what its loops end in

    def leads(self) -> bool:
        """Return whether it judges, delivers and has visits made."""
        ...

    def reads(self) -> bool:
        """Return whether it may read."""
        ...

    def stands_by(self) -> bool:
        """Return whether it did not get the lead when it last asked for it. While the database is
        out of reach nobody can have taken it."""
        ...

    def loaded(self, settings: Settings) -> None:
        """Say that the configuration was read again."""
        ...


class Alone:
    """The only machine there is."""

    queue: VisitQueue | None = None
    shared = False

    def __init__(self, clock: Clock, log: Log = unheard) -> None:
        self.name, self.clock, self.faults = socket.gethostname(), clock, Faults(log)

    def leads(self) -> bool:
        """Return True."""
        return True

    def reads(self) -> bool:
        """Return True."""
        return True

    def stands_by(self) -> bool:
        """Return False."""
        return False

    def loaded(self, settings: Settings) -> None:
        """Do nothing: nobody else is to know."""


class Membership:
    """One machine of several, from its first sign of life to its last."""

    shared = True

    def __init__(
        self,
        store: Store,
        queue: VisitQueue | None,
        me: Machine,
        clock: ServerClock,
        changed: Callable[[], None],
        log: Log,
    ) -> None:
        """*changed* is called when what it may do has become another."""
        self.name, self.queue = me.name, queue
        self.clock: Clock = clock
        self.faults = Faults(log)
        self._machines, self._server = store.machines, clock
        self._me, self._log, self._changed = me, log, changed
        self._seen_at = self._leads_until = me.loaded_at
        self._stands_by = True
        self._said: tuple[object, ...] = ()
        self._turn, self._stop = Lock(), Event()
        self._thread = Thread(target=self._run, name="membership", daemon=True)

    def leads(self) -> bool:
        """Return whether the lead is held. It ends by itself some seconds after the last sign of
        life, and a little sooner here than for the others: who was halted and goes on does not
        lead, whatever has become of its clock."""
        return self._server.latest() < self._leads_until - SPARE

    def reads(self) -> bool:
        """Return whether what it has read is in force, and others still believe that it lives."""
        fresh = self._server.latest() < self._seen_at + LIVES_FOR
        return fresh and self._me.idle is not Idle.CONFIGURATION

    def stands_by(self) -> bool:
        """Return whether it did not get the lead when it last asked for it."""
        return self._stands_by

    def loaded(self, settings: Settings) -> None:
        """Say that the configuration was read again: it is in force from now on."""
        with self._turn:
            digest = digest_of(settings, self.queue is not None)
            self._me = replace(self._me, configuration=digest, loaded_at=self.clock())
        with suppress(StoreError):  # it is said as soon as the database is back
            self.beat()

    def start(self) -> None:
        """Give the first sign of life, and go on. Raises `StoreError`."""
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        """Leave: another may lead at once."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(BEAT.total_seconds())
        if self._thread.is_alive():  # the database does not answer, and would hear that it lives
            return
        with suppress(StoreError):  # the database is gone: others find out by themselves
            self._machines.leave(self._me.id)

    def beat(self) -> None:
        """Give one sign of life, and find out what may be done. Raises `StoreError`."""
        with self._turn:
            self._machines.let_go_of_halted(LIVES_FOR)
            off = self._server.compare()
            now = self.clock()
            me = replace(self._me, off=off, seen_at=now)
            others = [one for one in self._machines.all() if one.id != me.id]
            self._me = replace(me, idle=idle(me, [*others, me], now))
            self._machines.beat(self._me)
            self._seen_at = now
            self._lead(now)
            self._tell()

    def _lead(self, now: datetime) -> None:
        if self._me.work is not Work.SERVICE:
            return
        until = now + LEAD
        if self._me.idle is not None:
            self._machines.let_go(LEADS, self._me.id)
        taken = self._me.idle is None and self._machines.take(LEADS, self._me.id, now, until)
        self._leads_until, self._stands_by = until if taken else now, not taken
        if taken:
            self._machines.forget(now - FORGOTTEN_AFTER)

    def _tell(self) -> None:
        """Say what has become of it, once."""
        said = (self._me.idle, self.leads())
        if said == self._said:
            return
        self._said = said
        off = round(self._me.off.total_seconds()) if self._me.idle is Idle.CLOCK else None
        facts = {"machine": self.name, "leads": self.leads(), "idle": self._me.idle, "off": off}
        self._log("machine_is", **facts)
        self._changed()

    def _run(self) -> None:
        while not self._stop.wait(BEAT.total_seconds()):
            try:
                self.beat()
            except StoreLostError as error:
                self.faults.lost(error)
            except Exception as error:
                self.faults.note("membership", error)
            else:
                self.faults.note("membership", None)
                self.faults.found()


@contextmanager
def joined(
    settings: Settings,
    work: Work,
    zones: tuple[str, ...],
    changed: Callable[[], None],
    log: Log,
    local: Clock = utc_now,
    adopt: bool = False,
) -> Iterator[Member]:
    """Be one of the machines of the configured database for the block; *local* is its own clock.

    Raises `UsageError` where the database belongs to another configuration and *adopt* is not, or
    machines of another version work on it; `StoreError`.
    """
    if file_of(settings.database) is not None:
        yield Alone(local, log)
        return
    store = open_store(settings.database, local(), log)
    queue = None
    try:
        clock = ServerClock(store.machines, local)
        _refuse_others(store, clock())
        lead_by_the_clock(store)
        own(store, settings.owner, settings.accounts, adopt)
        queue = open_queue(settings.database)
        me = _machine(settings, work, zones, queue is not None, clock())
        member = Membership(store, queue, me, clock, changed, log)
        try:
            member.start()
            _refuse_others(store, clock())  # perhaps one that began in the same moment
            yield member
        finally:
            member.stop()
    finally:
        if queue is not None:
            queue.close()
        store.close()


def lead_by_the_clock(store: Store) -> None:
    """Let the real clock have the database for good. Raises `UsageError` if it lives by one that
    is set by hand."""
    if not claim(store, Driver.RUN):
        raise UsageError(
            Told(
                "run: this database was driven by {command}, its clock is not the real one; use "
                "another one (service.database)",
                command=Field("a clock set by hand"),
            )
        )


def _machine(
    settings: Settings, work: Work, zones: tuple[str, ...], shares: bool, now: datetime
) -> Machine:
    name = socket.gethostname()
    return Machine(
        id=f"{name}-{secrets.token_hex(4)}",
        name=name,
        work=work,
        zones=zones,
        version=version(DISTRIBUTION),
        configuration=digest_of(settings, shares),
        loaded_at=now,
        seen_at=now,
    )


def _refuse_others(store: Store, now: datetime) -> None:
    """Raise `UsageError` where a machine of another version works."""
    other = stranger(version(DISTRIBUTION), store.machines.all(), now)
    if other is not None:
        raise UsageError(not_beside(other.name, other.version, version(DISTRIBUTION)))


def digest_of(settings: Settings, shares: bool = True) -> str:
    """Return a digest of what all machines have to agree on: accounts, gateways, policies, people,
    roster, calendar, channels, and whether visits are shared: one that *shares* none reads all
    gateways by itself. What a machine has of its own – addresses, folders – is no part."""
    register = register_of(settings)
    channels = sorted((one.id, one.kind) for one in settings.channels.values())
    agreed = (configured(register), channels, settings.monthly_to, settings.language, shares)
    return blake2b(repr(agreed).encode(), digest_size=8).hexdigest()
