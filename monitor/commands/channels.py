"""The command that tries the channels."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.arguments import Json
from monitor.commands.opening import finish, opened
from monitor.commands.show.console import json_text, out
from monitor.commands.show.readings import show_trial

if TYPE_CHECKING:
    from alerts.model import Person
    from monitor.app import App

channels = typer.Typer(no_args_is_help=True, help="The ways on which people are reached.")


@channels.callback()
def channels_group() -> None:
    """The ways on which people are reached."""


@channels.command("test")
def try_channels(
    context: typer.Context,
    named: Annotated[list[str] | None, typer.Argument(metavar="[CHANNEL]…")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="PERSON", help="The id of who is to get it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send one marked test message by each channel; it is sent once the service itself says so."""
    from monitor.desk.trials import chosen, tried

    with opened(context, out=sys.stderr if as_json else None) as app:
        wanted = chosen(named or (), app.channels)
        people = _people(app, to)
        if to is not None and not named:
            wanted = [channel for channel in wanted if _uses(people, channel)]
        found = []
        for one in tried(app.channels, wanted, people, app.words, app.clock(), named or ()):
            found.append(one)
            if not as_json:
                show_trial(one, app.register.name(one.person) if one.person else "", app.words)
        if as_json:
            out(json_text([asdict(one) for one in found], app.settings.zone))
        attempted = [one for one in found if one.tried]
        finish(not attempted or any(not one.sent for one in attempted))


def _people(app: App, to: str | None) -> Sequence[Person]:
    if to is None:
        return list(app.register.people.values())
    return [app.register.person(to)]


def _uses(people: Sequence[Person], channel: str) -> bool:
    return any(reach.channel == channel for person in people for reach in person.reach)
