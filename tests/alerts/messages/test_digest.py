"""Several notices to one address: one message, and nobody's notice is nowhere to be seen."""

from dataclasses import replace

import pytest

from alerts.answers.answer import ALERTS
from alerts.answers.buttons import ROWS
from alerts.messages.digest import Elsewhere, Page, Room, digest
from alerts.messages.render import render
from alerts.model import Notice, Reason
from tests.alerts.messages.test_render import (
    CHINESE,
    ENGLISH,
    HOURS,
    OVER,
    PLAIN,
    POSTED,
    local,
    notice,
)

TIGHT = Room(2000)
LINKED = Room(1800, Elsewhere.LINK)
HEARD = Room(4000, Elsewhere.COMMAND)
MAIL = Room(20_000, Elsewhere.LINK)


def many(count: int, reason: Reason = Reason.CLOSURE) -> list[Notice]:
    facts = PLAIN if reason is Reason.CLOSURE else POSTED
    return [
        replace(notice(reason, replace(facts, name=f"账号{n}"), alert=n), id=str(n))
        for n in range(1, count + 1)
    ]


def named(page: Page) -> list[str]:
    return [n.facts.name for n in page.notices if f"“{n.facts.name}”微博" in page.rendered.text]


def size(page: Page) -> int:
    return len(page.rendered.text.encode())


def test_two_short_notices_to_one_address_stand_in_full() -> None:
    notices = [notice(Reason.POSTED, POSTED, alert=n) for n in (1, 2)]
    [page] = digest(notices, CHINESE, HOURS, TIGHT)
    single = render(notices[0], CHINESE, HOURS, False)
    assert page.rendered.subject == f"【共2条】{single.subject}等"
    assert page.rendered.text == "\n\n".join(
        [page.rendered.subject, f"1. {single.text}", f"2. {single.text}"]
    )
    assert page.notices == tuple(notices)


def test_a_few_more_stand_by_their_first_lines() -> None:
    notices = many(5)
    [page] = digest(notices, CHINESE, HOURS, TIGHT)
    firsts = ["\n   ".join(render(n, CHINESE, HOURS, False).text.split("\n")[:3]) for n in notices]
    numbered = [f"{n}. {text}" for n, text in enumerate(firsts, 1)]
    assert page.rendered.text == "\n\n".join([page.rendered.subject, *numbered])


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        pytest.param(LINKED, 66, id="a robot with a link"),
        pytest.param(HEARD, 122, id="a chat with commands"),
        pytest.param(MAIL, 122, id="a mail holds them all"),
    ],
)
def test_122_accounts_on_the_last_workday_are_one_message(room: Room, shown: int) -> None:
    notices = many(122)
    [page] = digest(notices, CHINESE, HOURS, room)
    assert page.notices == tuple(notices)
    assert (len(named(page)), size(page) <= room.most) == (shown, True)
    call = "已11天未更新，最晚应于11月27日（周五）发布"
    assert page.rendered.subject == f"【共122条】【更新提醒】“账号1”微博{call}等"
    line = page.rendered.text.split("\n")[2]
    assert line.startswith("【更新提醒】“账号1”微博、“账号2”微博、“账号3”微博、")
    assert line.endswith(f"“账号{shown}”微博{call}")
    assert page.rendered.text.endswith("2026年11月25日（周三）09:00")


@pytest.mark.parametrize(
    ("room", "said"),
    [
        pytest.param(LINKED, "另有56条未列出，请打开链接逐条查看并答复。", id="behind the link"),
        pytest.param(
            Room(2000, Elsewhere.COMMAND),
            "另有48条未列出，发送 /alerts 可查看全部。",
            id="by a command",
        ),
    ],
)
def test_it_says_how_many_are_not_named_and_where_they_are(room: Room, said: str) -> None:
    [page] = digest(many(122), CHINESE, HOURS, room)
    assert said in page.rendered.text.split("\n")
    [english] = digest(many(122), ENGLISH, HOURS, room)
    assert " more are not named here; " in english.rendered.text


@pytest.mark.parametrize("count", [1, 2, 5, 40, 122])
def test_where_the_rest_can_be_seen_nowhere_every_notice_is_named(count: int) -> None:
    notices = many(count)
    pages = digest(notices, CHINESE, HOURS, TIGHT)
    assert [n for page in pages for n in page.notices] == notices
    assert [name for page in pages for name in named(page)] == [n.facts.name for n in notices]
    assert all(size(page) <= TIGHT.most for page in pages)


def test_accounts_of_which_something_else_is_said_have_a_line_of_their_own() -> None:
    over = [
        replace(n, facts=replace(OVER, name=n.facts.name), reason=Reason.REMINDER) for n in many(6)
    ]
    [page] = digest([*many(20)[10:], *over], CHINESE, HOURS, LINKED)
    lines = page.rendered.text.split("\n")[2:4]
    assert [line.partition("”")[0] for line in lines] == ["【超期】“账号1", "【更新提醒】“账号11"]
    assert [line.count("微博") for line in lines] == [6, 10]


def test_many_are_a_list_even_where_more_would_fit_if_details_are_a_tap_away() -> None:
    [listed] = digest(many(ROWS + 1), CHINESE, HOURS, MAIL)
    [whole] = digest(many(ROWS), CHINESE, HOURS, MAIL)
    [alone] = digest(many(ROWS + 1), CHINESE, HOURS, Room(20_000))
    lines = [page.rendered.text.count("请联系：") for page in (listed, whole, alone)]
    assert lines == [0, ROWS, ROWS + 1]


def test_as_long_as_alerts_have_buttons_of_their_own_they_are_numbered() -> None:
    [page] = digest(many(ROWS), CHINESE, HOURS, Room(1500, Elsewhere.COMMAND))
    assert page.rendered.text.count("\n8. 【更新提醒】“账号8”微博") == 1


def test_122_recoveries_are_one_message_too_for_nothing_is_left_to_be_done() -> None:
    [page] = digest(many(122, Reason.POSTED), CHINESE, HOURS, TIGHT)
    left = 122 - len(named(page))
    assert f"另有{left}条也已结束。" in page.rendered.text.split("\n")
    assert 0 < left < 122


def test_the_most_urgent_come_first_and_what_has_ended_last() -> None:
    ended = notice(Reason.POSTED, replace(POSTED, name="已更新"), alert=1)
    later = notice(Reason.RUNG, replace(PLAIN, name="尚早"), alert=2)
    over = notice(Reason.REMINDER, replace(OVER, name="超期"), alert=3)
    other = notice(Reason.RUNG, replace(PLAIN, name="无期", breach_at=None), alert=4)
    [page] = digest([ended, later, over, other], CHINESE, HOURS, MAIL)
    assert [n.facts.name for n in page.notices] == ["超期", "尚早", "无期", "已更新"]
    assert page.rendered.subject.startswith("【共4条】【超期】“超期”")


def test_a_page_lists_no_more_than_a_link_can_carry() -> None:
    pages = digest(many(ALERTS + 1), CHINESE, HOURS, LINKED)
    assert [len(page.notices) for page in pages] == [ALERTS // 2, ALERTS // 2 + 1]


def test_one_call_to_several_people_of_a_group_is_said_once() -> None:
    one = notice(Reason.RUNG, PLAIN)
    both = [one, replace(one, id="other", person="li")]
    [page] = digest(both, CHINESE, HOURS, TIGHT)
    assert page.rendered == render(one, CHINESE, HOURS, False)
    assert page.notices == tuple(both)


def test_in_a_digest_only_the_repeated_notice_is_marked() -> None:
    notices = [notice(Reason.POSTED, POSTED, alert=n) for n in (1, 2)]
    [page] = digest(notices, CHINESE, HOURS, TIGHT, {notices[1].id})
    first, second = page.rendered.text.split("2. ", 1)
    assert ("重发" in first, "重发" in second) == (False, True)


def test_the_stamp_is_the_newest_decision() -> None:
    old = notice(Reason.RUNG, replace(PLAIN, at=local(11, 24, year=2026)), alert=99)
    [page] = digest([old, *many(30)], CHINESE, HOURS, LINKED)
    assert page.rendered.text.endswith("2026年11月25日（周三）09:00")


def test_nothing_due_is_no_message() -> None:
    assert digest([], CHINESE, HOURS, TIGHT) == ()
