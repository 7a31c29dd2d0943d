"""Messages about a channel that refuses: whom it does not reach, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.facts import ChannelFacts
from alerts.message import Failure
from alerts.messages.draft import FEW, NAMES, Draft, detail_in, label_of, listed
from alerts.messages.refusals import ADVICE, REASONS, code_of, said_by


def subject(draft: Draft[ChannelFacts]) -> str:
    """Return the first line: what is to be checked, an address or the channel itself."""
    words, facts = draft.words, draft.facts
    if facts.failure == Failure.ADDRESS and facts.unreached:
        return words.text(
            "[Channel trouble] {channel} does not reach {names}; please check the address"
        ).format(channel=label_of(draft), names=listed(facts.unreached, FEW, words))
    return words.text("[Channel trouble] {channel} does not deliver; please check it").format(
        channel=label_of(draft)
    )


def lines(draft: Draft[ChannelFacts]) -> Iterator[str]:
    """Yield why the channel refuses, whom that concerns, and what becomes of their messages."""
    words, facts = draft.words, draft.facts
    said = detail_in(facts)
    code = code_of(said, facts.failure)
    yield from _reason(draft, code)
    if code != "later":
        yield words.text("What to do: {advice}.").format(advice=words.table(ADVICE)[code])
    named_above = facts.failure == Failure.ADDRESS and len(facts.unreached) <= FEW
    if facts.unreached and not named_above:
        names = listed(facts.unreached, NAMES, words)
        yield words.text("Not reached: {names}").format(names=names)
    if detail := said_by(said, code):
        yield words.text("What the other side said: {detail}").format(detail=detail)
    yield words.text("Messages go by the people's other channels until then.")


def _reason(draft: Draft[ChannelFacts], code: str) -> Iterator[str]:
    words = draft.words
    match draft.facts.failure:
        case Failure.ADDRESS:
            yield words.text(
                "The address is refused: they may have blocked the robot or left, or there is no "
                "such chat or mailbox."
            )
        case Failure.CHANNEL:
            yield words.text(
                "The token, key, signature or login is refused, or the robot has been removed."
            )
        case Failure.MESSAGE:
            yield words.text("The text of the message is refused.")
        case _ if code != "later":
            yield words.text("Reason: {reason}.").format(reason=words.table(REASONS)[code])
