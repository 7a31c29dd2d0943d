"""How a mistake is worded: what was found, quoted on one line, and what was expected."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

SHOWN = 60  # characters of a wrong value
LISTED = 12  # choices; of more, only the nearest are named


def quoted(found: str) -> str:
    """Return *found* in quotes, cut short, with everything that would break a line escaped."""
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in found)
    cut = plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"
    return f'"{cut}"'


def one_of(found: str, choices: Collection[str]) -> str:
    """Return what *found* may have been meant to be: the nearest choice, or all of a few."""
    near = get_close_matches(found, choices, n=1)
    if near:
        return f'did you mean "{near[0]}"?' + (f" ({_listed(choices)})" if _few(choices) else "")
    if not choices:
        return "none is configured"
    return _listed(choices) if _few(choices) else f"one of {len(choices)} was expected"


def _few(choices: Collection[str]) -> bool:
    return len(choices) <= LISTED


def _listed(choices: Collection[str]) -> str:
    return "one of: " + ", ".join(sorted(choices))
