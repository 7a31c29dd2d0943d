"""What a notice says: its facts and a language in, one message out. Pure.

The first line says who must do what by when; the lines below say why now, what changed, who
knows, who is next and whom to call, the most useful first, because narrow channels cut the end.
Nothing here knows how a channel formats or sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.message import Failure
from alerts.messages import custody
from alerts.model import Event, Facts, Hours, Kind, Notice, Person, Reason
from alerts.words import LINK, TITLE, WEEKEND, Words, one_line

LONGEST = 4096  # characters: the tightest limit of a channel that counts them
NAME, DETAIL = 40, 200  # characters of one fact
FEW, NAMES, ACCOUNTS = 3, 12, 40  # how many are listed by name: in a first line, below, at most

ENDED = frozenset(
    {
        Reason.POSTED,
        Reason.RECOVERED,
        Reason.RULE_CHANGED,
        Reason.ACCOUNT_CLOSED,
        Reason.EXCEPTION,
        Reason.ACCEPTED,
        Reason.PROVEN,
        Reason.CANCELLED,
        Reason.FILLED,
    }
)
OF_ACCOUNTS = frozenset({Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS})


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in plain text: its first line, and the whole, first line included."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice about to be worded: the facts at hand, and words in the zone of *hours*."""

    notice: Notice
    facts: Facts
    words: Words
    hours: Hours

    @property
    def today(self) -> date:
        return self.at.astimezone(self.hours.zone).date()

    @property
    def at(self) -> datetime:
        return self.facts.at or self.notice.created_at

    @property
    def over(self) -> int:
        """Whole days beyond the limit, 0 if there is none."""
        facts = self.facts
        quiet = facts.lasted_days if facts.quiet_days is None or self.ended else facts.quiet_days
        return max((quiet or 0) - (facts.limit_days or (quiet or 0)), 0)

    @property
    def ended(self) -> bool:
        return ended(self.notice)


def render(notice: Notice, words: Words, hours: Hours, resent: bool) -> Rendered:
    """Return the message of one notice; *resent* marks it as a repeat that may be a double."""
    told = _Told(notice, notice.facts, words.within(hours.zone), hours)
    subject = _subject(told)
    if resent:
        subject = words.text("{subject} (sent again)").format(subject=subject)
    lines = [subject, *_marks(told, resent), *_body(told), _stamp(told)]
    return Rendered(subject, _fitted(lines))


def ended(notice: Notice) -> bool:
    """Return whether *notice* says that its alert has ended, so that nothing is left to be done."""
    return notice.event is Event.RESOLVED or notice.reason in ENDED


def heading(notices: Sequence[Notice], people: Mapping[str, Person], words: Words) -> str:
    """Return what stands above a message where others read along: of which alert, to whom."""
    return "  ".join(dict.fromkeys(_heading(notice, people, words) for notice in notices))


def _heading(notice: Notice, people: Mapping[str, Person], words: Words) -> str:
    known = people.get(notice.person)
    name = _name(known.name if known else notice.person)
    if custody.summary(notice):
        return words.text("{what}, to {name}").format(
            what=words.reason(notice.reason.value), name=name
        )
    return words.text("Alert #{n} ({what}), to {name}").format(
        n=notice.alert, what=words.kind(notice.kind.value), name=name
    )


def _fitted(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# The first line.


def _subject(told: _Told) -> str:
    if custody.summary(told.notice):
        return custody.sheet_subject(told.facts, told.words, told.today)
    if told.ended:
        return custody.ended(told.facts, told.notice.reason, told.words) or _ended(told)
    if told.notice.kind in OF_ACCOUNTS:
        return ACCOUNT_SUBJECTS.get(told.notice.reason, _reminder)(told)
    return OTHER_SUBJECTS[told.notice.kind](told)


def _reminder(told: _Told) -> str:
    return told.words.text("[Reminder] {account}: {quiet}; publish by {day}").format(
        account=_account(told), quiet=_quiet(told), day=_last_day(told)
    )


def _closure(told: _Told) -> str:
    words = told.words
    if told.facts.closed_from is None:
        return _reminder(told)
    sentence = (
        words.text("[Before the weekend] {account}: {quiet}; publish by {day}")
        if _weekend(told.facts)
        else words.text("[Before the holiday] {account}: {quiet}; publish by {day}")
    )
    return sentence.format(account=_account(told), quiet=_quiet(told), day=_last_day(told))


def _publish_day(told: _Told) -> str:
    return told.words.text(
        "[Last day] {account}: {quiet}; today is the last day, please have a post published"
    ).format(account=_account(told), quiet=_quiet(told))


def _breach(told: _Told) -> str:
    words = told.words
    facts = {"account": _account(told), "quiet": _quiet(told)}
    if told.over:
        return words.text(
            "[Over the limit] {account}: {quiet}, {over} over the limit; publish at once"
        ).format(**facts, over=words.days(told.over))
    return words.text(
        "[Over the limit] {account}: {quiet}, the limit is {limit}; publish at once"
    ).format(**facts, limit=words.days(told.facts.limit_days or 0))


def _promise(told: _Told) -> str:
    words, facts = told.words, told.facts
    by = _name(facts.promise_by) or words.text("somebody")
    said = {"account": _account(told), "quiet": _quiet(told), "by": by, "until": _until(told)}
    if facts.breach_at is not None and facts.breach_at <= told.at:
        return words.text(
            "[Promise not kept] {account}: {quiet}, {by} had promised {until}; publish at once"
        ).format(**said)
    return words.text(
        "[Promise not kept] {account}: {quiet}, {by} had promised {until}; publish by {day}"
    ).format(**said, day=_last_day(told))


def _blind(told: _Told) -> str:
    return told.words.text("[Cannot see] {account}: {what}, {look}").format(
        account=_account(told), what=_unseen(told), look=_look(told)
    )


def _originals(told: _Told) -> str:
    words, facts = told.words, told.facts
    return words.text(
        "[Over the limit] {account}: nothing but reposts for {days}, the limit is {limit}; "
        "publish an original"
    ).format(
        account=_account(told),
        days=words.days(facts.quiet_days or 0),
        limit=words.days(facts.limit_days or 0),
    )


def _unseen(told: _Told) -> str:
    """Since when an account cannot be read, and what is known of the time before."""
    words, facts = told.words, told.facts
    if facts.unseen:
        counted = words.plural("{n} post", "{n} posts", facts.unseen).format(n=facts.unseen)
        return words.text("{quiet}, but the platform counts {posts} that it does not show").format(
            quiet=_quiet(told), posts=counted
        )
    if _answered(told):
        return _unproven(told)
    when = {"since": words.since(facts.since or told.at)}
    if facts.waiting:
        return words.text("unreadable since {since}, nothing was ever seen before").format(**when)
    quiet, known = facts.quiet_days or 0, _known_quiet(told)
    if known <= 0:
        return words.text("unreadable since {since}, no update seen for {days}").format(
            **when, days=words.days(quiet)
        )
    sentence = words.text("unreadable since {since}, before that {quiet}").format(
        **when, quiet=words.text("no update for {days}").format(days=words.days(known))
    )
    if known == quiet:
        return sentence
    return words.text("{sentence} (day {n} by now, if nothing was published)").format(
        sentence=sentence, n=quiet
    )


def _answered(told: _Told) -> bool:
    """Whether the account is read all the same, and what is read only proves too little."""
    facts = told.facts
    if facts.quiet_since is not None:
        return facts.since == facts.quiet_since
    return facts.weak and _quiet_until(facts.since, told) <= 0


def _unproven(told: _Told) -> str:
    words, facts = told.words, told.facts
    if facts.weak or facts.as_of is None:
        # The gateway answers, but nothing proves that it would show a new post.
        return words.text("{quiet}, which nothing confirms").format(quiet=_quiet(told))
    days = words.days(max(_quiet_until(facts.as_of, told), 0))
    return words.text("{quiet} as of {day}, nothing later is known").format(
        quiet=words.text("no update for {days}").format(days=days),
        day=words.since(facts.as_of),
    )


def _known_quiet(told: _Told) -> int:
    """Quiet days up to the last good reading: nobody looked between that and the first one
    that failed."""
    facts = told.facts
    until = [at for at in (facts.since, facts.as_of) if at is not None]
    return _quiet_until(min(until, default=told.at), told)


def _quiet_until(at: datetime | None, told: _Told) -> int:
    """Whole local dates from the last post to *at*."""
    day = (at or told.at).astimezone(told.hours.zone).date()
    return (told.facts.quiet_days or 0) - (told.today - day).days


def _look(told: _Told) -> str:
    words = told.words
    if told.facts.link:
        return words.text("please look yourself: {link}").format(link=_link(told.facts))
    return words.text("please open the account and look yourself")


def _gateway(told: _Told) -> str:
    words, facts = told.words, told.facts
    if facts.ends_at is not None:
        day = facts.ends_at.astimezone(told.hours.zone).date()
        return words.text(
            "[Credential ends] {gateway}: its credential ends on {day}; please renew it"
        ).format(gateway=_label(told), day=words.day(day, year=True))
    if facts.quota is not None:
        return _quota(told, facts.quota)
    said = {"gateway": _label(told), "since": words.moment(facts.since or told.at)}
    if not facts.accounts:
        return words.text(
            "[Gateway trouble] {gateway} unreadable since {since}; please check it"
        ).format(**said)
    accounts = words.plural("{n} account", "{n} accounts", len(facts.accounts))
    return words.text(
        "[Gateway trouble] {gateway} unreadable since {since}; please check it; "
        "{count} not seen: {accounts}"
    ).format(
        **said,
        count=accounts.format(n=len(facts.accounts)),
        accounts=_listed(facts.accounts, FEW, words),
    )


def _quota(told: _Told, quota: int) -> str:
    words, facts = told.words, told.facts
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
    accounts = words.plural("{n} account", "{n} accounts", len(facts.accounts))
    return sentence.format(
        gateway=_label(told),
        quota=quota,
        count=accounts.format(n=len(facts.accounts)),
        accounts=_listed(facts.accounts, FEW, words),
    )


def _channel(told: _Told) -> str:
    facts = told.facts
    if facts.failure == Failure.ADDRESS and facts.unreached:
        return told.words.text(
            "[Channel trouble] {channel} does not reach {names}; please check the address"
        ).format(channel=_label(told), names=_listed(facts.unreached, FEW, told.words))
    return told.words.text("[Channel trouble] {channel} does not deliver; please check it").format(
        channel=_label(told)
    )


def _handover(told: _Told) -> str:
    since = (told.facts.since or told.at).astimezone(told.hours.zone).date()
    return custody.subject(told.facts, told.words, told.today, since)


def _roster(told: _Told) -> str:
    words, day = told.words, told.facts.publish_by
    if told.facts.gaps:
        return custody.roster(told.facts, words)
    if day is None:
        return words.text("[Roster] the roster has a gap; please name somebody")
    return words.text("[Roster] nobody is on duty on {day}; please name somebody").format(
        day=words.day(day)
    )


def _ledger(told: _Told) -> str:
    words, facts = told.words, told.facts
    return words.text(
        "[Ledger] {account}: posts from {start} to {end} may be missing; please import them"
    ).format(
        account=_account(told),
        start=words.moment(facts.since or told.at),
        end=words.moment(facts.gap_end or told.at),
    )


def _self(told: _Told) -> str:
    if told.facts.platform is not None:
        return told.words.text(
            "[Monitor] an error of the program: {account} cannot be judged; please look yourself "
            "and mend it"
        ).format(account=_account(told))
    return told.words.text("[Monitor] the monitor itself is in trouble: {name}").format(
        name=_name(told.facts.name)
    )


def _ended(told: _Told) -> str:
    words = told.words
    said = {"label": _label(told), "lasted": _lasted(told)}
    match told.notice.reason:
        case Reason.POSTED:
            return _posted(told, said)
        case Reason.RULE_CHANGED:
            return words.text(
                "[Ended] {label}: nothing is due under today's rules; it lasted {lasted}"
            ).format(**said)
        case Reason.ACCOUNT_CLOSED:
            return words.text(
                "[Ended] {label}: closed or no longer watched; it lasted {lasted}"
            ).format(**said)
        case Reason.EXCEPTION:
            return words.text("[Ended] {label}: a silence is agreed; it lasted {lasted}").format(
                **said
            )
    return _recovered(told, said)


def _recovered(told: _Told, said: dict[str, str]) -> str:
    words, facts = told.words, told.facts
    if facts.ends_at is not None:
        return words.text("[Resolved] {label}: its credential has been renewed").format(**said)
    if facts.quota is not None:
        return words.text("[Resolved] {label}: its accounts are read in time again").format(**said)
    if told.notice.kind is Kind.LEDGER:
        return words.text("[Resolved] {label}: the ledger has no gap any more").format(**said)
    if told.notice.kind is Kind.BLIND and facts.gateway is None:
        sentence = words.text("[Resolved] {label} can be read again; it was not seen for {lasted}")
        return sentence.format(**said)
    if told.notice.kind is Kind.SELF and facts.platform is not None:
        sentence = words.text("[Resolved] {label} can be judged again; it could not for {lasted}")
        return sentence.format(**said)
    return words.text("[Resolved] {label} works again; the trouble lasted {lasted}").format(**said)


def _posted(told: _Told, said: dict[str, str]) -> str:
    words, at = told.words, told.facts.post_at
    if told.notice.kind is Kind.ORIGINALS:
        return words.text(
            "[Resolved] {label} has published an original, after {lasted} without one"
        ).format(**said)
    if at is None:
        sentence = words.text("[Resolved] {label} has published, after {lasted} without an update")
    else:
        sentence = words.text(
            "[Resolved] {label} published on {at}, after {lasted} without an update"
        )
        said = {**said, "at": words.moment(at)}
    worded = sentence.format(**said)
    if not told.over:
        return worded
    return words.text("{sentence} ({over} over the limit)").format(
        sentence=worded, over=words.days(told.over)
    )


_Subject = Callable[[_Told], str]

ACCOUNT_SUBJECTS: dict[Reason, _Subject] = {
    Reason.RUNG: _reminder,
    Reason.CLOSURE: _closure,
    Reason.PUBLISH_DAY: _publish_day,
    Reason.BREACH: _breach,
    Reason.REMINDER: _breach,
    Reason.PROMISE: _promise,
    Reason.BLIND: _blind,
    Reason.GATEWAY: _blind,
    Reason.ORIGINALS: _originals,
}
OTHER_SUBJECTS: dict[Kind, _Subject] = {
    Kind.GATEWAY: _gateway,
    Kind.HANDOVER: _handover,
    Kind.ROSTER: _roster,
    Kind.CHANNEL: _channel,
    Kind.LEDGER: _ledger,
    Kind.SELF: _self,
}


# The lines below it.


def _marks(told: _Told, resent: bool) -> Iterator[str]:
    """What makes this message unlike an ordinary one."""
    words, facts = told.words, told.facts
    if resent:
        yield words.text("Sent again: it may have reached you before.")
    if facts.due_at is not None:
        yield words.text("Made good: due at {at}.").format(at=words.moment(facts.due_at))
    if facts.fallback_for is not None:
        yield _fallback(facts.fallback_for, words)


def _fallback(role: str, words: Words) -> str:
    if role == "duty":
        return words.text("Nobody who can be reached is on duty today, so you are told.")
    if role == "custodian":
        return words.text("The account has no custodian who can be reached, so you are told.")
    return words.text("There is no {role} who can be reached, so you are told.").format(
        role=words.role(role)
    )


def _body(told: _Told) -> Iterator[str]:
    if custody.summary(told.notice):
        yield from custody.sheet(told.facts, told.words)
    elif told.ended:
        yield from _ending(told)
    elif told.notice.kind in OF_ACCOUNTS:
        yield from _calling(told)
    else:
        yield from _troubled(told)


def _calling(told: _Told) -> Iterator[str]:
    """About one account: why now, whom to call, what changed, who knows, who is next."""
    yield _why(told)
    yield from _agreed(told)
    yield from _closed_days(told)
    yield from _whom_to_call(told)
    yield from _promised(told)
    yield from _last_post(told)
    yield from _changed(told)
    yield from _next(told)
    yield from _evidence(told)
    yield from _where(told)


def _why(told: _Told) -> str:
    words, facts = told.words, told.facts
    reason = told.notice.reason
    if reason is Reason.CLOSURE and facts.closed_from is not None:
        return _closure_why(told)
    if reason is Reason.PUBLISH_DAY and facts.closed_from is not None:
        return words.text("{stretch}: today is this account's last day to publish.").format(
            stretch=_stretch(facts, words)
        )
    limit = words.days(facts.limit_days or 0)
    if reason is Reason.ORIGINALS:
        return words.text(
            "An original is due at least every {limit}; it was due by {at}. "
            "Reposts do not count for it."
        ).format(limit=limit, at=words.moment(facts.breach_at or told.at))
    passed = facts.breach_at is not None and facts.breach_at <= told.at
    if told.notice.kind is Kind.BLIND:
        sentence = (
            words.text("If nothing was published, the limit of {limit} passed at {at}.")
            if passed
            else words.text("If nothing was published, the limit of {limit} passes at {at}.")
        )
    elif passed:
        sentence = words.text("An update is due at least every {limit}; it was due by {at}.")
    elif told.notice.rung is not None and reason is Reason.RUNG:
        sentence = words.text(
            "The step at {rung} is reached. An update is due at least every {limit}, by {at}."
        )
    else:
        sentence = words.text("An update is due at least every {limit}, by {at}.")
    at = words.moment(facts.breach_at) if facts.breach_at else "–"
    rung = words.days(told.notice.rung) if told.notice.rung is not None else ""
    return sentence.format(limit=limit, at=at, rung=rung)


def _agreed(told: _Told) -> Iterator[str]:
    """The silence that was agreed: until when, or that its end is why now."""
    words, facts = told.words, told.facts
    if facts.agreed_until is None:
        return
    until, by = words.moment(facts.agreed_until), _name(facts.agreed_by)
    if facts.agreed_until <= told.at:
        yield words.text("A silence was agreed until {until}; it is over.").format(until=until)
        return
    why = one_line(facts.agreed_why or "–", DETAIL)
    yield words.agreed(until, by, why, one_line(facts.agreed_document or "", NAME))


def _closure_why(told: _Told) -> str:
    words, facts = told.words, told.facts
    sentence = (
        words.text(
            "{stretch}: this account must publish by {day}; "
            "the last working day before the weekend is {last}."
        )
        if _weekend(facts)
        else words.text(
            "{stretch}: this account must publish by {day}; "
            "the last working day before the holiday is {last}."
        )
    )
    last = _near(facts.last_workday, told) if facts.last_workday else "–"
    return sentence.format(stretch=_stretch(facts, words), day=_last_day(told), last=last)


def _closed_days(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    said_above = told.notice.reason in (Reason.CLOSURE, Reason.PUBLISH_DAY)
    ahead = facts.publish_by is not None and facts.publish_by >= told.today
    if facts.closed_from is not None and ahead and not said_above:
        yield words.text("Mind the closed days: {stretch}.").format(stretch=_stretch(facts, words))
    if facts.guessed and ahead:
        yield words.text("Holidays of that time are not announced yet; they are reckoned.")


def _whom_to_call(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    if facts.call_name and facts.call_phone:
        yield words.text("Please call: {name}, {phone}").format(
            name=_name(facts.call_name), phone=one_line(facts.call_phone, NAME)
        )
    elif facts.call_name:
        yield words.text("Please turn to: {name} (no number known)").format(
            name=_name(facts.call_name)
        )
    if facts.custodian and facts.custodian != facts.call_name:
        yield words.text("Custodian: {name}").format(name=_name(facts.custodian))


def _promised(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    if facts.promise_until is None or told.notice.reason is Reason.PROMISE:
        return
    if facts.promise_until <= told.at:
        sentence = words.text("{by} had promised a post by {until}; it has not been seen.")
    elif facts.promise_scheduled:
        sentence = words.text("{by} has scheduled a post for {until}.")
    else:
        sentence = words.text("{by} has promised a post by {until}.")
    by = _name(facts.promise_by) or words.text("somebody")
    yield sentence.format(by=by, until=_until(told))


def _last_post(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    title = one_line(facts.last_post_title or "", TITLE)
    if facts.waiting:
        yield words.text("Nothing has been seen yet; watched since {at}.").format(
            at=words.moment(facts.quiet_since or facts.since or told.at)
        )
    elif told.notice.kind is Kind.BLIND and facts.quiet_since is not None:
        yield (
            words.text("Last known post: {at} {title}")
            .format(at=words.moment(facts.quiet_since), title=_quoted(title, words))
            .rstrip()
        )
    elif told.notice.kind is Kind.BLIND and title:
        yield words.text("Last known post: “{title}”").format(title=title)
    elif told.notice.kind is Kind.SILENCE and facts.since is not None:
        yield (
            words.text("Last post: {at} {title}")
            .format(at=words.moment(facts.since), title=_quoted(title, words))
            .rstrip()
        )
    if facts.visible_since is not None:
        yield words.text(
            "It has been deleted since; the newest post still visible is of {at}."
        ).format(at=words.moment(facts.visible_since))


def _changed(told: _Told) -> Iterator[str]:
    """What is new since the last message, and who had it."""
    words, facts = told.words, told.facts
    sent = [t.at for t in facts.told if t.at is not None]
    if not facts.told:
        yield words.text("This is the first message about it.")
        return
    if sent and told.notice.kind is Kind.BLIND and not facts.unseen:
        yield words.text("Still unreadable since the last message ({at}).").format(
            at=words.moment(max(sent))
        )
    elif sent and told.notice.kind in OF_ACCOUNTS:
        yield words.text("No new post since the last message ({at}).").format(
            at=words.moment(max(sent))
        )
    names = [
        words.text("{name} ({at})").format(
            name=_name(t.name), at=words.moment(t.at) if t.at else words.text("not confirmed")
        )
        for t in facts.told
    ]
    yield words.text("Told so far: {names}").format(names=_listed(names, NAMES, words))


def _next(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    if facts.next_at is None or facts.next_at <= told.at:
        return
    if facts.next_names:
        yield words.text("If nothing is published, {names} will be told on {at}.").format(
            names=_listed(facts.next_names, NAMES, words), at=words.moment(facts.next_at)
        )
    else:
        yield words.text("If nothing is published, the next message comes on {at}.").format(
            at=words.moment(facts.next_at)
        )


def _evidence(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    if facts.weak:
        yield words.text("Not confirmed: the gateway cannot prove that it sees everything.")
    if facts.as_of is not None:
        yield words.text("As known at {at}.").format(at=words.moment(facts.as_of))


def _where(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    if facts.link and told.notice.kind is not Kind.BLIND:
        yield words.text("Page: {link}").format(link=_link(facts))
    if facts.organisation:
        yield words.text("Organisation: {name}").format(name=_name(facts.organisation))


def _troubled(told: _Told) -> Iterator[str]:
    """About a gateway, a channel, a handover or ourselves: what is wrong and what it means."""
    words, facts = told.words, told.facts
    yield from custody.lines(facts, words)
    if told.notice.kind is Kind.CHANNEL:
        yield from _refusal(told)
    elif facts.gateway_error:
        yield words.text("Error: {detail}").format(
            detail=one_line(words.outcome(facts.gateway_error), DETAIL)
        )
    if facts.gap is not None:
        yield from _missed(told, facts.gap)
    if facts.accounts and not _all_named(told):
        yield words.text("Accounts: {names}").format(names=_listed(facts.accounts, ACCOUNTS, words))
    if told.notice.kind is Kind.SELF:
        yield from _where(told)
    if told.notice.kind is Kind.GATEWAY and facts.ends_at is not None:
        yield words.text("After that day nothing can be read through it.")
    elif told.notice.kind is Kind.GATEWAY and facts.quota is not None:
        yield words.text(
            "The gateway itself is well. Until they are read no account of these is called silent; "
            "at midnight the quota begins anew. If it happens often, read less often "
            "(read_at_most_every), raise the quota, or add a gateway."
        )
    elif told.notice.kind is Kind.GATEWAY:
        yield words.text("Until it is mended no account behind it is called silent.")
    if facts.told:
        yield from _changed(told)
    yield from _whom_to_call(told)


def _missed(told: _Told, why: str) -> Iterator[str]:
    """Why posts may have been missed, what to do about it, and what it means as long as nobody
    does."""
    words, facts = told.words, told.facts
    start, end = facts.since or told.at, facts.gap_end or told.at
    yield words.gap_seen(why).format(start=words.moment(start), end=words.moment(end))
    yield words.text(
        "Export that time from the platform's console and import it: freshness import FILE."
    )
    yield words.text("Until then the year's total can only be given as “no fewer than”.")


def _refusal(told: _Told) -> Iterator[str]:
    """Why a channel refuses, whom that concerns, and what becomes of their messages."""
    words, facts = told.words, told.facts
    match facts.failure:
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
    named_above = facts.failure == Failure.ADDRESS and len(facts.unreached) <= FEW
    if facts.unreached and not named_above:
        names = _listed(facts.unreached, NAMES, words)
        yield words.text("Not reached: {names}").format(names=names)
    if facts.gateway_error:
        detail = one_line(facts.gateway_error, DETAIL)
        yield words.text("What the other side said: {detail}").format(detail=detail)
    yield words.text("Messages go by the people's other channels until then.")


def _all_named(told: _Told) -> bool:
    """Whether the first line names every account already."""
    return told.notice.kind is Kind.GATEWAY and len(told.facts.accounts) <= FEW


def _ending(told: _Told) -> Iterator[str]:
    words, facts = told.words, told.facts
    title = one_line(facts.post_title or "", TITLE)
    if title:
        yield words.text("New post: “{title}”").format(title=title)
    yield from _agreed(told)
    if told.notice.reason is Reason.RECOVERED and told.notice.kind is Kind.BLIND:
        quiet = words.days(facts.quiet_days or 0)
        yield words.text("As of now: no update for {days}.").format(days=quiet)
    if facts.since is not None and told.notice.kind is not Kind.SILENCE:
        yield words.text("It began at {at}.").format(at=words.moment(facts.since))
    if facts.accounts:
        yield words.text("Accounts: {names}").format(names=_listed(facts.accounts, ACCOUNTS, words))
    yield words.text("Nothing more will be sent about it.")
    yield from _where(told)


def _stamp(told: _Told) -> str:
    """The last line, so that a message that is passed on still says when it was true."""
    return told.words.moment(told.at, year=True)


# Phrases.


def _label(told: _Told) -> str:
    words = told.words
    match told.notice.kind:
        case Kind.GATEWAY:
            return words.text("gateway {name}").format(name=_name(told.facts.name))
        case Kind.CHANNEL:
            return words.text("channel {name}").format(name=_name(told.facts.name))
        case _:
            return _account(told)


def _account(told: _Told) -> str:
    return told.words.account(_name(told.facts.name), told.facts.platform)


def _quiet(told: _Told) -> str:
    days = told.words.days(told.facts.quiet_days or 0)
    if told.facts.waiting:
        return told.words.text("nothing seen in {days} of watching").format(days=days)
    return told.words.text("no update for {days}").format(days=days)


def _lasted(told: _Told) -> str:
    facts = told.facts
    if told.notice.kind is Kind.SILENCE and facts.lasted_days is not None:
        return told.words.days(facts.lasted_days)
    return told.words.lasting(told.at - (facts.since or told.at))


def _last_day(told: _Told) -> str:
    """The last whole day to publish; inside a holiday with the day's number."""
    words, facts = told.words, told.facts
    day = facts.publish_by
    if day is None:
        return "–"
    if day < told.today and facts.breach_at is not None:
        return words.moment(facts.breach_at)  # no whole day is left, but hours are
    if facts.closed_from is None or _weekend(facts):
        return words.day(day)
    return words.text("{day} (day {n} of the holiday)").format(
        day=words.short_day(day), n=(day - facts.closed_from).days + 1
    )


def _weekend(facts: Facts) -> bool:
    return facts.closed_name in (None, WEEKEND)


def _stretch(facts: Facts, words: Words) -> str:
    first = facts.closed_from
    assert first is not None
    span = words.span(first, facts.closed_to or first)
    if _weekend(facts):
        return words.text("weekend of {span}").format(span=span)
    return words.text("{holiday} holiday of {span}").format(
        holiday=words.holiday(facts.closed_name or ""), span=span
    )


def _near(day: date, told: _Told) -> str:
    match (day - told.today).days:
        case 0:
            return told.words.text("today")
        case 1:
            return told.words.text("tomorrow")
    return told.words.day(day)


def _until(told: _Told) -> str:
    until = told.facts.promise_until
    return told.words.moment(until) if until else "–"


def _quoted(title: str, words: Words) -> str:
    return words.text("“{title}”").format(title=title) if title else ""


def _listed(names: Sequence[str], most: int, words: Words) -> str:
    shown = words.listing([one_line(name, NAME) for name in names[:most]])
    if len(names) <= most:
        return shown
    return words.text("{names} and {n} more").format(names=shown, n=len(names) - most)


def _name(name: str | None) -> str:
    return one_line(name or "", NAME)


def _link(facts: Facts) -> str:
    return one_line(facts.link or "", LINK)
