"""Column types that keep instants honest and text storable on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from alerts.occasion import Occasion, occasion_of

Member = TypeVar("Member", bound=StrEnum)


def utc(value: datetime) -> datetime:
    """Return *value* in UTC. Raises `ValueError` for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value.isoformat()}; an aware one is expected")
    return value.astimezone(UTC)


def storable(text: str) -> str:
    """Return *text* without what a database refuses: NUL, and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _text(dialect: Dialect) -> TypeEngine[Any]:
    collation = "C" if dialect.name == "postgresql" else None
    return dialect.type_descriptor(Text(collation=collation))


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, returns aware UTC, keeps microseconds.

    SQLite, which has no such type, gets text of fixed width that sorts by time and that
    people can read; PostgreSQL its own `timestamp with time zone`.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what is stored for *value*. Raises `ValueError` for a naive one."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")
        return utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the aware instant that was stored."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return utc(value)


class PlainText(TypeDecorator[str]):
    """Text from anywhere: what a database refuses is left out instead of failing a batch.

    Sorts by code points, as SQLite and Python do, whatever PostgreSQL's locale.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        return _text(dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is stored for *value*."""
        del dialect
        return None if value is None else storable(value)


class OccasionText(TypeDecorator[Occasion]):
    """What brought a call about, stored as its text."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        return _text(dialect)

    def process_bind_param(self, value: Occasion | None, dialect: Dialect) -> str | None:
        """Return the occasion's text."""
        del dialect
        return None if value is None else storable(str(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Occasion | None:
        """Return the occasion that was stored."""
        del dialect
        return None if value is None else occasion_of(value)


class Choice(TypeDecorator[Member]):
    """One member of an enumeration, stored by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[Member]) -> None:
        self.members = members
        super().__init__()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        return _text(dialect)

    def process_bind_param(self, value: Member | None, dialect: Dialect) -> str | None:
        """Return the member's value."""
        del dialect
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> Member | None:
        """Return the member that was stored."""
        del dialect
        return None if value is None else self.members(value)
