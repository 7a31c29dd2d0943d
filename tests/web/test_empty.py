"""Where there is nothing yet: a calm sentence that says what to do next, with the link."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.model import Roster
from monitor.store.base import Store
from tests.rule_values import at
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, PASSWORD, RULES, USERS, Office, told_thrice

NOTHING = replace(RULES, accounts={}, gateways={}, roster=Roster((), None))


@pytest.fixture
def bare(sqlite_store: Store) -> Iterator[dict[str, Browser]]:
    """An office in which nothing is configured but its people, and who looks at it."""
    office = Office(sqlite_store, rules=NOTHING, kept=True)
    office.inside = replace(office.inside, channels={}, kinds={}, findings=lambda _: [])
    for name, role in USERS.items():
        office.users.add(name, role, PASSWORD, MONDAY)
    with (
        office.served() as url,
        inside(office, url, "root") as root,
        inside(office, url, "guest") as guest,
    ):
        yield {"root": root, "guest": guest}


@pytest.mark.parametrize(
    ("who", "path", "said", "link"),
    [
        ("root", "/", "尚未配置账号", 'action="/accounts/add"'),
        ("guest", "/", "账号由管理员添加，请联系本服务的管理员。", ""),
        ("guest", "/alerts", "没有未解除的告警。 总览", 'href="/"'),
        ("guest", "/duty", "今日值班表无人", ""),
        ("root", "/duty", "今日值班表无人", 'href="/start/people"'),
        ("guest", "/duty", "未来四周值班表均无人。", ""),
        ("guest", "/duty", "没有未完成的交接。", 'href="/"'),
        ("root", "/reports", "尚未纳入任何账号，报表均为空。", 'href="/accounts/add"'),
        ("guest", "/reports", "尚无定稿。", ""),
        ("root", "/system", "尚未配置采集网关，无法读取。", 'href="/start/gateways"'),
        ("root", "/system", "尚未配置通知渠道", ""),
        ("root", "/system", "尚无密钥。", 'action="/system/keys"'),
        ("root", "/system", "近一日没有读取。", ""),
        ("root", "/system?failed=1", "近一日没有失败的读取。", 'href="/system#readings"'),
        ("root", "/start/gateways", "尚未配置采集网关。", 'action="/start/gateway"'),
        ("root", "/start/accounts", "尚无账号纳入值守。", 'action="/accounts/add"'),
        ("root", "/start/channels", "尚未配置通知渠道", 'action="/start/reread"'),
        ("root", "/start/rules", "添加账号后，这里会列出何时通知何人。", ""),
        ("guest", "/board", "没有须办理的账号", ""),
    ],
)
def test_where_there_is_nothing(
    bare: dict[str, Browser], who: str, path: str, said: str, link: str
) -> None:
    page = bare[who].see(path)
    assert page.status_code == 200
    assert said in seen(page), seen(page)
    assert link in page.text


def test_before_its_first_reading_an_account_is_called_unchecked(sqlite_store: Store) -> None:
    office = Office(sqlite_store, kept=True)
    office.users.add("zhang", "officer", PASSWORD, MONDAY)
    with office.served() as url, inside(office, url, "zhang") as zhang:
        all_of_them, alone = seen(zhang.see("/")), zhang.see("/accounts/weibo")
    assert "正在首次读取 0/1" in all_of_them
    assert "未检查" in all_of_them
    for said in ("尚未读取，首次读取后在此显示结论。", "尚无记录。"):
        assert said in seen(alone)
    assert 'href="#read"' in alone.text


def test_without_an_open_alert_the_last_one_is_told(sqlite_store: Store) -> None:
    office = told_thrice(sqlite_store)
    later = at("03-18 10:00")
    office.world.look(later, at("03-18 09:50"))
    office.clock.now = later
    office.users.add("guest", "viewer", PASSWORD, MONDAY)
    with office.served() as url, inside(office, url, "guest") as guest:
        said = seen(guest.see("/alerts"))
    assert "没有未解除的告警。 上一次：2024年3月13日（周三），“鞍山民政”微博，12天。" in said
