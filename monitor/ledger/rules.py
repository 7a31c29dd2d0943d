"""The rules an account was judged by, written down so that any later version can read them. Pure.

A policy is kept as JSON text with the instant it came into force. Text of other forms, from
before, is understood as far as it goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from monitor.ledger.lapses import Limit, Limits, always
from monitor.ledger.records import PolicyChange
from monitor.policy import Policy

# How a timedelta and a flag look in the `repr` that was kept before version 3 of the schema.
LIMIT = re.compile(r"limit=datetime\.timedelta\((?:days=(\d{1,9}))?(?:, )?(?:seconds=(\d{1,9}))?\)")
REPOSTS = re.compile(r"count_reposts=(True|False)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What was demanded from *since* on: a post at least every *limit*."""

    since: datetime
    name: str
    limit: timedelta
    count_reposts: bool


def written(policy: Policy) -> str:
    """Return the canonical text of *policy*: equal for equal policies, lengths in seconds."""
    said = {
        "policy": policy.name,
        "limit": _seconds(policy.limit),
        "count_reposts": policy.count_reposts,
        "originals_every": _seconds(policy.originals_every),
        "read_at_most_every": _seconds(policy.read_at_most_every),
        "every_day": policy.ladder.every_day,
        "ladder": [[rung.days, list(rung.tell)] for rung in policy.ladder.rungs],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rules(history: Sequence[PolicyChange], now_in_force: Policy) -> list[Rule]:
    """Return the rules of *history*, oldest first; what a text leaves out is as *now_in_force*
    has it. Changes of other things than the limit and reposts make no new rule."""
    found: list[Rule] = []
    for change in history:
        rule = _rule(change, now_in_force)
        if not found or (found[-1].limit, found[-1].count_reposts) != (
            rule.limit,
            rule.count_reposts,
        ):
            found.append(rule)
    return found


def limits(known: Sequence[Rule], now_in_force: Policy) -> Limits:
    """Return the limits of *known* rules; those of *now_in_force* where none is known."""
    return [Limit(rule.since, rule.limit) for rule in known] or always(now_in_force.limit)


def reposts_counted(known: Sequence[Rule], at: datetime, now_in_force: Policy) -> bool:
    """Return whether reposts counted *at* an instant; the first rule holds before itself too."""
    earlier = [rule for rule in known if rule.since <= at] or list(known[:1])
    return earlier[-1].count_reposts if earlier else now_in_force.count_reposts


def _rule(change: PolicyChange, now_in_force: Policy) -> Rule:
    said = _parsed(change.policy)
    limit, reposts = said.get("limit"), said.get("count_reposts")
    return Rule(
        since=change.since,
        name=str(said.get("policy", now_in_force.name)),
        limit=_length(limit) or now_in_force.limit,
        count_reposts=reposts if isinstance(reposts, bool) else now_in_force.count_reposts,
    )


def _length(found: Any) -> timedelta | None:
    if isinstance(found, bool) or not isinstance(found, int | float) or found <= 0:
        return None
    try:
        return timedelta(seconds=found)
    except (OverflowError, ValueError):  # longer than any time, or NaN
        return None


@lru_cache(maxsize=256)  # thousands of accounts have the same rules
def _parsed(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return _from_repr(text)
    return said if isinstance(said, dict) else {}


def _from_repr(text: str) -> dict[str, Any]:
    limit, reposts = LIMIT.search(text), REPOSTS.search(text)
    said: dict[str, Any] = {"policy": text.split(":", 1)[0]} if limit else {}
    if limit:
        said["limit"] = int(limit[1] or 0) * 86_400 + int(limit[2] or 0)
    if reposts:
        said["count_reposts"] = reposts[1] == "True"
    return said


def _seconds(length: timedelta | None) -> float | int | None:
    if length is None:
        return None
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
