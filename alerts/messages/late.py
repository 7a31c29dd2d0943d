"""What a message says that goes out later than it was decided: what held then holds no more. Pure.

A post that came meanwhile needs no line: its message is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from alerts.facts import CommonFacts, SilenceFacts
from alerts.messages.draft import Draft
from alerts.model import Kind
from alerts.rules.ladder import quiet_days

LATE = timedelta(minutes=15)  # what a retry may take before a message explains itself


def late_lines(draft: Draft[CommonFacts], sent_at: datetime | None) -> Iterator[str]:
    """Yield when the message was decided, and what has changed by *sent_at*, if that is late."""
    if sent_at is None or sent_at - draft.at < LATE:
        return
    words = draft.words
    yield words.text("Decided at {then}, sent at {now}; it says what held then.").format(
        then=words.moment(draft.at), now=words.moment(sent_at)
    )
    facts = draft.facts
    if isinstance(facts, SilenceFacts) and not draft.ended:
        yield from _counted(Draft(draft.notice, facts, words, draft.hours), sent_at)


def _counted(draft: Draft[SilenceFacts], sent_at: datetime) -> Iterator[str]:
    words, facts, zone = draft.words, draft.facts, draft.hours.zone
    since = facts.quiet_since or facts.since
    days = quiet_days(since, sent_at, zone) if since else 0
    if facts.quiet_days is not None and days > facts.quiet_days:
        sentence = (
            words.text("By now it has been {days}; whether it has posted is not known.")
            if draft.notice.kind is Kind.BLIND
            else words.text("By now it has been {days} without a new post.")
        )
        yield sentence.format(days=words.days(days))
    limit, promised = facts.breach_at, facts.promise_until
    if limit is not None and draft.at < limit <= sent_at:
        yield words.text("The limit has passed since: {at}.").format(at=words.moment(limit))
    if promised is not None and draft.at < promised <= sent_at:
        sentence = words.text("The time promised has passed since: {at}.")
        yield sentence.format(at=words.moment(promised))
