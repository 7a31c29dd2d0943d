"""What the running service shows outside: pages, chats that hear, and its pulse.

Put together by the composition root; each begins and ends by itself, and none can stop the
service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alerts.channels.base import Channel, Inbound
from alerts.common.log import Say
from alerts.words import Words
from monitor.clock import Clock
from monitor.desk.accounts import Desk
from monitor.desk.answers import Counter
from monitor.desk.chat import Conversation, Notes, addresses
from monitor.desk.links import signer
from monitor.judging.engine import AlertEngine
from monitor.register import Register
from monitor.running.auditor import Auditor, Loops, Outside
from monitor.store.base import Store
from monitor.web.cards import Cards
from monitor.web.pages import Pages, site
from monitor.web.server import Server


@dataclass(frozen=True, slots=True)
class Outward:
    """What the fronts are built of."""

    store: Store
    register: Register
    desk: Desk
    watch: AlertEngine
    channels: Mapping[str, Channel]
    words: Words
    clock: Clock
    say: Say
    loops: Callable[[], Loops]
    listen: str
    secret: str | None
    heartbeat_url: str | None


class Fronts:
    """Pages, chats and pulse of one running service."""

    def __init__(self, parts: Outward) -> None:
        self._parts = parts
        self._counter = Counter(parts.desk, parts.store, parts.register, parts.words)
        self._outside = Outside(parts.heartbeat_url) if parts.heartbeat_url else None
        self._auditor = Auditor(
            parts.store,
            parts.register,
            parts.watch,
            parts.loops,
            self._outside,
            parts.clock,
            parts.say,
        )
        self._server = Server(site(self._pages(), parts.say), parts.listen, parts.say)

    def open(self) -> None:
        """Begin; returns at once, whatever fails."""
        self._server.start()
        self._hear()
        self._auditor.start()

    def closing(self) -> None:
        """Begin to end: no new request is taken."""
        self._server.closing()

    def close(self) -> None:
        """End within seconds. The channels, which may still send, are closed by others."""
        self._server.stop()
        self._auditor.stop()

    def _pages(self) -> Pages:
        p = self._parts
        cards = Cards(p.desk, self._counter, p.store, p.register, p.words)
        return Pages(
            signer(p.store, p.secret),
            cards,
            self._counter,
            p.words,
            self._auditor.unready,
            p.clock,
            p.say,
        )

    def _hear(self) -> None:
        p = self._parts
        talk = Conversation(p.desk, self._counter, p.store, p.register, p.words, p.clock, p.say)
        for channel_id, channel in p.channels.items():
            if isinstance(channel, Inbound):
                channel.listen(talk, addresses(p.register, channel_id), Notes(p.store))
