"""Everything that an address may lead to, on one server: RSSHub, WeWe RSS, m.weibo.cn, WeChat, a
portal."""

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

from tests.serving import Asked

UID, BIZ = "1935396210", "3071234567"
ENCODED = base64.b64encode(BIZ.encode()).decode()
NAME = "鞍山民政"
SHORT = "aXbYcZ0123456789-_abcd"
OTHER_BIZ = base64.b64encode(b"3079999999").decode()
MONITOR = """
[service]
id = "office"
language = "{language}"
[policies.default]
limit = "14d"
ladder = [{{after = "14d", tell = ["custodian"]}}]
[gateways.rsshub]
kind = "rsshub"
url = "{url}"
spacing = "0s"
[gateways.portal]
kind = "web_page"
url = "{url}"
spacing = "0s"
"""
PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
roles = ["custodian"]
[[people]]
id = "li"
name = "李四"
"""


def feed(
    name: str, link: str, posts: list[tuple[str, str]], silent: timedelta = timedelta(0)
) -> str:
    """An RSS feed that was built this moment: posts an hour apart, none in the *silent* time."""
    now = datetime.now(UTC)
    dates = (now - silent - n * timedelta(hours=1) for n in range(1, len(posts) + 1))
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate></item>"
        for (title, url), at in zip(posts, dates, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{name}</title><link>{link}</link>"
        f"<lastBuildDate>{format_datetime(now, usegmt=True)}</lastBuildDate>{items}</channel></rss>"
    )


def weibo(uid: str, name: str = NAME, number: int = 4, silent: timedelta = timedelta(0)) -> str:
    """The feed that RSSHub makes of an account."""
    posts = [(f"动态{n}", f"https://weibo.com/{uid}/Pqx0a1b2{n}") for n in range(number)]
    return feed(f"{name}的微博", f"https://weibo.com/{uid}/", posts, silent)


def column() -> str:
    """A column of a portal's."""
    rows = "".join(
        f'<li><a href="/art/2026/11/{28 - n}/art_{n}.html">通知公告第{n}号文件</a>'
        f"<span>2026-11-{28 - n:02}</span></li>"
        for n in range(6)
    )
    return f"<html><head><title>通知公告</title></head><body><ul>{rows}</ul></body></html>"


PAGES = {
    f"/weibo/user/{UID}": weibo(UID),
    "/weibo/user/1900000009": weibo("1900000009", number=0),
    "/feeds/": json.dumps(
        [{"id": f"MP_WXS_{BIZ}", "syncTime": int(datetime.now(UTC).timestamp())}]
    ),
    f"/feeds/MP_WXS_{BIZ}.rss": feed(
        NAME, "", [(f"文章{n}", f"https://mp.weixin.qq.com/s/A{n}bcdefghijk") for n in range(2)]
    ),
    "/n/" + quote(NAME): "",
    "/anshanmz": "",
    "/statuses/show": json.dumps({"ok": 1, "data": {"id": "1", "user": {"id": int(UID)}}}),
    f"/s/{SHORT}": f'<script>var biz = "{ENCODED}" || "";</script>',
    "/s/verification-wanted": "<h2>环境异常</h2><p>完成验证后即可继续访问</p>",
    "/tzgg/": column(),
    "/about/": "<html><head><title>关于我们</title></head><body>…</body></html>",
}
MOVED = {"/n/" + quote(NAME): f"/u/{UID}", "/n/anshanmz": f"/u/{UID}"}


class World(Asked):
    """Answers for all of them."""

    def do_GET(self) -> None:
        """Give the page of that path."""
        path = urlsplit(self.path).path
        if path in MOVED:
            self.give(302, b"", {"Location": MOVED[path]})
        elif path == f"/u/{UID}":
            self.give(200, b"<html></html>", {"Content-Type": "text/html"})
        elif path in PAGES:
            kind = "application/rss+xml" if PAGES[path].startswith("<?xml") else "text/html"
            self.give(200, PAGES[path].encode(), {"Content-Type": f"{kind}; charset=utf-8"})
        else:
            self.give(404, b"", {})
