"""F48: posts that were counted twice are put together, once, and taken apart by no undoing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, inspect

from monitor.model import Outcome, PostKind, Pulse, Reading, SeenPost, SourceMemory
from monitor.store.engine import connect
from monitor.store.migrating import upgrade
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.store_values import NOON, WEIBO

HOUR = timedelta(hours=1)
SOURCE = WEIBO.sources[0]

POSTED = NOON - timedelta(days=2, seconds=7)
SCHEMA = "0304"  # the last one that knew a post by one key alone


def signed_anew(path: Path) -> Path:
    """Return a database in which one post stands three times, its link signed anew each time."""
    store = open_store(f"sqlite:///{path}", NOON)
    store.accounts.sync([WEIBO], [], {WEIBO.id: "p"}, NOON)
    for n in range(3):
        key = f"url:p.example/a?token={n}"
        link = f"http://p.example/a?token={n}"
        post = SeenPost(key, "通知", link, PostKind.ORIGINAL, POSTED)
        seen_at = NOON + n * HOUR
        reading = Reading(
            SOURCE.id, WEIBO.id, SOURCE.gateway, seen_at, Outcome.OK, seen_at, Pulse.FULL
        )
        memory = SourceMemory(window=((key, POSTED),), ever_good=True)
        store.readings.record([Recorded(reading, (post,), memory, seen_at + HOUR)])
    assert len(store.posts.of_account(WEIBO.id)) == 3
    store.close()
    return path


def before(path: Path, now: Path) -> None:
    """Write what the database *now* holds as an earlier version would have kept it."""
    database = connect(f"sqlite:///{path}")
    with database.rebuilding() as connection:
        upgrade(connection, SCHEMA)
        for table in inspect(connection).get_table_names():
            if table != "alembic_version":
                _copy(connection, table, now)
    database.close()


def _copy(connection: Connection, table: str, now: Path) -> None:
    names = ", ".join(f'"{column["name"]}"' for column in inspect(connection).get_columns(table))
    with closing(sqlite3.connect(now)) as source:
        rows = source.execute(f"SELECT {names} FROM {table}").fetchall()
    marks = ", ".join("?" * (names.count(",") + 1))
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"DELETE FROM {table}")
    raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def test_F48_what_was_signed_anew_is_one_post_after_the_update(tmp_path: Path) -> None:
    url, said = f"sqlite:///{tmp_path / 'a.db'}", []
    before(tmp_path / "a.db", signed_anew(tmp_path / "now.db"))

    def log(event: str, /, **facts: object) -> None:
        said.append((event, facts["posts"]))

    store = open_store(url, NOON + 5 * HOUR, log)
    [joined] = store.posts.of_account(WEIBO.id)
    [memory] = [s.memory for s in store.sources.states().values() if s.memory.window]
    assert (said, joined.published_at) == ([("posts_joined", 2)], POSTED)
    assert [key for key, _ in memory.window] == [joined.key]
    assert store.posts.recounted(WEIBO.id) == [joined]
    assert list(tmp_path.glob("a.db.before-*"))
    store.close()
