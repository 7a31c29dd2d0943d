"""What an answer does, and how an alert stands, in the words of whoever asked.

A page's button and a chat's button do the same thing here. Decides nothing but the words: what
can be answered is `alerts.answers.buttons`' and `alerts.people.handover`'s, doing it is the desk's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.answers.answer import Answer, common_times, end_of_today, handover_of, offered
from alerts.desk import Desk
from alerts.errors import RefusedError
from alerts.model import Alert, Event, Kind, Notice, NoticeState, Promise
from alerts.people.handover import Handover, HandoverState
from alerts.rules.lifecycle import Refusal, promise_refusal
from alerts.words import Words
from monitor.register import Register
from monitor.store.base import Store

OF_ACCOUNTS = (Kind.SILENCE, Kind.BLIND)
MINUTE = timedelta(minutes=1)
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of an answer, in a sentence or two. *done*: it was recorded."""

    done: bool
    text: str


class Counter:
    """Takes answers and says what became of them. Safe to use from several threads."""

    def __init__(self, desk: Desk, store: Store, register: Register, words: Words) -> None:
        self._desk = desk
        self._store = store
        self._register = register
        self._words = words
        self._hours = register.hours

    def find(self, alert: int) -> Alert | None:
        """Return one alert, or None if there is none of that number."""
        return self._store.alerts.by_id(alert)

    def name(self, person: str) -> str:
        """Return the name of a person; the id of one who has left."""
        return self._register.name(person)

    def known(self, person: str) -> bool:
        """Return whether *person* is among the people."""
        return person in self._register.people

    def label(self, alert: Alert) -> str:
        """Return what *alert* is about: an account, a gateway, a handover …"""
        words = self._words
        account = self._register.accounts.get(alert.subject)
        if account is not None:
            return words.account(account.name, account.platform)
        handover = self._handover(alert)
        if handover is not None:
            return self._handed(handover)
        match alert.kind:
            case Kind.GATEWAY:
                return words.text("gateway {name}").format(name=alert.subject)
            case Kind.CHANNEL:
                return words.text("channel {name}").format(name=alert.subject)
        return f"{words.kind(alert.kind.value)} {alert.subject}"

    def breach_at(self, alert: Alert) -> datetime | None:
        """Return when the limit of a silence passes; None for another trouble, or for an account
        that is not configured any more."""
        account = self._register.accounts.get(alert.subject)
        if alert.kind not in OF_ACCOUNTS or account is None:
            return None
        return alert.since + self._register.policy_of(account).limit

    def offers(self, alert: Alert, person: str, now: datetime) -> list[Answer]:
        """Return what *person* may answer to *alert* at *now*: nothing once it has ended."""
        if alert.resolved_at is not None or not self.known(person):
            return []
        own = list(self._own_part(self._handover(alert), person))
        return own + offered(alert.kind, self.breach_at(alert), self._hours, now)

    def times(self, alert: Alert, now: datetime) -> list[datetime]:
        """Return the times for which a post may well be scheduled."""
        breach_at = self.breach_at(alert)
        return common_times(breach_at, self._hours, now) if breach_at else []

    def standing(self, alert: Alert, now: datetime) -> list[str]:
        """Return who answered *alert* what, and how it ended, a sentence each, as of *now*."""
        return list(self._standing(alert, now))

    def answer(
        self, alert: int, by: str, answer: Answer, until: datetime | None, now: datetime
    ) -> Said:
        """Record what *by* answers to *alert*, and return what became of it. *until*: the time
        for which a post is scheduled, or by which it is promised."""
        known = self.find(alert)
        refused = self._refused(known, alert, by, answer, until, now)
        if refused is not None or known is None:
            return Said(False, refused or "")
        try:
            return Said(True, self._done(known, by, answer, until, now))
        except RefusedError:
            return Said(False, self._late(known, answer))

    def told(self, person: str, until: datetime) -> list[int]:
        """Return the open alerts of which *person* was told up to the minute *until*, the most
        urgent first."""
        found = self.open_alerts()
        notices = self._store.alerts.notices_of([alert.id for alert in found])
        latest = until + MINUTE
        return [
            alert.id
            for alert in found
            if any(_went(n, person, latest) for n in notices.get(alert.id, ()))
        ]

    def open_alerts(self) -> list[Alert]:
        """Return the open alerts, those first whose limit passes, or passed, first."""
        return sorted(self._store.alerts.open(), key=lambda a: self.breach_at(a) or LAST)

    def acknowledge_all(self, alerts: Sequence[int], by: str, now: datetime) -> Said:
        """Record that *by* has all of *alerts* in hand that are still open."""
        found = [alert for n in alerts if (alert := self.find(n)) and alert.resolved_at is None]
        said = [self.answer(a.id, by, Answer.ACKNOWLEDGE, None, now) for a in found]
        done = sum(one.done for one in said)
        if not found:
            return Said(False, self._words.text("None of these alerts is open any more."))
        if not done:
            return said[0]
        sentence = self._words.plural(
            "Recorded: {name} has {n} alert in hand. No step is repeated for 24 hours.",
            "Recorded: {name} has {n} alerts in hand. No step is repeated for 24 hours.",
            done,
        )
        return Said(True, sentence.format(name=self.name(by), n=done))

    def promised(self, alert: int, by: str, until: datetime, now: datetime) -> Said:
        """Record that *by* promises a post by *until*, which is not scheduled yet."""
        known = self.find(alert)
        refused = self._refused(known, alert, by, Answer.SCHEDULED, until, now)
        if refused is not None or known is None:
            return Said(False, refused or "")
        try:
            self._desk.promise(alert, by, until, False, now)
        except RefusedError:
            return Said(False, self._late(known, Answer.SCHEDULED))
        sentence = self._words.text(
            "Recorded: {name} promises a post by {until}. Without one you are told at once."
        )
        return Said(True, sentence.format(name=self.name(by), until=self._words.moment(until)))

    def handover(self, number: int, by: str, answer: Answer, now: datetime) -> Said:
        """Record that *by* accepts handover *number*, or has published as its new custodian."""
        known = self._handover_of(number)
        if known is None:
            return Said(False, self._words.text("There is no handover {id}.").format(id=number))
        if answer not in self._own_part(known, by):
            return Said(
                False,
                self._words.text("This answer does not fit here, or it has been given already."),
            )
        try:
            return Said(True, self._handed_over(number, by, answer, now))
        except RefusedError:
            return Said(False, self._no_post_yet())

    def own_part(self, number: int, person: str) -> list[Answer]:
        """Return what *person* may answer to handover *number*."""
        return list(self._own_part(self._handover_of(number), person))

    def _done(
        self, alert: Alert, by: str, answer: Answer, until: datetime | None, now: datetime
    ) -> str:
        words, name = self._words, self.name(by)
        match answer:
            case Answer.ACKNOWLEDGE:
                self._desk.acknowledge(alert.id, by, now)
                return words.text(
                    "Recorded: {name} has it in hand. The same step is not repeated for 24 hours."
                ).format(name=name)
            case Answer.TODAY:
                self._desk.promise_today(alert.id, by, now)
                return words.text(
                    "Recorded: {name} will publish today by {at}. Without a post you are told "
                    "at once."
                ).format(name=name, at=f"{self._hours.today_until:%H:%M}")
            case Answer.SCHEDULED:
                assert until is not None
                self._desk.promise(alert.id, by, until, True, now)
                return words.text(
                    "Recorded: {name} has scheduled a post for {until}. It is checked then."
                ).format(name=name, until=words.moment(until))
            case Answer.ACCEPT | Answer.MINE:
                return self._handed_over(handover_of(alert.subject) or 0, by, answer, now)

    def _handed_over(self, number: int, by: str, answer: Answer, now: datetime) -> str:
        words, name = self._words, self.name(by)
        if answer is Answer.MINE:
            changed = self._desk.confirm_handover(number, by, now)
            sentence = (
                words.text("Recorded: {name} has published; the handover of {what} is done.")
                if changed.state is HandoverState.PROVEN
                else words.text("Recorded: {name} has published. {what}: not all accounts yet.")
            )
            return sentence.format(name=name, what=self._handed(changed))
        changed = self._desk.accept_handover(number, by, now)
        waiting = words.listing([self.name(person) for person in changed.awaiting()])
        sentence = (
            words.text("Recorded: {name} accepts the handover of {what}; {waiting} has to, too.")
            if waiting
            else words.text(
                "Recorded: {name} accepts the handover of {what}. {taker} holds it from now on "
                "and proves it by a first post."
            )
        )
        return sentence.format(
            name=name, what=self._handed(changed), waiting=waiting, taker=self.name(changed.taker)
        )

    def _refused(
        self,
        alert: Alert | None,
        number: int,
        by: str,
        answer: Answer,
        until: datetime | None,
        now: datetime,
    ) -> str | None:
        """Why *answer* cannot be recorded, in a sentence; None if it can, as far as is known."""
        words = self._words
        if not self.known(by):
            return words.text("You are not among the people any more; please ask the operator.")
        if alert is None:
            return words.text("There is no alert {id}.").format(id=number)
        if alert.resolved_at is not None:
            return words.text("This alert has ended; no answer is needed any more.")
        if answer in (Answer.TODAY, Answer.SCHEDULED):
            return self._no_promise(alert, answer, until, now)
        if answer not in self.offers(alert, by, now):
            return words.text("This answer does not fit here, or it has been given already.")
        return None

    def _no_promise(
        self, alert: Alert, answer: Answer, named: datetime | None, now: datetime
    ) -> str | None:
        words, breach_at = self._words, self.breach_at(alert)
        if alert.kind is not Kind.SILENCE or breach_at is None:
            return words.text("A post can be promised only where an account is silent.")
        scheduled = answer is Answer.SCHEDULED
        until = named if scheduled else end_of_today(self._hours, now)
        if until is None:
            return words.text("Please name the time for which the post is scheduled.")
        match promise_refusal(until, scheduled, breach_at, self._hours, now):
            case Refusal.PAST:
                return words.text("{at} has passed; please name a time to come.").format(
                    at=words.moment(until)
                )
            case Refusal.LIMIT:
                return words.text(
                    "{at} is not before the limit ({limit}). A later post needs an agreed "
                    "exception; please ask the operator."
                ).format(at=words.moment(until), limit=words.moment(breach_at))
            case Refusal.TOO_LATE:
                return words.text(
                    "After {at} “will publish today” is not accepted any more; please schedule "
                    "the post and name its time."
                ).format(at=f"{self._hours.today_closes:%H:%M}")
        return None

    def _late(self, alert: Alert, answer: Answer) -> str:
        """The desk refused what was offered a moment ago."""
        words = self._words
        if answer is Answer.MINE:
            return self._no_post_yet()
        current = self.find(alert.id)
        if current is None or current.resolved_at is not None:
            return words.text("This alert has ended; no answer is needed any more.")
        return words.text("This has just changed; please look again.")

    def _no_post_yet(self) -> str:
        return self._words.text(
            "No post has been seen yet since both sides accepted. Please publish, wait a "
            "moment, and confirm again."
        )

    def _standing(self, alert: Alert, now: datetime) -> Iterator[str]:
        words = self._words
        if alert.acknowledged is not None:
            yield words.text("{name} has it in hand ({at})").format(
                name=self.name(alert.acknowledged.by), at=words.moment(alert.acknowledged.at)
            )
        if alert.promise is not None:
            yield self._promise(alert.promise, alert.resolved_at is None, now)
        yield from self._handover_standing(self._handover(alert))
        if alert.resolved_at is not None:
            why = words.reason(alert.resolution.value) if alert.resolution else "–"
            yield words.text("Ended: {why} ({at})").format(
                why=why, at=words.moment(alert.resolved_at)
            )

    def _promise(self, given: Promise, still_open: bool, now: datetime) -> str:
        words = self._words
        if still_open and given.until <= now:
            sentence = words.text("{name} had promised a post by {until}; none has been seen")
        elif given.scheduled:
            sentence = words.text("{name} has scheduled a post for {until}")
        else:
            sentence = words.text("{name} promised a post by {until}")
        return sentence.format(name=self.name(given.by), until=words.moment(given.until))

    def _handover_standing(self, handover: Handover | None) -> Iterator[str]:
        if handover is None:
            return
        words = self._words
        sides = (
            (handover.giver, handover.giver_accepted_at),
            (handover.taker, handover.taker_accepted_at),
        )
        for person, at in sides:
            if at is not None:
                yield words.text("{name} accepted ({at})").format(
                    name=self.name(person), at=words.moment(at)
                )

    def _own_part(self, handover: Handover | None, person: str) -> Iterator[Answer]:
        if handover is None or not handover.running:
            return
        if person in handover.awaiting():
            yield Answer.ACCEPT
        elif handover.state is HandoverState.ACCEPTED and person == handover.taker:
            yield Answer.MINE

    def _handover(self, alert: Alert) -> Handover | None:
        number = handover_of(alert.subject) if alert.kind is Kind.HANDOVER else None
        return None if number is None else self._handover_of(number)

    def _handover_of(self, number: int) -> Handover | None:
        return next((h for h in self._store.custody.handovers() if h.id == number), None)

    def _handed(self, handover: Handover) -> str:
        """The accounts of a handover."""
        known = (self._register.accounts.get(account) for account in handover.accounts)
        names = [self._words.account(a.name, a.platform) for a in known if a is not None]
        return self._words.listing(names or list(handover.accounts))


def _went(notice: Notice, person: str, latest: datetime) -> bool:
    """Whether *notice* told *person*, or may have, before *latest*."""
    told = notice.person == person and notice.event is not Event.RESOLVED
    return told and notice.state is not NoticeState.WITHDRAWN and notice.created_at < latest
