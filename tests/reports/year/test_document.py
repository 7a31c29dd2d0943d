"""The year's document: the contract's keys, exact numbers, and what they rest on."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.ledger.coverage import Gap, GapReason, Span
from monitor.ledger.totals import Counted, EarlierPosts, Rows, certain, totals
from monitor.model import Account, Outcome, PostKind, Pulse, Reading
from monitor.reports.year.document import account_year, document, posts_of
from monitor.reports.year.figures import AccountFigures, AccountYear
from monitor.reports.year.text import year_text
from tests.report_values import (
    AFTER,
    CHINESE,
    DAY,
    ENGLISH,
    MZ_WECHAT,
    MZ_WEIBO,
    YEAR,
    ZONE,
    at,
    ledger,
    post,
)

PORTAL = Account("portal", "鞍山市民政局", "website")
# A post a week, but for February.
WEEKLY = [at("2023-12-28T10:00") + 7 * DAY * n for n in range(53)]
POSTS = [post(f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}") for moment in WEEKLY]
LAPSED = [one for one in POSTS if not at("2024-02-02") < one.published_at < at("2024-02-20")]


def year_of(
    account: Account, rows: Rows, before: EarlierPosts | None = None, now: Any = AFTER
) -> AccountYear:
    found = AccountFigures(account, totals(rows, YEAR, now, ZONE))
    return account_year(found, rows, YEAR, before, now, ZONE)


def made(*accounts: AccountYear, now: Any = AFTER) -> dict[str, Any]:
    return document(2024, accounts, YEAR, CHINESE, now)


def test_the_document_has_every_key_of_the_contract() -> None:
    watched = Span(at("2024-01-05"), AFTER)
    found = made(year_of(MZ_WEIBO, ledger(*LAPSED, covered=(watched,))))
    assert found.keys() >= {"year", "version", "frozen", "accounts", "total_posts", "sentences"}
    (account,) = found["accounts"]
    assert account.keys() >= {
        "id",
        "name",
        "platform",
        "posts",
        "originals",
        "reposts",
        "articles",
        "pushes",
        "complete",
        "gaps",
        "longest_gap",
        "lapses",
        "followers",
    }
    assert account["gaps"][0].keys() == {"from", "to", "reason"}
    assert account["longest_gap"].keys() == {"days", "from", "to"}
    assert account["lapses"][0].keys() >= {"from", "to", "days"}
    assert account["followers"].keys() >= {"start", "end", "growth"}
    assert json.loads(json.dumps(found)) == found


def test_lapses_and_silences_are_told_with_their_ends() -> None:
    (account,) = made(year_of(MZ_WEIBO, ledger(*LAPSED)))["accounts"]
    assert account["lapses"] == [
        {
            "from": "2024-02-01T10:00:00+08:00",
            "to": "2024-02-22T10:00:00+08:00",
            "days": 21,
            "breached_at": "2024-02-15T10:00:00+08:00",
            "certain": True,
            "exceptions": [],
        }
    ]
    assert account["longest_gap"] == {"days": 21, "from": "2024-02-01", "to": "2024-02-22"}
    assert account["longest_gap_after_lapses"] == {
        "days": 7,
        "from": "2024-02-22",
        "to": "2024-02-29",
    }
    assert account["days_in_breach"] == 7


def test_a_silence_that_lasts_has_no_end() -> None:
    (account,) = made(year_of(MZ_WEIBO, ledger(*POSTS[:40])))["accounts"]
    assert (account["longest_gap"]["to"], account["lapses"][-1]["to"]) == (None, None)


def test_F42_a_gap_day_makes_the_number_a_lower_bound() -> None:
    seen = (Span(at("2022-12-01"), at("2024-03-01")), Span(at("2024-03-02"), AFTER))
    found = made(year_of(MZ_WEIBO, ledger(*POSTS, covered=seen)), year_of(MZ_WECHAT, ledger()))
    account = found["accounts"][0]
    assert (account["complete"], found["complete"]) == (False, False)
    assert account["gaps"] == [
        {
            "from": "2024-03-01T00:00:00+08:00",
            "to": "2024-03-02T00:00:00+08:00",
            "reason": "not_read",
        }
    ]
    assert "不少于52条" in found["sentences"][0]
    assert "不少于52条" in year_text(found, CHINESE)


def test_of_a_year_that_nobody_watched_no_number_is_said() -> None:
    unseen = ledger(covered=(Span(YEAR.end, AFTER),))
    found = made(year_of(MZ_WEIBO, ledger(*POSTS)), year_of(MZ_WECHAT, unseen))
    account = found["accounts"][1]
    assert (account["posts"], account["complete"], account["known"]) == (0, False, False)
    text = year_text(found, CHINESE)
    assert "不少于0条" not in text + "".join(found["sentences"])
    told = "“鞍山民政”微信公众号  wechat-mz\n  发布信息：当年尚无数据（未监测，也未导入）\n"
    assert f"{told}  关注数：未知\n\n" in text
    assert "全部政务新媒体账号合计：不少于52条\n" in text
    assert [row["value"] for row in found["yearly_form"]] == [52, None, None, None]
    assert "wechat-mz" not in posts_of(found)


def test_the_total_of_accounts_that_nobody_watched_is_not_known() -> None:
    found = made(year_of(MZ_WECHAT, ledger(covered=())))
    assert "全部政务新媒体账号合计：未知\n" in year_text(found, CHINESE)


def test_a_frozen_year_of_an_older_version_is_printed_as_it_was() -> None:
    found = made(year_of(MZ_WECHAT, ledger(covered=())))
    del found["accounts"][0]["known"], found["accounts"][0]["as_of"]
    text = year_text({**found, "frozen": True, "version": 1}, CHINESE)
    assert "  发布信息：不少于0条（原创0条、转发0条）\n" in text
    assert "全部政务新媒体账号合计：不少于0条\n" in text


def test_months_add_up_to_the_year() -> None:
    (account,) = made(year_of(MZ_WEIBO, ledger(*POSTS)))["accounts"]
    assert account["months"] == [4, 5, 4, 4, 5, 4, 4, 5, 4, 5, 4, 4]
    assert sum(account["months"]) == account["posts"] == 52


def test_a_month_of_which_nothing_is_known_has_no_number() -> None:
    now = at("2024-07-20T09:00")
    seen_since = at("2024-03-10")
    some = [one for one in POSTS if at("2024-03-28") < one.published_at < at("2024-05-01")]
    rows = ledger(*some, covered=(Span(seen_since, now),))
    found = made(year_of(MZ_WEIBO, rows, now=now), now=now)
    assert found["accounts"][0]["months"] == [0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0]
    assert "  各月：– – 1 4 0 0 0 – – – – –\n" in year_text(found, CHINESE)
    del found["accounts"][0]["known"]
    assert "  各月：0 0 1 4 0 0 0 0 0 0 0 0\n" in year_text(found, CHINESE)


def test_a_portal_is_told_apart() -> None:
    pages = ledger(post("2024-03-01T10:00", PostKind.ARTICLE))
    found = made(year_of(MZ_WEIBO, ledger(*POSTS)), year_of(PORTAL, pages))
    assert found["total_posts"] == 52
    assert [a["posts"] for a in found["accounts"]] == [52, 1]
    assert {row["account"] for row in found["yearly_form"]} == {"weibo-mz"}
    assert all("鞍山市民政局" not in sentence for sentence in found["sentences"])


FOLLOWED = (Counted(date(2023, 12, 31), followers=4877), Counted(date(2024, 12, 30), 7959))


def test_followers_say_of_which_day_they_are() -> None:
    (account,) = made(year_of(MZ_WECHAT, ledger(counters=FOLLOWED)))["accounts"]
    assert account["followers"] == {
        "start": 4877,
        "end": 7959,
        "growth": 3082 / 4877,
        "start_at": {"day": "2023-12-31", "exact": True},
        "end_at": {"day": "2024-12-30", "exact": False},
    }


@pytest.mark.parametrize(
    ("before", "covered", "expected"),
    [
        pytest.param(EarlierPosts(50, True), None, (50, 2, 0.04, None), id="both exact"),
        pytest.param(
            EarlierPosts(50, False), None, (50, None, None, "incomplete_before"), id="gap before"
        ),
        pytest.param(
            EarlierPosts(50, True), (), (50, None, None, "incomplete"), id="gap this year"
        ),
        pytest.param(
            EarlierPosts(50, True, cut=1), None, (50, None, None, "cut_before"), id="cut before"
        ),
        pytest.param(None, None, (None, None, None, "unknown_before"), id="nothing before"),
        pytest.param(
            EarlierPosts(0, True), None, (0, 52, None, None), id="nothing published before"
        ),
    ],
)
def test_F42_year_on_year_is_refused_where_either_year_has_a_gap(
    before: EarlierPosts | None, covered: tuple[Span, ...] | None, expected: tuple[object, ...]
) -> None:
    rows = ledger(*POSTS) if covered is None else ledger(*POSTS, covered=covered)
    (account,) = made(year_of(MZ_WEIBO, rows, before))["accounts"]
    assert tuple(account["year_on_year"].values()) == expected


def test_the_year_before_is_taken_from_its_own_document() -> None:
    found = made(year_of(MZ_WEIBO, ledger(*POSTS)))
    assert posts_of(found)["weibo-mz"] == EarlierPosts(52, True)
    assert "unheard-of" not in posts_of(found)


def test_a_year_that_is_not_over_counts_up_to_now() -> None:
    now = at("2024-07-01T09:00")
    found = made(year_of(MZ_WEIBO, ledger(*POSTS), now=now), now=now)
    assert (found["accounts"][0]["posts"], found["accounts"][0]["complete"]) == (26, True)
    assert (found["complete"], found["period"]["over"]) == (False, False)
    text = year_text(found, CHINESE)
    assert "年度未结束" in text
    assert "全部政务新媒体账号合计：26条\n" in text


def test_a_year_that_is_not_over_says_up_to_when_it_is_known() -> None:
    now, seen_at = at("2024-07-01T09:00"), at("2024-07-01T06:00")
    reading = Reading(
        "s",
        "weibo-mz",
        "g",
        seen_at,
        Outcome.OK,
        as_of=seen_at,
        pulse=Pulse.FULL,
        covers_from=at("2022-12-01"),
    )
    rows = ledger(
        *POSTS,
        covered=(Span(at("2022-12-01"), seen_at),),
        readings=[reading],
        read_within=timedelta(hours=6),
    )
    found = made(year_of(MZ_WEIBO, rows, EarlierPosts(50, True), now), now=now)
    (account,) = found["accounts"]
    assert (account["complete"], account["as_of"]) == (True, "2024-07-01T06:00:00+08:00")
    assert account["year_on_year"]["refused"] == "running"
    text = year_text(found, CHINESE)
    assert "  发布信息：26条（原创26条、转发0条）\n" in text
    assert "  截至2024年7月1日（周一）06:00数据无缺口" in text
    assert "  同比：不作比较，年度未结束\n" in text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2024-01-20", "2024-02-01T10:00", True, id="it ends where the silence begins"),
        pytest.param("2024-01-20", "2024-02-01T10:01", False, id="it reaches into the silence"),
        pytest.param("2024-02-22T10:00", "2024-03-01", True, id="it begins where it ends"),
    ],
)
def test_a_lapse_is_certain_if_nothing_can_have_been_missed(
    start: str, end: str, expected: bool
) -> None:
    (lapse,) = year_of(MZ_WEIBO, ledger(*LAPSED)).totals.lapses
    gap = Gap(at(start), at(end), GapReason.NOT_READ)
    assert certain(lapse, [gap]) is expected
    assert certain(replace(lapse, ended_at=None), [gap]) is (end == "2024-02-01T10:00")


def rows_of_form(*accounts: AccountYear) -> list[tuple[object, ...]]:
    keys = ("platform", "field", "value", "unit", "note")
    return [tuple(row[key] for key in keys) for row in made(*accounts)["yearly_form"]]


def test_the_yearly_form_has_weibo_first_and_each_platforms_own_words() -> None:
    articles = [replace(one, kind=PostKind.ARTICLE) for one in POSTS]
    end = (Counted(date(2024, 12, 31), followers=7959),)
    assert rows_of_form(
        year_of(MZ_WECHAT, ledger(*articles, counters=end)), year_of(MZ_WEIBO, ledger(*POSTS))
    ) == [
        ("微博", "信息发布量", 52, "条", ""),
        ("微博", "关注量", None, "个", "未知，请导入12月31日的数字"),
        ("微信公众号", "信息发布量", 52, "条", ""),
        ("微信公众号", "订阅数", 7959, "个", ""),
    ]


def test_the_yearly_form_marks_what_is_not_exact() -> None:
    rows = ledger(*POSTS, covered=(), counters=FOLLOWED)
    notes = [row[-1] for row in rows_of_form(year_of(MZ_WEIBO, rows))]
    assert notes == ["为不少于数，数据有缺口", "为12月30日的数字"]


def test_in_english() -> None:
    found = document(2024, [year_of(MZ_WEIBO, ledger(*LAPSED))], YEAR, ENGLISH, AFTER)
    text = year_text(found, ENGLISH)
    assert "  over the limit: 1 Feb 2024 to 22 Feb 2024, 21 days\n" in text
