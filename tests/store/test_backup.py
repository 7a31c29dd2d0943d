"""A copy is whole or it is not there."""

import resource
import signal
import stat
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import make_url

from monitor.errors import StoreError
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.store_values import HOUR, NOON, RSSHUB, WEIBO, alerted, recorded, registered, seen


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    """A store with something in it."""
    registered(sqlite_store).readings.record(
        [recorded(RSSHUB, NOON, *(seen(f"{n}", title="通知" * 400) for n in range(500)))]
    )
    alerted(sqlite_store, "zhang")
    return sqlite_store


def test_a_backup_is_a_whole_database(filled: Store, tmp_path: Path) -> None:
    copy = tmp_path / "backup.db"
    filled.backup_to(copy)
    assert sorted(p.name for p in tmp_path.iterdir() if "backup" in p.name) == ["backup.db"]
    restored = open_store(f"sqlite:///{copy}", NOON)
    assert restored.posts.of_account(WEIBO.id) == filled.posts.of_account(WEIBO.id)
    assert restored.alerts.open() == filled.alerts.open()
    restored.close()


def test_a_backup_replaces_an_older_one(filled: Store, tmp_path: Path) -> None:
    copy = tmp_path / "backup.db"
    copy.write_text("yesterday's")
    filled.backup_to(copy)
    assert copy.read_bytes().startswith(b"SQLite format 3")


def test_a_backup_is_of_one_instant_though_others_write(filled: Store, tmp_path: Path) -> None:
    stop = Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            filled.readings.record([recorded(RSSHUB, NOON + n * HOUR, seen(f"new {n}"))])

    writer = Thread(target=write)
    writer.start()
    try:
        for n in range(3):
            filled.backup_to(tmp_path / f"{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(3):
        copy = open_store(f"sqlite:///{tmp_path}/{n}.db", NOON)
        assert (
            len(copy.readings.of_account(WEIBO.id, NOON))
            == len(copy.posts.of_account(WEIBO.id)) - 499
        )
        copy.close()


def test_F38_a_backup_for_which_there_is_no_room_leaves_the_older_one(
    filled: Store, tmp_path: Path
) -> None:
    copy = tmp_path / "backup.db"
    copy.write_text("yesterday's")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StoreError, match=r"^backup .* full$"):
            filled.backup_to(copy)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert copy.read_text() == "yesterday's"
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith("part")] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("freshness.db", "onto itself", id="the database itself"),
        pytest.param("no/such/folder/x.db", "cannot be written: No such file", id="no such folder"),
    ],
)
def test_where_no_backup_can_go(filled: Store, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        filled.backup_to(tmp_path / name)
    assert len(filled.alerts.open()) == 1


@pytest.mark.postgresql
def test_postgresql_is_copied_by_its_own_tools_and_read_back(
    postgresql_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "x.dump"
    with closing(registered(open_store(postgresql_url, NOON))) as store:
        try:
            store.backup_to(copy)
        except StoreError as error:
            if "pg_dump" not in str(error):
                raise
            pytest.skip("no pg_dump as new as the server is here")
    assert copy.read_bytes().startswith(b"PGDMP")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


WRITES = '[ "$1" = -l ] || echo "$* as $PGPASSWORD" >"$4"'


@pytest.mark.postgresql
def test_its_tool_gets_the_password_where_no_list_of_processes_shows_it(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(tmp_path, WRITES)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    url = make_url(postgresql_url).set(password="s3cret")
    with closing(open_store(url.render_as_string(hide_password=False), NOON)) as store:
        store.backup_to(tmp_path / "x.dump")
    asked, _, password = (tmp_path / "x.dump").read_text().strip().partition(" as ")
    assert ("s3cret" in asked, password) == (False, "s3cret")
    assert asked.startswith("-F custom -f ")


def tools(folder: Path, course: str) -> None:
    for name in ("pg_dump", "pg_restore"):
        (folder / name).write_text(f"#!/bin/sh\n{course}\n")
        (folder / name).chmod(0o755)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("tool", "said"),
    [
        pytest.param(None, "made with pg_dump, which is not here", id="no tool"),
        pytest.param("echo older >&2; exit 1", "cannot be backed up: older", id="one that refuses"),
    ],
)
def test_postgresql_without_its_tool_is_one_line(
    postgresql_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tool: str | None,
    said: str,
) -> None:
    if tool:
        tools(tmp_path, tool)
    monkeypatch.setenv("PATH", str(tmp_path))
    store = open_store(postgresql_url, NOON)
    with closing(store), pytest.raises(StoreError, match=said):
        store.backup_to(tmp_path / "x.dump")
    assert not (tmp_path / "x.dump").exists()
