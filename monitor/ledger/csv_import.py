"""What an import file says: a console's export as posts or counters, all of it or nothing. Pure.

Every bad line is named with its number and what was expected there. Stores nothing; whether a
post is already known is the store's to say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.errors import ImportFileError
from monitor.hints import one_of, quoted
from monitor.ledger.identity import post_key
from monitor.model import Account, PostKind, SeenPost
from monitor.store.base import Counter, ImportedPost

POST_COLUMNS = ("account", "published_at", "title", "url", "kind")
POST_EXTRAS = ("push",)
COUNTER_COLUMNS = ("account", "date", "followers", "posts")
NAMES = frozenset({*POST_COLUMNS, *POST_EXTRAS, *COUNTER_COLUMNS})
FORMS = f"{','.join(POST_COLUMNS)}[,push] or {','.join(COUNTER_COLUMNS)}"
MOST_PROBLEMS = 50
MOST_DIGITS = 12  # of a count; more is a slip of the hand
EARLIEST_YEAR = 2000
# Excel writes 2024-02-09 09:00 back as 2024/2/9 9:00 when it saves a file it has opened.
SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
Row = TypeVar("Row", ImportedPost, Counter)
KINDS: Mapping[str, PostKind] = {kind.value: kind for kind in PostKind}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds: posts or counters, in the file's order."""

    posts: tuple[ImportedPost, ...] = ()
    counters: tuple[Counter, ...] = ()


def parse(
    data: bytes,
    name: str,
    accounts: Mapping[str, Account],
    zone: ZoneInfo,
    now: datetime | None = None,
) -> Rows:
    """Return what the file *name* says of *accounts*.

    Dates without an offset are local in *zone*. With *now*, a date later than that is a mistake:
    it would count for nothing. Raises `ImportFileError` with every problem, at most fifty of them,
    each with its line.
    """
    complaints = _Complaints(name)
    sheet = _sheet(data, complaints)
    if sheet is None:
        raise complaints.error()
    reading = _Reading(accounts, zone, now, complaints)
    rows = _counters(sheet, reading) if sheet.counting else _posts(sheet, reading)
    if complaints.count:
        raise complaints.error()
    return rows


class _BadCellError(Exception):
    """One cell is not good; the text names its column and what was expected."""


class _Complaints:
    """Collects problems up to the cap and counts the rest."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: list[str] = []
        self.count = 0

    @property
    def full(self) -> bool:
        """Whether a further problem would only be counted."""
        return self.count >= MOST_PROBLEMS

    def add(self, line: int, problem: str) -> None:
        """Add a problem of *line*; `0` stands for the whole file."""
        if not self.full:
            where = f"{self._name}: line {line}" if line else self._name
            self._told.append(f"{where}: {problem}")
        self.count += 1

    def error(self) -> ImportFileError:
        """Return what has come together as one error."""
        more = self.count - len(self._told)
        rest = [f"{self._name}: and {more} more"] if more else []
        return ImportFileError([*self._told, *rest])


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file's column names and the records below them, each with its first line's number."""

    columns: tuple[str, ...]
    records: Iterator[tuple[int, list[str]]]

    @property
    def counting(self) -> bool:
        """Whether these are counters rather than posts."""
        return "date" in self.columns or "followers" in self.columns


@dataclass(frozen=True, slots=True)
class _Reading:
    """What cells are read against."""

    accounts: Mapping[str, Account]
    zone: ZoneInfo
    now: datetime | None
    complaints: _Complaints


def _sheet(data: bytes, complaints: _Complaints) -> _Sheet | None:
    text = _text(data, complaints)
    if text is None:
        return None
    records = _records(text, complaints)
    line, header = next(records, (1, []))
    if complaints.count:
        return None
    sheet = _Sheet(tuple(cell.strip().lower() for cell in header), records)
    return sheet if _named_well(sheet, line, complaints) else None


def _text(data: bytes, complaints: _Complaints) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04")):
        complaints.add(0, 'a CSV file in UTF-8 was expected; save it as "CSV UTF-8"')
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    complaints.add(line, "this is neither UTF-8 nor GB18030 text")
    return None


def _records(text: str, complaints: _Complaints) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank; a broken quote ends the file."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    begins = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            complaints.add(begins, _broken(str(error)))
            return
        if record is None:
            return
        if any(map(str.strip, record)):
            yield begins, record
        begins = reader.line_num + 1


def _broken(reason: str) -> str:
    if "expected after" in reason:
        return 'a comma was expected after a closing quote; a quote inside text is written ""'
    return "a quote is opened here and never closed"


def _named_well(sheet: _Sheet, line: int, complaints: _Complaints) -> bool:
    """Whether the first line names the columns of one of the two forms."""
    if NAMES.isdisjoint(sheet.columns):
        found = next((c for c in (";", "\t") if any(c in cell for cell in sheet.columns)), None)
        apart = f"columns are separated by {quoted(found)}; " if found else ""
        complaints.add(line, f"{apart}a first line {FORMS} was expected")
        return False
    wanted, extras = (COUNTER_COLUMNS, ()) if sheet.counting else (POST_COLUMNS, POST_EXTRAS)
    for column in wanted:
        if column not in sheet.columns:
            complaints.add(line, f"the column {column} is missing; expected {FORMS}")
    for place, column in enumerate(sheet.columns):
        if column not in (*wanted, *extras):
            choices = (*wanted, *extras)
            complaints.add(line, f"{quoted(column)} is no column; {one_of(column, choices)}")
        elif column in sheet.columns[:place]:
            complaints.add(line, f"the column {column} is there twice")
    return not complaints.count


def _posts(sheet: _Sheet, reading: _Reading) -> Rows:
    def identity(row: ImportedPost) -> Hashable:
        return row.account, row.post.key

    return Rows(posts=tuple(_read(sheet, reading, _post, identity, "the same post as in")))


def _counters(sheet: _Sheet, reading: _Reading) -> Rows:
    def identity(row: Counter) -> Hashable:
        return row.account, row.day

    found = _read(sheet, reading, _counter, identity, "the same account and date as in")
    return Rows(counters=tuple(found))


def _read(
    sheet: _Sheet,
    reading: _Reading,
    make: Callable[[Mapping[str, str], _Reading], Row],
    identity: Callable[[Row], Hashable],
    twice: str,
) -> Iterator[Row]:
    """Yield what the good lines say; what is wrong with the others becomes a complaint."""
    first: dict[Hashable, int] = {}
    for line, cells in _rows(sheet, reading.complaints):
        try:
            row = make(cells, reading)
        except _BadCellError as error:
            reading.complaints.add(line, str(error))
            continue
        before = first.setdefault(identity(row), line)
        if before != line:
            reading.complaints.add(line, f"{twice} line {before}")
        yield row


def _rows(sheet: _Sheet, complaints: _Complaints) -> Iterator[tuple[int, dict[str, str]]]:
    wanted = len(sheet.columns)
    for line, record in sheet.records:
        if len(record) != wanted:
            complaints.add(line, f"{len(record)} fields; {wanted} were expected")
        elif any("\0" in cell for cell in record):
            complaints.add(line, "a NUL byte; the file is damaged")
        else:
            yield line, dict(zip(sheet.columns, map(str.strip, record), strict=True))


def _post(row: Mapping[str, str], reading: _Reading) -> ImportedPost:
    account = _account(row["account"], reading)
    at = _instant(row["published_at"], reading)
    kind = _kind(row["kind"])
    title, url = row["title"], _url(row["url"])
    if not (title or url):
        raise _BadCellError("title: a title or a url was expected")
    key = post_key(account.platform, url, "", title, at)
    return ImportedPost(account.id, SeenPost(key, title, url, kind, at, row.get("push") or None))


def _counter(row: Mapping[str, str], reading: _Reading) -> Counter:
    account = _account(row["account"], reading)
    day = _day(row["date"], reading)
    followers = _count("followers", row["followers"])
    return Counter(account.id, day, followers, _count("posts", row["posts"]))


def _account(found: str, reading: _Reading) -> Account:
    account = reading.accounts.get(found)
    if account is None:
        # Looking for the nearest of thousands is slow; beyond the cap nobody reads it.
        hint = "" if reading.complaints.full else f"; {one_of(found, reading.accounts)}"
        raise _BadCellError(f"account: {quoted(found)} is no account{hint}")
    return account


def _kind(found: str) -> PostKind:
    kind = KINDS.get(found.lower())
    if kind is None:
        raise _BadCellError(f"kind: {quoted(found)} is no kind; {one_of(found, KINDS)}")
    return kind


def _url(found: str) -> str:
    if found and not found.lower().startswith(("http://", "https://")):
        raise _BadCellError(
            f"url: {quoted(found)} is no http(s) address; leave it empty if there is none"
        )
    return found


def _instant(found: str, reading: _Reading) -> datetime:
    try:
        stated = _slashed(found) or datetime.fromisoformat(found)
        local = stated if stated.tzinfo else stated.replace(tzinfo=reading.zone)
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _BadCellError(
            f"published_at: {quoted(found)} is no date and time; expected e.g. "
            "2024-02-09T09:30:00+08:00, or 2024-02-09 09:30 in local time"
        ) from None
    ahead = reading.now is not None and at > reading.now
    _plausible("published_at", found, at.year, ahead, reading)
    return at


def _day(found: str, reading: _Reading) -> date:
    try:
        stated = _slashed(found)
        day = stated.date() if stated else date.fromisoformat(found)
    except ValueError:
        raise _BadCellError(f"date: {quoted(found)} is no date; expected e.g. 2024-02-09") from None
    ahead = reading.now is not None and day > reading.now.astimezone(reading.zone).date()
    _plausible("date", found, day.year, ahead, reading)
    return day


def _slashed(found: str) -> datetime | None:
    """Return the date of Excel's own form; None for any other. Raises `ValueError`."""
    match = SLASHED.fullmatch(found)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local, as written


def _plausible(column: str, found: str, year: int, ahead: bool, reading: _Reading) -> None:
    if year < EARLIEST_YEAR:
        raise _BadCellError(f"{column}: {quoted(found)} is before the year {EARLIEST_YEAR}")
    if ahead and reading.now is not None:
        local = reading.now.astimezone(reading.zone)
        raise _BadCellError(
            f"{column}: {quoted(found)} is still to come; now is {local:%Y-%m-%d %H:%M}"
        )


def _count(column: str, found: str) -> int | None:
    if not found:
        return None
    if not (found.isascii() and found.isdecimal() and len(found) <= MOST_DIGITS):
        raise _BadCellError(
            f"{column}: {quoted(found)} is no whole number; leave it empty if unknown"
        )
    return int(found)
