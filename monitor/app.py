"""The composition root: settings in, parts out. The only place where edges meet."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from socket import gethostname
from threading import Event
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from alerts.channels import registry as channel_kinds
from alerts.channels.base import Channel
from alerts.common.lazy import LazyMapping
from alerts.common.local_time import instant_of, local_day
from alerts.common.log import Log
from alerts.message import ChannelOutcome
from alerts.model import Hours, Notice, Person
from alerts.rules.calendar import NOTHING, Overrides, OverridesError, calendar, parse_overrides
from monitor.clock import Clock, utc_now
from monitor.driver import clock_for
from monitor.errors import SettingsError, Told
from monitor.ledger.rules import written
from monitor.machines import LIVES_FOR
from monitor.model import Gateway
from monitor.register import Register
from monitor.settings.model import Settings
from monitor.sources import registry as source_kinds
from monitor.sources.answers import Spend, unmetered
from monitor.sources.base import Source
from monitor.store.base import Store
from monitor.store.ownership import own
from monitor.store.server_clock import ServerClock
from monitor.store.sql import open_store

if TYPE_CHECKING:
    from alerts.delivery.outbox import Hold
    from alerts.delivery.senders import Senders
    from alerts.delivery.sending import LinkOf, Report
    from alerts.words import Words
    from monitor.desk.adding import Adding, Proposal
    from monitor.desk.desk import Desk
    from monitor.desk.gateway_trials import GatewayTrials
    from monitor.desk.self_tests import SelfTests
    from monitor.edits import Editing
    from monitor.imports.importing import Imports
    from monitor.judging.engine import AlertEngine
    from monitor.polling.rounds import Rounds
    from monitor.reports.mailing.monthly import Mailer, Monthly
    from monitor.reports.year.reporting import Reporting
    from monitor.sample.gateway import Script
    from monitor.service import Service
    from monitor.sources.addresses import Address

CHANGED = "configuration_changed"  # note: when, and where, its files were last changed by a command
EXAMPLE = "init"  # who takes the example out that it wrote
SAMPLE_ANCHOR = "sample_anchor"
SAMPLE = "sample:"


def alone() -> bool:
    """Return True: no other machine sends."""
    return True


@dataclass(frozen=True)
class App:
    """One register, wired: everything a command may need.

    What only some of them need is made, and its libraries loaded, when it is first asked for.
    """

    settings: Settings
    register: Register
    store: Store
    channels: Mapping[str, Channel]
    sources: Mapping[str, Source]
    clock: Clock
    log: Log
    stop: Event
    senders: Senders | None = None
    leads: Callable[[], bool] = alone

    @cached_property
    def engine(self) -> AlertEngine:
        """What judges."""
        from monitor.judging.engine import AlertEngine

        not_before = partial(_not_before, self.channels, self.settings.hours)
        return AlertEngine(self.store, self.register, not_before, self.log)

    @cached_property
    def desk(self) -> Desk:
        """What answers and takes down what people say."""
        from monitor.desk.desk import Desk

        return Desk(self.store, self.register, self.engine, self.words)

    @cached_property
    def words(self) -> Words:
        """The language of the configuration."""
        from alerts.words import translator

        return translator(self.settings.language, self.settings.zone)

    @cached_property
    def rounds(self) -> Rounds:
        """What reads."""
        from monitor.polling.rounds import Rounds

        return Rounds(self.store, self.sources, self.register, self.clock, self.log, self.stop)

    @cached_property
    def service(self) -> Service:
        """The whole pass, and each part of it."""
        from monitor.service import Service

        return Service(
            self.store,
            self.rounds,
            self.engine,
            self._deliver,
            self.clock,
            self.log,
            self._once_a_month,
        )

    def _once_a_month(self, now: datetime) -> Sequence[ChannelOutcome]:
        """Send the month's mail, and where it is wanted the test messages of a new month."""
        mailed = self.monthly.send_due(now, stopping=self._is_over)
        tested = self._self_tests.send_due(now) if self.settings.channel_tests else []
        return [*mailed, *tested]

    @cached_property
    def _self_tests(self) -> SelfTests:
        from monitor.desk.self_tests import SelfTests

        kinds = {channel.id: channel.kind for channel in self.settings.channels.values()}
        parts = (self.channels, kinds, self.words, self.log)
        return SelfTests(self.store.notes, self.desk.accounts.rules, *parts)

    @cached_property
    def monthly(self) -> Monthly:
        """What makes the month's report and mails it."""
        from monitor.reports.mailing.monthly import Monthly

        to, mailers = self.settings.monthly_to, _mailers(self.settings, self.channels)
        parts = (self.store, self.register, to, mailers, self.words, self.log)
        return Monthly(*parts, self.clock)

    @cached_property
    def adding(self) -> Adding:
        """What makes accounts out of pasted addresses."""
        from monitor.desk.adding import Adding

        return Adding(self.register, self.sources, _owner_of, self.words)

    def take_over(self) -> None:
        """Register what is configured, as who leads does; another machine led before."""
        _sync(self.store, self.register, self.clock(), True)

    @cached_property
    def trials(self) -> GatewayTrials:
        """What tries gateways."""
        from monitor.desk.gateway_trials import GatewayTrials

        return GatewayTrials(self.register, self.sources, _owner_of, self.words, source_kinds.build)

    def editing(self, wrote: Callable[[], None]) -> Editing:
        """Return what changes the configuration's files; *wrote* is called after each change."""
        from monitor.settings.editing import Editor

        kept = self.settings
        return Editor(kept.folder, os.environ, kept.secrets, self.shared, wrote)

    def shared(self) -> bool:
        """Return whether several machines, each with files of its own, work on the database."""
        if self.store.machines.clock() is None:
            return False
        alive = self.clock() - LIVES_FOR
        return len({m.name for m in self.store.machines.all() if m.seen_at >= alive}) > 1

    def add(self, proposals: Sequence[Proposal]) -> Path:
        """Write *proposals* into accounts.toml, whose path is returned, and have the service that
        runs on this database read its configuration again. Raises `UsageError`."""
        from monitor.settings import writing

        written = writing.add(self.settings.folder, [one.block() for one in proposals])
        self._forget(written.left)
        self.reread()
        return written.path

    def reread(self) -> None:
        """Have the service that runs on this database read its configuration again."""
        self.store.notes.set(CHANGED, f"{utc_now().isoformat()} {gethostname()}")

    def text_of(self, proposals: Sequence[Proposal]) -> str:
        """Return *proposals* as they are written into accounts.toml."""
        from monitor.settings import writing

        return writing.text_of([one.block() for one in proposals])

    def _forget(self, examples: Collection[str]) -> None:
        """Let go of accounts that were there for example only: nobody misses them."""
        if not examples:
            return
        kept = {i: a for i, a in self.register.accounts.items() if i not in examples}
        _sync(self.store, replace(self.register, accounts=kept), self.clock(), True)
        for account in examples:
            self.store.accounts.drop(account, EXAMPLE, self.clock())

    @cached_property
    def reporting(self) -> Reporting:
        """What answers questions about figures."""
        from monitor.reports.year.reporting import Reporting

        return Reporting(self.store, self.register, self.words)

    @cached_property
    def imports(self) -> Imports:
        """What brings exports into the ledger."""
        from monitor.imports.importing import Imports

        return Imports(self.store, self.register)

    @cached_property
    def _link_of(self) -> LinkOf | None:
        from monitor.desk.links import linking

        kept = self.settings
        return linking(self.store, kept.public_url, kept.web_secret, kept.former_web_secret)

    def _deliver(self, now: datetime, hold: Hold | None) -> Report:
        from alerts.delivery.sending import drain

        register = self.register
        return drain(
            self.store.outbox,
            self.channels,
            register.people,
            self.words,
            register.hours,
            now,
            self.log,
            link_of=self._link_of,
            hold=hold,
            clock=self.clock,
            senders=self.senders,
            stand_ins=self._stand_ins,
            stopping=self._is_over,
        )

    def _is_over(self) -> bool:
        """Whether nothing more may be sent: it stops, or another machine may lead."""
        return self.stop.is_set() or not self.leads()

    def _stand_ins(self, notice: Notice) -> Sequence[Person]:
        """Return who is notified in place of a person whom no channel is sure to have reached."""
        from alerts.people.routing import STAND_IN
        from monitor.judging.situation import recipients

        now = self.clock()
        register = self.register.under(self.store.custody.records())
        account = register.accounts.get(notice.subject)
        lines = (recipients((role,), account, register, now) for role in STAND_IN)
        others = ([r.person for r in line if r.person.id != notice.person] for line in lines)
        return next((line for line in others if line), [])


def register_of(settings: Settings) -> Register:
    """Return the register that *settings* describe. Raises `SettingsError` for a bad
    holidays file."""
    return Register(
        accounts=settings.accounts,
        gateways=settings.gateways,
        policies=settings.policies,
        people=settings.people,
        roster=settings.roster,
        hours=settings.hours,
        calendar=calendar(_overrides(settings)),
    )


def _overrides(settings: Settings) -> Overrides:
    path = settings.holidays_file
    if path is None:
        return NOTHING
    try:
        return parse_overrides(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            [Told("monitor.toml: service.holidays: {path} cannot be read", path=str(path))],
            settings.language,
        ) from None
    except OverridesError as error:
        raise SettingsError(error.problems, settings.language) from None


@contextmanager
def opened(
    settings: Settings,
    log: Log,
    *,
    reading: bool = False,
    serving: bool = False,
    at: datetime | None = None,
    clock: Clock | None = None,
    out: TextIO | None = None,
    url: str | None = None,
    script: Script | None = None,
    leading: bool = False,
    joining: bool = False,
    leads: Callable[[], bool] = alone,
    adopt: bool = False,
) -> Iterator[App]:
    """Open the store, and with *reading* the gateways, and yield the wired app.

    With *serving*, a slow channel holds up nobody else.

    *clock*: None: the database's own, or the machine's where that has none. *at* replaces it in
    everything. A database that `tick --at` has driven lives at its
    last tick's instant. *leading*: what the settings do not name is missing from now on; a mere
    command takes nothing away from a service beside it. *joining*: another machine leads, and has
    registered what is configured. *leads*: whether this one may send at a moment. *adopt* takes
    the database from another configuration that it belongs to; else that raises `UsageError`.
    *url* replaces the configured database, *script* what `sample:` gateways show.
    """
    with ExitStack() as stack:
        register = register_of(settings)
        store = open_store(url or settings.database, (clock or utc_now)(), log)
        stack.callback(store.close)
        own(store, settings.owner, settings.accounts, adopt)
        now = clock_for(store, at, clock or ServerClock(store.machines, utc_now))
        if not joining:
            _sync(store, register, now(), leading)
        sources = _sources(settings, store, now, stack, script) if reading else {}
        senders = _senders(stack) if serving else None
        channels = _channels(settings, stack, out)
        yield App(
            settings=settings,
            register=register,
            store=store,
            channels=channels,
            sources=sources,
            clock=now,
            log=log,
            stop=Event(),
            senders=senders,
            leads=leads,
        )


def changed_here(noted: str | None) -> bool:
    """Return whether the files whose change was *noted* are those of this machine."""
    return noted is not None and noted.endswith(f" {gethostname()}")


def _sync(store: Store, register: Register, now: datetime, whole: bool) -> None:
    policies = {a.id: written(register.policy_of(a)) for a in register.accounts.values()}
    store.accounts.sync(
        register.accounts.values(),
        register.gateways.values(),
        policies,
        now,
        count_reposts=register.count_reposts(),
        whole=whole,
    )


def _sources(
    settings: Settings, store: Store, clock: Clock, stack: ExitStack, script: Script | None
) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for gateway in _located(settings.gateways, store, clock, stack, script):
        source = source_kinds.build(gateway, spend=_spending(gateway, store, settings.zone))
        stack.callback(source.close)
        sources[gateway.id] = source
    return sources


def _spending(gateway: Gateway, store: Store, zone: ZoneInfo) -> Spend:
    """Return what counts the gateway's requests, and refuses those beyond its quota."""
    most = gateway.quota
    if most is None:
        return unmetered
    return lambda now: store.gateways.spend(gateway.id, local_day(now, zone), most)


def _located(
    gateways: Mapping[str, Gateway],
    store: Store,
    clock: Clock,
    stack: ExitStack,
    script: Script | None,
) -> list[Gateway]:
    """Return the gateways with `sample:` replaced by the address of a running sample."""
    if not any(g.url == SAMPLE for g in gateways.values()):
        return list(gateways.values())
    # Only a sample needs a server of its own.
    from monitor.sample.gateway import SampleGateway, sample_script

    shown = script or sample_script(_anchor(store, clock()), clock())
    sample = stack.enter_context(SampleGateway(clock, shown))
    urls = {"rsshub": sample.rsshub_url, "wewe_rss": sample.wewe_url}
    return [replace(g, url=urls[g.kind]) if g.url == SAMPLE else g for g in gateways.values()]


def _anchor(store: Store, now: datetime) -> datetime:
    """Return the instant from which the sample's silence counts: that of the first run."""
    stored = store.notes.read(SAMPLE_ANCHOR, instant_of)
    if stored is None:
        store.notes.set(SAMPLE_ANCHOR, now.isoformat())
    return stored or now


def _owner_of(address: Address, now: datetime) -> str | None:
    """Return whose article *address* is, as WeChat's page says."""
    from monitor.sources.http import Http
    from monitor.sources.wechat_article import owner

    with closing(Http(home="")) as http:
        return owner(http, address, now)


def _senders(stack: ExitStack) -> Senders:
    """Closed after the channels, which cuts what is under way, and before the store."""
    from alerts.delivery.senders import Senders

    senders = Senders()
    stack.callback(senders.close)
    return senders


def _channels(settings: Settings, stack: ExitStack, out: TextIO | None) -> Mapping[str, Channel]:
    # Most commands send nothing, and what talks to the services takes long to load.
    def make(name: str) -> Channel:
        channel = channel_kinds.build(settings.channels[name], out or sys.stdout)
        stack.callback(channel.close)
        return channel

    return LazyMapping(settings.channels, make)


def _mailers(settings: Settings, channels: Mapping[str, Channel]) -> Mapping[str, Mailer]:
    def mailer(name: str) -> Mailer:
        from alerts.channels.mail import Mail

        channel = channels[name]
        assert isinstance(channel, Mail)
        return channel

    return LazyMapping((c.id for c in settings.channels.values() if c.kind == "mail"), mailer)


def _not_before(
    channels: Mapping[str, Channel], hours: Hours, channel: str, when: datetime
) -> datetime:
    from alerts.delivery.sending import not_before_for

    return not_before_for(channels.get(channel), when, hours)
