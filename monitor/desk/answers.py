"""What an answer does, worded for the person who gave it.

A page's button and a chat's button do the same thing here. Only wording: which answers are
permitted comes from `alerts.answers` and `alerts.people.handover`, and the desk carries them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.answers.answer import Answer, end_of_today, handover_of
from alerts.errors import RefusedError
from alerts.facts import DoubtFacts
from alerts.model import Alert, Kind
from alerts.people.handover import HandoverState
from alerts.rules.lifecycle import Refusal, promise_refusal
from alerts.words import Words
from monitor.desk.desk import Desk
from monitor.desk.lookup import AlertLookup
from monitor.register import Register
from monitor.store.base import Store


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What became of an answer, in a sentence or two. *done*: it was recorded."""

    done: bool
    text: str


class AnswerService:
    """Records answers to what its *lookup* finds, and words what became of them. Safe to use from
    several threads."""

    def __init__(self, desk: Desk, store: Store, register: Register, words: Words) -> None:
        self.lookup = AlertLookup(store, register, words)
        self._desk = desk
        self._words = words
        self._hours = register.hours

    def answer(
        self, alert: int, by: str, answer: Answer, until: datetime | None, now: datetime
    ) -> AnswerResult:
        """Record what *by* answers to *alert*, and return what became of it. *until*: the time
        for which a post is scheduled, or by which it is promised."""
        known = self.lookup.find(alert)
        refused = self._refused(known, alert, by, answer, until, now)
        if refused is not None or known is None:
            return AnswerResult(False, refused or "")
        try:
            return AnswerResult(True, self._done(known, by, answer, until, now))
        except RefusedError:
            return AnswerResult(False, self._late(known, answer))

    def acknowledge_all(self, alerts: Sequence[int], by: str, now: datetime) -> AnswerResult:
        """Record that *by* has in hand all of *alerts* that are open; return the reply."""
        found = [
            alert for n in alerts if (alert := self.lookup.find(n)) and alert.resolved_at is None
        ]
        results = [self.answer(a.id, by, Answer.ACKNOWLEDGE, None, now) for a in found]
        done = sum(one.done for one in results)
        if not found:
            return AnswerResult(False, self._words.text("None of these alerts is open any more."))
        if not done:
            return results[0]
        sentence = self._words.plural(
            "Recorded: {name} has {n} alert in hand. No step is repeated for 24 hours.",
            "Recorded: {name} has {n} alerts in hand. No step is repeated for 24 hours.",
            done,
        )
        return AnswerResult(True, sentence.format(name=self.lookup.name(by), n=done))

    def promised(self, alert: int, by: str, until: datetime, now: datetime) -> AnswerResult:
        """Record that *by* promises a post by *until*, not scheduled yet; return the reply."""
        known = self.lookup.find(alert)
        refused = self._refused(known, alert, by, Answer.SCHEDULED, until, now)
        if refused is not None or known is None:
            return AnswerResult(False, refused or "")
        try:
            self._desk.alerts.promise(alert, by, until, False, now)
        except RefusedError:
            return AnswerResult(False, self._late(known, Answer.SCHEDULED))
        sentence = self._words.text(
            "Recorded: {name} promises a post by {until}. Without one you are told at once."
        )
        return AnswerResult(
            True, sentence.format(name=self.lookup.name(by), until=self._words.moment(until))
        )

    def handover(self, number: int, by: str, answer: Answer, now: datetime) -> AnswerResult:
        """Record that *by* accepts handover *number*, or has published as its new custodian."""
        known = self.lookup.handover(number)
        if known is None:
            return AnswerResult(
                False, self._words.text("There is no handover {id}.").format(id=number)
            )
        if answer not in self.lookup.own_part(known, by):
            return AnswerResult(
                False,
                self._words.text("This answer does not fit here, or it has been given already."),
            )
        try:
            return AnswerResult(True, self._handed_over(number, by, answer, now))
        except RefusedError:
            return AnswerResult(False, self._no_post_yet())

    def _done(
        self, alert: Alert, by: str, answer: Answer, until: datetime | None, now: datetime
    ) -> str:
        match answer:
            case Answer.UPDATED | Answer.QUIET | Answer.SEEN | Answer.NOTHING:
                return self._looked(alert, by, answer, now)
            case Answer.ACCEPT | Answer.MINE:
                return self._handed_over(handover_of(alert.subject) or 0, by, answer, now)
        return self._taken_up(alert, by, answer, until, now)

    def _taken_up(
        self, alert: Alert, by: str, answer: Answer, until: datetime | None, now: datetime
    ) -> str:
        """Record that *by* does something about *alert*, or has."""
        words, name = self._words, self.lookup.name(by)
        if answer is Answer.TODAY:
            self._desk.alerts.promise_today(alert.id, by, now)
            return words.text(
                "Recorded: {name} will publish today by {at}. Without a post you are told at once."
            ).format(name=name, at=f"{self._hours.today_until:%H:%M}")
        if answer is Answer.SCHEDULED:
            assert until is not None
            self._desk.alerts.promise(alert.id, by, until, True, now)
            return words.text(
                "Recorded: {name} has scheduled a post for {until}. It is checked then."
            ).format(name=name, until=words.moment(until))
        if answer is Answer.POSTED:
            self._desk.alerts.posted(alert.id, by, now)
            return words.text(
                "Recorded: {name} says it is published. It is read now; what is seen stands "
                "here within a minute."
            ).format(name=name)
        self._desk.alerts.acknowledge(alert.id, by, now)
        return words.text(
            "Recorded: {name} has it in hand. The same step is not repeated for 24 hours."
        ).format(name=name)

    def _looked(self, alert: Alert, by: str, answer: Answer, now: datetime) -> str:
        """Record what *by* saw of an account: of one that no gateway sees, or of what is doubted
        of the one that the message named."""
        words, beliefs = self._words, self._desk.beliefs
        account, told_at = self._asked_of(alert, now)
        if answer is Answer.UPDATED:
            beliefs.updated_today(account, by, now)
            sentence = words.text(
                "Recorded: {name} has seen an update of today. It counts from today."
            )
        elif answer is Answer.SEEN:
            beliefs.right(account, by, told_at, now)
            sentence = words.text("Recorded: {name} confirms what is seen; it is read again now.")
        else:
            beliefs.nothing_newer(account, by, now)
            sentence = words.text("Recorded: {name} has looked, there is nothing newer.")
        return sentence.format(name=self.lookup.name(by))

    def _asked_of(self, alert: Alert, now: datetime) -> tuple[str, datetime]:
        """The account that *alert* asks a person to look at, and when it was told last."""
        if alert.kind is Kind.LOOK:
            return alert.subject, now
        told = self.lookup.told_last(alert)
        assert told is not None
        assert isinstance(told.facts, DoubtFacts)
        return told.facts.account or "", told.created_at

    def _handed_over(self, number: int, by: str, answer: Answer, now: datetime) -> str:
        words, name = self._words, self.lookup.name(by)
        if answer is Answer.MINE:
            changed = self._desk.handovers.confirm(number, by, now)
            sentence = (
                words.text("Recorded: {name} has published; the handover of {what} is done.")
                if changed.state is HandoverState.PROVEN
                else words.text("Recorded: {name} has published. {what}: not all accounts yet.")
            )
            return sentence.format(name=name, what=self.lookup.accounts_of(changed))
        changed = self._desk.handovers.accept(number, by, now)
        waiting = words.listing([self.lookup.name(person) for person in changed.awaiting()])
        sentence = (
            words.text("Recorded: {name} accepts the handover of {what}; {waiting} has to, too.")
            if waiting
            else words.text(
                "Recorded: {name} accepts the handover of {what}. {taker} holds it from now on "
                "and proves it by a first post."
            )
        )
        return sentence.format(
            name=name,
            what=self.lookup.accounts_of(changed),
            waiting=waiting,
            taker=self.lookup.name(changed.taker),
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
        if not self.lookup.known(by):
            return words.text("You are not among the people any more; please ask the operator.")
        if alert is None:
            return words.text("There is no alert {id}.").format(id=number)
        if alert.resolved_at is not None:
            return words.text("This alert has ended; no answer is needed any more.")
        if answer in (Answer.TODAY, Answer.SCHEDULED):
            return self._no_promise(alert, answer, until, now)
        if answer not in self.lookup.offers(alert, by, now):
            return words.text("This answer does not fit here, or it has been given already.")
        return None

    def _no_promise(
        self, alert: Alert, answer: Answer, named: datetime | None, now: datetime
    ) -> str | None:
        words, breach_at = self._words, self.lookup.breach_at(alert)
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
        current = self.lookup.find(alert.id)
        if current is None or current.resolved_at is not None:
            return words.text("This alert has ended; no answer is needed any more.")
        return words.text("This has just changed; please look again.")

    def _no_post_yet(self) -> str:
        return self._words.text(
            "No post has been seen yet since both sides accepted. Please publish, wait a "
            "moment, and confirm again."
        )
