"""Commands about who holds which account, handovers, and who is on duty."""

from __future__ import annotations

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
from monitor.commands.show.console import json_text, out
from monitor.commands.show.custody import (
    show_custodians,
    show_duty,
    show_gaps,
    show_handover,
    show_handovers,
    show_roster_import,
)

if TYPE_CHECKING:
    pass

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
) -> None:
    """Start to pass accounts on; both sides have to accept."""
    with opened(context) as app:
        day = day_of(due, "--due")
        started = app.desk.handovers.start(accounts, giver, taker, day, reason, app.clock())
        out(app.words.text("Handover {id} started.").format(id=started.id))


@handover.command("accept")
def handover_accept(context: typer.Context, number: HandoverId, by: By) -> None:
    """Accept a handover, for the side that the person is on."""
    with opened(context) as app:
        changed = app.desk.handovers.accept(number, by, app.clock())
        show_handover(changed, app.words)


@handover.command("check")
def handover_check(
    context: typer.Context,
    number: HandoverId,
    items: Annotated[list[str], typer.Argument(metavar="ITEM…", help=", ".join(CHECKLIST))],
    by: By,
) -> None:
    """Tick off what has been passed on: password, phone, wechat, scheduled."""
    with opened(context) as app:
        changed = app.desk.handovers.check(number, by, items, app.clock())
        show_handover(changed, app.words)


@handover.command("confirm")
def handover_confirm(context: typer.Context, number: HandoverId, by: By) -> None:
    """Say that the first post since the handover is the new custodian's own; that proves it."""
    with opened(context) as app:
        changed = app.desk.handovers.confirm(number, by, app.clock())
        show_handover(changed, app.words)


@handover.command("cancel")
def handover_cancel(context: typer.Context, number: HandoverId, by: By) -> None:
    """Call a handover off."""
    with opened(context) as app:
        changed = app.desk.handovers.cancel(number, by, app.clock())
        show_handover(changed, app.words)


@handover.command("list")
def handover_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List the handovers that are not proven yet."""
    with opened(context) as app:
        found = app.desk.handovers.overview(everything)
        out(json_text(found, app.settings.zone)) if as_json else show_handovers(found, app.words)


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
) -> None:
    """Give the duty of one day to somebody else."""
    with opened(context) as app:
        answer = app.desk.duty.swap(day_of(day, "DATE"), to, app.clock())
        show_duty(answer, app.words)


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
) -> None:
    """Import a roster of dates; all of the file or nothing."""
    from monitor.files import contents

    with opened(context) as app:
        summary = app.desk.duty.import_roster(
            contents(file, "roster"), file.name, check, app.clock()
        )
        show_roster_import(summary, check, app.words)


@custody.command("confirm")
def custody_confirm(context: typer.Context, account: str, by: By) -> None:
    """Say that the custodian still holds the account and can publish on it."""
    with opened(context) as app:
        held = app.desk.custodians.confirm(account, by, app.clock())
        out(
            app.words.text("{account}: held by {by}, confirmed at {at}.").format(
                account=account, by=held.person, at=app.words.moment(held.confirmed_at)
            )
        )


@custody.command("list")
def custody_list(context: typer.Context, as_json: Json = False) -> None:
    """List who holds each account, since when, and when they last confirmed it."""
    with opened(context) as app:
        found = app.desk.custodians.overview()
        out(json_text(found, app.settings.zone)) if as_json else show_custodians(found, app.words)
