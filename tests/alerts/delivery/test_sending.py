"""What becomes of notices: sent once, repeated rather than lost, and never in another's way."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper
from threading import Barrier
from threading import Event as Flag
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from alerts.answers.answer import Ticket
from alerts.channels.base import Channel
from alerts.channels.console import Console
from alerts.delivery.outbox import LEASE, LONGEST_BACKOFF, After, Hold, after
from alerts.delivery.outbox_memory import MemoryOutbox
from alerts.delivery.sending import (
    FAILURES_IN_A_ROW,
    ROUND,
    Report,
    drain,
    not_before_for,
)
from alerts.facts import SilenceFacts
from alerts.message import Delivers, DeliveryError, Failure, Link, Message, Refused
from alerts.model import (
    ChannelSettings,
    Event,
    Hours,
    Kind,
    Notice,
    NoticeState,
    Person,
    Reach,
    Reason,
    notice_id,
)
from alerts.occasion import occasion_of
from alerts.words import translator
from tests.waiting import PATIENCE

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
WORDS = translator("zh_CN")
NOON = datetime(2024, 2, 9, 4, tzinfo=UTC)  # 12:00 in Anshan
NIGHT = datetime(2024, 2, 9, 15, tzinfo=UTC)  # 23:00
SEVEN = datetime(2024, 2, 9, 23, tzinfo=UTC)  # 07:00 on the 10th
MINUTE = timedelta(minutes=1)
LATER = DeliveryError(Failure.LATER, "503")
BLOCKED = DeliveryError(Failure.ADDRESS, "blocked by the user")
REFUSED = DeliveryError(Failure.MESSAGE, "message is too long")
EXPIRED = DeliveryError(Failure.CHANNEL, "token refused")

PEOPLE = {
    "zhang": Person("zhang", "张三", reach=(Reach("chat", "1"), Reach("mail", "z@x.cn"))),
    "li": Person("li", "李四", reach=(Reach("chat", "2"),)),
    "wang": Person("wang", "王五", reach=(Reach("mail", "w@x.cn"),)),
}
ADDRESSES = {"zhang": "1", "li": "2", "wang": "w@x.cn"}


@dataclass
class Line:
    """A channel that answers each message with what `answer` makes of it, and keeps them all."""

    answer: Callable[[Message], Exception | None] = lambda _: None
    quiet: bool = True
    digest: int = 2000
    inbound: bool = False
    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.messages.append(message)
        if (error := self.answer(message)) is not None:
            raise error

    def close(self) -> None:
        pass

    @property
    def got(self) -> list[list[str]]:
        return [[n.id for n in message.notices] for message in self.messages]


@dataclass
class Heard:
    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, /, **facts: Any) -> None:
        self.lines.append((event, facts))

    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


def always(error: Exception) -> Callable[[Message], Exception | None]:
    return lambda _: error


def notice(id_: str, person: str = "zhang", channel: str = "chat", **changes: Any) -> Notice:
    number = int("".join(c for c in id_ if c.isdigit()) or 0)
    usual = Notice(
        id=id_,
        alert=number,
        kind=Kind.SILENCE,
        subject="weibo-anshanmz",
        occasion=occasion_of("rung:10"),
        reason=Reason.RUNG,
        event=Event.ALERT,
        rung=10,
        person=person,
        channel=channel,
        address=ADDRESSES.get(person, "9"),
        facts=SilenceFacts("鞍山民政", "weibo", at=NOON, quiet_days=10, limit_days=14),
        created_at=NOON + timedelta(seconds=number),
        not_before=NOON,
    )
    return replace(usual, **changes)


def outbox_of(*notices: Notice, holds: Callable[[Notice], bool] = lambda _: True) -> MemoryOutbox:
    outbox = MemoryOutbox(holds)
    outbox.add(notices)
    return outbox


def deliver(
    outbox: MemoryOutbox,
    channels: dict[str, Channel],
    now: datetime = NOON,
    log: Heard | None = None,
) -> Report:
    return drain(outbox, channels, PEOPLE, WORDS, HOURS, now + MINUTE, log or Heard())


def states(outbox: MemoryOutbox) -> list[tuple[str, str, NoticeState]]:
    return [(n.person, n.channel, n.state) for n in outbox.notices]


SENT, RETRYING, PENDING = NoticeState.SENT, NoticeState.RETRYING, NoticeState.PENDING
FAILED, WITHDRAWN = NoticeState.FAILED, NoticeState.WITHDRAWN
WORKS = Delivers("chat")


def test_what_is_due_is_sent_and_recorded() -> None:
    outbox, chat, heard = outbox_of(notice("n1")), Line(), Heard()
    assert deliver(outbox, {"chat": chat}, log=heard) == Report(1, 1, (WORKS,))
    [sent] = outbox.notices
    assert (sent.state, sent.sent_at, sent.attempts) == (SENT, NOON + MINUTE, 1)
    [message] = chat.messages
    assert (message.address, message.resent) == ("1", False)
    assert message.text.startswith("【更新提醒】“鞍山民政”微博已10天未更新")
    assert heard.events() == ["notice_sent"]


def test_a_message_says_where_it_can_be_answered() -> None:
    outbox, chat = outbox_of(notice("n1"), notice("n2"), notice("n3", "li")), Line()
    drain(
        outbox,
        {"chat": chat},
        PEOPLE,
        WORDS,
        HOURS,
        NOON + MINUTE,
        Heard(),
        link_of=lambda t: f"https://a.cn/{t.alerts}{t.people}",
    )
    zhang, li = chat.messages
    assert zhang.link == Link("https://a.cn/(1, 2)('zhang',)", "点此回复")
    assert li.link == Link("https://a.cn/(3,)('li',)", "点此回复")
    assert [[b.data for b in row] for row in zhang.buttons] == [
        ["ack:1", "posted:1"],
        ["ack:2", "posted:2"],
    ]


def test_without_pages_there_is_no_link() -> None:
    outbox, chat = outbox_of(notice("n1")), Line()
    deliver(outbox, {"chat": chat})
    assert [(m.link, len(m.buttons)) for m in chat.messages] == [(None, 1)]


def test_a_message_of_an_end_asks_for_no_answer() -> None:
    ended = notice("n1", event=Event.RESOLVED, reason=Reason.POSTED)
    outbox, chat = outbox_of(ended), Line()
    drain(
        outbox,
        {"chat": chat},
        PEOPLE,
        WORDS,
        HOURS,
        NOON + MINUTE,
        Heard(),
        link_of=lambda _: "https://a.cn/",
    )
    assert [(m.link, m.buttons) for m in chat.messages] == [(None, ())]


def test_nothing_due_is_no_round() -> None:
    outbox = outbox_of(notice("n1", not_before=NOON + timedelta(hours=1)))
    assert deliver(outbox, {"chat": Line()}) == Report(0, 0, ())


def test_F08_a_notice_whose_reason_has_gone_is_withdrawn_unsent() -> None:
    outbox, chat, heard = outbox_of(notice("n1"), holds=lambda _: False), Line(), Heard()
    assert deliver(outbox, {"chat": chat}, log=heard) == Report(1, 0, ())
    assert states(outbox) == [("zhang", "chat", WITHDRAWN)]
    assert (chat.messages, heard.events()) == ([], ["notice_withdrawn"])


def test_F08_an_ending_is_sent_whatever_holds() -> None:
    ending = notice("n1", event=Event.RESOLVED, reason=Reason.POSTED)
    outbox = outbox_of(ending, holds=lambda _: False)
    deliver(outbox, {"chat": Line()})
    assert states(outbox) == [("zhang", "chat", SENT)]


@pytest.mark.parametrize(
    ("attempts", "error", "expected"),
    [
        pytest.param(1, None, After(SENT), id="accepted"),
        pytest.param(
            1, LATER, After(RETRYING, NOON + timedelta(seconds=30)), id="the first failure waits"
        ),
        pytest.param(
            2, LATER, After(RETRYING, NOON + MINUTE, True), id="the second takes another way too"
        ),
        pytest.param(
            40, LATER, After(RETRYING, NOON + LONGEST_BACKOFF, True), id="never longer than an hour"
        ),
        pytest.param(
            1,
            DeliveryError(Failure.LATER, "429", timedelta(minutes=10)),
            After(RETRYING, NOON + timedelta(minutes=10)),
            id="as long as the service asked",
        ),
        pytest.param(
            1,
            DeliveryError(Failure.LATER, "429", timedelta(days=3)),
            After(RETRYING, NOON + LONGEST_BACKOFF),
            id="but an hour at most",
        ),
        pytest.param(
            1, EXPIRED, After(RETRYING, NOON + LONGEST_BACKOFF, True, True), id="our key is refused"
        ),
        pytest.param(1, BLOCKED, After(FAILED, None, True, True), id="the address is gone"),
        pytest.param(1, REFUSED, After(FAILED, None, True, True), id="the text is refused"),
    ],
)
def test_F04_what_becomes_of_an_attempt(
    attempts: int, error: DeliveryError | None, expected: After
) -> None:
    assert after(notice("n1", attempts=attempts), error, NOON) == expected


def test_F04_a_temporary_failure_backs_off_and_succeeds_later() -> None:
    outbox = outbox_of(notice("n1"))
    assert deliver(outbox, {"chat": Line(always(LATER))}) == Report(1, 0, ())
    [waiting] = outbox.notices
    assert (waiting.state, waiting.error) == (RETRYING, "503")
    assert waiting.not_before == NOON + MINUTE + timedelta(seconds=30)
    chat = Line()
    deliver(outbox, {"chat": chat}, NOON + MINUTE)
    assert states(outbox) == [("zhang", "chat", SENT)]
    assert [m.resent for m in chat.messages] == [False]  # the service had said no


def test_F04_a_channel_that_stays_down_is_passed_by_from_the_second_try_on() -> None:
    outbox, chat, mail = outbox_of(notice("n1")), Line(always(LATER)), Line()
    channels: dict[str, Channel] = {"chat": chat, "mail": mail}
    deliver(outbox, channels)
    assert states(outbox) == [("zhang", "chat", RETRYING)]
    deliver(outbox, channels, NOON + MINUTE)
    deliver(outbox, channels, NOON + MINUTE)
    assert states(outbox) == [("zhang", "chat", RETRYING), ("zhang", "mail", SENT)]
    [_, second] = outbox.notices
    assert second == replace(
        notice("n1"),
        id=notice_id(1, occasion_of("rung:10"), "zhang", "mail"),
        channel="mail",
        address="z@x.cn",
        created_at=NOON + 2 * MINUTE,
        not_before=NOON + 2 * MINUTE,
        state=SENT,
        attempts=1,
        sent_at=NOON + 2 * MINUTE,
    )


@pytest.mark.parametrize(
    ("error", "state"),
    [
        pytest.param(BLOCKED, FAILED, id="the address is gone"),
        pytest.param(REFUSED, FAILED, id="the text is refused"),
        pytest.param(EXPIRED, RETRYING, id="our key is refused"),
    ],
)
def test_F04_a_permanent_failure_takes_the_second_channel_at_once_and_raises_a_human(
    error: DeliveryError, state: NoticeState
) -> None:
    outbox = outbox_of(notice("n1"))
    report = deliver(outbox, {"chat": Line(always(error)), "mail": Line()})
    assert report == Report(1, 0, (Refused("chat", "zhang", error.detail, error.failure),))
    assert states(outbox) == [("zhang", "chat", state), ("zhang", "mail", PENDING)]


def test_the_operator_is_notified_of_a_person_without_a_second_channel_too() -> None:
    outbox = outbox_of(notice("n1", "li"))
    report = deliver(outbox, {"chat": Line(always(BLOCKED))})
    assert report.outcomes == (Refused("chat", "li", BLOCKED.detail, Failure.ADDRESS),)
    assert states(outbox) == [("li", "chat", RETRYING)]


def test_the_operator_is_notified_in_a_quarter_of_an_hour_where_an_only_channel_stays_down() -> (
    None
):
    outbox = outbox_of(notice("n1", "li"), notice("n2", "zhang"))
    down: dict[str, Channel] = {"chat": Line(always(LATER)), "mail": Line()}
    told = []
    for minute in range(20):
        while (report := deliver(outbox, down, NOON + minute * MINUTE)).claimed:
            told += [(minute, t.person) for t in report.outcomes if isinstance(t, Refused)]
    assert told[0] == (16, "li")  # the sixth time, by rounds a minute apart
    assert {person for _, person in told} == {
        "li"
    }  # zhang has another channel, and was notified by it
    assert ("zhang", "mail", SENT) in states(outbox)


def test_the_last_channel_of_a_person_has_no_next() -> None:
    outbox = outbox_of(notice("n1", "wang", "mail"))
    deliver(outbox, {"chat": Line(), "mail": Line(always(BLOCKED))})
    assert states(outbox) == [("wang", "mail", RETRYING)]


def test_a_channel_that_delivers_to_some_and_not_to_others_is_reported_broken_only() -> None:
    outbox = outbox_of(notice("n1"), notice("n2", "li"))
    chat = Line(lambda message: BLOCKED if message.address == "2" else None)
    report = deliver(outbox, {"chat": chat})
    assert report == Report(2, 1, (Refused("chat", "li", BLOCKED.detail, Failure.ADDRESS),))


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        pytest.param(notice("n1", "zhao"), "zhao is no longer configured", id="the person left"),
        pytest.param(
            notice("n1", "li", "pager"),
            "channel pager is not configured",
            id="the channel has gone",
        ),
    ],
)
def test_what_the_configuration_no_longer_knows_ends_and_no_channel_is_blamed(
    lost: Notice, why: str
) -> None:
    outbox, chat = outbox_of(lost), Line()
    assert deliver(outbox, {"chat": chat}) == Report(1, 0, ())
    assert (outbox.notices[0].state, outbox.notices[0].error) == (FAILED, why)
    assert chat.messages == []


def test_a_notice_for_a_channel_that_has_gone_takes_the_persons_first_one() -> None:
    outbox = outbox_of(notice("n1", "li", "pager"))
    deliver(outbox, {"chat": Line()})
    assert states(outbox) == [("li", "pager", FAILED), ("li", "chat", PENDING)]


def test_F02_a_claim_without_a_result_is_sent_again_under_the_same_id_and_says_so() -> None:
    outbox, chat = outbox_of(notice("n1")), Line()
    outbox.claim(NOON)  # and the process that claimed it died, before or after sending
    assert deliver(outbox, {"chat": chat}) == Report(0, 0, ())  # the lease still runs
    deliver(outbox, {"chat": chat}, NOON + LEASE)
    [message] = chat.messages
    assert ([n.id for n in message.notices], message.resent) == (["n1"], True)
    assert message.subject.endswith("（重发）")
    assert states(outbox) == [("zhang", "chat", SENT)]


def test_F05_two_senders_on_one_outbox_send_one_message() -> None:
    outbox, chat = outbox_of(notice("n1")), Line()
    held = outbox.claim(NOON + MINUTE)
    deliver(outbox, {"chat": chat})
    assert (len(held), chat.messages) == (1, [])


def test_F07_a_channel_that_hangs_does_not_hold_up_the_others() -> None:
    others_are_through = Flag()
    waits = Line(lambda _: None if others_are_through.wait(PATIENCE) else LATER)

    def through(_: Message) -> None:
        others_are_through.set()

    outbox = outbox_of(notice("n1"), notice("n2", "wang", "mail"))
    deliver(outbox, {"chat": waits, "mail": Line(through)})
    assert states(outbox) == [("zhang", "chat", SENT), ("wang", "mail", SENT)]


def test_F07_a_channel_that_keeps_failing_is_not_tried_for_every_notice() -> None:
    notices = [notice(f"n{n}", "li", address=str(n)) for n in range(1, 9)]
    outbox, chat = outbox_of(*notices), Line(always(LATER))
    assert deliver(outbox, {"chat": chat}) == Report(8, 0, ())
    assert len(chat.messages) == FAILURES_IN_A_ROW
    assert {n.state for n in outbox.notices} == {RETRYING}
    assert outbox.notices[-1].error == "not tried, the channel keeps failing: 503"


def test_F06_one_address_that_fails_does_not_hold_up_the_others() -> None:
    notices = [notice(f"n{n}", "li", address=str(n)) for n in range(1, 9)]
    outbox = outbox_of(*notices)
    deliver(outbox, {"chat": Line(lambda m: LATER if int(m.address) % 2 else None)})
    assert [n.state for n in outbox.notices] == [RETRYING, SENT] * 4


def test_no_message_is_begun_when_its_lease_may_run_out() -> None:
    ticks = iter([0.0, 0.0, ROUND.total_seconds() + 1])
    outbox, chat = outbox_of(notice("n1"), notice("n2", "li")), Line()
    drain(
        outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, NOON, Heard(), stopwatch=lambda: next(ticks)
    )
    drain(outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, NOON + MINUTE, Heard())
    assert states(outbox) == [("zhang", "chat", SENT), ("li", "chat", SENT)]
    assert [m.resent for m in chat.messages] == [False, False]


def test_notices_to_one_address_share_a_message() -> None:
    outbox, chat = outbox_of(notice("n1"), notice("n2", "li"), notice("n3")), Line()
    assert deliver(outbox, {"chat": chat}) == Report(3, 3, (WORKS,))
    assert chat.got == [["n1", "n3"], ["n2"]]


def test_a_channel_for_single_notices_gets_one_message_a_notice_in_the_order_they_came() -> None:
    outbox, hook = outbox_of(notice("n1"), notice("n2", "li"), notice("n3")), Line(digest=0)
    deliver(outbox, {"chat": hook})
    assert hook.got == [["n1"], ["n2"], ["n3"]]


def hundred_and_more(person: str = "zhang") -> list[Notice]:
    return [notice(f"{person}{n}", person, created_at=NOON) for n in range(1, 123)]


@pytest.mark.parametrize(
    ("inbound", "said"),
    [
        pytest.param(False, "请打开链接逐条查看并答复。", id="the rest by the link"),
        pytest.param(True, "发送 /alerts 可查看全部。", id="the rest by a command"),
    ],
)
def test_122_accounts_are_one_message_a_person(inbound: bool, said: str) -> None:
    chat = Line(inbound=inbound)
    outbox = outbox_of(*hundred_and_more(), *hundred_and_more("li"))
    tickets: list[Ticket] = []

    def link_of(ticket: Ticket) -> str:
        tickets.append(ticket)
        return f"https://a.cn/{len(ticket.alerts)}"

    for _ in ("zhang", "li"):
        drain(
            outbox,
            {"chat": chat},
            PEOPLE,
            WORDS,
            HOURS,
            NOON + MINUTE,
            Heard(),
            link_of=link_of,
        )
    zhang, li = chat.messages
    assert [len(m.notices) for m in (zhang, li)] == [122, 122]
    assert {n.state for n in outbox.notices} == {SENT}
    assert said in zhang.text
    assert zhang.link == Link("https://a.cn/122", "点此回复")
    assert len((zhang.text if inbound else zhang.linked).encode()) <= 2000
    assert [[b.label for b in row] for row in zhang.buttons] == [["全部已知悉", "逐条查看"]]
    assert tickets[0].alerts == tuple(range(1, 123))


def test_where_the_rest_can_be_seen_nowhere_there_are_several_messages() -> None:
    outbox, chat = outbox_of(*hundred_and_more()), Line()
    deliver(outbox, {"chat": chat})
    assert len(chat.messages) > 1
    assert sum(len(m.notices) for m in chat.messages) == 122


def test_what_waits_for_others_is_sent_with_them() -> None:
    outbox, chat = outbox_of(notice("n1"), notice("n2")), Line()
    held = Hold(NOON, frozenset({Reason.RUNG}))
    drain(outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, NOON + MINUTE, Heard(), hold=held)
    assert chat.messages == []
    deliver(outbox, {"chat": chat})
    assert chat.got == [["n1", "n2"]]


def test_a_digest_that_fails_fails_for_each() -> None:
    outbox = outbox_of(notice("n1"), notice("n2"))
    deliver(outbox, {"chat": Line(always(LATER))})
    assert states(outbox) == [("zhang", "chat", RETRYING)] * 2


def test_a_digest_that_is_refused_is_sent_one_by_one() -> None:
    outbox = outbox_of(notice("n1"), notice("n2"), notice("n3"))
    chat = Line(lambda m: REFUSED if "n2" in [n.id for n in m.notices] else None)
    report = deliver(outbox, {"chat": chat})
    assert [n.state for n in outbox.notices if n.channel == "chat"] == [SENT, FAILED, SENT]
    assert report.outcomes == (Refused("chat", "zhang", REFUSED.detail, Failure.MESSAGE),)


def test_a_channel_that_breaks_is_tried_again_and_logged_with_its_traceback_once() -> None:
    outbox, heard, bug = outbox_of(notice("n1")), Heard(), KeyError("secret")
    deliver(outbox, {"chat": Line(always(bug))}, log=heard)
    [waiting] = outbox.notices
    assert (waiting.state, waiting.error) == (RETRYING, "the channel broke: KeyError")
    broke = [facts for event, facts in heard.lines if event == "channel_broke"]
    assert broke == [{"channel": "chat", "error": "KeyError", "bug": bug}]


def test_F06_facts_that_cannot_be_worded_stop_nobody_else() -> None:
    poison = replace(notice("n2").facts, at=cast("datetime", "yesterday"))
    outbox = outbox_of(notice("n1"), notice("n2", facts=poison), notice("n3"))
    report = deliver(outbox, {"chat": Line()})
    assert [n.state for n in outbox.notices if n.channel == "chat"] == [SENT, FAILED, SENT]
    detail = "it cannot be worded: TypeError"
    assert report.outcomes == (Refused("chat", "zhang", detail, Failure.MESSAGE),)


@pytest.mark.parametrize(
    ("channel", "when", "expected"),
    [
        pytest.param(Line(), NOON, NOON, id="by day at once"),
        pytest.param(Line(), NIGHT, SEVEN, id="by night at seven"),
        pytest.param(Line(), SEVEN, SEVEN, id="at seven sharp at once"),
        pytest.param(Line(), NIGHT - timedelta(hours=1), SEVEN, id="from ten sharp on"),
        pytest.param(Line(quiet=False), NIGHT, NIGHT, id="a channel that keeps no quiet hours"),
        pytest.param(None, NIGHT, NIGHT, id="a channel that is not there"),
    ],
)
def test_when_a_channel_may_speak(
    channel: Channel | None, when: datetime, expected: datetime
) -> None:
    assert not_before_for(channel, when, HOURS) == expected


def test_F10_quiet_hours_are_looked_at_again_when_sending() -> None:
    outbox, chat = outbox_of(notice("n1")), Line()
    assert deliver(outbox, {"chat": chat}, NIGHT).sent == 0
    [waiting] = outbox.notices
    assert (waiting.not_before, chat.messages) == (SEVEN, [])
    deliver(outbox, {"chat": chat}, SEVEN)
    assert [(m.resent, len(m.notices)) for m in chat.messages] == [(False, 1)]


def test_F10_a_retry_that_falls_into_the_night_waits_for_the_morning() -> None:
    evening = NIGHT - timedelta(hours=1, minutes=1, seconds=10)  # 21:58:50
    outbox = outbox_of(notice("n1", attempts=5))
    deliver(outbox, {"chat": Line(always(LATER)), "mail": Line()}, evening)
    assert [n.not_before for n in outbox.notices] == [SEVEN, evening + MINUTE]


def test_a_store_that_fails_for_one_channel_does_not_stop_the_others() -> None:
    both = Barrier(2, timeout=PATIENCE)

    class Failing(MemoryOutbox):
        def settle(self, notice: Notice, result: After, now: datetime, error: str | None) -> None:
            both.wait()
            if notice.channel == "chat":
                raise OSError("disk full")
            super().settle(notice, result, now, error)

    outbox = Failing()
    outbox.add([notice("n1"), notice("n2", "wang", "mail")])
    with pytest.raises(OSError, match="disk full"):
        deliver(outbox, {"chat": Line(), "mail": Line()})
    assert states(outbox) == [("zhang", "chat", PENDING), ("wang", "mail", SENT)]


def test_F01_a_failure_that_cannot_be_recorded_has_queued_the_second_channel_already() -> None:
    class Failing(MemoryOutbox):
        def settle(self, *_: object) -> None:
            raise OSError("disk full")

    outbox = Failing()
    outbox.add([notice("n1")])
    with pytest.raises(OSError, match="disk full"):
        deliver(outbox, {"chat": Line(always(BLOCKED))})
    assert states(outbox) == [("zhang", "chat", PENDING), ("zhang", "mail", PENDING)]


def message_of(text: str) -> Message:
    first = text.split("\n", maxsplit=1)[0]
    return Message("", first, text, (notice("n12"),), heading="告警#12（未更新），发送给：张三")


def console(out: Any) -> Console:
    return Console(ChannelSettings("console", "console"), out)


def test_the_console_prints_a_message_under_a_rule_with_its_alert_and_person() -> None:
    out = StringIO()
    console(out).send(message_of("【超期】一\n二"))
    rule = "─" * 72
    assert out.getvalue() == f"{rule}\n告警#12（未更新），发送给：张三\n【超期】一\n二\n"


def test_a_console_that_knows_no_chinese_prints_what_it_can() -> None:
    raw = BytesIO()
    out = TextIOWrapper(raw, encoding="ascii")
    console(out).send(message_of("due 超期"))
    assert b"due ??\n" in raw.getvalue()


def test_a_closed_console_is_a_temporary_failure() -> None:
    out = StringIO()
    out.close()
    with pytest.raises(DeliveryError) as refused:
        console(out).send(message_of("x"))
    assert (refused.value.failure, refused.value.detail) == (
        Failure.LATER,
        "cannot print: ValueError",
    )
