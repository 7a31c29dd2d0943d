"""Messages that an alert is over, and what those of every kind have in common."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import CommonFacts, EndFacts
from alerts.messages.draft import (
    Draft,
    account_lines,
    agreed_lines,
    label_of,
    place_lines,
)
from alerts.model import Kind, Reason
from alerts.occasion import On
from alerts.words import TITLE, Table, one_line

# Of troubles of our own: how their end is worded.
MENDED: Table = {
    On.CALENDAR: "[Resolved] the working days of next year are known",
    On.MISSING: "[Resolved] no account is missing from the configuration any more",
    On.DAMAGE: "[Resolved] no more damaged rows were found",
    On.BACKUP: "[Resolved] the daily backup is made again",
    On.ZONE: "[Resolved] machines work again in the zone in which none did",
}


def subject(draft: Draft[EndFacts]) -> str:
    """Return the first line: what has ended, why, and how long it lasted."""
    if draft.notice.reason is Reason.POSTED:
        return _posted(draft)
    return closing(draft, _recovered(draft), _lasted(draft))


def lines(draft: Draft[EndFacts]) -> Iterator[str]:
    """Yield the post that ended it, the agreed silence, and how the account stands now."""
    words, facts = draft.words, draft.facts
    title = one_line(facts.post_title or "", TITLE)
    if title:
        yield words.text("New post: “{title}”").format(title=title)
    yield from agreed_lines(draft)
    if draft.notice.reason is Reason.RECOVERED and draft.notice.kind is Kind.BLIND:
        quiet = words.days(facts.quiet_days or 0)
        yield words.text("As of now: no update for {days}.").format(days=quiet)
    yield from closing_lines(draft)


def closing(
    draft: Draft[CommonFacts], recovered: str, lasted: str | None = None, **values: str
) -> str:
    """Return the first line about an end, by its reason. *recovered*: the sentence where the
    trouble is simply over, and *values* what it has to fill in beside {label} and {lasted};
    *lasted*: how long, where that is not the time since it began."""
    words = draft.words
    match draft.notice.reason:
        case Reason.RULE_CHANGED:
            sentence = words.text(
                "[Ended] {label}: nothing is due under today's rules; it lasted {lasted}"
            )
        case Reason.CORRECTED:
            sentence = words.text(
                "[Correction] {label}: the monitor's clock was wrong; its last message about it "
                "was not due and does not count"
            )
        case Reason.ACCOUNT_CLOSED:
            sentence = words.text(
                "[Ended] {label}: closed or no longer watched; it lasted {lasted}"
            )
        case Reason.EXCEPTION:
            sentence = words.text("[Ended] {label}: a silence is agreed; it lasted {lasted}")
        case _:
            sentence = recovered
    return sentence.format(label=label_of(draft), lasted=lasted or time_since(draft), **values)


def closing_lines(draft: Draft[CommonFacts]) -> Iterator[str]:
    """Yield when it began, what it concerned, and that nothing more is sent."""
    words, facts = draft.words, draft.facts
    if facts.since is not None and draft.notice.kind is not Kind.SILENCE:
        yield words.text("It began at {at}.").format(at=words.moment(facts.since))
    yield from account_lines(facts, words)
    yield words.text("Nothing more will be sent about it.")
    yield from place_lines(draft)


def works_again(draft: Draft[CommonFacts]) -> str:
    """Return the sentence about what works again, with {label} and {lasted} to fill in."""
    return draft.words.text("[Resolved] {label} works again; the trouble lasted {lasted}")


def time_since(draft: Draft[CommonFacts]) -> str:
    """Return how long it is since the trouble began."""
    return draft.words.lasting(draft.at - draft.began)


def _recovered(draft: Draft[EndFacts]) -> str:
    words = draft.words
    match draft.notice.kind:
        case Kind.LEDGER:
            return words.text("[Resolved] {label}: the ledger has no gap any more")
        case Kind.BLIND:
            return words.text("[Resolved] {label} can be read again; it was not seen for {lasted}")
        case Kind.LOOK:
            return words.text("[Recorded] {label}: a person has looked at it")
        case Kind.SELF:
            return _mended(draft)
        case _:
            return works_again(draft)


def _mended(draft: Draft[EndFacts]) -> str:
    """The end of a trouble of our own."""
    words = draft.words
    ended = words.table(MENDED).get(draft.notice.subject.partition(":")[0])
    if ended is None and draft.facts.platform is not None:
        return words.text("[Resolved] {label} can be judged again; it could not for {lasted}")
    return ended or works_again(draft)


def _posted(draft: Draft[EndFacts]) -> str:
    words, facts = draft.words, draft.facts
    said = {"label": label_of(draft), "lasted": _lasted(draft)}
    if draft.notice.kind is Kind.ORIGINALS:
        return words.text(
            "[Resolved] {label} has published an original, after {lasted} without one"
        ).format(**said)
    if facts.post_at is None:
        sentence = words.text("[Resolved] {label} has published, after {lasted} without an update")
    else:
        sentence = words.text(
            "[Resolved] {label} published on {at}, after {lasted} without an update"
        )
        said |= {"at": words.dated(facts.post_at, facts.post_until)}
    worded, over = sentence.format(**said), _over(facts)
    if not over:
        return worded
    return words.text("{sentence} ({over} over the limit)").format(
        sentence=worded, over=words.days(over)
    )


def _lasted(draft: Draft[EndFacts]) -> str:
    days = draft.facts.lasted_days
    if draft.notice.kind is Kind.SILENCE and days is not None:
        return draft.words.days(days)
    return time_since(draft)


def _over(facts: EndFacts) -> int:
    """Whole days beyond the limit, 0 if there is none."""
    lasted = facts.lasted_days or 0
    return max(lasted - (facts.limit_days or lasted), 0)
