"""Two services and three workers over sixteen gateways, on a PostgreSQL that comes and goes, each
in a network namespace of its own where the system allows that.

Whatever is killed, halted or cut off, and whenever: no gateway is asked by two at once, faster than
it allows or beyond its quota, every silence is told, and nothing twice without saying so.
`make cluster` goes on for longer; `make cluster SEED=… MINUTES=…` plays the same again.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.cluster.field import ACCOUNTS, FAR, GATEWAYS, LIMITED, QUOTA, SELDOM, Field, written
from tests.cluster.machines import Process, Server
from tests.cluster.network import Network
from tests.cluster.told import differences
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.postgresql]

OVER_WITHIN = 30.0  # seconds from the death of the one that leads to the next
READS_NOT = 25.0  # seconds after which one that is cut off from the database asks no gateway
GONE = (60.0, 2.0)  # seconds for which the server is away: longer than the lead lasts, and less
HALTED = 24.0  # seconds: longer than others believe that it lives
SEED = int(os.environ.get("SEED") or 20261130)
MINUTES = float(os.environ.get("MINUTES") or 1)
BEGUN = ("service_started", "worker_started")
SAID_WITHOUT = {"database_lost", "machine_is", "source_read", "notice_sent", "heartbeat_withheld"}


class Cluster:
    """All of them, and what they work on."""

    def __init__(
        self, folder: Path, network: Network, world: Field, server: Server, stack: ExitStack
    ) -> None:
        self.network, self.world, self.server = network, world, server
        self.config = config = written(folder, world, server.url)

        def process(name: str, *words: str) -> Process:
            one = Process(config, folder / name, network.cable(), *words)
            return stack.enter_context(one)

        self.services = [process("a", "run"), process("b", "run")]
        self.near = [process("c", "worker"), process("d", "worker", "--zone", "default")]
        self.far = process("e", "worker", "--zone", "hk")
        self.all = [*self.services, *self.near, self.far]
        self._quiet = [*ACCOUNTS]

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

    def publishes(self, near: bool = True) -> str:
        """Let another account publish, and have it read; return which."""
        wanted = [one for one in self._quiet if not near or int(one) % len(GATEWAYS) < 13]
        account = wanted[0]
        self._quiet.remove(account)
        self.world.publish(account)
        self.all_due()
        return account

    def ended(self, account: str) -> bool:
        """Whether somebody was told that the silence of *account* is over."""
        return any(
            one["subject"] == account and one["event"] == "resolved" for one in self.world.got
        )

    def wait_for_end(self, account: str) -> None:
        """Wait until somebody was told that *account* has published."""
        due_at = time.monotonic() + 10

        def done() -> bool:
            nonlocal due_at
            if time.monotonic() >= due_at:
                due_at = time.monotonic() + 10
                self.all_due()
            return self.ended(account)

        until(done)

    def told(self) -> set[str]:
        """The accounts of whose silence somebody was told."""
        return {one["subject"] for one in self.world.got if one["kind"] == "silence"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        if not network.apart:
            print("cluster: no network namespaces here; all on loopback", file=sys.__stderr__)
        server = Server(network.database if network.apart else "")
        stack.callback(server.close)
        world = stack.enter_context(Field(network.world))
        yield Cluster(tmp_path, network, world, server, stack)


def test_a_cluster_lives_through_the_death_of_each_part(cluster: Cluster) -> None:
    everybody_reads_and_everybody_is_told(cluster)
    the_one_that_leads_is_killed(cluster)
    a_worker_is_killed_in_the_middle_of_a_visit(cluster)
    nobody_works_in_a_zone(cluster)
    machines_have_read_different_files(cluster)
    the_one_that_leads_is_halted_and_goes_on(cluster)
    the_one_that_leads_is_cut_off(cluster)
    the_server_goes_away_and_comes_back(cluster)
    parts_are_killed_at_random(cluster)
    all_is_as_if_nothing_had_happened(cluster)


def all_is_as_if_nothing_had_happened(cluster: Cluster) -> None:
    cluster.read()
    until(lambda: all(cluster.ended(one) for one in cluster.world.published))
    found = differences(cluster.world.got, [*ACCOUNTS, *SELDOM], cluster.world.published)
    assert found == [], f"make cluster SEED={SEED} MINUTES={MINUTES:g}"
    asked = cluster.world.asked
    assert [name for name, asking in asked.items() if asking.hurried()] == []
    assert {name: asking.at_once for name, asking in asked.items() if asking.at_once} == {}
    assert max(asking.most for asking in asked.values()) <= 2
    assert 0 < len(asked[LIMITED].at) <= QUOTA
    assert [one.stop() for one in cluster.all] == [0] * 5
    assert [line for one in cluster.all for line in one.broke()] == []


def everybody_reads_and_everybody_is_told(cluster: Cluster) -> None:
    until(lambda: cluster.told() == {*ACCOUNTS, *SELDOM})
    assert cluster.world.accounts.keys() == {*ACCOUNTS, *SELDOM}
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
    killed = len(cluster.world.asked[slow].at)
    cluster.far.start()
    until(lambda: sum(one.said("visit_rescued", gateway=slow) for one in cluster.all))
    behind = [one for one in ACCOUNTS if int(one) % len(GATEWAYS) == GATEWAYS.index(slow)]
    left = "SELECT count(*) FROM sources WHERE gateway = '{}' AND next_read_at IS NULL"
    until(lambda: cluster.server.run(left.format(slow)) == [(0,)])
    assert len(cluster.world.asked[slow].at) - killed <= len(behind)  # each is repeated once
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


def the_one_that_leads_is_halted_and_goes_on(cluster: Cluster) -> None:
    leader = cluster.leader()
    [other] = [one for one in cluster.services if one is not leader]
    leader.halt()
    until(other.leads)
    account = cluster.publishes()
    cluster.wait_for_end(account)
    leader.go_on()
    until(lambda: not leader.leads())
    assert other.leads()
    by = {one["by"] for one in cluster.world.got if one["event"] == "resolved"}
    assert by == {other.cable.address}


def the_one_that_leads_is_cut_off(cluster: Cluster) -> None:
    if not cluster.network.apart:
        return
    leader = cluster.leader()
    [other] = [one for one in cluster.services if one is not leader]
    leader.cable.pull("d")
    cut = time.monotonic()
    until(other.leads)
    assert time.monotonic() - cut < OVER_WITHIN
    until(lambda: time.monotonic() - cut > READS_NOT)
    before = cluster.world.asked_by(leader.cable.address)
    account = cluster.publishes()
    cluster.wait_for_end(account)
    cluster.read(times=1)
    assert cluster.world.asked_by(leader.cable.address) == before
    [end] = [one for one in cluster.world.got if one["subject"] == account and _ends(one)]
    assert (end["by"], leader.process.poll()) == (other.cable.address, None)
    leader.cable.put_back()
    until(lambda: leader.said("database_is_back") > 0 and not leader.leads())


def _ends(notice: dict[str, object]) -> bool:
    return notice["event"] == "resolved"


def the_server_goes_away_and_comes_back(cluster: Cluster) -> None:
    for end, gone in zip((cluster.server.stop, cluster.server.kill), GONE, strict=True):
        before = {one: len(one.lines()) for one in cluster.all}
        lost, back = (said_by(cluster, f"database_{what}") for what in ("lost", "is_back"))
        end()
        until(partial(said_more, cluster, "database_lost", lost))
        time.sleep(gone)
        for one in cluster.all:
            assert one.said("database_lost") == lost[one] + 1
            assert [s for s in one.lines()[before[one] :] if event_of(s) not in SAID_WITHOUT] == []
        cluster.server.start()
        until(partial(said_more, cluster, "database_is_back", back))
        assert cluster.alive(cluster.all) == cluster.all
        cluster.read()


def said_by(cluster: Cluster, event: str) -> dict[Process, int]:
    return {one: one.said(event) for one in cluster.all}


def said_more(cluster: Cluster, event: str, before: dict[Process, int]) -> bool:
    """Whether each of them has said *event* more often than before."""
    return all(one.said(event) > times for one, times in before.items())


def event_of(line: str) -> str:
    """Return what a line of the log tells."""
    return next((w.partition("=")[2] for w in line.split() if w.startswith("event=")), line)


def parts_are_killed_at_random(cluster: Cluster) -> None:
    chance = random.Random(SEED)
    end = time.monotonic() + 60 * MINUTES
    troubles: list[Callable[[Process, random.Random], None]] = [killed, killed, halted]
    if cluster.network.apart:
        troubles += [cut_off, cut_off]
    while time.monotonic() < end:
        cluster.all_due()
        if chance.random() < 0.4 and len(cluster.world.published) < len(ACCOUNTS) / 2:
            cluster.publishes(near=False)
        time.sleep(chance.uniform(0.0, 4.0))
        if chance.random() < 0.15:
            chance.choice((cluster.server.stop, cluster.server.kill))()
            time.sleep(chance.uniform(0.0, 20.0))
            cluster.server.start()
        else:
            chance.choice(troubles)(chance.choice(cluster.all), chance)
    cluster.leader()


def killed(one: Process, chance: random.Random) -> None:
    one.kill()
    time.sleep(chance.uniform(0.0, 4.0))
    begun = [one.said(event) for event in BEGUN]
    one.start()
    # One that begins while the server is away ends with a line, for what keeps it to begin anew.
    until(lambda: [one.said(event) for event in BEGUN] != begun)


def halted(one: Process, chance: random.Random) -> None:
    one.halt()
    time.sleep(chance.uniform(0.0, HALTED))
    one.go_on()


def cut_off(one: Process, chance: random.Random) -> None:
    one.cable.pull(chance.choice(("d", "w", "dw")))
    time.sleep(chance.uniform(0.0, HALTED))
    one.cable.put_back()
