"""Two services and three workers over sixteen gateways, on a PostgreSQL that comes and goes.

Whatever is killed, and whenever: no gateway is asked by two at once or faster than it allows, every
silence is told, and nothing twice without saying so.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster.field import ACCOUNTS, FAR, GATEWAYS, Field, written
from tests.cluster.machines import Process, Server
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.postgresql]

OVER_WITHIN = 30.0  # seconds from the death of the one that leads to the next
GONE = (15.0, 2.0)  # seconds for which the server is away: longer than the lead lasts, and less
SEED = 20261130


class Cluster:
    """All of them, and what they work on."""

    def __init__(self, folder: Path, world: Field, server: Server, stack: ExitStack) -> None:
        self.world, self.server = world, server
        self.config = config = written(folder, world, server.url)

        def process(name: str, *words: str) -> Process:
            return stack.enter_context(Process(config, folder / name, *words))

        self.services = [process("a", "run"), process("b", "run")]
        self.near = [process("c", "worker"), process("d", "worker", "--zone", "default")]
        self.far = process("e", "worker", "--zone", "hk")
        self.all = [*self.services, *self.near, self.far]

    def leader(self) -> Process:
        """The service that leads, once one does."""
        until(lambda: any(one.leads() for one in self.alive(self.services)))
        return next(one for one in self.alive(self.services) if one.leads())

    def alive(self, among: list[Process]) -> list[Process]:
        return [one for one in among if one.process.poll() is None]

    def all_said(self, event: str, times: int) -> None:
        """Wait until each of them has said *event* so often."""
        until(lambda: all(one.said(event) >= times for one in self.all))

    def all_due(self) -> None:
        """Make every account due at once."""
        self.server.run("UPDATE sources SET next_read_at = NULL")

    def read(self, gateways: tuple[str, ...] = GATEWAYS, times: int = 2) -> None:
        """Wait until everything behind *gateways* has been asked for again so many *times*."""
        asked = self.world.asked
        before = {name: len(asked[name].at) for name in gateways}
        due_at = 0.0

        def done() -> bool:
            nonlocal due_at
            left = [name for name in gateways if len(asked[name].at) < before[name] + times]
            if left and time.monotonic() >= due_at:
                # What was being read at that moment is planned anew by its end.
                due_at = time.monotonic() + 10
                self.all_due()
            return not left

        until(done)

    def told(self) -> set[str]:
        """The accounts of whose silence somebody was told."""
        return {one["subject"] for one in self.world.got if one["kind"] == "silence"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    server = Server()
    with Field() as world, ExitStack() as stack:
        yield Cluster(tmp_path, world, server, stack)
    server.close()


def test_a_cluster_lives_through_the_death_of_each_part(cluster: Cluster) -> None:
    everybody_reads_and_everybody_is_told(cluster)
    the_one_that_leads_is_killed(cluster)
    a_worker_is_killed_in_the_middle_of_a_visit(cluster)
    nobody_works_in_a_zone(cluster)
    machines_have_read_different_files(cluster)
    the_server_goes_away_and_comes_back(cluster)
    parts_are_killed_at_random(cluster)
    cluster.read()
    assert cluster.world.unmarked() == []
    assert cluster.world.hurried() == []
    assert max(asking.most for asking in cluster.world.asked.values()) <= 2
    assert [one.stop() for one in cluster.all] == [0] * 5
    assert [line for one in cluster.all for line in one.broke()] == []


def everybody_reads_and_everybody_is_told(cluster: Cluster) -> None:
    until(lambda: cluster.told() == set(ACCOUNTS))
    assert cluster.world.accounts.keys() == set(ACCOUNTS)
    assert sum(one.leads() for one in cluster.services) == 1
    assert sum(one.said("notice_sent") for one in cluster.services if not one.leads()) == 0
    until(lambda: all(one.said("source_read") for one in (cluster.far, *cluster.near[:1])))
    assert {one["resent"] for one in cluster.world.got} == {False}


def the_one_that_leads_is_killed(cluster: Cluster) -> None:
    leader = cluster.leader()
    [other] = [one for one in cluster.services if one is not leader]
    leader.kill()
    killed = time.monotonic()
    until(other.leads)
    assert time.monotonic() - killed < OVER_WITHIN
    leader.start()
    cluster.read()
    assert not leader.leads()


def a_worker_is_killed_in_the_middle_of_a_visit(cluster: Cluster) -> None:
    slow = FAR[0]
    cluster.world.delay[slow] = 3.0
    cluster.read((slow,), times=1)
    cluster.far.kill()
    del cluster.world.delay[slow]
    cluster.far.start()
    until(lambda: sum(one.said("visit_rescued", gateway=slow) for one in cluster.all))
    cluster.read((slow,))


def nobody_works_in_a_zone(cluster: Cluster) -> None:
    asked = {name: len(cluster.world.asked[name].at) for name in FAR}
    cluster.far.stop()
    until(lambda: sum(one.said("zone_unworked", zone="hk") for one in cluster.services))
    cluster.read(GATEWAYS[:13])
    assert {name: len(cluster.world.asked[name].at) for name in FAR} == asked
    cluster.far.start()
    cluster.read(FAR, times=1)


def machines_have_read_different_files(cluster: Cluster) -> None:
    leader = cluster.leader()
    others = [one for one in cluster.all if one is not leader]
    monitor = cluster.config / "monitor.toml"
    text = monitor.read_text(encoding="utf-8")
    oftener = 'every_day = true\nread_at_most_every = "5h"'
    monitor.write_text(text.replace("every_day = true", oftener), encoding="utf-8")
    leader.hangup()
    until(lambda: [one.idle() for one in others] == ["configuration"] * 4)
    asked = {name: len(cluster.world.asked[name].at) for name in FAR}
    cluster.read(GATEWAYS[:13])
    assert {name: len(cluster.world.asked[name].at) for name in FAR} == asked
    for one in others:
        one.hangup()
    until(lambda: not any(one.idle() for one in cluster.all))
    cluster.read()


def the_server_goes_away_and_comes_back(cluster: Cluster) -> None:
    ends = (cluster.server.stop, cluster.server.kill)
    for times, (end, gone) in enumerate(zip(ends, GONE, strict=True), 1):
        end()
        cluster.all_said("database_lost", times)
        time.sleep(gone)
        cluster.server.start()
        cluster.all_said("database_is_back", times)
        assert cluster.alive(cluster.all) == cluster.all
        cluster.read()


def parts_are_killed_at_random(cluster: Cluster) -> None:
    chance = random.Random(SEED)
    for _ in range(4):
        one = chance.choice(cluster.all)
        cluster.all_due()
        time.sleep(chance.uniform(0.0, 4.0))
        one.kill()
        one.start()
    cluster.leader()
