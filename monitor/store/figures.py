"""Yearly figures: frozen ones, which nothing changes any more, and published ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.errors import StoreError, Told
from monitor.ledger.records import Declared, Snapshot
from monitor.store.engine import Database, lock
from monitor.store.mending import mending
from monitor.store.protocols.ledger import Figures
from monitor.store.rows import insert_rows, upsert
from monitor.store.schema import declared, snapshot_evidence, snapshots


@mending
class SqlFigures(Figures):
    """The yearly figures of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def snapshots(self, year: int | None = None) -> Sequence[Snapshot]:
        with self._database.reading() as connection:
            wanted = select(snapshots).order_by(snapshots.c.year, snapshots.c.version)
            if year is not None:
                wanted = wanted.where(snapshots.c.year == year)
            return [
                Snapshot(row.year, row.version, row.made_at, row.document, row.digest)
                for row in connection.execute(wanted)
            ]

    def evidence(self, year: int, version: int, account: str) -> str | None:
        with self._database.reading() as connection:
            return connection.scalar(
                select(snapshot_evidence.c.document).where(
                    snapshot_evidence.c.year == year,
                    snapshot_evidence.c.version == version,
                    snapshot_evidence.c.account == account,
                )
            )

    def freeze(self, snapshot: Snapshot) -> None:
        with self._database.writing() as connection:
            lock(connection, "snapshots")
            version = {"year": snapshot.year, "version": snapshot.version}
            if _there_is(connection, snapshot):
                raise StoreError(
                    Told(
                        "version {version} of {year} was frozen meanwhile; try again",
                        version=snapshot.version,
                        year=snapshot.year,
                    )
                )
            about = {
                "made_at": snapshot.made_at,
                "document": snapshot.document,
                "digest": snapshot.digest,
            }
            insert_rows(connection, snapshots, [version | about])
            insert_rows(
                connection,
                snapshot_evidence,
                [
                    version | {"account": account, "document": text}
                    for account, text in snapshot.evidence.items()
                ],
            )

    def declare(self, figure: Declared, now: datetime) -> None:
        with self._database.writing() as connection:
            upsert(
                connection,
                declared,
                {
                    "year": figure.year,
                    "account": figure.account,
                    "figure": figure.figure,
                    "source": figure.source,
                    "value": figure.value,
                    "declared_at": now,
                },
            )

    def declared(self, year: int) -> Sequence[Declared]:
        with self._database.reading() as connection:
            wanted = (
                select(declared)
                .where(declared.c.year == year)
                .order_by(declared.c.account, declared.c.figure, declared.c.source)
            )
            return [
                Declared(row.account, row.year, row.figure, row.value, row.source)
                for row in connection.execute(wanted)
            ]


def _there_is(connection: Connection, made: Snapshot) -> bool:
    mine = (snapshots.c.year == made.year, snapshots.c.version == made.version)
    return connection.scalar(select(snapshots.c.version).where(*mine)) is not None
