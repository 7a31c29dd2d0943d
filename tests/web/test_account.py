"""The page of one account: why, what happened, what was found, and where else it is told."""

import re
from collections.abc import Callable

import pytest
import requests

from alerts.answers.answer import Answer
from alerts.delivery.outbox import After
from alerts.model import NoticeState
from monitor.desk.sentences import Topic
from monitor.web.why import Sentence, why
from tests.rule_values import MINUTE, at
from tests.waiting import PATIENCE
from tests.web.browsing import Browser, seen
from tests.web.site import MONDAY, Office

TOLD = {topic: [topic.value, f"  more of {topic}"] for topic in Topic}
LATER = MONDAY + 1.5 * MINUTE


def test_why_is_five_sentences_with_their_links_and_details_below() -> None:
    found = why(TOLD, {Topic.POST: ("https://a.test/1", "open")})
    assert found.five == [
        Sentence("post", ["more of post"], "https://a.test/1", "open"),
        Sentence("reading", ["more of reading"]),
        Sentence("rule", ["more of rule"]),
        Sentence("next", ["more of next"]),
        Sentence("told more of told", []),
    ]
    assert [one.text for one in found.stands] == ["stands", "doubts"]
    assert [one.text for one in found.more] == ["statistics", "rest"]


def test_who_was_told_last_stands_in_the_sentence_and_the_others_below() -> None:
    found = why({**TOLD, Topic.TOLD: ["Told so far:", "  one", "  two", "  three"]}, {})
    assert found.five[-1] == Sentence("Told so far: three", ["two", "one"])


def agreed(_: Office, zhang: Browser) -> requests.Response:
    fields = {"until": "2024-04-01T09:00", "reason": "系统迁移", "document": "鞍民函〔2024〕3号"}
    return zhang.submit("/accounts/weibo/exception", "/accounts/weibo", **fields)


def asked(_: Office, zhang: Browser) -> requests.Response:
    return zhang.submit("/accounts/weibo/read", "/accounts/weibo")


def seen_by_eye(_: Office, zhang: Browser) -> requests.Response:
    path = "/accounts/weibo"
    return zhang.submit(f"{path}/confirm", path, posted_at="2024-03-18T09:00", url="")


@pytest.mark.parametrize(
    ("act", "line"),
    [
        (agreed, "张三报备至4月1日（周一）09:00：系统迁移 鞍民函〔2024〕3号"),
        (asked, "2024年3月18日（周一）09:30 张三要求立即读取"),
        (seen_by_eye, "2024年3月18日（周一）09:00 发布：人工核实（张三）"),
    ],
    ids=["an agreed silence", "a reading that was asked for", "a post seen by eye"],
)
def test_what_was_done_stands_in_the_timeline_under_its_name(
    office: Office,
    zhang: Browser,
    act: Callable[[Office, Browser], requests.Response],
    line: str,
) -> None:
    page = act(office, zhang)
    assert page.status_code == 200
    assert line in seen(page)


def test_the_timeline_tells_every_attempt_to_send_a_notice(office: Office, zhang: Browser) -> None:
    office.world.look(at("03-19 09:00"))
    for minute, state in ((0, NoticeState.RETRYING), (10, NoticeState.SENT)):
        now = at(f"03-19 09:{minute:02}")
        for notice in office.store.outbox.claim(now):
            error = "refused <b>" if state is NoticeState.RETRYING else None
            office.store.outbox.settle(notice, After(state, now), now, error)
    said = seen(zhang.see("/accounts/weibo?only=notices"))
    failed = "3月19日（周二）09:00 对方暂时没有收下；不必处理，稍后自动重试「refused <b>」"
    for line in (failed, "3月19日（周二）09:10 已发送"):
        assert line in said


@pytest.mark.parametrize(
    ("read", "said", "settled"),
    [
        (lambda _: None, "正在读取核实", False),
        (lambda office: office.world.look(LATER), "仍未见到，", True),
        (lambda office: office.world.look(LATER, MONDAY), "已见到新信息。", True),
    ],
    ids=["not read yet", "read, with nothing newer", "read, with a new post"],
)
def test_what_is_found_after_somebody_said_it_is_published(
    office: Office,
    zhang: Browser,
    read: Callable[[Office], object],
    said: str,
    settled: bool,
) -> None:
    office.clock.now = MONDAY + MINUTE
    zhang.submit("/accounts/weibo/answer", "/accounts/weibo", alert="1", answer="posted")
    read(office)
    office.clock.now = LATER
    page = zhang.see("/accounts/weibo?checked=1").text
    [found] = re.findall(r'<p class="result \w+" id="checked".*?</p>', page)
    assert said in re.sub("<[^>]*>", "", found)
    assert ("every 3s" not in found) is settled


def test_what_was_found_is_told_for_ten_minutes(office: Office, zhang: Browser) -> None:
    office.answers.answer(1, "zhang", Answer.POSTED, None, MONDAY)
    assert 'id="checked"' in zhang.see("/accounts/weibo").text
    office.clock.now = MONDAY + 10 * MINUTE
    assert 'id="checked"' not in zhang.see("/accounts/weibo").text


def test_other_limits_are_reckoned_as_soon_as_they_are_chosen(look: Browser) -> None:
    page = look.see("/accounts/weibo").text
    [form] = re.findall('<form [^>]*class="suppose"[^>]*>', page)
    assert ('data-hx-trigger="change"' in form, 'data-hx-select="#supposed"' in form) == (True,) * 2
    shown = look.see("/accounts/weibo?limit=7&ladder=tight").text
    assert "2024年截至目前会提醒" in seen(look.see("/accounts/weibo?limit=7&ladder=tight")), shown


@pytest.mark.parametrize(
    "known", [True, False], ids=["who has logged in", "who has the link alone"]
)
def test_a_links_page_leads_to_everything_only_for_who_has_logged_in(
    shown: Office, look: Browser, known: bool
) -> None:
    browser = look if known else Browser(look.url)
    page = browser.see(shown.path("zhang"))
    assert page.status_code == 200
    assert ("查看全部" in page.text) is known


def test_the_api_tells_the_days_of_the_last_year(office: Office, url: str) -> None:
    token = office.users.token("zhang", "read", MONDAY)
    found = requests.get(
        f"{url}/api/v1/accounts/weibo",
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    ).json()
    days = {one["day"]: one for one in found["days"]}
    assert len(days) == 366
    assert days["2024-03-06"] == {"day": "2024-03-06", "posts": 1, "seen": True}
    assert (days["2023-03-19"]["seen"], max(days)) == (False, "2024-03-18")


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        (
            "exception",
            {"until": "2025-01-15T09:00", "reason": "停更"},
            "2025年1月15日（周三）09:00",
        ),
        ("exception", {"until": "2024-04-01T09:00", "reason": "停更"}, "至4月1日（周一）09:00"),
        ("confirm", {"posted_at": "2023-12-29T10:00", "url": ""}, "2023年12月29日（周五）10:00"),
        ("confirm", {"posted_at": "2024-02-29T10:00", "url": ""}, "核实2月29日（周四）10:00"),
        ("handover", {"to": "li", "due": "2025-01-02", "reason": "调岗"}, "2025年1月2日（周四）前"),
    ],
    ids=[
        "a silence into another year",
        "a silence within this one",
        "a post of last year",
        "a post of a leap day",
        "a handover in another year",
    ],
)
def test_a_receipt_names_the_year_where_it_is_another_one(
    zhang: Browser, path: str, form: dict[str, str], said: str
) -> None:
    assert said in seen(zhang.submit(f"/accounts/weibo/{path}", "/accounts/weibo", **form))


UNSEEN = "迁\u202e移\x00\x1b[31m\u200b公\n告"


def test_what_is_typed_is_kept_without_what_nobody_sees(office: Office, url: str) -> None:
    token = office.users.token("zhang", "act", MONDAY)
    body = {"until": "2024-04-01T09:00", "reason": UNSEEN, "document": "文\x00号"}
    answer = requests.post(
        f"{url}/api/v1/accounts/weibo/exception",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200
    [kept] = office.store.exceptions.in_force(MONDAY).values()
    assert (kept.reason, kept.document) == ("迁 移 [31m 公 告", "文 号")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "//weibo.com/1", "https://x/ y", "data:text/html,x"]
)
def test_a_link_that_is_none_is_not_recorded(office: Office, url: str, link: str) -> None:
    token = office.users.token("zhang", "act", MONDAY)
    answer = requests.post(
        f"{url}/api/v1/accounts/weibo/confirm",
        json={"posted_at": "2024-03-18T09:00", "url": link},
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )
    assert (answer.status_code, "web address" in answer.json()["detail"]) == (409, True)
