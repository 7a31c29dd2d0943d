"""What pydantic found, in an operator's words: never its jargon, never a value it was given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from typing import Any

from pydantic import ValidationError

from monitor.settings.documents import Path_, Problem, spelled
from monitor.wording import one_of

# What was expected, by pydantic's name of the mistake.
EXPECTED: Mapping[str, str] = {
    "string_type": "text in quotes was expected",
    "int_type": "a whole number was expected",
    "bool_type": "true or false was expected",
    "date_type": "a date such as 2026-01-05, without quotes, was expected",
    "list_type": "a list was expected",
    "dict_type": "a table was expected",
    "model_type": "a table was expected",
    "model_attributes_type": "a table was expected",
}
# Where two fit, the first counts: for Python, true is a number.
CALLED: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
    ((date, time), "a date or a time"),
)
UNKNOWN = "unknown key"
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
        return ["is missing"]
    if kind == "extra_forbidden":
        return [f"{UNKNOWN}; {one_of(str(where[-1]), keys_at(where))}"]
    if kind == "value_error":
        return str(context["error"]).split("\n")
    if kind in EXPECTED:
        return [f"{EXPECTED[kind]}, not {called(found)}{_brackets(kind, found, where)}"]
    return ["is not what was expected here"]


def called(value: object) -> str:
    """Return what a TOML value is called, without showing it."""
    return next((words for kinds, words in CALLED if isinstance(value, kinds)), "something else")


def _brackets(kind: str, found: object, where: Path_) -> str:
    """Return the commonest reason for a table where a list belongs, and the other way round."""
    if kind == "list_type" and isinstance(found, dict):
        return f"; write [[{spelled(where)}]] with two brackets"
    if kind in BLOCKS and isinstance(found, list):
        return f"; write [{spelled(where)}] with one bracket"
    return ""
