"""Consoles' own exports are understood by their headings, or told what is missing."""

from collections.abc import Sequence
from datetime import date

import pytest

from monitor.imports.columns import Wanted, mapping_problem
from monitor.imports.csv_import import Parsed, parsed
from monitor.ledger.records import FollowerCount
from monitor.model import Account, PostKind
from tests.report_values import AFTER, ZONE, at

ACCOUNTS = {
    "weibo": Account("weibo", "鞍山民政", "weibo"),
    "wechat": Account("wechat", "鞍山民政", "wechat"),
}
LINK = "https://weibo.com/6279793937/Kjc77D1jz"


def read(text: str, account: str | None = None, **mapping: str) -> Parsed:
    wanted = Wanted(tuple(mapping.items()), account)
    return parsed(text.encode(), "x.csv", ACCOUNTS, ZONE, AFTER, wanted)


def posts(found: Parsed) -> list[tuple[object, ...]]:
    assert found.problems == ()
    return [(p.account, p.post.stated_at, p.post.title, p.post.kind) for p in found.rows.posts]


FIRST = at("2024-02-09T09:30")


@pytest.mark.parametrize(
    ("text", "account", "expected"),
    [
        pytest.param(
            "发布时间,微博正文,微博链接,阅读数,转发数\n"
            f'2024-02-09 09:30,春节快乐,{LINK},"1,203",4\n',
            "weibo",
            ("weibo", FIRST, "春节快乐", PostKind.UNKNOWN),
            id="posts of a Weibo console",
        ),
        pytest.param(
            "内容标题,发表时间,总阅读人数,内容url\n春节快乐,20240209,88,https://mp.weixin.qq.com/s/x_1\n",
            "wechat",
            ("wechat", at("2024-02-09"), "春节快乐", PostKind.ARTICLE),
            id="articles of a WeChat console",
        ),
        pytest.param(
            "微博发布情况表,,\n导出时间：2025年1月6日,,\n"
            "标题,发布时间,类型\n春节快乐,2024年2月9日 09:30,转发\n",
            "weibo",
            ("weibo", FIRST, "春节快乐", PostKind.REPOST),
            id="headings below a title",
        ),
        pytest.param(
            "内容,时间,是否原创\n春节快乐,2024/2/9 9:30,否\n",
            "weibo",
            ("weibo", FIRST, "春节快乐", PostKind.REPOST),
            id="whether it is an original",
        ),
        pytest.param(
            "内容,时间,微博类型\n春节快乐,2024.2.9 9:30:00,视频\n",
            "weibo",
            ("weibo", FIRST, "春节快乐", PostKind.ORIGINAL),
            id="its form says nothing of reposts",
        ),
        pytest.param(
            "内容,时间\n转发微博,2024-02-09 09:30\n",
            "weibo",
            ("weibo", FIRST, "转发微博", PostKind.REPOST),
            id="Weibo's own words for a repost",
        ),
        pytest.param(
            "发布时间（北京时间）,标题\n2024-02-09 09:30,春节快乐\n",
            "wechat",
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="a remark behind a heading",
        ),
        pytest.param(
            "account,发布时间,标题\nwechat,2024-02-09 09:30,春节快乐\n",
            None,
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="it names its accounts",
        ),
        pytest.param(
            "日期,时间,标题\n2024-02-09,9:30,春节快乐\n",
            "wechat",
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="day and hour have a column each",
        ),
        pytest.param(
            "标题,发布时间,发布日期\n春节快乐,09:30,2024年2月9日\n",
            "wechat",
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="the hour stands before the day",
        ),
        pytest.param(
            "日期,时间,标题\n20240209,09:30,春节快乐\n",
            "wechat",
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="a day in digits alone, and its hour",
        ),
        pytest.param(
            "日期,发布时间,标题\n2024-02-09T00:00:00,2024-02-09 09:30,春节快乐\n",
            "wechat",
            ("wechat", FIRST, "春节快乐", PostKind.ARTICLE),
            id="the second column holds both",
        ),
        pytest.param(
            "日期,时间,标题\n2024-02-09,,春节快乐\n",
            "wechat",
            ("wechat", at("2024-02-09"), "春节快乐", PostKind.ARTICLE),
            id="the hour is not known",
        ),
        pytest.param(
            "account,published_at,title,url,kind\nweibo,2024-02-09 09:30,春节快乐,,original\n",
            None,
            ("weibo", FIRST, "春节快乐", PostKind.ORIGINAL),
            id="the program's own form",
        ),
        pytest.param(
            "published_at,title,url,kind\n2024-02-09 09:30,春节快乐,,original\n",
            "weibo",
            ("weibo", FIRST, "春节快乐", PostKind.ORIGINAL),
            id="the program's own form for one account",
        ),
    ],
)
def test_posts_are_understood(text: str, account: str | None, expected: tuple[object, ...]) -> None:
    assert posts(read(text, account)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '时间,新关注人数,取消关注人数,净增关注人数,累积关注人数\n2024-12-31,9,2,7,"7,959"\n',
            id="followers of a WeChat console",
        ),
        pytest.param("日期,粉丝数\n2024年12月31日,7959\n", id="followers of a Weibo console"),
        pytest.param("日期,粉丝数,微博数\n20241231,7959,--\n", id="a number it does not know"),
    ],
)
def test_counters_are_understood(text: str) -> None:
    found = read(text, "wechat")
    assert found.problems == ()
    assert found.rows.counters == (FollowerCount("wechat", date(2024, 12, 31), 7959),)


def test_columns_that_nobody_asked_for_are_passed_over_and_reported() -> None:
    found = read("发布时间,标题,阅读数,在看\n2024-02-09,春节快乐,1,2\n", "wechat")
    assert found.ignored == ("阅读数", "在看")


def test_columns_can_be_named_by_hand() -> None:
    text = "推文时刻,推文,备注\n2024-02-09 09:30,春节快乐,x\n"
    found = read(text, "wechat", published_at="推文时刻", title="推文")
    assert posts(found) == [("wechat", FIRST, "春节快乐", PostKind.ARTICLE)]


def test_a_column_named_by_hand_wins_over_a_known_one() -> None:
    text = "发布时间,审核时间,标题\n2024-01-01,2024-02-09 09:30,春节快乐\n"
    found = read(text, "wechat", published_at="审核时间")
    assert posts(found)[0][1] == FIRST


@pytest.mark.parametrize(
    ("text", "account", "mapping", "expected"),
    [
        pytest.param(
            "发布时间,标题\n",
            None,
            {},
            ["line 1: no column says account; for a file of one account give account ID"],
            id="whose posts?",
        ),
        pytest.param(
            "推文时刻,推文\n",
            "wechat",
            {"published_at": "推文时间"},
            [
                'line 1: there is no column "推文时间"; did you mean "推文时刻"? '
                "(one of: 推文, 推文时刻)"
            ],
            id="a column that is not there",
        ),
        pytest.param(
            "推文时刻,推文\n",
            "wechat",
            {"published_at": "推文时刻"},
            ["line 1: no column says title or url; name it with columns title=…"],
            id="nothing to tell a post by",
        ),
        pytest.param(
            "推文时刻,推文\n",
            "wechat",
            {},
            [
                "line 1: a first line account,published_at,title,url,kind[,push] or "
                "account,date,followers,posts was expected"
            ],
            id="headings that nobody knows",
        ),
        pytest.param(
            "x\ny\n发布时间,标题\n2024-02-30,春节\n2024-02-09,\n",
            "wechat",
            {},
            [
                'line 4: 发布时间: "2024-02-30" is no date and time; expected e.g. '
                "2024-02-09T09:30:00+08:00, or 2024-02-09 09:30 in local time",
                "line 5: 标题: a title or a url was expected",
            ],
            id="bad lines, by their number in the file",
        ),
    ],
)
def test_what_is_missing_is_reported(
    text: str, account: str | None, mapping: dict[str, str], expected: Sequence[str]
) -> None:
    found = read(text, account, **mapping)
    assert found.problems == tuple(f"x.csv: {one}" for one in expected)
    assert found.rejected == len(expected)


def test_good_lines_are_there_beside_the_bad_ones() -> None:
    found = read("发布时间,标题\n2024-02-09 09:30,春节快乐\n谁知道,春节\n", "wechat")
    assert ([p.post.title for p in found.rows.posts], found.rejected) == (["春节快乐"], 1)


def test_a_console_may_list_a_post_more_than_once_but_not_with_two_dates() -> None:
    line = f"2024-02-09 09:30,春节快乐,{LINK}\n"
    head = "发布时间,标题,链接\n"
    assert len(posts(read(head + line + line, "weibo"))) == 1
    other = read(head + line + line.replace("09:30", "10:30"), "weibo")
    assert other.problems == ("x.csv: line 3: the same post as in line 2",)


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        pytest.param({"title": "推文"}, None, id="a name of ours"),
        pytest.param(
            {"titel": "推文"},
            '"titel" is no column; did you mean "title"? (one of: account, date, followers, '
            "kind, posts, published_at, push, title, url)",
            id="a slip",
        ),
    ],
)
def test_names_given_by_hand(mapping: dict[str, str], expected: str | None) -> None:
    assert mapping_problem(mapping) == expected


@pytest.mark.parametrize(
    ("footer", "problems"),
    [
        pytest.param("合计,2,,", [], id="as many as there are"),
        pytest.param("合计：2条,,,", [], id="in its words"),
        pytest.param("合计,1,,", [], id="fewer: a sum of a part"),
        pytest.param("合计,,,9999", [], id="a sum of another column is none of posts"),
        pytest.param(
            "合计,284,,",
            ["x.csv: line 4: a total of 284 below 2 rows; the others are missing"],
            id="more: the export is cut",
        ),
        pytest.param(
            "共计 284 篇,,,",
            ["x.csv: line 4: a total of 284 below 2 rows; the others are missing"],
            id="more, in its words",
        ),
        pytest.param(
            "共3条,,,",
            ["x.csv: line 4: a total of 3 below 2 rows; the others are missing"],
            id="more, without the word for a sum",
        ),
        pytest.param("本页合计,2,,", [], id="of a page"),
        pytest.param("合 计,2,,", [], id="spread out"),
        pytest.param("累计,9999,,", [], id="what has come together over the years"),
    ],
)
def test_a_total_is_held_against_the_rows_above_it(footer: str, problems: list[str]) -> None:
    text = f"标题,发布时间,链接,阅读数\n甲,2024-02-09 09:30,,7\n乙,2024-02-10 09:30,,8\n{footer}\n"
    found = read(text, "wechat")
    assert (list(found.problems), len(found.rows.posts)) == (problems, 2)
    assert len(found.footers) == 1


@pytest.mark.parametrize(
    "line",
    [
        "来源：新浪微博,,,",
        "以上数据来自微信公众平台,,,",
        "数据截至2024-12-31,,,",
        "统计周期：2024-01-01至2024-12-31,,,",
        "导出时间,2024-12-31 10:00,,",
        "制表人：张三,,,",
        "注：不含转发,,,",
        "—— 以下空白 ——,,,",
        "平均,,,8",
    ],
)
def test_a_remark_below_the_rows_is_named_and_left_out(line: str) -> None:
    found = read(f"标题,发布时间,链接,阅读数\n甲,2024-02-09 09:30,,7\n{line}\n", "wechat")
    assert (found.problems, len(found.rows.posts)) == ((), 1)
    assert found.footers == (line.split(",", maxsplit=1)[0],)


def test_a_post_whose_title_reads_like_a_remark_is_a_post() -> None:
    text = "标题,发布时间,链接\n来源：一份倡议,2024-02-09 09:30,\n共3条便民措施,2024-02-10 09:30,\n"
    assert [title for _, _, title, _ in posts(read(text, "wechat"))] == [
        "来源：一份倡议",
        "共3条便民措施",
    ]


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("2024-02-09T00:00:00", "09:30:00"),
        ("2024-02-09 00:00:00", "9:30"),
        ("2024-02-09T00:00:00", "1899-12-31T09:30:00"),
        ("2024-02-09", "0.395833333333333"),
        ("2024年2月9日", "上午9:30"),
        ("2024/2/9", "9时30分"),
        ("2024.2.9", "9:30 AM"),
        ("2024-02-09 上午9点30分", ""),
        ("2024年2月9日 9时30分", ""),
    ],
)
def test_the_hour_is_understood_however_it_is_written(day: str, hour: str) -> None:
    found = read(f"日期,时间,标题\n{day},{hour},春节快乐\n", "wechat")
    assert posts(found) == [("wechat", FIRST, "春节快乐", PostKind.ARTICLE)]


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        ("下午3:30", "15:30"),
        ("3:30 PM", "15:30"),
        ("晚上8点", "20:00"),
        ("中午12:05", "12:05"),
        ("中午1点", "13:00"),
        ("凌晨12:05", "00:05"),
        ("12:05 AM", "00:05"),
    ],
)
def test_the_half_of_the_day_counts(hour: str, expected: str) -> None:
    found = read(f"日期,时间,标题\n2024-02-09,{hour},春节快乐\n", "wechat")
    assert [when for _, when, *_ in posts(found)] == [at(f"2024-02-09T{expected}")]


@pytest.mark.parametrize(
    ("heading", "original", "repost"),
    [
        ("是否转发", "否", "是"),
        ("是否转发微博", "False", "True"),
        ("源微博id", "", "4987000000000001"),
        ("retweet_id", "", "NabcdEfgh"),
        ("被转发微博ID", "0", "4987000000000001"),
        ("博文类型", "原创", "转发"),
        ("is_original", "1", "0"),
    ],
)
def test_what_tells_a_repost_is_known_by_many_names(
    heading: str, original: str, repost: str
) -> None:
    rows = f"甲,2024-02-09 09:30,{original}\n乙,2024-02-10 09:30,{repost}\n"
    found = posts(read(f"微博正文,发布时间,{heading}\n{rows}", "weibo"))
    assert [kind for *_, kind in found] == [PostKind.ORIGINAL, PostKind.REPOST]


def test_of_a_day_and_a_whole_date_the_whole_one_is_taken() -> None:
    found = read("正文,日期,完整日期\n春节快乐,2024-02-09,2024-02-09T09:30:00\n", "wechat")
    assert posts(found) == [("wechat", FIRST, "春节快乐", PostKind.ARTICLE)]
