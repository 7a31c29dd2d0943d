"""Tables 三 and 四 must add up, and every cell must hold a number. Pure.

The form itself prints the balance of table 三; the other sums follow from its layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from monitor.reports.check.findings import Finding, Message, Severity, listed, say
from monitor.reports.check.numbers import shown
from monitor.reports.check.report import Report
from monitor.reports.check.tables import (
    APPLICANTS,
    LABELS,
    OLD_OTHER,
    OUTCOMES,
    PROCEEDINGS,
    RESULT_ROWS,
    Proceedings,
    Requests,
    Row,
    cell_value,
    is_blank,
)

_BALANCE = ("new", "carried_in", "total", "carried_out")
_MOST_CELLS = 6


def identities(report: Report) -> Iterator[Finding]:
    """Yield every sum of tables 三 and 四 that does not come out."""
    if report.requests:
        for column, name in enumerate(APPLICANTS):
            yield from _balance(report.requests, column, name)
            yield from _results(report.requests, column, name)
        yield from _applicants(report.requests)
    if report.proceedings:
        yield from _proceedings(report.proceedings)


def cells(report: Report) -> Iterator[Finding]:
    """Yield blank cells, a finding a table, and every cell that holds no number."""
    for table, rows in _figures_of(report):
        yield from _blank(table, rows)
        for label, row in rows.items():
            yield from _unreadable(table, label, row)


def _balance(table: Requests, column: int, name: str) -> Iterator[Finding]:
    values = [table.value(key, column) for key in _BALANCE]
    if None in values:
        return
    new, carried_in, total, carried_out = (value or Decimal(0) for value in values)
    if new + carried_in != total + carried_out:
        yield Finding(
            "table3-balance",
            Severity.ERROR,
            say("table 三, column “{column}”", column=name),
            f"{new} + {carried_in} = {new + carried_in}; "
            f"{total} + {carried_out} = {total + carried_out}",
            say("both sums equal"),
            say("new + carried in = concluded + carried over, as the form itself prints it"),
        )


def _results(table: Requests, column: int, name: str) -> Iterator[Finding]:
    present = [key for key in (*RESULT_ROWS, OLD_OTHER[0]) if key in table.rows]
    values = [table.value(key, column) for key in present]
    total = table.value("total", column)
    if total is None or None in values:
        return
    added = sum((value or Decimal(0) for value in values), Decimal(0))
    if added != total:
        yield Finding(
            "table3-results",
            Severity.ERROR if _all_results(present) else Severity.UNSURE,
            _at(LABELS["total"], name),
            str(total),
            str(added),
            say("the total must be the sum of all results above it"),
        )


def _all_results(present: list[str]) -> bool:
    new_form = set(RESULT_ROWS) <= set(present)
    others = {"late_correction", "late_fee", "other"}
    return new_form or set(RESULT_ROWS) - others | {OLD_OTHER[0]} <= set(present)


def _applicants(table: Requests) -> Iterator[Finding]:
    for key, row in table.rows.items():
        values = [row.value(column) for column in range(len(APPLICANTS))]
        where = _at(LABELS[key], APPLICANTS[-1])
        why = say("the total must be the sum of the six kinds of applicants")
        yield from _summed(values, "table3-applicants", where, why)


def _proceedings(table: Proceedings) -> Iterator[Finding]:
    for group, name in enumerate(PROCEEDINGS):
        values = [table.value(group, outcome) for outcome in range(len(OUTCOMES))]
        where = say("table 四, “{group}”, column “{column}”", group=name, column=OUTCOMES[-1])
        why = say("the total must be the sum of the four outcomes before it")
        yield from _summed(values, "table4-sum", where, why)


def _summed(
    values: Sequence[Decimal | None], rule: str, where: Message, why: Message
) -> Iterator[Finding]:
    """Find a total, the last of *values*, that is not the sum of those before it."""
    if None in values:
        return
    *parts, total = (value or Decimal(0) for value in values)
    if sum(parts) != total:
        yield Finding(rule, Severity.ERROR, where, str(total), str(sum(parts)), why)


def _at(row: str, column: str) -> Message:
    return say("table 三, row “{row}”, column “{column}”", row=row, column=column)


def _figures_of(report: Report) -> Iterator[tuple[str, Mapping[str, Row]]]:
    if report.disclosures:
        yield "二", {row.label: row for row in report.disclosures.rows.values()}
    if report.requests:
        yield "三", {LABELS[key]: row for key, row in report.requests.rows.items()}
    if report.proceedings:
        yield "四", {"": Row("", report.proceedings.cells)}


def _blank(table: str, rows: Mapping[str, Row]) -> Iterator[Finding]:
    blank = [
        (label, cell.strip()) for label, row in rows.items() for cell in row.cells if is_blank(cell)
    ]
    if not blank:
        return
    where = list(dict.fromkeys(label for label, _ in blank if label))[:_MOST_CELLS]
    marks = sorted({mark for _, mark in blank if mark})
    yield Finding(
        "blank-cells",
        Severity.WARNING,
        say("table {table}, {rows}", table=table, rows=listed(where))
        if where
        else say("table {table}", table=table),
        say("{count} cells without a number {marks}", count=len(blank), marks=" ".join(marks)),
        "0",
        say("the form wants a figure in every cell, 0 where there is nothing"),
    )


def _unreadable(table: str, label: str, row: Row) -> Iterator[Finding]:
    for cell in row.cells:
        value = cell_value(cell)
        whole = value is not None and value == value.to_integral_value()
        if value is None or not (whole or "收费" in label):
            yield Finding(
                "not-a-number",
                Severity.ERROR,
                say("table {table}, row “{row}”", table=table, row=label),
                cell.strip(),
                say("a whole number") if "收费" not in label else say("an amount in 万元"),
                say("a cell of figures must hold a figure and nothing else"),
            )


def summed(values: list[Decimal]) -> str:
    """Return *values* and their sum as they are written on paper: `1 + 2 = 3`."""
    return " + ".join(map(shown, values)) + f" = {shown(sum(values, Decimal(0)))}"
