"""What is shown of imports: counts, gaps they close, columns passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from alerts.words import Words, one_line
from monitor.commands.show.console import TITLE, out

if TYPE_CHECKING:
    from monitor.imports.importing import Result
    from monitor.ledger.records import ImportSummary


def show_summary(summary: ImportSummary, words: Words) -> None:
    """Print what an import did, or would do."""
    did = words.text("Imported") if summary.id is not None else words.text("Would import")
    counts = words.text("{new} new, {known} known, {changed} changed").format(
        new=summary.new, known=summary.known, changed=summary.changed
    )
    out(f"{did}: {counts}")


def show_import(found: Result, words: Words) -> None:
    """Print what an import did, or would do: counts, gaps it closes, columns it passed over."""
    show_summary(found.summary, words)
    for line in _import_notes(found, words):
        out("  " + line)


def _import_notes(found: Result, words: Words) -> Iterator[str]:
    from monitor.reports.year.text import gap_reason

    if found.rejected:
        yield words.plural("{n} line rejected", "{n} lines rejected", found.rejected).format(
            n=found.rejected
        )
    for one in found.closes:
        yield words.text("closes a gap of {account}: {first} to {last}, {reason}").format(
            account=one.account,
            first=words.moment(one.gap.start, year=True),
            last=words.moment(one.gap.end, year=True),
            reason=gap_reason(one.gap.reason, words),
        )
    if found.ignored:
        columns = words.listing([one_line(column, TITLE) for column in found.ignored])
        yield words.text("columns not needed: {columns}").format(columns=columns)
    if found.footers:
        lines = words.listing([one_line(line, TITLE) for line in found.footers])
        yield words.text("lines below the rows left out: {lines}").format(lines=lines)
    if found.summary.id is not None:
        yield words.text("take it back with: freshness import --undo {id}").format(
            id=found.summary.id
        )


def import_row(found: Result) -> Mapping[str, object]:
    """Return what an import did, or would do, as `--json` prints it."""
    return {
        **asdict(found.summary),
        "rejected": found.rejected,
        "closes": [
            {"account": one.account, "from": one.gap.start, "to": one.gap.end}
            for one in found.closes
        ],
        "ignored": list(found.ignored),
        "problems": list(found.problems),
    }


def show_undone(summary: ImportSummary, frozen: Sequence[int], words: Words) -> None:
    """Print what taking an import back did; *frozen* years stay as they are."""
    line = words.text("Import {id} taken back: {gone} gone, {changed} changed back, {kept} kept")
    counts = {"gone": summary.new, "changed": summary.changed, "kept": summary.known}
    out(line.format(id=summary.id, **counts))
    if frozen:
        years = words.listing([str(year) for year in frozen])
        out(
            words.text(
                "Frozen figures stay as they are: {years}. Freeze again for a new version."
            ).format(years=years)
        )
