"""The least that reading costs: pycurl, fastfeedparser and plain SQLite, without any judgement.

What is new is stored, with validators, in batches and as durably as the service does. It knows
nothing of dates that are missing, redirects, deadlines of the whole, addresses, names or gaps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import fastfeedparser
import pycurl

from benchmarks.reading_feeds import route

BATCH = 100
TABLES = """
CREATE TABLE feed (id INTEGER PRIMARY KEY, etag TEXT, read_at TEXT);
CREATE TABLE post (feed INTEGER, guid TEXT, title TEXT, link TEXT, published TEXT, seen_at TEXT,
                   PRIMARY KEY (feed, guid));
"""


class Request:
    """One reusable connection and what the request under way was given."""

    def __init__(self) -> None:
        self.curl = pycurl.Curl()
        self.feed = -1
        self.etag: str | None = None
        self.body = BytesIO()
        self.curl.setopt(pycurl.HEADERFUNCTION, self._header)
        self.curl.setopt(pycurl.ACCEPT_ENCODING, "")

    def begin(self, url: str, feed: int, etag: str | None) -> None:
        """Make ready to ask for one feed."""
        self.feed, self.etag, self.body = feed, None, BytesIO()
        self.curl.setopt(pycurl.URL, f"{url}/{route(feed)}?format=rss")
        self.curl.setopt(pycurl.HTTPHEADER, [f"If-None-Match: {etag}"] if etag else [])
        self.curl.setopt(pycurl.WRITEFUNCTION, self.body.write)

    def _header(self, line: bytes) -> None:
        if line[:5].lower() == b"etag:":
            self.etag = line[5:].strip().decode("latin-1")


class Limit:
    """Reads *feeds* feeds of the server at *url*, *at_once* side by side."""

    def __init__(self, url: str, feeds: int, at_once: int, folder: Path) -> None:
        self._url = url
        self._feeds = range(feeds)
        self._database = sqlite3.connect(folder / "limit.db", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode = WAL;{TABLES}")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executemany("INSERT INTO feed (id) VALUES (?)", ((n,) for n in self._feeds))
        self._requests = [Request() for _ in range(at_once)]

    def read(self) -> None:
        """Read every feed once."""
        etags = dict(self._database.execute("SELECT id, etag FROM feed").fetchall())
        self._database.execute("BEGIN")
        for number, request in enumerate(self._answered(etags)):
            self._store(request)
            if number % BATCH == BATCH - 1:
                self._database.execute("COMMIT")
                self._database.execute("BEGIN")
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Give everything back."""
        self._database.close()

    def _answered(self, etags: dict[int, str]) -> Iterator[Request]:
        multi, waiting, free = pycurl.CurlMulti(), iter(self._feeds), list(self._requests)
        by_curl = {request.curl: request for request in self._requests}
        running = 0
        while True:
            while free and (feed := next(waiting, None)) is not None:
                request = free.pop()
                request.begin(self._url, feed, etags.get(feed))
                multi.add_handle(request.curl)
                running += 1
            if not running:
                return
            multi.select(1.0)
            multi.perform()
            _, done, failed = multi.info_read()
            if failed:
                raise SystemExit(f"the limit could not read: {failed[0][2]}")
            for curl in done:
                multi.remove_handle(curl)
                running -= 1
                yield by_curl[curl]
                free.append(by_curl[curl])

    def _store(self, request: Request) -> None:
        now = datetime.now(UTC).isoformat()
        run = self._database.execute
        if request.curl.getinfo(pycurl.RESPONSE_CODE) == 304:
            run("UPDATE feed SET read_at = ? WHERE id = ?", (now, request.feed))
            return
        parsed = fastfeedparser.parse(
            request.body.getvalue(), include_content=False, include_tags=False, include_media=False
        )
        known = {g for (g,) in run("SELECT guid FROM post WHERE feed = ?", (request.feed,))}
        rows = [
            (request.feed, e["id"], e["title"], e["link"], e["published"], now)
            for e in parsed.entries
            if e["id"] not in known
        ]
        self._database.executemany("INSERT INTO post VALUES (?, ?, ?, ?, ?, ?)", rows)
        run("UPDATE feed SET etag = ?, read_at = ? WHERE id = ?", (request.etag, now, request.feed))
