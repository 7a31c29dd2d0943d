"""A WeChat on loopback: an empty list of posts, followers, and statistics as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

KEY = "wx0123456789abcdef:" + "5ecre7" * 5
DETAIL = "/datacube/getarticletotaldetail"
NO_PERMISSION = {"errcode": 48001, "errmsg": "api unauthorized rid: 6"}
NOT_FINAL = {"list": [], "is_delay": True}


def sent(day: str, *messages: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of *day*: of each message its articles, each by its sort (0: the
    followers were told of it, 1: not)."""
    rows = [
        {"ref_date": day, "msgid": f"{22_000 + n}_{place}", "publish_type": sort}
        for n, message in enumerate(messages)
        for place, sort in enumerate(message, 1)
    ]
    return {"list": rows, "is_delay": False}


class Weixin:
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

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                path = self.path.partition("?")[0]
                if path == DETAIL:
                    weixin.asked.append(body["begin_date"])
                    weixin.on_asked()
                    return self.give(weixin.day(body["begin_date"]), weixin.status)
                if path == "/cgi-bin/stable_token":
                    return self.give({"access_token": "78_token", "expires_in": 7200})
                return self.give(weixin.listing())

            def do_GET(self) -> None:
                self.give({"total": 7959, "count": 0, "next_openid": ""})

            def give(self, answer: Any, status: int = 200) -> None:
                text = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in weixin.headers.items() if status != 200 else ():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

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

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
