"""How an alert stands and what may be answered to it, worded for the person who asks.

Reads only: which answers are permitted comes from `alerts.answers` and `alerts.people.handover`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from alerts.answers.answer import (
    Answer,
    can_be_answered,
    common_times,
    handover_of,
    of_doubt,
    offered,
)
from alerts.model import Alert, Event, Kind, Notice, NoticeState, Promise, Reason
from alerts.people.handover import Handover, HandoverState
from alerts.words import Words
from monitor.desk.alerts import posted_key, posted_of
from monitor.model import Reading
from monitor.register import Register
from monitor.store.base import Store

OF_ACCOUNTS = (Kind.SILENCE, Kind.BLIND)
MINUTE = timedelta(minutes=1)
CHECKING = timedelta(minutes=10)  # within which a reading answers who says that a post is there
LAST = datetime.max.replace(tzinfo=UTC)


class AlertLookup:
    """Looks alerts up and words them. Safe to use from several threads."""

    def __init__(self, store: Store, register: Register, words: Words) -> None:
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
            return self.accounts_of(handover)
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
        if alert.kind is Kind.GATEWAY and (told := self.told_last(alert)) is not None:
            own += of_doubt(told.facts)
        return own + offered(alert.kind, self.breach_at(alert), self._hours, now)

    def told_last(self, alert: Alert) -> Notice | None:
        """Return the newest notice of *alert* that went out and asks for an answer."""
        notices = self._store.alerts.notices_of([alert.id]).get(alert.id, ())
        sent = [n for n in notices if n.sent_at is not None and can_be_answered(n)]
        return max(sent, key=lambda n: n.created_at, default=None)

    def times(self, alert: Alert, now: datetime) -> list[datetime]:
        """Return the times for which a post may well be scheduled."""
        breach_at = self.breach_at(alert)
        return common_times(breach_at, self._hours, now) if breach_at else []

    def standing(self, alert: Alert, now: datetime) -> list[str]:
        """Return who answered *alert* what, and how it ended, a sentence each, as of *now*."""
        return list(self._standing(alert, now))

    def briefly(self, alerts: Collection[Alert], now: datetime) -> dict[int, str]:
        """Return how each of *alerts*, which are open, stands as of *now*, in a few words."""
        keys = {posted_key(alert.id): alert.id for alert in alerts}
        found = self._store.notes.several(list(keys), posted_of)
        said = {keys[key]: posted for key, posted in found.items()}
        return {alert.id: self._brief(alert, said.get(alert.id), now) for alert in alerts}

    def checked(self, number: int, now: datetime) -> tuple[str, bool] | None:
        """Return what was found since somebody said that the account of an alert has published, and
        whether that is all; None where nobody did so lately."""
        noted = self._store.notes.read(posted_key(number), posted_of)
        alert = self.find(number) if noted and now - noted[1] < CHECKING else None
        if noted is None or alert is None:
            return None
        if alert.resolution is Reason.POSTED:
            return self._words.text("A new post has been seen."), True
        first = self._first_since(alert, noted[1])
        if first is None or first.fresh or not first.good:
            return self._checked(alert, noted, now), first is not None and not first.good
        at, words = self._read_next(alert.subject, now), self._words
        if at is None:
            return words.text("Nothing newer has been seen yet."), True
        said = words.text("Nothing newer has been seen yet; it is read again at {time}.")
        return said.format(time=f"{at.astimezone(words.zone):%H:%M}"), True

    def notified(self, person: str, until: datetime) -> list[int]:
        """Return the open alerts of which *person* was notified up to the minute *until*, the most
        urgent first."""
        found = self.open_alerts()
        notices = self._store.alerts.notices_of([alert.id for alert in found])
        latest = until + MINUTE
        return [
            alert.id
            for alert in found
            if any(_went(n, person, latest) for n in notices.get(alert.id, ()))
        ]

    def open_alerts(self, subjects: Collection[str] | None = None) -> list[Alert]:
        """Return the open alerts, of *subjects* alone if given, those first whose limit passes, or
        passed, first."""
        return sorted(self._store.alerts.open(subjects), key=lambda a: self.breach_at(a) or LAST)

    def handover(self, number: int) -> Handover | None:
        """Return one handover, or None if there is none of that number."""
        return next((h for h in self._store.custody.handovers() if h.id == number), None)

    def own_part(self, handover: Handover | None, person: str) -> list[Answer]:
        """Return what *person*, as one of its two sides, may answer to *handover*."""
        return list(self._own_part(handover, person))

    def accounts_of(self, handover: Handover) -> str:
        """Return the names of a handover's accounts."""
        known = (self._register.accounts.get(account) for account in handover.accounts)
        names = [self._words.account(a.name, a.platform) for a in known if a is not None]
        return self._words.listing(names or list(handover.accounts))

    def _standing(self, alert: Alert, now: datetime) -> Iterator[str]:
        words = self._words
        if alert.acknowledged is not None:
            yield words.text("{name} has it in hand ({at})").format(
                name=self.name(alert.acknowledged.by), at=words.moment(alert.acknowledged.at)
            )
        if alert.promise is not None:
            yield self._promise(alert.promise, alert.resolved_at is None, now)
        still = alert.resolved_at is None
        noted = self._store.notes.read(posted_key(alert.id), posted_of) if still else None
        if noted is not None:
            yield self._checked(alert, noted, now)
        yield from self._handover_standing(self._handover(alert))
        if alert.resolved_at is not None:
            why = words.reason(alert.resolution.value) if alert.resolution else "–"
            yield words.text("Ended: {why} ({at})").format(
                why=why, at=words.moment(alert.resolved_at)
            )

    def _brief(self, alert: Alert, posted: tuple[str, datetime] | None, now: datetime) -> str:
        """What was answered last; a promise stands until another answer than a mere note."""
        words, given, promise = self._words, alert.acknowledged, alert.promise
        if posted is not None and (promise is None or promise.at <= posted[1]):
            return self._checked(alert, posted, now)
        if promise is not None and promise.until <= now:
            return words.text("promise not kept")
        if promise is not None:
            planned, promised = words.text("scheduled for {at}"), words.text("promised {at}")
            said = planned if promise.scheduled else promised
            return said.format(at=self._soon(promise.until, now))
        if given is not None:
            return words.text("{name} has it in hand").format(name=self.name(given.by))
        return words.text("not answered")

    def _soon(self, at: datetime, now: datetime) -> str:
        here, today = at.astimezone(self._words.zone), now.astimezone(self._words.zone).date()
        if here.date() != today:
            return self._words.moment(at)
        return self._words.text("today {time}").format(time=f"{here:%H:%M}")

    def _promise(self, given: Promise, still_open: bool, now: datetime) -> str:
        words = self._words
        if still_open and given.until <= now:
            sentence = words.text("{name} had promised a post by {until}; none has been seen")
        elif given.scheduled:
            sentence = words.text("{name} has scheduled a post for {until}")
        else:
            sentence = words.text("{name} promised a post by {until}")
        return sentence.format(name=self.name(given.by), until=words.moment(given.until))

    def _checked(self, alert: Alert, noted: tuple[str, datetime], now: datetime) -> str:
        """What was seen when somebody said that a post is there. The first good reading since then
        counts, else the first: what is shown must not change with each reading to come."""
        by, at = noted
        first, words = self._first_since(alert, at), self._words
        if first is None and at + MINUTE <= now:
            sentence = words.text("{name} says it is published ({at}); it cannot be read just now")
        elif first is None or first.fresh:
            sentence = words.text("{name} says it is published ({at}); it is being read")
        elif first.good:
            sentence = words.text(
                "{name} says it is published ({at}); read at {read}, nothing newer is seen yet"
            )
        else:
            sentence = words.text(
                "{name} says it is published ({at}); reading it at {read} failed, please look"
            )
        read = words.moment(first.started_at) if first else ""
        return sentence.format(name=self.name(by), at=words.moment(at), read=read)

    def _first_since(self, alert: Alert, at: datetime) -> Reading | None:
        """The first good reading that was made soon after *at*, else the first."""
        made = self._store.readings.of_account(alert.subject, at, at + CHECKING)
        return next((one for one in made if one.good), made[0] if made else None)

    def _read_next(self, account: str, now: datetime) -> datetime | None:
        known = self._register.accounts.get(account)
        states = self._store.sources.named([s.id for s in known.sources] if known else [])
        planned = [s.next_read_at for s in states.values() if s.next_read_at]
        return max(min(planned), now) if planned else None

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
        return None if number is None else self.handover(number)


def _went(notice: Notice, person: str, latest: datetime) -> bool:
    """Whether *notice* went to *person*, or may have, before *latest*."""
    theirs = notice.person == person and notice.event is not Event.RESOLVED
    return theirs and notice.state is not NoticeState.WITHDRAWN and notice.created_at < latest
