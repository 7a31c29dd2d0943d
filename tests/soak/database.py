"""Where the program of a soak keeps things, and what befalls that: a file, or a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

from tests.soak.field import World

LOCKED_FOR = 0.3  # seconds for which somebody else writes to the database


class Database(Protocol):
    """The database of one soak."""

    @property
    def address(self) -> str:
        """As the configuration names it."""
        ...

    @contextmanager
    def locked(self, world: World) -> Iterator[None]:
        """Have somebody else write to the database when the first request comes."""
        ...


class InFile:
    """An SQLite file."""

    address = "sqlite:///freshness.db"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "freshness.db"

    @contextmanager
    def locked(self, world: World) -> Iterator[None]:
        """Have somebody else write to the file when the first request comes."""
        other = sqlite3.connect(self._path, check_same_thread=False)
        with _at_first_request(world, lambda: other.execute("BEGIN IMMEDIATE"), other.rollback):
            yield
        other.close()


class OnServer:
    """A database of its own on a PostgreSQL server; a context manager."""

    def __init__(self, server: str, name: str) -> None:
        self._server, self._name = server, name
        self.address = make_url(server).set(database=name).render_as_string(hide_password=False)

    def __enter__(self) -> OnServer:
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {self._name}")
        return self

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP DATABASE {self._name} WITH (FORCE)")

    @contextmanager
    def locked(self, world: World) -> Iterator[None]:
        """Have somebody else hold what is written to when the first request comes."""
        with psycopg.connect(self.address) as other:
            hold = "LOCK TABLE accounts, sources, readings, posts IN EXCLUSIVE MODE"
            with _at_first_request(world, lambda: other.execute(hold), other.rollback):
                yield

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def _at_first_request(
    world: World, begin: Callable[[], Any], end: Callable[[], None]
) -> Iterator[None]:
    once: list[Timer] = []

    def lock() -> None:
        if not once:
            once.append(Timer(LOCKED_FOR, end))
            begin()
            once[0].start()

    world.on_first_request = lock
    try:
        yield
    finally:
        world.on_first_request = lambda: None
        for timer in once:
            timer.join()
