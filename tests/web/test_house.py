"""The rooms of the page over real HTTP on a real database: what they show, and what acts."""

import html
import re
from dataclasses import replace

import pytest

from alerts.model import Acknowledgement
from monitor.model import Outcome, Pulse, Reading, SourceMemory
from monitor.store.protocols.ledger import Recorded
from monitor.web.parts import templates
from tests.rule_values import at
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, PASSWORD, Office, bureau


def test_the_overview_says_first_whether_anything_is_wrong(look: Browser) -> None:
    page = look.see("/")
    said = seen(page)
    for part in (
        "1个账号须尽快发布，最早的须在3月19日（周二）前发布。",
        "已12天 最晚3月19日（周二） · 还剩1个工作日",
        "张三 0412-5550101",
        "未答复",
    ):
        assert part in said
    assert "<title>(1) " in page.text


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("v=late", True),
        ("v=breached", False),
        ("v=late,breached", True),
        ("v=no-such-filter", True),
        ("q=民政局", True),
        ("q=张三", True),
        ("q=鞍山 张三", True),
        ("q=李四", False),
        ("page=99", True),
        ("page=-1", True),
    ],
)
def test_what_an_address_asks_for(look: Browser, asked: str, there: bool) -> None:
    page = look.see(f"/?{asked}")
    assert page.status_code == 200
    assert ('href="/accounts/weibo"' in page.text) is there


def test_an_account_says_why_and_what_happened(look: Browser) -> None:
    page = look.see("/accounts/weibo")
    said = seen(page)
    for part in (
        "结论依据",
        "全年情况 · 2024",
        "告警1产生：",
        "2024年3月13日（周三）09:00",
    ):
        assert part in said
    assert page.text.count("<title>") == 1 + 366
    assert 'href="/reports/evidence/2024/weibo"' in page.text


def test_an_unknown_account_is_a_calm_page(look: Browser) -> None:
    page = look.see("/accounts/nobody")
    assert (page.status_code, "没有此账号" in page.text) == (404, True)


def test_an_officer_notes_an_alert(office: Office, zhang: Browser) -> None:
    page = zhang.submit("/accounts/weibo/answer", "/accounts/weibo", alert="1", answer="ack")
    assert page.status_code == 200
    assert "已记录：张三已知悉。" in seen(page)
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


def test_an_officer_records_a_post_seen_by_eye(office: Office, zhang: Browser) -> None:
    path = "/accounts/weibo"
    page = zhang.submit(f"{path}/confirm", path, posted_at="2024-03-18T09:00", url="")
    assert "已登记：张三核实3月18日（周一）09:00已发布。" in seen(page)
    assert office.store.posts.of_account("weibo")[-1].published_at == at("03-18 09:00")


def test_an_officer_agrees_to_a_silence(office: Office, zhang: Browser) -> None:
    path = "/accounts/weibo"
    page = zhang.submit(f"{path}/exception", path, until="2024-04-01T09:00", reason="系统迁移")
    assert page.status_code == 200
    agreed = office.store.exceptions.in_force(MONDAY)["weibo"]
    assert (agreed.by, agreed.reason, agreed.until) == ("zhang", "系统迁移", at("04-01 09:00"))


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("answer", {"alert": "1", "answer": "no-such-answer"}),
        ("answer", {"alert": "x", "answer": "ack"}),
        ("confirm", {"posted_at": "soon"}),
        ("confirm", {"posted_at": "2024-03-19T09:00"}),
        ("confirm", {"posted_at": "2024-03-18T09:00", "url": "javascript:alert(1)"}),
        ("exception", {"until": "2024-04-01T09:00", "reason": " "}),
        ("exception", {"until": "2024-03-01T09:00", "reason": "迁移"}),
    ],
    ids=[
        "an unknown answer",
        "no alert",
        "no time",
        "a time to come",
        "a script for an address",
        "no reason",
        "an end that has passed",
    ],
)
def test_what_cannot_be_recorded_changes_nothing(
    office: Office, zhang: Browser, deed: str, form: dict[str, str]
) -> None:
    page = zhang.submit(f"/accounts/weibo/{deed}", "/accounts/weibo", **form)
    assert page.status_code == 409
    assert office.alert().acknowledged is None
    assert len(office.store.posts.of_account("weibo")) == 1
    assert office.store.exceptions.in_force(MONDAY) == {}


def test_a_viewer_cannot_answer(office: Office, guest: Browser) -> None:
    assert "登记" not in seen(guest.see("/accounts/weibo")).replace("登记在册", "")
    page = guest.submit("/accounts/weibo/answer", "/accounts/weibo", alert="1", answer="ack")
    assert (page.status_code, "不能答复" in page.text) == (409, True)
    assert office.alert().acknowledged is None


def test_names_are_text_and_never_markup(office: Office) -> None:
    nasty = "<script>alert(1)</script>\"'&"
    accounts = {"weibo": replace(office.rules.accounts["weibo"], name=nasty, organisation=nasty)}
    other = Office(office.store, rules=replace(office.rules, accounts=accounts), kept=True)
    with other.served() as url, inside(other, url, "guest") as browser:
        for path in ("/", "/accounts/weibo", "/?q=<script>"):
            page = browser.see(path)
            assert page.status_code == 200
            assert "<script>" not in page.text
            assert "alert(1)</" not in page.text


def test_many_accounts_are_grouped_and_paged(office: Office) -> None:
    large = Office(office.store, rules=bureau(60), kept=True)
    with large.served() as url, inside(large, url, "guest") as browser:
        first, last = browser.see("/"), browser.see("/?page=2")
    assert [page.text.count('<li class="row') for page in (first, last)] == [50, 10]
    assert first.text.count("<details") == 1
    assert ("50 / 60" in seen(first), "10 / 60" in seen(last)) == (True, True)
    assert "下一页" in first.text
    assert "上一页" in last.text


@pytest.mark.parametrize("judged", [True, False], ids=["as it is kept", "as it is made anew"])
def test_a_group_says_the_worst_of_all_its_accounts_on_every_page(
    office: Office, judged: bool
) -> None:
    rules = bureau(60)
    other = {"a58": replace(rules.accounts["a58"], organisation="台安县民政局")}
    rules = replace(rules, accounts={**rules.accounts, **other})
    large = Office(office.store, rules=rules, kept=True)
    if judged:
        large.world.judge(MONDAY)
    with large.served() as url, inside(large, url, "guest") as browser:
        pages = [browser.see(path).text for path in ("/", "/?page=2")]
    groups = [
        re.findall(r'<details class="group[^"]*"( open)?>\s*<summary class="(\w+)"', p)
        for p in pages
    ]
    assert groups == [[(" open", "late")], [(" open", "late"), (" open", "unchecked")]]


def test_without_an_account_the_page_says_what_to_do(office: Office) -> None:
    bare = Office(office.store, rules=replace(office.rules, accounts={}), kept=True)
    with bare.served() as url, inside(bare, url, "guest") as browser:
        assert "尚未配置账号" in browser.see("/").text


def test_alerts_come_with_all_their_notices(look: Browser) -> None:
    said = seen(look.see("/alerts"))
    for part in ("“鞍山民政”微博", "张三 到期提醒", "近30天没有解除的告警。"):
        assert part in said


def test_the_duty_of_a_day_is_changed(office: Office, zhang: Browser) -> None:
    page = zhang.submit("/duty/swap", "/duty", on="2024-03-19", to="wang")
    assert "已登记：3月19日（周二）由王敏值班。" in seen(page)
    assert office.desk.duty.show(at("03-19 09:00").date(), MONDAY)["duty"] == "wang"


@pytest.mark.parametrize(
    "form",
    [
        {"on": "2024-03-01", "to": "wang"},
        {"on": "soon", "to": "wang"},
        {"on": "2024-03-19", "to": "nobody"},
    ],
    ids=["a day that has passed", "no day", "nobody"],
)
def test_a_change_of_duty_that_cannot_be(look: Browser, form: dict[str, str]) -> None:
    assert look.submit("/duty/swap", "/duty", **form).status_code == 409


def test_a_handover_that_is_not_there_cannot_be_accepted(look: Browser) -> None:
    assert look.submit("/duty/accept", "/duty", handover="7").status_code == 409


def test_a_handover_is_accepted(office: Office, zhang: Browser) -> None:
    day = at("03-25 09:00").date()
    office.desk.handovers.start(["weibo"], "zhang", "li", day, "轮岗", MONDAY)
    page = zhang.submit("/duty/accept", "/duty", handover="1")
    assert "已登记：张三确认接收。" in seen(page)
    assert office.desk.handovers.overview()[0]["awaiting"] == ["li"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("鞍山\u202e民政", "鞍山民政", id="turned around"),
        pytest.param("\u2067a\u2069\u200f<b>", "a&lt;b&gt;", id="set apart"),
        pytest.param("一\n二", "一\n二", id="lines stay"),
    ],
)
def test_a_name_from_outside_turns_no_page_around(name: str, shown: str) -> None:
    assert templates().from_string("{{ name }}").render(name=name) == shown


def test_a_handover_is_started_confirmed_and_told(office: Office, zhang: Browser) -> None:
    path = "/accounts/weibo"
    form = {"to": "li", "due": "2024-03-25", "reason": "轮岗"}
    page = zhang.submit(f"{path}/handover", path, **form)
    assert "已登记：3月25日（周一）前移交李四，须双方确认。" in seen(page)
    assert "张三向李四发起交接：轮岗" in seen(zhang.see(f"{path}?only=handovers"))
    assert zhang.submit("/duty/accept", "/duty", handover="1").status_code == 200
    office.desk.handovers.accept(1, "li", MONDAY)
    assert "张三已确认交接" in seen(zhang.see(path))
    assert "已登记：张三取消交接。" in seen(zhang.submit("/duty/cancel", "/duty", handover="1"))


def test_the_new_custodian_confirms_that_a_post_is_theirs(office: Office, url: str) -> None:
    day = at("03-25 09:00").date()
    office.desk.handovers.start(["weibo"], "zhang", "li", day, "轮岗", MONDAY)
    for person in ("zhang", "li"):
        office.desk.handovers.accept(1, person, MONDAY)
    office.world.read(at("03-18 11:00"), at("03-18 10:30"))
    office.clock.now = at("03-18 12:00")
    office.users.add("li", "officer", PASSWORD, MONDAY)
    with inside(office, url, "li") as li:
        assert "是我发布的" in seen(li.see("/duty"))
        assert "所见信息由李四发布" in seen(li.submit("/duty/confirm", "/duty", handover="1"))
        assert "接收人已发布信息，交接完成" in seen(li.see("/accounts/weibo"))


@pytest.mark.parametrize(
    "form",
    [
        {"to": "nobody", "due": "2024-03-25", "reason": "轮岗"},
        {"to": "li", "due": "soon", "reason": "轮岗"},
        {"to": "li", "due": "2024-03-01", "reason": "轮岗"},
        {"to": "li", "due": "2024-03-25", "reason": " "},
        {"to": "zhang", "due": "2024-03-25", "reason": "轮岗"},
    ],
    ids=["to nobody", "no day", "a day that has passed", "no reason", "to oneself"],
)
def test_a_handover_that_cannot_be_is_not_started(
    office: Office, zhang: Browser, form: dict[str, str]
) -> None:
    path = "/accounts/weibo"
    assert zhang.submit(f"{path}/handover", path, **form).status_code == 409
    assert office.desk.handovers.overview() == []


def test_who_does_not_hold_an_account_cannot_pass_it_on(office: Office, url: str) -> None:
    office.users.add("li", "officer", PASSWORD, MONDAY)
    path, form = "/accounts/weibo", {"to": "wang", "due": "2024-03-25", "reason": "轮岗"}
    with inside(office, url, "li") as li:
        assert "发起交接" not in seen(li.see(path))
        assert li.submit(f"{path}/handover", path, **form).status_code == 409


def test_an_account_is_read_at_once(office: Office, zhang: Browser) -> None:
    assert "已安排立即读取" in seen(zhang.submit("/accounts/weibo/read", "/accounts/weibo"))
    [state] = office.store.sources.states().values()
    assert state.next_read_at is not None
    assert state.next_read_at <= MONDAY


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("limit=14", "2024年截至目前会提醒2次，其中超期前2次。"),
        ("limit=7", "其中超期前0次"),
        ("limit=7&ladder=tight", "会提醒5次，其中超期前1次"),
        ("limit=99", ""),
    ],
)
def test_what_other_rules_would_have_meant(look: Browser, asked: str, said: str) -> None:
    page = seen(look.see(f"/accounts/weibo?{asked}"))
    assert ("年截至目前会提醒" in page) == bool(said)
    assert said in page


@pytest.mark.parametrize(
    ("only", "there", "gone"),
    [
        ("posts", "发布：", "告警1产生"),
        ("alerts", "告警1产生", "通知张三："),
        ("notices", "通知张三", "告警1产生"),
        ("nothing", "告警1产生", "没有此"),
    ],
)
def test_the_timeline_is_filtered(look: Browser, only: str, there: str, gone: str) -> None:
    page = look.see(f"/accounts/weibo?only={only}").text
    [events] = re.findall(r'<ol class="events">.*?</ol>', page, re.S)
    assert (there in events, gone in events) == (True, False)


def test_ids_of_sources_are_for_admins(zhang: Browser, root: Browser) -> None:
    assert "weibo@rsshub" in seen(root.see("/accounts/weibo"))
    assert "weibo@rsshub" not in seen(zhang.see("/accounts/weibo"))


def test_a_page_that_refreshes_itself_does_not_jump(office: Office, zhang: Browser) -> None:
    live = html.unescape(re.findall('data-hx-get="([^"]+)"', zhang.see("/").text)[0])
    assert 'id="live"' in zhang.see(live).text
    office.clock.now = at("03-18 10:00")
    office.world.look(office.clock.now, at("03-18 09:50"))
    bar = zhang.see(live)
    assert bar.text == '<a id="bar" href="/">有变化，点此刷新</a>'
    assert bar.headers["HX-Retarget"] == "#changed"


def test_one_account_stands_alone_as_it_stands_among_all(busy: Office) -> None:
    ask = busy.desk.accounts.status
    among = [one for one in ask(MONDAY)["accounts"] if one["id"] == "a07"]
    assert ask(MONDAY, only="a07")["accounts"] == among


@pytest.mark.parametrize(
    ("name", "offered"),
    [("zhang", ["ack", "today", "posted"]), ("guest", []), ("root", [])],
    ids=["an officer", "a viewer", "an admin who is no person"],
)
def test_who_may_answer_does_so_from_the_row(
    office: Office, url: str, name: str, offered: list[str]
) -> None:
    with inside(office, url, name) as browser:
        page = browser.see("/").text
    assert re.findall(r'<button name="answer" value="(\w+)"', page) == offered


def test_an_answer_from_the_row_is_recorded_and_shown_there(office: Office, zhang: Browser) -> None:
    zhang.submit("/accounts/weibo/answer", "/", alert="1", answer="ack")
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)
    assert "张三已知悉" in seen(zhang.see("/"))


def test_an_account_says_its_reasons_in_five_sentences_and_the_rest_on_demand(
    look: Browser,
) -> None:
    page = look.see("/accounts/weibo").text
    stands, five, *more = page.split('<ul class="why')[1:]
    assert "理由：" in stands
    assert re.findall("^<li>", five.split("</ul>")[0], re.MULTILINE) == ["<li>"] * 5
    links = re.findall('href="([^"]*)"', five.split("</ul>")[0])
    assert [one for one in links if not one.startswith("https://weibo.com")] == [
        "/reports/evidence/2024/weibo",
        "#what-if",
        "/duty",
        "?only=notices#timeline",
    ]
    assert more
    assert "更多依据" in five


def test_a_telephone_shows_the_five_most_urgent_of_all_groups(busy: Office) -> None:
    with busy.served() as there, inside(busy, there, "guest") as browser:
        page = browser.see("/").text
    shown = re.findall(r'<li class="row (\w+)( later)?"', page)
    assert [look for look, later in shown if not later] == [shown[0][0]] * 5
    assert len(shown) > 5


def test_the_strip_of_a_telephone_is_two_weeks_back_and_one_ahead(look: Browser) -> None:
    short = look.see("/").text.split('class="days short"')[1]
    assert "近14天" in short
    assert re.findall(r'viewBox="0 0 (\d+) 12"', short) == [str((14 + 7) * 6)]


def read_as(office: Office, when: str, covers_from: str, title: str | None = None) -> None:
    """A good reading of the account at *when*, which saw all since *covers_from*."""
    now = at(when)
    read = Reading("weibo@rsshub", "weibo", "rsshub", now, Outcome.OK, now, Pulse.FULL)
    made = replace(read, covers_from=at(covers_from), title=title)
    office.store.readings.record([Recorded(made, (), SourceMemory(ever_good=True), now)])


def test_what_was_not_seen_and_new_names_stand_in_the_timeline(
    office: Office, zhang: Browser
) -> None:
    read_as(office, "03-18 09:10", "03-17 09:00")
    read_as(office, "03-18 09:20", "03-18 09:15", title="鞍山<民政>")
    named = seen(zhang.see("/accounts/weibo?only=names"))
    assert "2024年3月18日（周一）09:20 自此平台上的名称为“鞍山<民政>”" in named
    missed = seen(zhang.see("/accounts/weibo?only=gaps"))
    assert "2024年3月18日（周一）09:10至2024年3月18日（周一）09:15未能看到：" in missed
    assert "自此平台上的名称" not in missed


def test_while_accounts_are_read_for_the_first_time_the_past_year_is_told(office: Office) -> None:
    office.world.read(at("03-18 09:10"), at("02-01 09:00"), at("02-20 09:00"))
    read_as(office, "03-18 09:20", "02-01 00:00")
    first = Office(office.store, rules=bureau(2), kept=True)
    with first.served() as there, inside(first, there, "guest") as browser:
        said = seen(browser.see("/"))
    assert "过去一年 “鞍山民政”微博：超期2次" in said
    assert "“第01科”" not in said.split("过去一年")[1]


def test_once_all_accounts_were_read_the_past_year_is_left_to_their_pages(look: Browser) -> None:
    assert "过去一年" not in seen(look.see("/"))
