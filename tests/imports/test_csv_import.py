"""An import file is good as a whole, or every bad line of it is named and nothing is taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ImportFileError
from monitor.imports.csv_import import Rows, parse
from monitor.ledger.records import FollowerCount, ImportedPost
from monitor.model import Account, PostKind, SeenPost

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 3, 1, 4, 0, tzinfo=UTC)
ACCOUNTS = {
    "weibo-a": Account("weibo-a", "鞍山民政", "weibo"),
    "wechat-a": Account("wechat-a", "鞍山民政", "wechat"),
}
POSTS = "account,published_at,title,url,kind"
COUNTERS = "account,date,followers,posts"
LINK = "https://weibo.com/6279793937/Kjc77D1jz"
GOOD = f"weibo-a,2024-02-09 09:30,春节快乐,{LINK},original"


def read(text: str | bytes, now: datetime | None = NOW) -> Rows:
    data = text if isinstance(text, bytes) else text.encode()
    return parse(data, "x.csv", ACCOUNTS, ZONE, now)


def problems(text: str | bytes, now: datetime | None = NOW) -> Sequence[str]:
    with pytest.raises(ImportFileError) as caught:
        read(text, now)
    return caught.value.problems


def post(
    at: datetime, width: timedelta = timedelta(minutes=1), key: str = "weibo:Kjc77D1jz"
) -> ImportedPost:
    made = SeenPost(key, "春节快乐", LINK, PostKind.ORIGINAL, at)
    return ImportedPost("weibo-a", replace(made, stated_until=at + width if width else None))


HALF_PAST_NINE = Rows(posts=(post(datetime(2024, 2, 9, 1, 30, tzinfo=UTC)),))
EXACTLY = Rows(posts=(post(datetime(2024, 2, 9, 1, 30, tzinfo=UTC), timedelta(0)),))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{POSTS}\n{GOOD}\n".encode(), id="UTF-8"),
        pytest.param(f"{POSTS}\n{GOOD}\n".encode("utf-8-sig"), id="UTF-8 with a byte order mark"),
        pytest.param(f"{POSTS}\n{GOOD}\n".encode("gb18030"), id="GB18030, as Excel saves it"),
        pytest.param(f"{POSTS}\r\n{GOOD}".encode(), id="Windows lines, none after the last"),
        pytest.param(f"{POSTS}\n\n{GOOD}\n,,,,\n".encode(), id="blank lines are no rows"),
        pytest.param(f"{POSTS},push\n{GOOD},\n".encode(), id="an empty push"),
        pytest.param(f" Account,PUBLISHED_AT,title,url,kind\n{GOOD}".encode(), id="loose names"),
    ],
)
def test_a_file_is_read_however_it_was_saved(data: bytes) -> None:
    assert read(data) == HALF_PAST_NINE


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param("2024-02-09 09:30", HALF_PAST_NINE, id="without an offset it is local"),
        pytest.param("2024-02-09T09:30:00+08:00", EXACTLY, id="ISO 8601 with its offset"),
        pytest.param("2024-02-09T01:30:00Z", EXACTLY, id="UTC"),
        pytest.param("2024-02-08T20:30:00-05:00", EXACTLY, id="another zone"),
        pytest.param("2024-02-09T01:30Z", HALF_PAST_NINE, id="a minute"),
        pytest.param("2024/2/9 9:30", HALF_PAST_NINE, id="as Excel writes it back"),
        pytest.param("2024/02/09 09:30:00", EXACTLY, id="the same with seconds"),
    ],
)
def test_a_date_is_read_however_it_is_written(stated: str, expected: Rows) -> None:
    row = GOOD.replace("2024-02-09 09:30", stated)
    assert read(f"{POSTS}\n{row}") == expected


@pytest.mark.parametrize(
    "stated",
    ["2024-02-09", "2024/2/9", "20240209", "2024年2月9日", "2024-02-09T00:00:00"],
)
def test_F77_a_date_alone_is_its_local_day(stated: str) -> None:
    row = GOOD.replace("2024-02-09 09:30", stated)
    day = post(datetime(2024, 2, 8, 16, tzinfo=UTC), timedelta(days=1))
    assert read(f"{POSTS}\n{row}") == Rows(posts=(day,))


def test_F78_an_empty_kind_is_unknown() -> None:
    (found,) = read(f"{POSTS}\n{GOOD.replace('original', '')}").posts
    assert found.post.kind is PostKind.UNKNOWN


def test_columns_may_stand_in_any_order_and_text_may_be_quoted() -> None:
    text = (
        "push,kind,url,title,published_at,account\n"
        '20240209,article,,"标题，""引号""与,逗号\n和第二行",2024-02-09T01:30Z,wechat-a\n'
    )
    (found,) = read(text).posts
    assert found.account == "wechat-a"
    assert (found.post.title, found.post.push) == ('标题，"引号"与,逗号\n和第二行', "20240209")
    assert found.post.kind is PostKind.ARTICLE


def test_counters_may_leave_empty_what_is_unknown() -> None:
    text = f"{COUNTERS}\nwechat-a,2024-01-01,4877,\nwechat-a,2024/12/31,7959,248\n"
    assert read(text, None) == Rows(
        counters=(
            FollowerCount("wechat-a", date(2024, 1, 1), 4877, None),
            FollowerCount("wechat-a", date(2024, 12, 31), 7959, 248),
        )
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(
            GOOD.replace("weibo-a", "weibo-b"),
            'account: "weibo-b" is no account; did you mean "weibo-a"? (one of: wechat-a, weibo-a)',
            id="an unknown account",
        ),
        pytest.param(
            GOOD.replace("2024-02-09", "2024-02-30"),
            'published_at: "2024-02-30 09:30" is no date and time; expected e.g. '
            "2024-02-09T09:30:00+08:00, or 2024-02-09 09:30 in local time",
            id="a day that does not exist",
        ),
        pytest.param(
            GOOD.replace("2024-02-09 09:30", ""),
            'published_at: "" is no date and time; expected e.g. '
            "2024-02-09T09:30:00+08:00, or 2024-02-09 09:30 in local time",
            id="no date",
        ),
        pytest.param(
            GOOD.replace("2024-02-09", "2062-02-09"),
            'published_at: "2062-02-09 09:30" is still to come; now is 2024-03-01 12:00',
            id="a slip of the hand that would keep an account fresh for decades",
        ),
        pytest.param(
            GOOD.replace("2024-02-09 09:30", "2024-03-01 12:01"),
            'published_at: "2024-03-01 12:01" is still to come; now is 2024-03-01 12:00',
            id="a scheduled post, which is none yet",
        ),
        pytest.param(
            GOOD.replace("2024-02-09", "0024-02-09"),
            'published_at: "0024-02-09 09:30" is before the year 2000',
            id="a year cut short",
        ),
        pytest.param(
            GOOD.replace("original", "orginal"),
            'kind: "orginal" is no kind; did you mean "original"? (one of: article, original, '
            "repost)",
            id="an unknown kind",
        ),
        pytest.param(
            GOOD.replace("https://", ""),
            'url: "weibo.com/6279793937/Kjc77D1jz" is no http(s) address; leave it empty if '
            "there is none",
            id="a link without its scheme, which would give the post another key",
        ),
        pytest.param(
            "weibo-a,2024-02-09 09:30,,,original",
            "title: a title or a url was expected",
            id="neither title nor link",
        ),
        pytest.param("weibo-a,2024-02-09,x", "3 fields; 5 were expected", id="too few fields"),
        pytest.param(f"{GOOD},,", "7 fields; 5 were expected", id="too many fields"),
        pytest.param(
            GOOD.replace("春节", "春\0节"), "a NUL byte; the file is damaged", id="a NUL byte"
        ),
        pytest.param(
            GOOD.replace("春节快乐", '"春节'),
            "a quote is opened here and never closed",
            id="an unclosed quote",
        ),
        pytest.param(
            GOOD.replace("春节快乐", '"春节"快乐'),
            'a comma was expected after a closing quote; a quote inside text is written ""',
            id="text after a closing quote",
        ),
        pytest.param(
            f"{GOOD}\n{GOOD.replace('https://weibo.com', 'http://www.weibo.com')}",
            "the same post as in line 2",
            id="the same post twice, by its key",
        ),
    ],
)
def test_a_bad_post_is_named_with_its_line(row: str, expected: str) -> None:
    last = row.count("\n") + 2
    assert problems(f"{POSTS}\n{row}\n") == (f"x.csv: line {last}: {expected}",)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(
            "wechat-a,2024-1-1,1,1",
            'date: "2024-1-1" is no date; expected e.g. 2024-02-09',
            id="a date in no known form",
        ),
        pytest.param(
            "wechat-a,2024-03-02,1,1",
            'date: "2024-03-02" is still to come; now is 2024-03-01 12:00',
            id="a day to come",
        ),
        pytest.param(
            "wechat-a,2024-01-01,1.2万,1",
            'followers: "1.2万" is no whole number; leave it empty if unknown',
            id="a rounded number",
        ),
        pytest.param(
            "wechat-a,2024-01-01,1,-1",
            'posts: "-1" is no whole number; leave it empty if unknown',
            id="a number below zero",
        ),
        pytest.param(
            "wechat-a,2024-01-01,１２,1",
            'followers: "１２" is no whole number; leave it empty if unknown',
            id="full-width digits",
        ),
        pytest.param(
            "wechat-a,2024-01-01,1,1\nwechat-a,2024-01-01,2,2",
            "the same account and date as in line 2",
            id="one day twice",
        ),
    ],
)
def test_a_bad_counter_is_named_with_its_line(row: str, expected: str) -> None:
    last = row.count("\n") + 2
    assert problems(f"{COUNTERS}\n{row}\n") == (f"x.csv: line {last}: {expected}",)


FORMS = f"{POSTS}[,push] or {COUNTERS}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", [f"line 1: a first line {FORMS} was expected"], id="nothing"),
        pytest.param(
            b"account;published_at;title;url;kind\n",
            [f'line 1: columns are separated by ";"; a first line {FORMS} was expected'],
            id="semicolons",
        ),
        pytest.param(
            b"account,published_at,titel,url\n",
            [
                f"line 1: the column title is missing; expected {FORMS}",
                f"line 1: the column kind is missing; expected {FORMS}",
                'line 1: "titel" is no column; did you mean "title"? (one of: account, kind, '
                "published_at, push, title, url)",
            ],
            id="missing and misspelt columns, all at once",
        ),
        pytest.param(
            b"account,published_at,title,url,kind,,,,\n",
            [
                "line 1: column 6 has no heading; one of: account, kind, published_at, push, "
                "title, url"
            ],
            id="columns without a heading, the first of them alone",
        ),
        pytest.param(
            b"account,date,followers,posts,posts\n",
            ["line 1: the column posts is there twice"],
            id="a column twice",
        ),
        pytest.param(
            GOOD.encode(),
            [f"line 1: a first line {FORMS} was expected"],
            id="no first line with names",
        ),
        pytest.param(
            f"{POSTS}\n".encode("utf-16"),
            ['a CSV file in UTF-8 was expected; save it as "CSV UTF-8"'],
            id="UTF-16",
        ),
        pytest.param(
            b"PK\x03\x04rest of a workbook",
            ['a CSV file in UTF-8 was expected; save it as "CSV UTF-8"'],
            id="a workbook",
        ),
        pytest.param(
            POSTS.encode() + b"\nweibo-a,\xff\xff,x,,original\n",
            ["line 2: this is neither UTF-8 nor GB18030 text"],
            id="bytes that are no text",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, expected: list[str]) -> None:
    assert problems(data) == tuple(f"x.csv: {one}" for one in expected)


def test_every_bad_line_is_reported_at_once_and_the_list_is_capped() -> None:
    bad = "\n".join(["weibo-a,never,x,,original"] * 60)
    told = problems(f"{POSTS}\n{GOOD}\n{bad}\n")
    assert len(told) == 51
    assert told[0].startswith('x.csv: line 3: published_at: "never" is no date')
    assert told[-1] == "x.csv: and 10 more"


def test_a_line_is_counted_from_where_it_begins() -> None:
    text = f'{POSTS}\nweibo-a,2024-02-09 09:30,"one\ntwo\nthree",,original\nweibo-b,x,x,,x\n'
    assert problems(text)[0].startswith("x.csv: line 5: account:")


def test_a_problem_is_one_short_line_whatever_the_cell_holds() -> None:
    (told,) = problems(f'{POSTS}\nweibo-a,"1\n2{"3" * 500}",x,,original\n')
    assert told.startswith('x.csv: line 2: published_at: "1\\n23333')
    assert "\n" not in told
    assert len(told) < 250


@given(st.binary(max_size=400))
def test_any_bytes_are_either_read_or_refused_in_words(data: bytes) -> None:
    try:
        rows = read(f"{POSTS}\n{GOOD}\n".encode() + data)
    except ImportFileError as error:
        told = error.problems
    else:
        told = ("x.csv: ",) if rows.posts[0] == HALF_PAST_NINE.posts[0] else ()
    assert told
    assert all(one.startswith("x.csv: ") for one in told)
