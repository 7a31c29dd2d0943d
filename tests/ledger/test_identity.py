"""A post keeps its key whichever way it is read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.identity import DIGITS, account_identity, bid_of, post_key, post_marks

AT = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
BIZ = "MzI1MTI2NTYwOA=="


def key(
    url: str = "",
    guid: str = "",
    title: str = "标题",
    at: datetime | None = AT,
    platform: str = "weibo",
) -> str:
    return post_key(platform, url, guid, title, at)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://weibo.com/6279793937/Kjc77D1jz", id="the desktop's link"),
        pytest.param("http://www.weibo.com/6279793937/Kjc77D1jz/", id="http, www, slash"),
        pytest.param("https://weibo.com/6279793937/Kjc77D1jz?from=page_100606", id="tracked"),
        pytest.param("https://m.weibo.cn/status/Kjc77D1jz", id="the phone's link"),
        pytest.param("https://m.weibo.cn/status/4645748019299849", id="the phone's, numeric"),
        pytest.param("https://m.weibo.cn/detail/4645748019299849", id="the detail page"),
        pytest.param("https://m.weibo.cn/6279793937/4645748019299849", id="uid and number"),
        pytest.param("https://weibo.com/detail/4645748019299849", id="the desktop's detail page"),
    ],
)
def test_one_weibo_post_has_one_key(url: str) -> None:
    assert key(url) == "weibo:Kjc77D1jz"


def test_a_weibo_guid_serves_where_the_link_is_missing() -> None:
    assert key("", "https://weibo.com/6279793937/Kjc77D1jz") == "weibo:Kjc77D1jz"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(
            f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650486735&idx=1&sn=0ab", id="plain"
        ),
        pytest.param(
            f"http://mp.weixin.qq.com/s?sn=ff&idx=1&mid=2650486735&__biz={BIZ}&chksm=9#rd",
            id="another order, signature and scheme",
        ),
        pytest.param(
            "https://mp.weixin.qq.com/s?__biz=MzI1MTI2NTYwOA%3D%3D&amp;mid=2650486735&amp;idx=1",
            id="escaped twice",
        ),
        pytest.param(
            "https://mp.weixin.qq.com/s/?__biz=MzI1MTI2NTYwOA&mid=2650486735&idx=1",
            id="without padding",
        ),
        pytest.param(
            "http://mp.weixin.qq.com/mp/appmsg/show?__biz=MzI1MTI2NTYwOA==&appmsgid=2650486735&itemidx=1",
            id="the old names",
        ),
        pytest.param(
            "https://bridge.example/link-proxy?k=5ad1&u=https%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz"
            "%3DMzI1MTI2NTYwOA%3D%3D%26mid%3D2650486735%26idx%3D1%26sn%3D77",
            id="inside a signed proxy link",
        ),
    ],
)
def test_one_wechat_article_has_one_key(url: str) -> None:
    assert key(url, platform="wechat") == "wx:MzI1MTI2NTYwOA/2650486735/1"


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        pytest.param("https://mp.weixin.qq.com/s/7dcIhYJbzMUTpyS4gWIVxA", "", id="RSS"),
        pytest.param(
            "https://mp.weixin.qq.com/s/7dcIhYJbzMUTpyS4gWIVxA",
            "7dcIhYJbzMUTpyS4gWIVxA",
            id="Atom and JSON: the guid is bare",
        ),
        pytest.param("", "7dcIhYJbzMUTpyS4gWIVxA", id="the bare id alone"),
        pytest.param("http://mp.weixin.qq.com/s/7dcIhYJbzMUTpyS4gWIVxA?scene=1", "", id="shared"),
    ],
)
def test_one_short_wechat_link_has_one_key(url: str, guid: str) -> None:
    assert key(url, guid, platform="wechat") == "wx:s/7dcIhYJbzMUTpyS4gWIVxA"


def test_articles_of_one_push_are_distinguished() -> None:
    link = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650486735&idx="
    assert len({key(link + str(i), platform="wechat") for i in range(1, 9)}) == 8


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.cn/a/1.html", "url:example.cn/a/1.html"),
        ("http://m.example.cn/a/1.html/", "url:example.cn/a/1.html"),
        ("https://example.cn:443/a?utm_source=x&id=3&spm=9", "url:example.cn/a?id=3"),
        ("https://example.cn/a?b=2&a=1#top", "url:example.cn/a?a=1&b=2"),
        ("https://example.cn:8080/a", "url:example.cn:8080/a"),
        ("https://example.cn/#/detail?id=7", "url:example.cn#/detail?id=7"),
    ],
)
def test_an_ordinary_link_is_normalised(url: str, expected: str) -> None:
    assert key(url, platform="website") == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="no link"),
        pytest.param("https://www.example.cn/", id="a site's root"),
        pytest.param("https://weibo.com/u/1935396210", id="the account's own page"),
        pytest.param("https://weibo.com/1935396210/", id="the account's page by number"),
        pytest.param("http://[::1/broken", id="no address at all"),
    ],
)
def test_without_a_link_of_its_own_title_and_second_tell_posts_apart(url: str) -> None:
    first = key(url, title="通知 一")
    assert first.startswith("title:")
    assert first.endswith("@20240219T010000Z")
    assert first == key(url, title=" 通知  一 ")
    assert first != key(url, title="通知 二")
    assert first != key(url, title="通知 一", at=AT.replace(second=1))


def test_a_guid_that_is_no_link_comes_before_the_title() -> None:
    assert key("", " tag:example.cn,2024:7 ", platform="website") == "guid:tag:example.cn,2024:7"


@pytest.mark.parametrize(
    ("mid", "bid"),
    [
        pytest.param(4645748019299849, "Kjc77D1jz", id="real"),
        pytest.param(4648004356937383, "Kk8Ont6Jh", id="real, later"),
        pytest.param(10000000000001, "4c920001", id="zeros inside are kept"),
    ],
)
def test_short_and_numeric_ids_convert(mid: int, bid: str) -> None:
    assert bid_of(mid) == bid


def mid_of(bid: str) -> int:
    """Return the numeric id of a short one: four digits to the base 62 are seven to the base 10."""
    whole = bid.rjust(-len(bid) // 4 * -4, "0")
    groups = (whole[start : start + 4] for start in range(0, len(whole), 4))
    return int("".join(f"{_number(group):07d}" for group in groups))


def _number(digits: str) -> int:
    return sum(DIGITS.index(digit) * 62**place for place, digit in enumerate(reversed(digits)))


@given(st.integers(min_value=10**13, max_value=10**17))
def test_every_numeric_id_can_be_read_from_its_short_form(mid: int) -> None:
    assert mid_of(bid_of(mid)) == mid


@pytest.mark.parametrize(
    ("platform", "link", "expected"),
    [
        ("weibo", "https://weibo.com/1935396210/", "weibo:1935396210"),
        ("weibo", "http://www.weibo.com/u/1935396210?is_all=1", "weibo:1935396210"),
        ("weibo", "https://m.weibo.cn/profile/1935396210", "weibo:1935396210"),
        ("weibo", "https://weibo.com/anshanmz", None),
        ("weibo", "https://example.cn/1935396210", None),
        ("wechat", "http://wewe.example/feeds/MP_WXS_3251265608.rss", "wechat:MP_WXS_3251265608"),
        ("wechat", f"https://mp.weixin.qq.com/mp/x?__biz={BIZ}", "wechat:MP_WXS_3251265608"),
        ("wechat", "https://mp.weixin.qq.com/mp/profile_ext?__biz=nonsense!", None),
        ("website", "https://weibo.com/1935396210/", None),
        ("weibo", "", None),
    ],
)
def test_account_identity(platform: str, link: str, expected: str | None) -> None:
    assert account_identity(platform, link) == expected


@given(
    st.sampled_from(["https://weibo.com", "http://www.weibo.com", "https://m.weibo.com"]),
    st.from_regex(r"\A[0-9]{3,14}\Z"),
    st.from_regex(r"\A[0-9A-Za-z]{6,14}\Z"),
    st.booleans(),
    st.sampled_from(["", "标题"]),
    st.sampled_from(
        [None, datetime(2024, 2, 19, 1, 5, tzinfo=UTC), datetime(2024, 2, 19, tzinfo=UTC)]
    ),
)
def test_a_link_of_weibo_gives_the_marks_that_all_links_do(
    host: str, uid: str, bid: str, twice: bool, title: str, at: datetime | None
) -> None:
    url = f"{host}/{uid}/{bid}"
    guid = url if twice else ""
    # A blank beside a link counts for nothing, and is not how the usual one is written.
    unusual = post_marks("weibo", f" {url}", guid, title, at)
    assert post_marks("weibo", url, guid, title, at) == unusual
    assert account_identity("weibo", url) == account_identity("weibo", f" {url}")
