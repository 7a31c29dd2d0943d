"""What this program wrote itself and reads again, whoever has damaged it since: texts in rows of
the database, backups, and the file into which something else writes WeChat's ticket."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

from alerts.model import Kind, Reason
from monitor.errors import StoreError
from monitor.judging import judged_under
from monitor.ledger.records import PolicyChange
from monitor.ledger.rules import rules, written
from monitor.reports.mailing import state
from monitor.sources.wechat_component import read_ticket
from monitor.store import codec
from monitor.store.damage import UNREADABLE
from monitor.store.packing import marks_of
from monitor.store.restoring import restore
from tests.fuzz.gateways import TICKET
from tests.fuzz.parser import NOW, Parser, as_json
from tests.rule_values import ACCOUNTS, register

POLICY = register().policies[ACCOUNTS["weibo"].policy]
READERS: tuple[Callable[[str], object], ...] = (
    codec.memory_from_json,
    codec.shown_from_json,
    codec.families_from_json,
    codec.canaries_from_json,
    partial(codec.facts_from_json, kind=Kind.SILENCE, reason=Reason.RUNG),
    state.read,
    judged_under.read_back,
)
MEMORY = {
    "etag": '"a"', "window": [["p", "2024-02-16T01:00:00+00:00"]], "missing_count": 1,
    "counters": {"followers": 7959}, "bound": 60.0, "doubt": None, "most": 10, "names": ["一"],
}  # fmt: skip
NOT_LONG = b'{"policy":"x","limit":NaN}'
VALUES = (
    MEMORY,
    {"id": "weibo", "name": "鞍山民政", "look": "late", "publish_by": "2024-02-20",
     "outcomes": ["ok", None], "published": {"counted": "2024-02-19", "in_month": 3}},
    [{"family": "weibo", "failing_since": "2024-02-16T01:00:00+00:00"}],
    [{"spec": {"id": "s", "account": "a", "gateway": "g", "locator": "x"}, "memory": "{}"}],
    {"stage": "sending", "attempts": 1, "until": None, "sent_at": None, "error": ""},
    ["digest", {"a": "x"}, {}],
    ["marks", "of a post"],
)  # fmt: skip


def kept() -> Iterator[tuple[str, Parser]]:
    """Yield the parsers of what is kept."""
    yield "stored values", Parser(_values, (*map(as_json, VALUES), b"[" * 3000))
    malformed = _backup().replace(b"CREATE TABLE passes", b"CREATE TABLE \xe4\xb8  ")
    texts = (
        written(POLICY).encode(),
        b"yearly: limit=datetime.timedelta(days=14, seconds=60)",
        NOT_LONG,
        b"[" * 3000,
    )
    yield "former rules", Parser(_rules, texts)
    yield (
        "backups",
        Parser(
            _restored, (_backup(), _backup(b"x'3530'"), _backup()[:700], malformed), (StoreError,)
        ),
    )
    pushed = TICKET.read_bytes()
    yield "tickets", Parser(_ticket, (pushed, b"ticket@@@abc", b"\xef\xbb\xbf" + pushed))


def _values(data: bytes) -> None:
    """Each reader stumbles, if at all, as whoever mends a damaged row expects it."""
    text = data.decode("utf-8", "replace")
    for read in READERS:
        with suppress(*UNREADABLE):
            read(text)
    marks_of("p", text)


def _rules(data: bytes) -> object:
    return rules([PolicyChange(NOW, data.decode("utf-8", "replace"))], POLICY)


def _ticket(data: bytes) -> object:
    path = _folder() / "ticket"
    path.write_bytes(data)
    return read_ticket(str(path))


def _restored(data: bytes) -> object:
    copy, target = _folder() / "copy.db", _folder() / "new" / "f.db"
    copy.write_bytes(data)
    try:
        return restore(f"sqlite:///{target}", copy, NOW)
    finally:
        target.unlink(missing_ok=True)


@cache
def _backup(version: bytes = b"'0500'") -> bytes:
    """A small one, of what is looked at."""
    path = _folder() / "small.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            "PRAGMA page_size = 512;"
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);"
            f"INSERT INTO alembic_version VALUES ({version.decode()});"
            "CREATE TABLE passes (scope VARCHAR, secret BLOB);"
            "CREATE INDEX of_scope ON passes (scope);"
            "INSERT INTO passes VALUES ('session', x'00'), ('read', x'01');"
        )
    return path.read_bytes()


@cache
def _folder() -> Path:
    folder = Path(mkdtemp())
    (folder / "new").mkdir()
    atexit.register(shutil.rmtree, folder)
    return folder
