"""Commands about alerts: list them and answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.arguments import (
    AlertId,
    By,
    Json,
    end_of,
    time_of,
)
from monitor.commands.opening import finish, opened
from monitor.commands.show.alerts import show_alerts
from monitor.commands.show.console import json_text, out, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.app import App
    from monitor.desk.shapes import AlertRow

alerts = typer.Typer(help="Look at alerts and answer them.", no_args_is_help=True)


@alerts.command("list")
def alerts_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List open alerts with their notices."""
    with opened(context) as app:
        found = app.desk.alerts.overview(everything)
        if as_json:
            out(json_text(found, app.settings.zone))
        else:
            show_alerts(found, app.words, app.register, _handovers(app, found))
        finish(any(a["resolved_at"] is None for a in found))


def _handovers(app: App, found: Sequence[AlertRow]) -> Mapping[str, Sequence[str]]:
    """The accounts of every handover, if an alert is about one."""
    from alerts.answers.answer import handover_of

    numbers = {alert["subject"]: handover_of(alert["subject"]) for alert in found}
    if not any(numbers.values()):
        return {}
    accounts = {one["id"]: one["accounts"] for one in app.desk.handovers.overview(everything=True)}
    return {said: accounts[n] for said, n in numbers.items() if n in accounts}


@alerts.command("ack")
def alerts_ack(context: typer.Context, alert: AlertId, by: By, as_json: Json = False) -> None:
    """Say that somebody has the alert in hand."""
    with opened(context) as app:
        app.desk.alerts.acknowledge(alert, by, app.clock())
        name = app.register.people[by].name
        said = app.words.text("Alert {id} acknowledged by {by}.").format(id=alert, by=name)
        tell(said, {"alert": alert, "by": by}, as_json, app.words)


@alerts.command("promise")
def alerts_promise(
    context: typer.Context,
    alert: AlertId,
    by: By,
    until: Annotated[str, typer.Option("--until", help="By when a post will be there, ISO 8601.")],
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="It is already scheduled on the platform.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say when a post will be there."""
    with opened(context) as app:
        moment = time_of(until, app.settings.zone, "--until")
        app.desk.alerts.promise(alert, by, moment, scheduled, app.clock())
        said = app.words.text("Alert {id}: promised by {by} until {until}.").format(
            id=alert, by=app.register.people[by].name, until=app.words.moment(moment)
        )
        promised = {"alert": alert, "by": by, "until": moment, "scheduled": scheduled}
        tell(said, promised, as_json, app.words)


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
    as_json: Json = False,
) -> None:
    """Record an agreed silence of an account."""
    with opened(context) as app:
        moment = end_of(until, app.settings.zone, "--until")
        app.desk.alerts.except_(account, by, moment, reason, document, app.clock())
        known = app.register.accounts[account]
        said = app.words.text("Exception for {account} until {until} recorded.").format(
            account=app.words.account(known.name, known.platform),
            until=app.words.moment(moment),
        )
        agreed = {"account": account, "by": by, "until": moment, "reason": reason}
        tell(said, {**agreed, "document": document}, as_json, app.words)
