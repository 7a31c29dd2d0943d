"""Yearly figures: frozen ones, which nothing changes any more, and published ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.errors import StoreError
from monitor.ledger.records import Declared, Snapshot
from monitor.store.rows import insert_rows, upsert
from monitor.store.schema import declared, snapshot_evidence, snapshots


def snapshots_of(connection: Connection, year: int | None) -> Sequence[Snapshot]:
    """Return the snapshots of *year*, or of all years, the oldest first, without evidence."""
    wanted = select(snapshots).order_by(snapshots.c.year, snapshots.c.version)
    if year is not None:
        wanted = wanted.where(snapshots.c.year == year)
    return [
        Snapshot(row.year, row.version, row.made_at, row.document, row.digest)
        for row in connection.execute(wanted)
    ]


def evidence_of(connection: Connection, year: int, version: int, account: str) -> str | None:
    """Return what one account's figures of one version rest on, as it was saved."""
    return connection.scalar(
        select(snapshot_evidence.c.document).where(
            snapshot_evidence.c.year == year,
            snapshot_evidence.c.version == version,
            snapshot_evidence.c.account == account,
        )
    )


def save_snapshot(connection: Connection, made: Snapshot) -> None:
    """Store *made* with its evidence. Raises `StoreError` if there is such a version."""
    version = {"year": made.year, "version": made.version}
    if _there_is(connection, made):
        raise StoreError(f"version {made.version} of {made.year} was frozen meanwhile; try again")
    about = {"made_at": made.made_at, "document": made.document, "digest": made.digest}
    insert_rows(connection, snapshots, [version | about])
    insert_rows(
        connection,
        snapshot_evidence,
        [
            version | {"account": account, "document": text}
            for account, text in made.evidence.items()
        ],
    )


def _there_is(connection: Connection, made: Snapshot) -> bool:
    mine = (snapshots.c.year == made.year, snapshots.c.version == made.version)
    return connection.scalar(select(snapshots.c.version).where(*mine)) is not None


def declare(connection: Connection, figure: Declared, now: datetime) -> None:
    """Store *figure*, in place of what its source said before."""
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


def declared_in(connection: Connection, year: int) -> Sequence[Declared]:
    """Return the figures published of *year*, by account, figure and source."""
    wanted = (
        select(declared)
        .where(declared.c.year == year)
        .order_by(declared.c.account, declared.c.figure, declared.c.source)
    )
    return [
        Declared(row.account, row.year, row.figure, row.value, row.source)
        for row in connection.execute(wanted)
    ]
