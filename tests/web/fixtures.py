"""Offices to look at and to act in. Each is made once, as a file, and a test takes a copy."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.rule_values import at
from tests.web.site import MANY, MONDAY, PASSWORD, USERS, Office, bureau, told_of_many, told_thrice

BIRTH = at("01-01 00:00")


def _file(template: Path, folder: Path, fill: Callable[[Store], Office]) -> Path:
    path = folder / "freshness.db"
    shutil.copyfile(template, path)
    store = open_store(f"sqlite:///{path}", BIRTH)
    office = fill(store)
    for name, role in USERS.items():
        office.users.add(name, role, PASSWORD, MONDAY)
    store.close()
    return path


def _copy(file: Path, folder: Path) -> Store:
    shutil.copyfile(file, folder / "office.db")
    return open_store(f"sqlite:///{folder / 'office.db'}", BIRTH)


@pytest.fixture(scope="session")
def told_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of `told_thrice`, with an officer, a viewer and an admin."""
    return _file(sqlite_template, tmp_path_factory.mktemp("told"), told_thrice)


@pytest.fixture(scope="session")
def busy_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an office that was notified of many accounts."""
    folder = tmp_path_factory.mktemp("busy")
    return _file(sqlite_template, folder, lambda store: told_of_many(store, MANY))


@pytest.fixture
def office(told_file: Path, tmp_path: Path) -> Iterator[Office]:
    """An office on the Monday of `told_thrice`, of the test's own."""
    store = _copy(told_file, tmp_path)
    yield Office(store, kept=True)
    store.close()


@pytest.fixture
def busy(busy_file: Path, tmp_path: Path) -> Iterator[Office]:
    """An office that was notified of many accounts, of the test's own."""
    store = _copy(busy_file, tmp_path)
    yield Office(store, rules=bureau(MANY), kept=True)
    store.close()


@pytest.fixture(scope="session")
def shown(told_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office of `told_thrice` for tests that only look."""
    store = _copy(told_file, tmp_path_factory.mktemp("shown"))
    yield Office(store, kept=True)
    store.close()


@pytest.fixture(scope="session")
def shown_site(shown: Office) -> FastAPI:
    """The site of the office to look at, put together once."""
    return shown.site()


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    """The address at which *office* is served."""
    with office.served() as address:
        yield address
