"""What is shown of the first steps with a configuration of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.text import Text

from alerts.words import Words
from monitor.commands.show.console import out


def show_kept(folder: Path, program: str, words: Words) -> None:
    """Print how to look at the year that a demo left in *folder*."""
    command = f"{program} --config {shlex.quote(str(folder / 'config'))}"
    out(
        words.text("The year is kept in {folder}. Look at it, and write its reports:").format(
            folder=folder
        )
    )
    for arguments in ("run", "status", "report year 2024", "report month 2024-02"):
        out(Text(f"  {command} {arguments}", "bold"))


def show_steps(folder: Path, program: str, words: Words) -> None:
    """Print what is to be done after `init` wrote *folder*, a line each, commands ready to copy."""
    command = f"{program} --config {shlex.quote(str(folder))}"
    steps = (
        (
            words.text("In {file}: ① the address of your gateway").format(
                file=folder / "monitor.toml"
            ),
            "",
        ),
        (words.text("Your accounts, by the addresses of their pages"), "accounts add URL"),
        (
            words.text("In {file}: who is told, on which channel").format(
                file=folder / "people.toml"
            ),
            "",
        ),
        (words.text("Is everything there?"), "doctor"),
        (words.text("Does a message arrive?"), "channels test"),
        (words.text("The service itself"), "run"),
    )
    out(words.text("What comes next:"))
    for number, (what, arguments) in enumerate(steps, 1):
        out(f"  {number}. {what}")
        if arguments:
            out(Text(f"     {command} {arguments}", "bold"))
    out(words.text("Or run it now, and do all of this on the page that its link opens."))
