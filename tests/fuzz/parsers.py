"""One table of everything that reads what comes from outside, with what each may raise.

A parser takes bytes; it returns, or raises one of the errors named beside it, whatever they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import docx
from xlsxwriter import Workbook

from alerts.answers.links import Signer
from alerts.answers.times import parse_time
from alerts.channels import mail_refusals, refusals
from alerts.common.retry_after import retry_after
from alerts.model import Person
from alerts.platforms import BY_ID
from monitor.errors import ImportFileError, UsageError
from monitor.imports import calendar_file, csv_import, roster_file, sheets
from monitor.ledger.identity import account_by_route, account_identity, post_marks
from monitor.model import Account, Gateway, Outcome, SourceMemory, SourceSpec
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.html import from_html
from monitor.reports.reading.pdf import from_pdf
from monitor.reports.reading.text import from_text
from monitor.reports.reading.word import from_word
from monitor.reports.year.figures_file import parse_figures
from monitor.sources import dates, page_dates, pages, registry
from monitor.sources.base import Fetched, ReadRequest

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
FEEDS = Path(__file__).parents[1] / "data" / "feeds"
UID, BIZ, KEY = "1935396210", "MzA3MTIzNDU2Nw==", "wx0123456789abcdef:" + "5ecre7" * 5
ACCOUNTS = {"a": Account("a", "鞍山民政", "weibo"), "b": Account("b", "鞍山民政", "wechat")}
PEOPLE = {"zhang": Person("zhang", "张三")}
SIGNER = Signer("a secret of ours")


@dataclass(frozen=True, slots=True)
class Parser:
    """One way in from outside. *seeds* are read well, or once were not."""

    parse: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    raises: tuple[type[Exception], ...] = ()


class Outside:
    """A server on loopback that answers every request with the same bytes."""

    def __init__(self) -> None:
        self.body = b""
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(outside.body)))
                self.end_headers()
                self.wfile.write(outside.body)

            do_POST = do_GET  # noqa: N815 - as the library calls it

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Answer nothing more."""
        self._server.shutdown()
        self._server.server_close()

    def read(self, kind: str, locator: str, platform: str, body: bytes) -> Fetched:
        """What a gateway of *kind* makes of *body*, whatever it asks for."""
        self.body = body
        request = ReadRequest(SourceSpec("s", "a", "g", locator), platform, SourceMemory(), NOW)
        with closing(registry.build(Gateway("g", kind, self.url, KEY))) as source:
            found = source.read(request)
        assert found.outcome in Outcome
        assert found.detail.isprintable()
        return found


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _link(mid: int = 1, biz: str = BIZ) -> str:
    return f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn=a"


STATUS: Mapping[str, Any] = {
    "id": "4645748019299849",
    "mid": "4645748019299849",
    "bid": "Kb1s9kcAz",
    "created_at": "Thu Feb 15 11:00:31 +0800 2024",
    "text": "关于“低保”的通知<br />&#x4e00;&#x110000;",
    "user": {"id": int(UID), "screen_name": "鞍山民政", "followers_count": "1.2万"},
    "visible": {"type": 0},
}
MORE: tuple[Mapping[str, Any], ...] = (
    {},
    {"retweeted_status": STATUS},
    {"created_at": "昨天 09:00"},
)
PROFILE = {
    "ok": 1,
    "data": {
        "userInfo": {"id": int(UID), "screen_name": "鞍山民政", "statuses_count": 284},
        "tabsInfo": {"tabs": [{"tab_type": "weibo", "containerid": f"107603{UID}"}]},
        "cardlistInfo": {"containerid": f"107603{UID}", "since_id": 4646131823281332},
        "cards": [
            {"card_type": 9, "scheme": f"https://m.weibo.cn/status/{n}", "mblog": {**STATUS, **m}}
            for n, m in enumerate(MORE)
        ],
    },
}
TIMELINE = {
    "statuses": [STATUS, {**STATUS, "mid": "4645748019299850", "retweeted_status": STATUS}],
    "total_number": 284,
    "uid": int(UID),
    "expire_in": 157679471,
    "api_rate_limits": [{"limit_time_unit": "HOURS", "remaining_hits": 3}],
}
WEIXIN = {
    "access_token": "78_token",
    "expires_in": 7200,
    "total": 7959,
    "total_count": 1,
    "item_count": 1,
    "item": [
        {
            "article_id": "x",
            "update_time": 1708045207,
            "content": {
                "create_time": 1708045207,
                "news_item": [{"title": "通知", "url": _link(), "is_deleted": False}],
            },
        }
    ],
}
LISTED = {"data": {"items": [{"id": 1, "url": "/1", "name": "通知", "time": 1708045207}]}}
LIST_AT = "list#json:items=data.items;id=id;link=url;title=name;date=time"
DAYS = ("2024-02-18", "02-17", "2024年2月16日 09:30", "3天前", "昨天")
PAGE = (
    "<html><head><title>x</title></head><body><ul>"
    + "".join(
        f'<li><a href="/2024/02/1{n}/{n}.html">关于第{n}项工作的通知</a><span>{day}</span></li>'
        for n, day in enumerate(DAYS)
    )
    + "</ul></body></html>"
).encode()
COLLECTED = (
    '<rss version="2.0"><channel><title>鞍山民政</title><item><title>问&#x110000;答</title>'
    f"<link>{_link().replace('&', '&amp;')}</link><pubDate>Fri, 16 Feb 2024 09:00:07 +0800"
    f"</pubDate></item><item><title>二</title><link>{_link(2, 'bm8=').replace('&', '&amp;')}</link>"
    "</item></channel></rss>"
).encode()
LOGINS = _json({"err": "", "data": [{"available": True, "waitTime": "2024-02-19 12:30:00"}]})
EXPORT = (
    "account,published_at,title,url,kind,push\n"
    "a,2024-02-15 09:30,通知,https://weibo.com/1/Kb1s9kcAz,original,\n"
    f"b,2024-02-16T09:30:00+08:00,文章,{_link()},article,1\n"
).encode()
COUNTS = ('账号,日期,粉丝数,微博数\n鞍山民政,2024/2/15,"7,959",284\n合计,,7959,284\n').encode(
    "gb18030"
)
FIGURES = b'year = 2024\n[disclosures]\nregulations = [1, 2, 3]\nfees = "12.50"\n'
CALENDAR = _json(
    {"year": 2024, "days": [{"name": "春节", "date": f"2024-02-{d}", "isOffDay": True}
                            for d in range(10, 18)]}
)  # fmt: skip
EVENTS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20240210\r\n"
    b"DTEND;VALUE=DATE:20240218\r\nSUMMARY:\xe6\x98\xa5\xe8\x8a\x82 \xe4\xbc\x91\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
    b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
    b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 41>>stream\nBT /F 12 Tf 20 200 Td (284 posts) Tj ET   \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
ADDRESSES = (
    _link(),
    _link(biz="bm8gbnVtYmVy"),
    _link(biz="MTIz" * 3000),
    _link(biz="一一"),
    f"https://weibo.com/{UID}/Kb1s9kcAz",
    f"https://m.weibo.cn/status/{'9' * 20}",
    "https://www.bilibili.com/video/BV1xx411c7mD",
    "https://rss.test/link-proxy/?k=1&u=http%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3DMzA%3D",
    "http://[::1", "http://x:99999999/", "https://x.cn/a?ts=1708045207#p3",
)  # fmt: skip
TIMES = (
    "2024-02-15 09:30", "Thu, 15 Feb 2024 09:30:00 +0800", "2024年2月15日 上午9点半", "3天前",
    "明天上午9点半", "下周四 9:00", "1708045207", "99999-99-99", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "9" * 6001, "٢٠٢٤-٠٢-١٥", "昨天 25:61", "刚刚", "120",
    "Wed, 21 Oct 2015 07:28:00 GMT",
)  # fmt: skip


def _book(*cells: tuple[int, int, object]) -> bytes:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return made.getvalue()


def _word(*lines: str) -> bytes:
    document, made = docx.Document(), BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.add_table(2, 2).cell(0, 0).text = "12"
    document.save(made)
    return made.getvalue()


@cache
def _crowded(word: bytes) -> bytes:
    """A document of many parts, each of a size that one may have."""
    made = BytesIO(word)
    with ZipFile(made, "a", ZIP_DEFLATED) as parts:
        for number in range(11):
            parts.writestr(f"word/media/{number}.bin", bytes(10_000_000))
    return made.getvalue()


def _each(*parsers: Callable[[str], object]) -> Callable[[bytes], object]:
    """All *parsers* on the bytes as text."""
    return lambda data: [parse(data.decode("utf-8", "replace")) for parse in parsers]


def _links(text: str) -> object:
    return [
        (account_identity(p, text), account_by_route(p, text), post_marks(p, text, text, "t", NOW))
        for p in BY_ID
    ]


def _sentences() -> Iterator[tuple[str, Parser]]:
    times = tuple(text.encode() for text in TIMES)
    yield (
        "times",
        Parser(
            _each(
                partial(dates.stated, zone=ZONE),
                lambda text: [page_dates.moment(one, NOW, ZONE) for one in page_dates.within(text)],
                lambda text: parse_time(text, ZONE, NOW),
                lambda text: retry_after(text, timedelta(days=1), NOW),
            ),
            times,
        ),
    )
    addresses = tuple(text.encode() for text in ADDRESSES)
    yield "links", Parser(_each(_links, page_dates.in_address), addresses)
    yield "tokens", Parser(_each(SIGNER.ticket), (b"WzEsWyJ6Il0sN10.x", b"eyJ9.e30", b"."))
    yield (
        "locators",
        Parser(
            _each(*(partial(registry.check_locator, kind) for kind in registry.KINDS)),
            (
                UID.encode(),
                b"weibo/user/1#2",
                b"MP_WXS_1",
                LIST_AT.encode(),
                b"http://[",
                *addresses,
            ),
        ),
    )
    refused = (b"550 5.1.1 no such user", b'{"errcode": 45009, "errmsg": "freq"}', b"\xb1\xbb")
    yield (
        "refusals",
        Parser(lambda data: (refusals.readable(data), mail_refusals.about(550, data)), refused),
    )
    yield (
        "error pages",
        Parser(
            _each(pages.looks_like, pages.reason),
            tuple(path.read_bytes() for path in sorted(FEEDS.glob("*.*ml"))),
        ),
    )


def _gateways(outside: Outside) -> Iterator[tuple[str, Parser]]:
    feeds = tuple(p.read_bytes() for p in sorted(FEEDS.iterdir()) if "bomb" not in p.name)
    rows = _json([{"id": "MP_WXS_1", "syncTime": 1708045207}])
    table: Mapping[str, tuple[str, str, tuple[bytes, ...]]] = {
        "rsshub": (f"weibo/user/{UID}", "weibo", feeds),
        "feed": ("feed.xml", "website", (*feeds, COLLECTED)),
        "wewe_rss": ("MP_WXS_1", "wechat", (rows, COLLECTED)),
        "wechat2rss": ("3071234567", "wechat", (LOGINS, COLLECTED)),
        "we_mp_rss": ("MP_WXS_3071234567", "wechat", (COLLECTED, *feeds)),
        "web_page": ("col/", "website", (PAGE,)),
        "json": (LIST_AT, "app", (_json(LISTED), b"[" * 5000)),
        "weibo_mobile": (UID, "weibo", (_json(PROFILE),)),
        "weibo_api": (UID, "weibo", (_json(TIMELINE),)),
        "wechat_api": ("", "wechat", (_json(WEIXIN),)),
    }
    for kind, (locator, platform, seeds) in table.items():
        yield kind, Parser(partial(outside.read, kind, locator, platform), seeds)


def _files() -> Iterator[tuple[str, Parser]]:
    refused = (ImportFileError,)
    yield (
        "exports",
        Parser(
            lambda data: csv_import.parse(data, "x.csv", ACCOUNTS, ZONE, NOW),
            (EXPORT, COUNTS),
            refused,
        ),
    )
    yield (
        "rosters",
        Parser(
            lambda data: roster_file.parse(data, "r.csv", PEOPLE),
            ("日期,值班人\n2024-02-15,张三\n".encode(), b"date,duty\n2024-02-15,zhang\n"),
            refused,
        ),
    )
    yield (
        "calendars",
        Parser(
            lambda data: calendar_file.calendar_tables(data, "c.json"), (CALENDAR, EVENTS), refused
        ),
    )
    yield (
        "figures",
        Parser(
            lambda data: parse_figures(data, "f.toml", 2024),
            (FIGURES, b"year = " + b"[" * 3000, b"year = " + b"9" * 6001),
            (UsageError, ImportFileError),
        ),
    )
    html = "<h1>年报</h1><p>284条&#x110000;</p><table><tr><td rowspan=9>一</table>".encode()
    yield "report html", Parser(from_html, (html, PAGE), (Unreadable,))
    yield "report text", Parser(from_text, ("年报\n微博  284\n".encode(),), (Unreadable,))
    yield "report pdf", Parser(from_pdf, (PDF,), (Unreadable,))
    word = _word("年报", "284条")
    yield "report word", Parser(from_word, (word, _crowded(word)), (Unreadable,))
    far = (_book((0, 0, "账号"), (1_048_575, 16_383, 1)), _book((0, 0, "账号"), (1, 0, 45337.5)))
    yield "workbooks", Parser(lambda data: list(sheets.sheets(data, "x.xlsx")), far, refused)


def tried(parser: Parser, data: bytes) -> None:
    """Parse *data*; what is raised but not named beside the parser is a fault, and so is a
    refusal without a word. Raises `AssertionError` with the input."""
    said = "read"
    try:
        parser.parse(data)
    except parser.raises as error:
        said = str(error).strip()
    except Exception as error:
        raise AssertionError(f"{error!r} at {data[:3000]!r}") from error
    assert said, f"refused without a word: {data[:3000]!r}"


# Known without building a seed, so that tests are collected fast.
NAMES = (
    *("times", "links", "tokens", "locators", "refusals", "error pages"),
    *("rsshub", "feed", "wewe_rss", "wechat2rss", "we_mp_rss", "web_page", "json"),
    *("weibo_mobile", "weibo_api", "wechat_api"),
    *("exports", "rosters", "calendars", "figures"),
    *("report html", "report text", "report pdf", "report word", "workbooks"),
)


def parsers(outside: Outside) -> dict[str, Parser]:
    """Return every parser by name; gateways are asked at *outside*."""
    return dict((*_sentences(), *_gateways(outside), *_files()))
