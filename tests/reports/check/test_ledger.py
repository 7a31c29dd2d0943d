"""What the report says of its accounts against the ledger, another paper and last year."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.reports.check import (
    AccountFigures,
    DeclaredFigures,
    Figures,
    LapseFigure,
    as_json,
    check,
    previous_of,
)
from tests.reports.check.papers import CIVIL_AFFAIRS, quiet

LAPSE = LapseFigure(date(2024, 2, 1), date(2024, 2, 18), 17)
WEIBO = AccountFigures(
    "鞍山民政",
    "weibo",
    posts=284,
    originals=200,
    reposts=84,
    complete=True,
    all_lapses=True,
    longest_gap=6,
)
WECHAT = AccountFigures(
    "鞍山民政",
    "wechat",
    posts=248,
    articles=248,
    pushes=120,
    complete=True,
    all_lapses=True,
    followers_start=4877,
    followers_end=7959,
    longest_gap=5,
)
SILENT = replace(WEIBO, lapses=(LAPSE,), longest_gap=17)
LEDGER = Figures(2024, (WEIBO, WECHAT))
LAPSED = Figures(2024, (SILENT, WECHAT))
GAPPY = Figures(
    2024, tuple(replace(one, complete=False, all_lapses=False) for one in (WEIBO, WECHAT))
)
MISSES = "lapse-unreported"

Found = tuple[str, str, str]


def found(sentence: str, figures: Figures) -> list[Found]:
    """Return (rule, severity, expected) of a correct report of 2024 that says *sentence*."""
    paper = quiet("鞍山市民政局2024年政府信息公开工作年度报告", 2024, "（一）平台建设。", sentence)
    findings = as_json(check(paper.document(), 2024, figures))
    return [(f["rule"], f["severity"], f["expected"]) for f in findings]


@pytest.mark.parametrize(
    "sentence",
    [
        "“鞍山民政”微博、“鞍山民政”微信公众号分别发布信息284条、248条。",
        "微博发布信息284条，其中原创200条，转发84条；微信公众号发布文章248篇。",
        "官方微博、微信公众号共发布信息532条。",
        "政务新媒体发布信息532条。",
        "微信公众号关注数由年初的4877人增至年底的7959人。",
        "“鞍山发布”微博发布信息9000条。",
        "“鞍山民政”抖音号发布信息12条。",
        "全年最长更新间隔6天。",
        "全年未发生超过两周不更新的情况。",
        "按照超过两周未更新即通报的规定，每周检查账号。",
    ],
)
def test_what_the_ledger_bears_out_is_left_in_peace(sentence: str) -> None:
    assert found(sentence, LEDGER) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("微博发布信息285条。", ("ledger-posts", "error", "284")),
        ("微博发布信息284条，其中转发94条。", ("ledger-posts", "error", "84")),
        ("“鞍山民政”微信公众号发布信息120次推送共120条。", ("ledger-posts", "warning", "248")),
        ("政务新媒体发布信息530条。", ("ledger-posts", "warning", "532")),
        ("微博、微信公众号分别发布信息248条、248条。", ("ledger-posts", "error", "284")),
        ("微博发布信息200余条。", ("rounded", "warning", "284")),
        ("微信公众号关注数达7900余人。", ("rounded", "warning", "7959")),
        ("微信公众号关注数达8959人。", ("ledger-followers", "warning", "7959")),
        ("全年最长更新间隔13天。", ("longest-gap", "error", "6 days")),
        (
            "“鞍山民政”微博在2024年2月发生超过两周不更新的情况。",
            ("lapse-unknown", "error", "no such silence"),
        ),
    ],
)
def test_what_the_ledger_contradicts_is_found(sentence: str, expected: Found) -> None:
    assert found(sentence, LEDGER) == [expected]


def test_the_ledger_says_how_totals_fall_apart() -> None:
    sentence = "“鞍山民政”微博、“鞍山民政”微信公众号两个账号分别发布信息28417条。"
    figures = Figures(2024, (replace(WEIBO, posts=2841), replace(WECHAT, posts=7)))
    assert found(sentence, figures) == [("respectively", "error", "2841、7 (sum 2848)")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("微博发布信息284条。", [], id="as many as were seen"),
        pytest.param("微博发布信息300条。", [], id="more, as gaps allow"),
        pytest.param(
            "微博发布信息280条。",
            [("ledger-posts", "error", "at least 284")],
            id="fewer than were seen",
        ),
        pytest.param(
            "微博发布信息2840条。",
            [("ledger-posts", "unsure", "at least 284")],
            id="far more than gaps explain",
        ),
        pytest.param("微博发布信息200余条。", [], id="rounded, and the ledger is not exact"),
        pytest.param("微博在2024年2月发生超过两周不更新的情况。", [], id="a silence in a gap"),
        pytest.param("全年最长更新间隔13天。", [], id="the longest gap is not known"),
    ],
)
def test_a_ledger_with_gaps_gives_lower_bounds(sentence: str, expected: list[Found]) -> None:
    assert found(sentence, GAPPY) == expected


SILENCE = "鞍山民政 (微博): 2024-02-01 to 2024-02-18, 17 days"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "“鞍山民政”新浪微博在2024年2月发生超过两周不更新的情况。此后年内未再次发生过此类问题。",
            [],
            id="confessed, and nothing after it",
        ),
        pytest.param("“鞍山民政”微博2月1日至2月18日共17天未更新。", [], id="to the day"),
        pytest.param("“鞍山民政”微博2月2日至2月17日共16天未更新。", [], id="days without a post"),
        pytest.param(
            "“鞍山民政”微博2月1日至2月18日共20天未更新。",
            [("lapse-days", "error", SILENCE)],
            id="another number of days",
        ),
        pytest.param(
            "“鞍山民政”微博2月3日至2月25日未更新。",
            [("lapse-dates", "warning", SILENCE)],
            id="other dates",
        ),
        pytest.param(
            "“鞍山民政”微博在2024年4月发生超过两周不更新的情况。",
            [("lapse-unknown", "error", SILENCE)],
            id="another month",
        ),
        pytest.param(
            "“鞍山民政”微信公众号在2024年2月发生超过两周不更新的情况。",
            [("lapse-unknown", "error", "no such silence")],
            id="another account",
        ),
        pytest.param(
            "年内未发生超过两周不更新的情况。",
            [("lapse-denied", "error", SILENCE)],
            id="denied",
        ),
        pytest.param("微信公众号未发生超过两周不更新的情况。", [], id="denied of another account"),
        pytest.param("加强账号管理。", [(MISSES, "warning", SILENCE)], id="not mentioned"),
        pytest.param(
            "坚决避免超过两周不更新的情况。",
            [(MISSES, "warning", SILENCE)],
            id="an intention is no statement",
        ),
    ],
)
def test_silences_are_told_as_the_ledger_has_them(sentence: str, expected: list[Found]) -> None:
    assert found(sentence, LAPSED) == expected


def test_a_later_silence_makes_never_again_untrue() -> None:
    later = LapseFigure(date(2024, 9, 1), date(2024, 9, 20), 19)
    figures = Figures(2024, (replace(WEIBO, lapses=(LAPSE, later)), WECHAT))
    sentence = "“鞍山民政”微博在2024年2月发生超过两周不更新的情况，此后年内未再次发生此类问题。"
    split = sentence.replace("，此后", "。此后")
    again = "鞍山民政 (微博): 2024-09-01 to 2024-09-20, 19 days"
    assert found(split, figures) == [("lapse-denied", "error", again)]


def test_another_paper_of_the_year_must_say_the_same() -> None:
    form = DeclaredFigures("鞍山民政", "wechat", "政府网站工作年度报表", posts=248, followers=7959)
    figures = Figures(2024, declared=(form,))
    assert found("微信公众号发布信息248条，订阅数为7959个。", figures) == []
    assert found("微信公众号发布信息250条，订阅数为7960个。", figures) == [
        ("declared", "warning", "248"),
        ("declared", "warning", "7959"),
    ]


# ---------------------------------------------------------------- last year's report

LAST_YEAR = previous_of(CIVIL_AFFAIRS.document())


def next_year(**changes: object) -> list[tuple[str, str, str]]:
    """Return what is found in a report of 2026 that follows on CIVIL_AFFAIRS."""
    paper = quiet(
        "某市民政局2026年政府信息公开工作年度报告",
        2026,
        "2026年，微信公众号发布信息700条，围绕养老、救助和儿童福利三项工作逐项说明进展。",
        requests={
            "carried_in": ("4", "1", "0", "0", "0", "0", "5"),
            "granted": ("4", "1", "0", "0", "0", "0", "5"),
            "total": ("4", "1", "0", "0", "0", "0", "5"),
        },
        disclosed=("1", "2", "6", "0", "0", "0", "0"),
    ).but(problems=("一是公开渠道还需拓宽。", "将加强学习。"))
    findings = check(paper.but(**changes).document(), 2026, Figures(2026, previous=LAST_YEAR))
    return [(f["rule"], f["where"], f["expected"]) for f in as_json(findings)]


def test_a_report_that_follows_on_last_year_s_is_left_in_peace() -> None:
    assert next_year() == []


def test_what_was_carried_over_must_arrive() -> None:
    row = ("5", "0", "0", "0", "0", "0", "5")
    place = "table 三, row “二、上年结转政府信息公开申请数量”, column “{}”"
    assert next_year(requests={"carried_in": row, "granted": row, "total": row}) == [
        ("carried-over", place.format("自然人"), "4"),
        ("carried-over", place.format("商业企业"), "1"),
    ]


def test_documents_in_force_follow_from_last_year_s() -> None:
    assert next_year(disclosed=("1", "2", "7", "0", "0", "0", "0")) == [
        ("in-force", "table 二, row “行政规范性文件”", "7 + 1 - 2 = 6")
    ]


def test_the_unit_stays_the_same() -> None:
    assert next_year(overview=("2026年，微信公众号发布信息700篇。",)) == [
        ("unit", "section 一, paragraph 1", "条")
    ]


def test_last_year_s_text_is_recognised_whatever_its_numbers() -> None:
    copied = tuple(
        text.replace("2025年", "2026年").replace("8551", "9551").replace("853", "953")
        for text in CIVIL_AFFAIRS.overview
    )
    places = [(rule, where) for rule, where, _ in next_year(overview=copied)]
    assert ("copied", "section 一") in places


def test_one_paragraph_kept_is_only_doubted() -> None:
    kept = CIVIL_AFFAIRS.overview[1].replace("853", "863").replace("651条", "661条")
    overview = ("2026年，我局以服务群众为中心推进公开，" * 12, kept)
    found_rules = [(rule, where) for rule, where, _ in next_year(overview=overview)]
    assert ("copied", "section 一, paragraph 2") in found_rules


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "2025年收到政府信息公开申请41件。",
            [("previous-figure", "section 一, paragraph 1", "40")],
        ),
        ("上年主动公开政府信息800条。", [("previous-figure", "section 一, paragraph 1", "853")]),
        ("上年收到政府信息公开申请40件。", []),
        ("2025年、2026年分别收到政府信息公开申请40件、0件。", []),
    ],
)
def test_last_year_s_numbers_are_quoted_as_they_were(
    sentence: str, expected: list[tuple[str, str, str]]
) -> None:
    told = [f for f in next_year(overview=(sentence,)) if f[0] != "year-body"]
    assert told == expected


def test_the_other_accounts_are_those_that_were_not_named() -> None:
    confessed = "“鞍山民政”微博2月1日至18日共17天未更新。"
    others = "年内其余账号未发生超过两周不更新的情况。"
    assert found(confessed + others, LAPSED) == []
    silent = Figures(2024, (SILENT, replace(WECHAT, lapses=(LAPSE,), longest_gap=17)))
    assert [one[0] for one in found(confessed + others, silent)] == ["lapse-denied"]


def test_a_silence_that_the_ledger_may_have_missed_is_not_denied() -> None:
    """All of the year was seen, but not what the account did before it."""
    sentence = "“鞍山民政”微博在2024年1月发生超过两周不更新的情况。"
    unsure = replace(WEIBO, all_lapses=False)
    assert [one[0] for one in found(sentence, LEDGER)] == ["lapse-unknown"]
    assert found(sentence, Figures(2024, (unsure, WECHAT))) == []


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        pytest.param(SILENT, [("lapse-count", "error", f"1: {SILENCE}")], id="all was seen"),
        pytest.param(
            replace(SILENT, complete=False, all_lapses=True),
            [("lapse-count", "error", f"1: {SILENCE}")],
            id="what was not seen is too short for another",
        ),
        pytest.param(
            replace(SILENT, complete=False, all_lapses=False), [], id="another may have been unseen"
        ),
    ],
)
def test_the_number_of_silences_is_the_ledger_s(
    account: AccountFigures, expected: list[Found]
) -> None:
    sentence = "“鞍山民政”微博2月起先后两次出现超过两周未更新的情况。"
    assert found(sentence, Figures(2024, (account, WECHAT))) == expected
