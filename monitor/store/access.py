"""Who may log in to the page, and what lets them in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.access import Access, Pass, User
from monitor.store.rows import columns_of, upsert
from monitor.store.schema import passes, users

ADMITTED = select(passes).where(passes.c.digest == bindparam("by"))
NAMED = select(users).where(users.c.name == bindparam("of"))


@mending
class SqlAccess(Access):
    """The users of one database and their passes; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def users(self) -> Sequence[User]:
        with self._database.reading() as connection:
            rows = connection.execute(select(users).order_by(users.c.name))
            return [User(**row._mapping) for row in rows]

    def user(self, name: str) -> User | None:
        with self._database.reading() as connection:
            row = connection.execute(NAMED, {"of": name}).first()
            return None if row is None else User(**row._mapping)

    def save(self, user: User) -> None:
        with self._database.writing() as connection:
            connection.execute(passes.delete().where(passes.c.name == user.name))
            upsert(connection, users, columns_of(user))

    def remove(self, name: str) -> bool:
        with self._database.writing() as connection:
            connection.execute(passes.delete().where(passes.c.name == name))
            return connection.execute(users.delete().where(users.c.name == name)).rowcount == 1

    def admit(self, one: Pass) -> None:
        with self._database.writing() as connection:
            upsert(connection, passes, columns_of(one))

    def admitted(self, digest: str) -> Pass | None:
        with self._database.reading() as connection:
            row = connection.execute(ADMITTED, {"by": digest}).first()
            return None if row is None else Pass(**row._mapping)

    def end(self, digest: str) -> None:
        with self._database.writing() as connection:
            connection.execute(passes.delete().where(passes.c.digest == digest))

    def passes(self) -> Sequence[Pass]:
        with self._database.reading() as connection:
            rows = connection.execute(select(passes).order_by(passes.c.used_at.desc()))
            return [Pass(**row._mapping) for row in rows]
