"""F84: a row that no longer reads harms its own account, and that only until it is read anew."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from alerts.facts import SelfFacts
from alerts.model import Kind
from alerts.words import translator
from monitor.desk.desk import Desk
from monitor.freshness.verdict import Verdict
from monitor.store.damage import damaged_in
from monitor.store.mending import set_aside
from monitor.store.schema import metadata
from monitor.store.sql import open_store
from tests.faults.passes import Passes
from tests.rule_values import DAY, MINUTE, POSTED, at

ILL, OTHERS = "5600000009", ("5600000001", "5600000002")
LIVED = (at("03-12 09:00"), at("03-13 09:05"), at("03-18 06:00"))  # a rung is called on the 13th
AFTER = (at("03-18 06:30"), at("03-18 09:05"))  # and the next on the 18th
YEAR_NOUGHT = -62135596800000000  # in microseconds from 1970: the first day of the year 1
LAST = f"(SELECT id FROM posts WHERE account = '{ILL}' ORDER BY published_at DESC LIMIT 1)"
SEEN = (
    "INSERT INTO sightings (post, source, kind, stated_at, first_seen_at, last_seen_at,"
    " on_first_reading, said)"
    f" SELECT id, 77, {{}}, 0, said FROM posts WHERE id = {LAST}"
)
POST = f"UPDATE posts SET {{}} WHERE id = {LAST}"
ACCOUNT = f"UPDATE accounts SET {{}} WHERE id = '{ILL}'"
SOURCE = f"UPDATE sources SET {{}} WHERE account = '{ILL}'"
ALERT = f"UPDATE alerts SET {{}} WHERE subject = '{ILL}'"
NOTICE = f"UPDATE notices SET {{}} WHERE subject = '{ILL}'"
MINE = f"(SELECT number FROM sources WHERE account = '{ILL}')"
READING = f"UPDATE reading_rows SET {{}} WHERE source = {MINE}"

# What of the ill account is damaged, and how.
ROWS: dict[str, str] = {
    "a memory that is no JSON": SOURCE.format("memory = 'x{'"),
    "a memory that is a list": SOURCE.format("memory = '[1, 2]'"),
    "a memory of nothing": SOURCE.format("memory = ''"),
    "a memory with a date that is none": SOURCE.format(
        """memory = '{"window": [["a", "31 Feb"]], "ever_good": true}'"""
    ),
    "a memory with a pace of three hours": SOURCE.format(
        """memory = '{"pace": ["2024-03-01", 1, 2, 3]}'"""
    ),
    "a memory with a date without a zone": SOURCE.format(
        """memory = '{"window": [["a", "2024-03-01T00:00:00"]], "ever_good": true}'"""
    ),
    "a memory with a word for a number": SOURCE.format("""memory = '{"most": "many"}'"""),
    "a source of an outcome that is none": SOURCE.format("last_outcome = 'splendid'"),
    "a source read on a day that is none": SOURCE.format("last_good_at = '2024-02-31 09:00:00'"),
    "a source that failed a word's times": SOURCE.format("failures = 'often'"),
    "a sighting on a day that is none": SEEN.format("NULL, NULL, 'yesterday', last_seen_at"),
    "a sighting with a date that is none": SEEN.format("NULL, 'x', first_seen_at, last_seen_at"),
    "a sighting of a kind that is none": SEEN.format("'video', NULL, first_seen_at, last_seen_at"),
    "a sighting of the year nought": SEEN.format(f"NULL, NULL, first_seen_at, {YEAR_NOUGHT}"),
    "a post on a day that is none": POST.format("published_at = '2024-13-01 00:00:00.000000'"),
    "a post of the year nought": POST.format(f"published_at = {YEAR_NOUGHT}"),
    "a post first seen on a day that is none": POST.format("first_seen_at = 'yesterday'"),
    "a post last seen at no instant": POST.format("last_seen_at = 1.5e30"),
    "a post with a stated date that is none": POST.format("stated_at = '0000-00-00 00:00:00'"),
    "a post of a source that is a word": POST.format("source = 'rsshub'"),
    "a post of a kind that is none": POST.format("kind = ''"),
    "a reading of an outcome that is none": READING.format("outcome = 'splendid'"),
    "a reading with a number that is a word": READING.format("items = 'many'"),
    "an alert on a day that is none": ALERT.format("opened_at = 'x', since = 'x'"),
    "an alert since a day that is none": ALERT.format("since = '1e9'"),
    "an alert with a rung of its own": ALERT.format("rung = 'high'"),
    "an alert that called no list": ALERT.format("told = '{'"),
    "an alert that called a number": ALERT.format("told = '[7]'"),
    "an alert of a kind that is none": ALERT.format("kind = 'noise'"),
    "a message that says nothing": NOTICE.format("facts = ''"),
    "a message that says what it must not": NOTICE.format("""facts = '{"name": [], "at": 5}'"""),
    "a message of a state that is none": NOTICE.format("state = 'lost'"),
    "a message for a reason that is none": NOTICE.format("reason = 'because'"),
    "a message made on a day that is none": NOTICE.format("created_at = 'x'"),
    "a message tried a word's times": NOTICE.format("attempts = 'x'"),
    "an account watched since a word": ACCOUNT.format("watched_since = 'x'"),
    "an account in a state that is none": ACCOUNT.format("state = 'x'"),
}
# What is damaged that belongs to no account.
SHARED: dict[str, str] = {
    "a gateway with families that are none": "UPDATE gateways SET families = 'x'",
    "a gateway with canaries that are none": """UPDATE gateways SET canaries = '[{"spec": 1}]'""",
    "a gateway that failed on a day that is none": "UPDATE gateways SET failing_since = 'x'",
    "a gateway with warnings that are none": "UPDATE gateways SET warnings = '7'",
    "a heartbeat on a day that is none": "UPDATE heartbeats SET last_tick_at = 'x'",
    "an exception until a day that is none": (
        "INSERT INTO exceptions (account, by, since, until, reason) "
        f"VALUES ('{ILL}', 'zhang', '2024-03-01 00:00:00', 'x', 'y')"
    ),
    "custody since a day that is none": (
        f"INSERT INTO custody (account, since, person) VALUES ('{ILL}', 'x', 'zhang')"
    ),
    "an imported calendar that is none": (
        "INSERT INTO notes (key, value) VALUES ('workdays:2024', 'x')"
    ),
    "a roster with a day that is none": (
        "INSERT INTO duty_days (day, duty, origin, recorded_at) "
        "VALUES ('the 18th', 'li', 'swap', '2024-03-01 00:00:00')"
    ),
    "a handover due on a day that is none": (
        "INSERT INTO handovers (giver, taker, due, reason, started_at, started_by) "
        "VALUES ('zhang', 'li', 'x', 'y', '2024-03-01 00:00:00', 'zhang')"
    ),
}


def lived(file: Path, *moments: Any) -> Passes:
    """Go on with the database in *file* for passes at these moments; what nothing has stumbled
    over by the second one is looked for."""
    store = open_store(f"sqlite:///{file}", LIVED[0])
    told = Passes(store, [POSTED - n * DAY for n in reversed(range(8))], moments[0])
    with told.hub:
        told.open([*OTHERS, ILL], moments[0])
        for moment in moments:
            if moment != moments[0]:
                store.damages.mend()
            told.tick(moment)
        told.world.close()
    return told


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which a rung was called, and the next is due in three hours."""
    file = tmp_path_factory.mktemp("before") / "freshness.db"
    lived(file, *LIVED).store.close()
    return file


def of_others(told: Passes) -> object:
    """What the others have come to."""
    verdicts = told.verdicts()
    return {one: verdicts[one] for one in OTHERS}, sorted(
        (s.at, s.notice.subject, str(s.notice.occasion), s.notice.person)
        for s in told.sent
        if s.notice.subject in OTHERS
    )


@pytest.fixture(scope="module")
def undisturbed(before: Path) -> Iterator[object]:
    """What the others come to where nothing is damaged."""
    file = before.with_name("undisturbed.db")
    shutil.copy(before, file)
    told = lived(file, *AFTER)
    yield of_others(told)
    told.store.close()


@pytest.fixture
def file(before: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(before, tmp_path / "freshness.db"))


def damage(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        assert raw.execute(statement).rowcount > 0


POISONS = ROWS | SHARED
# One of each way in which values are read; of the others it is enough that they are found.
PLAYED = (
    "a memory that is no JSON",
    "a post of the year nought",
    "an alert that called no list",
    "a message that says nothing",
    "an account in a state that is none",
    "an imported calendar that is none",
)


@pytest.fixture(scope="module")
def kept(before: Path) -> Iterator[Connection]:
    """The same database as its rows lie there."""
    with create_engine(f"sqlite:///{before}").connect() as connection:
        yield connection


def rows_of_others(connection: Connection) -> set[tuple[object, ...]]:
    """Every row that names one of the others."""
    found = ((t, connection.exec_driver_sql(f"SELECT * FROM {t}")) for t in metadata.tables)
    rows = ((table, *row) for table, of in found for row in of)
    return {row for row in rows if any(one in str(value) for one in OTHERS for value in row)}


@pytest.mark.parametrize("name", POISONS)
def test_F84_a_damaged_row_is_found_and_set_aside_alone(kept: Connection, name: str) -> None:
    table = metadata.tables[re.sub("UPDATE |INSERT INTO ", "", POISONS[name]).split()[0]]
    with kept.begin() as turn:
        whole = rows_of_others(kept)
        assert kept.exec_driver_sql(POISONS[name]).rowcount > 0
        for row in list(damaged_in(kept, table)):
            set_aside(kept, row)
        about = set(kept.exec_driver_sql("SELECT subject FROM damages").scalars())
        assert about == {ILL} if name in ROWS else about and about.isdisjoint(OTHERS)
        assert list(damaged_in(kept, table)) == []
        assert rows_of_others(kept) == whole
        turn.rollback()


@pytest.mark.parametrize("name", PLAYED)
def test_F84_a_damaged_row_changes_nothing_of_the_others(
    file: Path, undisturbed: object, name: str
) -> None:
    damage(file, POISONS[name])
    told = lived(file, *AFTER)
    assert of_others(told) == undisturbed
    subject = ILL if name in ROWS else "damage:rows"
    ours = [s.notice for s in told.sent if s.notice.kind is Kind.SELF]
    assert {n.person for n in ours if n.subject in (subject, ILL)} == {"zhao"}
    assert all(isinstance(n.facts, SelfFacts) and n.facts.damaged for n in ours)
    assert told.verdicts()[ILL] is Verdict.LATE  # it was read anew
    told.store.close()


ASKED = (
    "a memory with a date without a zone",
    "an alert that called no list",
    "a heartbeat on a day that is none",
)


@pytest.mark.parametrize("name", ASKED)
def test_F84_what_is_asked_is_answered_all_the_same(file: Path, name: str) -> None:
    damage(file, POISONS[name])
    store = open_store(f"sqlite:///{file}", LIVED[0])
    told = Passes(store, [], LIVED[-1])
    with told.hub:
        told.open([*OTHERS, ILL], LIVED[-1])
    desk = Desk(store, told.world.rules, told.engine, translator("zh_CN"))
    now = LIVED[-1] + 10 * MINUTE
    verdicts = {row["id"]: row["verdict"] for row in desk.accounts.status(now)["accounts"]}
    assert [verdicts[one] for one in OTHERS] == ["late", "late"]
    assert desk.accounts.explain(ILL, now)
    told.world.close()
    store.close()
