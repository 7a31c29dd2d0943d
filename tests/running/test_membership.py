"""Several machines on one database: one leads, and which, is clear to all of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import pytest

from monitor.clock import utc_now
from monitor.driver import DRIVEN_BY
from monitor.errors import UsageError
from monitor.machines import BEAT, LEAD, LIVES_FOR, Machine, Work
from monitor.running.membership import Alone, Membership, digest_of, joined
from monitor.settings.loading import load
from monitor.settings.model import Settings
from monitor.store.base import Store
from monitor.store.ownership import OWNER
from monitor.store.server_clock import ServerClock
from monitor.store.sql import open_store, unheard
from tests.rule_values import at

CONFIG = Path(__file__).resolve().parents[2] / "config"
SETTINGS = load(CONFIG, {})
CHANGED = replace(SETTINGS, monthly_to=("zhang",))
SECOND = timedelta(seconds=1)
TURNED = ("accounts", "gateways", "policies", "people", "channels")
T = TypeVar("T")


class World:
    """Some machines of one database, and the time."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, at("03-18 09:00")
        self.said: list[tuple[str, Any]] = []

    def machine(
        self, name: str, settings: Settings = SETTINGS, work: Work = Work.SERVICE
    ) -> Membership:
        """One that has just given its first sign of life."""
        seen = (self.now, self.now)
        digest = digest_of(settings)
        me = Machine(name, name, work, ("default",), "1.0", digest, *seen)
        made = Membership(self.store, None, me, self._clock(), lambda: None, self._log)
        made.beat()
        return made

    def later(self, after: timedelta, *alive: Membership) -> None:
        """Let time pass; who is *alive* gives signs of life."""
        end = self.now + after
        while self.now < end:
            self.now = min(self.now + BEAT, end)
            for one in alive:
                one.beat()

    def _clock(self) -> ServerClock:
        return ServerClock(self.store.machines, lambda: self.now)

    def _log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return World(sqlite_store)


def test_the_first_machine_leads_and_the_second_stands_by(world: World) -> None:
    a, b = world.machine("a"), world.machine("b")
    world.later(3 * LEAD, a, b)
    assert (a.leads(), b.leads()) == (True, False)
    assert (a.reads(), b.reads()) == (True, True)


def test_when_the_one_that_leads_dies_the_other_leads_within_half_a_minute(world: World) -> None:
    a, b = world.machine("a"), world.machine("b")
    world.later(timedelta(seconds=30), b)
    assert (a.leads(), b.leads()) == (False, True)
    a.beat()  # it was only held up, and comes back
    assert (a.leads(), b.leads()) == (False, True)


def test_one_that_cannot_give_signs_of_life_neither_leads_nor_reads_whoever_else_does(
    world: World,
) -> None:
    a = world.machine("a")
    world.later(LEAD)
    assert (a.leads(), a.reads()) == (False, True)
    world.later(LIVES_FOR - LEAD)
    assert (a.leads(), a.reads()) == (False, False)
    assert not a.stands_by()  # nobody may be there to have taken it


def test_one_that_lost_the_lead_stands_by(world: World) -> None:
    a, b = world.machine("a"), world.machine("b")
    assert (a.stands_by(), b.stands_by()) == (False, True)
    world.later(timedelta(seconds=30), b)
    a.beat()
    assert (a.stands_by(), b.stands_by()) == (True, False)


def test_one_that_leaves_is_followed_at_once(world: World) -> None:
    a, b = world.machine("a"), world.machine("b")
    a.stop()
    b.beat()
    assert b.leads()
    assert [one.name for one in world.store.machines.all()] == ["b"]


def test_the_configuration_read_last_is_in_force_and_others_do_nothing_and_say_so(
    world: World,
) -> None:
    a, b = world.machine("a"), world.machine("b")
    world.later(SECOND)
    b.loaded(CHANGED)
    world.later(BEAT, a, b)
    assert (a.leads(), a.reads(), b.leads(), b.reads()) == (False, False, True, True)
    told = {"machine": "a", "leads": False, "idle": "configuration", "off": None}
    assert ("machine_is", told) in world.said
    world.later(SECOND)
    a.loaded(CHANGED)
    world.later(BEAT, a, b)
    assert (a.leads(), a.reads(), b.leads(), b.reads()) == (False, True, True, True)


def test_a_worker_never_leads_and_what_it_has_read_ends_no_service(world: World) -> None:
    a = world.machine("a")
    world.later(SECOND)
    worker = world.machine("worker", CHANGED, Work.WORKER)
    world.later(BEAT, a, worker)
    assert (a.leads(), a.reads()) == (True, True)
    assert (worker.leads(), worker.reads()) == (False, False)
    world.later(LEAD, worker)
    assert not worker.leads()


def test_what_becomes_of_a_machine_is_said_once(world: World) -> None:
    a = world.machine("a")
    world.later(3 * LEAD, a)
    assert [facts["leads"] for _, facts in world.said] == [True]


def test_what_a_machine_has_of_its_own_is_no_part_of_the_configuration() -> None:
    other = replace(SETTINGS, listen="0.0.0.0:80", backups=None, database="postgresql://b/c")
    assert digest_of(SETTINGS) == digest_of(other)
    assert digest_of(SETTINGS) != digest_of(CHANGED)
    assert digest_of(SETTINGS) != digest_of(replace(SETTINGS, accounts={}))


def test_in_which_order_files_name_things_is_no_part_of_the_configuration(tmp_path: Path) -> None:
    def backwards(named: Mapping[str, T]) -> Mapping[str, T]:
        return dict(reversed(list(named.items())))

    days = ["2027-02-05,closed", "2027-02-20,work"]
    tables = [tmp_path / "days.csv", tmp_path / "backwards.csv"]
    tables[0].write_text("\n".join(days), encoding="utf-8")
    tables[1].write_text("\n".join(reversed(days)), encoding="utf-8")
    ours, other = (replace(SETTINGS, holidays_file=table) for table in tables)
    turned: dict[str, Any] = {name: backwards(getattr(other, name)) for name in TURNED}
    assert digest_of(replace(other, **turned)) == digest_of(ours) != digest_of(SETTINGS)


@pytest.mark.parametrize(
    ("step", "leads"),
    [
        pytest.param(timedelta(hours=1), False, id="an hour ahead"),
        pytest.param(LEAD, False, id="as if it had been halted for as long as the lead lasts"),
        pytest.param(timedelta(hours=-1), True, id="an hour back"),
    ],
)
@pytest.mark.postgresql
def test_a_clock_that_is_set_makes_no_second_leader_and_no_other_now(
    postgresql_url: str, step: timedelta, leads: bool
) -> None:
    set_by = timedelta(0)
    with member(postgresql_url, lambda: set_by) as (one, _):
        assert one.leads()
        set_by = step
        assert one.leads() is leads
        assert abs(one.clock() - utc_now()) < timedelta(seconds=30)
        one.beat()
        assert one.leads() is (step == LEAD)  # the others are too far off to judge


@pytest.mark.postgresql
def test_one_that_was_halted_leads_and_reads_no_more_until_it_has_asked(
    postgresql_url: str,
) -> None:
    halted = 0.0
    store = open_store(postgresql_url, utc_now())
    clock = ServerClock(store.machines, utc_now, lambda: monotonic() + halted)
    now = clock()
    me = Machine("a", "a", Work.SERVICE, ("default",), "1.0", digest_of(SETTINGS), now, now)
    one = Membership(store, None, me, clock, lambda: None, unheard)
    one.beat()
    assert (one.leads(), one.reads()) == (True, True)
    halted = LIVES_FOR.total_seconds()
    assert (one.leads(), one.reads()) == (False, False)
    store.close()


def test_who_shares_no_visits_works_beside_nobody_who_does() -> None:
    assert digest_of(SETTINGS, shares=True) != digest_of(SETTINGS, shares=False)


@contextmanager
def member(url: str, off: Callable[[], timedelta] = timedelta) -> Iterator[Any]:
    settings = replace(SETTINGS, database=url)

    def local() -> datetime:
        return utc_now() + off()

    def log(event: str, /, **facts: Any) -> None:
        told.append((event, facts))

    told: list[tuple[str, Any]] = []
    with joined(settings, Work.SERVICE, ("default",), lambda: None, log, local) as one:
        yield one, told


@pytest.mark.postgresql
def test_a_machine_whose_clock_is_half_a_minute_off_does_not_judge_and_says_so(
    postgresql_url: str,
) -> None:
    with member(postgresql_url, lambda: timedelta(seconds=45)) as (wrong, told):
        assert (wrong.leads(), wrong.reads()) == (False, True)
        off = {"machine": wrong.name, "leads": False, "idle": "clock", "off": 45}
        assert told == [("machine_is", off)]
        assert abs(wrong.clock() - utc_now()) < timedelta(seconds=30)  # now is the database's
        with member(postgresql_url, lambda: timedelta(seconds=20)) as (right, _):
            assert right.leads()


@pytest.mark.postgresql
def test_two_versions_do_not_work_side_by_side(postgresql_url: str) -> None:
    store = open_store(postgresql_url, utc_now())
    now = utc_now()
    older = Machine("old", "old", Work.SERVICE, ("default",), "0.0.1", "digest", now, now)
    store.machines.beat(older)
    with pytest.raises(UsageError, match=r"old works on this database with version 0\.0\.1"):
        member(postgresql_url).__enter__()
    assert (store.notes.get(OWNER), store.notes.get(DRIVEN_BY)) == (None, None)  # untouched
    assert store.machines.all() == [older]
    store.machines.beat(replace(older, seen_at=now - LIVES_FOR))
    with member(postgresql_url) as (one, _):
        assert one.leads()
    store.close()


def test_on_a_file_one_machine_is_alone(sqlite_url: str) -> None:
    with member(sqlite_url) as (one, told):
        assert isinstance(one, Alone)
        assert (one.leads(), one.reads(), one.queue, told) == (True, True, None, [])
