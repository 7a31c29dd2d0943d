"""What becomes of a damaged row: its account alone is blind until it is read anew.

A value that may be missing is taken out; one that the rest of the record shows is put back; a row
that nothing is left of goes. What was found is kept, whole, in the table `damages`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial, wraps
from typing import Any, TypeVar

from sqlalchemy import Connection, column, insert, select

from alerts.model import NoticeState
from monitor.model import AccountState, Dating, Outcome, PostKind, Pulse, Validators
from monitor.standing import ALWAYS
from monitor.store import merging, schema, source_states
from monitor.store.damage import UNREADABLE, DamagedRow, Raw, bare, damaged, fits, memory_is_sound
from monitor.store.engine import Database, lock
from monitor.store.kept import recompute
from monitor.store.marking import mark
from monitor.store.schema import damages, posts, sources
from monitor.store.types import instant_at, written

SECRET = frozenset({"users", "passes"})  # of which nothing is kept but where they were
COUNTED = frozenset(  # by which posts are counted and coverage is known
    {"posts", "sightings", "post_days", "push_days", "doubled_days", "reading_rows", "stretches"}
)
BEARING = frozenset({"accounts", "sources", "posts", "sightings"})  # on what verdicts rest
NOTICES, ALERTS, POSTS, SOURCES = map(bare, (schema.notices, schema.alerts, posts, sources))
GONE = object()  # of a value that nothing shows

Noun = TypeVar("Noun")
Candidates = Callable[[Connection, Raw], Iterable[Any]]  # the best first


def mend(database: Database) -> int:
    """Do what `Damages.mend` says."""
    with database.reading() as connection:
        if next(damaged(connection), None) is None:
            return 0
    with database.writing() as connection:
        lock(connection, "registry")
        found = list(damaged(connection))
        counted = {_subject(connection, row) for row in found if row.table.name in COUNTED}
        for row in found:
            set_aside(connection, row)
        recompute(connection, counted)
        mark(connection, None)  # whatever was judged by it is judged anew
        return len(found)


def set_aside(connection: Connection, row: DamagedRow) -> None:
    """Keep *row* as it was found, and set right what the rest of the record shows of it."""
    subject = _subject(connection, row)
    _keep(connection, row, subject)
    _mend(connection, row)
    if row.table.name in BEARING:
        _forget_readings(connection, subject, row)


def mending(kind: type[Noun]) -> type[Noun]:
    """Have every method of a noun mend what it stumbles over, and try again once."""
    for name, method in list(vars(kind).items()):
        if not name.startswith("_") and callable(method) and not hasattr(method, "__wrapped__"):
            setattr(kind, name, _again(method))
    return kind


def _again(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def tried(self: Any, *args: Any, **named: Any) -> Any:
        args = tuple(tuple(one) if isinstance(one, Iterator) else one for one in args)
        try:
            return method(self, *args, **named)
        except UNREADABLE:
            if not isinstance(self._database, Database):  # inside of somebody's transaction
                raise
            mend(self._database)
            return method(self, *args, **named)

    return tried


def _subject(connection: Connection, row: DamagedRow) -> str:
    """Which account, gateway or note a row is about; empty for none."""
    raw, name = row.raw, row.table.name
    if name in SECRET:
        return ""
    if name in ("accounts", "gateways"):
        return str(raw["id"])
    if name == "notes":
        return str(raw["key"])
    if name == "sightings":
        raw = _post(connection, raw)
    if name in ("reading_rows", "stretches"):
        raw = _source(connection, raw)
    return str(raw.get("account") if "account" in raw else raw.get("subject") or "")


def _keep(connection: Connection, row: DamagedRow, subject: str) -> None:
    kept = {} if row.table.name in SECRET else {k: str(v) for k, v in row.raw.items()}
    what = {"subject": subject, "place": row.table.name, "columns": " ".join(row.columns)}
    found = json.dumps(kept, ensure_ascii=False)
    connection.execute(insert(damages).values(**what, found=found))


def _mend(connection: Connection, row: DamagedRow) -> None:
    if row.table is schema.standings:  # never goes: it will be made anew
        empty = {c.name: None for c in row.table.c if c.nullable}
        anew = {**empty, "due_at": ALWAYS, "holds_until": ALWAYS, "changes": 0}
        connection.execute(row.table.update().where(row.there).values(anew))
        return
    put_back = {name: _restored(connection, row, name) for name in row.columns}
    if GONE in put_back.values():
        _take_out(connection, row)
        return
    if row.raw.get("said") is not None:
        put_back["said"] = b""  # so that the next window is compared in full
    connection.execute(bare(row.table).update().where(row.there).values(put_back))
    if row.table is posts:
        with suppress(*UNREADABLE):  # a sighting that is damaged too
            post = merging.load_where(connection, posts.c.id == row.raw["id"])
            merging.save(connection, post)


def _restored(connection: Connection, row: DamagedRow, name: str) -> Any:
    """What is put back into the column *name*."""
    of = row.table.c[name]
    candidates = RESTORED.get((row.table.name, name), _none)
    for value in candidates(connection, row.raw):
        if fits(connection, of, {**row.raw, name: value}):
            return value
    return None if of.nullable else GONE


def _take_out(connection: Connection, row: DamagedRow) -> None:
    for child in schema.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is row.table:
                of = column(key.parent.name) == row.raw[key.column.name]
                connection.execute(bare(child).delete().where(of))
    connection.execute(bare(row.table).delete().where(row.there))
    if row.table is schema.notices and row.raw["sent_at"] is None:
        _call_again(connection, row.raw)


def _call_again(connection: Connection, raw: Raw) -> None:
    """What a message that nobody has had called is due again."""
    alert = ALERTS.c.id == raw["alert"]
    told = connection.scalar(select(ALERTS.c.told).where(alert))
    with suppress(*UNREADABLE):
        called = [one for one in json.loads(told or "[]") if one != raw["occasion"]]
        text = json.dumps(called, ensure_ascii=False)
        connection.execute(ALERTS.update().where(alert).values(told=text))


def _forget_readings(connection: Connection, account: str, row: DamagedRow) -> None:
    """Nothing is known of *account* until it has been read anew, in full."""
    detail = f"what was stored of it was damaged: {row.table.name} ({', '.join(row.columns)})"
    wanted = select(sources.c.id).where(sources.c.account == account, sources.c.configured)
    for source in connection.scalars(wanted).all():
        with suppress(*UNREADABLE):  # one that is damaged too has its own turn
            state = source_states.states_named(connection, [source])[source]
            memory = replace(state.memory, validators=Validators(), body_hash=None)
            unread = replace(state, **UNREAD, last_detail=detail, memory=memory)
            source_states.save(connection, [replace(unread, failing_since=state.last_tried_at)])


UNREAD: dict[str, Any] = {
    "next_read_at": None,
    "last_outcome": Outcome.BROKEN,
    "last_good_at": None,
    "full_as_of": None,
    "weak_as_of": None,
    "unconditional_at": None,
}


def _memory(_: Connection, raw: Raw) -> Iterator[str]:
    """What of a source's memory still reads."""
    kept: dict[str, Any] = {}
    with suppress(*UNREADABLE):
        for key, value in json.loads(raw["memory"]).items():
            with suppress(*UNREADABLE):
                if memory_is_sound(json.dumps({key: value})):
                    kept[key] = value
    yield json.dumps(kept)


def _told(connection: Connection, raw: Raw) -> Iterator[str]:
    """What an alert has called, as its notices show."""
    called = select(NOTICES.c.occasion).where(NOTICES.c.alert == raw["id"])
    said = {str(one) for one in connection.scalars(called)}
    yield json.dumps(sorted(said), ensure_ascii=False)


def _of_a_sibling(name: str, connection: Connection, raw: Raw) -> Iterable[Any]:
    """What other copies of a message, to somebody else, say."""
    same = (NOTICES.c.alert == raw["alert"], NOTICES.c.occasion == raw["occasion"])
    others = select(NOTICES.c[name]).where(*same, NOTICES.c.id != raw["id"])
    return connection.scalars(others).all()


def _post(connection: Connection, raw: Raw) -> Raw:
    """The post of a sighting."""
    found = connection.execute(select(POSTS).where(POSTS.c.id == raw["post"])).mappings().first()
    return {} if found is None else dict(found)


def _source(connection: Connection, raw: Raw) -> Raw:
    """The source of a reading."""
    of = select(SOURCES).where(SOURCES.c.number == raw["source"])
    found = connection.execute(of).mappings().first()
    return {} if found is None else dict(found)


def _sources(connection: Connection, raw: Raw) -> Iterable[Any]:
    """The numbers of the sources of a post's account, the most trusted first."""
    of = select(SOURCES.c.number).where(SOURCES.c.account == raw["account"])
    return connection.scalars(of.order_by(SOURCES.c.rank, SOURCES.c.id)).all()


def _of_the_post(*names: str) -> Candidates:
    return lambda connection, raw: map(_post(connection, raw).get, names)


def _stated(connection: Connection, raw: Raw) -> Iterator[Any]:
    post = _post(connection, raw) if "post" in raw else raw
    if post.get("dating") == Dating.STATED:
        yield post["published_at"]


def _sights(connection: Connection, raw: Raw) -> Iterable[Any]:
    """When sources first showed a post, and what it says itself."""
    shown = bare(schema.sightings)
    sights = connection.scalars(select(shown.c.first_seen_at).where(shown.c.post == raw["id"]))
    said = (raw["first_seen_at"], raw["stated_at"], raw["published_at"], raw["last_seen_at"])
    return [*sorted(sights, key=str), *(one for one in said if one is not None)]


def _began(connection: Connection, raw: Raw) -> Iterable[Any]:
    """When the first rule for an account, and its first reading, were kept."""
    rules, read = bare(schema.policies), bare(schema.readings)
    ruled = select(rules.c.since).where(rules.c.account == raw["id"]).order_by(rules.c.since)
    yield from connection.scalars(ruled.limit(2)).all()
    mine = read.c.source.in_(select(SOURCES.c.number).where(SOURCES.c.account == raw["id"]))
    began = select(read.c.started_at).where(mine).order_by(read.c.started_at)
    for at in connection.scalars(began.limit(2)).all():
        with suppress(*UNREADABLE):  # it is spelt otherwise there
            yield written(instant_at(at)) if isinstance(at, int) else at


def _none(_connection: Connection, _raw: Raw) -> Iterable[Any]:
    return ()


def _as(value: Any) -> Candidates:
    return lambda _connection, _raw: (value,)


def _copied(*names: str) -> Candidates:
    return lambda _connection, raw: map(raw.get, names)


# What is put back where. Anything else is taken out if it may be missing, and with its row if not.
RESTORED: dict[tuple[str, str], Candidates] = {
    ("accounts", "state"): _as(AccountState.RUNNING.value),
    ("accounts", "watched_since"): _began,
    ("accounts", "configured"): _as(True),
    ("accounts", "count_reposts"): _as(True),
    ("gateways", "configured"): _as(True),
    ("gateways", "healthy"): _as(True),
    ("gateways", "failures"): _as(0),
    **{("gateways", name): _as("[]") for name in ("warnings", "canaries", "families")},
    ("sources", "memory"): _memory,
    ("sources", "configured"): _as(True),
    ("sources", "watched"): _as(True),
    ("sources", "failures"): _as(0),
    ("sources", "rank"): _as(0),
    ("sightings", "kind"): _of_the_post("kind"),
    ("sightings", "first_seen_at"): _of_the_post("first_seen_at", "published_at"),
    ("sightings", "last_seen_at"): _copied("first_seen_at"),
    ("sightings", "stated_at"): _stated,
    ("sightings", "on_first_reading"): _as(False),
    ("posts", "kind"): _as(PostKind.UNKNOWN.value),
    ("posts", "dating"): _as(Dating.SEEN.value),
    ("posts", "source"): _sources,
    ("posts", "stated_at"): _stated,
    ("posts", "last_seen_at"): _copied("first_seen_at"),
    ("posts", "on_first_reading"): _as(False),
    ("posts", "published_at"): _sights,
    ("posts", "first_seen_at"): _sights,
    ("alerts", "told"): _told,
    ("alerts", "since"): _copied("opened_at"),
    ("alerts", "opened_at"): _copied("since"),
    **{
        ("notices", name): partial(_of_a_sibling, name)
        for name in ("facts", "kind", "reason", "event")
    },
    ("notices", "state"): _as(NoticeState.RETRYING.value),
    ("notices", "attempts"): _as(1),
    ("notices", "created_at"): _copied("not_before"),
    ("notices", "not_before"): _copied("created_at"),
    ("reading_rows", "pulse"): _as(Pulse.NONE.value),
    ("reading_rows", "outcome"): _as(Outcome.BROKEN.value),
    **{("reading_rows", name): _as(0) for name in ("items", "fresh", "unseen")},
    ("readings", "unconditional"): _as(False),
}
