"""Keeps the database small: readings of a week ago that said nothing new are kept as one.

A few accounts at a time, in rounds: each local day a round over all of them. What a round has done
is noted, so that an end of the service in between costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from alerts.common.local_time import instant_of, local_day
from monitor.app import App
from monitor.ledger.coverage import covered, covered_by_imports
from monitor.ledger.days import DAY, begin, end
from monitor.ledger.folding import folds
from monitor.ledger.periods import midnight
from monitor.model import Reading

KEPT_WHOLE = 7  # local days whose readings stay as they were made
AT_ONCE = 50  # accounts at one look
AROUND = timedelta(days=2)  # readings this near show where coverage ends
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
NOTE = "readings_folded"


@dataclass(frozen=True, slots=True)
class Round:
    """How far a round has come: readings from *since* up to *until* of all accounts up to *after*,
    by id; None once it has gone through all."""

    since: str
    until: str
    after: str | None


def fold_some(app: App, at_once: int = AT_ONCE) -> int:
    """Fold what may be folded of the next *at_once* accounts; return how many readings went."""
    zone = app.settings.zone
    limit = midnight(local_day(app.clock(), zone) - KEPT_WHOLE * DAY, zone)
    before = app.store.notes.read(NOTE, _round_of)
    this = _continued(before, limit)
    if this.after is None:
        return 0
    mine = sorted(one for one in app.register.accounts if one > this.after)[:at_once]
    since, until = instant_of(this.since), instant_of(this.until)
    gone = sum(fold(app, account, since, until) for account in mine)
    done = Round(this.since, this.until, mine[-1] if len(mine) == at_once else None)
    app.store.notes.set(NOTE, json.dumps(asdict(done)))
    if gone:
        app.log("readings_folded", accounts=len(mine), readings=gone)
    return gone


def fold(app: App, account: str, since: datetime, until: datetime) -> int:
    """Fold the account's readings from *since* up to *until*, both local midnights; return how many
    are gone."""
    kept = app.store.readings.of_account(account, since - AROUND, until + AROUND)
    mine = [one for one in kept if since <= one.started_at < until]
    spared = _alerted(app, account) if len(mine) > 1 else ()
    mine = [one for one in mine if not any(a <= one.started_at <= b for a, b in spared)]
    if len(mine) < 2:
        return 0
    moments = [*_moments(app, account, kept), *(at for span in spared for at in span)]
    found = folds(mine, moments, _edges(app, account, kept), app.settings.zone)
    app.store.readings.fold(found)
    return sum(len(one.gone) for one in found)


def _continued(before: Round | None, limit: datetime) -> Round:
    """The round that goes on, or the next one, if a day more may be folded."""
    if before is None:
        return Round(FIRST.isoformat(), limit.isoformat(), "")
    if before.after is None and instant_of(before.until) < limit:
        return Round(before.until, limit.isoformat(), "")
    return before


def _round_of(text: str) -> Round:
    read = Round(**json.loads(text))
    instant_of(read.since), instant_of(read.until)
    return read


def _alerted(app: App, account: str) -> list[tuple[datetime, datetime]]:
    """When alerts about the account were open: nothing of that is folded."""
    now = app.clock()
    alerts = app.store.alerts.listed(True, subject=account)
    return [(one.opened_at, one.resolved_at or now) for one in alerts]


def _moments(app: App, account: str, kept: Sequence[Reading]) -> Iterator[datetime]:
    """From when readings may be counted: any post, and any that nothing showed."""
    yield from (post.published_at for post in app.store.posts.of_account(account))
    yield from (one.risen_at for one in kept if one.risen_at)


def _edges(app: App, account: str, kept: Sequence[Reading]) -> Iterator[datetime]:
    """Where what is covered begins and ends: by readings, with imports, and by the platform's
    statistics, which speak of whole days."""
    imports = app.store.imports.spans(account)
    readings = app.register.covering(kept)
    whole = covered_by_imports(imports)
    for span in (*covered(readings), *covered(readings, whole), *whole):
        yield from (span.start, span.end)
    if kept:
        first, last = (local_day(one.started_at, app.settings.zone) for one in (kept[0], kept[-1]))
        for known in app.store.days.known(account, first - DAY, last + DAY):
            yield from (begin(known.count.day), end(known.count.day))
