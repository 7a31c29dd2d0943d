"""The file of an annual report's remaining figures, TOML or .xlsx: held to the form. Pure.

Every problem is reported at once, each with its key and what was expected.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from monitor.errors import ImportFileError, Told
from monitor.reports.year.figures_form import MADE, Rows, from_rows
from monitor.reports.year.report_form import (
    KEYS,
    PROCEEDINGS,
    Disclosures,
    Remaining,
    Texts,
    proceedings_problems,
    proceedings_whole,
    requests_problems,
    whole,
)
from monitor.wording import one_of, quoted

TOP = ("year", "organisation", "signed_on", "information_fee")
TABLES = ("disclosed", "disclosures", "requests", "proceedings", "text")
DECISIONS = ("permits", "penalties", "coercion")
TEXTS = tuple(one.name for one in fields(Texts))
MOST = 10**12  # of anything that one body publishes, decides or charges in a year

Json = Mapping[str, Any]
Counts = dict[str, Sequence[int]]


@dataclass(slots=True)
class _Problems:
    """What was found wrong so far, a line each."""

    file: str
    lines: list[str] = field(default_factory=list)

    def add(self, key: str, what: str) -> None:
        self.lines.append(
            Told("{file}: {key}: {problem}", file=self.file, key=key, problem=what)
            if key
            else Told("{file}: {problem}", file=self.file, problem=what)
        )

    def unknown(self, table: Json, known: Sequence[str], prefix: str = "") -> None:
        for key in table:
            if key not in known:
                choices = one_of(key, known)
                self.add(f"{prefix}{key}", Told("there is no such key; {choices}", choices=choices))


def parse_figures(content: bytes, name: str, year: int) -> Remaining:
    """Return what the TOML file *name* with this *content* says for the report of *year*.

    Raises `ImportFileError` with every problem: keys that do not exist, numbers that are none,
    tables that do not add up, a year or a date that is not this report's.
    """
    return _held(_read(content, name), year, _Problems(name))


def sheet_figures(rows: Rows, name: str, year: int) -> Remaining:
    """Return what the *rows* of the sheet in *name* say, as `parse_figures` does of TOML.

    Raises `ImportFileError` with every problem, also of rows without a key or given twice.
    """
    raw, wrong = from_rows(rows)
    problems = _Problems(name)
    for line in wrong:
        problems.add("", line)
    return _held(raw, year, problems)


def _held(raw: Json, year: int, problems: _Problems) -> Remaining:
    problems.unknown(raw, (*TOP, *TABLES))
    found = _remaining(raw, year, problems)
    if problems.lines:
        raise ImportFileError(problems.lines)
    return found


def _read(content: bytes, name: str) -> Json:
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise ImportFileError([Told("{file}: expected UTF-8 text", file=name)]) from None
    except (ValueError, RecursionError, ArithmeticError) as error:  # also of absurd numbers
        problem = Told("{file}: this is no TOML: {reason}", file=name, reason=str(error))
        raise ImportFileError([problem]) from None


def _remaining(raw: Json, year: int, problems: _Problems) -> Remaining:
    _same_year(raw, year, problems)
    disclosed = _table(raw, "disclosed", problems)
    problems.unknown(disclosed, ("total", "by"), "disclosed.")
    total = _count(disclosed, "total", "disclosed.", problems) if "total" in disclosed else None
    return Remaining(
        organisation=_text(raw, "organisation", "", problems, required=True),
        year=year,
        signed_on=_signed_on(raw, year, problems),
        disclosed=total,
        by=_by(disclosed, total, problems),
        disclosures=_disclosures(_table(raw, "disclosures", problems), problems),
        requests=whole(_requests(_table(raw, "requests", problems), problems)),
        proceedings=proceedings_whole(_proceedings(_table(raw, "proceedings", problems), problems)),
        fee=_amount(raw, "information_fee", "", problems) if "information_fee" in raw else None,
        texts=_texts(_table(raw, "text", problems), problems),
    )


def _same_year(raw: Json, year: int, problems: _Problems) -> None:
    if "year" not in raw:
        problems.add("year", Told("is missing; expected year = {year}", year=year))
    elif raw["year"] != year or isinstance(raw["year"], bool):
        problems.add(
            "year",
            Told("is {found}, but the report is of {year}", found=_shown(raw["year"]), year=year),
        )


def _signed_on(raw: Json, year: int, problems: _Problems) -> date | None:
    found = raw.get("signed_on")
    if found is None:
        return None
    if not isinstance(found, date) or isinstance(found, datetime):
        example = f"{year + 1}-01-15"
        problems.add("signed_on", _unlike(found, Told("a date, e.g. {day}", day=example)))
        return None
    if found <= date(year, 12, 31):
        problems.add(
            "signed_on",
            Told(
                "is {day}, but the year ends only on {end}",
                day=found.isoformat(),
                end=f"{year}-12-31",
            ),
        )
    return found


def _by(disclosed: Json, total: int | None, problems: _Problems) -> tuple[tuple[str, int], ...]:
    table = _table(disclosed, "by", problems, "disclosed.")
    found = tuple((name, _count(table, name, "disclosed.by.", problems)) for name in table)
    parts = sum(n for _, n in found)
    if found and total is None:
        problems.add("disclosed.total", Told("is missing, though disclosed.by gives its parts"))
    elif found and parts != total:
        problems.add(
            "disclosed.by",
            Told(
                "adds up to {parts}, but disclosed.total is {total}",
                parts=parts,
                total=str(total),
            ),
        )
    return found


def _disclosures(table: Json, problems: _Problems) -> Disclosures:
    prefix = "disclosures."
    problems.unknown(table, ("regulations", "normative", *DECISIONS, "fees"), prefix)
    return Disclosures(
        regulations=_made(table, "regulations", problems),
        normative=_made(table, "normative", problems),
        permits=_count(table, "permits", prefix, problems),
        penalties=_count(table, "penalties", prefix, problems),
        coercion=_count(table, "coercion", prefix, problems),
        fees=_amount(table, "fees", prefix, problems),
    )


def _made(table: Json, key: str, problems: _Problems) -> tuple[int, ...]:
    found = _table(table, key, problems, "disclosures.")
    prefix = f"disclosures.{key}."
    problems.unknown(found, MADE, prefix)
    return tuple(_count(found, one, prefix, problems) for one in MADE)


def _requests(table: Json, problems: _Problems) -> Counts:
    rows = _rows(table, "requests", KEYS, 6, problems)
    for key, what in requests_problems(rows):
        problems.add(f"requests.{key}", what)
    return rows


def _proceedings(table: Json, problems: _Problems) -> Counts:
    rows = _rows(table, "proceedings", tuple(PROCEEDINGS), 4, problems)
    for key, what in proceedings_problems(rows):
        problems.add(f"proceedings.{key}", what)
    return rows


def _rows(table: Json, name: str, known: Sequence[str], width: int, problems: _Problems) -> Counts:
    problems.unknown(table, known, f"{name}.")
    rows: Counts = {}
    for key in known:
        if key not in table:
            continue
        found = table[key]
        if _is_row(found, width):
            rows[key] = found
        else:
            wanted = Told("{n} whole numbers, or {more} with their sum", n=width, more=width + 1)
            problems.add(f"{name}.{key}", _unlike(found, wanted))
    return rows


def _is_row(found: Any, width: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) in (width, width + 1)
        and all(_is_count(n) for n in found)
    )


def _texts(table: Json, problems: _Problems) -> Texts:
    problems.unknown(table, TEXTS, "text.")
    return Texts(**{key: _text(table, key, "text.", problems) for key in TEXTS})


def _table(raw: Json, key: str, problems: _Problems, prefix: str = "") -> Json:
    found = raw.get(key, {})
    if isinstance(found, dict):
        return found
    problems.add(f"{prefix}{key}", _unlike(found, Told("a table of keys")))
    return {}


def _text(table: Json, key: str, prefix: str, problems: _Problems, required: bool = False) -> str:
    found = table.get(key, "")
    if not isinstance(found, str):
        problems.add(f"{prefix}{key}", _unlike(found, Told("text in quotes")))
        return ""
    if required and not found.strip():
        problems.add(f"{prefix}{key}", Told("is missing; expected text in quotes"))
    return found.strip()


def _count(table: Json, key: str, prefix: str, problems: _Problems) -> int:
    found = table.get(key, 0)
    if _is_count(found):
        return int(found)
    problems.add(
        f"{prefix}{key}", _unlike(found, _in_bounds(found, Told("a whole number, 0 or more")))
    )
    return 0


def _amount(table: Json, key: str, prefix: str, problems: _Problems) -> Decimal:
    found = table.get(key, 0)
    plain = isinstance(found, int | Decimal) and not isinstance(found, bool)
    if plain and Decimal(found).is_finite() and 0 <= found <= MOST:
        return Decimal(found)
    problems.add(f"{prefix}{key}", _unlike(found, _in_bounds(found, Told("an amount, 0 or more"))))
    return Decimal(0)


def _is_count(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MOST


def _in_bounds(found: Any, wanted: str) -> str:
    """What was expected in the place of *found*: what is *wanted*, unless it is only too large."""
    if isinstance(found, int | Decimal) and Decimal(found).is_finite() and found > MOST:
        return Told("{most} at most", most=MOST)
    return wanted


def _unlike(found: Any, wanted: str) -> str:
    return Told("is {found}; expected {wanted}", found=_shown(found), wanted=wanted)


def _shown(found: Any) -> str:
    if isinstance(found, str):
        return quoted(found)
    try:
        return quoted(str(found))[1:-1]
    except ValueError:  # of more digits than Python writes
        return "…"
