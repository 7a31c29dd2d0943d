"""What changed from version to version of a year is said by account, with what became known."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from monitor.reports.year.comparing import compared, reasons
from monitor.reports.year.later import later
from monitor.reports.year.text import changes_of, year_text
from monitor.store.base import Store
from tests.report_values import AFTER, CHINESE, imported
from tests.reports.year.test_reporting import reporting, the_year

DAY = timedelta(days=1)
POST = {
    "published_at": "2024-05-05T05:05:00+08:00",
    "kind": "original",
    "counted": True,
    "title": "五一假期办事提示",
    "url": "",
    "key": "k",
    "deleted_at": None,
}
IMPORT = {"id": 2, "file": "补录.csv", "imported_at": "2025-01-10T09:00:00+08:00", "posts": 1}
GAP = {"from": "2024-02-01T00:00:00+08:00", "to": "2024-02-03T00:00:00+08:00", "reason": "not_read"}
PROOF: dict[str, Any] = {
    "months": [],
    "undated": [],
    "gaps": [],
    "imports": [],
    "rules": [],
    "count_reposts": True,
    "counters": {"start": None, "end": None},
}


def month(**post: Any) -> dict[str, Any]:
    return {**PROOF, "months": [{"month": "2024-05", "list": [{**POST, **post}]}]}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (PROOF, {**PROOF, "imports": [IMPORT]}, "2025年1月10日（周五）09:00导入了补录.csv，共1条"),
        ({**PROOF, "imports": [IMPORT]}, PROOF, "撤回了导入#2"),
        (PROOF, month(), "新查明1条：5月5日“五一假期办事提示”"),
        (month(), PROOF, "不再计入1条：5月5日“五一假期办事提示”"),
        (month(), month(deleted_at="2025-01-01T00:00:00+08:00"), "已被删除1条"),
        (month(), month(kind="repost", counted=False), "改变日期或计法1条"),
        ({**PROOF, "gaps": [GAP]}, PROOF, "补上缺口1处"),
        (PROOF, {**PROOF, "gaps": [GAP]}, "发现缺口1处"),
        (PROOF, {**PROOF, "counters": {"start": None, "end": {"day": "x"}}}, "粉丝数"),
        (PROOF, {**PROOF, "rules": [{"limit_days": 7}]}, "适用的规则有变"),
        (PROOF, {**PROOF, "exceptions": [{}]}, "报备有变"),
    ],
    ids=[
        "an import",
        "an import that was taken back",
        "a post that was found",
        "a post that fell out",
        "a post that was deleted",
        "a post of another kind",
        "a gap that was closed",
        "a gap that was found",
        "followers",
        "a rule",
        "an agreed silence",
    ],
)
def test_why_figures_differ_is_said(
    before: Mapping[str, Any], after: Mapping[str, Any], said: str
) -> None:
    assert said in "；".join(later(before, after, CHINESE))


def test_the_same_evidence_says_nothing() -> None:
    assert later(month(), month(), CHINESE) == []


@pytest.mark.long
def test_a_version_names_what_changed_and_why(sqlite_store: Store) -> None:
    the_year(sqlite_store)
    desk = reporting(sqlite_store)
    desk.freeze(2024, AFTER)
    assert compared(desk, sqlite_store, 2024, AFTER) == []
    sqlite_store.imports.add([imported("2024-05-05T05:05")], [], "补录.csv", AFTER + DAY)
    [draft] = compared(desk, sqlite_store, 2024, AFTER + DAY)
    assert not draft["frozen"]
    why = reasons(desk, sqlite_store, draft, AFTER + DAY, CHINESE)
    assert any("导入了补录.csv" in line for line in why["weibo-mz"])

    second = json.loads(desk.freeze(2024, AFTER + DAY).document)
    [found] = compared(desk, sqlite_store, 2024, AFTER + 2 * DAY)
    assert (found, reasons(desk, sqlite_store, found, AFTER, CHINESE)) == (second, why)
    text = year_text(second, CHINESE, why)
    assert "原因：" in text
    assert "“鞍山民政”微博 发布量：284→285" in text
    [account, total] = changes_of(second, CHINESE)
    assert (account[0], ("发布量", "284", "285") in account[2]) == ("weibo-mz", True)
    assert (total[0], [found[1:] for found in total[2]]) == ("", [("532", "533")])
