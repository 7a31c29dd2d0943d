"""An account from a pasted address: recognised, read, shown, or refused in one line that helps."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from alerts.words import translator
from monitor.clock import utc_now
from monitor.desk.adding import Adding, Proposal, Refused, Wanted
from monitor.errors import UsageError
from monitor.model import Account, Gateway, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Source
from monitor.sources.http import Http
from monitor.sources.wechat_article import owner
from tests.adding import BIZ, ENCODED, NAME, OTHER_BIZ, SHORT, UID, World
from tests.rule_values import person, register
from tests.serving import Served

KINDS = {"rsshub": "rsshub", "wewe": "wewe_rss", "mobile": "weibo_mobile", "portal": "web_page"}
WORDS = translator("zh_CN")
WEIBO, WECHAT = ("weibo", "rsshub", f"weibo/user/{UID}"), ("wechat", "wewe", f"MP_WXS_{BIZ}")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Served(World) as served:
        yield served.url


@pytest.fixture(scope="module")
def gateways(url: str) -> Mapping[str, Gateway]:
    return {name: Gateway(name, kind, url) for name, kind in KINDS.items()}


@pytest.fixture(scope="module")
def sources(gateways: Mapping[str, Gateway]) -> Iterator[Mapping[str, Source]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(closing(registry.build(gateway)))
            for name, gateway in gateways.items()
        }


class Desk:
    """Proposes what the gateways named can read, beside the accounts that there are."""

    def __init__(
        self, gateways: Mapping[str, Gateway], sources: Mapping[str, Source], url: str
    ) -> None:
        self._gateways, self._sources = gateways, sources
        self._owner = partial(owner, Http(home=url), home=url)

    def adding(self, *names: str, accounts: tuple[Account, ...] = ()) -> Adding:
        known = replace(
            register(),
            accounts={account.id: account for account in accounts},
            gateways={name: self._gateways[name] for name in names or KINDS},
            people={p.id: p for p in (person("zhang", "custodian"), person("li", "duty"))},
        )
        return Adding(known, self._sources, self._owner, WORDS)

    def __call__(self, address: str, *names: str, **more: Any) -> Proposal | Refused:
        return self.adding(*names).proposal(Wanted(address, **more), utc_now())


@pytest.fixture
def desk(gateways: Mapping[str, Gateway], sources: Mapping[str, Source], url: str) -> Desk:
    return Desk(gateways, sources, url)


def proposed(found: Proposal | Refused) -> Proposal:
    assert isinstance(found, Proposal), found
    return found


def refused(found: Proposal | Refused) -> str:
    assert isinstance(found, Refused), found
    return found.why


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param(f"https://weibo.com/u/{UID}", WEIBO, id="a profile by its number"),
        pytest.param(f"weibo.com/u/{UID}?tabtype=feed", WEIBO, id="without a scheme"),
        pytest.param(f"主页：https://weibo.com/u/{UID}。", WEIBO, id="copied with what is around"),
        pytest.param(f"https://m.weibo.cn/u/{UID}", WEIBO, id="a profile on a phone"),
        pytest.param(f"https://m.weibo.cn/profile/{UID}", WEIBO, id="an older one on a phone"),
        pytest.param(f"https://weibo.com/{UID}", WEIBO, id="the number alone"),
        pytest.param(f"https://weibo.com/p/100505{UID}/home", WEIBO, id="an old page"),
        pytest.param(f"https://weibo.com/{UID}/Pqx0a1b2c", WEIBO, id="a post"),
        pytest.param("https://m.weibo.cn/status/Pqx0a1b2c", WEIBO, id="a post without a number"),
        pytest.param("https://m.weibo.cn/detail/5012345678901234", WEIBO, id="a post by its mid"),
        pytest.param(f"https://weibo.com/n/{NAME}", WEIBO, id="a name"),
        pytest.param("https://weibo.com/anshanmz", WEIBO, id="an address of its own"),
        pytest.param(
            f"https://mp.weixin.qq.com/s?__biz={ENCODED}&mid=2247&idx=1&sn=ab#rd",
            WECHAT,
            id="a long address of an article",
        ),
        pytest.param(
            f"https://mp.weixin.qq.com/s?__biz={ENCODED.rstrip('=')}&amp;mid=1&amp;idx=1",
            WECHAT,
            id="one out of a page's source",
        ),
        pytest.param(f"https://mp.weixin.qq.com/s/{SHORT}", WECHAT, id="a short one"),
        pytest.param(f"MP_WXS_{BIZ}", WECHAT, id="a collector's feed id"),
    ],
)
def test_an_address_is_recognised_and_read(
    desk: Desk, address: str, expected: tuple[str, str, str]
) -> None:
    found = proposed(desk(address))
    assert (found.platform, found.gateway, found.locator) == expected
    assert (found.seen, found.name, found.doubts) == (NAME, NAME, ())
    assert found.posts
    assert found.custodian == "zhang"


def test_a_weibo_account_shows_three_titles_and_becomes_a_block(desk: Desk) -> None:
    found = proposed(desk(f"https://weibo.com/u/{UID}"))
    assert [post.title for post in found.posts] == ["动态0", "动态1", "动态2"]
    assert found.block() == {
        "id": f"weibo-{UID}",
        "name": NAME,
        "platform": "weibo",
        "custodian": "zhang",
        "page": f"https://weibo.com/u/{UID}",
        "sources": [{"gateway": "rsshub", "locator": f"weibo/user/{UID}"}],
    }


def test_a_column_of_the_portal_is_read_below_its_address(desk: Desk, url: str) -> None:
    found = proposed(desk(f"{url}/tzgg/"))
    assert (found.platform, found.gateway, found.locator) == ("website", "portal", "tzgg/")
    assert (found.name, found.page) == ("通知公告", f"{url}/tzgg/")


REFUSED = {
    "no address at all": ("鞍山民政", "不是网址"),
    "a short link": ("http://t.cn/A6abcdef", "短链接"),
    "a page of Weibo's that is nobody's": ("https://weibo.com/", "weibo.com/u/…"),
    "a name that nobody has": ("https://weibo.com/n/nobody", "weibo.com/u/…"),
    "a short address whose page asks for proof": (
        "https://mp.weixin.qq.com/s/verification-wanted",
        "__biz=",
    ),
    "a __biz that is no number": ("https://mp.weixin.qq.com/s?__biz=aGVsbG8=&mid=1", "__biz="),
    "a video instead of its author": ("https://www.douyin.com/video/7301234567890123456", "主页"),
    "a platform that no gateway reads": (
        "https://www.douyin.com/user/MS4wLjABAAAAabc",
        "monitor.toml",
    ),
    "an account that the collector does not have": (
        f"https://mp.weixin.qq.com/s?__biz={OTHER_BIZ}&mid=1&idx=1",
        "读取失败：wewe中还没有这个公众号，请先在该采集器里添加",
    ),
}


@pytest.mark.parametrize(("address", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_proposed_is_refused_in_one_line(
    desk: Desk, address: str, said: str
) -> None:
    why = refused(desk(address, *(name for name in KINDS if name != "rsshub")))
    assert said in why
    assert "\n" not in why


def test_a_page_without_a_list_is_refused(desk: Desk, url: str) -> None:
    assert "读取失败：portal" in refused(desk(f"{url}/about/"))


def test_a_name_is_not_looked_up_where_nothing_can_look(desk: Desk) -> None:
    adding = Adding(register(), {}, lambda *_: None, WORDS)
    assert "weibo.com/u/…" in refused(
        adding.proposal(Wanted(f"https://weibo.com/n/{NAME}"), utc_now())
    )


def test_what_is_there_already_is_said_by_name(desk: Desk) -> None:
    spec = SourceSpec("s", "weibo-mz", "rsshub", f"/weibo/user/{UID}/showRetweeted=1")
    account = Account("weibo-mz", "民政局微博", "weibo", sources=(spec,))
    adding = desk.adding(accounts=(account,))
    why = refused(adding.proposal(Wanted(f"https://m.weibo.cn/u/{UID}"), utc_now()))
    assert "民政局微博" in why
    first = proposed(desk(f"https://weibo.com/u/{UID}"))
    twice = desk.adding().proposal(Wanted(f"https://weibo.com/{UID}"), utc_now(), [first])
    assert NAME in refused(twice)


def test_another_name_and_an_empty_window_are_doubts(desk: Desk) -> None:
    other = proposed(desk(f"https://weibo.com/u/{UID}", name="大连民政"))
    assert (other.name, len(other.doubts)) == ("大连民政", 1)
    assert NAME in other.doubts[0]
    assert proposed(desk(f"https://weibo.com/u/{UID}", name="鞍山民政发布")).doubts == ()


@pytest.mark.parametrize(
    ("gateway", "said"),
    [
        pytest.param("wewe", "不能读取微博", id="of a kind that does not read it"),
        pytest.param("nowhere", "没有名为nowhere", id="that is not there"),
    ],
)
def test_a_gateway_that_is_named_must_fit(desk: Desk, gateway: str, said: str) -> None:
    assert said in refused(desk(f"https://weibo.com/u/{UID}", gateway=gateway))


def test_a_gateway_that_is_named_is_used(desk: Desk) -> None:
    why = refused(desk(f"https://weibo.com/u/{UID}", gateway="mobile"))
    assert why.startswith("读取失败：mobile")


def test_a_custodian_who_is_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="sun"):
        desk(f"https://weibo.com/u/{UID}", custodian="sun")


def test_accounts_that_are_added_together_have_ids_of_their_own(desk: Desk, url: str) -> None:
    column = f"{url}/tzgg/?column=of-the-bureau-of-civil-affairs-number"
    first = proposed(desk(f"{column}-1"))
    second = proposed(desk.adding().proposal(Wanted(f"{column}-2"), utc_now(), [first]))
    assert first.locator != second.locator
    assert second.id == f"{first.id}-2"
