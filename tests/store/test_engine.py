"""A database that cannot be used is said in one clear line, and nothing is lost."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread
from traceback import format_exception

import psycopg
import pytest
from sqlalchemy import make_url, text

from monitor.errors import StoreError
from monitor.store.base import Store
from monitor.store.engine import Database, connect, server_address
from monitor.store.schema import metadata
from monitor.store.sql import open_store
from tests.conftest import new_database
from tests.store_values import NOON, RSSHUB, WEIBO, alerted, recorded, registered, seen


@pytest.fixture
def path(sqlite_url: str) -> Path:
    """The file of a migrated, empty database."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


def address(path: Path, query: str = "timeout=0") -> str:
    return f"sqlite:///{path}?{query}"


def line(error: pytest.ExceptionInfo[StoreError]) -> str:
    """Return the error's text, of which there must be one line."""
    said = str(error.value)
    assert said.splitlines() == [said]
    return said


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock in another connection."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def write(store: Store) -> None:
    alerted(registered(store), "zhang")


def test_F38_locked(path: Path) -> None:
    store = open_store(address(path), NOON)
    with locked(path), pytest.raises(StoreError) as error:
        write(store)
    assert line(error) == f"database {path} is locked by another process"
    write(store)
    assert len(store.alerts.open()) == 1
    store.close()


def test_our_own_writers_wait_for_each_other_however_long(path: Path) -> None:
    """Hundreds of gateways are read side by side; SQLite itself would give up on one of them."""
    database, done = connect(address(path)), []

    def change() -> None:
        with database.writing() as connection:
            done.append(connection.scalar(text("SELECT 1")))

    other = Thread(target=change)
    with database.writing():
        other.start()
        other.join(0.2)  # time to fail in, which it must not do
    other.join()
    database.close()
    assert done == [1]


def test_F38_looking_goes_on_while_another_process_writes(path: Path) -> None:
    store = registered(open_store(address(path), NOON))
    with locked(path):
        registered(store)  # nothing changed, so nothing is written
        assert store.alerts.open() == []
    store.close()


def test_F38_read_only(path: Path) -> None:
    open_store(address(path), NOON).close()
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true", NOON)
    with pytest.raises(StoreError) as error:
        write(store)
    assert line(error) == f"database {path} cannot be written: it is read-only"
    assert store.alerts.open() == []
    store.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"<html>not found</html>" * 50, "is not an SQLite database", id="a page"),
        pytest.param(
            b"SQLite format 3\x00" + b"\x00" * 2000,
            "is not an SQLite database",
            id="only the head of a database",
        ),
    ],
)
def test_F38_not_a_database(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "freshness.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as error:
        open_store(address(path), NOON)
    assert line(error) == f"database {path} {said}"
    assert path.read_bytes() == content


def test_F38_damaged(path: Path) -> None:
    store = open_store(address(path), NOON)
    registered(store).readings.record(
        [recorded(RSSHUB, NOON, *(seen(f"{n}", NOON, title="通知" * 99) for n in range(200)))]
    )
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with pytest.raises(StoreError) as error:
        open_store(address(path), NOON).posts.of_account(WEIBO.id)
    assert line(error) == f"database {path} is damaged; restore a backup"


@pytest.mark.parametrize("how", ["quota", "limit"])
def test_F38_full_disk(path: Path, how: str) -> None:
    store = registered(open_store(address(path), NOON))
    small, large = recorded(RSSHUB, NOON, seen("a")), "长" * 3_000_000
    store.readings.record([small])
    with no_more_room(store, path, how), pytest.raises(StoreError) as error:
        store.readings.record([recorded(RSSHUB, NOON.replace(hour=5), seen("b", title=large))])
    assert line(error).startswith(f"database {path} cannot be ")
    assert line(error).endswith("full")
    assert [p.key for p in store.posts.of_account(WEIBO.id)] == ["a"]
    store.readings.record([recorded(RSSHUB, NOON.replace(hour=6), seen("c"))])
    assert [p.key for p in store.posts.of_account(WEIBO.id)] == ["a", "c"]
    store.close()


@contextmanager
def no_more_room(store: Store, path: Path, how: str) -> Iterator[None]:
    """Let the database file, or any file of this process, grow no further."""
    if how == "limit":
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        return
    # The page count limit belongs to a connection: the store's only one, at rest in its pool.
    with store._database.engine.connect() as connection:  # type: ignore[attr-defined]
        raw = connection.connection.driver_connection
        raw.execute(f"PRAGMA max_page_count = {path.stat().st_size // 4096 + 40}")
    yield
    raw.execute("PRAGMA max_page_count = 1000000")


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda path: path.unlink(), id="removed"),
        pytest.param(lambda path: path.rename(path.with_name("moved")), id="moved away"),
        pytest.param(
            lambda path: (
                path.with_name("new").write_bytes(path.read_bytes())
                and path.with_name("new").replace(path)
            ),
            id="replaced",
        ),
    ],
)
def test_F38_a_file_lost_while_in_use_is_noticed_before_anything_is_written(
    path: Path, lose: Callable[[Path], object]
) -> None:
    store = open_store(address(path), NOON)
    lose(path)
    with pytest.raises(StoreError) as error:
        write(store)
    assert line(error) == f"database {path} was removed or replaced while in use; start again"
    with pytest.raises(StoreError, match="removed or replaced"):
        store.alerts.open()
    store.close()


def test_F38_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(StoreError) as error:
        open_store(address(tmp_path / "data" / "x" / "freshness.db"), NOON)
    assert line(error).endswith("cannot be created: Not a directory")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("freshness.db", "is not an address of a database", id="a bare path"),
        pytest.param("", "is not an address of a database", id="nothing"),
        pytest.param("mysql://u:s3cret@h/d", '"mysql" is not supported', id="another database"),
        pytest.param("sqlite://", "in memory forgets everything", id="memory"),
        pytest.param("sqlite:///:memory:", "in memory forgets everything", id="memory by name"),
        pytest.param("postgresql://u:s3cret@h:port/d", "is not an address", id="a port of letters"),
    ],
)
def test_a_bad_address_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=r"service\.database") as error:
        open_store(url, NOON)
    assert said in line(error)
    assert "s3cret" not in line(error)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        open_store("postgresql://me:s3cret@127.0.0.1:1/freshness?connect_timeout=2", NOON)
    said = line(error)
    assert said.startswith("database postgresql://me@127.0.0.1:1/freshness is unreachable: ")
    assert "s3cret" not in said


def test_no_traceback_repeats_the_password() -> None:
    url = "postgresql://me:s3cret@127.0.0.1:1/freshness?password=s3cret"
    with pytest.raises(StoreError) as error:
        open_store(url, NOON)
    assert "s3cret" not in "".join(format_exception(error.value))


@pytest.mark.postgresql
def test_F38_a_server_without_that_database(postgresql_url: str) -> None:
    elsewhere = make_url(postgresql_url).set(database="unheard_of")
    with pytest.raises(StoreError, match=r"database postgresql://.*/unheard_of") as error:
        open_store(elsewhere.render_as_string(hide_password=False), NOON)
    line(error)


@pytest.fixture
def postgresql_with(postgresql_url: str) -> Callable[[str], Store]:
    """Open the store on a server with one option set."""

    def opened(option: str) -> Store:
        url = make_url(postgresql_url).update_query_dict({"options": f"-c {option}"})
        return open_store(url.render_as_string(hide_password=False), NOON)

    return opened


SET_UP = {
    "datestyle": "German",
    "timezone": "Asia/Shanghai",
    "client_encoding": "GBK",
    "default_transaction_isolation": "serializable",
    "bytea_output": "escape",
}


@contextmanager
def set_up(url: str) -> Iterator[None]:
    """Have the database at *url* set up otherwise than it was made for the block."""
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in SET_UP.items():
            connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'".encode())
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} RESET ALL".encode())


@pytest.mark.postgresql
def test_however_a_database_is_set_up_the_same_is_kept_in_it(postgresql_url: str) -> None:
    with set_up(postgresql_url):
        store, queue = open_store(postgresql_url, NOON), server_address(postgresql_url, "public")
        write(store)
        store.notes.set("said", "鞍山民政😀")
        assert store.notes.get("said") == "鞍山民政😀"
        [alert] = store.alerts.open()
        assert alert.opened_at == NOON
        with psycopg.connect(queue or "") as raw:
            [said] = raw.execute("SELECT value FROM notes WHERE key = 'said'").fetchone() or [None]
            assert said == "鞍山民政😀"
            assert raw.execute("SHOW transaction_isolation").fetchone() == ("read committed",)
        store.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "EUC_CN"])
def test_a_database_that_lacks_characters_is_refused_and_left_as_it_is(
    postgresql_server: str, encoding: str
) -> None:
    how = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with new_database(postgresql_server, f"kept_{encoding}_{os.getpid()}".lower(), how) as url:
        with pytest.raises(StoreError, match=f"keeps text as {encoding}") as error:
            open_store(url, NOON)
        line(error)
        with psycopg.connect(url) as connection:
            made = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")
            assert "alembic_version" not in {name for (name,) in made}


class Between:
    """What stands between us and a server, and passes on nothing that a connection asks for; a
    context manager."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = self._server.set(
            host="127.0.0.1", port=self._door.getsockname()[1], query={"sslmode": "disable"}
        ).render_as_string(hide_password=False)

    def __enter__(self) -> "Between":
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(f"{self._server.query['host']}/.s.PGSQL.5432")
            server.sendall(_without_options(client.recv(65_536)))
            asking = Thread(target=_copied, args=(client, server))
            asking.start()
            _copied(server, client)
            asking.join()


def _copied(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65_536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


def _without_options(startup: bytes) -> bytes:
    """Return the first message of a connection as it is without its options."""
    words = startup[8:].rstrip(b"\0").split(b"\0")
    pairs = zip(words[::2], words[1::2], strict=True)
    kept = b"".join(b"%b\0%b\0" % pair for pair in pairs if pair[0] != b"options")
    body = startup[4:8] + kept + b"\0"
    return (len(body) + 4).to_bytes(4, "big") + body


@pytest.mark.postgresql
def test_something_between_that_passes_on_no_options_is_refused(postgresql_url: str) -> None:
    with Between(postgresql_url) as between:
        with pytest.raises(StoreError, match="passes on no options") as error:
            open_store(between.url, NOON)
        line(error)


@pytest.mark.postgresql
def test_F38_read_only_on_postgresql(postgresql_with: Callable[[str], Store]) -> None:
    store = postgresql_with("default_transaction_read_only=on")
    with pytest.raises(StoreError, match="cannot be written: it is read-only") as error:
        write(store)
    line(error)
    assert store.alerts.open() == []
    store.close()


@pytest.mark.postgresql
def test_F38_locked_on_postgresql(
    postgresql_url: str, postgresql_with: Callable[[str], Store]
) -> None:
    store, other = postgresql_with("lock_timeout=50ms"), connect(postgresql_url)
    with other.writing() as connection:
        connection.execute(text("LOCK TABLE accounts"))
        with pytest.raises(StoreError, match="is locked by another process") as error:
            write(store)
    line(error)
    write(store)
    assert len(store.alerts.open()) == 1
    store.close()
    other.close()


def stands_still(database: Database, meanwhile: Callable[[], None]) -> None:
    """Hold a table in a transaction that says nothing more while something happens *meanwhile*."""
    with database.writing() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        connection.execute(text("LOCK TABLE accounts"))
        meanwhile()
        connection.execute(text("SELECT 1"))


@pytest.mark.postgresql
def test_a_transaction_that_stands_still_holds_up_nobody_for_long(
    postgresql_url: str,
    postgresql_with: Callable[[str], Store],
) -> None:
    store, other = postgresql_with("lock_timeout=60s"), connect(postgresql_url)
    with pytest.raises(StoreError, match="has ended a transaction that stood still") as error:
        stands_still(other, lambda: write(store))
    line(error)
    assert len(store.alerts.open()) == 1
    store.close()
    other.close()


@pytest.mark.postgresql
def test_every_connection_is_let_go_of_when_its_machine_is_cut_off(postgresql_url: str) -> None:
    database = connect(postgresql_url)
    with database.reading() as connection:
        shown = connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
    assert shown == "20s"
    with database.rebuilding() as connection:
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "0"
    address = server_address(postgresql_url, "elsewhere")
    assert address is not None
    with psycopg.connect(address) as raw:
        assert raw.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("20s",)
        assert raw.execute("SHOW search_path").fetchone() == ("elsewhere",)
    database.close()


@pytest.mark.postgresql
def test_a_connection_that_broke_at_rest_is_replaced(postgresql_url: str) -> None:
    store, other = open_store(postgresql_url, NOON), connect(postgresql_url)
    with other.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    write(store)
    assert len(store.alerts.open()) == 1
    store.close()
    other.close()


def test_what_a_caller_raises_inside_a_transaction_is_left_alone(sqlite_store: Store) -> None:
    with pytest.raises(ZeroDivisionError), sqlite_store.alerts.changing(WEIBO.id):
        _ = 1 / 0


def test_every_table_has_a_key() -> None:
    assert [t.name for t in metadata.sorted_tables if not t.primary_key.columns] == []


def test_an_error_in_the_middle_leaves_the_store_usable(sqlite_store: Store) -> None:
    with suppress(RuntimeError), sqlite_store.alerts.changing(WEIBO.id):
        raise RuntimeError
    write(sqlite_store)
    assert len(sqlite_store.alerts.open()) == 1


def test_a_missing_driver_of_postgresql_is_one_line() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None; from monitor.store.engine import connect;"
        "from monitor.errors import StoreError\n"
        "try: connect('postgresql://u:secret@db/x')\n"
        "except StoreError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == (
        "service.database: PostgreSQL's driver is not installed; "
        'pip install "account-freshness-monitor[postgresql]"\n'
    )
