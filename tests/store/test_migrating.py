"""A database is brought up to date by itself, once, whole, and never from the future."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from alerts.delivery.outbox import LEASE
from alerts.occasion import occasion_of
from monitor.clock import utc_now
from monitor.errors import StoreError
from monitor.machines import Machine, Work
from monitor.store.engine import Database, connect, lock
from monitor.store.migrating import FOLDER, HEAD, Migrated, migrate, revision, upgrade
from monitor.store.schema import metadata
from monitor.store.sql import CREATED_AT, open_store
from tests.store_values import NOON, WEIBO

REVISIONS = [s.revision for s in ScriptDirectory(str(FOLDER)).walk_revisions()][::-1]

SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def nothing_yet(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/freshness.db"
    url: str = request.getfixturevalue("unmigrated_postgresql_url")
    return url


@pytest.fixture
def database(nothing_yet: str) -> Iterator[Database]:
    """That database, open."""
    opened = connect(nothing_yet)
    yield opened
    opened.close()


def indexes(database: Database) -> dict[str, str]:
    """Return the definition of every index, blanks evened out."""
    with database.reading() as connection:
        rows = connection.execute(text(SHAPES[connection.dialect.name])).all()
    return {name: " ".join(sql.split()) for name, sql in rows if "alembic" not in name}


def test_the_newest_migration_is_the_one_that_is_known() -> None:
    assert REVISIONS[-1] == HEAD


def test_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.rebuilding() as connection:
        upgrade(connection, HEAD)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    migrated = indexes(database)
    with database.rebuilding() as connection:
        connection.execute(text("DROP VIEW readings"))  # on a table that is to be made anew
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert migrated == indexes(database)
    assert "uq_alerts_open" in migrated


@pytest.mark.postgresql
def test_a_database_that_machines_of_another_version_work_on_is_left_as_it_is(
    unmigrated_postgresql_url: str,
) -> None:
    store = open_store(unmigrated_postgresql_url, NOON)
    now = utc_now()
    old = Machine("old-1", "old", Work.SERVICE, ("default",), "0.9", "digest", now, now)
    store.machines.beat(old)
    database = connect(unmigrated_postgresql_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0465'"))
    with pytest.raises(StoreError, match=r"old works on this database with version 0\.9"):
        open_store(unmigrated_postgresql_url, NOON)
    with database.reading() as connection:
        assert revision(connection) == "0465"
    store.machines.leave(old.id)
    with pytest.raises(StoreError, match="already exists"):  # now it goes on with what was told
        open_store(unmigrated_postgresql_url, NOON)
    database.close()
    store.close()


@pytest.mark.postgresql
def test_a_migration_that_is_under_way_is_waited_for(unmigrated_postgresql_url: str) -> None:
    first = connect(unmigrated_postgresql_url)
    with ThreadPoolExecutor(1) as pool:
        with first.rebuilding() as connection:
            lock(connection, "migration")
            second = pool.submit(open_store, unmigrated_postgresql_url, NOON)
            upgrade(connection, HEAD)
            assert not second.done()
        second.result().close()
    first.close()


def test_a_new_database_is_made_with_its_folder(nothing_yet: str) -> None:
    store = open_store(nothing_yet, NOON)
    assert store.notes.get(CREATED_AT) == NOON.isoformat()
    store.close()


def test_opening_again_changes_nothing(nothing_yet: str) -> None:
    open_store(nothing_yet, NOON).close()
    store = open_store(nothing_yet, NOON.replace(year=2030))
    assert store.notes.get(CREATED_AT) == NOON.isoformat()
    store.close()


AN_OPEN_ALERT = (
    "INSERT INTO accounts (id, name, platform, state, count_reposts, configured, watched_since)"
    " VALUES ('weibo-mz', '鞍山民政', 'weibo', 'running', true, true, :then)",
    "INSERT INTO alerts (id, kind, subject, opened_at, since, rung, told)"
    " VALUES (5, 'silence', 'weibo-mz', :now, :then, 7, '[\"rung:7\"]')",
    "INSERT INTO notices (number, id, alert, kind, subject, occasion, reason, event, rung, person,"
    " channel, address, facts, created_at, not_before, state, attempts)"
    " VALUES (1, 'n', 5, 'silence', 'weibo-mz', 'rung:7', 'rung', 'alert', 7, 'zhang', 'wecom',"
    " '', '{\"name\": \"鞍山民政\"}', :now, :now, 'pending', 0)",
)


@pytest.mark.parametrize("earlier", REVISIONS)
def test_F39_an_upgrade_keeps_open_alerts_and_unsent_notices(
    database: Database, nothing_yet: str, earlier: str
) -> None:
    with database.rebuilding() as connection:
        upgrade(connection, earlier)
        assert revision(connection) == earlier
        moments = {"now": "2024-02-01 04:00:00.000000", "then": "2024-01-25 04:00:00.000000"}
        if connection.dialect.name == "postgresql":
            moments = {name: f"{at}+00" for name, at in moments.items()}
        for statement in AN_OPEN_ALERT:
            connection.execute(text(statement), moments)
    store = open_store(nothing_yet, NOON)
    (alert,) = store.alerts.open()
    (claimed,) = store.outbox.claim(NOON)
    assert (alert.id, alert.since, alert.called) == (
        5,
        NOON.replace(month=1, day=25),
        frozenset({occasion_of("rung:7")}),
    )
    assert (claimed.alert, claimed.facts.name) == (5, WEIBO.name)
    assert (claimed.lease_until, store.outbox.still_holds(claimed)) == (NOON + LEASE, True)
    store.close()


def test_a_newer_database_is_refused(database: Database, nothing_yet: str) -> None:
    open_store(nothing_yet, NOON).close()
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError, match=r"^database .* was written by a newer version .*0999"):
        open_store(nothing_yet, NOON)
    with database.reading() as connection:
        assert revision(connection) == "0999"


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cookies (name TEXT)")
    with pytest.raises(StoreError, match="belongs to another program: it holds cookies"):
        open_store(f"sqlite:///{path}", NOON)


def test_F39_the_copy_of_an_upgrade_is_never_one_of_what_another_process_has_upgraded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "freshness.db"
    first, second = connect(f"sqlite:///{path}"), connect(f"sqlite:///{path}")
    with first.rebuilding() as connection:
        upgrade(connection, REVISIONS[-2])

    @event.listens_for(second.engine, "commit", once=True)  # it has just seen what it is at
    def quicker(_: Connection) -> None:
        migrate(first)

    assert migrate(second) == Migrated()
    with closing(sqlite3.connect(tmp_path / f"{path.name}.before-{HEAD}")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (REVISIONS[-2],)
        ]
    first.close()
    second.close()


OPEN = (
    "import sys; from datetime import datetime, UTC; from monitor.store.sql import open_store;"
    "sys.stdin.read(1); open_store(sys.argv[1], datetime(2024, 2, 1, tzinfo=UTC)).close()"
)


def test_processes_that_start_at_once_do_not_all_migrate(nothing_yet: str) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", OPEN, nothing_yet], stdin=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in starting:
        process.communicate(b"!")
    assert [process.returncode for process in starting] == [0, 0, 0]
    database = connect(nothing_yet)
    with database.reading() as connection:
        assert revision(connection) == HEAD
    database.close()
