"""A worker goes from one gateway to another that a call waits for, as the gateways see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster.field import ACCOUNTS, Field, written
from tests.cluster.machines import Process, Server
from tests.cluster.network import Cable
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.postgresql]

CROWDED, OTHER = "g00", "g15"
BEHIND = 30  # accounts behind the crowded one, whose pause is a second
WAIT = "UPDATE sources SET next_read_at = now() + interval '1 day'"
DUE = f"UPDATE sources SET next_read_at = NULL WHERE gateway = '{CROWDED}'"
CALLED_FOR = "UPDATE sources SET next_read_at = now(), decisive_at = now() WHERE gateway = '{}'"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def crowded(folder: Path, world: Field, database: str) -> Path:
    """Write a configuration in which most accounts are behind one gateway, and all gateways in a
    zone that only a worker reads."""
    config = written(folder, world, database)
    monitor, accounts = config / "monitor.toml", config / "accounts.toml"
    text = monitor.read_text(encoding="utf-8")
    monitor.write_text(text.replace('zone = "default"', 'zone = "hk"'), encoding="utf-8")
    text = accounts.read_text(encoding="utf-8")
    moved = re.sub(r'gateway = "g\d\d"', f'gateway = "{CROWDED}"', text, count=BEHIND)
    accounts.write_text(moved, encoding="utf-8")
    return config


def test_a_visit_ends_early_and_goes_on_once_what_a_call_waits_for_is_read(
    tmp_path: Path, stack: ExitStack
) -> None:
    server = Server()
    stack.callback(server.close)
    world = stack.enter_context(Field())
    config = crowded(tmp_path, world, server.url)
    words = {"a": ("run",), "b": ("worker", "--zone", "hk")}
    for name, command in words.items():
        place = Cable(name, name, apart=False)
        stack.enter_context(Process(config, tmp_path / name, place, *command))
    until(lambda: world.accounts.keys() >= set(ACCOUNTS))
    until(lambda: server.run("SELECT count(*) FROM freshness_visits.procrastinate_jobs") == [(0,)])
    server.run(WAIT)
    before, other = len(world.asked[CROWDED].at), len(world.asked[OTHER].at)
    server.run(DUE)
    until(lambda: len(world.asked[CROWDED].at) > before + 1)
    server.run(CALLED_FOR.format(OTHER))
    until(lambda: len(world.asked[OTHER].at) > other)
    assert len(world.asked[CROWDED].at) - before < BEHIND
    until(lambda: len(world.asked[CROWDED].at) == before + BEHIND)  # none of it is read twice
    assert not world.asked[CROWDED].hurried()
