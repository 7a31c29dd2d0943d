"""Frozen yearly figures: their text, bit for bit, and what later knowledge changed. Pure.

A version is never altered. Freezing a year again returns the version there is, or, if any figure
has changed, makes the next one with the list of changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.ledger.records import Snapshot

Json = Mapping[str, Any]

# What is compared. Names, wording and comparisons with other years may change at any time.
FIGURES = (
    "posts",
    "originals",
    "reposts",
    "articles",
    "pushes",
    "complete",
    "gaps",
    "longest_gap",
    "lapses",
    "followers",
    "deleted",
    "undated",
    "active_days",
    "days_in_breach",
    "months",
)
NOTES = frozenset({"exceptions"})  # beside a lapse; no part of the figure
ACCOUNT = "account"  # the figure of an account that came or went
TOTAL = "total_posts"
DRAFT = 0  # the version of what nobody froze


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is another now. *account* is None for the total of all."""

    account: str | None
    figure: str
    was: Any
    now: Any


def canonical(document: Json) -> str:
    """Return the one text of *document*: equal documents have equal bytes."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def digest(text: str) -> str:
    """Return the SHA-256 of *text*, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sound(snapshot: Snapshot) -> bool:
    """Return whether *snapshot* is still what was frozen."""
    return digest(snapshot.document) == snapshot.digest


def changes(old: Json, new: Json) -> list[Change]:
    """Return every figure of *new* that differs from *old*, account by account, totals last."""
    before, after = _accounts(old), _accounts(new)
    found = [c for name in {**before, **after} for c in _account(name, before, after)]
    total = _differing(None, TOTAL, old.get(TOTAL), new.get(TOTAL))
    return [*found, *total]


def frozen(
    document: Json, evidence: Mapping[str, Json], earlier: Sequence[Snapshot], now: datetime
) -> Snapshot:
    """Return *document* frozen at *now*: the newest of *earlier* (oldest first) if no figure has
    changed since, else the next version, with its changes."""
    newest = earlier[-1] if earlier else None
    found = changes(json.loads(newest.document), document) if newest else []
    if newest is not None and not found:
        return newest
    version = (newest.version if newest else DRAFT) + 1
    text = canonical(
        {
            **document,
            "version": version,
            "frozen": True,
            "frozen_at": document["known_at"],
            "changes": [_row(change) for change in found],
        }
    )
    proofs = {account: canonical(one) for account, one in evidence.items()}
    return Snapshot(document["year"], version, now, text, digest(text), proofs)


def _row(change: Change) -> dict[str, Any]:
    return {
        "account": change.account,
        "figure": change.figure,
        "was": change.was,
        "now": change.now,
    }


def _accounts(document: Json) -> dict[str, Json]:
    return {one["id"]: one for one in document["accounts"]}


def _account(name: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Change]:
    if name not in before or name not in after:
        yield Change(name, ACCOUNT, name in before, name in after)
        return
    for figure in FIGURES:
        was, now = _bare(before[name].get(figure)), _bare(after[name].get(figure))
        yield from _differing(name, figure, was, now)


def _bare(found: Any) -> Any:
    """A figure without its notes, which documents frozen by an older program lack."""
    if not isinstance(found, list):
        return found
    return [
        {key: value for key, value in one.items() if key not in NOTES}
        if isinstance(one, Mapping)
        else one
        for one in found
    ]


def _differing(account: str | None, figure: str, was: Any, now: Any) -> Iterator[Change]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for part in {**was, **now}:
            yield from _differing(account, f"{figure}.{part}", was.get(part), now.get(part))
    elif was != now:
        yield Change(account, figure, was, now)
