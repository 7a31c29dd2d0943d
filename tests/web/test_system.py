"""The page of the system: gateways, channels with test messages, readings, configuration."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.rules.audit import AUDIT, Audited, audit_written
from alerts.told import Told
from monitor.desk.shapes import Finding, Level
from monitor.machines import Machine, Work
from tests.rule_values import DAY, HOUR, MINUTE
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, Office


def test_the_system_is_for_admins(zhang: Browser, root: Browser) -> None:
    assert zhang.see("/system").status_code == 403
    said = seen(root.see("/system"))
    for part in (
        "采集网关",
        "· 尚未读取 wewe",
        "访问密钥",
        "正常 rsshub",
        "近一日有效读取 2/2",
        "待发消息数 0",
        "外部心跳 未设置",
        "只看受影响账号",
        "wecom console · 最近送达 3月18日（周一）09:00",
        "版本 1.2.3",
        "people：nobody <i>can</i> be reached",
        "monitor.toml",
        'id = "<b>"',
        "root 管理员",
        "最近读取",
    ):
        assert part in said


def test_what_the_doctor_says_stands_beside_the_key(office: Office) -> None:
    said = Finding(
        Told("gateway {gateway}", gateway="rsshub"), Level.WARNING, "no account <i>reads</i> it"
    )
    files = {"monitor.toml": "[service]\n[gateways.rsshub]\nkind = 1"}
    office.inside = replace(office.inside, files=files, findings=lambda _: [said])
    with office.served() as there, inside(office, there, "root") as root:
        page = seen(root.see("/system"))
    assert "[gateways.rsshub] no account <i>reads</i> it kind = 1" in page


@pytest.mark.parametrize("path", ["read", "channel", "keys", "keys/end"])
def test_who_is_no_admin_changes_nothing_there(office: Office, zhang: Browser, path: str) -> None:
    form = {"account": "weibo", "channel": "wecom", "scope": "board", "digest": "x"}
    assert zhang.submit(f"/system/{path}", "/", **form).status_code == 403
    assert office.out.getvalue() == ""
    assert office.users.keys() == []


def test_a_test_message_is_sent_and_its_answer_shown(office: Office, root: Browser) -> None:
    assert "最近一次测试消息： 尚未测试" in seen(root.see("/system"))
    page = root.submit("/system/channel", "/system", channel="wecom")
    assert "服务方已确认接收" in seen(page)
    assert "最近一次测试消息： 3月18日（周一）09:30，已确认接收" in seen(page)
    assert "【测试】" in office.out.getvalue()
    assert office.alert().acknowledged is None


def test_a_channel_that_refuses_says_why(office: Office, root: Browser) -> None:
    office.out.close()
    page = root.submit("/system/channel", "/system", channel="wecom")
    assert (page.status_code, "未成功：本程序发送时出错" in seen(page)) == (409, True)
    assert "3月18日（周一）09:30，未送出：" in seen(page)


def test_a_channel_that_took_nothing_for_a_month_asks_for_a_test(
    office: Office, root: Browser
) -> None:
    asks = "请发送一条测试消息，以免用时不通"
    assert asks not in seen(root.see("/system"))
    office.clock.now += timedelta(days=40)
    with inside(office, root.url, "root") as later:
        assert asks in seen(later.see("/system"))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("channel", {"channel": "nobody"}),
        ("read", {"account": "nobody"}),
        ("keys", {"scope": "session"}),
        ("keys/end", {"digest": "guessed"}),
    ],
)
def test_what_is_not_there_is_said_calmly(root: Browser, path: str, form: dict[str, str]) -> None:
    assert root.submit(f"/system/{path}", "/system", **form).status_code == 409


def test_an_account_behind_a_gateway_is_read_at_once(office: Office, root: Browser) -> None:
    assert "已安排立即读取" in seen(root.submit("/system/read", "/system", account="weibo"))
    [state] = office.store.sources.states().values()
    assert state.next_read_at is not None
    assert state.next_read_at <= MONDAY


def test_readings_with_errors_alone(office: Office, root: Browser) -> None:
    office.world.fail(MONDAY - MINUTE)
    shown = root.see("/system").text.count("· rsshub</td>")
    assert root.see("/system?failed=1").text.count("· rsshub</td>") == 1 < shown


@pytest.mark.parametrize(
    ("later", "said"),
    [(MINUTE, "最近心跳 09:30刚读过"), (HOUR, "最近心跳 09:30 ·"), (DAY / 2.1, "最近心跳 09:30 ·")],
    ids=["a minute ago", "an hour ago", "this morning"],
)
def test_the_last_pulse_of_a_gateway_in_words(
    office: Office, root: Browser, later: timedelta, said: str
) -> None:
    office.clock.now = MONDAY + later
    assert said in seen(root.see("/system"))


def test_a_gateway_says_its_quota_its_credential_and_its_last_failure(office: Office) -> None:
    limited = replace(office.rules.gateways["rsshub"], quota=100)
    rules = replace(office.rules, gateways={**office.rules.gateways, "rsshub": limited})
    quick = Office(office.store, rules=rules, kept=True)
    quick.world.fail(MONDAY - MINUTE)
    state = quick.store.gateways.states()["rsshub"]
    quick.store.gateways.save([replace(state, ends_at=MONDAY + 3 * DAY + HOUR)])
    with quick.served() as there, inside(quick, there, "root") as root:
        said = seen(root.see("/system"))
    assert "今日请求0/100次，还剩100次 · 凭证还有3天到期" in said
    assert "最近一次失败09:29：" in said


def test_the_doctors_good_news_stands_beside_its_key_and_asks_for_nothing(office: Office) -> None:
    said = Finding(Told("gateway {gateway}", gateway="rsshub"), Level.OK, "it answers")
    files = {"monitor.toml": "[gateways.rsshub]\nkind = 1"}
    office.inside = replace(office.inside, files=files, findings=lambda _: [said])
    with office.served() as there, inside(office, there, "root") as root:
        page = root.see("/system")
    assert "[gateways.rsshub] it answers kind = 1" in seen(page)
    assert "没有须关注的事项" in seen(page)
    assert "<details><summary>monitor.toml</summary>" in page.text


@pytest.mark.parametrize(
    ("amiss", "said"),
    [(None, "外部心跳 –"), ((), "外部心跳 09:29已发出"), (("late <b>",), "09:29未发出：late <b>")],
    ids=["before the first audit", "all is well", "something is amiss"],
)
def test_whether_an_outside_monitor_was_told(
    office: Office, amiss: tuple[str, ...] | None, said: str
) -> None:
    office.vitals = replace(office.vitals, heartbeat=True)
    if amiss is not None:
        office.store.notes.set(AUDIT, audit_written(Audited(MONDAY - MINUTE, amiss)))
    with office.served() as there, inside(office, there, "root") as root:
        assert said in seen(root.see("/system"))


def test_loops_are_called_by_what_they_do(office: Office, root: Browser) -> None:
    office.loops.update({"read:rsshub": MONDAY, "judge": MONDAY, "another": MONDAY - DAY})
    said = seen(root.see("/system"))
    for line in ("读取（rsshub） 09:30", "研判 09:30", "another 3月17日（周日）09:30"):
        assert line in said


def test_the_readings_of_a_day_by_page(office: Office, root: Browser) -> None:
    for n in range(130):
        office.world.fail(MONDAY - (2 * n + 1) * MINUTE / 6)
    expected = {
        "": 100,
        "ended=failed": 100,
        "ended=failed&page=2": 30,
        "ended=good": 2,
        "page=99": 32,
        "failed=1&page=2": 30,
        "ended=nonsense": 100,
    }
    found = {a: root.see(f"/system?{a}").text.count("· rsshub</td>") for a in expected}
    assert found == expected


def test_the_accounts_of_one_gateway(root: Browser) -> None:
    assert 'href="/accounts/weibo"' in root.see("/?g=rsshub").text
    assert 'href="/accounts/weibo"' not in root.see("/?g=another").text


@pytest.mark.parametrize(
    "path", ["/", "/accounts/weibo", "/alerts", "/duty", "/reports", "/system"]
)
def test_no_page_shows_the_inside_of_the_program(root: Browser, path: str) -> None:
    said = seen(root.see(path))
    assert "object at 0x" not in said
    assert "Undefined" not in said


def test_the_machines_that_share_the_database_and_zones(office: Office, root: Browser) -> None:
    assert "机器甲机" not in seen(root.see("/system"))
    one = Machine("a-1", "甲机", Work.SERVICE, ("hk",), "1.2.3", "digest", MONDAY, MONDAY)
    office.store.machines.beat(one)
    said = seen(root.see("/system"))
    assert "机器甲机：待命；负责区域：hk" in said
    assert "区域default：无机器采集" in said


def test_the_menu_counts_what_is_amiss_to_admins(
    office: Office, zhang: Browser, root: Browser
) -> None:
    assert 'class="dot"' not in root.see("/").text
    office.world.fail(MONDAY - MINUTE)
    states = office.store.gateways.states()
    office.store.gateways.save([replace(states["rsshub"], healthy=False)])
    assert re.search(r'class="dot"[^>]*>1<', root.see("/alerts").text)
    assert 'class="dot"' not in zhang.see("/").text
