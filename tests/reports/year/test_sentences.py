"""The sentences of an annual report: exact where the ledger is, cautious where it is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.ledger.coverage import Gap, GapReason
from monitor.ledger.judgement import Judged
from monitor.ledger.lapses import Lapse, Quiet
from monitor.ledger.totals import Followers, Level, Totals
from monitor.model import Account
from monitor.reports.wording import gaps_worded, percent
from monitor.reports.year.figures import AccountYear
from monitor.reports.year.sentences import sections
from tests.report_values import (
    AFTER,
    CHINESE,
    DAY,
    ENGLISH,
    FORTNIGHT,
    MZ_WECHAT,
    MZ_WEIBO,
    YEAR,
    at,
)

NOBODY = Followers(None, None, None)
NOTHING = Totals(
    posts=0,
    originals=0,
    reposts=0,
    articles=0,
    pushes=0,
    deleted=0,
    undated=0,
    active_days=0,
    gaps=(),
    longest_gap=None,
    lapses=(),
    days_in_breach=0,
    followers=NOBODY,
)
KEPT, NOT_JUDGED = Judged.KEPT, Judged.NOT_JUDGED
NINE_DAYS = Quiet(9, date(2024, 10, 1), date(2024, 10, 10))
FIVE_DAYS = Quiet(5, date(2024, 5, 1), date(2024, 5, 6))
FEBRUARY = Lapse(at("2024-02-02T10:00"), at("2024-02-19T16:00"), 17, at("2024-02-16T10:00"))
APRIL = Gap(at("2024-04-03T08:00"), at("2024-04-05T09:00"), GapReason.UNREADABLE)


def weibo(**figures: object) -> AccountYear:
    usual = replace(NOTHING, posts=284, originals=284, longest_gap=NINE_DAYS, judged=KEPT)
    if figures.get("lapses"):
        usual = replace(usual, judged=Judged.LAPSED)
    return told(MZ_WEIBO, replace(usual, **figures))  # type: ignore[arg-type]


def wechat(**figures: object) -> AccountYear:
    usual = replace(
        NOTHING, posts=248, articles=248, pushes=107, longest_gap=NINE_DAYS, judged=KEPT
    )
    return told(MZ_WECHAT, replace(usual, **figures))  # type: ignore[arg-type]


def told(account: Account, found: Totals) -> AccountYear:
    return AccountYear(account, found, (0,) * 12, FORTNIGHT, refused="unknown_before")


def platforms(*accounts: AccountYear, now: object = AFTER) -> tuple[str, ...]:
    return sections(2024, accounts, YEAR, CHINESE, now)[0].sentences  # type: ignore[arg-type]


def problems(*accounts: AccountYear, now: object = AFTER) -> tuple[str, ...]:
    return sections(2024, accounts, YEAR, CHINESE, now)[1].sentences  # type: ignore[arg-type]


BOTH = "由专人负责维护“鞍山民政”微博、“鞍山民政”微信公众号两个政务新媒体账号，2024年"


UNSEEN: dict[str, object] = {
    "posts": 0,
    "originals": 0,
    "articles": 0,
    "pushes": 0,
    "longest_gap": None,
    "known": False,
    "gaps": (Gap(YEAR.start, YEAR.end, GapReason.NOT_WATCHED),),
    "lapses": (),
    "judged": Judged.NOT_JUDGED,
}


@pytest.mark.parametrize(
    ("accounts", "published", "quiet"),
    [
        pytest.param(
            [weibo(**UNSEEN), wechat(**UNSEEN)],
            ("“鞍山民政”微博、“鞍山民政”微信公众号2024年的发布情况尚无数据，待核实。",),
            (
                "“鞍山民政”微博2024年是否发生超过两周不更新的情况尚无数据，待核实。",
                "“鞍山民政”微信公众号2024年是否发生超过两周不更新的情况尚无数据，待核实。",
            ),
            id="neither was watched",
        ),
        pytest.param(
            [weibo(), wechat(**UNSEEN)],
            (
                "由专人负责维护“鞍山民政”微博，2024年发布信息284条。",
                "“鞍山民政”微信公众号2024年的发布情况尚无数据，待核实。",
            ),
            (
                "年内“鞍山民政”微博未发生超过两周不更新的情况，最长更新间隔9天（10月1日至10日）。",
                "“鞍山民政”微信公众号2024年是否发生超过两周不更新的情况尚无数据，待核实。",
            ),
            id="one of two was",
        ),
        pytest.param(
            [wechat(**UNSEEN)] * 8,
            (
                "、".join(["“鞍山民政”微信公众号"] * 6)
                + "等8个账号2024年的发布情况尚无数据，待核实。",
            ),
            ("有8个账号数据不全，尚不能判断，待核实。",),
            id="none of many was",
        ),
    ],
)
def test_of_a_year_that_nobody_watched_no_number_is_said(
    accounts: list[AccountYear], published: tuple[str, ...], quiet: tuple[str, ...]
) -> None:
    assert (platforms(*accounts), problems(*accounts)) == (published, quiet)


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        pytest.param(
            [weibo(), wechat()],
            f"{BOTH}分别发布信息284条、248条，合计532条。",
            id="two accounts have two numbers",
        ),
        pytest.param(
            [weibo(originals=227, reposts=57), wechat()],
            f"{BOTH}分别发布信息284条（其中原创227条）、248条，合计532条。",
            id="originals among them",
        ),
        pytest.param(
            [replace(weibo(posts=227, originals=227, reposts=57), count_reposts=False), wechat()],
            f"{BOTH}分别发布信息227条（转发57条未计入）、248条，合计475条。",
            id="reposts that do not count",
        ),
        pytest.param(
            [weibo(gaps=(APRIL,)), wechat()],
            f"{BOTH}分别发布信息不少于284条、248条，合计不少于532条。",
            id="F42: a gap makes a lower bound",
        ),
        pytest.param(
            [weibo(), wechat(undated=1)],
            f"{BOTH}分别发布信息284条、不少于248条，合计不少于532条。",
            id="a post without a date too",
        ),
        pytest.param(
            [wechat()],
            "由专人负责维护“鞍山民政”微信公众号，2024年发布信息248条。",
            id="one account",
        ),
        pytest.param(
            [weibo(), weibo(), weibo(), wechat(), wechat(), wechat(), wechat()],
            "共维护政务新媒体账号7个，2024年发布信息1844条，其中微博3个、852条、微信公众号4个、992条。",
            id="many accounts are summed up",
        ),
    ],
)
def test_what_was_published(accounts: Sequence[AccountYear], expected: str) -> None:
    assert platforms(*accounts)[0] == expected


def test_a_year_that_is_not_over_says_up_to_when() -> None:
    said = platforms(weibo(), wechat(), now=at("2024-11-25T09:00"))
    assert said[0].startswith(f"{BOTH}（截至11月25日）分别发布信息")


def test_organisations_are_told_apart_and_portals_left_out() -> None:
    other = replace(
        weibo(), account=replace(MZ_WEIBO, name="海城民政", organisation="海城市民政局")
    )
    portal = replace(weibo(), account=replace(MZ_WEIBO, platform="website"))
    assert platforms(weibo(), other, portal) == (
        "鞍山市民政局：由专人负责维护“鞍山民政”微博，2024年发布信息284条。",
        "海城市民政局：由专人负责维护“海城民政”微博，2024年发布信息284条。",
    )
    assert platforms(portal) == ()


def level(value: int, on: date, exact: bool = True) -> Level:
    return Level(value, on, exact)


EVE, LAST = date(2023, 12, 31), date(2024, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(
            level(4877, EVE),
            level(7959, LAST),
            "“鞍山民政”微信公众号关注数由年初的4877人增至年底的7959人，增加3082人，较年初增长63.2%。",
            id="growth is of the number at the start, not of the end",
        ),
        pytest.param(
            level(7959, EVE),
            level(4877, LAST),
            "“鞍山民政”微信公众号关注数由年初的7959人减至年底的4877人，减少3082人，较年初下降38.7%。",
            id="fewer",
        ),
        pytest.param(
            level(4900, date(2024, 3, 5), exact=False),
            level(7900, date(2024, 12, 20), exact=False),
            "“鞍山民政”微信公众号关注数由3月5日的4900人增至12月20日的7900人，增加3000人，"
            "较3月5日增长61.2%。",
            id="counts of other days name them",
        ),
        pytest.param(
            level(4700, date(2023, 11, 30), exact=False),
            level(7959, LAST),
            "“鞍山民政”微信公众号关注数由2023年11月30日的4700人增至年底的7959人，增加3259人，"
            "较2023年11月30日增长69.3%。",
            id="a count of an earlier year names it",
        ),
        pytest.param(
            level(4877, EVE),
            level(4877, LAST),
            "“鞍山民政”微信公众号关注数年初为4877人，年底为4877人。",
            id="as many",
        ),
        pytest.param(
            level(0, EVE),
            level(59, LAST),
            "“鞍山民政”微信公众号关注数年初为0人，年底为59人。",
            id="nothing is a percentage of 0",
        ),
        pytest.param(
            None, level(7959, LAST), "“鞍山民政”微信公众号年底关注数为7959人。", id="the end only"
        ),
        pytest.param(
            level(7959, date(2024, 6, 1), exact=False),
            level(7959, date(2024, 6, 1), exact=False),
            "“鞍山民政”微信公众号6月1日关注数为7959人。",
            id="one count is no growth",
        ),
    ],
)
def test_followers(start: Level | None, end: Level, expected: str) -> None:
    assert platforms(wechat(followers=Followers(start, end, None)))[1:] == (expected,)


def test_nothing_is_said_of_followers_that_nobody_counted() -> None:
    assert len(platforms(wechat(followers=Followers(level(4877, EVE), None, None)))) == 1


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(260, "发布信息比上年的260条增加24条，增长9.2%。", id="more"),
        pytest.param(300, "发布信息比上年的300条减少16条，下降5.3%。", id="fewer"),
        pytest.param(284, "发布信息数量与上年持平。", id="as many"),
    ],
)
def test_year_on_year(before: int, expected: str) -> None:
    one = replace(weibo(), before=before, refused=None)
    assert platforms(one)[1:] == (f"“鞍山民政”微博{expected}",)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(replace(weibo(), before=260, refused="incomplete"), id="a gap this year"),
        pytest.param(replace(weibo(), before=260, refused="incomplete_before"), id="or before"),
        pytest.param(replace(weibo(), before=None), id="nothing known of the year before"),
        pytest.param(replace(weibo(), before=0, refused=None), id="nothing published then"),
    ],
)
def test_year_on_year_is_refused(one: AccountYear) -> None:
    assert len(platforms(one)) == 1


def test_a_year_that_is_not_over_is_not_held_against_a_whole_one() -> None:
    one = replace(weibo(), before=260, refused=None)
    assert len(platforms(one, now=at("2024-11-25T09:00"))) == 1


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(
            weibo(),
            ("年内“鞍山民政”微博未发生超过两周不更新的情况，最长更新间隔9天（10月1日至10日）。",),
            id="without a lapse",
        ),
        pytest.param(
            replace(weibo(), limit=timedelta(days=7)),
            ("年内“鞍山民政”微博未发生超过一周不更新的情况，最长更新间隔9天（10月1日至10日）。",),
            id="the limit is named: a week",
        ),
        pytest.param(
            replace(weibo(), limit=timedelta(days=10)),
            ("年内“鞍山民政”微博未发生超过10天不更新的情况，最长更新间隔9天（10月1日至10日）。",),
            id="the limit is named: ten days",
        ),
        pytest.param(
            weibo(longest_gap=Quiet(6, date(2023, 12, 28), date(2024, 1, 3))),
            (
                "年内“鞍山民政”微博未发生超过两周不更新的情况，最长更新间隔6天"
                "（2023年12月28日至1月3日）。",
            ),
            id="a silence that began the year before",
        ),
        pytest.param(
            weibo(longest_gap=Quiet(6, date(2024, 12, 25), None)),
            ("年内“鞍山民政”微博未发生超过两周不更新的情况，最长更新间隔6天。",),
            id="a silence that lasts",
        ),
        pytest.param(
            weibo(longest_gap=None, judged=NOT_JUDGED),
            ("“鞍山民政”微博年内未发布信息。",),
            id="no post",
        ),
        pytest.param(
            weibo(gaps=(APRIL,), ever_posted=True),
            ("年内“鞍山民政”微博未发生超过两周不更新的情况。",),
            id="kept, whatever lies in the gap; the longest time is not known",
        ),
        pytest.param(
            weibo(ever_posted=True, judged=NOT_JUDGED),
            ("根据现有数据，尚不能确认“鞍山民政”微博2024年是否发生超过两周不更新的情况，待核实。",),
            id="nothing is known of the time before",
        ),
        pytest.param(
            weibo(gaps=(APRIL,), ever_posted=True, judged=NOT_JUDGED),
            (
                "“鞍山民政”微博在有数据的时段未发现超过两周不更新的情况；4月3日至5日数据缺失，"
                "不作判断。",
            ),
            id="with a gap nothing is claimed of it",
        ),
        pytest.param(
            replace(weibo(lapses=(FEBRUARY,)), after_lapses=FIVE_DAYS),
            (
                "“鞍山民政”微博2月2日至19日共17天未更新，发生超过两周不更新的情况。",
                "此后最长更新间隔5天，年内未再次发生此类问题。",
            ),
            id="a lapse, and what came after",
        ),
        pytest.param(
            replace(weibo(lapses=(FEBRUARY,), gaps=(APRIL,)), after_lapses=FIVE_DAYS),
            ("“鞍山民政”微博2月2日至19日共17天未更新，发生超过两周不更新的情况。",),
            id="a lapse, and a gap after it: nothing is claimed",
        ),
        pytest.param(
            weibo(
                lapses=(FEBRUARY,),
                gaps=(replace(APRIL, start=at("2024-02-08"), end=at("2024-02-09")),),
            ),
            (
                "“鞍山民政”微博2月2日至19日共17天未更新，发生超过两周不更新的情况"
                "（其间有数据缺口，待核实）。",
            ),
            id="a lapse that may be none",
        ),
        pytest.param(
            weibo(lapses=(replace(FEBRUARY, began_at=at("2024-12-10"), ended_at=None, days=22),)),
            ("“鞍山民政”微博自12月10日起至统计截止时共22天未更新，发生超过两周不更新的情况。",),
            id="a lapse that lasts",
        ),
        pytest.param(
            weibo(
                lapses=(
                    replace(
                        FEBRUARY, began_at=at("2024-12-10"), ended_at=at("2025-01-03"), days=24
                    ),
                )
            ),
            ("“鞍山民政”微博12月10日至2025年1月3日共24天未更新，发生超过两周不更新的情况。",),
            id="a lapse that ended in the next year",
        ),
    ],
)
def test_what_is_said_of_lapses(one: AccountYear, expected: tuple[str, ...]) -> None:
    assert problems(one) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        pytest.param(3082, 4877, "63.2", id="63.19… is 63.2"),
        pytest.param(-29, 100, "29.0", id="without a sign, with its decimal"),
        pytest.param(1, 16, "6.3", id="6.25 is rounded up"),
        pytest.param(1, 3, "33.3", id="a third"),
        pytest.param(0, 5, "0.0", id="nothing"),
    ],
)
def test_percentages_are_rounded_half_up_to_one_decimal(
    part: int, whole: int, expected: str
) -> None:
    assert percent(part, whole) == expected


def test_nothing_is_a_percentage_of_0() -> None:
    with pytest.raises(ZeroDivisionError):
        percent(1, 0)


def test_of_many_gaps_the_longest_are_named() -> None:
    found = [
        replace(APRIL, start=at(f"2024-0{n}-01T08:00"), end=at(f"2024-0{n}-01T08:00") + n * DAY)
        for n in range(1, 6)
    ]
    assert gaps_worded(found, 2024, CHINESE) == "3月1日至4日、4月1日至5日、5月1日至6日等5个时段"
    midnight = [replace(APRIL, start=at("2024-03-01"), end=at("2024-03-02"))]
    assert gaps_worded(midnight, 2024, CHINESE) == "3月1日"


def test_the_places_in_the_report() -> None:
    headings = [s.heading for s in sections(2024, [weibo()], YEAR, CHINESE, AFTER)]
    assert headings == ["一、（四）政府信息公开平台建设", "五、存在的主要问题及改进情况"]


def test_in_english() -> None:
    said = sections(2024, [weibo(), wechat()], YEAR, ENGLISH, AFTER)[0].sentences
    assert said == (
        "Dedicated staff maintain two accounts, “鞍山民政” Weibo, “鞍山民政” WeChat; in 2024 they "
        "published 284 posts, 248 posts respectively, 532 posts in all.",
    )
