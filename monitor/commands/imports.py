"""The command that brings exports into the ledger, or takes them back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.clock import utc_now
from monitor.commands.arguments import (
    LARGEST,
    Json,
    day_of,
    mapping_of,
)
from monitor.commands.opening import opened
from monitor.commands.show.console import json_text, lines_read, out
from monitor.commands.show.imports import import_row, show_import, show_undone
from monitor.errors import ImportFileError, Told, UsageError

if TYPE_CHECKING:
    from monitor.app import App


def import_file(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv|xlsx")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what the import would do.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="The file does not hold every post of its time.")
    ] = False,
    account: Annotated[
        str | None, typer.Option("--account", help="The account that the whole file is of.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="Which column is what: published_at=时间; may be repeated."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="First day it was exported for.", metavar="DATE")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Last day it was exported for.", metavar="DATE")
    ] = None,
    undo: Annotated[
        int | None,
        typer.Option("--undo", help="Take the import with this id back.", max=LARGEST),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import posts or counters from a console export; all of the file or nothing."""
    from monitor.imports.importing import Request

    if (file is None) == (undo is None):
        raise UsageError(Told("import: either a FILE or --undo ID is expected"))
    with opened(context) as app:
        if undo is not None:
            summary = app.imports.undo(undo, app.clock())
            if as_json:
                out(json_text(asdict(summary), app.settings.zone))
            else:
                show_undone(summary, _frozen_years(app), app.words)
            return
        assert file is not None
        request = Request(
            file,
            mapping_of(columns or []),
            account,
            day_of(since, "--since") if since else None,
            day_of(until, "--until") if until else None,
            partial,
        )
        act = app.imports.check if check else app.imports.import_file
        with lines_read(app.words) as passed:
            # The real clock too, where `tick --at` drove the database: a date that has not come
            # yet anywhere is a slip of the hand.
            found = act(request, app.clock(), utc_now(), passed)
        if as_json:
            out(json_text(import_row(found), app.settings.zone))
        else:
            show_import(found, app.words)
        if found.problems:
            raise ImportFileError(found.problems)


def _frozen_years(app: App) -> list[int]:
    return sorted({one.year for one in app.store.figures.snapshots()})
