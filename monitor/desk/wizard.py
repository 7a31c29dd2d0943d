"""The steps by which a new installation is set up, and how far somebody has come with them.

Kept in the database: whoever comes back goes on where they stopped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from alerts.words import one_line
from monitor.errors import Told, UsageError
from monitor.store.protocols.notes import Notes

STEPS = ("office", "gateways", "accounts", "people", "channels", "rules")
SET_UP = "set_up"  # note: how far the set-up has come, and the office's name
LONGEST_NAME = 40  # characters
FIRST, THEN, LAST = ("custodian",), ("custodian", "duty"), ("custodian", "duty", "deputy")
# The steps up to the limits that offices are held to, in days, and who is told at each.
LADDERS: Mapping[int, Sequence[tuple[int, Sequence[str]]]] = {
    7: ((3, FIRST), (5, THEN), (6, LAST), (7, LAST)),
    10: ((5, FIRST), (7, THEN), (8, LAST), (9, LAST), (10, LAST)),
    14: ((7, FIRST), (10, THEN), (12, LAST), (13, LAST), (14, LAST)),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the set-up has come. *office*: whose accounts they are, as the page shows it.

    *under_way*: it was begun and not ended; *passed*: the steps that were dealt with or left out.
    """

    office: str = ""
    under_way: bool = False
    passed: tuple[str, ...] = ()

    @property
    def next(self) -> str:
        """The first step that is still to come; the last where none is."""
        return next((step for step in STEPS if step not in self.passed), STEPS[-1])


class Wizard:
    """Reads and keeps the progress of one database."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def progress(self) -> Progress:
        """Return how far the set-up has come."""
        return self._notes.read(SET_UP, _progress) or Progress()

    def begin(self) -> None:
        """Note that somebody is to be led through the steps."""
        self._keep(replace(self.progress(), under_way=True))

    def named(self, office: str) -> None:
        """Call the office so from now on. Raises `UsageError` for a name that is empty or long."""
        name = one_line(office, LONGEST_NAME + 1)
        if not 1 <= len(name) <= LONGEST_NAME:
            raise UsageError(
                Told("a name of 1 to {most} characters was expected", most=LONGEST_NAME)
            )
        self._keep(replace(self.progress(), office=name))

    def passed(self, step: str) -> Progress:
        """Note that *step* was dealt with, and return how far the set-up has come now."""
        known = self.progress()
        passed = tuple(one for one in STEPS if one == step or one in known.passed)
        return self._keep(replace(known, passed=passed))

    def end(self) -> None:
        """Note that nobody has to be led any further."""
        self._keep(replace(self.progress(), under_way=False))

    def _keep(self, progress: Progress) -> Progress:
        self._notes.set(SET_UP, json.dumps(asdict(progress), ensure_ascii=False))
        return progress


def _progress(text: str) -> Progress:
    said = json.loads(text)
    passed: Sequence[str] = said["passed"]
    return Progress(str(said["office"]), bool(said["under_way"]), tuple(passed))
