"""Commands about who may log in to the page."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.arguments import Json
from monitor.commands.opening import opened
from monitor.commands.show.console import json_text, out, tell
from monitor.errors import Told, UsageError

if TYPE_CHECKING:
    from alerts.words import Words
    from monitor.app import App
    from monitor.desk.users import Users
    from monitor.settings.model import Settings

user = typer.Typer(help="Say who may log in to the page.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME")]


@user.command("add")
def user_add(
    context: typer.Context,
    name: Name,
    role: Annotated[
        str, typer.Option("--role", help="viewer, officer (a person's id) or admin.")
    ] = "officer",
    as_json: Json = False,
) -> None:
    """Let somebody log in; the password is read from the terminal, or as a line from stdin."""
    with opened(context) as app:
        _users(app).add(name, role, _password(app.words), app.clock())
        said = app.words.text("{name} can log in now.").format(name=name)
        tell(said, {"name": name, "role": role}, as_json, app.words)


@user.command("list")
def user_list(context: typer.Context, as_json: Json = False) -> None:
    """List who may log in, and as what."""
    with opened(context) as app:
        found = [{"name": one.name, "role": one.role} for one in _users(app).listed()]
        if as_json:
            out(json_text(found, app.settings.zone))
            return
        for row in found:
            out(f"{row['name']}  {row['role']}")


@user.command("reset")
def user_reset(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Give somebody another password; all their sessions and tokens end."""
    with opened(context) as app:
        _users(app).reset(name, _password(app.words))
        said = app.words.text("{name} has another password now.").format(name=name)
        tell(said, {"name": name}, as_json, app.words)


@user.command("remove")
def user_remove(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Let somebody log in no more; all their sessions and tokens end."""
    with opened(context) as app:
        _users(app).remove(name)
        said = app.words.text("{name} cannot log in any more.").format(name=name)
        tell(said, {"name": name}, as_json, app.words)


@user.command("token")
def user_token(
    context: typer.Context,
    name: Name,
    scope: Annotated[str, typer.Option("--scope", help="read, act or metrics.")],
    as_json: Json = False,
) -> None:
    """Print a new token for a script, and nothing else."""
    with opened(context) as app:
        token = _users(app).token(name, scope, app.clock())
        tell(token, {"name": name, "scope": scope, "token": token}, as_json, app.words)


@user.command("setup-link")
def user_setup_link(context: typer.Context, as_json: Json = False) -> None:
    """Print a link to set the first password with, valid for 30 minutes."""
    with opened(context) as app:
        link = setup_link(app)
        if link is None:
            raise UsageError(Told("there is a password already; see `freshness user reset`"))
        tell(link, {"link": link}, as_json, app.words)


def setup_link(app: App) -> str | None:
    """Return a new link to set the first password with; None once there is one."""
    key = _users(app).setup_key(app.clock())
    return f"{page_address(app.settings)}setup?k={key}" if key else None


def page_address(settings: Settings) -> str:
    """Return the address of the page: the public one, or where it listens."""
    url = settings.public_url
    return f"{url.rstrip('/')}/" if url else f"http://{settings.listen}/"


def _users(app: App) -> Users:
    from monitor.desk.users import Users

    return Users(app.store, app.register)


def _password(words: Words) -> str:
    """The password that is typed twice; raises `UsageError` where it is not the same one."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt(words.text("Password"), hide_input=True)
    if typer.prompt(words.text("Once more"), hide_input=True) != password:
        raise UsageError(Told("the two passwords differ"))
    return password
