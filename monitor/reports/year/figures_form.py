"""The fields of an annual report's remaining figures: described once, for TOML and sheets. Pure.

The labels are the form's own words and are never translated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from typing import Any

from alerts.words import Words
from monitor.errors import Told
from monitor.reports.year.report_form import (
    AFTER_REVIEW,
    APPLICANTS,
    DIRECT,
    HEADINGS,
    LITIGATION,
    OUTCOMES,
    OVERVIEW,
    PROBLEMS,
    REVIEW,
    ROWS,
)

Rows = Sequence[tuple[int, Sequence[str]]]  # the number of each row, and its cells

MADE = ("issued", "repealed", "in_force")
PARTS = "disclosed.by"


class Kind(Enum):
    """What a field holds."""

    COUNT = auto()
    AMOUNT = auto()
    DAY = auto()
    TEXT = auto()
    ROW = auto()  # several counts, in the order of the columns
    MADE = auto()  # three counts by name


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its *key* in TOML, with its table, and its *label* in the form.

    *columns*: what the counts of a row are called. *optional*: left out is not the same as 0.
    """

    key: str
    label: str
    kind: Kind = Kind.COUNT
    columns: tuple[str, ...] = ()
    optional: bool = False


def _text(key: str, label: str) -> Field:
    return Field(f"text.{key}", label, Kind.TEXT, optional=True)


_MADE = ("制发件数", "废止件数", "现行有效件数")
SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "封面与落款",
        (
            Field("year", "报告年度"),
            Field("organisation", "机关名称", Kind.TEXT),
            Field("signed_on", "成文日期", Kind.DAY, optional=True),
            Field("information_fee", "信息处理费（单位：元）", Kind.AMOUNT, optional=True),
        ),
    ),
    (
        HEADINGS[0] + OVERVIEW[0],
        (
            Field("disclosed.total", "主动公开政府信息（单位：条）", optional=True),
            Field(f"{PARTS}.门户网站", "其中：门户网站", optional=True),
            Field(f"{PARTS}.政府公报", "其中：政府公报", optional=True),
        ),
    ),
    (
        HEADINGS[1],
        (
            Field("disclosures.regulations", "规章", Kind.MADE, _MADE),
            Field("disclosures.normative", "行政规范性文件", Kind.MADE, _MADE),
            Field("disclosures.permits", "行政许可"),
            Field("disclosures.penalties", "行政处罚"),
            Field("disclosures.coercion", "行政强制"),
            Field("disclosures.fees", "行政事业性收费（单位：万元）", Kind.AMOUNT),
        ),
    ),
    (
        HEADINGS[2],
        tuple(
            Field(f"requests.{key}", group + label, Kind.ROW, APPLICANTS[:-1])
            for key, group, label in ROWS
            if key != "total"
        ),
    ),
    (
        HEADINGS[3],
        (
            Field("proceedings.review", REVIEW, Kind.ROW, OUTCOMES[:-1]),
            Field("proceedings.direct", f"{LITIGATION}：{DIRECT}", Kind.ROW, OUTCOMES[:-1]),
            Field(
                "proceedings.after_review",
                f"{LITIGATION}：{AFTER_REVIEW}",
                Kind.ROW,
                OUTCOMES[:-1],
            ),
        ),
    ),
    (
        "文字部分",
        (
            _text("opening", "引言"),
            _text("disclosure", OVERVIEW[0]),
            _text("on_request", OVERVIEW[1]),
            _text("management", OVERVIEW[2]),
            _text("platforms", OVERVIEW[3]),
            _text("supervision", OVERVIEW[4]),
            _text("problems", PROBLEMS[0]),
            _text("improvements", PROBLEMS[1]),
            _text("other", HEADINGS[5]),
        ),
    ),
)
FIELDS = {field.key: field for _, fields in SECTIONS for field in fields}
KEY_COLUMN, LABEL_COLUMN, FIRST_VALUE = 0, 1, 2  # of a sheet


def note(words: Words) -> str:
    """Return what whoever fills in the form has to know."""
    return words.text(
        "A number left out is 0, a text left out becomes a marked place. Totals are reckoned. "
        "Leave the keys as they are."
    )


def toml_template(year: int, words: Words, filled: Mapping[str, Any] | None = None) -> str:
    """Return the form to fill in as TOML: with zeros, and commented out what may be missing.

    *filled*, by key: what is filled in already.
    """
    given = {"year": year, **(filled or {})}
    lines = [f"# {note(words)}"]
    table = ""
    for heading, fields in SECTIONS:
        lines += ["", f"# {heading}"]
        for field in fields:
            head, _, _ = field.key.rpartition(".")
            if head != table:
                table = head
                lines.append(f"[{table}]")
            lines.append(_toml_line(field, year, given))
    return "\n".join(lines) + "\n"


def _toml_line(field: Field, year: int, given: Mapping[str, Any]) -> str:
    name = field.key.rpartition(".")[2]
    shown = name if name.isascii() else f'"{name}"'
    columns = f"：{'、'.join(field.columns)}" if field.columns else ""
    mark = "# " if field.optional and field.key not in given else ""
    value = _written(given[field.key]) if field.key in given else _empty(field, year)
    return f"{mark}{shown} = {value}  # {field.label}{columns}"


def _written(value: Any) -> str:
    match value:
        case str():
            # What is no character in a TOML string, JSON's escapes say alike.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            return "{ " + ", ".join(f"{k} = {_written(v)}" for k, v in value.items()) + " }"
        case list():
            return f"[{', '.join(_written(one) for one in value)}]"
    return str(value)


def _empty(field: Field, year: int) -> str:
    match field.kind:
        case Kind.TEXT:
            return '""'
        case Kind.DAY:
            return f"{year + 1}-01-15"
        case Kind.ROW:
            return str([0] * len(field.columns))
        case Kind.MADE:
            return "{ " + ", ".join(f"{one} = 0" for one in MADE) + " }"
        case _:
            return "0"


def rows_of(form: Mapping[str, str], year: int) -> list[tuple[int, Sequence[str]]]:
    """Return the rows that the sheet would have, from what a *form* says under the names of
    `inputs`."""
    said = {**form, "year": str(year)}
    return [
        (
            n,
            [
                field.key,
                "",
                *(said.get(name, "").replace("\r\n", "\n").strip() for name in inputs(field)),
            ],
        )
        for n, field in enumerate(FIELDS.values(), 1)
    ]


def inputs(field: Field) -> list[str]:
    """Return what the places to fill in of a field are called."""
    return [f"{field.key}.{n}" for n in range(len(field.columns))] or [field.key]


def filled(rows: Rows) -> dict[str, Any]:
    """Return, by key, what the *rows* of a sheet say."""
    said = {cells[KEY_COLUMN]: _filled(cells[FIRST_VALUE:]) for _, cells in rows}
    return {key: _value(key, values) for key, values in said.items() if values}


def from_rows(rows: Rows) -> tuple[dict[str, Any], list[str]]:
    """Return what the *rows* of a sheet say as the TOML file would, and what is wrong with rows.

    A row speaks of the key in its first cell; one without a key is a heading. An empty field
    is left out. What is no number, date or known key is kept as it is written, for whoever
    holds it to the form.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    seen: set[str] = set()
    for n, cells in rows:
        key, values = cells[KEY_COLUMN].strip(), _filled(cells[FIRST_VALUE:])
        if not key:
            problems += _keyless(n, values)
        elif key in seen:
            problems.append(Told("row {row}: {key}: stands there twice", row=n, key=key))
        elif values:
            _put(found, key, _value(key, values))
        seen.add(key)
    return found, problems


def _keyless(n: int, values: Sequence[str]) -> Iterator[str]:
    if any(isinstance(_number(value), int | Decimal) for value in values):
        yield Told("row {row}: has figures, but no key in its first cell", row=n)


def _filled(cells: Sequence[str]) -> list[str]:
    values = [cell.strip() for cell in cells]
    while values and not values[-1]:
        values.pop()
    return values


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    """Put *value* into the table that *key* names; under the whole key where that is no table."""
    *tables, name = key.split(".", 2)
    inner = found
    for table in tables:
        inner = inner.setdefault(table, {})
        if not isinstance(inner, dict):
            found[key] = value
            return
    inner[name] = value


def _value(key: str, values: Sequence[str]) -> Any:
    field = FIELDS.get(key, Field(key, ""))
    if field.kind is Kind.ROW:
        return _numbers(values, len(field.columns))
    if field.kind is Kind.MADE:
        numbers = _numbers(values, len(MADE))
        return dict(zip(MADE, numbers, strict=True)) if len(numbers) == len(MADE) else numbers
    return _single(field.kind, values[0]) if len(values) == 1 else _numbers(values, 0)


def _single(kind: Kind, written: str) -> Any:
    if kind is Kind.TEXT:
        return written
    return _day(written) if kind is Kind.DAY else _number(written)


def _numbers(values: Sequence[str], width: int) -> list[Any]:
    padded = [*values, *[""] * (width - len(values))]
    return [_number(value or "0") for value in padded]


def _number(written: str) -> int | Decimal | str:
    try:
        return int(written) if written.isdecimal() else Decimal(written)
    except (InvalidOperation, ValueError):  # no number, or one of too many digits for any
        return written


def _day(written: str) -> date | str:
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        return written
