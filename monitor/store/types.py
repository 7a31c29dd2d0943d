"""Column types that keep instants honest and text storable on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from alerts.occasion import Occasion, occasion_of
from alerts.told import Detail, code_in

BETWEEN = "\x1f"  # of a detail and its code: a unit separator, which no line of the log has
PLACES = len("2026-11-30 00:00:00.000000")  # of an instant, without its zone
NO_OFFSET = "+00:00"  # what is read with it is in UTC, for a third of what putting it there costs
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
Member = TypeVar("Member", bound=StrEnum)
Column = Callable[[Sequence[Any]], Iterable[Any]]  # what makes a column's values storable


def utc(value: datetime) -> datetime:
    """Return *value* in UTC. Raises `ValueError` for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value.isoformat()}; an aware one is expected")
    return value.astimezone(UTC)


def storable(text: str) -> str:
    """Return *text* without what a database refuses: NUL, and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes an instant storable. That raises `ValueError` for a naive one."""
        return written if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what makes an aware instant of what was stored."""
        del coltype
        return _read if dialect.name == "sqlite" else _in_utc


@lru_cache(maxsize=256)  # one reading leaves the same instant in half a dozen places
def written(value: datetime | None) -> str | None:
    """Return an instant as SQLite keeps it where people may read it. Raises `ValueError` for a
    naive one."""
    if value is None:
        return None
    at = value if value.tzinfo is UTC else utc(value)
    return at.isoformat(" ", "microseconds")[:PLACES]


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + NO_OFFSET)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)


class CompactInstant(UtcDateTime):
    """An instant of one of the many rows of which there are millions: SQLite gets the number of
    microseconds since 1970, a third of what its text takes."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return super().load_dialect_impl(dialect)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes an instant storable. That raises `ValueError` for a naive one."""
        return _counted if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what makes an aware instant of what was stored. That raises `TypeError`, or
        `OverflowError`, for what is none."""
        del coltype
        return instant_at if dialect.name == "sqlite" else _in_utc


def _counted(value: datetime | None) -> int | None:
    if value is None:
        return None
    since = (value if value.tzinfo is UTC else utc(value)) - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_at(microseconds: int | None) -> datetime | None:
    """Return the instant so many *microseconds* after 1970 began. Raises `TypeError` for what is
    no number, `OverflowError` where no calendar reaches."""
    return None if microseconds is None else EPOCH + MICROSECOND * microseconds


class CompactDay(TypeDecorator[date]):
    """A day of a calendar: SQLite gets the number of days since 1970, PostgreSQL its own `date`."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Date())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what makes a day storable."""
        return _day_number if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return what makes a day of what was stored. That raises `TypeError`, `ValueError` or
        `OverflowError` for what is none."""
        del coltype
        return _day if dialect.name == "sqlite" else None


def _day_number(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - FIRST_DAY


def _day(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number + FIRST_DAY)


class Digest(TypeDecorator[bytes]):
    """A few bytes by which two values are told apart."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Return None: both drivers take bytes."""
        del dialect

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return None: both drivers give bytes."""
        del dialect, coltype


class PlainText(TypeDecorator[str]):
    """Text from anywhere: what a database refuses is left out instead of failing a batch.

    Sorts by code points, as SQLite and Python do, whatever PostgreSQL's locale.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the column is on *dialect*."""
        return _text(dialect)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes a text storable."""
        del dialect
        return _storable

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return None: a text is what was stored."""
        del dialect, coltype


class DetailText(PlainText):
    """Why something failed: its line, and behind it the code that it carries, if it does."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes a detail storable."""
        del dialect
        return _storable_detail

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # type: ignore[override]
        """Return what makes a detail of what was stored."""
        del dialect, coltype
        return detail_of


def detail_to_text(detail: str) -> str:
    """Return *detail* with its code as it is stored."""
    code = code_in(detail)
    return storable(detail if code is None else f"{detail}{BETWEEN}{code}")


def detail_of(text: str | None) -> str | None:
    """Return the detail that was stored as *text*."""
    if text is None or BETWEEN not in text:
        return text
    line, _, code = text.rpartition(BETWEEN)
    return Detail(line, code) if code.isidentifier() else text


def _storable_detail(detail: str | None) -> str | None:
    return None if detail is None else detail_to_text(detail)


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes a member its value."""
        del dialect
        return _value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what makes a member of a value. That raises `ValueError` for none of them."""
        del dialect, coltype
        return _Members(self.members).__getitem__


class _Members(dict[Any, Any]):
    """Members by value; a year's figures ask for tens of thousands. None for nothing."""

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__((member.value, member) for member in members)
        self[None] = None
        self._members = members

    def __missing__(self, value: str) -> StrEnum:
        return self._members(value)  # which says that there is none


def _value(member: StrEnum | None) -> str | None:
    return None if member is None else member.value


def by_column(stored: Callable[[Any], Any] | None) -> Column:
    """Return what makes the values of a column storable at once, as *stored*, that of its type,
    does each of them; None leaves them as they are."""
    if stored is None:
        return _as_they_are
    if stored is _storable:
        return _storable_texts
    return partial(_each_once if stored in ALIKE else map, stored)


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _storable_texts(texts: Sequence[str | None]) -> Iterable[str | None]:
    whole = "".join(filter(None, texts))
    return texts if storable(whole) is whole else map(_storable, texts)


def _each_once(stored: Callable[[Any], Any], values: Sequence[Any]) -> Iterable[Any]:
    known = {one: stored(one) for one in set(values)}
    return map(known.__getitem__, values)


# Of which a column has many that are equal, and then stored alike.
ALIKE = frozenset({written, _in_utc, _counted, _day_number, _value})
