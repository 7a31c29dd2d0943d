"""Commands about who holds which account, handovers, and who is on duty."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.people.handover import CHECKLIST
from monitor.commands.arguments import (
    By,
    HandoverId,
    Json,
    day_of,
)
from monitor.commands.opening import finish, opened
from monitor.commands.show.console import json_text, out, tell
from monitor.commands.show.custody import (
    show_custodians,
    show_duty,
    show_gaps,
    show_handover,
    show_handovers,
    show_roster_import,
)
from monitor.errors import Told

if TYPE_CHECKING:
    from alerts.people.handover import Handover
    from monitor.app import App
    from monitor.desk.shapes import HandoverRow

handover = typer.Typer(help="Pass accounts on to a new custodian.", no_args_is_help=True)
duty = typer.Typer(help="Look at the roster and change it.", no_args_is_help=True)
custody = typer.Typer(help="Look at who holds which account.", no_args_is_help=True)


@handover.command("start")
def handover_start(
    context: typer.Context,
    accounts: Annotated[list[str], typer.Argument(metavar="ACCOUNT…")],
    giver: Annotated[str, typer.Option("--from", help="Who holds them.", metavar="PERSON")],
    taker: Annotated[str, typer.Option("--to", help="Who takes over.", metavar="PERSON")],
    due: Annotated[str, typer.Option("--due", help="The last day for it.", metavar="DATE")],
    reason: Annotated[str, typer.Option("--reason", help="Why they are passed on.")],
    as_json: Json = False,
) -> None:
    """Start to pass accounts on; both sides have to accept."""
    with opened(context) as app:
        day = day_of(due, "--due")
        started = app.desk.handovers.start(accounts, giver, taker, day, reason, app.clock())
        said = app.words.text("Handover {id} started.").format(id=started.id)
        tell(said, _row(app, started), as_json, app.words)


@handover.command("accept")
def handover_accept(
    context: typer.Context, number: HandoverId, by: By, as_json: Json = False
) -> None:
    """Accept a handover, for the side that the person is on."""
    with opened(context) as app:
        changed = app.desk.handovers.accept(number, by, app.clock())
        _show(app, changed, as_json)


@handover.command("check")
def handover_check(
    context: typer.Context,
    number: HandoverId,
    items: Annotated[list[str], typer.Argument(metavar="ITEM…", help=", ".join(CHECKLIST))],
    by: By,
    as_json: Json = False,
) -> None:
    """Tick off what has been passed on: password, phone, wechat, scheduled."""
    with opened(context) as app:
        changed = app.desk.handovers.check(number, by, items, app.clock())
        _show(app, changed, as_json)


@handover.command("confirm")
def handover_confirm(
    context: typer.Context, number: HandoverId, by: By, as_json: Json = False
) -> None:
    """Say that the first post since the handover is the new custodian's own; that proves it."""
    with opened(context) as app:
        changed = app.desk.handovers.confirm(number, by, app.clock())
        _show(app, changed, as_json)


@handover.command("cancel")
def handover_cancel(
    context: typer.Context, number: HandoverId, by: By, as_json: Json = False
) -> None:
    """Call a handover off."""
    with opened(context) as app:
        changed = app.desk.handovers.cancel(number, by, app.clock())
        _show(app, changed, as_json)


def _show(app: App, changed: Handover, as_json: bool) -> None:
    """Print how far a handover has come after a change."""
    if as_json:
        out(json_text(_row(app, changed), app.settings.zone))
    else:
        show_handover(changed, app.words)


def _row(app: App, changed: Handover) -> HandoverRow:
    return next(row for row in app.desk.handovers.overview(True) if row["id"] == changed.id)


@handover.command("list")
def handover_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List the handovers that are not proven yet."""
    with opened(context) as app:
        found = app.desk.handovers.overview(everything)
        out(json_text(found, app.settings.zone)) if as_json else show_handovers(
            found, app.words, app.register
        )


@duty.command("show")
def duty_show(
    context: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", help="A day other than today.", metavar="DATE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show who is on duty, and who follows when."""
    with opened(context) as app:
        answer = app.desk.duty.show(day_of(on, "--on") if on else None, app.clock())
        out(json_text(answer, app.settings.zone)) if as_json else show_duty(answer, app.words)


@duty.command("swap")
def duty_swap(
    context: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DATE")],
    to: Annotated[str, typer.Option("--to", help="Who takes the day.", metavar="PERSON")],
    as_json: Json = False,
) -> None:
    """Give the duty of one day to somebody else."""
    with opened(context) as app:
        answer = app.desk.duty.swap(day_of(day, "DATE"), to, app.clock())
        out(json_text(answer, app.settings.zone)) if as_json else show_duty(answer, app.words)


@duty.command("check")
def duty_check(context: typer.Context, as_json: Json = False) -> None:
    """Look for days of the next two weeks on which nobody can be reached on duty."""
    with opened(context) as app:
        found = app.desk.duty.gaps(app.clock())
        out(json_text(found, app.settings.zone)) if as_json else show_gaps(found, app.words)
        finish(bool(found))


@duty.command("import")
def duty_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv|xlsx")],
    check: Annotated[
        bool, typer.Option("--check", help="Only say what the import would do.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Import a roster of dates; all of the file or nothing."""
    from monitor.files import contents

    with opened(context) as app:
        summary = app.desk.duty.import_roster(
            contents(file, Told("roster")), file.name, check, app.clock()
        )
        if as_json:
            out(json_text(asdict(summary), app.settings.zone))
        else:
            show_roster_import(summary, check, app.words)


@custody.command("confirm")
def custody_confirm(context: typer.Context, account: str, by: By, as_json: Json = False) -> None:
    """Say that the custodian still holds the account and can publish on it."""
    with opened(context) as app:
        held = app.desk.custodians.confirm(account, by, app.clock())
        known = app.register.accounts[account]
        said = app.words.text("{account}: held by {by}, confirmed at {at}.").format(
            account=app.words.account(known.name, known.platform),
            by=app.register.name(held.person),
            at=app.words.moment(held.confirmed_at),
        )
        tell(said, {"account": account, **asdict(held)}, as_json, app.words)


@custody.command("list")
def custody_list(context: typer.Context, as_json: Json = False) -> None:
    """List who holds each account, since when, and when they last confirmed it."""
    with opened(context) as app:
        found = app.desk.custodians.overview()
        out(json_text(found, app.settings.zone)) if as_json else show_custodians(
            found, app.words, app.register
        )
