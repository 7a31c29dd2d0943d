"""Messages that ask a person to look at an account that no gateway sees. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import LookFacts
from alerts.messages.draft import Draft, account_of, place_lines


def subject(draft: Draft[LookFacts]) -> str:
    """Return the first line: the question, or that it was asked before."""
    words = draft.words
    sentence = (
        words.text("[By hand] {account}: not answered yet; has it been updated? Please look today")
        if draft.facts.again
        else words.text("[By hand] {account}: has it been updated? Please look and answer")
    )
    return sentence.format(account=account_of(draft))


def lines(draft: Draft[LookFacts]) -> Iterator[str]:
    """Yield when a person last looked, where to look, and what an answer does."""
    words, looked_at = draft.words, draft.facts.looked_at
    if looked_at is None:
        yield words.text("Nobody has looked at it yet.")
    else:
        yield words.text("A person last looked on {at}.").format(at=words.moment(looked_at))
    yield from place_lines(draft)
    yield words.text(
        "No gateway sees this account: your answer counts as its reading. Without one it counts "
        "as not seen."
    )
