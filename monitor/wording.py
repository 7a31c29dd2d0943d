"""How a mistake is worded: what was found, quoted on one line, and what was expected."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from monitor.errors import Told

SHOWN = 60  # characters of a wrong value
LISTED = 15  # choices; of more, only the nearest are named


def quoted(found: str) -> str:
    """Return *found* in quotes, cut short, with everything that would break a line escaped."""
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in found)
    cut = plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"
    return f'"{cut}"'


def one_of(found: str, choices: Collection[str]) -> str:
    """Return what *found* may have been meant to be: the nearest choice, or all of a few."""
    near = get_close_matches(found, choices, n=1)
    if near and _few(choices):
        return Told('did you mean "{near}"? ({choices})', near=near[0], choices=_listed(choices))
    if near:
        return Told('did you mean "{near}"?', near=near[0])
    if not choices:
        return Told("none is configured")
    return _listed(choices) if _few(choices) else Told("one of {n} was expected", n=len(choices))


def expected(what: str) -> str:
    """Return that *what* was expected."""
    return Told("{what} was expected", what=what)


def no_account(found: str, accounts: Collection[str]) -> str:
    """Return that *found* is none of *accounts*, and which may have been meant."""
    return Told(
        "{found} is no account; {choices}", found=quoted(found), choices=one_of(found, accounts)
    )


def _few(choices: Collection[str]) -> bool:
    return len(choices) <= LISTED


def _listed(choices: Collection[str]) -> Told:
    return Told("one of: {choices}", choices=", ".join(sorted(choices)))
