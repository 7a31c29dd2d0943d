"""The same facts in other words of the field: found if they are wrong, left in peace if not."""

import pytest

from monitor.reports.check import Severity, as_json, check
from tests.reports.check.papers import CIVIL_AFFAIRS, quiet, seven
from tests.reports.check.test_ledger import GAPPY, LAPSED, LEDGER, SILENCE, Found, found

ASKED = {
    row: seven(30, 7, 0, 0, 0, 0) if row != "carried_in" else seven(0, 0, 0, 0, 0, 0)
    for row in ("new", "granted", "total", "carried_in")
}


def of_requests(sentence: str) -> list[Found]:
    """Return what is surely wrong with *sentence* where 30 people and 7 firms asked."""
    paper = quiet(
        "某局2024年政府信息公开工作年度报告", 2024, "（二）依申请公开。", sentence, requests=ASKED
    )
    told = [f for f in check(paper.document(), 2024) if f.severity is not Severity.UNSURE]
    return [(f["rule"], f["severity"], f["expected"]) for f in as_json(told)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("新收政府信息公开申请37件，自然人占81.1%。", []),
        ("新收政府信息公开申请37件，其中自然人约占八成，法人占18.9%。", []),
        ("新收政府信息公开申请37件，自然人占90%。", [("rate", "error", "81.1%")]),
        ("新收政府信息公开申请37件，法人占两成八。", [("rate", "error", "18.9%")]),
        ("公开信息845条，其中政务新媒体532条，占六成三。", []),
        ("公开信息845条，其中政务新媒体532条，占六成八。", [("rate", "error", "62.96%")]),
        ("公开信息845条，其中政务新媒体532条，占比超过六成。", []),
        ("公开信息845条，其中政务新媒体532条，占比超过七成。", [("rate", "error", "62.96%")]),
        ("公开信息845条，其中政务新媒体532条，占比近六成。", [("rate", "error", "62.96%")]),
        ("公开信息845条，其中政务新媒体532条，占六成多。", []),
        ("予以公开37件，占办结总数的100%。", []),
        ("予以公开37件，占办结总数的90%。", [("rate", "error", "100.0%")]),
        ("全年未制发行政规范性文件。", []),
        (
            "网站总访问量45.2万人次，比上年（38.1万人次）增长28.6%。",
            [("growth", "error", "18.6%")],
        ),
        (
            "新收政府信息公开申请37件，比上年的32件增长15.6%。其中网上申请21件，信函申请12件，当面申请4件。",
            [],
        ),
    ],
)
def test_shares_and_parts_of_what_was_asked(sentence: str, expected: list[Found]) -> None:
    assert of_requests(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("“鞍山民政”微博全年发博284条；“鞍山民政”公众号发文248篇。", []),
        ("“鞍山民政”微博全年发博294条。", [("ledger-posts", "error", "284")]),
        ("“鞍山民政”微博发布信息284条，原创率70.4%。", []),
        ("“鞍山民政”微博发布信息284条，原创率达七成。", []),
        ("“鞍山民政”微博发布信息284条，原创率超过九成。", [("rate", "error", "70.4%")]),
        (
            "“鞍山民政”微博发布信息284条，原创率达90.6%；“鞍山民政”微信公众号发布信息248条。",
            [("rate", "error", "70.4%")],
        ),
    ],
)
def test_posts_and_originals_the_ledger_knows(sentence: str, expected: list[Found]) -> None:
    assert found(sentence, LEDGER) == expected


def test_a_share_of_originals_is_not_held_against_a_ledger_with_gaps() -> None:
    assert found("“鞍山民政”微博发布信息284条，原创率超过九成。", GAPPY) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全年所有账号无断更情况。", [("lapse-denied", "error", SILENCE)]),
        ("各账号均每周更新。", [("lapse-denied", "error", SILENCE)]),
        ("“鞍山民政”微博2月断更半个多月，其余时间均每周更新。", []),
        ("“鞍山民政”微信公众号均每周更新，“鞍山民政”微博2月出现一次超过两周未更新。", []),
        ("“鞍山民政”微博2月断更，时长两周零三天。", []),
        ("“鞍山民政”微博因账号交接，约两周半没有更新。", []),
        ("“鞍山民政”微博2月1日—18日未及时更新。", []),
        (
            "“鞍山民政”微博两度出现超过两周未更新的情况。",
            [("lapse-count", "error", f"1: {SILENCE}")],
        ),
        ("“鞍山民政”微博最长一次间隔为17天。", []),
        ("“鞍山民政”微博最长一次间隔为13天。", [("longest-gap", "error", "17 days")]),
        ("要求各账号均每周更新。", [("lapse-unreported", "warning", SILENCE)]),
    ],
)
def test_silences_in_other_words(sentence: str, expected: list[Found]) -> None:
    assert found(sentence, LAPSED) == expected


def test_documents_that_were_made_are_not_denied() -> None:
    made = "制发行政规范性文件2件"
    (place,) = [n for n, text in enumerate(CIVIL_AFFAIRS.overview) if made in text]
    said = CIVIL_AFFAIRS.overview[place].replace(made, "未制发行政规范性文件")
    overview = (*CIVIL_AFFAIRS.overview[:place], said, *CIVIL_AFFAIRS.overview[place + 1 :])
    told = as_json(check(CIVIL_AFFAIRS.but(overview=overview).document(), 2025))
    assert [(f["rule"], f["expected"]) for f in told] == [("text-table2", "2")]
