"""The keys of a channel, which depend on its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.channels.kind import Kind
from alerts.channels.registry import KINDS
from monitor.errors import Told
from monitor.settings.documents import Path_, Problem
from monitor.settings.problems import MISSING, called, unknown

OWN = ("id", "kind")  # every channel has these; the schema looks after them


def options(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of a channel's own kind, as text."""
    return {key: _text(value) for key, value in raw.items() if key not in OWN}


def problems(file: str, where: Path_, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the keys of the channel at *where*, whose kind is known."""
    kind = KINDS[raw["kind"]]
    found = {**_keys(kind, raw), **_types(raw)}
    if not found:
        found = kind.problems(options(raw))
    for key, text in found.items():
        yield Problem(file, (*where, key), text)


def written_out(raw: Mapping[str, Any]) -> list[str]:
    """Return the keys of a channel that hold secrets."""
    return sorted(KINDS[raw["kind"]].secrets & raw.keys())


def _keys(kind: Kind, raw: Mapping[str, Any]) -> dict[str, str]:
    missing = dict.fromkeys(sorted(kind.required - raw.keys()), MISSING)
    allowed = {*OWN, *kind.required, *kind.optional}
    return {**missing, **{k: unknown(k, allowed) for k in raw if k not in allowed}}


def _types(raw: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: Told("text in quotes was expected, not {found}", found=called(value))
        for key, value in raw.items()
        if key not in OWN and not isinstance(value, str | int)
    }


def _text(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
