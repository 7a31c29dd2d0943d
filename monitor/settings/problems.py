"""What pydantic found, in an operator's words: never its jargon, never a value it was given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from typing import Any

from pydantic import ValidationError

from monitor.errors import Told
from monitor.settings.documents import Path_, Problem, spelled
from monitor.wording import one_of

# What was expected, by pydantic's name of the mistake.
EXPECTED: Mapping[str, str] = {
    "string_type": Told("text in quotes was expected"),
    "int_type": Told("a whole number was expected"),
    "bool_type": Told("true or false was expected"),
    "date_type": Told("a date such as 2026-01-05, without quotes, was expected"),
    "list_type": Told("a list was expected"),
    "dict_type": Told("a table was expected"),
    "model_type": Told("a table was expected"),
    "model_attributes_type": Told("a table was expected"),
}
# Where two fit, the first counts: for Python, true is a number.
CALLED: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, Told("true or false")),
    ((int, float), Told("a number")),
    (str, Told("text")),
    (list, Told("a list")),
    (dict, Told("a table")),
    ((date, time), Told("a date or a time")),
)
MISSING = Told("is missing")
BLOCKS = frozenset({"list_type", "dict_type", "model_type", "model_attributes_type"})

KeysAt = Callable[[Path_], Collection[str]]


def problems(file: str, error: ValidationError, keys_at: KeysAt) -> Iterator[Problem]:
    """Yield a line's worth for everything in *error*. *keys_at* returns the keys allowed in
    the table that a place is in."""
    for found in error.errors(include_url=False):
        where = tuple(step for step in found["loc"] if step != "[key]")
        for text in _texts(found["type"], found.get("ctx", {}), found["input"], where, keys_at):
            yield Problem(file, where, text)


def _texts(
    kind: str, context: Mapping[str, Any], found: object, where: Path_, keys_at: KeysAt
) -> list[str]:
    if kind == "missing":
        return [MISSING]
    if kind == "extra_forbidden":
        return [unknown(str(where[-1]), keys_at(where))]
    if kind == "value_error":
        return list(context["error"].args)
    if kind in EXPECTED:
        return [
            Told(
                "{expected}, not {found}{brackets}",
                expected=EXPECTED[kind],
                found=called(found),
                brackets=_brackets(kind, found, where),
            )
        ]
    return [Told("is not what was expected here")]


def unknown(key: str, keys: Collection[str]) -> str:
    """Return that *key* is none of *keys*, and which may have been meant."""
    return Told("unknown key; {choices}", choices=one_of(key, keys))


def is_unknown(problem: str) -> bool:
    """Return whether *problem* is that a key is not known."""
    return problem.startswith("unknown key; ")


def called(value: object) -> str:
    """Return what a TOML value is called, without showing it."""
    return next(
        (words for kinds, words in CALLED if isinstance(value, kinds)), Told("something else")
    )


def _brackets(kind: str, found: object, where: Path_) -> str:
    """Return the commonest reason for a table where a list belongs, and the other way round."""
    if kind == "list_type" and isinstance(found, dict):
        return Told("; write [[{place}]] with two brackets", place=spelled(where))
    if kind in BLOCKS and isinstance(found, list):
        return Told("; write [{place}] with one bracket", place=spelled(where))
    return ""
