"""A row that names no post is the post with its words and its time, and counts once."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.ledger.doubles import matched, without_doubles
from monitor.ledger.identity import post_key
from monitor.ledger.records import ImportedPost
from monitor.model import Dating, Post, PostKind
from tests.report_values import ZONE, at, imported, post

LONG = "#养老服务# 全市新增12处社区老年食堂，凭证就餐可享优惠"
KNOWN = post("2024-03-05T10:00:30", title=LONG, key="weibo:O1")


def row(text: str, title: str) -> ImportedPost:
    return imported(text, title=title, key=post_key("weibo", "", "", title, at(text)), url="")


def nameless(text: str, title: str) -> Post:
    made = row(text, title).post
    return post(text, title=title, key=made.key, url="", source="import:1")


CASES = [
    pytest.param("2024-03-05T10:00:30", LONG, True, id="the same words and second"),
    pytest.param("2024-03-05T10:04", LONG, True, id="a few minutes apart"),
    pytest.param("2024-03-05T10:06", LONG, False, id="too far apart"),
    pytest.param("2024-03-05T00:00", LONG, True, id="a day without its hour"),
    pytest.param("2024-03-06T00:00", LONG, False, id="another day"),
    pytest.param("2024-03-05T10:00", LONG[:20] + "…", True, id="cut short by the console"),
    pytest.param("2024-03-05T10:00", LONG + "全文", True, id="with the console's own tail"),
    pytest.param("2024-03-05T10:00", LONG[:4], False, id="too short to tell"),
    pytest.param("2024-03-05T10:00", LONG.replace(" ", "\u3000"), True, id="other blanks"),
    pytest.param("2024-03-05T10:00", LONG.replace("12", "13"), False, id="other words"),
]


@pytest.mark.parametrize(("text", "title", "same"), CASES)
def test_F33_a_row_without_a_link_is_put_under_the_key_of_its_post(
    text: str, title: str, same: bool
) -> None:
    (found,) = matched([row(text, title)], {"weibo-mz": [KNOWN]}, ZONE)
    assert (found.post.key == KNOWN.key) is same


@pytest.mark.parametrize(("text", "title", "same"), CASES)
def test_F33_a_post_read_after_its_row_was_imported_counts_once(
    text: str, title: str, same: bool
) -> None:
    both = [nameless(text, title), KNOWN]
    assert without_doubles(both, ZONE) == ([KNOWN] if same else both)


def test_a_day_without_its_hour_does_not_move_a_post_to_midnight() -> None:
    (found,) = matched([row("2024-03-05T00:00", LONG)], {"weibo-mz": [KNOWN]}, ZONE)
    assert found.post.stated_at == KNOWN.published_at


def test_posts_with_links_are_never_taken_for_each_other() -> None:
    twin = replace(KNOWN, key="weibo:O2")
    assert without_doubles([KNOWN, twin], ZONE) == [KNOWN, twin]
    with_link = imported("2024-03-05T10:00:30", title=LONG)
    assert matched([with_link], {"weibo-mz": [KNOWN]}, ZONE) == [with_link]


BEFORE, MOVED = at("2024-03-05T12:00"), at("2024-06-01T12:00")
NOTICE = "关于做好清明节祭扫服务保障工作的通知"


def article(text: str, key: str, first_seen_at: datetime = BEFORE, title: str = NOTICE) -> Post:
    return post(text, PostKind.ARTICLE, key=key, title=title, first_seen_at=first_seen_at)


def relisted(n: int, minutes: int = 0) -> list[Post]:
    """Some *n* articles, each seen before and once more after the migration."""
    return [
        article(
            f"2024-03-{day + 1:02}T10:{minutes * (seen_at == MOVED):02}",
            f"wx:s/{name}{day}",
            seen_at,
            f"{NOTICE}{day}",
        )
        for name, seen_at in (("old", BEFORE), ("new", MOVED))
        for day in range(n)
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-05T10:00", "wx:MzI9/21/1", MOVED),
            True,
            id="the same words and second under another number",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:s/aaaa"),
            article("2024-03-05T10:00", "wx:MzI9/21/1", MOVED),
            True,
            id="the same words and second in another form",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-05T18:30", "wx:MzI9/21/1", MOVED),
            True,
            id="the same words and day under another number",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-06T10:00", "wx:MzI9/21/1", MOVED),
            False,
            id="another day",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-05T18:30", "wx:MzA3/12/1", MOVED),
            False,
            id="two of one day under one number",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:s/aaaa"),
            article("2024-03-05T18:30", "wx:s/bbbb", MOVED),
            False,
            id="two of one day that do not name their account",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-05T10:00", "wx:MzA3/11/2"),
            False,
            id="two of one mass-send",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            article("2024-03-05T10:00", "wx:MzI9/21/1", MOVED, "其他"),
            False,
            id="other words",
        ),
        pytest.param(
            article("2024-03-05T10:00", "weibo:O1"),
            article("2024-03-05T10:00", "weibo:O2", MOVED),
            False,
            id="no articles of WeChat",
        ),
        pytest.param(
            article("2024-03-05T10:00", "wx:MzA3/11/1"),
            replace(article("2024-03-05T10:00", "wx:MzI9/21/1", MOVED), dating=Dating.SEEN),
            False,
            id="a date that nobody stated",
        ),
    ],
)
def test_F33_an_article_that_a_migration_lists_again_counts_once(
    one: Post, other: Post, same: bool
) -> None:
    both = [one, other]
    assert without_doubles(both, ZONE) == ([one] if same else both)
    assert without_doubles(both[::-1], ZONE) == ([one] if same else both[::-1])


def test_F33_what_came_with_a_migration_is_told_by_its_day() -> None:
    late = [
        article("2024-03-20T10:00", "wx:s/late", title=f"{NOTICE}。"),
        article("2024-03-20T18:00", "wx:s/later", MOVED, f"{NOTICE}。"),
    ]
    old = relisted(3)[:3]
    assert without_doubles([*relisted(3), *late], ZONE) == [*old, late[0]]
    assert without_doubles([*relisted(2), *late], ZONE) == [*relisted(2)[:2], *late]


def test_a_row_of_another_account_is_another_post() -> None:
    other = row("2024-03-05T10:00:30", LONG)
    assert matched([other], {"wechat-mz": [KNOWN]}, ZONE) == [other]
