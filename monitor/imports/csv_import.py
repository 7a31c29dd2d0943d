"""What an import file says: a console's export as posts or counters, all of it or nothing. Pure.

Every bad line is named with its number and what was expected there. Stores nothing; whether a
post is already known is the store's to say. A workbook comes here as rows of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.errors import ImportFileError, Told
from monitor.imports.clocks import MIDNIGHT, tidied, with_hour
from monitor.imports.columns import HOUR, REPOSTED, Layout, Wanted, is_header, layout
from monitor.imports.complaints import (
    BadCellError,
    Complaints,
    broken_quote,
    no_header,
    no_text,
    rows_missing,
    same_day,
    same_post,
)
from monitor.imports.csv_text import BrokenQuoteError, decoded, records
from monitor.imports.footers import footer, total
from monitor.ledger.identity import post_key, post_marks
from monitor.ledger.records import FollowerCount, ImportedPost
from monitor.model import Account, PostKind, SeenPost, Stated
from monitor.wording import no_account, one_of, quoted

MOST_DIGITS = 12  # of a count; more is a slip of the hand
EARLIEST_YEAR = 2000
# Excel writes 2024-02-09 09:00 back as 2024/2/9 9:00 when it saves a file it has opened.
# Consoles write 2024年2月9日 09:00, or 20240209 alone.
SLASHED = re.compile(
    r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?(?:\s*(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?"
)
SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"\d[:：]\d{2}|[T ]\d{2,}")
SECONDS = re.compile(r"[:：]\d{2}[:：]\d{2}|T\d{6}")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
UNKNOWN = frozenset({"", "-", "--", "—", "/"})  # how consoles say that they do not know a number
HEADING_WITHIN = 10  # lines above the headings, such as the name of the export
Row = TypeVar("Row", ImportedPost, FollowerCount)
KINDS: Mapping[str, PostKind] = {
    kind.value: kind for kind in PostKind if kind is not PostKind.UNKNOWN
}
# A console's words for what a post is; anything else it says of form (视频, 图文 …) is no repost.
REPOSTS = frozenset({"转发", "转载", "否", "非原创", "转发微博", "false", "no", "0"})
# A column that says whether, or of which post, it is a repost says these of an original.
NONE_REPOSTED = UNKNOWN | {"否", "无", "原创", "false", "no", "none", "null", "nan", "0", "0.0"}
NOTHING_SAID = Wanted()
Record = tuple[int, Sequence[str]]  # the number of the line it begins in, and its cells


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds: posts or counters, in the file's order."""

    posts: tuple[ImportedPost, ...] = ()
    counters: tuple[FollowerCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the good lines of a file hold, and what is wrong with the others, a line each.

    *rejected*: how many lines are bad. *ignored*: headings of columns that nobody asked for.
    *footers*: lines below the rows that are none, such as a sum.
    """

    rows: Rows
    problems: tuple[str, ...] = ()
    rejected: int = 0
    ignored: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()


def parse(
    data: bytes,
    name: str,
    accounts: Mapping[str, Account],
    zone: ZoneInfo,
    now: datetime | None = None,
) -> Rows:
    """Return what the CSV file *name* says of *accounts*.

    Dates without an offset are local in *zone*. With *now*, a date later than that is a mistake:
    it would count for nothing. Raises `ImportFileError` with every problem, at most fifty of them,
    each with its line.
    """
    found = parsed(data, name, accounts, zone, now)
    if found.problems:
        raise ImportFileError(found.problems)
    return found.rows


def parsed(
    data: bytes | Iterable[Record],
    name: str,
    accounts: Mapping[str, Account],
    zone: ZoneInfo,
    now: datetime | None = None,
    wanted: Wanted = NOTHING_SAID,
    passed: Callable[[int], None] = lambda _: None,
) -> Parsed:
    """Return what the good lines of the file *name* say, and what is wrong with the others.

    *data*: the bytes of a CSV file, or a sheet's rows. *wanted*: what was said of its columns.
    *passed* is called with each line's number once it is read.
    """
    complaints = Complaints(name)
    sheet = _sheet(data, wanted, complaints)
    if sheet is None:
        return Parsed(Rows(), complaints.listed, complaints.count)
    reading = _Reading(accounts, zone, now, complaints, wanted.account, sheet.layout.strict, passed)
    rows = _counters(sheet, reading) if sheet.layout.counting else _posts(sheet, reading)
    footers = tuple(complaints.footers)
    return Parsed(rows, complaints.listed, complaints.count, sheet.layout.ignored, footers)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a file's columns are, and the records below them."""

    layout: Layout
    records: Iterator[Record]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What cells are read against. *account*: the one that the file is of, if it was said."""

    accounts: Mapping[str, Account]
    zone: ZoneInfo
    now: datetime | None
    complaints: Complaints
    account: str | None
    strict: bool
    passed: Callable[[int], None]


def _sheet(data: bytes | Iterable[Record], wanted: Wanted, complaints: Complaints) -> _Sheet | None:
    if isinstance(data, bytes):
        text = _text(data, complaints)
        if text is None:
            return None
        found: Iterator[Record] = _records(text, complaints)
    else:
        found = (record for record in data if any(map(str.strip, record[1])))
    top = list(islice(found, HEADING_WITHIN))
    if complaints.count:
        return None
    return _headed(top, found, wanted, complaints)


def _headed(
    top: Sequence[Record], rest: Iterator[Record], wanted: Wanted, complaints: Complaints
) -> _Sheet | None:
    """The first of the top lines that names columns heads the rest; no other may."""
    place = next((n for n, (_, cells) in enumerate(top) if is_header(cells, wanted)), None)
    if place is None:
        line, cells = top[0] if top else (1, [])
        complaints.add(line, no_header(cells, wanted))
        return None
    line, cells = top[place]
    found = layout(cells, wanted)
    if isinstance(found, Layout):
        return _Sheet(found, chain(top[place + 1 :], rest))
    for problem in found:
        complaints.add(line, problem)
    return None


def _text(data: bytes, complaints: Complaints) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04")):
        complaints.add(0, Told('a CSV file in UTF-8 was expected; save it as "CSV UTF-8"'))
        return None
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        complaints.add(line, no_text(error))
        return None


def _records(text: str, complaints: Complaints) -> Iterator[Record]:
    """Yield the records that are not blank; a broken quote ends the file."""
    try:
        yield from records(text)
    except BrokenQuoteError as error:
        complaints.add(error.line, broken_quote(str(error)))


def _posts(sheet: _Sheet, reading: _Reading) -> Rows:
    def identity(row: ImportedPost) -> Hashable:
        return row.account, row.post.key

    return Rows(posts=tuple(_read(sheet, reading, _post, identity, same_post)))


def _counters(sheet: _Sheet, reading: _Reading) -> Rows:
    def identity(row: FollowerCount) -> Hashable:
        return row.account, row.day

    found = _read(sheet, reading, _counter, identity, same_day)
    return Rows(counters=tuple(found))


def _read(
    sheet: _Sheet,
    reading: _Reading,
    make: Callable[[Mapping[str, str], _Reading], Row],
    identity: Callable[[Row], Hashable],
    twice: Callable[[int], str],
) -> Iterator[Row]:
    """Yield what the good lines say; what is wrong with the others becomes a complaint."""
    first: dict[Hashable, tuple[int, Row]] = {}
    for line, cells in _rows(sheet, reading.complaints):
        reading.passed(line)
        try:
            row = make(cells, reading)
        except BadCellError as error:
            reading.complaints.add(line, error.told(sheet.layout.headings))
            continue
        before, same = first.setdefault(identity(row), (line, row))
        if before == line:
            yield row
        # A console lists a post once a day, or once a way in which it was read.
        elif reading.strict or same != row:
            reading.complaints.add(line, twice(before))


def _rows(sheet: _Sheet, complaints: Complaints) -> Iterator[tuple[int, dict[str, str]]]:
    columns = sheet.layout.columns
    wanted, rows = len(columns), 0
    for line, record in sheet.records:
        if not sheet.layout.strict and (words := footer(record, _dates)):
            complaints.footers.append(words)
            stated = 0 if sheet.layout.counting else total(record, sheet.layout.columns)
            if stated > rows:
                complaints.add(line, rows_missing(stated, rows))
            continue
        rows += 1
        if len(record) != wanted:
            complaints.add(
                line, Told("{n} fields; {wanted} were expected", n=len(record), wanted=wanted)
            )
        elif any("\0" in cell for cell in record):
            complaints.add(line, Told("a NUL byte; the file is damaged"))
        else:
            cells = zip(columns, map(str.strip, record), strict=True)
            yield line, {column: cell for column, cell in cells if column}


def _dates(cell: str) -> bool:
    try:
        return bool(_written(cell) or datetime.fromisoformat(cell))
    except ValueError:
        return False


def _post(row: Mapping[str, str], reading: _Reading) -> ImportedPost:
    account = _account(row, reading)
    stated = _stated(_joined(row), reading)
    kind = _kind(row, account, reading)
    title, url = row.get("title", ""), _url(row.get("url", ""))
    if not (title or url):
        raise BadCellError("title", Told("a title or a url was expected"))
    key = post_key(account.platform, url, "", title, stated.at)
    marks = post_marks(account.platform, url, "", title, None if stated.until else stated.at)
    push = row.get("push") or None
    post = SeenPost(key, title, url, kind, stated.at, push, stated_until=stated.until, marks=marks)
    return ImportedPost(account.id, post)


def _joined(row: Mapping[str, str]) -> str:
    """The date with the hour that the column beside it holds; that may hold both, or nothing."""
    stated, hour = tidied(row["published_at"]), row.get(HOUR, "")
    if hour in UNKNOWN or CLOCK.search(MIDNIGHT.sub("", stated)):
        return stated
    return with_hour(stated, hour)


def _counter(row: Mapping[str, str], reading: _Reading) -> FollowerCount:
    account = _account(row, reading)
    day = _day(row["date"], reading)
    followers = _count("followers", row.get("followers", ""), reading)
    return FollowerCount(account.id, day, followers, _count("posts", row.get("posts", ""), reading))


def _account(row: Mapping[str, str], reading: _Reading) -> Account:
    found = row.get("account") or reading.account or ""
    account = reading.accounts.get(found)
    if account is None:
        # Looking for the nearest of thousands is slow; beyond the cap nobody reads it.
        full, known = reading.complaints.full, reading.accounts
        problem = (
            Told("{found} is no account", found=quoted(found)) if full else no_account(found, known)
        )
        raise BadCellError("account", problem)
    return account


def _kind(row: Mapping[str, str], account: Account, reading: _Reading) -> PostKind:
    found = row.get("kind", "")
    kind = KINDS.get(found.lower())
    if kind is not None:
        return kind
    if reading.strict and found:
        problem = Told(
            "{found} is no kind; {choices}", found=quoted(found), choices=one_of(found, KINDS)
        )
        raise BadCellError("kind", problem)
    if account.platform != "weibo":
        return PostKind.ARTICLE
    of = row.get(REPOSTED)
    if found.lower() in REPOSTS or (of or "").lower() not in NONE_REPOSTED or _reposted(row):
        return PostKind.REPOST
    return PostKind.ORIGINAL if found or of is not None else PostKind.UNKNOWN


def _reposted(row: Mapping[str, str]) -> bool:
    """Weibo itself writes so into the text of a repost; a console that says more is believed."""
    text, says_more = row.get("title", ""), row.get("kind") or REPOSTED in row
    return not says_more and (text.startswith(("转发微博", "//@", "轉發微博")) or "//@" in text)


def _url(found: str) -> str:
    if found and not found.lower().startswith(("http://", "https://")):
        problem = Told(
            "{found} is no http(s) address; leave it empty if there is none", found=quoted(found)
        )
        raise BadCellError("url", problem)
    return found


def _stated(found: str, reading: _Reading) -> Stated:
    try:
        written = _written(found) or datetime.fromisoformat(found)
        local = written if written.tzinfo else written.replace(tzinfo=reading.zone)
        at = local.astimezone(UTC)
        until = (local + _width(found, written)).astimezone(UTC)
    except (ValueError, OverflowError):
        problem = Told(
            "{found} is no date and time; expected e.g. 2024-02-09T09:30:00+08:00, or "
            "2024-02-09 09:30 in local time",
            found=quoted(found),
        )
        raise BadCellError("published_at", problem) from None
    ahead = reading.now is not None and at > reading.now
    _plausible("published_at", found, at.year, ahead, reading)
    return Stated(at, until if until > at else None)


def _width(found: str, written: datetime) -> timedelta:
    """How much a date leaves open: its day where it has no hour, or the midnight of a workbook's
    day; its minute where it has no second."""
    if not CLOCK.search(found) or (written.tzinfo is None and written.time() == time()):
        return timedelta(days=1)
    return timedelta(0) if SECONDS.search(found) else timedelta(minutes=1)


def _day(found: str, reading: _Reading) -> date:
    try:
        stated = _written(found)
        day = stated.date() if stated else _iso_day(found)
    except ValueError:
        problem = Told("{found} is no date; expected e.g. 2024-02-09", found=quoted(found))
        raise BadCellError("date", problem) from None
    ahead = reading.now is not None and day > reading.now.astimezone(reading.zone).date()
    _plausible("date", found, day.year, ahead, reading)
    return day


def _written(found: str) -> datetime | None:
    """Return a date in Excel's or a console's own form; None for any other. Raises `ValueError`."""
    match = SLASHED.fullmatch(found) or SOLID.fullmatch(found)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(p or 0) for p in (*match.groups(), 0, 0, 0)[:6])
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local, as written


def _iso_day(found: str) -> date:
    """Return the day of an ISO date, or of a local midnight, as workbooks keep days."""
    if len(found) > len("2024-02-09") and (at := datetime.fromisoformat(found)).tzinfo is None:
        return at.date()
    return date.fromisoformat(found)


def _plausible(column: str, found: str, year: int, ahead: bool, reading: _Reading) -> None:
    if year < EARLIEST_YEAR:
        problem = Told("{found} is before the year {year}", found=quoted(found), year=EARLIEST_YEAR)
        raise BadCellError(column, problem)
    if ahead and reading.now is not None:
        local = reading.now.astimezone(reading.zone)
        problem = Told(
            "{found} is still to come; now is {now}",
            found=quoted(found),
            now=f"{local:%Y-%m-%d %H:%M}",
        )
        raise BadCellError(column, problem)


def _count(column: str, found: str, reading: _Reading) -> int | None:
    if not found or (not reading.strict and found in UNKNOWN):
        return None
    if GROUPED.fullmatch(found):
        found = found.replace(",", "")
    if not (found.isascii() and found.isdecimal() and len(found) <= MOST_DIGITS):
        problem = Told("{found} is no whole number; leave it empty if unknown", found=quoted(found))
        raise BadCellError(column, problem)
    return int(found)
