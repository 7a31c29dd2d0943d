"""Messages about a gap in an account's ledger: posts may have been missed. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import LedgerFacts
from alerts.messages.draft import Draft, account_of, notified_lines
from alerts.messages.ending import closing


def subject(draft: Draft[LedgerFacts]) -> str:
    """Return the first line: from when until when posts may be missing."""
    words = draft.words
    if draft.ended:
        return closing(draft, words.text("[Resolved] {label}: the ledger has no gap any more"))
    return words.text(
        "[Ledger] {account}: posts from {start} to {end} may be missing; please import them"
    ).format(
        account=account_of(draft),
        start=words.moment(draft.began),
        end=words.moment(draft.facts.gap_end or draft.at),
    )


def lines(draft: Draft[LedgerFacts]) -> Iterator[str]:
    """Yield why posts may have been missed, what to do, and what it means until then."""
    words, facts = draft.words, draft.facts
    if facts.gap is not None:
        yield words.gap_seen(facts.gap).format(
            start=words.moment(draft.began), end=words.moment(facts.gap_end or draft.at)
        )
        yield words.text(
            "Export that time from the platform's console and import it: freshness import FILE."
        )
        yield words.text("Until then the year's total can only be given as “no fewer than”.")
    yield from notified_lines(draft)
