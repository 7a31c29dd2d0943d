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
from monitor.app import Driver, claim, register_of
from monitor.clock import Clock, utc_now
from monitor.errors import Field, StoreError, Told, UsageError
from monitor.judging.judged_under import configured
from monitor.machines import BEAT, LEAD, LEADS, LIVES_FOR, Idle, Machine, Work, idle, stranger
from monitor.running.visit_queue import VisitQueue, open_queue
from monitor.settings.model import Settings
from monitor.store.base import Store
from monitor.store.engine import file_of
from monitor.store.ownership import own
from monitor.store.server_clock import ServerClock
from monitor.store.sql import open_store

DISTRIBUTION = "account-freshness-monitor"
FORGOTTEN_AFTER = timedelta(days=1)


class Member(Protocol):
    """What one machine may do at this moment."""

    name: str
    clock: Clock
    queue: VisitQueue | None  # None: who leads reads by itself
    shared: bool  # whether other machines may work on the database

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

    def __init__(self, clock: Clock) -> None:
        self.name, self.clock = socket.gethostname(), clock

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
        self._machines, self._server = store.machines, clock
        self._me, self._log, self._changed = me, log, changed
        self._seen_at = self._leads_until = me.loaded_at
        self._stands_by = True
        self._said: tuple[object, ...] = ()
        self._turn, self._stop = Lock(), Event()
        self._thread = Thread(target=self._run, name="membership", daemon=True)

    def leads(self) -> bool:
        """Return whether the lead is held; it ends by itself with the last sign of life."""
        return self.clock() < self._leads_until

    def reads(self) -> bool:
        """Return whether what it has read is in force, and others still believe that it lives."""
        fresh = self.clock() < self._seen_at + LIVES_FOR
        return fresh and self._me.idle is not Idle.CONFIGURATION

    def stands_by(self) -> bool:
        """Return whether it did not get the lead when it last asked for it."""
        return self._stands_by

    def loaded(self, settings: Settings) -> None:
        """Say that the configuration was read again: it is in force from now on."""
        with self._turn:
            digest = digest_of(settings)
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
        with suppress(StoreError):  # the database is gone: others find out by themselves
            self._machines.leave(self._me.id)

    def beat(self) -> None:
        """Give one sign of life, and find out what may be done. Raises `StoreError`."""
        with self._turn:
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
        lost = False
        while not self._stop.wait(BEAT.total_seconds()):
            try:
                self.beat()
            except StoreError as error:
                if not lost:
                    self._log("database_lost", error=str(error))
                lost = True
                continue
            if lost:
                self._log("database_is_back")
            lost = False


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
        yield Alone(local)
        return
    store = open_store(settings.database, local(), log)
    queue = None
    try:
        clock = ServerClock(store.machines, local)
        lead_by_the_clock(store)
        own(store, settings.owner, settings.accounts, adopt)
        queue = open_queue(settings.database)
        member = Membership(
            store, queue, _machine(settings, work, zones, clock()), clock, changed, log
        )
        _refuse(stranger(version(DISTRIBUTION), store.machines.all(), clock()))
        try:
            member.start()
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


def _machine(settings: Settings, work: Work, zones: tuple[str, ...], now: datetime) -> Machine:
    name = socket.gethostname()
    return Machine(
        id=f"{name}-{secrets.token_hex(4)}",
        name=name,
        work=work,
        zones=zones,
        version=version(DISTRIBUTION),
        configuration=digest_of(settings),
        loaded_at=now,
        seen_at=now,
    )


def _refuse(other: Machine | None) -> None:
    if other is not None:
        raise UsageError(
            Told(
                "{machine} works on this database with version {other}, and this is version "
                "{mine}; stop it first, or let both be of one version",
                machine=other.name,
                other=other.version,
                mine=version(DISTRIBUTION),
            )
        )


def digest_of(settings: Settings) -> str:
    """Return a digest of what all machines have to agree on: accounts, gateways, policies, people,
    roster, calendar, channels. What a machine has of its own – addresses, folders – is no part."""
    register = register_of(settings)
    channels = sorted((one.id, one.kind) for one in settings.channels.values())
    agreed = (configured(register), channels, settings.monthly_to, settings.language)
    return blake2b(repr(agreed).encode(), digest_size=8).hexdigest()
