"""Posts that were counted twice before they were known by all their marks, put together once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from monitor.ledger.identity import post_marks
from monitor.store import merging
from monitor.store.codec import memory_from_json, memory_to_json
from monitor.store.merging import Entry, Name
from monitor.store.rows import update_rows
from monitor.store.schema import accounts, sources
from monitor.store.types import storable

Renamed = Mapping[str, str]  # the keys of posts that were another one, with that one's


def join_doubles(connection: Connection) -> int:
    """Give every post its marks and put together those that are one; return how many went."""
    every = connection.execute(select(accounts.c.id, accounts.c.platform)).all()
    return sum(_join(connection, account, platform) for account, platform in every)


def _join(connection: Connection, account: str, platform: str) -> int:
    entries = merging.load_account(connection, account)
    for (_, key), entry in entries.items():
        entry.marks = {key, *map(storable, _marks(entry, platform))}
    renamed = _doubles(entries)
    for key, first in renamed.items():
        _add(entries[account, first], entries[account, key])
    merging.forget(connection, {(account, k): entries.pop((account, k)) for k in renamed})
    merging.save(connection, entries)
    if renamed:
        _rename(connection, account, renamed)
    return len(renamed)


def _marks(entry: Entry, platform: str) -> Iterable[str]:
    for shown in entry.before.values():
        yield from post_marks(platform, shown.url, "", shown.title, shown.stated_at)


def _doubles(entries: Mapping[Name, Entry]) -> dict[str, str]:
    """The keys of posts that are another one, which a source had ceased to show before."""
    renamed: dict[str, str] = {}
    bearing: dict[str, set[str]] = {}
    account = next(iter(entries), ("", ""))[0]
    for (_, key), entry in sorted(entries.items(), key=lambda one: one[1].known.first_seen_at):
        earlier = {k for m in entry.marks for k in bearing.get(m, ())}
        first = [k for k in sorted(earlier) if _followed(entries[account, k], entry)]
        if len(earlier) == 1 and first:
            renamed[key] = first[0]
        for mark in entry.marks:
            bearing.setdefault(mark, set()).add(renamed.get(key, key))
    return renamed


def _followed(first: Entry, later: Entry) -> bool:
    """Whether each source that showed both had ceased to show the first, and one did show both."""
    both = first.before.keys() & later.before.keys()
    return bool(both) and all(
        first.before[source].last_seen_at < later.before[source].first_seen_at for source in both
    )


def _add(first: Entry, double: Entry) -> None:
    for shown in double.before.values():
        first.add(shown)
    first.marks |= double.marks


def _rename(connection: Connection, account: str, renamed: Renamed) -> None:
    """What sources remember of their windows, under the keys that are left."""
    rows = connection.execute(
        select(sources.c.id, sources.c.memory).where(sources.c.account == account)
    ).all()
    changed = []
    for source, text in rows:
        memory = memory_from_json(text)
        window = tuple((renamed.get(key, key), at) for key, at in memory.window)
        waiting = tuple((renamed.get(key, key), at) for key, at in memory.uncounted)
        kept = replace(memory, window=window, uncounted=waiting)
        changed.append({"id": source, "memory": memory_to_json(kept)})
    update_rows(connection, sources, changed)
