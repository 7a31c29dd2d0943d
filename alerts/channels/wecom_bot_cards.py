"""The cards of a WeCom robot whose alerts are still open, kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from alerts.channels.base import Memory
from alerts.channels.wecom_bot_frames import Chat, chat_of
from alerts.message import Button

MOST_KEPT = 100  # cards, the newest


@dataclass(frozen=True, slots=True)
class Kept:
    """A card that can still be pressed. *shown*: the lines that its chat has been told of its
    alerts."""

    task: str
    chat: Chat
    alerts: tuple[int, ...]
    title: str
    below: str
    row: tuple[Button, ...]
    shown: tuple[str, ...] = ()


class KeptCards:
    """The newest cards of one robot. Safe to use from several threads."""

    def __init__(self, memory: Memory, key: str) -> None:
        self._memory = memory
        self._key = key
        self._lock = Lock()
        self._kept: list[Kept] | None = None

    def all(self) -> list[Kept]:
        """Return the cards, the oldest first."""
        with self._lock:
            return list(self._loaded())

    def of(self, task: str) -> Kept | None:
        """Return the card *task*; None for one that is not kept any more."""
        return next((one for one in self.all() if one.task == task), None)

    def add(self, card: Kept) -> None:
        """Keep *card*; one that speaks of no alert is not kept."""
        if card.alerts:
            with self._lock:
                self._keep([*self._loaded(), card][-MOST_KEPT:])

    def shown(self, task: str, lines: Iterable[str]) -> None:
        """Note that the chat of the card *task* has been told *lines*."""
        with self._lock:
            told = tuple(lines)
            self._keep([replace(k, shown=told) if k.task == task else k for k in self._loaded()])

    def drop(self, task: str) -> None:
        """Forget the card *task*: its alerts are over."""
        with self._lock:
            self._keep([one for one in self._loaded() if one.task != task])

    def _loaded(self) -> list[Kept]:
        if self._kept is None:
            self._kept = _kept_of(self._memory.recall(self._key))
        return self._kept

    def _keep(self, kept: list[Kept]) -> None:
        if kept != self._kept:
            self._kept = kept
            self._memory.keep(self._key, json.dumps([_row(k) for k in kept], ensure_ascii=False))


def _row(one: Kept) -> list[Any]:
    row = [[button.label, button.data] for button in one.row]
    return [one.task, one.chat.address, one.alerts, one.title, one.below, row, one.shown]


def _kept_of(text: str | None) -> list[Kept]:
    """What was kept; nothing of what another version wrote in another shape."""
    try:
        return [_one_of(*row) for row in json.loads(text or "[]")]
    except (ValueError, TypeError):
        return []


def _one_of(
    task: str, address: str, alerts: Any, title: str, below: str, row: Any, shown: Any
) -> Kept:
    buttons = tuple(Button(label, data) for label, data in row)
    return Kept(task, chat_of(address), tuple(alerts), title, below, buttons, tuple(shown))
