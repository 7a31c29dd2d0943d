"""Readings and posts in a third of the room: numbers for sources, instants, and what is said once.

In the one transaction of all steps: whoever interrupts it finds the database as it was.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

from monitor.store.types import CompactInstant, Digest, PlainText
from monitor.store.watching import ADVANCE

revision = "0500"
down_revision = "0470"

Row = dict[str, Any]
REBUILT = ("readings", "sightings", "marks", "posts")
STEP = 200  # sources or accounts between two words about how far it has come
SHOWN = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{1,6}))?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OF_READINGS = (
    *("outcome", "as_of", "pulse", "unconditional", "status", "detail", "items", "fresh"),
    *("covers_from", "gap_from", "unseen", "risen_at", "title", "first_at", "tried"),
    *("longest_pause", "outcomes"),
)
INSTANTS = frozenset({"as_of", "covers_from", "gap_from", "risen_at", "first_at"})
OF_POSTS = (
    *("id", "account", "key", "kind", "title", "url", "push", "published_at", "dating"),
    *("first_seen_at", "source", "deleted_at", "published_until"),
)
WITHIN = (
    *("last_seen_at", "on_first_reading", "said", "stated_at", "stated_first_at"),
    *("stated_until", "unseen_at"),
)
OF_SIGHTINGS = (
    *("post", "source", "kind", "title", "url", "push", "stated_at", "stated_first_at"),
    *("first_seen_at", "last_seen_at", "on_first_reading", "said", "deleted_at"),
    *("stated_until", "unseen_at"),
)


def upgrade() -> None:
    """Number the sources, and make the four tables anew with what they hold."""
    bind = op.get_bind()
    advance = ADVANCE.get()
    _number_sources(bind)
    last = _last_id(bind)
    for name in REBUILT:
        _put_away(bind, name)
    _create()
    total = _many(bind, "sources") + _many(bind, "accounts")
    done = _copy_readings(bind, lambda n: advance(n, total))
    _copy_posts(bind, lambda n: advance(done + n, total))
    advance(total, total)
    for name in REBUILT:
        op.drop_table(f"old_{name}")
    _index()
    _show(bind)
    _go_on_after(bind, last)


def _many(bind: sa.Connection, name: str) -> int:
    return int(bind.scalar(sa.text(f"SELECT count(*) FROM {name}")) or 0)


def _number_sources(bind: sa.Connection) -> None:
    op.add_column("sources", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    ids = bind.scalars(sa.text("SELECT id FROM sources ORDER BY id")).all()
    rows = [{"id": one, "number": n} for n, one in enumerate(ids, 1)]
    if rows:
        bind.execute(sa.text("UPDATE sources SET number = :number WHERE id = :id"), rows)
    op.create_index("ix_sources_number", "sources", ["number"], unique=True)


def _put_away(bind: sa.Connection, name: str) -> None:
    """Rename a table, so that one of its name, with indexes of the same names, can be made."""
    if bind.dialect.name == "sqlite":
        wanted = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        for index in bind.scalars(sa.text(f"{wanted} AND tbl_name = '{name}'")).all():
            op.drop_index(index)
    else:
        wanted = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        for index in bind.scalars(sa.text(f"{wanted} AND tablename = '{name}'")).all():
            op.execute(f'ALTER INDEX "{index}" RENAME TO "old_{index}"')
    op.rename_table(name, f"old_{name}")


def _create() -> None:
    number: dict[str, Any] = {"primary_key": True, "autoincrement": False}
    op.create_table(
        "reading_rows",
        sa.Column("source", sa.Integer(), sa.ForeignKey("sources.number"), **number),
        sa.Column("started_at", CompactInstant(), primary_key=True),
        sa.Column("outcome", PlainText(), nullable=False),
        sa.Column("as_of", CompactInstant()),
        sa.Column("pulse", PlainText(), nullable=False),
        sa.Column("unconditional", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", PlainText(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("covers_from", CompactInstant()),
        sa.Column("gap_from", CompactInstant()),
        sa.Column("unseen", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("risen_at", CompactInstant()),
        sa.Column("title", PlainText()),
        sa.Column("first_at", CompactInstant()),
        sa.Column("tried", sa.Integer()),
        sa.Column("longest_pause", sa.Integer()),
        sa.Column("outcomes", PlainText()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("key", PlainText(), nullable=False),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("title", PlainText(), nullable=False),
        sa.Column("url", PlainText(), nullable=False),
        sa.Column("push", PlainText()),
        sa.Column("published_at", CompactInstant(), nullable=False),
        sa.Column("dating", PlainText(), nullable=False),
        sa.Column("first_seen_at", CompactInstant(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("deleted_at", CompactInstant()),
        sa.Column("published_until", CompactInstant()),
        sa.Column("marks", PlainText()),
        sa.Column("last_seen_at", CompactInstant()),
        sa.Column("on_first_reading", sa.Boolean()),
        sa.Column("said", Digest()),
        sa.Column("stated_at", CompactInstant()),
        sa.Column("stated_first_at", CompactInstant()),
        sa.Column("stated_until", CompactInstant()),
        sa.Column("unseen_at", CompactInstant()),
        sa.UniqueConstraint("key", "account"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "marks",
        sa.Column("digest", sa.BigInteger(), **number),
        sa.Column("post", sa.Integer(), **number),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sightings",
        sa.Column("post", sa.Integer(), sa.ForeignKey("posts.id"), **number),
        sa.Column("source", sa.Integer(), **number),
        sa.Column("kind", PlainText()),
        sa.Column("title", PlainText()),
        sa.Column("url", PlainText()),
        sa.Column("push", PlainText()),
        sa.Column("stated_at", CompactInstant()),
        sa.Column("stated_first_at", CompactInstant()),
        sa.Column("first_seen_at", CompactInstant(), nullable=False),
        sa.Column("last_seen_at", CompactInstant(), nullable=False),
        sa.Column("on_first_reading", sa.Boolean(), nullable=False),
        sa.Column("said", Digest(), nullable=False),
        sa.Column("deleted_at", CompactInstant()),
        sa.Column("stated_until", CompactInstant()),
        sa.Column("unseen_at", CompactInstant()),
        sqlite_with_rowid=False,
    )


def _index() -> None:
    """Make the indexes at last: of rows that are there they are made many times as fast."""
    few = sa.text("gap_from IS NOT NULL")
    op.create_index(
        "ix_reading_rows_gap_from",
        "reading_rows",
        ["gap_from"],
        sqlite_where=few,
        postgresql_where=few,
    )
    op.create_index("ix_posts_account_published_at", "posts", ["account", "published_at"])
    op.create_index("ix_posts_published_at", "posts", ["published_at"])
    imported = sa.text("source < 0")
    for name in ("posts", "sightings"):
        op.create_index(
            f"ix_{name}_imported",
            name,
            ["source"],
            sqlite_where=imported,
            postgresql_where=imported,
        )


def _show(bind: sa.Connection) -> None:
    """Make the view in which people who ask by SQL find readings with account, gateway and
    legible instants, as the table had them before."""
    said = ", ".join(f"{_legible(bind, name)} AS {name}" for name in OF_READINGS)
    op.execute(
        "CREATE VIEW readings AS SELECT s.id AS source, s.account, s.gateway,"
        f" {_legible(bind, 'started_at')} AS started_at, {said}"
        " FROM reading_rows r JOIN sources s ON s.number = r.source"
    )


def _legible(bind: sa.Connection, name: str) -> str:
    if name == "detail":  # behind that character stands the code of a failure
        end = "char(31)" if bind.dialect.name == "sqlite" else "chr(31)"
        place = "instr" if bind.dialect.name == "sqlite" else "strpos"
        cut = f"substr(r.detail, 1, {place}(r.detail, {end}) - 1)"
        return f"CASE WHEN {place}(r.detail, {end}) > 0 THEN {cut} ELSE r.detail END"
    if bind.dialect.name != "sqlite" or name not in INSTANTS | {"started_at"}:
        return f"r.{name}"
    return f"strftime('%Y-%m-%d %H:%M:%f', r.{name} / 1000000.0, 'unixepoch')"


def _copy_readings(bind: sa.Connection, advance: Callable[[int], None]) -> int:
    said = ", ".join(_instant(bind, n) if n in INSTANTS else n for n in OF_READINGS)
    copied = sa.text(
        f"INSERT INTO reading_rows (source, started_at, {', '.join(OF_READINGS)})"
        f" SELECT :number, {_instant(bind, 'started_at')}, {said} FROM old_readings"
        " WHERE source = :id ORDER BY started_at"
    )
    sources = bind.execute(sa.text("SELECT id, number FROM sources ORDER BY number")).all()
    for done, (source, number) in enumerate(sources):
        bind.execute(copied, {"id": source, "number": number})
        if done % STEP == 0:
            advance(done)
    return len(sources)


def _instant(bind: sa.Connection, name: str) -> str:
    """What makes an instant of today's spelling; what is none stays what it is, to be found."""
    if bind.dialect.name != "sqlite":
        return name
    seconds = f"CAST(strftime('%s', substr({name}, 1, 19)) AS INTEGER)"
    return f"coalesce({seconds} * 1000000 + CAST(substr({name}, 21, 6) AS INTEGER), {name})"


def _copy_posts(bind: sa.Connection, advance: Callable[[int], None]) -> None:
    rows = bind.execute(sa.text("SELECT id, number FROM sources"))
    numbers = dict(map(tuple, rows))
    accounts = bind.scalars(sa.text("SELECT id FROM accounts ORDER BY id")).all()
    for done, account in enumerate(accounts):
        _copy_account(bind, account, numbers)
        if done % STEP == 0:
            advance(done)


def _copy_account(bind: sa.Connection, account: str, numbers: dict[str, int]) -> None:
    posts = _rows(bind, "SELECT * FROM old_posts WHERE account = :account ORDER BY id", account)
    if not posts:
        return
    of = "JOIN old_posts p ON p.id = o.post WHERE p.account = :account"
    seen = _by_post(_rows(bind, f"SELECT o.* FROM old_sightings o {of}", account))
    marks = _by_post(_rows(bind, f"SELECT o.* FROM old_marks o {of}", account))
    sightings: list[Row] = []
    digests: list[Row] = []
    for post in posts:
        mine = seen.get(post["id"], [])
        for row in (post, *mine):
            row["source"] = _number(bind, row["source"], account, numbers)
        post.update(dict.fromkeys(WITHIN) | _within(post, mine))
        if post["last_seen_at"] is None:
            sightings += [_beside(post, one) for one in mine]
        others = sorted({one["mark"] for one in marks.get(post["id"], [])} - {post["key"]})
        post["marks"] = _text(others) if others else None
        digests += [{"digest": _digest(account, one), "post": post["id"]} for one in others]
    _insert(bind, "posts", (*OF_POSTS, "marks", *WITHIN), posts)
    _insert(bind, "sightings", OF_SIGHTINGS, sightings)
    distinct = {tuple(one.values()): one for one in digests}
    _insert(bind, "marks", ("digest", "post"), list(distinct.values()))


def _rows(bind: sa.Connection, wanted: str, account: str) -> list[Row]:
    found = bind.execute(sa.text(wanted), {"account": account}).mappings()
    return [{name: _read(name, value) for name, value in row.items()} for row in found]


def _read(name: str, value: Any) -> Any:
    """A value as it is stored from now on; an instant that is none stays what it is."""
    if name == "said":
        return bytes.fromhex(value) if re.fullmatch("([0-9a-f]{2})+", value or "") else b""
    spelt = SHOWN.fullmatch(value) if isinstance(value, str) and name.endswith(AT) else None
    return _microseconds(spelt[1], spelt[2] or "", value) if spelt else value


AT = ("_at", "_until")


def _microseconds(second: str, fraction: str, value: str) -> Any:
    try:
        at = datetime.fromisoformat(second).replace(tzinfo=UTC) - EPOCH
    except ValueError:
        return value
    return (at.days * 86_400 + at.seconds) * 1_000_000 + int(fraction.ljust(6, "0"))


def _by_post(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["post"]].append(row)
    return found


def _number(bind: sa.Connection, source: str, account: str, numbers: dict[str, int]) -> int:
    """The number of a source, of an import below nought; a source of which no row is left gets
    one."""
    if source.startswith("import:"):
        return -int(source.removeprefix("import:"))
    if source not in numbers:
        numbers[source] = max(numbers.values(), default=0) + 1
        made = {"id": source, "account": account, "number": numbers[source]}
        bind.execute(sa.text(LOST).bindparams(no=False), made)
    return numbers[source]


LOST = (
    "INSERT INTO sources (id, account, gateway, locator, rank, configured, watched, last_detail,"
    " failures, memory, number) VALUES (:id, :account, '', '', 0, :no, :no, '', 0, '{}', :number)"
)


def _within(post: Row, seen: Sequence[Row]) -> Row:
    """What a post's row holds of its one sighting; nothing where that does not fit in."""
    shared = ("source", "kind", "title", "url", "push", "first_seen_at", "deleted_at")
    if len(seen) != 1 or any(seen[0][name] != post[name] for name in shared):
        return {}
    (one,) = seen
    first, stated = one["stated_first_at"], one["stated_at"]
    if (first is None) != (stated is None):
        return {}
    held = {name: one[name] for name in WITHIN}
    return {**held, "stated_first_at": None if first == post["first_seen_at"] else first}


def _beside(post: Row, seen: Row) -> Row:
    words = {n: None if seen[n] == post[n] else seen[n] for n in ("kind", "title", "url")}
    return {**seen, **words}


def _text(marks: Sequence[str]) -> str:
    return json.dumps(marks, ensure_ascii=False, separators=(",", ":"))


def _digest(account: str, mark: str) -> int:
    found = blake2b(f"{account}\n{mark}".encode(), digest_size=8).digest()
    return int.from_bytes(found, signed=True)


def _insert(bind: sa.Connection, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    if rows:
        table = sa.table(name, *map(sa.column, columns))
        bind.execute(table.insert(), [{c: row[c] for c in columns} for row in rows])


def _last_id(bind: sa.Connection) -> int:
    """The greatest id that any post ever had."""
    if bind.dialect.name == "sqlite":
        wanted = "SELECT seq FROM sqlite_sequence WHERE name = 'posts'"
    else:
        wanted = "SELECT last_value FROM posts_id_seq WHERE is_called"
    there = bind.scalar(sa.text("SELECT max(id) FROM posts"))
    return max(int(bind.scalar(sa.text(wanted)) or 0), int(there or 0))


def _go_on_after(bind: sa.Connection, last: int) -> None:
    """No id is given twice."""
    if not last:
        return
    if bind.dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_sequence WHERE name IN ('posts', 'old_posts')")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('posts', {last})")
    else:
        op.execute(f"SELECT setval(pg_get_serial_sequence('posts', 'id'), {last})")
