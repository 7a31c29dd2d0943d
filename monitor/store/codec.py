"""Values as JSON text and back: what a message says, and what a source remembers. Pure.

Keys that this version does not know are left out on reading, keys that are missing get their
defaults: a database outlives the version that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, partial
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from alerts.facts import Facts
from alerts.model import Kind, Reason, facts_type
from alerts.occasion import Occasion, occasion_of
from monitor.counted import Counters, Tally
from monitor.model import (
    HOURS,
    Doubt,
    Doubted,
    Outcome,
    Pace,
    RouteHealth,
    SourceMemory,
    SourceSpec,
    SourceState,
    Validators,
)
from monitor.standing import Published, Shown, Unbelieved
from monitor.store.types import detail_of, detail_to_text, utc

Value = TypeVar("Value")


def facts_to_json(facts: Facts) -> str:
    """Return *facts* as JSON, without the fields that have their default."""
    return json.dumps(_plain(facts), ensure_ascii=False)


def facts_from_json(text: str, kind: Kind, reason: Reason) -> Facts:
    """Return the facts that `facts_to_json` wrote, by this or another version, for a notice of
    *kind* and *reason*."""
    read = json.loads(text)
    return _built(facts_type(kind, reason, read.keys()), read)


def memory_to_json(memory: SourceMemory) -> str:
    """Return *memory* as JSON."""
    missing = memory.missing_since
    return json.dumps(
        {
            "etag": memory.validators.etag,
            "last_modified": memory.validators.last_modified,
            "body_hash": memory.body_hash,
            "window": [(key, _written(at)) for key, at in memory.window],
            "identity": memory.identity,
            "missing_since": _written(missing) if missing else None,
            "missing_count": memory.missing_count,
            "ever_good": memory.ever_good,
            **_besides(memory),
        }
    )


def _besides(memory: SourceMemory) -> dict[str, Any]:
    """What most memories have nothing of."""
    counters, tally = memory.counters, memory.tally
    said = {
        "title": memory.title,
        "former_title": memory.former_title,
        "renamed_at": _plain(memory.renamed_at),
        "counters": _plain(counters) if counters else None,
        "tally": _plain(tally) if tally else None,
        "uncounted": [(key, _written(at)) for key, at in memory.uncounted],
        "warnings": list(memory.warnings),
        "ends_at": _plain(memory.ends_at),
        "most": memory.most or None,
        "bound": memory.bound.total_seconds() if memory.bound else None,
        "missing_window": memory.missing_window,
        "doubt": _plain(memory.doubt) if memory.doubt else None,
        "names": list(memory.names),
        "undated": memory.undated or None,
        "looked_at": _plain(memory.looked_at),
        "pace": [memory.pace.since.isoformat(), *memory.pace.hours] if memory.pace else None,
    }
    return {name: value for name, value in said.items() if value not in (None, [])}


def memory_from_json(text: str) -> SourceMemory:
    """Return the memory that `memory_to_json` wrote.

    Written out by hand: it is read for every source at every look, and the general way below
    takes five times as long.
    """
    read = json.loads(text)
    missing = read.get("missing_since")
    counters, tally = read.get("counters"), read.get("tally")
    doubt = read.get("doubt")
    return SourceMemory(
        validators=Validators(read.get("etag"), read.get("last_modified")),
        body_hash=read.get("body_hash"),
        window=_dated(read.get("window", ())),
        identity=read.get("identity"),
        missing_since=_instant(missing),
        missing_count=read.get("missing_count", 0),
        ever_good=read.get("ever_good", False),
        title=read.get("title"),
        former_title=read.get("former_title"),
        renamed_at=_instant(read.get("renamed_at")),
        counters=None if counters is None else _built(Counters, counters),
        tally=None if tally is None else _built(Tally, tally),
        uncounted=_dated(read.get("uncounted", ())),
        warnings=tuple(read.get("warnings", ())),
        ends_at=_instant(read.get("ends_at")),
        most=read.get("most", 0),
        bound=timedelta(seconds=read["bound"]) if "bound" in read else None,
        missing_window=read.get("missing_window"),
        doubt=None if doubt is None else _doubted(doubt),
        names=tuple(read.get("names", ())),
        undated=read.get("undated", False),
        looked_at=_instant(read.get("looked_at")),
        pace=None if (pace := read.get("pace")) is None else _pace(pace),
    )


def shown_to_json(shown: Shown) -> str:
    """Return what is shown of an account as JSON."""
    return json.dumps(_plain(shown), ensure_ascii=False)


def shown_from_json(text: str) -> Shown:
    """Return what `shown_to_json` wrote. Written out by hand: a page reads fifty of them."""
    read = {name: value for name, value in json.loads(text).items() if name in SHOWN}
    for name, reader in SHOWN_READ.items():
        if (value := read.get(name)) is not None:
            read[name] = reader(value)
    return Shown(**read)


def _published(read: dict[str, Any]) -> Published:
    counted, first = read.get("counted"), read.get("first")
    return Published(
        counted=date.fromisoformat(counted) if counted else None,
        in_month=read.get("in_month", 0),
        in_year=read.get("in_year", 0),
        first=date.fromisoformat(first) if first else None,
        days=read.get("days", ""),
    )


def _outcomes(read: list[str | None]) -> tuple[Outcome | None, ...]:
    return tuple(None if one is None else Outcome(one) for one in read)


def families_to_json(families: Iterable[RouteHealth]) -> str:
    """Return the health of a gateway's families of routes as JSON."""
    return json.dumps([_plain(one) for one in families], ensure_ascii=False)


def families_from_json(text: str) -> tuple[RouteHealth, ...]:
    """Return the health that `families_to_json` wrote."""
    return tuple(_built(RouteHealth, one) for one in json.loads(text))


def _doubted(read: dict[str, Any]) -> Doubted:
    found = _built(Doubted, read)
    return replace(found, reason=Doubt(found.reason))


def canaries_to_json(canaries: Iterable[SourceState]) -> str:
    """Return what is known of a gateway's canaries as JSON."""
    return json.dumps([_canary(state) for state in canaries])


def canaries_from_json(text: str) -> tuple[SourceState, ...]:
    """Return the canaries that `canaries_to_json` wrote."""
    return tuple(_canary_state(one) for one in json.loads(text))


def _canary(state: SourceState) -> dict[str, Any]:
    return {
        "spec": _plain(state.spec),
        "last_tried_at": _plain(state.last_tried_at),
        "last_outcome": state.last_outcome,
        "last_detail": detail_to_text(state.last_detail),
        "last_good_at": _plain(state.last_good_at),
        "failing_since": _plain(state.failing_since),
        "failures": state.failures,
        "memory": memory_to_json(state.memory),
    }


def _canary_state(read: dict[str, Any]) -> SourceState:
    outcome = read.get("last_outcome")
    return SourceState(
        spec=_built(SourceSpec, read["spec"]),
        last_tried_at=_instant(read.get("last_tried_at")),
        last_outcome=Outcome(outcome) if outcome else None,
        last_detail=detail_of(read.get("last_detail")) or "",
        last_good_at=_instant(read.get("last_good_at")),
        failing_since=_instant(read.get("failing_since")),
        failures=read.get("failures", 0),
        memory=memory_from_json(read.get("memory", "{}")),
    )


def _instant(text: str | None) -> datetime | None:
    return _aware(text) if text else None


def _aware(text: str) -> datetime:
    """Return an instant that was written. Raises `ValueError` where it was not by us."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else utc(at)


def _written(at: datetime) -> str:
    return (at if at.tzinfo is UTC else utc(at)).isoformat()


def _dated(read: Iterable[tuple[str, str]]) -> tuple[tuple[str, datetime], ...]:
    return tuple([(key, _aware(at)) for key, at in read])


def _pace(read: Sequence[Any]) -> Pace:
    since, *hours = read
    if len(hours) != 2 * HOURS:
        raise ValueError(f"{len(hours)} hours of a pace")
    return Pace(date.fromisoformat(since), tuple(hours))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _written(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Occasion):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        named = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: _plain(one) for f, one in named if f.default is MISSING or one != f.default}
    return value


def _built(kind: type[Value], read: dict[str, Any]) -> Value:
    readers = _readers(cast(Hashable, kind))
    return kind(**{name: readers[name](one) for name, one in read.items() if name in readers})


@cache
def _readers(kind: Hashable) -> dict[str, Callable[[Any], Any]]:
    """How each field is read; what a hint means is looked up once, not for every row."""
    return {name: _or_none(_bare(hint)) for name, hint in get_type_hints(kind).items()}


def _bare(hint: Any) -> Any:
    present = [one for one in get_args(hint) if one is not NoneType]
    return present[0] if NoneType in get_args(hint) else hint


def _or_none(hint: Any) -> Callable[[Any], Any]:
    reader = _reader(hint)
    return lambda value: None if value is None else reader(value)


def _reader(hint: Any) -> Callable[[Any], Any]:
    if hint in (datetime, date):
        return _aware if hint is datetime else date.fromisoformat
    if hint is Occasion:
        return occasion_of
    if get_origin(hint) is tuple:
        part = _or_none(get_args(hint)[0])
        return lambda values: tuple(part(one) for one in values)
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(_built, hint)
    return hint if isinstance(hint, type) and issubclass(hint, Enum) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


SHOWN = frozenset(Shown.__dataclass_fields__)
SHOWN_READ: dict[str, Callable[[Any], Any]] = {
    name: {"datetime": _aware, "date": date.fromisoformat}[of.type.removesuffix(" | None")]
    for name, of in Shown.__dataclass_fields__.items()
    if of.type.removesuffix(" | None") in ("datetime", "date")
} | {
    "outcomes": _outcomes,
    "unbelieved": partial(_built, Unbelieved),
    "published": _published,
}
