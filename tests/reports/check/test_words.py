"""Findings in words: every sentence has its Chinese, and JSON keeps its shape."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from monitor.reports.check import as_json, as_text, check
from monitor.reports.check.findings import Finding, Severity, listed, render, say
from tests.reports.check.papers import CIVIL_AFFAIRS, PUBLISHED

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = ROOT / "alerts/locale/zh_CN/LC_MESSAGES"
SHARED = {", "}  # what other sentences say too stands in one catalogue, not in this one


def catalogue(name: str = "check.po") -> dict[str, str]:
    with (CATALOGUES / name).open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def spoken() -> set[str]:
    """Return every message id that the rules can say."""
    calls = [
        node
        for path in (ROOT / "monitor/reports/check").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "text")
    ]
    firsts = [call.args[0] for call in calls if call.args]
    return {a.value for a in firsts if isinstance(a, ast.Constant) and isinstance(a.value, str)}


OWN = catalogue()
CHINESE = OWN | {msgid: catalogue("alerts.po")[msgid] for msgid in SHARED}


def test_every_sentence_has_its_chinese_and_none_is_left_over() -> None:
    assert set(CHINESE) == spoken()
    assert set(OWN) & SHARED == set()


@pytest.mark.parametrize("msgid", CHINESE)
def test_a_translation_keeps_the_places(msgid: str) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert CHINESE[msgid]
    assert places(CHINESE[msgid]) == places(msgid)


def test_the_growth_in_chinese() -> None:
    found = as_json(check(PUBLISHED.document(), 2024), CHINESE.__getitem__)[0]
    assert found == {
        "rule": "growth",
        "severity": "error",
        "where": "第一部分第9段",
        "said": "「微信公众号关注数由年初的4877人提升至年底的7959人，增幅达40%」",
        "expected": "63.2%",
        "why": "7959-4877=3082，按基数4877计算为63.2%；文中数字接近38.7%，"
        "即占期末数7959的比例，不是增幅",
    }


def test_the_text_for_people_counts_what_it_lists() -> None:
    text = as_text(check(PUBLISHED.document(), 2024), CHINESE.__getitem__)
    assert text.startswith("【错误】第一部分第9段（growth）\n  原文：")
    assert text.endswith("错误2处，提示5处，待核0处")
    assert text.count("理由：") == 7


def test_a_correct_report_is_told_in_one_line() -> None:
    found = check(CIVIL_AFFAIRS.document(), 2025)
    assert as_text(found, CHINESE.__getitem__) == "未发现问题。"


def test_a_quotation_with_braces_is_quoted_as_it_stands() -> None:
    finding = Finding(
        "r", Severity.ERROR, "{where}", say("at least {number}", number="{x}"), "", ""
    )
    assert as_json([finding])[0]["said"] == "at least {x}"


def test_lists_are_told_one_after_another() -> None:
    assert render(listed(["a", say("opening")]), CHINESE.__getitem__) == "a、开头部分"


def test_every_rule_is_documented() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "monitor/reports/check/rules").glob("*.py")
    )
    named = set(re.findall(r'(?:Finding|_finding)\(\s*"([a-z0-9-]+)"', source))
    documented = set(
        re.findall(r"`([a-z0-9-]+)`", (ROOT / "docs/report-check.md").read_text(encoding="utf-8"))
    )
    assert named - documented == set()
    assert len(named) > 40
