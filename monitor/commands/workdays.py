"""The command that reads next year's official working days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.arguments import Json
from monitor.commands.opening import opened
from monitor.commands.show.console import json_text, out
from monitor.errors import Told

workdays = typer.Typer(no_args_is_help=True, help="The official working days.")


@workdays.command("import")
def import_calendar(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.json|ics")],
    as_json: Json = False,
) -> None:
    """Read the working days of a year: holiday-cn's JSON, or an .ics calendar."""
    from monitor.files import contents
    from monitor.imports.calendar_file import as_text, calendar_tables

    with opened(context) as app:
        tables = calendar_tables(contents(file, Told("calendar of working days")), file.name)
        for year, table in tables.items():
            app.store.notes.keep_workdays(year, as_text(table))
        counted = [
            {
                "year": year,
                "closed": sum(day.closed for day in table.days.values()),
                "worked": sum(day.working for day in table.days.values()),
            }
            for year, table in tables.items()
        ]
        if as_json:
            out(json_text(counted, app.register.hours.zone))
            return
        for one in counted:
            sentence = app.words.text(
                "The working days of {year} are known now: {closed} days off, {worked} worked in "
                "exchange. Calls follow them from now on."
            )
            out(sentence.format(**one))
