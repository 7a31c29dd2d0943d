"""Sources: ids without addresses, in every table that names one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0445"
down_revision = "0430"

NAMING = (
    ("readings", "source"),
    ("posts", "source"),
    ("sightings", "source"),
    ("day_counts", "source"),
    ("counters", "provenance"),
)
SOURCES = sa.table("sources", *map(sa.column, ("id", "account", "gateway")))
GATEWAYS = sa.table("gateways", sa.column("id"), sa.column("canaries"))
EVIDENCE = sa.table(
    "snapshot_evidence", *map(sa.column, ("year", "version", "account", "document"))
)


def upgrade() -> None:
    """Give every source its new id, wherever it is named."""
    bind = op.get_bind()
    rows = bind.execute(sa.select(SOURCES)).all()
    renamed = {row.id: _renamed(row.account, row.gateway, row.id) for row in rows}
    _copy_sources(bind, renamed)
    for table, column in NAMING:
        _rename(bind, sa.table(table, sa.column(column)), column, renamed)
    _each(bind, SOURCES.delete().where(SOURCES.c.id == sa.bindparam("old")), renamed)
    _rename_in_evidence(bind, rows, renamed)
    _rename_canaries(bind)


def _renamed(account: str, gateway: str, old: str) -> str:
    """What followed the account and the gateway was the locator."""
    return _id(account, gateway, old.removeprefix(f"{account}/{gateway}/"))


def _id(account: str, gateway: str, locator: str) -> str:
    return f"{account}/{gateway}/{hashlib.blake2b(locator.encode(), digest_size=4).hexdigest()}"


def _copy_sources(bind: sa.Connection, renamed: Mapping[str, str]) -> None:
    """A row under each new id; the old ones stay while readings refer to them."""
    table = sa.Table("sources", sa.MetaData(), autoload_with=bind)
    others = [column for column in table.c if column.name != "id"]
    copied = sa.select(sa.bindparam("new", type_=sa.Text()), *others)
    names = ["id", *(column.name for column in others)]
    insert = table.insert().from_select(names, copied.where(table.c.id == sa.bindparam("old")))
    _each(bind, insert, renamed)


def _rename(
    bind: sa.Connection, table: sa.TableClause, column: str, renamed: Mapping[str, str]
) -> None:
    named = set(bind.scalars(sa.select(table.c[column]).distinct()))
    update = table.update().where(table.c[column] == sa.bindparam("old"))
    change = update.values({column: sa.bindparam("new")})
    _each(bind, change, {old: new for old, new in renamed.items() if old in named})


def _each(bind: sa.Connection, statement: sa.Executable, renamed: Mapping[str, str]) -> None:
    for old, new in renamed.items():
        bind.execute(statement, {"old": old, "new": new})


def _rename_in_evidence(
    bind: sa.Connection, rows: Sequence[sa.Row[Any]], renamed: Mapping[str, str]
) -> None:
    """The text of a frozen version names no source; what it rests on names the account's own."""
    for year, version, account, document in bind.execute(sa.select(EVIDENCE)).all():
        text = document
        for old in (row.id for row in rows if row.account == account):
            text = text.replace(_quoted(old), _quoted(renamed[old]))
        key = (EVIDENCE.c.year == year, EVIDENCE.c.version == version)
        mine = (*key, EVIDENCE.c.account == account)
        bind.execute(EVIDENCE.update().where(*mine).values(document=text))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _rename_canaries(bind: sa.Connection) -> None:
    for gateway, text in bind.execute(sa.select(GATEWAYS)).all():
        canaries = json.loads(text)
        for spec in (canary["spec"] for canary in canaries):
            locator = spec["locator"]
            spelt = locator if "://" in locator else locator.strip("/")
            spec["id"] = _id(spec["account"], spec["gateway"], spelt)
        changed = GATEWAYS.update().where(GATEWAYS.c.id == gateway)
        bind.execute(changed.values(canaries=json.dumps(canaries)))
