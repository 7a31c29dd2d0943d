"""A local server of feeds in RSSHub's shape, in a process whose work is not counted."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.reading_feeds import FIRST_UID
from monitor.ledger.identity import bid_of

ITEMS = 10
ITEM_BYTES = 2_400  # ten of them make a feed of about 25 KB
CHANGED = 20  # every twentieth feed: 5 %


def body(feed: int, edition: int, begun: datetime) -> bytes:
    """Return one feed; *edition* 1 has a post that edition 0 lacks. *begun* dates its posts."""
    newest = ITEMS + edition
    items = "".join(_item(feed, n, begun) for n in range(newest, newest - ITEMS, -1))
    stamp = format_datetime(datetime.now(UTC), usegmt=True)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:atom="http://www.w3.org/2005/Atom" '
        f'version="2.0"><channel><title>账号{feed}的微博</title>'
        f"<link>https://weibo.com/{FIRST_UID + feed}/</link><generator>RSSHub</generator>"
        f"<lastBuildDate>{stamp}</lastBuildDate><ttl>5</ttl>{items}</channel></rss>"
    ).encode()


def _item(feed: int, number: int, begun: datetime) -> str:
    bid = bid_of(5_000_000_000_000_000 + feed * 1000 + number)
    link = f"https://weibo.com/{FIRST_UID + feed}/{bid}"
    at = format_datetime(begun - timedelta(hours=12 * (ITEMS + 2 - number)), usegmt=True)
    text = (
        f"第{number}条：社区老年食堂本周菜单与就餐时间 &lt;br&gt;&lt;img src=&quot;x.jpg&quot;&gt; "
    )
    filler = text * (ITEM_BYTES // len(text.encode()))
    return (
        f"<item><title>账号{feed} 第{number}条</title><description>{filler}</description>"
        f'<link>{link}</link><guid isPermaLink="false">{link}</guid><pubDate>{at}</pubDate></item>'
    )


class Handler(BaseHTTPRequestHandler):
    """Answers `/weibo/user/<uid>` in the mode last set by `/mode/<name>`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    mode = "cold"
    begun = datetime.now(UTC).replace(microsecond=0)

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path.startswith("/mode/"):
            Handler.mode = self.path.rpartition("/")[2]
            self._give(200, b"")
            return
        feed = int(self.path.partition("?")[0].rsplit("/", 1)[1]) - FIRST_UID
        edition = int(Handler.mode == "changed" and feed % CHANGED == 0)
        etag = f'"{feed}-{edition}"'
        if Handler.mode != "silent" and self.headers.get("If-None-Match") == etag:
            self._give(304, b"", etag)
        else:
            self._give(200, body(feed, edition, Handler.begun), etag)

    def _give(self, status: int, content: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serve(ready: Any) -> None:
    """Serve until killed; send the port through *ready*."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ready.put(server.server_port)
    server.serve_forever()


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of a running server."""
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    process = context.Process(target=serve, args=(ready,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.get(timeout=30)}"
    finally:
        process.terminate()
        process.join()
