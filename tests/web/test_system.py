"""The page of the system: gateways, channels with test messages, readings, configuration."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.told import Told
from monitor.desk.shapes import Finding, Level
from monitor.machines import Machine, Work
from tests.rule_values import MINUTE
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
        "只看受影响账号",
        "wecom console · 最近送达 3月18日（周一）09:00",
        "版本 1.2.3",
        "people：nobody <i>can</i> be reached",
        "monitor.toml",
        'id = "<b>"',
        "root admin",
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
