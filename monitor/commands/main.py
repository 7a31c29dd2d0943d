"""The command line, put together: every command under its name, and how an error ends one.

Exit codes: 0 fine, 1 trouble found (the commands that look for it), 2 wrong use or a bad
configuration, each problem on a line of its own on stderr.

Every command imports what only it needs, when it runs: who asks for the status must not wait
for the libraries that serve pages or write Word files.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.main import get_command

from monitor.commands import (
    accounts,
    adding,
    alerts,
    channels,
    custody,
    imports,
    reports,
    service,
    user,
    workdays,
)
from monitor.commands.arguments import flag
from monitor.commands.misuse import misuse
from monitor.commands.opening import FINE, INTERRUPTED, WRONG, LeftBehindError, Where, start_quickly
from monitor.commands.show.console import bear_any_terminal, out
from monitor.errors import ImportFileError, MonitorError, SettingsError, Told, UsageError, worded
from monitor.files import reason_of

DISTRIBUTION = "account-freshness-monitor"

cli = typer.Typer(
    name="freshness",
    help="Keeps the accounts of public bodies from going silent.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
cli.command("run")(service.run_service)
cli.command()(service.worker)
cli.command()(service.init)
cli.command()(service.read)
cli.command()(service.tick)
cli.command()(accounts.status)
cli.command()(accounts.explain)
cli.command()(accounts.confirm)
cli.command("import")(imports.import_file)
cli.command()(accounts.replay)
cli.command()(service.doctor)
cli.command()(service.alive)
cli.command()(service.demo)
cli.command()(service.backup)
cli.command()(service.restore)
accounts.accounts.command("add")(adding.add)
cli.add_typer(accounts.accounts, name="accounts")
cli.add_typer(alerts.alerts, name="alerts")
cli.add_typer(channels.channels, name="channels")
cli.add_typer(custody.handover, name="handover")
cli.add_typer(custody.duty, name="duty")
cli.add_typer(custody.custody, name="custody")
cli.add_typer(reports.report, name="report")
cli.add_typer(workdays.workdays, name="calendar")
cli.add_typer(user.user, name="user")


@cli.callback()
def main_options(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option(
            "--config", envvar="FRESHNESS_CONFIG", help="The configuration folder.", metavar="DIR"
        ),
    ] = Path("config"),
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and do nothing else.")
    ] = False,
) -> None:
    """Keep the accounts of public bodies from going silent."""
    context.obj = Where(config)
    if version:
        out(f"freshness {metadata.version(DISTRIBUTION)}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        out(context.get_help())


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every expected error becomes one line a problem and exit 2."""
    start_quickly()
    bear_any_terminal()
    args = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _plain(get_command(cli)).main(args=args, standalone_mode=False)
        sys.stdout.flush()
    except SettingsError as error:
        _fail(error.problems, error.language)
    except ImportFileError as error:
        _fail(error.problems, _language(args))
    except UsageError as error:
        _fail([error.line], _language(args))
    except MonitorError as error:
        _fail([error.args[0]], _language(args))
    except (KeyboardInterrupt, typer.Abort):
        sys.stdout.flush()
        os._exit(INTERRUPTED)
    except LeftBehindError:
        # The interpreter would wait for their threads.
        sys.stdout.flush()
        os._exit(FINE)
    except typer.TyperException as error:
        _fail(_misused(error), _language(args))
    except OSError as error:
        _unheard(error, _language(args))
    sys.exit(code or FINE)


def _plain(command: Any) -> Any:
    """Return *command* with nothing in the help of its options that only says that they are
    there or not; likewise those below it."""
    for option in command.get_params(typer.Context(command)):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for inner in getattr(command, "commands", {}).values():
        _plain(inner)
    return command


def _language(args: Sequence[str]) -> str:
    """The language of the configuration that the command line names, however wrong it is."""
    from monitor.settings.documents import language_in

    named = [after for one, after in pairwise([*args, ""]) if one == "--config"]
    named += [one.removeprefix("--config=") for one in args if one.startswith("--config=")]
    return language_in(Path(named[0] if named else os.environ.get("FRESHNESS_CONFIG") or "config"))


def _unheard(error: OSError, language: str) -> NoReturn:
    """Say that the disk which is printed to is full, if that is the error; the interpreter would
    try again at its end, and show how it failed."""
    if error.errno != errno.ENOSPC:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    line = Told(
        "{command}: the output cannot be written: {reason}",
        command="freshness",
        reason=reason_of(error),
    )
    _fail([line], language)


def _misused(error: typer.TyperException) -> list[str]:
    """Return one line about wrong use; none where the help has just been printed instead."""
    reason = " ".join(str(getattr(error, "format_message", lambda: error)()).split())
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "freshness"
    if not reason:
        return []
    wrong = misuse(reason.rstrip("."))
    return [Told("{command}: {problem}; see {command} --help", command=command, problem=wrong)]


def _fail(problems: Sequence[str], language: str) -> NoReturn:
    from alerts.words import translator

    words = translator(language)
    for problem in problems:
        out(worded(problem, flag, words.text), aside=True)
    sys.exit(WRONG)
