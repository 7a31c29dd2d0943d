"""The first line of a question: an account cannot be seen, and somebody has to look. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alerts.facts import SilenceFacts
from alerts.messages.draft import Draft, account_of, link_of
from alerts.words import TITLE, one_line


def subject(draft: Draft[SilenceFacts]) -> str:
    """Return since when an account cannot be read, what is known, and the request to look."""
    return draft.words.text("[Cannot see] {account}: {what}, {look}").format(
        account=account_of(draft), what=_unseen(draft), look=_look(draft)
    )


def quiet(draft: Draft[SilenceFacts]) -> str:
    """Return for how long nothing new was seen, e.g. 已7天未更新."""
    days = draft.words.days(draft.facts.quiet_days or 0)
    if draft.facts.waiting:
        return draft.words.text("nothing seen in {days} of watching").format(days=days)
    return draft.words.text("no update for {days}").format(days=days)


def doubted_lines(draft: Draft[SilenceFacts]) -> Iterator[str]:
    """Yield what is seen of the account and not believed."""
    if draft.facts.unconfirmed:
        title = one_line(draft.facts.unconfirmed, TITLE)
        yield draft.words.text("Seen, but not confirmed: “{title}”").format(title=title)


def _unseen(draft: Draft[SilenceFacts]) -> str:
    """Since when an account cannot be read, and what is known of the time before."""
    words, facts = draft.words, draft.facts
    if facts.unseen:
        counted = words.plural("{n} post", "{n} posts", facts.unseen).format(n=facts.unseen)
        return words.text("{quiet}, but the platform counts {posts} that it does not show").format(
            quiet=quiet(draft), posts=counted
        )
    if facts.unconfirmed is not None:
        return words.text("{quiet}; what is seen since is not confirmed").format(quiet=quiet(draft))
    if _answered(draft):
        return _unproven(draft)
    if facts.waiting:
        return words.text("unreadable since {since}, nothing was ever seen before").format(
            since=words.since(draft.began)
        )
    return _unreadable(draft)


def _unreadable(draft: Draft[SilenceFacts]) -> str:
    words, when = draft.words, draft.words.since(draft.began)
    days, known = draft.facts.quiet_days or 0, _known_quiet(draft)
    if known <= 0:
        return words.text("unreadable since {since}, no update seen for {days}").format(
            since=when, days=words.days(days)
        )
    sentence = words.text("unreadable since {since}, before that {quiet}").format(
        since=when, quiet=words.text("no update for {days}").format(days=words.days(known))
    )
    if known == days:
        return sentence
    return words.text("{sentence} (day {n} by now, if nothing was published)").format(
        sentence=sentence, n=days
    )


def _answered(draft: Draft[SilenceFacts]) -> bool:
    """Whether the account is read, and what is read only proves too little."""
    facts = draft.facts
    if facts.quiet_since is not None:
        return facts.since == facts.quiet_since
    return facts.weak and _quiet_until(draft.began, draft) <= 0


def _unproven(draft: Draft[SilenceFacts]) -> str:
    words, facts = draft.words, draft.facts
    if facts.weak or facts.as_of is None:
        # The gateway answers, but nothing proves that it would show a new post.
        return words.text("{quiet}, which nothing confirms").format(quiet=quiet(draft))
    days = words.days(max(_quiet_until(facts.as_of, draft), 0))
    return words.text("{quiet} as of {day}, nothing later is known").format(
        quiet=words.text("no update for {days}").format(days=days),
        day=words.since(facts.as_of),
    )


def _known_quiet(draft: Draft[SilenceFacts]) -> int:
    """Quiet days up to the last good reading: nobody looked between that and the first one
    that failed."""
    facts = draft.facts
    until = [at for at in (facts.since, facts.as_of) if at is not None]
    return _quiet_until(min(until, default=draft.at), draft)


def _quiet_until(at: datetime, draft: Draft[SilenceFacts]) -> int:
    """Whole local dates from the last post to *at*."""
    return (draft.facts.quiet_days or 0) - (draft.today - draft.date_of(at)).days


def _look(draft: Draft[SilenceFacts]) -> str:
    words = draft.words
    if draft.facts.link:
        return words.text("please look yourself: {link}").format(link=link_of(draft.facts))
    return words.text("please open the account and look yourself")
