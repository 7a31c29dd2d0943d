"""A console's export comes in once, closes gaps, can be looked at first and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.arguments import flag
from monitor.errors import ImportFileError, UsageError, worded
from monitor.imports.columns import FORMS
from monitor.imports.importing import Imports, Request
from monitor.ledger.records import ImportSummary
from monitor.model import PostKind
from monitor.store.base import Store
from tests.imports.test_sheets import workbook
from tests.report_values import AFTER, CHINESE, MZ_WECHAT, at, register, registered
from tests.reports.year.test_reporting import reading, seen

HEAD = "account,published_at,title,url,kind\n"
LINK = "https://weibo.com/6279793937/Kjc77D1j"
OWN = HEAD + "".join(
    f"weibo-mz,2024-0{n}-05 10:00,通知{n},{LINK}{n},original\n" for n in range(1, 5)
)
CONSOLE: list[list[Any]] = [
    ["微博发布情况表"],
    [],
    ["微博正文", "发布时间", "链接地址", "阅读数"],
    ["春节快乐", datetime(2024, 2, 9, 9, 30), f"{LINK}z", 1203],
    ["转发微博", "2024/2/10 10:00", f"{LINK}y", 88],
]


@pytest.fixture
def imports(store: Store) -> Imports:
    return Imports(registered(store, register(), at("2023-12-01")), register())


@pytest.fixture
def lite(sqlite_store: Store) -> Imports:
    return Imports(registered(sqlite_store, register(), at("2023-12-01")), register())


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def keys(store: Store, account: str = "weibo-mz") -> list[str]:
    return [post.key for post in store.posts.of_account(account)]


def test_an_import_is_looked_at_made_once_and_taken_back(
    imports: Imports, store: Store, file: Any
) -> None:
    request = Request(file("posts.csv", OWN))
    looked = imports.check(request, AFTER, AFTER)
    assert (looked.summary, store.imports.listed()) == (ImportSummary(None, 4, 0, 0), [])
    made = imports.import_file(request, AFTER, AFTER)
    assert (made.summary, len(keys(store))) == (ImportSummary(1, 4, 0, 0), 4)
    again = imports.import_file(request, AFTER, AFTER)
    assert (again.summary, len(store.imports.listed())) == (ImportSummary(1, 0, 4, 0), 1)
    assert imports.undo(1, AFTER) == ImportSummary(1, 4, 0, 0)
    assert keys(store) == []


def test_a_consoles_workbook_is_imported_for_its_account(
    imports: Imports, store: Store, file: Any
) -> None:
    path = file("微博导出.xlsx", workbook(说明=[["导出说明"]], 数据=CONSOLE))
    found = imports.import_file(Request(path, account="weibo-mz"), AFTER, AFTER)
    assert (found.summary.new, found.ignored) == (2, ("阅读数",))
    assert [(p.published_at, p.title, p.kind) for p in store.posts.of_account("weibo-mz")] == [
        (at("2024-02-09T09:30"), "春节快乐", PostKind.UNKNOWN),
        (at("2024-02-10T10:00"), "转发微博", PostKind.REPOST),
    ]


def test_a_workbook_says_the_same_as_the_file_it_was_saved_as(lite: Imports, file: Any) -> None:
    rows = [line.split(",") for line in OWN.splitlines()]
    lite.import_file(Request(file("x.csv", OWN)), AFTER, AFTER)
    book = lite.import_file(Request(file("x.xlsx", workbook(a=rows))), AFTER, AFTER)
    assert book.summary == ImportSummary(1, 0, 4, 0)


def test_a_bad_file_leaves_nothing_behind_and_a_look_tells_good_from_bad(
    imports: Imports, store: Store, file: Any
) -> None:
    bad = OWN + "weibo-mz,2024-13-05 10:00,x,,original\nweibo-mx,2024-01-06,x,,original\n"
    request = Request(file("posts.csv", bad))
    looked = imports.check(request, AFTER, AFTER)
    assert (looked.summary, looked.rejected) == (ImportSummary(None, 4, 0, 0), 2)
    assert [problem.split(": ")[:2] for problem in looked.problems] == [
        ["posts.csv", "line 6"],
        ["posts.csv", "line 7"],
    ]
    with pytest.raises(ImportFileError) as refused:
        imports.import_file(request, AFTER, AFTER)
    assert (refused.value.problems, store.imports.listed()) == (looked.problems, [])


def gaps(found: Any) -> list[tuple[str, datetime, datetime, str]]:
    return [(c.account, c.gap.start, c.gap.end, c.gap.reason.value) for c in found.closes]


def test_the_gaps_that_it_closes_are_listed_beforehand_and_closed_once(
    imports: Imports, store: Store, file: Any
) -> None:
    store.readings.record(
        [
            reading(at("2024-02-01"), at("2024-01-01"), seen("2024-01-05T10:00", "weibo:a")),
            reading(at("2024-06-01"), at("2024-03-01"), seen("2024-05-05T10:00", "weibo:b")),
        ]
    )
    request = Request(file("posts.csv", OWN))
    expected = [("weibo-mz", at("2024-02-01"), at("2024-03-01"), "not_read")]
    assert gaps(imports.check(request, AFTER, AFTER)) == expected
    assert gaps(imports.import_file(request, AFTER, AFTER)) == expected
    assert gaps(imports.check(request, AFTER, AFTER)) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, ("2024-01-05T10:00", "2024-04-05T10:00"), id="from first to last row"),
        pytest.param(
            {"since": date(2024, 1, 1), "until": date(2024, 12, 31)},
            ("2024-01-01", "2025-01-01"),
            id="the days it was exported for, the last one whole",
        ),
        pytest.param(
            {"until": date(2025, 2, 1)},
            ("2024-01-05T10:00", "2025-01-06T09:00"),
            id="never beyond the instant it was made",
        ),
    ],
)
def test_how_far_an_import_reaches(
    lite: Imports, file: Any, sqlite_store: Store, more: Any, expected: tuple[str, str]
) -> None:
    request = Request(file("posts.csv", OWN), **more)
    bounds = tuple(map(at, expected))
    assert [one[1:3] for one in gaps(lite.check(request, AFTER, AFTER))] == [bounds]
    lite.import_file(request, AFTER, AFTER)
    (span,) = sqlite_store.imports.spans("weibo-mz")
    assert (span.start, span.end) == bounds


def test_a_partial_import_closes_nothing(lite: Imports, file: Any) -> None:
    request = Request(file("posts.csv", OWN), partial=True)
    assert gaps(lite.import_file(request, AFTER, AFTER)) == []


def test_F33_rows_without_links_are_put_under_the_keys_of_posts_that_were_read(
    imports: Imports, store: Store, file: Any
) -> None:
    read = replace(seen("2024-03-05T10:00:20", "weibo:1"), title="全市新增12处社区老年食堂")
    store.readings.record([reading(at("2024-04-02"), at("2024-03-01"), read)])
    listed = "标题,发布时间\n全市新增12处社区老年食堂,2024-03-05 10:00\n另一条通知,2024-03-06\n"
    found = imports.import_file(Request(file("x.csv", listed), account="weibo-mz"), AFTER, AFTER)
    assert (found.summary.new, found.summary.known + found.summary.changed) == (1, 1)
    assert keys(store)[0] == "weibo:1"
    assert len(keys(store)) == 2


def test_counters_are_imported_too(imports: Imports, store: Store, file: Any) -> None:
    console = '时间,新关注人数,累积关注人数\n2023-12-31,3,4877\n2024-12-31,9,"7,959"\n'
    found = imports.import_file(Request(file("f.csv", console), account="wechat-mz"), AFTER, AFTER)
    days = store.follower_counts.of_account(MZ_WECHAT.id, date(2023, 1, 1), date(2025, 1, 1))
    assert [(c.day, c.followers) for c in days] == [
        (date(2023, 12, 31), 4877),
        (date(2024, 12, 31), 7959),
    ]
    assert (found.ignored, found.closes) == (("新关注人数",), ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            HEAD + "weibo-mz,昨天,好,,original\nweibo-mx,2024-01-02,好,,original\n",
            [
                '年.csv：第2行：“published_at”列："昨天"不是日期和时间；应如 2024-02-09 09:30'
                "（北京时间）或 2024-02-09T09:30:00+08:00",
                '年.csv：第3行：“account”列："weibo-mx"不是已登记的账号；'
                "是否应为“weibo-mz”？（可选：wechat-mz, weibo-mz）",
            ],
            id="bad cells, by line and column",
        ),
        pytest.param(
            "发布时间,标题,链接\n2024-02-30,好,\n2024-02-29,好,weibo.cn/1\n",
            [
                '年.csv：第2行：“发布时间”列："2024-02-30"不是日期和时间；应如 2024-02-09 09:30'
                "（北京时间）或 2024-02-09T09:30:00+08:00",
                '年.csv：第3行：“链接”列："weibo.cn/1"不是http(s)网址；没有网址请留空',
            ],
            id="columns as the console heads them",
        ),
        pytest.param(
            "时间,谁\n2024-01-01,x\n",
            ["年.csv：第1行：首行应为列名：" + FORMS],
            id="no headings",
        ),
        pytest.param(
            "发布时间,标题\n2024-02-29,好\n合计,12\n",
            ["年.csv：第3行：表末合计12条，而上面只有1行，其余缺失，请重新导出"],
            id="rows missing",
        ),
    ],
)
def test_what_is_wrong_is_said_in_chinese(
    lite: Imports, file: Any, content: str, said: list[str]
) -> None:
    account = "weibo-mz" if "account" not in content else None
    with pytest.raises(ImportFileError) as refused:
        lite.import_file(Request(file("年.csv", content), account=account), AFTER, AFTER)
    assert [worded(one, str, CHINESE.text) for one in refused.value.problems] == said


CUT_FILES = {
    "a line is not whole": (OWN[:-20], "line 5: 4 fields; 5 were expected"),
    "a character is not whole": (
        OWN.encode()[: OWN.encode().rindex("知".encode()) + 1],
        "line 5: the file ends in the middle of a character: it is cut off; export it again",
    ),
    "a quote is not closed": (
        OWN + 'weibo-mz,2024-05-05,"通',
        "line 6: a quote is opened here and never closed",
    ),
    "a workbook": (
        workbook(a=CONSOLE)[:900],
        "a workbook was expected, without a password; it cannot be read: ",
    ),
}


@pytest.mark.parametrize(("content", "said"), CUT_FILES.values(), ids=CUT_FILES)
def test_an_export_that_is_cut_off_is_refused_in_one_line_and_nothing_is_imported(
    lite: Imports, sqlite_store: Store, file: Any, content: str | bytes, said: str
) -> None:
    with pytest.raises(ImportFileError) as refused:
        lite.import_file(Request(file("posts.csv", content)), AFTER, AFTER)
    assert [one.startswith(f"posts.csv: {said}") for one in refused.value.problems] == [True]
    assert (sqlite_store.imports.listed(), keys(sqlite_store)) == ([], [])


JANUARY = {"since": date(2024, 1, 1), "until": date(2024, 1, 31)}
FIRST = [("05 10:00", "甲"), ("12 09:00", "乙"), ("20 17:30", "丙")]
REFUSED = (
    "二.csv与第1次导入的一.csv互相矛盾：两者都应含有weibo-mz自{}的全部内容，但{}这一天，"
    "二.csv有{}条，一.csv有{}条；本次未导入任何内容。如以本文件为准，请先执行 "
    "freshness import --undo 1，再重新导入；如二.csv并非全部内容，请加 --partial"
)


def of_january(rows: list[tuple[str, str]]) -> str:
    lines = (f"2024-01-{at},{title},https://weibo.com/1/{ord(title)}" for at, title in rows)
    return "\n".join(("发布时间,标题,链接", *lines))


@pytest.mark.parametrize(
    ("rows", "about", "expected"),
    [
        pytest.param(FIRST, JANUARY, None, id="the same posts of a longer time"),
        pytest.param([*FIRST, ("25", "丁"), ("28", "戊")], {}, None, id="a longer file"),
        pytest.param([*FIRST, ("20 18:00", "丁")], {}, None, id="more of a day that was not over"),
        pytest.param([("06 10:00", "甲"), *FIRST[1:]], {}, None, id="a post whose date is another"),
        pytest.param([("08 10:00", "丁")], {}, None, id="a row alone, that is of no time"),
        pytest.param([*FIRST, ("08", "丁")], {"partial": True}, None, id="what is not whole"),
        pytest.param(
            [FIRST[0], FIRST[2]],
            {},
            ("2024-01-05至2024-01-20", "2024-01-12", 0, 1),
            id="a day is empty",
        ),
        pytest.param(
            [*FIRST, ("08", "丁"), ("09", "戊")],
            {},
            ("2024-01-05至2024-01-20", "2024-01-08", 1, 0),
            id="a day is new, the first of two",
        ),
        pytest.param(
            [*FIRST, ("12 16:00", "丁")],
            JANUARY,
            ("2024-01-05至2024-01-20", "2024-01-12", 2, 1),
            id="a day has more posts",
        ),
        pytest.param(
            [("13", "丁"), ("14", "戊")],
            {},
            ("2024-01-13至2024-01-14", "2024-01-13", 1, 0),
            id="a short time within the other",
        ),
        pytest.param(
            FIRST[:2],
            JANUARY,
            ("2024-01-05至2024-01-20", "2024-01-20", 0, 1),
            id="a day is empty of the time it was exported for",
        ),
    ],
)
def test_two_exports_of_one_time_agree_or_the_second_is_refused_in_one_line(
    lite: Imports, sqlite_store: Store, file: Any, rows: Any, about: Any, expected: Any
) -> None:
    first = Request(file("一.csv", of_january(FIRST)), account="weibo-mz")
    lite.import_file(first, AFTER, AFTER)
    kept = keys(sqlite_store)
    second = Request(file("二.csv", of_january(rows)), account="weibo-mz", **about)
    looked = lite.check(second, AFTER, AFTER)
    said = [worded(one, flag, CHINESE.text) for one in looked.problems]
    if expected is None:
        assert (said, lite.import_file(second, AFTER, AFTER).summary.id) == ([], 2)
        return
    assert said == [REFUSED.format(*expected)]
    with pytest.raises(ImportFileError) as refused:
        lite.import_file(second, AFTER, AFTER)
    assert (refused.value.problems, keys(sqlite_store)) == (looked.problems, kept)
    lite.undo(1, AFTER)
    assert lite.import_file(second, AFTER, AFTER).summary.new == len(rows)


def test_the_same_export_contradicts_nothing_though_its_rows_are_of_posts_that_were_read(
    lite: Imports, sqlite_store: Store, file: Any
) -> None:
    read = replace(seen("2024-01-12T09:00:20", "weibo:1"), title="乙")
    sqlite_store.readings.record([reading(at("2024-04-02"), at("2024-01-01"), read)])
    nameless = "发布时间,标题\n" + "".join(f"2024-01-{day},{title}\n" for day, title in FIRST)
    for content in (nameless, of_january(FIRST), nameless):
        request = Request(file("x.csv", content), account="weibo-mz")
        assert lite.import_file(request, AFTER, AFTER).summary.id is not None


def test_of_counters_the_newer_is_believed(lite: Imports, sqlite_store: Store, file: Any) -> None:
    for n, count in enumerate((4877, 4900)):
        content = f"时间,累积关注人数\n2023-12-31,{count}\n"
        lite.import_file(Request(file(f"{n}.csv", content), account="wechat-mz"), AFTER, AFTER)
    found = sqlite_store.follower_counts.of_account("wechat-mz", date(2023, 1, 1), date(2024, 1, 2))
    assert {c.provenance: c.followers for c in found} == {"import:1": 4877, "import:2": 4900}


def test_dates_to_come_are_refused_by_the_real_clock(lite: Imports, file: Any) -> None:
    request = Request(file("posts.csv", OWN))
    with pytest.raises(ImportFileError, match=r"line 5: published_at: .* is still to come"):
        lite.import_file(request, at("2024-03-20"), at("2024-03-20"))
    assert lite.check(request, at("2024-03-20"), AFTER).problems == ()


def test_lines_are_reported_as_they_are_read(lite: Imports, file: Any) -> None:
    lines: list[int] = []
    lite.check(Request(file("posts.csv", OWN)), AFTER, AFTER, lines.append)
    assert lines == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            Request(Path("x.csv"), account="weibo-mx"),
            'account: "weibo-mx" is no account; did you mean "weibo-mz"? (one of: wechat-mz, '
            "weibo-mz)",
            id="an account that is none",
        ),
        pytest.param(
            Request(Path("x.csv"), {"zeit": "时间"}),
            'columns: "zeit" is no column; one of: account, date, followers, kind, posts, '
            "published_at, push, title, url",
            id="a column that is none",
        ),
        pytest.param(
            Request(Path("x.csv"), since=date(2024, 2, 1), until=date(2024, 1, 1)),
            "since 2024-02-01 is later than until 2024-01-01",
            id="days the wrong way round",
        ),
        pytest.param(
            Request(Path("nowhere.csv")),
            "nowhere.csv: cannot be read: No such file or directory",
            id="no such file",
        ),
    ],
)
def test_wrong_requests_are_refused_in_one_line(
    lite: Imports, request_: Request, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        lite.check(request_, AFTER, AFTER)
    assert str(refused.value) == expected


def test_what_is_not_there_cannot_be_taken_back(lite: Imports, file: Any) -> None:
    with pytest.raises(UsageError, match=r"^undo 7: no such import is in force; .* there is none$"):
        lite.undo(7, AFTER)
    lite.import_file(Request(file("posts.csv", OWN)), AFTER, AFTER)
    with pytest.raises(UsageError, match=r"known are: 1 \(posts.csv\)$"):
        lite.undo(7, AFTER)
