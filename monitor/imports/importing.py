"""Console exports brought into the ledger, looked at beforehand, and taken back.

Reads the file and asks the store; every mistake in the file is reported with its line, and then
nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import Field, ImportFileError, Told, UsageError
from monitor.files import contents
from monitor.imports.columns import Wanted, is_header, mapping_problem
from monitor.imports.complaints import contradicted
from monitor.imports.csv_import import HEADING_WITHIN, Parsed, parsed
from monitor.imports.sheets import Row, is_workbook, sheets
from monitor.ledger.contradiction import contradiction
from monitor.ledger.coverage import BEFORE, Gap, Span, covered, covered_by_imports, gaps
from monitor.ledger.doubles import NAMELESS, matched
from monitor.ledger.periods import midnight
from monitor.ledger.records import ImportedPost, ImportedSpan, ImportSummary
from monitor.register import Register
from monitor.store.base import Store
from monitor.wording import no_account


@dataclass(frozen=True, slots=True)
class Request:
    """A file to import, and what is said of it.

    *mapping*: column names by the contract's. *account*: the one it is of. *since*, *until*:
    the first and last day it was exported for. *partial*: it does not hold every post.
    """

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    since: date | None = None
    until: date | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """One gap, or the part of one, that an import closes."""

    account: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would do.

    *rejected* lines are explained in *problems*; only a check without import returns any.
    """

    summary: ImportSummary
    closes: tuple[Closed, ...] = ()
    ignored: tuple[str, ...] = ()
    rejected: int = 0
    problems: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()


class Imports:
    """Imports into one store of what files say about the register's accounts."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._zone = register.hours.zone

    def check(
        self,
        request: Request,
        now: datetime,
        latest: datetime,
        passed: Callable[[int], None] = lambda _: None,
    ) -> Result:
        """Return what importing would do at *now*, and what is wrong with the file's bad lines.

        Dates later than *latest* are wrong."""
        found = self._parsed(request, latest, passed)
        rows = self._named(found.rows.posts)
        summary = self._store.imports.add(
            rows, found.rows.counters, request.path.name, now, dry_run=True
        )
        closes = tuple(self._closes(rows, request, now))
        problems = found.problems or self._contradiction(rows, request, now)
        return Result(summary, closes, found.ignored, found.rejected, problems, found.footers)

    def import_file(
        self,
        request: Request,
        now: datetime,
        latest: datetime,
        passed: Callable[[int], None] = lambda _: None,
    ) -> Result:
        """Import a file; return what came of it. Raises `ImportFileError` with every problem, or
        with that it contradicts an import, and then keeps nothing."""
        found = self._parsed(request, latest, passed)
        rows = self._named(found.rows.posts)
        problems = found.problems or self._contradiction(rows, request, now)
        if problems:
            raise ImportFileError(problems)
        closes = tuple(self._closes(rows, request, now))
        summary = self._store.imports.add(
            rows,
            found.rows.counters,
            request.path.name,
            now,
            partial=request.partial,
            covers_from=_start(request, self._zone),
            covers_until=_end(request, self._zone),
        )
        return Result(summary, closes, found.ignored, footers=found.footers)

    def undo(self, number: int, now: datetime) -> ImportSummary:
        """Take an import back. Raises `UsageError` where there is none to take back."""
        summary = self._store.imports.undo(number, now)
        if summary is None:
            known = [one for one in self._store.imports.listed() if one.undone_at is None]
            listed = ", ".join(f"{one.id} ({one.name})" for one in known[-12:])
            problem = Told(
                " {number}: no such import is in force; known are: {imports}",
                number=number,
                imports=listed or Told("there is none"),
            )
            raise UsageError(Field("undo"), problem)
        return summary

    def _parsed(self, request: Request, latest: datetime, passed: Callable[[int], None]) -> Parsed:
        self._check(request)
        wanted = Wanted(tuple(request.mapping.items()), request.account)
        data, name = contents(request.path, Told("export")), request.path.name
        records = _sheet(data, name, wanted) if is_workbook(data) else data
        return parsed(records, name, self._register.accounts, self._zone, latest, wanted, passed)

    def _check(self, request: Request) -> None:
        problem = mapping_problem(request.mapping)
        if problem:
            raise UsageError(Field("columns"), ": ", problem)
        account = request.account
        if account is not None and account not in self._register.accounts:
            known = self._register.accounts
            raise UsageError(Field("account"), ": ", no_account(account, known))
        if request.since and request.until and request.since > request.until:
            raise UsageError(
                Told(
                    "{since} {first} is later than {until} {last}",
                    since=Field("since"),
                    first=str(request.since),
                    until=Field("until"),
                    last=str(request.until),
                )
            )

    def _named(self, rows: Sequence[ImportedPost]) -> list[ImportedPost]:
        """Put rows without a link under the keys of the posts they are, where those are known."""
        nameless = {row.account for row in rows if row.post.key.startswith(NAMELESS)}
        return matched(rows, {a: self._store.posts.of_account(a) for a in nameless}, self._zone)

    def _contradiction(
        self, rows: Sequence[ImportedPost], request: Request, now: datetime
    ) -> tuple[str, ...]:
        """The line on the first import that *rows* contradict, if there is one."""
        spans = {} if request.partial else _spans(rows, request, self._zone, now)
        earlier = {account: self._store.imports.spans(account) for account in spans}
        listing = self._store.imports.listing(rows, now) if any(earlier.values()) else {}
        name = request.path.name
        for account, dates in listing.items():
            if account in spans:
                span = spans[account]
                export = ImportedSpan(0, name, now, span.start, span.end, dates)
                found = contradiction(export, earlier[account], self._zone)
                if found:
                    return (contradicted(name, account, found),)
        return ()

    def _closes(
        self, rows: Sequence[ImportedPost], request: Request, now: datetime
    ) -> Iterator[Closed]:
        if request.partial:
            return
        for account, span in _spans(rows, request, self._zone, now).items():
            kept = self._store.readings.of_account(account, span.start - BEFORE)
            readings = self._register.covering(kept)
            known = covered(readings, covered_by_imports(self._store.imports.spans(account)))
            for gap in gaps(known, readings, span.start, span.end):
                yield Closed(account, gap)


def _spans(
    rows: Sequence[ImportedPost], request: Request, zone: ZoneInfo, now: datetime
) -> dict[str, Span]:
    """Of which time *rows* claim to hold every post, by account."""
    said = [at for at in (_start(request, zone), _end(request, zone)) if at]
    dates: dict[str, list[datetime]] = {}
    for row in rows:
        dates.setdefault(row.account, [*said])
        if row.post.stated_at:
            dates[row.account].append(row.post.stated_at)
    return {a: Span(min(*found, now), min(max(found), now)) for a, found in dates.items() if found}


def _start(request: Request, zone: ZoneInfo) -> datetime | None:
    return midnight(request.since, zone) if request.since else None


def _end(request: Request, zone: ZoneInfo) -> datetime | None:
    return midnight(request.until + timedelta(days=1), zone) if request.until else None


def _sheet(data: bytes, name: str, wanted: Wanted) -> list[Row]:
    """Return the first sheet that has headings, or else the first."""
    found = list(sheets(data, name))
    headed = (s for s in found if any(is_header(cells, wanted) for _, cells in s[:HEADING_WITHIN]))
    return next(headed, found[0] if found else [])
