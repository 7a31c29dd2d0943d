"""The messages that a Telegram bot edits while their alerts move, kept over restarts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alerts.channels.base import Memory
from alerts.message import Button, Buttons

MOST_KEPT = 100  # messages that are still edited, the newest


def deaf_key(channel: str) -> str:
    """Return under which key it is kept why nobody listens for the bot; empty where somebody
    does."""
    return f"telegram:{channel}:deaf"


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is edited while its alerts move. *shown*: the lines last added below."""

    chat: int
    message: int
    alerts: tuple[int, ...]
    text: str
    buttons: Buttons
    shown: tuple[str, ...] = ()


class KeptMessages:
    """The newest messages of one bot that are still edited. For one event loop at a time."""

    def __init__(self, memory: Memory, key: str) -> None:
        self._memory = memory
        self._key = key
        self._kept: list[Kept] | None = None
        self._writing = asyncio.Lock()

    def begin(self) -> None:
        """Belong to the loop that runs now: the one before may have died with its lock."""
        self._writing = asyncio.Lock()

    async def add(
        self, chat: int, message: int, alerts: Iterable[int], text: str, buttons: Buttons
    ) -> None:
        """Edit *message*, which was sent to *chat* and speaks of *alerts*, as they move from now
        on."""
        about = tuple(dict.fromkeys(alerts))
        if about:
            kept = Kept(chat, message, about, text, buttons)
            await self._keep([*await self.all(), kept][-MOST_KEPT:])

    async def all(self) -> list[Kept]:
        """Return the messages, the oldest first."""
        if self._kept is None:
            found = _kept_of(await asyncio.to_thread(self._memory.recall, self._key))
            self._kept = found if self._kept is None else self._kept
        return self._kept

    async def buttons_of(self, chat: int, message: int) -> Buttons | None:
        """Return the rows that *message* was sent with; None for one that is not kept."""
        found = (kept for kept in await self.all() if (kept.chat, kept.message) == (chat, message))
        return next((kept.buttons for kept in found), None)

    async def settle(self, one: Kept, lines: tuple[str, ...], still_open: bool) -> None:
        """Note that *lines* stand below *one* now; drop it unless its alerts are *still_open*."""
        current = await self.all()
        await self._keep(
            [
                replace(kept, shown=lines) if kept is one else kept
                for kept in current
                if kept is not one or still_open
            ]
        )

    async def _keep(self, kept: list[Kept]) -> None:
        self._kept = kept
        async with self._writing:  # one after the other, each what holds by then
            await asyncio.to_thread(self._memory.keep, self._key, _text_of(self._kept))


def _text_of(kept: Sequence[Kept]) -> str:
    return json.dumps(
        [
            [
                k.chat,
                k.message,
                k.alerts,
                k.text,
                [[[b.label, b.data] for b in row] for row in k.buttons],
                k.shown,
            ]
            for k in kept
        ],
        ensure_ascii=False,
    )


def _kept_of(text: str | None) -> list[Kept]:
    """What was kept; nothing of what another version wrote in another shape."""
    try:
        return [_one_of(row) for row in json.loads(text or "[]")]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return []


def _one_of(row: Any) -> Kept:
    chat, message, alerts, text, buttons, shown = row
    rows = tuple(tuple(Button(label, data) for label, data in row) for row in buttons)
    return Kept(int(chat), int(message), tuple(alerts), text, rows, tuple(shown))
