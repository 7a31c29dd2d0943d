"""Commands about accounts: verdicts, why, what a history would have told, a post seen by eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.arguments import (
    At,
    By,
    Json,
    day_of,
    instant,
    required,
)
from monitor.commands.opening import finish, opened
from monitor.commands.show.accounts import show_explanation, show_replayed, show_status
from monitor.commands.show.console import json_text, out
from monitor.commands.show.imports import show_summary

if TYPE_CHECKING:
    from monitor.desk.shapes import Status


def status(context: typer.Context, at: At = None, as_json: Json = False) -> None:
    """Show every account's verdict; with --at: as it was known then."""
    with opened(context) as app:
        answer = app.desk.accounts.status(app.clock(), instant(at, app.settings.zone))
        out(json_text(answer, app.settings.zone)) if as_json else show_status(answer, app.words)
        finish(_troubled(answer))


def explain(context: typer.Context, account: str, at: At = None, as_json: Json = False) -> None:
    """Show why an account has its verdict, with the evidence."""
    with opened(context) as app:
        answer = app.desk.accounts.explain(account, app.clock(), instant(at, app.settings.zone))
        out(json_text(answer, app.settings.zone)) if as_json else show_explanation(answer)
        finish(answer["verdict"] not in ("fresh", "waiting"))


def confirm(
    context: typer.Context,
    account: str,
    posted_at: Annotated[str, typer.Option("--posted-at", help="When it was published.")],
    by: By,
    url: Annotated[str | None, typer.Option("--url", help="Its link.")] = None,
) -> None:
    """Record a post that a person saw by eye."""
    with opened(context) as app:
        moment = required(posted_at, app.settings.zone, "--posted-at")
        summary = app.desk.accounts.confirm(account, moment, by, url, app.clock())
        show_summary(summary, app.words)


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
    with opened(context) as app:
        told = app.desk.replays.replay(
            day_of(since, "--from"), day_of(until, "--to"), posts, policy
        )
        out(json_text(told, app.settings.zone)) if as_json else show_replayed(
            told, app.words, app.register
        )


def _troubled(answer: Status) -> bool:
    accounts = any(a["verdict"] not in ("fresh", "waiting") for a in answer["accounts"])
    return accounts or any(not g["healthy"] for g in answer["gateways"])
