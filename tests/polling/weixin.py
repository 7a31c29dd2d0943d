"""A WeChat on loopback: an empty list of posts, followers, and statistics as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.serving import Asked, Served

KEY = "wx0123456789abcdef:" + "5ecre7" * 5
DETAIL = "/datacube/getarticletotaldetail"
NO_PERMISSION = {"errcode": 48001, "errmsg": "api unauthorized rid: 6"}
NOT_FINAL = {"list": [], "is_delay": True}


def sent(day: str, *messages: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of *day*: of each message its articles, each by its sort (0: the
    followers were notified of it, 1: not)."""
    rows = [
        {"ref_date": day, "msgid": f"{22_000 + n}_{place}", "publish_type": sort}
        for n, message in enumerate(messages)
        for place, sort in enumerate(message, 1)
    ]
    return {"list": rows, "is_delay": False}


class Weixin(Served):
    """A context manager: a server that lists nothing and answers each day by `days`, by
    default as one on which nothing was published.

    `asked`: the days asked about, oldest question first. `on_asked` is called before an answer.
    `biz`: the account that a single listed post names; None for an empty list.
    """

    def __init__(self) -> None:
        self.days: dict[str, Any] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.biz: str | None = None
        self.on_asked: Callable[[], None] = lambda: None
        weixin = self

        class Handler(Asked):
            def do_POST(self) -> None:
                body = json.loads(self.body())
                path = self.path.partition("?")[0]
                if path == DETAIL:
                    weixin.asked.append(body["begin_date"])
                    weixin.on_asked()
                    return self.tell(weixin.day(body["begin_date"]), weixin.status)
                if path == "/cgi-bin/stable_token":
                    return self.tell({"access_token": "78_token", "expires_in": 7200})
                return self.tell(weixin.listing())

            def do_GET(self) -> None:
                self.tell({"total": 7959, "count": 0, "next_openid": ""})

            def tell(self, answer: Any, status: int = 200) -> None:
                headers = weixin.headers if status != 200 else {}
                self.give(status, json.dumps(answer).encode(), headers)

        super().__init__(Handler)

    def day(self, day: str) -> Any:
        """Return what is answered of *day*."""
        return self.days.get(day, sent(day))

    def listing(self) -> Any:
        """Return the list of posts."""
        url = f"http://mp.weixin.qq.com/s?__biz={self.biz}&mid=1&idx=1&sn=5"
        news = {"title": "公告", "url": url, "is_deleted": False}
        item = {"article_id": "a", "content": {"news_item": [news]}, "update_time": 1_709_258_400}
        shown = [item] if self.biz else []
        return {"total_count": len(shown), "item_count": len(shown), "item": shown}
