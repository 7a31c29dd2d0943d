"""The month's mail through a real mail server and a real database, pass by pass. F23."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from threading import Event as Flag
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from alerts.channels.mail import Mail
from alerts.delivery.outbox import LEASE
from alerts.message import ChannelOutcome, Delivers, Failure, Refused
from alerts.model import ChannelSettings, Hours, Ladder, Person, Reach, Roster, Rung
from alerts.rules.audit import AUDIT
from alerts.rules.calendar import calendar
from alerts.words import translator
from monitor.desk.doctor import examine
from monitor.desk.shapes import Finding, Level
from monitor.errors import UsageError
from monitor.model import Outcome
from monitor.policy import Policy
from monitor.register import Register
from monitor.reports.mailing import state
from monitor.reports.mailing.claim import Claim
from monitor.reports.mailing.monthly import Monthly, Sent
from monitor.reports.mailing.state import Mailing, Stage
from monitor.store.base import Store
from tests.alerts.channels import servers
from tests.alerts.channels.servers import Post
from tests.store_values import GATEWAYS, RSSHUB, WECHAT, WEIBO, recorded, registered, seen
from tests.waiting import PATIENCE

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = translator("zh_CN", ZONE)
LADDER = Ladder(timedelta(days=14), tuple(Rung(n, ("custodian",)) for n in (7, 10, 12, 13, 14)))
WANG = Person("wang", "王五", reach=(Reach("console", ""), Reach("mail", "wang@anshan.test")))
LI = Person("li", "李四", reach=(Reach("mail", "li@anshan.test"),))
ZHAO = Person("zhao", "赵六", reach=(Reach("console", ""),))  # has no mailbox
KINDS = {"mail": "mail", "console": "console"}
FEBRUARY = "【月报】2024年2月政务新媒体更新情况："


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute), ZONE).astimezone(UTC)


REGISTER = Register(
    accounts={a.id: a for a in (WEIBO, WECHAT)},
    gateways={g.id: g for g in GATEWAYS},
    policies={"default": Policy("default", LADDER)},
    people={p.id: p for p in (WANG, LI, ZHAO)},
    roster=Roster(),
    hours=Hours(ZONE),
    calendar=calendar(),
)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Mailroom:
    """A store, a mail server, and the month's mail between them."""

    store: Store
    post: Post
    port: int
    to: Sequence[str] = ("wang",)
    said: list[str] = field(default_factory=list)
    mailer: Mail = field(init=False)

    def __post_init__(self) -> None:
        options = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "security": "none",
            "sender": "政务新媒体值守 <watch@anshan.test>",
        }
        self.mailer = Mail(ChannelSettings("mail", "mail", options), io.StringIO())

    @property
    def monthly(self) -> Monthly:
        return self.timed(None)

    def timed(self, clock: Callable[[], datetime] | None) -> Monthly:
        mailers = {"mail": self.mailer}
        return Monthly(self.store, REGISTER, self.to, mailers, WORDS, self.log, clock)

    def log(self, event: str, /, **_: object) -> None:
        self.said.append(event)

    def passes(self, *instants: datetime) -> list[list[str]]:
        """Make a pass at each instant and return the subjects of the mails each brought."""
        brought = []
        for now in instants:
            before = len(self.post.mails)
            self.monthly.send_due(now)
            brought.append([str(m["Subject"]) for m in self.post.mails[before:]])
        return brought

    def state(self, number: int, month: int, person: str = "wang") -> Mailing | None:
        return self.store.notes.read(state.key(number, month, person), state.read)


@pytest.fixture
def office(sqlite_store: Store) -> Iterator[Mailroom]:
    """A bureau whose two accounts have been watched since the end of 2023."""
    registered(sqlite_store, now=at("2023-12-20"))
    with ExitStack() as stack:
        post = Post()
        yield Mailroom(sqlite_store, post, stack.enter_context(servers.mail_server(post)))


def read_daily(store: Store, first: str, last: str, outcome: Outcome = Outcome.OK) -> None:
    """Let the Weibo account be read every day, with a post of that day."""
    day, end, batch = at(first, 12), at(last, 12), []
    while day <= end:
        posts = [seen(f"{day:%m%d}", day - timedelta(hours=1))] if outcome is Outcome.OK else []
        one = recorded(RSSHUB, day, *posts, outcome=outcome)
        covers = day - timedelta(days=1) if outcome is Outcome.OK else None
        batch.append(replace(one, reading=replace(one.reading, covers_from=covers)))
        day += timedelta(days=1)
    store.readings.record(batch)


def parts(mail: EmailMessage) -> dict[str, object]:
    """What a mail holds, by the type of the part."""
    return {p.get_content_type(): p.get_content() for p in mail.walk() if not p.is_multipart()}


# When


def test_F23_due_on_the_first_refused_then_retried_on_the_second_once_only(
    office: Mailroom,
) -> None:
    office.post.at_recipient["*"] = "451 4.3.0 try again later"
    days = (at("2024-03-01"), at("2024-03-01", 9, 1), at("2024-03-01", 15))
    assert office.passes(*days) == [[], [], []]
    waiting = office.state(2024, 2)
    assert waiting is not None
    assert (waiting.stage, waiting.attempts) == (Stage.WAITING, 3)
    office.post.at_recipient.clear()
    brought = office.passes(at("2024-03-02"), at("2024-03-02", 9, 1), at("2024-03-31", 15))
    assert [len(subjects) for subjects in brought] == [1, 0, 0]
    assert brought[0][0].startswith(FEBRUARY)
    assert office.state(2024, 2) == Mailing(Stage.SENT, 4, sent_at=at("2024-03-02"))


def test_F23_a_mail_server_that_is_gone_for_a_day_costs_a_day(office: Mailroom) -> None:
    good, office.port = office.port, servers.free_port()
    office.__post_init__()
    assert office.passes(at("2024-03-01"), at("2024-03-01", 18)) == [[], []]
    office.port = good
    office.__post_init__()
    assert [len(s) for s in office.passes(at("2024-03-04"), at("2024-03-05"))] == [1, 0]


def test_F23_in_january_the_label_is_december_of_the_year_before(office: Mailroom) -> None:
    early = office.passes(at("2024-01-01"), at("2024-01-02", 8, 59))
    [[subject]] = office.passes(at("2024-01-02"))  # the 1st is a holiday
    assert early == [[], []]
    assert subject.startswith("【月报】2023年12月政务新媒体更新情况：")
    assert office.state(2023, 12) is not None
    assert office.state(2024, 1) is None


def test_F23_sent_even_if_nothing_happened(office: Mailroom) -> None:
    quiet = registered(office.store, now=at("2023-12-20"))
    batch = [recorded(RSSHUB, at("2024-01-31", 12), outcome=Outcome.OK)]
    one = replace(batch[0], reading=replace(batch[0].reading, covers_from=at("2023-12-20")))
    quiet.readings.record(
        [
            one,
            replace(
                one,
                reading=replace(
                    one.reading,
                    started_at=at("2024-03-01", 8),
                    as_of=at("2024-03-01", 8),
                    covers_from=at("2024-01-31", 12),
                ),
            ),
        ]
    )
    [[subject]] = office.passes(at("2024-03-01"))
    assert subject == FEBRUARY + "2个账号中，1个无法读取、1个尚未见到任何信息"


def test_F23_sent_even_if_nothing_could_be_read(office: Mailroom) -> None:
    read_daily(office.store, "2024-02-01", "2024-02-29", Outcome.TRANSPORT)
    [[subject]] = office.passes(at("2024-03-01"))
    assert subject == FEBRUARY + "2个账号中，2个无法读取"
    text = str(parts(office.post.mails[0])["text/plain"])
    assert "本月全程无法读取，发布情况不明。" in text
    assert re.search(r"(?<!\d)0条", text) is None


def test_F23_one_month_after_the_other_each_once(office: Mailroom) -> None:
    day, subjects = at("2024-01-02"), []
    while day < at("2024-05-08"):
        subjects += office.passes(day, day + timedelta(hours=8))
        day += timedelta(days=1)
    labels = [s.removeprefix("【月报】").split("政务")[0] for found in subjects for s in found]
    assert labels == ["2023年12月", "2024年1月", "2024年2月", "2024年3月", "2024年4月"]


def test_a_month_that_was_never_accepted_is_still_sent_in_the_next(office: Mailroom) -> None:
    office.post.at_recipient["*"] = "550 5.1.1 no such user"
    office.passes(*(at(f"2024-03-{day:02}") for day in range(1, 32)))
    office.post.at_recipient.clear()
    [subjects] = office.passes(at("2024-04-01"))
    assert [s.removeprefix("【月报】")[:7] for s in subjects] == ["2024年2月", "2024年3月"]


def labels(subjects: list[str]) -> list[str]:
    return [subject.removeprefix("【月报】").split("政务")[0] for subject in subjects]


def test_F81_down_over_two_first_working_days_both_months_are_mailed(office: Mailroom) -> None:
    office.passes(at("2024-02-01"))
    [missed, after] = office.passes(at("2024-04-02"), at("2024-04-03"))
    assert labels(missed) == ["2024年2月", "2024年3月"]
    assert after == []


def test_F81_who_joins_later_is_not_mailed_the_months_before(office: Mailroom) -> None:
    office.passes(at("2024-02-01"), at("2024-03-01"))
    office.to = ("wang", "li")
    [joined] = office.passes(at("2024-04-01"))
    assert labels(joined) == ["2024年3月", "2024年3月"]


def test_nothing_is_sent_about_a_month_that_was_over_before_watching_began(
    office: Mailroom,
) -> None:
    assert office.passes(at("2023-12-20", 12), at("2023-12-29")) == [[], []]
    assert office.state(2023, 11) == Mailing(Stage.SKIPPED)
    assert office.said == ["monthly_skipped"]


def test_nothing_is_sent_at_night(office: Mailroom) -> None:
    night = (at("2024-03-01", 22), at("2024-03-02", 6, 59))
    assert office.passes(*night) == [[], []]
    assert [len(s) for s in office.passes(at("2024-03-02", 7))] == [1]


# To whom


def test_everybody_gets_their_own_and_one_refusal_keeps_it_from_nobody(office: Mailroom) -> None:
    office.to = ("wang", "zhao", "li")
    office.post.at_recipient["wang@anshan.test"] = "451 4.2.2 mailbox full"
    office.passes(at("2024-03-01"))
    assert office.post.recipients == [["li@anshan.test"]]
    office.post.at_recipient.clear()
    office.passes(at("2024-03-01", 10))
    assert office.post.recipients == [["li@anshan.test"], ["wang@anshan.test"]]
    assert office.state(2024, 2, "zhao") is None


def test_F84_a_note_that_cannot_be_read_stops_neither_the_mail_nor_the_doctor(
    office: Mailroom,
) -> None:
    office.to = ("wang", "li")
    damaged = [AUDIT, *(state.key(2024, 2, person) for person in office.to)]
    for key in damaged:
        office.store.notes.set(key, "{")
    now = at("2024-03-01")
    found = examine((), REGISTER, office.store, {}, KINDS, now, ("wang",))
    assert Finding("monthly report to wang", Level.UNTRIED, "goes to wang@anshan.test") in found
    assert not [one for one in found if one.check == "audit"]
    assert [len(subjects) for subjects in office.passes(now, at("2024-03-01", 15))] == [2, 0]
    noted = office.store.damages.note(now, at("2024-02-28"))
    assert [one.subject for one in noted] == damaged


def test_doctor_tells_who_cannot_be_mailed_and_what_was_not_accepted(office: Mailroom) -> None:
    office.post.at_recipient["*"] = "550 5.1.1 no such user"
    office.passes(at("2024-03-01"))
    found = examine(
        (), REGISTER, office.store, {}, KINDS, at("2024-03-01", 10), ("wang", "li", "zhao")
    )
    refused = "2024-02 not accepted in 1 attempts: recipient refused: 550 5.1.1 no such user"
    unknown = "cannot be mailed; add a reach with a channel of kind mail in people.toml"
    assert [one for one in found if one.check.startswith("monthly")] == [
        Finding("monthly report to wang", Level.PROBLEM, refused),
        Finding("monthly report to li", Level.UNTRIED, "goes to li@anshan.test"),
        Finding("monthly report to zhao", Level.PROBLEM, unknown),
    ]


UNKNOWN_USER = "recipient refused: 550 5.1.1 no such user"


@pytest.mark.parametrize(
    ("reply", "outcomes"),
    [
        pytest.param("451 4.3.0 later", [], id="passing: nobody is told"),
        pytest.param(
            "550 5.1.1 no such user",
            [Refused("mail", "wang", UNKNOWN_USER, Failure.ADDRESS)],
            id="refused for good",
        ),
        pytest.param("", [Delivers("mail", "wang")], id="accepted"),
    ],
)
def test_the_operator_learns_of_a_refusal(
    office: Mailroom, reply: str, outcomes: list[ChannelOutcome]
) -> None:
    if reply:
        office.post.at_recipient["*"] = reply
    assert office.monthly.send_due(at("2024-03-01")) == outcomes


# Crashes


def test_F23_a_crash_between_sending_and_recording_repeats_the_mail_under_its_id(
    office: Mailroom,
) -> None:
    send = office.mailer.send_mail

    def dies(*args: object, **options: object) -> None:
        send(*args, **options)  # type: ignore[arg-type]
        raise Killed

    office.mailer.send_mail = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        office.monthly.send_due(at("2024-03-01"))
    office.mailer.send_mail = send  # type: ignore[method-assign]
    brought = office.passes(at("2024-03-01", 9, 1), at("2024-03-01", 9, 2), at("2024-03-01", 9, 9))
    assert [len(s) for s in brought] == [0, 1, 0]
    first, second = office.post.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert str(second["Subject"]) == f"{first['Subject']}（重发）"


def test_F81_a_mail_killed_before_it_left_is_not_marked_as_sent_again(
    office: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(type(office.store), "posts", property(dies), raising=False)
        with pytest.raises(Killed):
            office.monthly.send_due(at("2024-03-01"))
    [[subject]] = office.passes(at("2024-03-01", 9, 1))
    assert not subject.endswith("（重发）")


def test_F81_a_request_during_anothers_attempt_is_told_so(office: Mailroom) -> None:
    send, asked = office.mailer.send_mail, list[Sent]()

    def overtaken(*args: object, **options: object) -> object:
        office.mailer.send_mail = send  # type: ignore[method-assign]
        asked.extend(office.monthly.send(2024, 2, at("2024-03-01")))
        return send(*args, **options)  # type: ignore[arg-type]

    office.mailer.send_mail = overtaken  # type: ignore[method-assign, assignment]
    office.monthly.send_due(at("2024-03-01"))
    again = office.monthly.send(2024, 2, at("2024-03-01", 10))
    assert [one.going for one in (*asked, *again)] == [True, False]
    assert len(office.post.mails) == 1


def test_F05_two_processes_send_it_once(office: Mailroom) -> None:
    """The second comes while the first is handing it in."""
    send, seen_inside = office.mailer.send_mail, []

    def overtaken(*args: object, **options: object) -> object:
        office.mailer.send_mail = send  # type: ignore[method-assign]
        seen_inside.append(office.monthly.send_due(at("2024-03-01")))
        return send(*args, **options)  # type: ignore[arg-type]

    office.mailer.send_mail = overtaken  # type: ignore[method-assign, assignment]
    office.monthly.send_due(at("2024-03-01"))
    assert seen_inside == [[]]
    assert len(office.post.mails) == 1


def test_F81_the_claim_to_a_mail_that_takes_long_is_prolonged(office: Mailroom) -> None:
    """Handed in for eleven minutes; meanwhile another process looks whether it is due."""
    send, meanwhile, renewed = office.mailer.send_mail, list[object](), Flag()
    times = iter([at("2024-03-01")])

    def clock() -> datetime:
        begun = next(times, None)
        if begun is None and office.state(2024, 2) == held:
            renewed.set()
        return begun or at("2024-03-01", 9, 10)

    def slow(*args: object, **options: object) -> object:
        office.mailer.send_mail = send  # type: ignore[method-assign]
        assert renewed.wait(PATIENCE)
        meanwhile.append(office.passes(at("2024-03-01", 9, 11)))
        return send(*args, **options)  # type: ignore[arg-type]

    held = Mailing(Stage.SENDING, 1, at("2024-03-01", 9, 10) + LEASE)
    office.mailer.send_mail = slow  # type: ignore[method-assign, assignment]
    monthly = office.timed(clock)
    monthly.renewed = timedelta(milliseconds=1)
    monthly.send_due(at("2024-03-01"))
    assert (meanwhile, len(office.post.mails)) == ([[[]]], 1)
    assert office.state(2024, 2) == Mailing(Stage.SENT, 1, sent_at=at("2024-03-01"))


def test_F81_a_claim_that_has_passed_to_somebody_else_is_not_prolonged(sqlite_store: Store) -> None:
    notes, ours = sqlite_store.notes, Mailing(Stage.SENDING, 1, at("2024-03-01"))
    theirs = Mailing(Stage.SENDING, 2, at("2024-03-01", 9, 5), resent=True)
    claim = Claim(notes, "monthly", ours)
    notes.set("monthly", state.written(theirs))
    claim.renew(at("2024-03-01", 9, 6))
    claim.end(Mailing(Stage.WAITING, 1, error="451 later"))
    assert notes.read("monthly", state.read) == theirs
    claim.end(Mailing(Stage.SENT, 1, sent_at=at("2024-03-01", 9, 6)))
    assert notes.get("monthly") == state.written(
        Mailing(Stage.SENT, 1, sent_at=at("2024-03-01", 9, 6))
    )


def test_what_cannot_be_made_is_told_and_tried_again(
    office: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(office.store, "posts", breaks)
        assert office.passes(at("2024-03-01")) == [[]]
    assert office.said == ["monthly_broke", "monthly_failed"]
    assert [len(s) for s in office.passes(at("2024-03-01", 9, 59), at("2024-03-01", 10))] == [0, 1]


# On request


def test_sent_on_request_it_is_not_sent_again_when_due(office: Mailroom) -> None:
    [sent] = office.monthly.send(2024, 1, at("2024-02-01", 1))
    assert (sent.person, sent.tried, sent.error) == ("wang", True, None)
    assert office.passes(at("2024-02-01")) == [[]]
    [again] = office.monthly.send(2024, 1, at("2024-02-02"))
    assert again == Sent("wang", WANG.reach[1], Mailing(Stage.SENT, 1, sent_at=at("2024-02-01", 1)))
    assert len(office.post.mails) == 1


def test_a_request_waits_for_no_back_off_and_skips_nothing(office: Mailroom) -> None:
    office.passes(at("2023-12-20", 12))  # skips November
    office.monthly.send(2023, 11, at("2023-12-20", 12))
    office.post.at_recipient["*"] = "550 5.1.1 no such user"
    office.passes(at("2024-01-02"))
    office.post.at_recipient.clear()
    office.monthly.send(2023, 12, at("2024-01-02", 9, 1))
    assert [str(m["Subject"])[4:12] for m in office.post.mails] == ["2023年11月", "2023年12月"]


@pytest.mark.parametrize(
    ("number", "month", "to", "why"),
    [
        (2024, 3, ("wang",), "send: 2024-03 is not over; its report would be sent only once"),
        (2024, 4, ("wang",), "2024-04 is no month there can be a report of yet"),
        (2024, 13, ("wang",), "2024-13 is no month there can be a report of yet"),
        (2024, 2, (), "monitor.toml: reports.monthly_to names nobody to send it to"),
    ],
)
def test_what_cannot_be_sent_says_why(
    office: Mailroom, number: int, month: int, to: Sequence[str], why: str
) -> None:
    office.to = to
    with pytest.raises(UsageError) as refused:
        office.monthly.send(number, month, at("2024-03-15"))
    assert str(refused.value) == why


# What it holds


def test_the_mail_holds_text_page_and_workbook_of_the_same(office: Mailroom) -> None:
    read_daily(office.store, "2024-01-20", "2024-03-01")
    office.passes(at("2024-03-01"))
    [mail] = office.post.mails
    found = parts(mail)
    text, page = str(found["text/plain"]), str(found["text/html"])
    assert "“鞍山民政”微博  29条" in text.replace("\r\n", "\n")
    assert "29条" in page
    [attached] = list(mail.iter_attachments())
    assert attached.get_filename() == "政务新媒体月报2024年2月.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(attached.get_content()))
    assert book.sheet_names == ["汇总", "逐日", "信息清单"]
    assert len(book.get_sheet_by_name("信息清单").to_python()) == 4 + 29


def test_F81_who_was_not_begun_when_the_service_stops_is_as_before(office: Mailroom) -> None:
    office.to = ("wang", "li")
    office.monthly.send_due(at("2024-03-01"), stopping=lambda: bool(office.post.mails))
    assert (len(office.post.mails), office.state(2024, 2, "li")) == (1, None)
    assert len(office.passes(at("2024-03-01", 10))[0]) == 1


def test_F81_a_mail_that_the_end_cuts_off_before_its_text_is_no_attempt(office: Mailroom) -> None:
    office.mailer.close()  # as the service's end does, in the middle of an exchange
    office.monthly.send_due(at("2024-03-01"), stopping=iter((False, True)).__next__)
    known = office.state(2024, 2)
    assert known is not None
    assert (known.stage, known.attempts, known.until, known.resent) == (
        state.Stage.WAITING,
        0,
        None,
        False,
    )
