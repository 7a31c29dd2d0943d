"""A new installation is set up step by step: each tried for real, left out, or gone on with."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from monitor.desk.gateway_trials import GatewayTrials
from monitor.desk.wizard import STEPS, Wizard
from monitor.model import Gateway
from monitor.sources import registry
from monitor.store.base import Store
from tests.adding import UID, World, weibo
from tests.serving import Asked, Served
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, PASSWORD, RULES, WORDS, Office

ACCOUNT = f"https://weibo.com/u/{UID}"


@pytest.fixture(scope="module")
def rsshub() -> Iterator[str]:
    """Where an RSSHub on loopback is."""
    with Served(World) as served:
        yield served.url


@pytest.fixture
def begun(sqlite_store: Store, rsshub: str) -> Iterator[tuple[Office, Browser]]:
    """An office without a password, whose two gateways are an RSSHub and one that is down."""
    gateways = {
        "rsshub": Gateway("rsshub", "rsshub", rsshub),
        "down": Gateway("down", "rsshub", "http://127.0.0.1:9"),
    }
    office = Office(sqlite_store, rules=replace(RULES, gateways=gateways))
    sources = {one.id: registry.build(one) for one in gateways.values()}
    assert office.joining is not None
    trials = GatewayTrials(office.rules, sources, lambda *_: None, WORDS, registry.build)
    office.joining = replace(office.joining, trials=trials)
    with office.served() as url, Browser(url) as admin:
        path = f"/setup?k={office.users.setup_key(office.clock.now)}"
        admin.submit("/setup", path, name="root", password=PASSWORD)
        yield office, admin
    for source in sources.values():
        source.close()


def test_the_first_password_leads_to_the_first_step(begun: tuple[Office, Browser]) -> None:
    _, admin = begun
    page = admin.see("/start")
    assert page.url.endswith("/start/office")
    assert "第1步，共6步 单位" in seen(page)
    assert "首次设置尚未完成" in seen(admin.see("/"))


def test_the_name_of_the_office_stands_on_every_page(begun: tuple[Office, Browser]) -> None:
    _, admin = begun
    page = admin.submit("/start/office", "/start/office", office=" 鞍山市民政局 ")
    assert page.url.endswith("/start/gateways")
    for path in ("/", "/alerts", "/system", "/start/rules"):
        assert "· 鞍山市民政局" in seen(admin.see(path))


@pytest.mark.parametrize("name", ["", " ", "局" * 41], ids=["nothing", "blanks", "too long"])
def test_a_name_that_is_none(begun: tuple[Office, Browser], name: str) -> None:
    office, admin = begun
    assert admin.submit("/start/office", "/start/office", office=name).status_code == 409
    assert Wizard(office.store.notes).progress().office == ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (ACCOUNT, ["正常 rsshub", "读取正常：鞍山民政，4条。", "动态0", "异常 down", "读不到："]),
        ("", ["异常 rsshub", "有应答，但看不到信息："]),
        ("鞍山民政", ["未试读 rsshub", "这不是账号网址。"]),
        ("https://mp.weixin.qq.com/s/verification-wanted", ["此网关不能读取这类账号。"]),
    ],
    ids=["an account", "what it reads", "no address", "another platform"],
)
def test_every_gateway_says_what_it_shows(
    begun: tuple[Office, Browser], address: str, said: list[str]
) -> None:
    _, admin = begun
    page = seen(admin.submit("/start/gateways", "/start/gateways", address=address))
    assert [part for part in said if part not in page] == []


def test_a_gateway_through_which_nothing_is_read_is_tried_from_the_system(
    begun: tuple[Office, Browser],
) -> None:
    _, admin = begun
    assert 'name="only" value="down"' in admin.see("/system").text
    page = seen(admin.submit("/start/gateways", "/start/gateways", only="down"))
    assert ("异常 down rsshub 读不到：" in page, "异常 rsshub" in page) == (True, False)


def test_a_test_message_goes_to_whom_it_is_for(begun: tuple[Office, Browser]) -> None:
    office, admin = begun
    form = {"channel": "wecom", "to": "li"}
    page = admin.submit("/start/channels", "/start/channels", **form)
    assert "已通过wecom向李四发送测试消息，服务方已确认接收" in seen(page)
    assert "李四" in office.out.getvalue()


@pytest.mark.parametrize("path", ["/start/channels", "/system/channel"])
def test_a_test_message_for_nobody_goes_to_nobody(begun: tuple[Office, Browser], path: str) -> None:
    office, admin = begun
    page = admin.submit(path, "/system", channel="wecom", to="gone")
    assert (page.status_code, "没有此人。" in page.text) == (409, True)
    assert office.out.getvalue() == ""


def test_the_rules_say_who_would_be_told_when(begun: tuple[Office, Browser]) -> None:
    _, admin = begun
    said = seen(admin.see("/start/rules"))
    assert "14天" in said
    assert "连续7天未更新：通知账号管理员" in said
    assert "3月25日（周一）09:00 张三" in said


def test_who_comes_back_goes_on_where_they_stopped(begun: tuple[Office, Browser]) -> None:
    office, admin = begun
    for step in STEPS[:3]:
        admin.submit("/start/next", f"/start/{step}", step=step)
    assert admin.see("/start").url.endswith("/start/people")
    for step in STEPS[3:]:
        page = admin.submit("/start/next", f"/start/{step}", step=step)
    assert page.url == f"{admin.url}/"
    assert "首次设置尚未完成" not in page.text
    assert not Wizard(office.store.notes).progress().under_way


def test_an_unknown_step_leads_to_the_next_one(begun: tuple[Office, Browser]) -> None:
    _, admin = begun
    form = {"step": "nowhere"}
    assert admin.see("/start/nowhere").url.endswith("/start/office")
    assert admin.submit("/start/next", "/start/office", **form).url.endswith("/start/office")


@pytest.mark.parametrize("name", ["zhang", "guest"])
def test_who_is_no_admin_sets_nothing_up(office: Office, url: str, name: str) -> None:
    with inside(office, url, name) as other:
        for path in ("/start", *(f"/start/{step}" for step in STEPS)):
            page = other.see(path)
            assert (page.status_code, "此页未对您开放" in page.text) == (403, True)
        for path in ("office", "gateways", "gateway", "channels", "reread", "next"):
            assert other.submit(f"/start/{path}", "/", office="x").status_code == 403
    assert Wizard(office.store.notes).progress().office == ""


def test_a_year_that_was_played_is_not_set_up(office: Office) -> None:
    office.joining = None
    with office.served() as url, inside(office, url, "root") as admin:
        assert admin.see("/start").status_code == 403
        assert admin.submit("/start/office", "/", office="x").status_code == 403


def test_a_source_of_another_gateway_is_closed_and_nothing_is_stored(
    begun: tuple[Office, Browser], rsshub: str
) -> None:
    office, admin = begun
    before = office.store.sources.states()
    form = {"kind": "rsshub", "url": rsshub, "address": ACCOUNT}
    admin.submit("/start/gateway", "/start/gateways", **form)
    assert office.store.sources.states() == before


class Quiet(Asked):
    """A gateway that names nothing."""

    def do_GET(self) -> None:
        """Give a feed without a title."""
        body = weibo(UID, "").replace("<title>的微博</title>", "").encode()
        self.give(200, body, {"Content-Type": "application/rss+xml"})


def test_what_has_no_name_is_called_so() -> None:
    gateway = Gateway("new", "rsshub", "")
    with Served(Quiet) as served, closing(registry.build(replace(gateway, url=served.url))) as one:
        trials = GatewayTrials(RULES, {}, lambda *_: None, WORDS, lambda _: one)
        found = trials.another(gateway, ACCOUNT, MONDAY)
    assert (found.good, found.said) == (True, "读取正常：未显示名称，4条。")
