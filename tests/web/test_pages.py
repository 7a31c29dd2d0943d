"""The answer page over real HTTP on a real database: looking changes nothing, a button does."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from alerts.answers.links import Signer
from alerts.model import Kind, Promise
from tests.rule_values import DAY, HOUR, MINUTE, at, shown
from tests.waiting import PATIENCE
from tests.web.site import MANY, MONDAY, Office

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}


def words(page: requests.Response) -> str:
    """Return what a reader sees, on one line."""
    body = re.sub(r"<head>.*?</head>", "", page.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def buttons(page: requests.Response) -> list[str]:
    return [html.unescape(b) for b in re.findall(r"<button[^>]*>([^<]+)</button>", page.text)]


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=PATIENCE)


def post(address: str, alert: object = 1, **form: str) -> requests.Response:
    return requests.post(address, {"alert": str(alert), **form}, timeout=PATIENCE)


def test_the_page_says_what_an_officer_has_to_know(office: Office, url: str) -> None:
    page = get(url + office.path("zhang"))
    said = words(page)
    assert page.status_code == 200
    for part in (
        "您是 张三",
        "临近",
        "“鞍山民政”微博 已12天未更新 最晚应于3月19日（周二）发布",
        "3月6日（周三）10:00",
        "超期时刻 3月20日（周三）10:00 至少每14天更新一次",
        "账号管理员 张三 0412-5550101",
        "已通知 张三、李四、王敏",
        "3月13日（周三）09:00 张三 到期提醒 · 已发送",
        "打开本页不作任何登记，点按钮才登记。",
    ):
        assert part in said
    assert buttons(page) == [
        "已知悉",
        "今日发布",
        "已发布，请核实",
        "3月18日（周一）17:30",
        "3月19日（周二）09:00",
        "3月19日（周二）17:30",
        "3月20日（周三）09:00",
        "确定",
    ]
    assert 'href="tel:0412-5550101"' in page.text
    assert 'min="2024-03-18T09:30" max="2024-03-20T10:00"' in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(office: Office, url: str, method: str) -> None:
    before = office.alert()
    for _ in range(3):
        assert requests.request(method, url + office.path("zhang"), timeout=PATIENCE).ok
    assert office.alert() == before


def test_noted(office: Office, url: str) -> None:
    page = post(url + office.path("zhang"), answer="ack")
    assert page.status_code == 200
    assert "已记录：张三已知悉。24小时内不再重复同一级别的提醒。" in words(page)
    given = office.alert().acknowledged
    assert given is not None
    assert (given.by, given.at) == ("zhang", MONDAY)
    assert "张三已知悉（3月18日（周一）09:30）" in words(get(url + office.path("li")))


@pytest.mark.parametrize(
    ("form", "promise", "said"),
    [
        pytest.param(
            {"answer": "today"},
            ("03-18 17:30", False),
            "已记录：张三将于今日17:30前发布；逾时未发布将立即提醒。",
            id="today",
        ),
        pytest.param(
            {"at": "2024-03-19T09:00"},
            ("03-19 09:00", True),
            "已记录：张三已设定于3月19日（周二）09:00定时发布，届时将自动核查。",
            id="scheduled, a common time",
        ),
        pytest.param(
            {"answer": "set", "until": "2024-03-19T11:45"},
            ("03-19 11:45", True),
            "已记录：张三已设定于3月19日（周二）11:45定时发布，届时将自动核查。",
            id="scheduled, a time of one's own",
        ),
    ],
)
def test_promised(
    office: Office, url: str, form: dict[str, str], promise: tuple[str, bool], said: str
) -> None:
    page = post(url + office.path("zhang"), **form)
    assert (page.status_code, said in words(page)) == (200, True)
    assert office.alert().promise == Promise("zhang", MONDAY, at(promise[0]), promise[1])


@pytest.mark.parametrize(
    ("now", "form", "said"),
    [
        pytest.param(
            "03-18 17:00",
            {"answer": "today"},
            "17:00以后不再受理“今日发布”",
            id="too late for today",
        ),
        pytest.param(
            "03-18 09:30",
            {"answer": "set", "until": "2024-03-18T09:00"},
            "3月18日（周一）09:00已过",
            id="past",
        ),
        pytest.param(
            "03-18 09:30",
            {"answer": "set", "until": "2024-03-20T10:00"},
            "已不早于超期时刻（3月20日（周三）10:00）",
            id="at the limit",
        ),
        pytest.param("03-18 09:30", {"answer": "set"}, "请填写已设定的发布时间", id="no time"),
        pytest.param(
            "03-18 09:30",
            {"answer": "set", "until": "soon"},
            "请填写已设定的发布时间",
            id="no such time",
        ),
        pytest.param("03-18 09:30", {"answer": "mine"}, "此项不适用", id="not a handover"),
        pytest.param("03-18 09:30", {"answer": "drop table"}, "请重新选择", id="no answer"),
        pytest.param("03-18 09:30", {}, "请重新选择", id="nothing"),
    ],
)
def test_what_cannot_be_answered_is_said_and_not_recorded(
    office: Office, url: str, now: str, form: dict[str, str], said: str
) -> None:
    office.clock.now = at(now)
    before = office.alert()
    page = post(url + office.path("zhang"), **form)
    assert (page.status_code, said in words(page)) == (409, True)
    assert office.alert() == before


def test_an_alert_that_the_link_is_not_for_is_left_alone(office: Office, url: str) -> None:
    path = office.path("zhang")
    with office.store.alerts.changing("rsshub") as tx:
        other = tx.save(replace(office.alert(), id=0, kind=Kind.GATEWAY, subject="rsshub"))
    page = post(url + path, alert=other.id, answer="ack")
    assert (page.status_code, "请重新选择" in words(page)) == (409, True)
    assert office.alert(Kind.GATEWAY).acknowledged is None


def test_in_a_group_everybody_says_who_they_are(office: Office, url: str) -> None:
    path = office.path("zhang", "li")
    page = get(url + path)
    assert "发给 张三、李四" in words(page)
    assert re.findall(r'type="radio" name="person" value="(\w+)"', page.text)[:2] == ["zhang", "li"]
    assert "请先选择您是哪一位" in words(post(url + path, answer="ack"))
    assert "请先选择您是哪一位" in words(post(url + path, answer="ack", person="wang"))
    assert office.alert().acknowledged is None
    assert "李四已知悉" in words(post(url + path, answer="ack", person="li"))


def test_a_link_for_one_person_cannot_be_used_for_another(office: Office, url: str) -> None:
    post(url + office.path("zhang"), answer="ack", person="wang")
    given = office.alert().acknowledged
    assert given is not None
    assert given.by == "zhang"


def test_who_has_left_reads_so(office: Office, url: str) -> None:
    page = get(url + office.path("gone"))
    assert "您已不在人员名单中" in words(page)
    assert buttons(page) == []
    assert "您已不在人员名单中" in words(post(url + office.path("gone"), answer="ack"))


def test_an_alert_that_has_ended_says_how(office: Office, url: str) -> None:
    path = office.path("zhang")
    office.world.look(at("03-18 10:00"), at("03-18 09:50"))
    page = get(url + path)
    assert (page.status_code, buttons(page)) == (200, [])
    assert "此项告警已解除：已发布新信息 无需再办理，感谢配合。" in words(page)
    answered = post(url + path, answer="ack")
    assert (answered.status_code, "此项告警已解除，无需再回复。" in words(answered)) == (409, True)


def test_over_the_limit_nothing_is_promised(office: Office, url: str) -> None:
    office.days("03-20 10:00")
    office.clock.now = at("03-20 10:30")
    page = get(url + office.path("zhang"))
    assert "已于3月20日（周三）10:00超期，请立即发布。" in words(page)
    assert buttons(page) == ["已知悉", "已发布，请核实"]


def test_a_broken_promise_is_not_shown_as_one_that_holds(office: Office, url: str) -> None:
    post(url + office.path("zhang"), answer="today")
    office.clock.now = at("03-18 18:00")
    assert "张三曾承诺于3月18日（周一）17:30前发布，尚未见到" in words(get(url + office.path("li")))


def test_another_trouble_shows_its_message(office: Office, url: str) -> None:
    now = at("03-18 11:00")
    for minutes in (0, 40, 80, 120):
        office.world.fail(now + minutes * MINUTE)
        office.world.judge(now + minutes * MINUTE)
    found = office.alert(Kind.GATEWAY)
    page = get(url + office.path("zhao", alerts=(found.id,)))
    assert "采集网关rsshub 【采集异常】采集网关rsshub自3月18日（周一）11:00起无法读取" in words(
        page
    )
    assert buttons(page) == ["已知悉"]
    assert "赵强已知悉" in words(
        post(url + office.path("zhao", alerts=(found.id,)), found.id, answer="ack")
    )


def test_one_link_for_several_alerts(office: Office, url: str) -> None:
    with office.store.alerts.changing("rsshub") as tx:
        other = tx.save(replace(office.alert(), id=0, kind=Kind.GATEWAY, subject="rsshub"))
    path = office.path("zhang", alerts=(1, other.id))
    page = get(url + path)
    assert page.text.count("<section") == 2
    post(url + path, other.id, answer="ack")
    assert office.alert().acknowledged is None
    assert office.alert(Kind.GATEWAY).acknowledged is not None


@pytest.mark.parametrize(
    ("age", "status", "said"),
    [
        pytest.param(30 * DAY - HOUR, 200, "已12天未更新", id="the last hour"),
        pytest.param(30 * DAY, 410, "链接已过期", id="thirty days"),
        pytest.param(-timedelta(minutes=1), 200, "已12天未更新", id="of a clock a minute ahead"),
        pytest.param(-timedelta(minutes=2), 410, "链接已过期", id="dated ahead"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_expires(
    office: Office, url: str, age: timedelta, status: int, said: str, method: str
) -> None:
    address = url + office.path("zhang", issued=MONDAY - age)
    page = get(address) if method == "GET" else post(address, answer="ack")
    assert (page.status_code, said in words(page)) == (status, True)
    assert (office.alert().acknowledged is not None) is (status == 200 and method == "POST")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_opens_nothing(office: Office, url: str, method: str) -> None:
    own = office.path("zhang")
    changed = own[:-9] + ("A" if own[-9] != "A" else "B") + own[-8:]
    office.signer = Signer("the secret of another database")
    for path in (office.path("zhang"), changed, own[:-9], "/a/x"):
        page = get(url + path) if method == "GET" else post(url + path, answer="ack")
        assert (page.status_code, "链接无效" in words(page)) == (404, True)
    assert office.alert().acknowledged is None


def test_an_alert_of_a_database_that_was_put_back(office: Office, url: str) -> None:
    page = get(url + office.path("zhang", alerts=(99,)))
    assert (page.status_code, "未找到此项告警" in words(page)) == (404, True)


@pytest.mark.parametrize("path", ["/admin", "/a/", "/docs", "/openapi.json", "/static/../x"])
def test_there_is_nothing_else(office: Office, url: str, path: str) -> None:
    page = get(url + path)
    assert (page.status_code, "此页不存在" in words(page)) == (404, True)


def test_nothing_leads_to_where_the_host_header_says(url: str) -> None:
    page = requests.get(
        f"{url}/healthz/", headers={"Host": "203.0.113.9"}, allow_redirects=False, timeout=PATIENCE
    )
    assert (page.status_code, "Location" in page.headers) == (404, False)


@pytest.mark.parametrize(
    "body",
    [b"x" * 5000, b"alert=" + b"9" * 400, b"\xff\xfe=1", b"&" * 3000, b"alert=\xd9\xa7&answer=ack"],
)
def test_a_form_that_is_none_breaks_nothing(office: Office, url: str, body: bytes) -> None:
    page = requests.post(url + office.path("zhang"), body, timeout=PATIENCE)
    assert page.status_code in (400, 409, 413)
    assert office.alert().acknowledged is None
    assert not [event for event, _ in office.said if event == "page_broke"]


@pytest.mark.parametrize("path", ["link", "/healthz", "/nothing", "/static/style.css"])
def test_every_answer_is_guarded(office: Office, url: str, path: str) -> None:
    page = get(url + (office.path("zhang") if path == "link" else path))
    kept = {"Cache-Control": "no-cache"} if "static" in path else {}
    assert {name: page.headers.get(name) for name in HEADERS} == {**HEADERS, **kept}
    assert "server" not in page.headers


def test_the_page_loads_nothing_from_elsewhere(office: Office, url: str) -> None:
    page = get(url + office.path("zhang"))
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert re.findall(r'<link[^>]+href="([^"]+)"', page.text) == ["../static/style.css"]
    assert "url(" not in get(url + "/static/style.css").text


def test_a_title_is_text_whatever_it_holds(office: Office) -> None:
    card = office.pages._cards.card(1, ["zhang"], MONDAY)
    assert card is not None
    poisoned = replace(card, title="<script>alert(1)</script>", standing=("<b>x</b>",))
    page = office.pages._rendered(
        "answer.html",
        200,
        cards=[poisoned],
        title="<i>",
        people=[],
        names="<u>",
        own="",
        left=False,
        asked=False,
        known=False,
        answered=None,
        result=None,
        set_value="set",
        many=False,
        inside=False,
    )
    body = bytes(page.body).decode()
    assert not {"<script>", "<b>x", "<i>", "<u>"} & set(re.findall(r"<script>|<b>x|<i>|<u>", body))


EVERY = tuple(range(1, MANY + 1))


def test_many_alerts_are_a_list_each_a_tap_away(busy: Office) -> None:
    with busy.served() as url:
        link = url + busy.path("zhang", alerts=EVERY)
        page = get(link)
        said = words(page)
        assert "30项告警 未结束30项，其中已答复0项。" in said
        assert said.count("最晚应于3月19日（周二）发布") == 30
        assert buttons(page) == ["全部已知悉"]
        assert re.findall(r'href="(\?alert=\d+)"', page.text) == [f"?alert={n}" for n in EVERY]
        one = get(link + "?alert=7")
        assert "返回全部告警" in words(one)
        assert (words(one).count("超期时刻"), buttons(one)[:2]) == (1, ["已知悉", "今日发布"])


def test_one_of_many_is_answered_and_the_list_shows_it(busy: Office) -> None:
    with busy.served() as url:
        link = url + busy.path("zhang", "li", alerts=EVERY)
        page = post(link + "?alert=7", alert=7, answer="today", person="li")
        assert "已记录：李四将于今日17:30前发布" in words(page)
        assert "李四承诺于3月18日（周一）17:30前发布" in words(get(link))
        assert "其中已答复1项" in words(get(link))
    assert [a.id for a in busy.store.alerts.open() if a.promise] == [7]


def test_all_of_many_are_noted_with_one_tap(busy: Office) -> None:
    with busy.served() as url:
        link = url + busy.path("zhang", alerts=EVERY)
        for _ in range(3):
            assert get(link).ok
        assert not any(a.acknowledged for a in busy.store.alerts.open())
        page = post(link, alert=0, answer="ack")
        assert "已记录：张三已知悉30项告警。" in words(page)
        assert "未结束30项，其中已答复30项。" in words(page)
    assert {a.acknowledged.by for a in busy.store.alerts.open() if a.acknowledged} == {"zhang"}


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"answer": "today"}, id="a promise for all"),
        pytest.param({"answer": ""}, id="nothing"),
        pytest.param({"answer": "ack", "person": "wang"}, id="somebody else"),
        pytest.param({"answer": "ack"}, id="nobody"),
    ],
)
def test_what_cannot_be_said_of_all_is_refused(busy: Office, form: dict[str, str]) -> None:
    with busy.served() as url:
        page = post(url + busy.path("zhang", "li", alerts=EVERY), alert=0, **form)
    assert page.status_code == 409
    assert not any(a.acknowledged or a.promise for a in busy.store.alerts.open())


def test_all_of_few_is_no_answer(office: Office, url: str) -> None:
    page = post(url + office.path("zhang"), alert=0, answer="ack")
    assert (page.status_code, office.alert().acknowledged) == (409, None)


@pytest.mark.parametrize("named", ["x", "99", "-1", "9" * 40, "٣", ""])
def test_an_alert_that_is_not_of_the_link_shows_the_list(busy: Office, named: str) -> None:
    with busy.served() as url:
        page = get(url + busy.path("zhang", alerts=EVERY[:10]) + f"?alert={named}")
    assert (page.status_code, "10项告警" in words(page)) == (200, True)


def test_in_a_list_what_has_ended_comes_last_and_needs_nothing(busy: Office) -> None:
    spec = busy.rules.accounts["a04"].sources[0]
    number = next(a.id for a in busy.store.alerts.open() if a.subject == "a04")
    busy.world.read(MONDAY, MONDAY - MINUTE, spec=spec)
    busy.world.judge(MONDAY)
    with busy.served() as url:
        page = get(url + busy.path("zhang", alerts=EVERY))
        assert re.findall(r"alert=(\d+)", page.text)[-1] == str(number)
        assert "未结束29项" in words(page)
        assert "无需再答复" not in words(page)


def test_alive_and_ready(office: Office, url: str) -> None:
    assert get(url + "/healthz").json() == {"alive": True}
    page = get(url + "/readyz")
    assert (page.status_code, page.json()) == (200, {"ready": True, "amiss": []})
    office.unready.append("judge")
    page = get(url + "/readyz")
    assert (page.status_code, page.json()) == (503, {"ready": False, "amiss": ["judge"]})


def test_what_is_answered_is_in_the_log_and_the_link_is_not(office: Office, url: str) -> None:
    path = office.path("zhang")
    post(url + path, answer="ack")
    assert office.said[-1] == (
        "answered",
        {"alert": 1, "by": "zhang", "answer": "ack", "done": True, "way": "page"},
    )
    assert path.rsplit("/", 1)[1] not in repr(office.said)


def test_an_answer_is_what_the_ladder_goes_by(office: Office, url: str) -> None:
    post(url + office.path("zhang"), answer="set", until="2024-03-19T08:30")
    office.world.fresh()
    assert office.world.look(at("03-19 08:29")) == []
    told = office.world.look(at("03-19 08:31"))
    assert told[0] == "silence promise:2024-03-19T08:30:00 li@wecom"
    assert shown(office.alert().called_at) == "03-19 08:31"
