"""What people paste: the addresses in it, without what stands around them."""

import pytest

from monitor.sources.addresses import addresses_in, recognised

WEIBO, OTHER = "https://weibo.com/u/1669879401", "https://weibo.com/u/1669879402"
ARTICLE = "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc"


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        pytest.param(f" {WEIBO} ", [WEIBO], id="blanks around it"),
        pytest.param(f"{WEIBO}。", [WEIBO], id="a Chinese full stop behind it"),
        pytest.param(f"（{WEIBO}）", [WEIBO], id="in Chinese brackets"),
        pytest.param(f"<{WEIBO}>.", [WEIBO], id="as a mail quotes it"),
        pytest.param(f"主页：{WEIBO}", [WEIBO], id="with its heading"),
        pytest.param(f"主页{WEIBO}", [WEIBO], id="glued to its heading"),
        pytest.param(f"分享鞍山民政的微博 {WEIBO} ", [WEIBO], id="as a telephone shares it"),
        pytest.param(f"{WEIBO}，{OTHER}、{WEIBO}", [WEIBO, OTHER], id="two, one of them twice"),
        pytest.param(f"{WEIBO},{OTHER};{WEIBO}", [WEIBO, OTHER], id="with commas between"),
        pytest.param(f"{WEIBO}\t{OTHER}", [WEIBO, OTHER], id="two cells of a sheet"),
        pytest.param("weibo.com/u/1；weibo.cn/u/2", ["weibo.com/u/1", "weibo.cn/u/2"], id="bare"),
        pytest.param("MP_WXS_1234567890，", ["MP_WXS_1234567890"], id="a collector's number"),
        pytest.param(ARTICLE.replace("&", "&amp;"), [ARTICLE], id="copied out of a page's source"),
        pytest.param("HTTPS://weibo.com/u/1", ["HTTPS://weibo.com/u/1"], id="in capitals"),
        pytest.param(
            "https://weibo.com/n/鞍山民政", ["https://weibo.com/n/鞍山民政"], id="Chinese in it"
        ),
        pytest.param(
            "https://x.gov.cn/a,b;jsessionid=1?c=d,e",
            ["https://x.gov.cn/a,b;jsessionid=1?c=d,e"],
            id="commas of its own",
        ),
        pytest.param(" 鞍山民政 ", ["鞍山民政"], id="no address at all"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_the_addresses_in_what_is_pasted(pasted: str, expected: list[str]) -> None:
    assert addresses_in(pasted) == expected


def test_two_addresses_name_no_account() -> None:
    assert recognised(f"{WEIBO} {OTHER}") is None
