"""A way that refuses, a server in doubt, a process that dies: what becomes of a notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest

from alerts.channels.mail import Mail
from alerts.common.deadline import CLOSED
from alerts.delivery.outbox import BELIEVED, LEASE, REFUSED_AGAIN, After, after
from alerts.delivery.senders import Senders, leased
from alerts.delivery.sending import drain
from alerts.message import DeliveryError, Failure, Message
from alerts.model import NoticeState, Person
from tests.alerts.channels.servers import Post, mail_server
from tests.alerts.delivery.test_sending import (
    BLOCKED,
    HOURS,
    LATER,
    MINUTE,
    NOON,
    PEOPLE,
    REFUSED,
    WORDS,
    Heard,
    Line,
    always,
    notice,
    outbox_of,
    states,
)
from tests.faults.test_f66_mail import mail
from tests.waiting import PATIENCE

SENT, RETRYING, PENDING = NoticeState.SENT, NoticeState.RETRYING, NoticeState.PENDING
FAILED = NoticeState.FAILED
DOUBT = DeliveryError(Failure.LATER, "no answer within 600 s", doubtful=True)
DAY = timedelta(days=1)


@pytest.mark.parametrize("error", [BLOCKED, REFUSED], ids=["blocked", "the text is refused"])
def test_F68_a_last_way_is_tried_again_a_day_later(error: DeliveryError) -> None:
    outbox = outbox_of(notice("n1", "li"))
    for day in range(3):
        at = NOON + day * (DAY + MINUTE)
        report = drain(outbox, {"chat": Line(always(error))}, PEOPLE, WORDS, HOURS, at, Heard())
        assert len(report.outcomes) == 1  # the operator is notified, each time
        assert not drain(
            outbox, {"chat": Line()}, PEOPLE, WORDS, HOURS, at + MINUTE, Heard()
        ).claimed
    chat = Line()
    drain(outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, NOON + 3 * (DAY + MINUTE), Heard())
    assert states(outbox) == [("li", "chat", SENT)]


def test_F68_a_way_that_is_not_the_last_is_given_up() -> None:
    assert after(notice("n1"), BLOCKED, NOON).state is FAILED
    assert after(notice("n1"), BLOCKED, NOON, last_way=True) == After(
        RETRYING, NOON + REFUSED_AGAIN, raise_channel_alert=True
    )


@pytest.mark.parametrize("failure", [Failure.ADDRESS, Failure.MESSAGE])
def test_F68_a_bare_status_is_believed_the_third_time(failure: Failure) -> None:
    bare = DeliveryError(failure, "HTTP 404", bare=True)
    found = [after(replace(notice("n1"), attempts=n), bare, NOON).state for n in (1, 2, BELIEVED)]
    assert found == [RETRYING, RETRYING, FAILED]


def test_F66_after_two_outcomes_in_doubt_the_channel_is_left() -> None:
    outbox = outbox_of(notice("n1", "zhang"))
    chat = Line(always(DOUBT))
    for minute in range(0, 60, 10):
        now = NOON + minute * MINUTE
        drain(
            outbox, {"chat": chat, "mail": Line(always(LATER))}, PEOPLE, WORDS, HOURS, now, Heard()
        )
    assert [m.resent for m in chat.messages] == [False, True]
    assert "重发" in chat.messages[1].text
    assert states(outbox) == [("zhang", "chat", FAILED), ("zhang", "mail", RETRYING)]


def test_F66_who_has_no_other_way_is_stood_in_for_and_it_is_said() -> None:
    outbox, mail = outbox_of(notice("n1", "li")), Line()
    outcomes = []
    for minute in (0, 10, 20):
        report = drain(
            outbox,
            {"chat": Line(always(DOUBT)), "mail": mail},
            PEOPLE,
            WORDS,
            HOURS,
            NOON + minute * MINUTE,
            Heard(),
            stand_ins=lambda _: [PEOPLE["li"], PEOPLE["wang"]],
        )
        outcomes += [type(one).__name__ for one in report.outcomes]
    assert states(outbox) == [("li", "chat", FAILED), ("wang", "mail", SENT)]
    assert "李四" in mail.messages[0].text
    assert outcomes == ["Refused", "Delivers"]


def test_F66_a_slow_channel_holds_up_nobody() -> None:
    over, begun = Flag(), Flag()

    def slow(_: Message) -> None:
        begun.set()
        over.wait(PATIENCE)

    outbox = outbox_of(notice("n1", "li"), notice("n2", "wang", "mail"))
    senders, mail = Senders(0.01), Line()
    channels = {"chat": Line(slow), "mail": mail}

    def round_() -> int:
        return drain(
            outbox, channels, PEOPLE, WORDS, HOURS, NOON + MINUTE, Heard(), senders=senders
        ).sent

    round_()
    assert begun.wait(PATIENCE)
    outbox.add([notice("n3", "wang", "mail"), notice("n4", "li")])
    while len(mail.got) < 2:
        round_()
    assert senders.busy >= {"chat"}
    over.set()
    while any(state is not SENT for _, _, state in states(outbox)):
        round_()
    senders.close()


def test_F66_what_is_being_sent_is_leased_anew_and_what_is_settled_is_not() -> None:
    outbox = outbox_of(notice("n1", "li"), notice("n2", "li"))
    held = outbox.claim(NOON + MINUTE)
    outbox.settle(held[1], After(SENT), NOON, None)
    asked = iter(range(1, 10_000))
    renewed = Flag()

    def clock() -> datetime:
        number = next(asked)
        if number > 1:
            renewed.set()  # the first renewal is done
        return NOON + 5 * MINUTE

    with leased(lambda: outbox.renew(held, clock()), timedelta(milliseconds=1)):
        assert renewed.wait(PATIENCE)
    assert [n.lease_until for n in outbox.notices] == [NOON + 5 * MINUTE + LEASE, None]


def test_F66_what_is_not_begun_when_the_service_stops_is_given_back() -> None:
    outbox = outbox_of(notice("n1", "li"), notice("n2", "zhang"))
    stops: list[bool] = []
    chat = Line(lambda _: stops.append(True))

    def again(stopping: Callable[[], bool]) -> None:
        drain(
            outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, NOON + MINUTE, Heard(), stopping=stopping
        )

    again(lambda: bool(stops))
    assert sorted(n.state for n in outbox.notices) == [RETRYING, SENT]
    assert all(n.lease_until is None for n in outbox.notices)
    again(lambda: True)
    assert len(chat.got) == 1
    again(lambda: False)
    assert [n.state for n in outbox.notices] == [SENT, SENT]


def test_a_machine_that_was_halted_with_a_message_in_hand_does_not_send_it_any_more() -> None:
    outbox, chat = outbox_of(notice("n1", "li")), Line(lambda _: None)
    asked = iter([False, False])  # when it claimed, and began: then it was halted
    drain(
        outbox,
        {"chat": chat},
        PEOPLE,
        WORDS,
        HOURS,
        NOON + MINUTE,
        Heard(),
        stopping=lambda: next(asked, True),
    )
    assert chat.got == []
    assert [(n.state, n.lease_until) for n in outbox.notices] == [(RETRYING, None)]


def test_F66_nobody_stands_in_for_themselves() -> None:
    outbox = outbox_of(notice("n1", "li", attempts=1))
    alone: list[Person] = [PEOPLE["li"]]
    for minute in (1, 11):
        drain(
            outbox,
            {"chat": Line(always(DOUBT))},
            PEOPLE,
            WORDS,
            HOURS,
            NOON + minute * MINUTE,
            Heard(),
            stand_ins=lambda _: alone,
        )
    assert states(outbox) == [("li", "chat", FAILED)]


def text(one: EmailMessage) -> str:
    plain = one.get_body(("plain",))
    assert isinstance(plain, EmailMessage)
    return str(plain.get_content())


class Stalling(Post):
    """A mail server that says nothing more once it has a text; *handed*: that it has one."""

    def __init__(self) -> None:
        super().__init__()
        self.handed = Flag()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await super().handle_DATA(server, session, envelope)
        self.handed.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for this")


def test_F81_a_stop_cuts_an_exchange_after_the_text_and_counts_it_as_in_doubt() -> None:
    other = notice("n2", "zhang", "mail", address="z@x.cn")
    outbox = outbox_of(notice("n1", "wang", "mail"), other)
    stops, post, again = Flag(), Stalling(), Post()

    def round_(channel: Mail, now: datetime) -> None:
        channels = {"mail": channel}
        drain(outbox, channels, PEOPLE, WORDS, HOURS, now, Heard(), stopping=stops.is_set)

    with mail_server(post) as port:
        channel = mail(port)
        sending = Thread(target=round_, args=(channel, NOON + MINUTE))
        sending.start()
        assert post.handed.wait(PATIENCE)
        stops.set()
        channel.close()
        sending.join(PATIENCE)
        assert not sending.is_alive()
    known = [(n.state, n.lease_until, n.error) for n in outbox.notices]
    assert known == [(RETRYING, None, CLOSED), (RETRYING, None, "not tried yet: the service stops")]
    stops.clear()
    with mail_server(again) as port:
        round_(mail(port), NOON + 3 * MINUTE)
    assert ["重发" in text(one) for one in again.mails] == [True, False]
