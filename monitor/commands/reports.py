"""Commands about reports: the month, the year, and what their figures rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.messages.refusals import refusal
from monitor.commands.arguments import (
    LARGEST,
    Json,
    Year,
    month_of,
)
from monitor.commands.opening import finish, opened
from monitor.commands.show.console import json_text, out, progress, tell, written
from monitor.errors import Told, UsageError, listing

if TYPE_CHECKING:
    from alerts.words import Words
    from monitor.app import App
    from monitor.reports.mailing.monthly import Sent
    from monitor.reports.year.report_form import Remaining

report = typer.Typer(help="Figures of a year: what to publish, and why.", no_args_is_help=True)


class Form(StrEnum):
    """The forms a year's figures come in."""

    TEXT = "text"
    JSON = "json"
    DOCX = "docx"
    XLSX = "xlsx"


@report.command("month")
def report_month(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="YYYY-MM")],
    send: Annotated[
        bool, typer.Option("--send", help="Mail it to reports.monthly_to, to each person once.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option("--out", help="A file to write to: .html, .txt, .docx or .xlsx."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the month's report to a file to look at, or mail it."""
    from monitor import files

    with opened(context) as app:
        number, part = month_of(month)
        path = file or Path(f"report-{number}-{part:02}.html")
        now, wrote = app.clock(), file is not None or not send
        if wrote:
            files.write(path, app.monthly.issue(number, part, now).form(path.suffix))
        sent = app.monthly.send(number, part, now) if send else []
        if as_json:
            kept, mails = str(path.resolve()) if wrote else None, [_mailed_row(m) for m in sent]
            out(json_text({"file": kept, "mails": mails}, app.settings.zone))
        else:
            if wrote:
                out(written(path.resolve(), app.words))
            _mailed(app, sent)
        finish(any(one.going for one in sent))


def _mailed_row(one: Sent) -> Mapping[str, object]:
    return {
        "person": one.person,
        "address": one.way.address if one.way else None,
        "sent_at": one.state.sent_at if one.state else None,
        "tried": one.tried,
        "error": one.error.detail if one.error else None,
    }


def _mailed(app: App, sent: Sequence[Sent]) -> None:
    """Say what became of each mail. Raises `UsageError` with a line for each that failed."""
    failed: list[Told] = []
    for one in sent:
        name = app.register.name(one.person)
        if one.way is None:
            failed.append(Told("{person}: cannot be mailed; see freshness doctor", person=name))
        elif one.error is not None:
            why = refusal(one.error.detail, one.error.failure)
            failed.append(
                Told("{person} ({address}): {why}", person=name, address=one.way.address, why=why)
            )
        else:
            out(_mailed_line(app, one, one.way.address))
    if failed:
        raise UsageError(listing(failed, "\n"))


def _mailed_line(app: App, one: Sent, address: str) -> str:
    words, name = app.words, app.register.people[one.person].name
    if one.tried:
        return words.text("Sent to {name} ({address}).").format(name=name, address=address)
    if one.state is not None and one.state.sent_at is not None:
        at = words.moment(one.state.sent_at, year=True)
        return words.text("{name} ({address}) got it on {at}; not sent again.").format(
            name=name, address=address, at=at
        )
    return words.text("It is being sent to {name} ({address}) right now.").format(
        name=name, address=address
    )


@report.command("year")
def report_year(
    context: typer.Context,
    year: Year,
    form: Annotated[
        Form | None, typer.Option("--format", help="By default what --out ends in, or text.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--out", help="A file to write to.")] = None,
    figures: Annotated[
        list[Path] | None,
        typer.Option(
            "--figures",
            help="What the ledger cannot know, for the .docx: .toml or .xlsx.",
            metavar="FILE",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--figures-template",
            help="Write the form of --figures to fill in, .toml or .xlsx, and nothing else.",
            metavar="FILE",
        ),
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Freeze the figures: version 1, 2 … for ever.")
    ] = False,
    version: Annotated[
        int | None,
        typer.Option("--version", help="A frozen version other than the newest.", max=LARGEST),
    ] = None,
    current: Annotated[
        bool, typer.Option("--current", help="What is known now, even if the year is frozen.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print a year's figures: the frozen ones, or what is known now if none were frozen."""
    if freeze and (version is not None or current):
        raise UsageError(
            Told("--freeze makes a version of what is known now; leave the others out")
        )
    wanted = Form.JSON if as_json else form or _form_of(file)
    if figures and wanted is not Form.DOCX:
        raise UsageError(Told("--figures: only --format docx has a place for them"))
    if template is not None:
        _write_template(context, template, year)
        return
    with opened(context) as app:
        now, held = app.clock(), _the_one(figures or [])
        with progress(len(app.register.accounts)) as advance:
            if freeze:
                app.reporting.freeze(year, now, advance)
            document = app.reporting.year(year, now, version, current, advance)
        content = _in_form(app, document, wanted, held)
        _write(content, wanted, file, app.words)
        if wanted is Form.TEXT and not (freeze or current) and app.reporting.changed(year, now):
            note = app.words.text("More is known by now; --freeze makes the next version.")
            out(note, aside=True)


def _the_one(figures: Sequence[Path]) -> Path | None:
    """Return the file of figures that was named. Raises `UsageError` where there are several."""
    if len(figures) > 1:
        files = ", ".join(map(str, figures))
        line = Told("{files}: several files of figures for one report; name one", files=files)
        raise UsageError(line)
    return figures[0] if figures else None


def _form_of(file: Path | None) -> Form:
    suffix = file.suffix.lstrip(".").lower() if file else ""
    return Form(suffix) if suffix in [form.value for form in Form] else Form.TEXT


def _in_form(app: App, document: str, form: Form, figures: Path | None) -> bytes:
    if form is Form.JSON:
        return document.encode()
    found = json.loads(document)
    if form is Form.TEXT:
        from monitor.reports.year.comparing import reasons
        from monitor.reports.year.text import year_text

        why = reasons(app.reporting, app.store, found, app.clock(), app.words)
        return year_text(found, app.words, why).encode()
    if form is Form.DOCX:
        from monitor.reports.office import documents

        return documents.annual(found, _remaining(figures, found["year"]), app.words)
    from monitor.reports.office import workbooks

    return workbooks.yearly(found, app.reporting.proofs(found, app.clock()), app.words)


def _remaining(path: Path | None, year: int) -> Remaining | None:
    from monitor import files
    from monitor.imports.sheets import is_workbook, sheets
    from monitor.reports.year.figures_file import parse_figures, sheet_figures

    if path is None:
        return None
    content = files.read(path, "figures")
    if is_workbook(content):
        return sheet_figures(next(sheets(content, path.name), []), path.name, year)
    return parse_figures(content, path.name, year)


def _write_template(context: typer.Context, path: Path, year: int) -> None:
    from monitor import files
    from monitor.reports.office.figures_book import figures_workbook
    from monitor.reports.year.figures_form import toml_template

    if path.suffix not in (".toml", ".xlsx"):
        raise UsageError(
            Told(
                "--figures-template {path}: expected a file that ends in .toml or .xlsx",
                path=str(path),
            )
        )
    if path.exists():
        raise UsageError(
            Told("--figures-template {path}: is there already; name another file", path=str(path))
        )
    with opened(context) as app:
        if path.suffix == ".xlsx":
            content = figures_workbook(year, app.words)
        else:
            content = toml_template(year, app.words).encode()
        files.write(path, content)
        out(written(path, app.words), aside=True)


def _write(content: bytes, form: Form, file: Path | None, words: Words) -> None:
    from monitor import files

    if file is not None:
        files.write(file, content)
        out(written(file, words), aside=True)
    elif form in (Form.DOCX, Form.XLSX):
        raise UsageError(
            Told("--format {form}: a file is expected; add --out FILE.{form}", form=form.value)
        )
    else:
        out(content.decode(), end="")


@report.command("check")
def report_check(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="The draft: .docx .html .pdf .txt; or a folder.", metavar="FILE|FOLDER"
        ),
    ],
    year: Annotated[int, typer.Option("--year", help="The year it reports on.")],
    previous: Annotated[
        Path | None, typer.Option("--previous", help="Last year's report.", metavar="FILE")
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option("--out", help="Of a folder: the workbook.", metavar="FILE.xlsx")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a draft against the form, itself, the ledger, and last year's report.

    The drafts of a folder are each held against the form and itself alone: they are other bodies'.
    """
    from monitor.reports import check
    from monitor.reports.reading import read_document

    if file.is_dir():
        _check_folder(context, file, year, workbook, as_json=as_json)
        return
    with opened(context) as app:
        draft = read_document(file)
        last = read_document(previous) if previous else None
        found = app.reporting.check(draft, year, last, app.clock())
        if as_json:
            out(json_text(check.as_json(found, app.words.text), app.settings.zone))
        else:
            out(check.as_text(found, app.words.text))
        finish(check.found_trouble(found))


def _check_folder(
    context: typer.Context, folder: Path, year: int, workbook: Path | None, *, as_json: bool
) -> None:
    from monitor import files
    from monitor.reports import check
    from monitor.reports.check.findings import COLUMNS
    from monitor.reports.office.drafts import drafts_workbook
    from monitor.reports.reading.folder import alike, as_rows, checked, drafts, newest

    done = []
    with opened(context) as app:
        paths = drafts(folder)
        for some in alike(paths):
            files_of_one_name = app.words.listing([str(one.relative_to(folder)) for one in some])
            line = app.words.text("{files}: drafts of one name; each is checked by itself")
            out(line.format(files=files_of_one_name), aside=True)
        for draft in checked(paths, lambda document: check.check(document, year)):
            done.append(draft)
            out(f"{len(done)}/{len(paths)} {draft.path.relative_to(folder)}", aside=True)
        rows = as_rows(done, folder, app.words.text)
        if workbook is not None:
            files.write(workbook, drafts_workbook(rows, newest(paths), app.words))
            out(written(workbook, app.words), aside=True)
        elif as_json:
            told = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
            out(json_text(told, app.settings.zone))
        else:
            out("\n".join("\t".join(row) for row in rows))
        finish(any(one.problem or check.found_trouble(one.findings) for one in done))


@report.command("evidence")
def report_evidence(
    context: typer.Context,
    year: Year,
    account: str,
    version: Annotated[
        int | None,
        typer.Option("--version", help="What this frozen version rested on.", max=LARGEST),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what an account's figures rest on: posts with links, readings, gaps, counters."""
    from monitor.reports.year.evidence import evidence_text

    with opened(context) as app:
        found = app.reporting.evidence(year, account, app.clock(), version)
        out(json_text(found, app.settings.zone)) if as_json else out(
            evidence_text(found, app.words), end=""
        )


@report.command("reconcile")
def report_reconcile(context: typer.Context, year: Year, as_json: Json = False) -> None:
    """Hold the figures against the platform's counter and statistics, exports and what was
    published."""
    from monitor.reports.year.reconciled import reconciled_text

    with opened(context) as app:
        found = app.reporting.reconciled(year, app.clock())
        out(json_text(found, app.settings.zone)) if as_json else out(
            reconciled_text(found, app.words), end=""
        )


@report.command("declare")
def report_declare(
    context: typer.Context,
    year: Year,
    account: str,
    figure: str,
    value: Annotated[int, typer.Argument(max=LARGEST)],
    source: Annotated[str, typer.Option("--source", help="Where it was published.")],
    as_json: Json = False,
) -> None:
    """Keep a published figure, for report reconcile: posts, followers_end …"""
    from monitor.reports.year.text import figure_name

    with opened(context) as app:
        said = app.reporting.declare(year, account, figure, value, source, app.clock())
        name = figure_name(said.figure, app.words)
        line = app.words.text("Kept: {account}, {year}, {figure} {value} ({source})").format(
            account=said.account, year=year, figure=name, value=value, source=said.source
        )
        tell(line, {**asdict(said), "year": year, "value": value}, as_json, app.words)
