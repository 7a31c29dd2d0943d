"""The daily backup: once a day, checked, the newest ones kept; trouble is told once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from alerts.model import Kind
from monitor.app import App, opened
from monitor.clock import Clock
from monitor.running.keeping import back_up, recheck
from monitor.settings.loading import load
from monitor.standing import NEVER
from monitor.store.sql import open_store, unheard
from tests.rule_values import at

CONFIG = Path(__file__).resolve().parents[2] / "config"
NOON, DAY = at("03-18 12:00"), timedelta(days=1)


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Where the copies lie."""
    return tmp_path / "backups"


@pytest.fixture
def clock() -> list[datetime]:
    """Its one element is the time."""
    return [NOON]


@pytest.fixture
def app(sqlite_url: str, backups: Path, clock: list[datetime]) -> Iterator[App]:
    """The shipped configuration, three backups kept."""
    settings = replace(load(CONFIG, {}), backups=backups, backups_keep=3)
    now: Clock = lambda: clock[0]  # noqa: E731
    with opened(settings, unheard, url=sqlite_url, clock=now, out=StringIO()) as wired:
        yield wired


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def trouble(app: App) -> list[str]:
    return [alert.subject for alert in app.store.alerts.open() if alert.kind is Kind.SELF]


def test_a_day_has_one_copy_which_is_a_whole_database(app: App, backups: Path) -> None:
    back_up(app)
    (copy,) = backups.iterdir()
    first = copy.stat().st_mtime_ns
    back_up(app)
    assert copy.name == "freshness-2024-03-18.db"
    assert copy.stat().st_mtime_ns == first
    with closing(open_store(f"sqlite:///{copy}", NOON)) as restored:
        assert set(restored.accounts.watched()) == set(app.register.accounts)


def test_the_newest_stay_and_nothing_else_is_touched(
    app: App, backups: Path, clock: list[datetime]
) -> None:
    backups.mkdir()
    others = ("freshness-by-hand.db", "sample-2020-01-01.db")
    for name in others:
        (backups / name).write_text("mine")
    for _ in range(5):
        back_up(app)
        clock[0] += DAY
    days = [f"freshness-2024-03-{day}.db" for day in (20, 21, 22)]
    assert names(backups) == sorted([*days, *others])


def test_F38_what_a_kill_cut_short_does_not_fill_the_disk(app: App, backups: Path) -> None:
    backups.mkdir()
    for name in (".freshness-2024-03-17.db.77.part", ".freshness-2024-03-18.db.78.part"):
        (backups / name).write_text("half of it")
    back_up(app)
    assert names(backups) == ["freshness-2024-03-18.db"]


def test_F38_without_twice_the_room_none_is_written_and_the_operator_is_told_once(
    app: App, backups: Path, clock: list[datetime]
) -> None:
    file = app.store.file()
    assert file is not None
    size = file.stat().st_size
    for _ in range(2):
        back_up(app, lambda _: 2 * size - 1)
    assert names(backups) == []
    assert trouble(app) == ["backup:daily"]
    (alert,) = (a for a in app.store.alerts.open() if a.kind is Kind.SELF)
    (notices,) = app.store.alerts.notices_of([alert.id]).values()
    people = [notice.person for notice in notices]
    assert people
    assert sorted(people) == sorted(set(people))
    clock[0] += DAY
    back_up(app, lambda _: 2 * file.stat().st_size)
    assert trouble(app) == []
    assert names(backups) == ["freshness-2024-03-19.db"]


def test_a_place_that_cannot_be_written_is_trouble_too(app: App, backups: Path) -> None:
    backups.write_text("a file where the folder should be")
    back_up(app)
    assert trouble(app) == ["backup:daily"]


def test_F38_a_mere_copy_of_the_file_holds_what_was_written_before_a_checkpoint(
    app: App, tmp_path: Path
) -> None:
    file = app.store.file()
    assert file is not None
    app.store.notes.set("newest", "yes")
    app.store.checkpoint()
    shutil.copyfile(file, tmp_path / "copied.db")
    with closing(open_store(f"sqlite:///{tmp_path}/copied.db", NOON)) as copied:
        assert copied.notes.get("newest") == "yes"


def test_the_operator_is_notified_of_counts_that_were_wrong(app: App) -> None:
    app.service.judge()
    account = next(iter(app.register.accounts))
    with closing(sqlite3.connect(str(app.store.file()), isolation_level=None)) as by_hand:
        by_hand.execute("INSERT INTO post_days VALUES (?, 1, 'article', 7)", (account,))
    assert recheck(app) == [account]
    assert trouble(app) == ["kept:standings"]
    assert recheck(app) == []
    assert trouble(app) == []


def test_the_operator_is_notified_of_what_was_kept_and_wrong(
    app: App, clock: list[datetime]
) -> None:
    app.service.judge()
    assert recheck(app) == []
    (account, known), *_ = app.store.standings.due(clock[0]).items()
    late = replace(known.standing, verdict="late", due_at=NEVER)
    app.store.standings.keep({account: late}, {account: known})
    assert recheck(app) == [account]
    assert trouble(app) == ["kept:standings"]
    app.service.judge()
    assert recheck(app) == []
    assert trouble(app) == []
