"""The month's mail: gathered from the store, made, and sent once to everybody who is to get it.

State is noted before and after sending, and nobody who is being sent to can be claimed by
another process. What is due follows from the calendar at `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from itertools import accumulate, islice, takewhile
from typing import Protocol

from alerts.common.log import Log
from alerts.delivery.senders import RENEWED, leased
from alerts.message import ChannelOutcome, Delivers, DeliveryError, Failure, Refused, Why
from alerts.model import Alert, Person, Reach
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import waking
from alerts.told import Detail
from alerts.words import Words
from monitor.errors import Field, Told, UsageError
from monitor.ledger.periods import midnight
from monitor.ledger.totals import Rows
from monitor.model import AccountState, Post
from monitor.register import Register
from monitor.reports.ledger_rows import LedgerRows
from monitor.reports.mailing import state as mailing
from monitor.reports.mailing.claim import Claim
from monitor.reports.mailing.state import Mailing, Stage
from monitor.reports.month.figures import (
    AccountMonth,
    Handled,
    Month,
    Outlook,
    Tally,
    account_month,
    alerts_month,
    before,
    due_at,
    gateways_month,
    last_due,
    next_post,
    period_of,
    reach,
    tally,
)
from monitor.reports.month.view import View, view
from monitor.store.base import Store

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EARLIEST = 2000
REMEMBERED = 3  # months whose mail is still tried, if it was never accepted


class Mailer(Protocol):
    """A mail channel."""

    @property
    def domain(self) -> str:
        """The domain of the sender, for the ids of mails."""
        ...

    def send_mail(
        self,
        to: str | Sequence[str],
        subject: str,
        text: str,
        html: str | None = None,
        attachments: Iterable[tuple[str, str, bytes]] = (),
        message_id: str | None = None,
    ) -> Mapping[str, DeliveryError]:
        """Hand in one mail; return the refused addresses. Raises `DeliveryError`."""
        ...


Stopping = Callable[[], bool]


def never() -> bool:
    """Go on to the end."""
    return False


@dataclass(frozen=True)
class Issue:
    """One month's report in all its forms, each made when it is first asked for."""

    month: Month
    posts: Mapping[str, Sequence[Post]]
    words: Words

    @cached_property
    def view(self) -> View:
        """Its words."""
        return view(self.month, self.words)

    @cached_property
    def html(self) -> str:
        """The page of the mail."""
        from monitor.reports.month import page  # noqa: PLC0415 - spares every command its start

        return page.page(self.view, self.words)

    @cached_property
    def text(self) -> str:
        """The mail as plain text."""
        from monitor.reports.month import page  # noqa: PLC0415 - spares every command its start

        return page.text(self.view, self.words)

    @cached_property
    def xlsx(self) -> bytes:
        """The workbook."""
        from monitor.reports.office import workbooks  # noqa: PLC0415 - spares every command its start

        return workbooks.monthly(self.month, self.view, self.posts, self.words)

    @cached_property
    def docx(self) -> bytes:
        """The report for printing."""
        from monitor.reports.office import documents  # noqa: PLC0415 - spares every command its start

        return documents.monthly(self.month, self.view, self.words)

    def form(self, suffix: str) -> bytes:
        """Return it as a file whose name ends in *suffix*. Raises `UsageError` for others."""
        match suffix.lower():
            case ".html":
                return self.html.encode()
            case ".txt":
                return self.text.encode()
            case ".docx":
                return self.docx
            case ".xlsx":
                return self.xlsx
        endings = ".html, .txt, .docx, .xlsx"
        expected = Told(": expected a name that ends in {endings}", endings=endings)
        raise UsageError(Field("out"), expected)

    def make(self) -> None:
        """Make all that the mail consists of."""
        _ = (self.text, self.html, self.attachment)

    @property
    def attachment(self) -> tuple[str, str, bytes]:
        """The workbook as it is attached."""
        name = self.words.text("New media {month}.xlsx").format(month=self.view.label)
        return name, WORKBOOK, self.xlsx


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mail to one person. *way* is None where they have no mailbox; without
    *tried* it had been sent before, or is being sent by somebody else."""

    person: str
    way: Reach | None = None
    state: Mailing | None = None
    tried: bool = False
    error: DeliveryError | None = None

    @property
    def going(self) -> bool:
        """Whether somebody else is sending it right now."""
        return not self.tried and self.state is not None and self.state.stage is Stage.SENDING


class Monthly:
    """The month's mail of one register and its store. *to*: person ids. *mailers*: the mail
    channels by id."""

    renewed = RENEWED  # how often the claim to a mail that is being sent is prolonged

    def __init__(
        self,
        store: Store,
        register: Register,
        to: Sequence[str],
        mailers: Mapping[str, Mailer],
        words: Words,
        log: Log,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """*clock*: what a pass that takes long goes by; without it takes no time."""
        self._store = store
        self._register = register
        self._to = to
        self._mailers = mailers
        self._words = words
        self._log = log
        self._clock = clock

    def issue(self, number: int, month: int, now: datetime) -> Issue:
        """Return one month's report as known at *now*. Raises `UsageError` for a month that has
        not begun."""
        self._begun(number, month, now)
        return gathered(self._store, self._register, number, month, self._words, now)

    def mailings(self, number: int, month: int) -> dict[str, Mailing | None]:
        """Return how far the mail of a month is to each person who is to get it."""
        return {p: self._state(mailing.key(number, month, p)) for p in self._to}

    def send_due(self, now: datetime, stopping: Stopping = never) -> list[ChannelOutcome]:
        """Send what is due at *now*, once to each person; return what is wrong with a channel,
        or that it delivers. At night nothing is sent. Once the service is *stopping* no mail is
        begun, and one whose text was not handed over is as if it had not been."""
        if waking(now, self._register.hours) > now:
            return []
        sent: list[Sent] = []
        months = self._open_months(now)
        for number, month in months:
            newest = (number, month) == months[-1]
            waiting = [p for p in self._to if self._due(number, month, p, newest, now)]
            sent += self._send(number, month, waiting, now, stopping=stopping)
        return [outcome for one in sent for outcome in outcomes_of(one)]

    def send(self, number: int, month: int, now: datetime) -> list[Sent]:
        """Send one month's report to everybody who has not got it, whether it is due or not.

        Raises `UsageError` for a month that is not over, or if nobody is to get it.
        """
        self._begun(number, month, now)
        if now < period_of(number, month, self._register.hours.zone).end:
            raise UsageError(
                Field("send"),
                Told(
                    ": {month} is not over; its report would be sent only once",
                    month=f"{number}-{month:02}",
                ),
            )
        if not self._to:
            raise UsageError(Told("monitor.toml: reports.monthly_to names nobody to send it to"))
        return self._send(number, month, self._to, now, asked=True)

    def _calendar(self) -> Calendar:
        return self._register.under(self._store.custody.records()).calendar

    def _open_months(self, now: datetime) -> list[tuple[int, int]]:
        """The newest month whose mail is due, and those before it, the oldest first."""
        found = [last_due(self._calendar(), self._register.hours, now)]
        while len(found) < REMEMBERED:
            found.insert(0, before(*found[0]))
        return found

    def _due(self, number: int, month: int, person: str, newest: bool, now: datetime) -> bool:
        """Whether to try now. An older month's mail is begun only for whom one before it was: they
        missed it while nothing ran, and did not join later."""
        if mail_of(self._register.people.get(person), self._mailers) is None:
            return False
        known = self._state(mailing.key(number, month, person))
        if known is None and newest and self._before_us(number, month, now):
            self._skip(number, month, person)
            return False
        begin = known is not None or newest or self._joined_before(number, month, person)
        return begin and mailing.ready(known, now)

    def _joined_before(self, number: int, month: int, person: str) -> bool:
        """Whether anything is noted of a mail to *person* in the year before this one."""
        earlier = accumulate(range(12), lambda found, _: before(*found), initial=(number, month))
        keys = (mailing.key(*one, person) for one in islice(earlier, 1, None))
        return any(self._store.notes.get(key) is not None for key in keys)

    def _before_us(self, number: int, month: int, now: datetime) -> bool:
        """Whether the mail was due before the day on which watching began."""
        zone = self._register.hours.zone
        facts = self._store.accounts.facts(self._register.count_reposts())
        since = min((one.watched_since for one in facts.values()), default=now)
        began = midnight(min(since, now).astimezone(zone).date(), zone)
        return due_at(number, month, self._calendar(), self._register.hours) < began

    def _skip(self, number: int, month: int, person: str) -> None:
        skipped = mailing.written(Mailing(Stage.SKIPPED))
        self._store.notes.replace(mailing.key(number, month, person), None, skipped)
        self._log("monthly_skipped", month=f"{number}-{month:02}", person=person)

    def _send(
        self,
        number: int,
        month: int,
        people: Sequence[str],
        now: datetime,
        asked: bool = False,
        stopping: Stopping = never,
    ) -> list[Sent]:
        issue = cache(lambda: self.issue(number, month, now))
        return [
            self._send_to(person, number, month, issue, asked, stopping, self._at(now))
            for person in takewhile(lambda _: not stopping(), people)
        ]

    def _at(self, now: datetime) -> datetime:
        """Return the time by now of a pass that began at *now*."""
        return self._clock() if self._clock else now

    def _send_to(
        self,
        person: str,
        number: int,
        month: int,
        issue: Callable[[], Issue],
        asked: bool,
        stopping: Stopping,
        now: datetime,
    ) -> Sent:
        way = mail_of(self._register.people.get(person), self._mailers)
        if way is None:
            return Sent(person)
        key = mailing.key(number, month, person)
        known = self._state(key)
        if self._open(known, asked, now) is None:
            return Sent(person, way, known)
        # Made before it is claimed: who is killed while making it has sent nothing.
        broken = self._tried(lambda: issue().make())
        claim = self._claim(key, asked, now)
        if claim is None:
            return Sent(person, way, self._state(key))
        claimed = claim.state
        with leased(lambda: claim.renew(self._at(now)), self.renewed):
            error = broken or self._tried(lambda: self._hand_in(issue(), person, way, claimed))
        if error is not None and not error.doubtful and stopping():
            state = mailing.given_back(claim.state)
        else:
            state = mailing.ended(claim.state, error, self._register.hours, now)
        claim.end(state)
        self._log(
            "monthly_failed" if error else "monthly_sent",
            month=f"{number}-{month:02}",
            person=person,
            channel=way.channel,
            attempts=state.attempts,
            **({"detail": error.detail, "retry_at": state.until} if error else {}),
        )
        return Sent(person, way, state, tried=True, error=error)

    def _claim(self, key: str, asked: bool, now: datetime) -> Claim | None:
        """Note that an attempt begins, unless it must not, or somebody else is about it."""
        noted = self._store.notes.read(key, lambda text: (text, mailing.read(text)))
        text, known = noted or (None, None)
        claimed = self._open(known, asked, now)
        ours = claimed and self._store.notes.replace(key, text, mailing.written(claimed))
        return Claim(self._store.notes, key, claimed) if claimed and ours else None

    def _open(self, known: Mailing | None, asked: bool, now: datetime) -> Mailing | None:
        """Return the state of an attempt that may begin now; None if none may.

        *asked* by a person: neither a wait nor that it was skipped counts."""
        if asked and known is not None and known.stage in (Stage.WAITING, Stage.SKIPPED):
            known = replace(known, stage=Stage.WAITING, until=None)
        return mailing.begun(known, now) if mailing.ready(known, now) else None

    def _tried(self, act: Callable[[], None]) -> DeliveryError | None:
        """Make or send the mail; return how that failed. Either is tried again."""
        try:
            act()
        except DeliveryError as error:
            return error
        except Exception as error:
            self._log("monthly_broke", error=type(error).__name__, bug=error)
            broke = Detail(f"it broke: {type(error).__name__}", Why.BROKE)
            return DeliveryError(Failure.CHANNEL, broke)
        return None

    def _hand_in(self, issue: Issue, person: str, way: Reach, claimed: Mailing) -> None:
        mailer, words, month = self._mailers[way.channel], self._words, issue.month
        subject = issue.view.subject
        if claimed.resent:
            subject = words.text("{subject} (sent again)").format(subject=subject)
        mailer.send_mail(
            way.address,
            subject,
            issue.text,
            issue.html,
            [issue.attachment],
            message_id=mailing.mail_id(month.year, month.month, person, mailer.domain),
        )

    def _state(self, key: str) -> Mailing | None:
        return self._store.notes.read(key, mailing.read)

    def _begun(self, number: int, month: int, now: datetime) -> None:
        known = EARLIEST <= number < 9999 and 1 <= month <= 12
        if not known or now < period_of(number, month, self._register.hours.zone).start:
            raise UsageError(
                Told(
                    "{month} is no month there can be a report of yet",
                    month=f"{number}-{month:02}",
                )
            )


def mail_of(person: Person | None, mailers: Container[str]) -> Reach | None:
    """Return the first way of *person* that is a mailbox; None if there is none."""
    ways = person.reach if person else ()
    return next((reach for reach in ways if reach.channel in mailers), None)


def outcomes_of(sent: Sent) -> Iterator[ChannelOutcome]:
    """Yield what an attempt found out about its channel, as a round of delivery would."""
    if sent.way is None or not sent.tried:
        return
    if sent.error is None:
        yield Delivers(sent.way.channel, sent.person)
    elif sent.error.failure is not Failure.LATER:
        yield Refused(sent.way.channel, sent.person, sent.error.detail, sent.error.failure)


def gathered(
    store: Store, register: Register, number: int, month: int, words: Words, now: datetime
) -> Issue:
    """Return one month's report made of what the store holds, one account at a time."""
    zone = register.hours.zone
    period = period_of(number, month, zone)
    ledger = LedgerRows(store, register, reach(number, month, zone), now)
    alerts = [a for a in store.alerts.listed(True) if a.opened_at < period.end]
    accounts: list[AccountMonth] = []
    posts: dict[str, Sequence[Post]] = {}
    tallies: list[Mapping[str, Tally]] = []
    posted_at: dict[int, datetime | None] = {}
    watched_since = store.accounts.watched_since()
    for account in register.accounts.values():
        rows = ledger[account.id]
        ladder = register.policy_of(account).ladder
        outlook = Outlook(ladder, register.hours, register.calendar)
        found = account_month(account, rows, number, month, outlook, now)
        since = watched_since.get(account.id, period.end)
        found = replace(found, watched=since < period.end)
        tallies.append(tally(rows.readings, period))
        posted_at |= _next_posts(alerts, account.id, rows, now)
        if account.state is AccountState.CLOSED and not found.totals.posts:
            continue
        accounts.append(found)
        posts[account.id] = [p for p in rows.posts if period.holds(p.published_at)]
    notices = store.alerts.notices_of([alert.id for alert in alerts])
    handled = [Handled(a, notices.get(a.id, ()), posted_at.get(a.id)) for a in alerts]
    kinds = {gateway.id: gateway.kind for gateway in register.gateways.values()}
    made = Month(
        year=number,
        month=month,
        period=period,
        at=now,
        accounts=tuple(accounts),
        alerts=alerts_month(handled, period),
        gateways=gateways_month(kinds, tallies, alerts, period, now),
        calendar=register.calendar,
    )
    return Issue(made, posts, words)


def _next_posts(
    alerts: Sequence[Alert], account: str, rows: Rows, now: datetime
) -> dict[int, datetime | None]:
    return {a.id: next_post(rows, a.since, now) for a in alerts if a.subject == account}
