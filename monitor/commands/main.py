"""The commands: arguments in, text and exit codes out. Decides nothing.

Exit codes: 0 fine, 1 trouble found (the commands that look for it), 2 wrong use or a bad
configuration, each problem on a line of its own on stderr.

Every command imports what only it needs, when it runs: who asks for the status must not wait
for the libraries that serve pages or write Word files.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from alerts.people.handover import CHECKLIST
from monitor.clock import utc_now
from monitor.commands import display
from monitor.errors import ImportFileError, MonitorError, SettingsError, UsageError
from monitor.wording import quoted

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.model import GatewayState
    from monitor.reports.mailing.monthly import Sent
    from monitor.reports.year.report_form import Remaining
    from monitor.settings.model import Settings

FINE, TROUBLE, WRONG = 0, 1, 2

cli = typer.Typer(
    name="freshness",
    help="Keeps the accounts of public bodies from going silent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
alerts = typer.Typer(help="Look at alerts and answer them.", no_args_is_help=True)
cli.add_typer(alerts, name="alerts")
handover = typer.Typer(help="Pass accounts on to a new custodian.", no_args_is_help=True)
cli.add_typer(handover, name="handover")
duty = typer.Typer(help="Look at the roster and change it.", no_args_is_help=True)
cli.add_typer(duty, name="duty")
custody = typer.Typer(help="Look at who holds which account.", no_args_is_help=True)
cli.add_typer(custody, name="custody")
report = typer.Typer(help="Figures of a year: what to publish, and why.", no_args_is_help=True)
cli.add_typer(report, name="report")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
At = Annotated[
    str | None,
    typer.Option("--at", help="An instant, ISO 8601, to take instead of the clock's."),
]
By = Annotated[str, typer.Option("--by", help="The id of the person who answers.")]
LARGEST = 2**31 - 1  # the largest whole number that every database keeps
AlertId = Annotated[int, typer.Argument(metavar="ID", max=LARGEST)]
HandoverId = Annotated[int, typer.Argument(metavar="ID", max=LARGEST)]
Year = Annotated[int, typer.Argument(max=LARGEST)]
FIRST_YEAR, LAST_YEAR = 2000, 2199  # of every instant and day that a command takes


@dataclass(frozen=True, slots=True)
class Where:
    """Where the configuration is."""

    folder: Path


@cli.callback()
def main_options(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option(
            "--config", envvar="FRESHNESS_CONFIG", help="The configuration folder.", metavar="DIR"
        ),
    ] = Path("config"),
) -> None:
    """Keep the accounts of public bodies from going silent."""
    context.obj = Where(config)


@cli.command()
def run(context: typer.Context) -> None:
    """Run the service until SIGTERM or Ctrl-C; SIGHUP reads the configuration again."""
    from monitor import app as composition
    from monitor.log import open_log

    settings = _settings(context)
    say = open_log(settings.secrets, settings.zone, form=settings.log_format)
    composition.run(
        lambda: _settings(context),
        settings,
        say,
        lambda app: display.greeting(
            app.desk.status(app.clock()), app.words, _called(), _named(context)
        ),
    )


@cli.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.", metavar="DIR")],
) -> None:
    """Write a commented configuration to start from."""
    from monitor.settings import sample

    for path in sample.write(folder):
        typer.echo(f"wrote {path}")


@cli.command()
def read(
    context: typer.Context,
    accounts: Annotated[list[str] | None, typer.Argument(metavar="[ACCOUNT]…")] = None,
) -> None:
    """Read accounts now, whatever the interval; prints what became of each reading."""
    with _opened(context, reading=True) as app:
        wanted = [app.desk.known(a) for a in accounts or list(app.register.accounts)]
        with display.progress(_sources_of(app, wanted)) as advance:
            readings = app.rounds.read_accounts(wanted, app.clock(), advance)
        unread = _unread(app, wanted, {r.source for r in readings})
        if readings or not unread:
            display.readings(readings, app.words)
        display.unread(unread, app.rounds.spent(app.clock()), app.words)
        _finish(bool(unread) or any(not r.good for r in readings))


@cli.command()
def tick(context: typer.Context, at: At = None) -> None:
    """Make one whole pass: read what is due, assess, alert, try every due delivery once."""
    from monitor.app import drive

    with _opened(context, reading=True, at=at) as app:
        if at is not None:
            drive(app)
        readings = app.service.tick()
        display.readings(readings, app.words)
        _finish(any(not r.good for r in readings) or bool(app.store.alerts.open()))


@cli.command()
def status(context: typer.Context, at: At = None, as_json: Json = False) -> None:
    """Show every account's verdict; with --at: as it was known then."""
    with _opened(context) as app:
        answer = app.desk.status(app.clock(), _instant(at, app.settings.zone))
        _print(answer) if as_json else display.status(answer, app.words)
        _finish(_troubled(answer))


@cli.command()
def explain(context: typer.Context, account: str, at: At = None, as_json: Json = False) -> None:
    """Show why an account has its verdict, with the evidence."""
    with _opened(context) as app:
        answer = app.desk.explain(account, app.clock(), _instant(at, app.settings.zone))
        _print(answer) if as_json else display.explanation(answer)
        _finish(answer["verdict"] not in ("fresh", "waiting"))


@alerts.command("list")
def alerts_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List open alerts with their notices."""
    with _opened(context) as app:
        found = app.desk.alerts(everything)
        _print(found) if as_json else display.alerts(found, app.words)
        _finish(any(a["resolved_at"] is None for a in found))


@alerts.command("ack")
def alerts_ack(context: typer.Context, alert: AlertId, by: By) -> None:
    """Say that somebody has the alert in hand."""
    with _opened(context) as app:
        app.desk.acknowledge(alert, by, app.clock())
        name = app.register.people[by].name
        typer.echo(app.words.text("Alert {id} acknowledged by {by}.").format(id=alert, by=name))


@alerts.command("promise")
def alerts_promise(
    context: typer.Context,
    alert: AlertId,
    by: By,
    until: Annotated[str, typer.Option("--until", help="By when a post will be there, ISO 8601.")],
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="It is already scheduled on the platform.")
    ] = False,
) -> None:
    """Say when a post will be there."""
    with _opened(context) as app:
        moment = _time(until, app.settings.zone, "--until")
        app.desk.promise(alert, by, moment, scheduled, app.clock())
        typer.echo(
            app.words.text("Alert {id}: promised by {by} until {until}.").format(
                id=alert, by=app.register.people[by].name, until=app.words.moment(moment)
            )
        )


@alerts.command("except")
def alerts_except(
    context: typer.Context,
    account: str,
    by: By,
    until: Annotated[str, typer.Option("--until", help="Its end, ISO 8601; a day: to its end.")],
    reason: Annotated[str, typer.Option("--reason", help="Why silence is agreed.")],
    document: Annotated[
        str | None, typer.Option("--document", help="The document's number.")
    ] = None,
) -> None:
    """Record an agreed silence of an account."""
    with _opened(context) as app:
        moment = _end(until, app.settings.zone, "--until")
        app.desk.except_(account, by, moment, reason, document, app.clock())
        typer.echo(
            app.words.text("Exception for {account} until {until} recorded.").format(
                account=account, until=app.words.moment(moment)
            )
        )


@handover.command("start")
def handover_start(
    context: typer.Context,
    accounts: Annotated[list[str], typer.Argument(metavar="ACCOUNT…")],
    giver: Annotated[str, typer.Option("--from", help="Who holds them.", metavar="PERSON")],
    taker: Annotated[str, typer.Option("--to", help="Who takes over.", metavar="PERSON")],
    due: Annotated[str, typer.Option("--due", help="The last day for it.", metavar="DATE")],
    reason: Annotated[str, typer.Option("--reason", help="Why they are passed on.")],
) -> None:
    """Start to pass accounts on; both sides have to accept."""
    with _opened(context) as app:
        day = _day(due, "--due")
        started = app.desk.custody.start(accounts, giver, taker, day, reason, app.clock())
        typer.echo(app.words.text("Handover {id} started.").format(id=started.id))


@handover.command("accept")
def handover_accept(context: typer.Context, number: HandoverId, by: By) -> None:
    """Accept a handover, for the side that the person is on."""
    with _opened(context) as app:
        changed = app.desk.accept_handover(number, by, app.clock())
        display.handover(changed, app.words)


@handover.command("check")
def handover_check(
    context: typer.Context,
    number: HandoverId,
    items: Annotated[list[str], typer.Argument(metavar="ITEM…", help=", ".join(CHECKLIST))],
    by: By,
) -> None:
    """Tick off what has been passed on: password, phone, wechat, scheduled."""
    with _opened(context) as app:
        changed = app.desk.custody.check(number, by, items, app.clock())
        display.handover(changed, app.words)


@handover.command("confirm")
def handover_confirm(context: typer.Context, number: HandoverId, by: By) -> None:
    """Say that the first post since the handover is the new custodian's own; that proves it."""
    with _opened(context) as app:
        changed = app.desk.confirm_handover(number, by, app.clock())
        display.handover(changed, app.words)


@handover.command("cancel")
def handover_cancel(context: typer.Context, number: HandoverId, by: By) -> None:
    """Call a handover off."""
    with _opened(context) as app:
        changed = app.desk.custody.cancel(number, by, app.clock())
        display.handover(changed, app.words)


@handover.command("list")
def handover_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List the handovers that are not proven yet."""
    with _opened(context) as app:
        found = app.desk.handovers(everything)
        _print(found) if as_json else display.handovers(found, app.words)


@duty.command("show")
def duty_show(
    context: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", help="A day other than today.", metavar="DATE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show who is on duty, and who follows when."""
    with _opened(context) as app:
        answer = app.desk.duty(_day(on, "--on") if on else None, app.clock())
        _print(answer) if as_json else display.duty(answer, app.words)


@duty.command("swap")
def duty_swap(
    context: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DATE")],
    to: Annotated[str, typer.Option("--to", help="Who takes the day.", metavar="PERSON")],
) -> None:
    """Give the duty of one day to somebody else."""
    with _opened(context) as app:
        answer = app.desk.custody.swap(_day(day, "DATE"), to, app.clock())
        display.duty(answer, app.words)


@duty.command("check")
def duty_check(context: typer.Context, as_json: Json = False) -> None:
    """Look for days of the next two weeks on which nobody can be reached on duty."""
    with _opened(context) as app:
        found = app.desk.custody.gaps(app.clock())
        _print(found) if as_json else display.gaps(found, app.words)
        _finish(bool(found))


@duty.command("import")
def duty_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv|xlsx")],
    check: Annotated[
        bool, typer.Option("--check", help="Only say what the import would do.")
    ] = False,
) -> None:
    """Import a roster of dates; all of the file or nothing."""
    with _opened(context) as app:
        summary = app.desk.import_roster(file, check, app.clock())
        display.roster_imported(summary, check, app.words)


@custody.command("confirm")
def custody_confirm(context: typer.Context, account: str, by: By) -> None:
    """Say that the custodian still holds the account and can publish on it."""
    with _opened(context) as app:
        held = app.desk.custody.confirm_custody(account, by, app.clock())
        typer.echo(
            app.words.text("{account}: held by {by}, confirmed at {at}.").format(
                account=account, by=held.person, at=app.words.moment(held.confirmed_at)
            )
        )


@custody.command("list")
def custody_list(context: typer.Context, as_json: Json = False) -> None:
    """List who holds each account, since when, and when they last confirmed it."""
    with _opened(context) as app:
        found = app.desk.custody.custodians()
        _print(found) if as_json else display.custodians(found, app.words)


@cli.command()
def confirm(
    context: typer.Context,
    account: str,
    posted_at: Annotated[str, typer.Option("--posted-at", help="When it was published.")],
    by: By,
    url: Annotated[str | None, typer.Option("--url", help="Its link.")] = None,
) -> None:
    """Record a post that a person saw by eye."""
    with _opened(context) as app:
        moment = _required(posted_at, app.settings.zone, "--posted-at")
        summary = app.desk.confirm(account, moment, by, url, app.clock())
        display.imported(summary, app.words)


@cli.command("import")
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
) -> None:
    """Import posts or counters from a console export; all of the file or nothing."""
    from monitor.imports.importing import Request

    if (file is None) == (undo is None):
        raise UsageError("import: either a FILE or --undo ID is expected")
    with _opened(context) as app:
        if undo is not None:
            summary = app.imports.undo(undo, app.clock())
            display.undone(summary, _frozen_years(app), app.words)
            return
        assert file is not None
        request = Request(
            file,
            _mapping(columns or []),
            account,
            _day(since, "--since") if since else None,
            _day(until, "--until") if until else None,
            partial,
        )
        act = app.imports.check if check else app.imports.import_file
        with display.lines_read(app.words) as passed:
            # The real clock too, where `tick --at` drove the database: a date that has not come
            # yet anywhere is a slip of the hand.
            found = act(request, app.clock(), utc_now(), passed)
        display.import_result(found, app.words)
        if found.problems:
            _fail(found.problems)


def _mapping(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, column = one.partition("=")
        if not (name and sign and column):
            raise UsageError(f'--map: "{one}" is no mapping; expected e.g. published_at=时间')
        found[name.strip()] = column.strip()
    return found


def _frozen_years(app: App) -> list[int]:
    return sorted({one.year for one in app.store.figures.snapshots()})


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
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A file to write to: .html, .txt, .docx or .xlsx."),
    ] = None,
) -> None:
    """Write the month's report to a file to look at, or mail it."""
    from monitor import files

    number, part = _month(month)
    path = out or Path(f"report-{number}-{part:02}.html")
    with _opened(context) as app:
        now = app.clock()
        if out is not None or not send:
            files.write(path, app.monthly.issue(number, part, now).form(path.suffix))
            typer.echo(f"wrote {path.resolve()}")
        if send:
            _mailed(app, app.monthly.send(number, part, now))


def _month(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if found is None:
        raise UsageError(f"{quoted(text)} is no month; expected e.g. 2024-02")
    return int(found[1]), int(found[2])


def _mailed(app: App, sent: Sequence[Sent]) -> None:
    """Say what became of each mail. Raises `UsageError` with a line for each that failed."""
    failed = []
    for one in sent:
        if one.way is None:
            failed.append(f"{one.person}: cannot be mailed; see freshness doctor")
        elif one.error is not None:
            failed.append(f"{one.person}: {one.way.address}: {one.error.detail}")
        else:
            typer.echo(_mailed_line(app, one, one.way.address))
    if failed:
        raise UsageError("\n".join(failed))


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
    out: Annotated[Path | None, typer.Option("--out", help="A file to write to.")] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures", help="What the ledger cannot know, for the .docx.", metavar="F.toml"
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
) -> None:
    """Print a year's figures: the frozen ones, or what is known now if none were frozen."""
    if freeze and (version is not None or current):
        raise UsageError("--freeze makes a version of what is known now; leave the others out")
    wanted = form or _form_of(out)
    if figures is not None and wanted is not Form.DOCX:
        raise UsageError("--figures: only --format docx has a place for them")
    with _opened(context) as app:
        now = app.clock()
        if freeze:
            app.reporting.freeze(year, now)
        document = app.reporting.year(year, now, version, current)
        content = _in_form(app, document, wanted, figures)
        _write(content, wanted, out)
        if wanted is Form.TEXT and not (freeze or current) and app.reporting.changed(year, now):
            note = app.words.text("More is known by now; --freeze makes the next version.")
            typer.echo(note, err=True)


def _form_of(out: Path | None) -> Form:
    suffix = out.suffix.lstrip(".").lower() if out else ""
    return Form(suffix) if suffix in [form.value for form in Form] else Form.TEXT


def _in_form(app: App, document: str, form: Form, figures: Path | None) -> bytes:
    if form is Form.JSON:
        return document.encode()
    found = json.loads(document)
    if form is Form.TEXT:
        from monitor.reports.year.text import year_text

        return year_text(found, app.words).encode()
    if form is Form.DOCX:
        from monitor.reports.office import documents

        return documents.annual(found, _remaining(figures, found["year"]), app.words)
    from monitor.reports.office import workbooks

    return workbooks.yearly(found, app.reporting.proofs(found, app.clock()), app.words)


def _remaining(path: Path | None, year: int) -> Remaining | None:
    from monitor import files
    from monitor.reports.year.figures_file import parse_figures

    if path is None:
        return None
    return parse_figures(files.read(path, "--figures"), path.name, year)


def _write(content: bytes, form: Form, out: Path | None) -> None:
    from monitor import files

    if out is not None:
        files.write(out, content)
        typer.echo(f"wrote {out}", err=True)
    elif form in (Form.DOCX, Form.XLSX):
        raise UsageError(f"--format {form}: a file is expected; add --out FILE.{form}")
    else:
        sys.stdout.write(content.decode())


@report.command("check")
def report_check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The draft: .docx .html .pdf .txt", metavar="FILE")],
    year: Annotated[int, typer.Option("--year", help="The year it reports on.")],
    previous: Annotated[
        Path | None, typer.Option("--previous", help="Last year's report.", metavar="FILE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a draft against the form, itself, the ledger, and last year's report."""
    from monitor.reports.check import found_trouble
    from monitor.reports.reading import read_document

    draft = read_document(file)
    last = read_document(previous) if previous else None
    with _opened(context) as app:
        found = app.reporting.check(draft, year, last, app.clock())
        display.checked(found, app.words, as_json)
        _finish(found_trouble(found))


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

    with _opened(context) as app:
        found = app.reporting.evidence(year, account, app.clock(), version)
        _print(found) if as_json else print(evidence_text(found, app.words), end="")


@report.command("reconcile")
def report_reconcile(context: typer.Context, year: Year, as_json: Json = False) -> None:
    """Hold the figures against the platform's counter and statistics, exports and what was
    published."""
    from monitor.reports.year.reconciled import reconciled_text

    with _opened(context) as app:
        found = app.reporting.reconciled(year, app.clock())
        _print(found) if as_json else print(reconciled_text(found, app.words), end="")


@report.command("declare")
def report_declare(
    context: typer.Context,
    year: Year,
    account: str,
    figure: str,
    value: Annotated[int, typer.Argument(max=LARGEST)],
    source: Annotated[str, typer.Option("--source", help="Where it was published.")],
) -> None:
    """Keep a published figure, for report reconcile: posts, followers_end …"""
    from monitor.reports.year.text import figure_name

    with _opened(context) as app:
        said = app.reporting.declare(year, account, figure, value, source, app.clock())
        name = figure_name(said.figure, app.words)
        typer.echo(
            app.words.text("Kept: {account}, {year}, {figure} {value} ({source})").format(
                account=said.account, year=year, figure=name, value=value, source=said.source
            )
        )


@cli.command()
def replay(
    context: typer.Context,
    since: Annotated[str, typer.Option("--from", help="First day.", metavar="DATE")],
    until: Annotated[str, typer.Option("--to", help="Last day.", metavar="DATE")],
    posts: Annotated[
        Path | None, typer.Option("--posts", help="A CSV of posts instead of the ledger's.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", help="This policy instead of each account's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the rules over a history: who would have been told what, when and why."""
    with _opened(context) as app:
        told = app.desk.replay(_day(since, "--from"), _day(until, "--to"), posts, policy)
        _print(told) if as_json else display.replayed(told, app.words, app.register)


@cli.command()
def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check the configuration, the database, the gateways and the channels; one line each."""
    from monitor.desk import doctor as doctors

    with _opened(context, reading=True) as app:
        found = doctors.examine(
            app.settings.warnings,
            app.register,
            app.store,
            app.sources,
            {c.id: c.kind for c in app.settings.channels.values()},
            app.clock(),
            app.settings.monthly_to,
        )
        _print([asdict(one) for one in found]) if as_json else display.doctored(found)
        _finish(any(one.level is doctors.Level.PROBLEM for one in found))


@cli.command()
def alive(context: typer.Context) -> None:
    """Say whether the service runs, by its last pass; asks no gateway. For health checks."""
    from monitor.app import last_pass
    from monitor.desk import doctor as doctors

    settings = _settings(context)
    found = doctors.service(last_pass(settings), settings.zone, utc_now())
    display.doctored([found])
    _finish(found.level is not doctors.Level.OK)


@cli.command()
def demo() -> None:
    """Play the year 2024 of 鞍山民政, everything real but the clock, in about a minute."""
    from monitor.demo import year

    year.play()


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every expected error becomes one line a problem and exit 2."""
    # Nearly all that a start makes lives to the end: looking for garbage in it is a sixth of it.
    gc.set_threshold(50_000)
    try:
        code = cli(args=None if argv is None else list(argv), standalone_mode=False)
    except (SettingsError, ImportFileError) as error:
        _fail(error.problems)
    except MonitorError as error:
        _fail([str(error)])
    except typer.TyperException as error:
        _fail(_misused(error))
    sys.exit(code or FINE)


def _misused(error: typer.TyperException) -> list[str]:
    """Return one line about wrong use; none where the help has just been printed instead."""
    reason = " ".join(str(getattr(error, "format_message", lambda: error)()).split())
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "freshness"
    return [f"{command}: {reason.rstrip('.')}; see {command} --help"] if reason else []


def _fail(problems: Sequence[str]) -> NoReturn:
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(WRONG)


def _called() -> str:
    """Return how this program is called from here: by its path where the shell does not find it."""
    hidden = Path(sys.argv[0]).name == "freshness" and shutil.which("freshness") is None
    return sys.argv[0] if hidden else "freshness"


def _named(context: typer.Context) -> Path | None:
    """Return the configuration folder if the command line named it."""
    source = context.find_root().get_parameter_source("config")
    where = context.find_object(Where)
    return where.folder if where and source and source.name == "COMMANDLINE" else None


def _settings(context: typer.Context) -> Settings:
    from monitor.settings import loading

    where = context.find_object(Where)
    assert where is not None
    return loading.load(where.folder, os.environ)


@contextmanager
def _opened(context: typer.Context, reading: bool = False, at: str | None = None) -> Iterator[App]:
    from monitor.app import opened
    from monitor.log import open_log

    settings = _settings(context)
    say = open_log(settings.secrets, settings.zone, not reading, settings.log_format)
    moment = _instant(at, settings.zone)
    with opened(settings, say, reading=reading, at=moment) as app:
        yield app


def _instant(text: str | None, zone: ZoneInfo, option: str = "--at") -> datetime | None:
    """Return the instant that *text* names; without an offset it is local."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'{option}: "{text}" is no instant; expected e.g. 2024-02-09T09:00+08:00'
        ) from None
    _refuse_far(moment.year, text, option)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _required(text: str, zone: ZoneInfo, option: str) -> datetime:
    moment = _instant(text, zone, option)
    assert moment is not None
    return moment


def _time(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the instant that *text* names; a mere day is none."""
    if _is_day(text):
        raise UsageError(f'{option}: "{text}" is a day; expected a time too, e.g. {text}T17:30')
    return _required(text, zone, option)


def _end(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the instant that *text* names; of a mere day its end."""
    if not _is_day(text):
        return _required(text, zone, option)
    from monitor.ledger.periods import midnight

    return midnight(_day(text, option) + timedelta(days=1), zone)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _day(text: str, option: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'{option}: "{text}" is no date; expected e.g. 2024-02-01') from None
    _refuse_far(day.year, text, option)
    return day


def _refuse_far(year: int, text: str, option: str) -> None:
    """Far from today no calendar reckons, and no instant can be moved by a day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(f'{option}: "{text}" lies outside the years {FIRST_YEAR} to {LAST_YEAR}')


def _print(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _finish(trouble: bool) -> None:
    if trouble:
        raise typer.Exit(TROUBLE)


def _troubled(answer: dict[str, Any]) -> bool:
    accounts = any(a["verdict"] not in ("fresh", "waiting") for a in answer["accounts"])
    return accounts or any(not g["healthy"] for g in answer["gateways"])


def _unread(
    app: App, accounts: Sequence[str], read: Collection[str]
) -> list[tuple[GatewayState, int]]:
    """The gateways that were not asked for some of their sources, and for how many."""
    specs = [s for a in accounts for s in app.register.accounts[a].sources if s.id not in read]
    states = app.store.gateways.states()
    left = Counter(spec.gateway for spec in specs)
    return [(states[gateway], n) for gateway, n in left.items() if gateway in states]


def _sources_of(app: App, accounts: Sequence[str]) -> int:
    return sum(len(app.register.accounts[a].sources) for a in accounts)
