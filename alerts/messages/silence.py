"""Messages about an account: it is silent, cannot be seen, or only reposts. Pure.

The first line says who must do what by when; the lines below say why now, whom to call, what
changed, who knows and who is next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alerts.facts import SilenceFacts
from alerts.messages import blindness
from alerts.messages.blindness import quiet
from alerts.messages.closed_days import (
    closed_lines,
    closure_sentence,
    last_day,
    stretch,
    weekend,
)
from alerts.messages.draft import (
    NAMES,
    Draft,
    account_of,
    agreed_lines,
    call_lines,
    listed,
    name_of,
    notified_lines,
    place_lines,
)
from alerts.model import Kind, Reason
from alerts.words import TITLE, Words, one_line

Silent = Draft[SilenceFacts]


def subject(draft: Silent) -> str:
    """Return the first line, by the reason of the call."""
    return SUBJECTS.get(draft.notice.reason, _reminder)(draft)


def lines(draft: Silent) -> Iterator[str]:
    """Yield why now, whom to call, what changed, who knows, who is next."""
    yield _why(draft)
    yield from blindness.doubted_lines(draft)
    yield from agreed_lines(draft)
    yield from closed_lines(draft)
    yield from _whom_to_call(draft)
    yield from _promised(draft)
    yield from _last_post(draft)
    yield from _changed(draft)
    yield from _next(draft)
    yield from _evidence(draft)
    yield from place_lines(draft)


# The first line


def _reminder(draft: Silent) -> str:
    return draft.words.text("[Reminder] {account}: {quiet}; publish by {day}").format(
        account=account_of(draft), quiet=quiet(draft), day=last_day(draft)
    )


def _closure(draft: Silent) -> str:
    words = draft.words
    if draft.facts.closed_from is None:
        return _reminder(draft)
    sentence = (
        words.text("[Before the weekend] {account}: {quiet}; publish by {day}")
        if weekend(draft.facts)
        else words.text("[Before the holiday] {account}: {quiet}; publish by {day}")
    )
    return sentence.format(account=account_of(draft), quiet=quiet(draft), day=last_day(draft))


def _publish_day(draft: Silent) -> str:
    return draft.words.text(
        "[Last day] {account}: {quiet}; today is the last day, please have a post published"
    ).format(account=account_of(draft), quiet=quiet(draft))


def _breach(draft: Silent) -> str:
    words, facts = draft.words, draft.facts
    said = {"account": account_of(draft), "quiet": quiet(draft)}
    over = _over(facts)
    if over:
        return words.text(
            "[Over the limit] {account}: {quiet}, {over} over the limit; publish at once"
        ).format(**said, over=words.days(over))
    return words.text(
        "[Over the limit] {account}: {quiet}, the limit is {limit}; publish at once"
    ).format(**said, limit=words.days(facts.limit_days or 0))


def _over(facts: SilenceFacts) -> int:
    """Whole days beyond the limit, 0 if there is none."""
    days = facts.quiet_days or 0
    return max(days - (facts.limit_days or days), 0)


def _promise(draft: Silent) -> str:
    words, facts = draft.words, draft.facts
    said = {
        "account": account_of(draft),
        "quiet": quiet(draft),
        "by": _promiser(draft),
        "until": _until(draft),
    }
    if facts.breach_at is not None and facts.breach_at <= draft.at:
        return words.text(
            "[Promise not kept] {account}: {quiet}, {by} had promised {until}; publish at once"
        ).format(**said)
    return words.text(
        "[Promise not kept] {account}: {quiet}, {by} had promised {until}; publish by {day}"
    ).format(**said, day=last_day(draft))


def _originals(draft: Silent) -> str:
    words, facts = draft.words, draft.facts
    return words.text(
        "[Over the limit] {account}: nothing but reposts for {days}, the limit is {limit}; "
        "publish an original"
    ).format(
        account=account_of(draft),
        days=words.days(facts.quiet_days or 0),
        limit=words.days(facts.limit_days or 0),
    )


SUBJECTS: dict[Reason, Callable[[Silent], str]] = {
    Reason.RUNG: _reminder,
    Reason.CLOSURE: _closure,
    Reason.PUBLISH_DAY: _publish_day,
    Reason.BREACH: _breach,
    Reason.REMINDER: _breach,
    Reason.PROMISE: _promise,
    Reason.BLIND: blindness.subject,
    Reason.GATEWAY: blindness.subject,
    Reason.ORIGINALS: _originals,
}


# The lines below it


def _why(draft: Silent) -> str:
    words, facts = draft.words, draft.facts
    reason, first = draft.notice.reason, facts.closed_from
    if reason is Reason.CLOSURE and first is not None:
        return closure_sentence(draft, first)
    if reason is Reason.PUBLISH_DAY and first is not None:
        return words.text("{stretch}: today is this account's last day to publish.").format(
            stretch=stretch(facts, first, words)
        )
    limit = words.days(facts.limit_days or 0)
    if reason is Reason.ORIGINALS:
        return words.text(
            "An original is due at least every {limit}; it was due by {at}. "
            "Reposts do not count for it."
        ).format(limit=limit, at=words.moment(facts.breach_at or draft.at))
    at = words.moment(facts.breach_at) if facts.breach_at else "–"
    rung = words.days(draft.notice.rung) if draft.notice.rung is not None else ""
    return _limit_sentence(draft).format(limit=limit, at=at, rung=rung)


def _limit_sentence(draft: Silent) -> str:
    """What is due by when, with {limit}, {at} and {rung} to fill in."""
    words, notice, breach_at = draft.words, draft.notice, draft.facts.breach_at
    passed = breach_at is not None and breach_at <= draft.at
    if notice.kind is Kind.BLIND:
        return (
            words.text("If nothing was published, the limit of {limit} passed at {at}.")
            if passed
            else words.text("If nothing was published, the limit of {limit} passes at {at}.")
        )
    if passed:
        return words.text("An update is due at least every {limit}; it was due by {at}.")
    if notice.rung is not None and notice.reason is Reason.RUNG:
        return words.text(
            "The step at {rung} is reached. An update is due at least every {limit}, by {at}."
        )
    return words.text("An update is due at least every {limit}, by {at}.")


def _whom_to_call(draft: Silent) -> Iterator[str]:
    words, facts = draft.words, draft.facts
    yield from call_lines(facts.call_name, facts.call_phone, words)
    if facts.custodian and facts.custodian != facts.call_name:
        yield words.text("Custodian: {name}").format(name=name_of(facts.custodian))


def _promised(draft: Silent) -> Iterator[str]:
    words, facts = draft.words, draft.facts
    if facts.promise_until is None or draft.notice.reason is Reason.PROMISE:
        return
    if facts.promise_until <= draft.at:
        sentence = words.text("{by} had promised a post by {until}; it has not been seen.")
    elif facts.promise_scheduled:
        sentence = words.text("{by} has scheduled a post for {until}.")
    else:
        sentence = words.text("{by} has promised a post by {until}.")
    yield sentence.format(by=_promiser(draft), until=_until(draft))


def _promiser(draft: Silent) -> str:
    return name_of(draft.facts.promise_by) or draft.words.text("somebody")


def _until(draft: Silent) -> str:
    until = draft.facts.promise_until
    return draft.words.moment(until) if until else "–"


def _last_post(draft: Silent) -> Iterator[str]:
    words, facts = draft.words, draft.facts
    title = one_line(facts.last_post_title or "", TITLE)
    if facts.waiting:
        yield words.text("Nothing has been seen yet; watched since {at}.").format(
            at=words.moment(facts.quiet_since or draft.began)
        )
    elif draft.notice.kind is Kind.BLIND and facts.quiet_since is not None:
        sentence = words.text("Last known post: {at} {title}").format(
            at=words.dated(facts.quiet_since, facts.post_until), title=_quoted(title, words)
        )
        yield sentence.rstrip()
    elif draft.notice.kind is Kind.BLIND and title:
        yield words.text("Last known post: “{title}”").format(title=title)
    elif draft.notice.kind is Kind.SILENCE and facts.since is not None:
        sentence = words.text("Last post: {at} {title}").format(
            at=words.dated(facts.since, facts.post_until), title=_quoted(title, words)
        )
        yield sentence.rstrip()
    if facts.visible_since is not None:
        yield words.text(
            "It has been deleted since; the newest post still visible is of {at}."
        ).format(at=words.dated(facts.visible_since, facts.visible_until))


def _quoted(title: str, words: Words) -> str:
    return words.text("“{title}”").format(title=title) if title else ""


def _changed(draft: Silent) -> Iterator[str]:
    """What is new since the last message, and who had it."""
    words, facts = draft.words, draft.facts
    sent = [one.at for one in facts.told if one.at is not None]
    if not facts.told:
        yield words.text("This is the first message about it.")
    elif sent and draft.notice.kind is Kind.BLIND and not facts.unseen:
        yield words.text("Still unreadable since the last message ({at}).").format(
            at=words.moment(max(sent))
        )
    elif sent:
        yield words.text("No new post since the last message ({at}).").format(
            at=words.moment(max(sent))
        )
    yield from notified_lines(draft)


def _next(draft: Silent) -> Iterator[str]:
    words, facts = draft.words, draft.facts
    if facts.next_at is None or facts.next_at <= draft.at:
        return
    if facts.next_names:
        yield words.text("If nothing is published, {names} will be told on {at}.").format(
            names=listed(facts.next_names, NAMES, words), at=words.moment(facts.next_at)
        )
    else:
        yield words.text("If nothing is published, the next message comes on {at}.").format(
            at=words.moment(facts.next_at)
        )


def _evidence(draft: Silent) -> Iterator[str]:
    words, facts = draft.words, draft.facts
    if facts.weak:
        yield words.text("Not confirmed: the gateway cannot prove that it sees everything.")
    if facts.as_of is not None:
        yield words.text("As known at {at}.").format(at=words.moment(facts.as_of))
