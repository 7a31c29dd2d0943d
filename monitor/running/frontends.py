"""What the running service shows outside: pages, chats that take answers, its heartbeat.

Each begins and ends by itself, and none can stop the service.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from alerts.channels.base import Inbound
from alerts.common.redaction import Redactor
from monitor.app import SAMPLE, App
from monitor.desk.adding import Proposal
from monitor.desk.answers import AnswerService
from monitor.desk.chat import ChatHandler, Notes, addresses
from monitor.desk.doctor import examine
from monitor.desk.links import signer
from monitor.desk.shapes import Finding
from monitor.desk.users import Users
from monitor.errors import Told, UsageError
from monitor.running.auditor import Auditor, HeartbeatPing
from monitor.running.example import ExampleYear
from monitor.running.keeping import last_backup
from monitor.settings.model import Settings
from monitor.web.adding import Joining
from monitor.web.cards import Cards
from monitor.web.door import Door, Outside
from monitor.web.example import Site, stands_beside
from monitor.web.metrics import Vitals
from monitor.web.pages import Application, Pages, site
from monitor.web.parts import Parts
from monitor.web.rooms import rooms
from monitor.web.server import Limits, Ports, Server
from monitor.web.system import Inside


def outside(settings: Settings) -> Outside:
    """Return where the page stands; what shows the shipped sample alone needs no password."""
    sample = all(gateway.url == SAMPLE for gateway in settings.gateways.values())
    console = all(channel.kind == "console" for channel in settings.channels.values())
    return Outside(
        settings.public_url,
        settings.trusted_proxies,
        settings.user_header,
        bool(settings.gateways) and sample and console,
    )


class Frontends:
    """Pages, chats and heartbeat of one running service."""

    def __init__(
        self,
        app: App,
        leading: bool = True,
        reload: Callable[[], None] = lambda: None,
        ports: Ports | None = None,
        example: ExampleYear | None = None,
        beside: Outside | None = None,
    ) -> None:
        """*leading*: else another machine hears the chats and has its work audited. *reload* has
        the configuration read at once. *ports* listens on while the service begins anew.
        *example*: a year to be shown beside it. *beside*: it is that example, which stands
        there."""
        self._app = app
        self._example = example
        self._beside = beside
        self._reload = reload
        self._ports = ports
        self._leading = leading
        self._answers = AnswerService(app.desk, app.store, app.register, app.words)
        url = app.settings.heartbeat_url
        ping = HeartbeatPing(url) if url else None
        self._auditor = Auditor(
            app.store,
            app.register,
            app.engine,
            app.service.ran_at,
            ping,
            app.clock,
            app.log,
        )
        self.site = self._made()
        limits = Limits(proxies=app.settings.trusted_proxies)
        self._server = Server(
            self.site, app.settings.listen, app.log, limits=limits, ports=self._ports
        )

    def show(self) -> None:
        """Begin to serve the pages, and nothing else."""
        self._server.start()

    def open(self) -> None:
        """Begin; returns at once, whatever fails."""
        self._server.start()
        if self._leading:
            self.lead()

    def lead(self) -> None:
        """Hear the chats from now on, and audit what is done."""
        self._leading = True
        self._hear()
        self._auditor.start()

    def closing(self) -> None:
        """Begin to end: no new request is taken."""
        self._server.closing()

    def close(self) -> None:
        """End within seconds. The channels, which may still send, are closed by others."""
        self._server.stop()
        self._auditor.stop()

    def _made(self) -> Application:
        app, stands = self._app, self._beside or outside(self._app.settings)
        door = Door(Users(app.store, app.register), stands, [*app.register.people])
        parts = Parts(
            app.desk,
            app.store,
            app.register,
            app.words,
            self._answers,
            door,
            app.clock,
            app.log,
            app.monthly,
            self._beside is not None,
        )
        # What was played is over: none of its gateways is read.
        reading = app.sources.keys() == app.register.gateways.keys()
        joining = None
        if reading:
            editing = app.editing(self._reread)
            parts_of = (app.adding, self._add, app.text_of, app.trials, self._reread)
            joining = Joining(*parts_of, editing)
        example = self._example if reading else None
        house = rooms(parts, self._vitals(), self._inside(), joining, example)
        pages = site(self._pages(), app.log, door, house)
        if example is not None:
            shown = partial(example.site, self._serve_beside)
            stands_beside(pages, door, app.clock, shown)
        return pages

    def _serve_beside(self, app: App) -> Site:
        stands = Outside(self._app.settings.public_url, sample=True)
        return Frontends(app, leading=False, beside=stands).site

    def _reread(self) -> None:
        self._app.reread()
        self._reload()

    def _add(self, proposals: Sequence[Proposal]) -> Path:
        if self._app.shared():
            raise UsageError(Told("several machines read files of their own"))
        path = self._app.add(proposals)
        self._reload()
        return path

    def _inside(self) -> Inside:
        app, settings = self._app, self._app.settings
        kinds = {channel.id: channel.kind for channel in settings.channels.values()}
        struck = Redactor(settings.secrets)
        files = {
            path.name: struck.strike(path.read_text(encoding="utf-8", errors="replace"))
            for path in sorted(settings.folder.glob("*.toml"))
        }

        def findings(now: datetime) -> list[Finding]:
            # Without sources: looking at a page asks no gateway.
            return examine(
                settings.warnings, app.register, app.store, {}, kinds, now, settings.monthly_to
            )

        return Inside(app.channels, kinds, files, findings, settings.channel_tests)

    def _vitals(self) -> Vitals:
        app = self._app
        return Vitals(
            version("account-freshness-monitor"),
            app.service.ran_at,
            app.rounds.tally,
            partial(last_backup, app),
            app.settings.account_metrics,
            app.settings.heartbeat_url is not None,
        )

    def _pages(self) -> Pages:
        app = self._app
        cards = Cards(app.desk.accounts, self._answers.lookup, app.store, app.register, app.words)
        return Pages(
            signer(app.store, app.settings.web_secret, app.settings.former_web_secret),
            cards,
            self._answers,
            app.words,
            self._unready,
            app.clock,
            app.log,
        )

    def _unready(self, now: datetime) -> list[str]:
        if self._leading:
            return self._auditor.unready(now)
        self._app.store.notes.heartbeat()  # whether the store answers at all
        return []

    def _hear(self) -> None:
        app = self._app
        handler = ChatHandler(app.desk, self._answers, app.register, app.words, app.clock, app.log)
        for channel_id, channel in app.channels.items():
            if isinstance(channel, Inbound):
                channel.listen(handler, addresses(app.register, channel_id), Notes(app.store))
