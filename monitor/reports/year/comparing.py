"""What changed between the versions of a year, and why: asked for, never stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.words import Words
from monitor.errors import UsageError
from monitor.ledger.snapshot import DRAFT, frozen
from monitor.reports.year.later import later
from monitor.reports.year.reporting import Reporting
from monitor.store.base import Store

Json = Mapping[str, Any]


def compared(reporting: Reporting, store: Store, year: int, now: datetime) -> list[Json]:
    """Return the documents of *year* that differ from the version before, the newest first: first
    what is known at *now*, if that is something else than what was frozen last."""
    kept = store.figures.snapshots(year)
    versions = [json.loads(reporting.year(year, now, one.version)) for one in kept[1:]]
    if kept:
        current = json.loads(reporting.year(year, now, current=True))
        made = frozen(current, {}, kept, now)
        if made is not kept[-1]:
            fresh = json.loads(made.document)
            versions.append({**fresh, "version": DRAFT, "frozen": False})
    return versions[::-1]


def reasons(
    reporting: Reporting, store: Store, document: Json, now: datetime, words: Words
) -> Mapping[str, Sequence[str]]:
    """Return why each account's figures in *document* differ from the version before."""
    if not document["changes"]:
        return {}
    year, version = document["year"], document["version"] or None
    before = version - 1 if version else store.figures.snapshots(year)[-1].version
    changed = {one["account"] for one in document["changes"] if one["account"]}
    return {
        account: later(former, present, words)
        for account in sorted(changed)
        if (former := _proof(reporting, year, account, before, now))
        and (present := _proof(reporting, year, account, version, now))
    }


def _proof(
    reporting: Reporting, year: int, account: str, version: int | None, now: datetime
) -> Json | None:
    """What *account*'s figures rested on; None where it was not watched then."""
    try:
        return reporting.evidence(year, account, now, version)
    except UsageError:
        return None
