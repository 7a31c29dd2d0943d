"""What readers see of accounts: kept as rows, and found without looking at the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)

from monitor.standing import LOOKS, Shown
from monitor.store.codec import shown_from_json, shown_to_json
from monitor.store.engine import Database, lock
from monitor.store.marking import STANDINGS
from monitor.store.mending import mending
from monitor.store.protocols.shown import Held, ShownAccounts, Wanted
from monitor.store.rows import chunks, upsert_rows
from monitor.store.schema import accounts as registered
from monitor.store.schema import shown_accounts as shown
from monitor.store.schema import sources, standings
from monitor.store.types import UtcDateTime

HOLDING = (
    standings.update()
    .where(
        and_(
            standings.c.account == bindparam("of"),
            standings.c.changes == bindparam("judged"),
        )
    )
    .values(holds_until=bindparam("until"))
)
OUTDATED = select(standings.c.account).where(
    standings.c.holds_until <= bindparam("at", type_=UtcDateTime())
)
LOOK_AND_PLATFORM = (shown.c.urgency, shown.c.platform)
COUNTS = select(*LOOK_AND_PLATFORM, func.count()).group_by(*LOOK_AND_PLATFORM)
NEWEST = (
    select(shown.c.read_at)
    .where(shown.c.read_at.is_not(None))
    .order_by(shown.c.read_at.desc())
    .limit(1)
)
OFFICE = func.coalesce(registered.c.organisation, literal_column("''"))
WORST = (
    select(OFFICE, func.min(shown.c.urgency))
    .join_from(shown, registered, registered.c.id == shown.c.account)
    .where(shown.c.urgency < LOOKS.index("fresh"))
    .group_by(OFFICE)
)
URGENT = (shown.c.urgency, shown.c.breach_at, shown.c.account)
BY_NAME = (shown.c.name, shown.c.account)


@mending
class SqlShownAccounts(ShownAccounts):
    """What is shown of the accounts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, held: Mapping[str, Held]) -> None:
        if not held:
            return
        rows = [_row(one.shown) for one in held.values() if one.shown is not None]
        gone = [account for account, one in held.items() if one.shown is None]
        holding = [
            {"of": account, "judged": held[account].changes, "until": held[account].until}
            for account in sorted(held)
        ]
        with self._database.writing() as connection:
            lock(connection, STANDINGS)
            upsert_rows(connection, shown, rows)
            for some in chunks(gone):
                connection.execute(shown.delete().where(shown.c.account.in_(some)))
            connection.execute(HOLDING, holding)

    def outdated(self, now: datetime) -> Collection[str]:
        with self._database.reading() as connection:
            return connection.scalars(OUTDATED, {"at": now}).all()

    def of(self, accounts: Collection[str]) -> Mapping[str, Shown]:
        found: dict[str, Shown] = {}
        with self._database.reading() as connection:
            for some in chunks(accounts):
                wanted = select(shown.c.said).where(shown.c.account.in_(some))
                read = map(shown_from_json, connection.scalars(wanted))
                found.update((one.id, one) for one in read)
        return found

    def all(self, but: Collection[str]) -> Sequence[Shown]:
        return self._read(select(shown.c.said).where(*_but(but)))

    def found(self, wanted: Wanted, but: Collection[str], start: int, most: int) -> Sequence[Shown]:
        order = BY_NAME if wanted.by_name else URGENT
        chosen = select(shown.c.said).where(*_wanted(wanted), *_but(but)).order_by(*order)
        return self._read(chosen.limit(most).offset(start))

    def number(self, wanted: Wanted, but: Collection[str]) -> int:
        if wanted in (Wanted(), Wanted(by_name=True)):
            return sum(self.counts(but).values())
        counted = select(func.count()).select_from(shown).where(*_wanted(wanted), *_but(but))
        with self._database.reading() as connection:
            return connection.scalar(counted) or 0

    def counts(self, but: Collection[str]) -> Mapping[tuple[str, str], int]:
        def read(connection: Connection) -> Mapping[tuple[str, str], int]:
            rows = connection.execute(COUNTS.where(*_but(but)) if but else COUNTS)
            return {(LOOKS[urgency], platform): n for urgency, platform, n in rows}

        return self._database.once((COUNTS, frozenset(but)), read)

    def worst(self, organisations: Collection[str], but: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for some in chunks(organisations):
                rows = connection.execute(WORST.where(OFFICE.in_(some), *_but(but)))
                found.update((office, LOOKS[urgency]) for office, urgency in rows)
        return found

    def read_at(self, but: Collection[str]) -> datetime | None:
        with self._database.reading() as connection:
            return connection.scalar(NEWEST.where(*_but(but)) if but else NEWEST)

    def _read(self, wanted: Any) -> list[Shown]:
        with self._database.reading() as connection:
            return [shown_from_json(text) for text in connection.scalars(wanted)]


def _row(one: Shown) -> dict[str, Any]:
    return {
        "account": one.id,
        "urgency": LOOKS.index(one.look),
        "breach_at": one.breach_at,
        "name": one.name,
        "platform": one.platform,
        "searched": one.searched,
        "read_at": one.read_at,
        "said": shown_to_json(one),
    }


def _but(accounts: Collection[str]) -> Iterator[ColumnElement[bool]]:
    if accounts:
        yield shown.c.account.not_in(accounts)


def _wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.looks is not None:
        yield shown.c.urgency.in_([LOOKS.index(look) for look in wanted.looks])
    for word in wanted.words:
        yield shown.c.searched.contains(word, autoescape=True)
    if wanted.gateway is not None:
        behind = (sources.c.gateway == wanted.gateway, sources.c.configured)
        yield exists().where(sources.c.account == shown.c.account, *behind)
