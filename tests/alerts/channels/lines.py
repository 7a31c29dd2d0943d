"""A bot with an office behind it, whichever vendor's bot it is: told twice, on a Monday."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.rule_values import at
from tests.web.site import MONDAY, Office


class Listening(Protocol):
    """A bot that people write to, and the office behind it."""

    office: Office

    def listen(self) -> None:
        """Have the bot listen."""

    def deliver(self, now: str) -> None:
        """Look, judge, and send what is due by the bot."""


def tell_twice(line: Listening) -> None:
    """Bring *line* to the Monday after the second call."""
    line.listen()
    line.deliver("03-13 09:00")
    line.deliver("03-18 09:00")
    line.office.world.read(MONDAY)
    line.office.clock.now = MONDAY


@contextmanager
def kept(template: Path, folders: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield a store of its own for tests that share a line and change nothing."""
    path = folders.mktemp("bot") / "freshness.db"
    shutil.copyfile(template, path)
    store = open_store(f"sqlite:///{path}", at("01-01 00:00"))
    yield store
    store.close()
