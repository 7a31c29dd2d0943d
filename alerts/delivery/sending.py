"""Send what is due: claim, check that it still holds, send, record.

At least once: what is recorded is recorded after sending, so a crash in between repeats a
message (same id, marked 重发) and none is lost. Decides what becomes of a failed attempt by
`alerts.delivery.outbox.after`; knows neither how a channel works nor who is to be notified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from alerts.answers.answer import Ticket, ticket_for
from alerts.answers.buttons import buttons
from alerts.channels.base import Channel
from alerts.common.log import Log
from alerts.delivery.outbox import LEASE, After, Hold, Outbox, after
from alerts.delivery.senders import Senders, leased
from alerts.message import (
    ChannelOutcome,
    Delivers,
    DeliveryError,
    Failure,
    Link,
    Message,
    Refused,
    Why,
)
from alerts.messages.digest import Elsewhere, Page, Room, digest
from alerts.messages.render import heading
from alerts.model import Hours, Notice, NoticeState, Person, Reach, notice_id
from alerts.rules.ladder import waking
from alerts.told import Detail, coded
from alerts.words import Words

# So many failures in a row, and the rest of a channel's notices wait with them untried: each
# may have cost a time-out, and the other channels' next notices wait for this round to end.
FAILURES_IN_A_ROW = 3
CUT_OFF = 6  # failures of a person's only way before the operator is notified: 15 minutes
# No message is begun later than this into a round: what came meanwhile may be more urgent.
ROUND = LEASE / 2
UNTRIED = Detail("not tried yet: the service stops", Why.STOPPED)
SLOW = Detail("not tried yet: the channel is slow", Why.QUEUED)
QUIET = Detail("quiet hours", Why.QUIET)


StandIns = Callable[[Notice], Sequence[Person]]
LinkOf = Callable[[Ticket], str]  # the address of the page on which a ticket can be answered


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did. *claimed* 0 means that nothing was due."""

    claimed: int
    sent: int
    outcomes: tuple[ChannelOutcome, ...]


def not_before_for(channel: Channel | None, when: datetime, hours: Hours) -> datetime:
    """Return the first instant from *when* on at which *channel* may speak: outside the quiet
    hours, if it keeps them. A channel that is not there keeps none."""
    if channel is None or not channel.quiet:
        return when
    return waking(when, hours)


def drain(
    outbox: Outbox,
    channels: Mapping[str, Channel],
    people: Mapping[str, Person],
    words: Words,
    hours: Hours,
    now: datetime,
    log: Log,
    *,
    link_of: LinkOf | None = None,
    hold: Hold | None = None,
    stopwatch: Callable[[], float] = monotonic,
    clock: Callable[[], datetime] | None = None,
    senders: Senders | None = None,
    stand_ins: StandIns = lambda _: (),
    stopping: Callable[[], bool] = lambda: False,
) -> Report:
    """Try every notice that is due at *now* once, the channels side by side, and return what
    became of it. *link_of*: where messages can be answered, if there are pages for it. *hold*:
    what waits for others to share a message with. *senders*: what goes on sending while others
    have their next round; without, every channel is waited for. *stand_ins*: who is notified
    instead of somebody whom no channel of theirs is sure to have reached. *stopping*: whether
    nothing more is to be begun. Errors of the store surface as they are, after every channel
    had its turn."""
    at = clock or (lambda: now)
    settings = (outbox, channels, people, words, hours, now, log, link_of)
    this = _Round(*settings, stopwatch, at, stand_ins, stopping)
    busy = senders.busy if senders else ()
    claimed = () if stopping() else outbox.claim(now, hold=hold, busy=busy)
    by_channel: dict[str, list[Notice]] = {}
    for notice in claimed:
        by_channel.setdefault(notice.channel, []).append(notice)
    queues = [_Queue(this, channel, notices) for channel, notices in by_channel.items()]
    ended = _side_by_side(queues) if senders is None else senders.sent(queues)
    mine = [queue for queue in ended if isinstance(queue, _Queue)]
    outcomes = tuple(outcome for queue in mine for outcome in queue.outcomes())
    return Report(len(claimed), sum(queue.sent for queue in mine), outcomes)


def _side_by_side(queues: Sequence[_Queue]) -> Sequence[_Queue]:
    if len(queues) <= 1:
        for queue in queues:
            queue.deliver()
        return queues
    with ThreadPoolExecutor(len(queues), thread_name_prefix="deliver") as pool:
        running = [pool.submit(queue.deliver) for queue in queues]
    for one in running:
        one.result()
    return queues


@dataclass(frozen=True, slots=True)
class _Round:
    """What all channels' queues of one round share."""

    outbox: Outbox
    channels: Mapping[str, Channel]
    people: Mapping[str, Person]
    words: Words
    hours: Hours
    now: datetime
    log: Log
    link_of: LinkOf | None
    stopwatch: Callable[[], float]
    clock: Callable[[], datetime]
    stand_ins: StandIns
    stopping: Callable[[], bool]


@dataclass(slots=True)
class _Queue:
    """One channel's notices of one round, sent one after the other in the order they came."""

    round: _Round
    channel_id: str
    notices: Sequence[Notice]
    sent: int = 0
    refused: list[Refused] = field(default_factory=list)
    in_a_row: int = 0

    def deliver(self) -> None:
        """Try every notice once, or put it back."""
        channel = self.round.channels.get(self.channel_id)
        if channel is None:
            why = Detail(f"channel {self.channel_id} is not configured", Why.NO_CHANNEL)
            for notice in self.notices:
                if self._holds(notice):
                    self._give_up(notice, why)
            return
        with leased(self._renew):
            self._deliver_by(channel)

    def _renew(self) -> None:
        self.round.outbox.renew(self.notices, self.round.clock())

    def _deliver_by(self, channel: Channel) -> None:
        started, last = self.round.stopwatch(), None
        for bundle in _bundles(self.notices, channel):
            if self.round.stopping():
                self._put_back(bundle, self.round.now, UNTRIED)
            elif last is not None and self.in_a_row >= FAILURES_IN_A_ROW:
                self._settle(bundle, DeliveryError(Failure.LATER, _untried(last), last.wait))
            elif self.round.stopwatch() - started > ROUND.total_seconds():
                self._put_back(bundle, self.round.now, SLOW)
            else:
                last = self._send_bundle(channel, bundle) or last

    def outcomes(self) -> tuple[ChannelOutcome, ...]:
        """Return what the channel refused for good; if nothing was and something was sent, that
        it delivers."""
        if self.refused or not self.sent:
            return tuple(self.refused)
        return (Delivers(self.channel_id),)

    def _send_bundle(self, channel: Channel, bundle: Sequence[Notice]) -> DeliveryError | None:
        """Send what of *bundle* still stands; return the last failure, if one was."""
        due = [n for n in bundle if self._may_go(n, channel)]
        try:
            pages = self._pages(due, channel)
        except Exception as error:
            if len(due) > 1:
                return self._one_by_one(channel, due)
            self._bug("notice_not_rendered", error)
            return self._settle(due, _unfit(error))
        failed = [e for page in pages if (e := self._send_page(channel, page))]
        return failed[-1] if failed else None

    def _pages(self, due: Sequence[Notice], channel: Channel) -> Sequence[Page]:
        doubtful = {n.id for n in due if n.resent}
        this, room = self.round, self._room(due, channel)
        return digest(due, this.words, this.hours, room, doubtful, this.now)

    def _room(self, due: Sequence[Notice], channel: Channel) -> Room:
        if channel.inbound:
            return Room(channel.digest, Elsewhere.COMMAND)
        link = self._link(due) if len(due) > 1 else None
        if link is None:
            return Room(channel.digest)
        return Room(channel.digest - len(link.line.encode()), Elsewhere.LINK)

    def _send_page(self, channel: Channel, page: Page) -> DeliveryError | None:
        if self.round.stopping():  # asked last: this process may have been halted until now
            self._put_back(page.notices, self.round.now, UNTRIED)
            return None
        error = self._attempt(channel, page)
        if error is not None and error.failure is Failure.MESSAGE and len(page.notices) > 1:
            # One of them may be what is refused: it must not take the others with it.
            return self._one_by_one(channel, page.notices)
        late = error is not None and error.failure is Failure.LATER
        self.in_a_row = self.in_a_row + 1 if late else 0
        return self._settle(page.notices, error)

    def _one_by_one(self, channel: Channel, notices: Sequence[Notice]) -> DeliveryError | None:
        failed = [e for n in notices if (e := self._send_bundle(channel, [n]))]
        return failed[-1] if failed else None

    def _attempt(self, channel: Channel, page: Page) -> DeliveryError | None:
        """Send one message; return how that failed. What a channel must not raise is LATER."""
        notices, this, words = page.notices, self.round, self.round.words
        message = Message(
            address=notices[0].address,
            subject=page.rendered.subject,
            text=page.rendered.text,
            notices=notices,
            resent=any(n.resent for n in notices),
            link=self._link(notices),
            buttons=buttons(notices, this.people, words, this.hours, this.now),
            cut=words.text(" (too long, the rest is cut off)"),
            language=words.tag,
            heading=heading(notices, this.people, words),
        )
        try:
            channel.send(message)
        except DeliveryError as error:
            return error
        except Exception as error:
            self._bug("channel_broke", error)
            detail = Detail(f"the channel broke: {type(error).__name__}", Why.BROKE)
            return DeliveryError(Failure.LATER, detail)
        return None

    def _link(self, notices: Sequence[Notice]) -> Link | None:
        link_of, words = self.round.link_of, self.round.words
        ticket = ticket_for(notices, self.round.now) if link_of else None
        if ticket is None or link_of is None:
            return None
        return Link(link_of(ticket), words.text("Answer here"), words.text(": "))

    def _may_go(self, notice: Notice, channel: Channel) -> bool:
        if not self._holds(notice):
            return False
        if notice.person not in self.round.people:
            why = Detail(f"{notice.person} is no longer configured", Why.LEFT)
            self._give_up(notice, why)
            return False
        wakes = not_before_for(channel, self.round.now, self.round.hours)
        if wakes > self.round.now:
            self._put_back([notice], wakes, QUIET)
            return False
        return True

    def _holds(self, notice: Notice) -> bool:
        if self.round.outbox.still_holds(notice):
            return True
        self.round.outbox.withdraw(notice, self.round.now)
        self.round.log("notice_withdrawn", **_facts(notice))
        return False

    def _put_back(self, notices: Sequence[Notice], until: datetime, why: str) -> None:
        for notice in notices:
            waits = After(NoticeState.RETRYING, not_before=until)
            self.round.outbox.settle(notice, waits, self.round.now, why)

    def _give_up(self, notice: Notice, why: str) -> None:
        """End *notice*, whose person or channel was taken out of the configuration since; a
        person who is still there is notified by another channel. No channel has failed."""
        self.round.outbox.add(self._on_second_channel(notice))
        self.round.outbox.settle(notice, After(NoticeState.FAILED), self.round.now, why)
        self.round.log("notice_given_up", **_facts(notice), detail=why)

    def _settle(
        self, notices: Sequence[Notice], error: DeliveryError | None
    ) -> DeliveryError | None:
        for notice in notices:
            self._settle_one(notice, error)
        return error

    def _settle_one(self, notice: Notice, error: DeliveryError | None) -> None:
        now, person = self.round.clock(), self.round.people.get(notice.person)
        last_way = _next_reach(notice, person) is None
        result = self._waking(after(notice, error, now, last_way=last_way))
        if result.second_channel:
            # Before the failure is recorded: a crash in between must not lose the message.
            left = last_way and result.doubtful and result.state is NoticeState.FAILED
            again = self._to_stand_ins(notice) if left else self._on_second_channel(notice)
            self.round.outbox.add(again)
        self.round.outbox.settle(notice, result, now, error.detail if error else None)
        if error is None:
            self.sent += 1
            self.round.log("notice_sent", **_facts(notice), resent=notice.resent)
            return
        if result.raise_channel_alert or self._cut_off(notice, error):
            refused = Refused(self.channel_id, notice.person, error.detail, error.failure)
            self.refused.append(refused)
        self.round.log(
            "notice_failed",
            **_facts(notice),
            failure=error.failure.value,
            detail=error.detail,
            retry_at=result.not_before,
        )

    def _cut_off(self, notice: Notice, error: DeliveryError) -> bool:
        """Whether somebody who has no other way has not been reached for a quarter of an hour."""
        late = error.failure is Failure.LATER and notice.attempts >= CUT_OFF
        return late and _next_reach(notice, self.round.people.get(notice.person)) is None

    def _waking(self, result: After) -> After:
        if result.not_before is None:
            return result
        channel = self.round.channels.get(self.channel_id)
        return replace(
            result, not_before=not_before_for(channel, result.not_before, self.round.hours)
        )

    def _on_second_channel(self, notice: Notice) -> list[Notice]:
        reach = _next_reach(notice, self.round.people.get(notice.person))
        return [] if reach is None else [self._anew(notice, notice.person, reach)]

    def _to_stand_ins(self, notice: Notice) -> list[Notice]:
        """The same for who stands in for the person, by their first way; it says for whom."""
        known = self.round.people.get(notice.person)
        name = known.name if known else notice.person
        said = replace(notice, facts=replace(notice.facts, fallback_for=name))
        others = [p for p in self.round.stand_ins(notice) if p.id != notice.person and p.ways]
        return [self._anew(said, other.id, other.ways[0]) for other in others]

    def _anew(self, notice: Notice, person: str, reach: Reach) -> Notice:
        channel, now = self.round.channels.get(reach.channel), self.round.clock()
        return replace(
            notice,
            id=notice_id(notice.alert, notice.occasion, person, reach.channel),
            person=person,
            channel=reach.channel,
            address=reach.address,
            created_at=now,
            not_before=not_before_for(channel, now, self.round.hours),
            state=NoticeState.PENDING,
            attempts=0,
            lease_until=None,
            sent_at=None,
            error=None,
            resent=False,
        )

    def _bug(self, event: str, error: Exception) -> None:
        self.round.log(event, channel=self.channel_id, error=type(error).__name__, bug=error)


def _bundles(notices: Sequence[Notice], channel: Channel) -> Iterator[Sequence[Notice]]:
    """Yield what may share a message: what goes to one address, in the order it came."""
    if not channel.digest:
        yield from ([notice] for notice in notices)
        return
    by_address: dict[str, list[Notice]] = {}
    for notice in notices:
        by_address.setdefault(notice.address, []).append(notice)
    yield from by_address.values()


def _next_reach(notice: Notice, person: Person | None) -> Reach | None:
    """Return the person's next way after the one that failed; the first other one, if that
    is no longer theirs."""
    if person is None:
        return None
    # The urgent ways go beside the first; whose notice failed has got the same by that one.
    ways = [reach.channel for reach in person.ways]
    start = ways.index(notice.channel) if notice.channel in ways else 0
    return next((r for r in person.ways[start:] if r.channel != notice.channel), None)


def _untried(last: DeliveryError) -> str:
    return coded(f"not tried, the channel keeps failing: {last.detail}", last.detail)


def _unfit(error: Exception) -> DeliveryError:
    return DeliveryError(Failure.MESSAGE, f"it cannot be worded: {type(error).__name__}")


def _facts(notice: Notice) -> dict[str, object]:
    return {
        "notice": notice.id,
        "alert": notice.alert,
        "kind": notice.kind.value,
        "subject": notice.subject,
        "reason": notice.reason.value,
        "person": notice.person,
        "channel": notice.channel,
    }
