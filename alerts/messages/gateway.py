"""Messages about a gateway: it fails, its credential ends, its quota does not reach. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import CredentialFacts, DoubtFacts, GatewayFacts, QuotaFacts, TogetherFacts
from alerts.messages.causes import advice
from alerts.messages.draft import (
    FEW,
    Draft,
    account_lines,
    cause_lines,
    counted_accounts,
    detail_in,
    label_of,
    listed,
)
from alerts.messages.ending import closing, works_again
from alerts.words import LINK, one_line

TOLD = 10  # accounts that are listed with what was seen of them


def failing_subject(draft: Draft[GatewayFacts]) -> str:
    """Return the first line: since when it cannot be read, and what that blinds."""
    words, facts = draft.words, draft.facts
    if draft.ended:
        return closing(draft, works_again(draft))
    said = {"gateway": label_of(draft), "since": words.moment(draft.began)}
    if not facts.accounts:
        return words.text(
            "[Gateway trouble] {gateway} unreadable since {since}; please check it"
        ).format(**said)
    return words.text(
        "[Gateway trouble] {gateway} unreadable since {since}; please check it; "
        "{count} not seen: {accounts}"
    ).format(
        **said,
        count=counted_accounts(facts, words),
        accounts=listed(facts.accounts, FEW, words),
    )


def failing_lines(draft: Draft[GatewayFacts]) -> Iterator[str]:
    """Yield the reason and what is done, the accounts behind it, and what the failure means."""
    words, facts = draft.words, draft.facts
    yield from cause_lines(facts.outcome, detail_in(facts), words)
    yield from _further_accounts(draft)
    yield words.text("Until it is mended no account behind it is called silent.")


def credential_subject(draft: Draft[CredentialFacts]) -> str:
    """Return the first line: when the credential ends, or that it was renewed."""
    words, ends_at = draft.words, draft.facts.ends_at
    if draft.ended:
        renewed = words.text("[Resolved] {label}: its credential has been renewed")
        return closing(draft, works_again(draft) if ends_at is None else renewed)
    return words.text(
        "[Credential ends] {gateway}: its credential ends on {day}; please renew it"
    ).format(gateway=label_of(draft), day=words.day(draft.date_of(ends_at or draft.at), year=True))


def credential_lines(draft: Draft[CredentialFacts]) -> Iterator[str]:
    """Yield how it is renewed, and what follows from the end."""
    if not draft.ended:
        yield draft.words.text("What to do: {advice}.").format(
            advice=advice("token", "", draft.words)
        )
    yield draft.words.text("After that day nothing can be read through it.")


def quota_subject(draft: Draft[QuotaFacts]) -> str:
    """Return the first line: the quota, and which accounts were not read in time."""
    words, facts = draft.words, draft.facts
    if draft.ended:
        return closing(draft, words.text("[Resolved] {label}: its accounts are read in time again"))
    quota = facts.quota or 0
    sentence = (
        words.text(
            "[Quota spent] {gateway}: the day's quota of {quota} requests is spent; "
            "{count} not read in time: {accounts}"
        )
        if facts.spent >= quota
        else words.text(
            "[Quota too small] {gateway}: {quota} requests a day are not enough; "
            "{count} not read in time: {accounts}"
        )
    )
    return sentence.format(
        gateway=label_of(draft),
        quota=quota,
        count=counted_accounts(facts, words),
        accounts=listed(facts.accounts, FEW, words),
    )


def quota_lines(draft: Draft[QuotaFacts]) -> Iterator[str]:
    """Yield the accounts that wait, and what can be done."""
    yield from _further_accounts(draft)
    yield draft.words.text(
        "The gateway itself is well. Until they are read no account of these is called silent; "
        "at midnight the quota begins anew. If it happens often, read less often "
        "(read_at_most_every), raise the quota, or add a gateway."
    )


def doubt_subject(draft: Draft[DoubtFacts]) -> str:
    """Return the first line: of which accounts something is seen that is not believed."""
    words, facts = draft.words, draft.facts
    if draft.ended:
        return closing(draft, words.text("[Resolved] {label}: what is seen is confirmed"))
    return words.text(
        "[Please look] {gateway}: what is seen of {count} is not confirmed: {accounts}"
    ).format(
        gateway=label_of(draft),
        count=counted_accounts(facts, words),
        accounts=listed(facts.accounts, FEW, words),
    )


def doubt_lines(draft: Draft[DoubtFacts]) -> Iterator[str]:
    """Yield what was seen of each account, and how a person answers."""
    words, facts = draft.words, draft.facts
    if not facts.doubts:
        return
    yield from (one_line(seen, LINK) for seen in facts.seen[:TOLD])
    yield words.text("Until then it ends no silence and is not counted.")
    if facts.answer:
        yield words.text("If it is right: {command}").format(command=facts.answer)


def together_subject(draft: Draft[TogetherFacts]) -> str:
    """Return the first line: since when all accounts behind the gateway are silent together."""
    words, facts = draft.words, draft.facts
    if draft.ended:
        return closing(draft, words.text("[Resolved] {label}: its accounts are borne out again"))
    return words.text(
        "[Please look] {gateway}: all {count} behind it silent together since {since}"
    ).format(
        gateway=label_of(draft),
        count=counted_accounts(facts, words),
        since=words.moment(draft.began),
    )


def together_lines(draft: Draft[TogetherFacts]) -> Iterator[str]:
    """Yield what is unusual about it, pages to look at, and how a person answers."""
    words, facts = draft.words, draft.facts
    if not facts.longest_minutes:
        return
    yield words.text(
        "They were never silent together for longer than {hours} hours of working days before; "
        "the gateway may have stopped showing what is published."
    ).format(hours=-(-facts.longest_minutes // 60))
    yield from (one_line(page, LINK) for page in facts.pages)
    yield words.text("Until then warnings are marked as not borne out, and no limit is asserted.")
    if facts.answer:
        yield words.text("If nothing newer is there either: {command}").format(command=facts.answer)


def _further_accounts(draft: Draft[GatewayFacts] | Draft[QuotaFacts]) -> Iterator[str]:
    """All accounts, unless the first line has named every one."""
    if len(draft.facts.accounts) > FEW:
        yield from account_lines(draft.facts, draft.words)
