"""The page of reports: what is downloaded, what a draft's check shows, the form of figures."""

import tomllib
from io import BytesIO

import pytest
from docx import Document

from monitor.imports.sheets import sheets
from monitor.reports.year import figures_form
from monitor.reports.year.figures_file import parse_figures, sheet_figures
from monitor.reports.year.reporting import Reporting
from monitor.web.parts import LARGEST_UPLOAD
from tests.report_values import imported
from tests.web.browsing import Browser, seen
from tests.web.site import MONDAY, Office

DRAFT = "鞍山市民政局2024年政府信息公开工作年度报告\n一、总体情况\n全年发布信息九条。"


def test_months_and_years_stand_in_a_list(look: Browser) -> None:
    said = seen(look.see("/reports"))
    for part in ("月报 · 2024", "2024年3月", "2024年1月", "年报", "截至目前"):
        assert part in said
    assert "2024年4月" not in said


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("months/2024-03.docx", b"PK"),
        ("months/2024-03.xlsx", b"PK"),
        ("months/2024-03.txt", b""),
        ("years/2024.docx", b"PK"),
        ("years/2024.xlsx", b"PK"),
        ("years/2024.json", b"{"),
        ("years/2024.txt", b""),
        ("evidence/2024/weibo", b""),
    ],
)
def test_a_report_is_downloaded(look: Browser, path: str, begins: bytes) -> None:
    page = look.see(f"/reports/{path}")
    assert page.status_code == 200
    assert page.content.startswith(begins)
    assert "filename=" in page.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "months/2024-13.docx",
        "months/2024-04.docx",
        "months/2024-03.exe",
        "months/..%2fx",
        "years/2024.exe",
        "years/2024.docx?version=7",
        "years/2024.docx?version=x",
        "evidence/2024/nobody",
        "evidence/x/weibo",
        "figures/x",
    ],
)
def test_what_is_no_report_is_a_calm_page(look: Browser, path: str) -> None:
    page = look.see(f"/reports/{path}")
    assert (page.status_code, "<h1" in page.text) == (404, True)


def test_a_frozen_version_stays_beside_what_is_known_now(office: Office, zhang: Browser) -> None:
    Reporting(office.store, office.rules, office.parts.words).freeze(2023, MONDAY)
    assert "第1版定稿，2024年3月18日" in seen(zhang.see("/reports"))
    assert zhang.see("/reports/years/2023.txt?version=1").status_code == 200


def test_what_changed_since_a_version_is_shown_with_the_reason(
    office: Office, zhang: Browser
) -> None:
    assert zhang.see("/reports/changes/x").status_code == 404
    reporting = Reporting(office.store, office.rules, office.parts.words)
    reporting.freeze(2023, MONDAY)
    assert 'href="/reports/changes/2023"' in zhang.see("/reports").text
    assert "只有一版" in seen(zhang.see("/reports/changes/2023"))
    late = imported("2023-05-05T05:05", "weibo")
    office.store.imports.add([late], [], "<b>补录</b>.csv", MONDAY)
    said = seen(zhang.see("/reports/changes/2023"))
    for part in ("现在所知，与最新一版相比", "发布量", "导入了<b>补录</b>.csv，共1条"):
        assert part in said
    reporting.freeze(2023, MONDAY)
    page = zhang.see("/reports/changes/2023")
    assert ("第2版，与第1版相比" in page.text, "<b>补录" in page.text) == (True, False)
    assert "导入了<b>补录</b>.csv" in zhang.see("/reports/years/2023.txt?version=2").text


def test_a_draft_is_checked_beside_its_passages(look: Browser) -> None:
    page = look.hand_in(
        "/reports/check", "/reports", draft=("草稿.txt", DRAFT.encode()), year="2024"
    )
    said = seen(page)
    assert page.status_code == 200
    for part in ("核查结果 · 草稿.txt", "原文", "应为", "错误"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "content", "year"),
    [
        ("x.exe", b"MZ", "2024"),
        ("x.docx", b"no word", "2024"),
        ("x.pdf", b"%PDF-broken", "2024"),
        ("x.txt", b"", "2024"),
        ("../../x.txt", b" ", "2024"),
        ("x.txt", DRAFT.encode(), "soon"),
    ],
    ids=["a program", "no Word file", "a broken PDF", "nothing", "a way out", "no year"],
)
def test_a_draft_that_is_none_is_said_calmly(
    look: Browser, name: str, content: bytes, year: str
) -> None:
    page = look.hand_in("/reports/check", "/reports", draft=(name, content), year=year)
    assert (page.status_code, "<h1" in page.text) == (422, True)
    assert "/tmp" not in page.text


def test_names_and_contents_of_uploads_are_text(look: Browser) -> None:
    nasty = "<script>alert(1)</script>"
    page = look.hand_in(
        "/reports/check", "/reports", draft=(f"{nasty}.txt", (nasty + DRAFT).encode()), year="2024"
    )
    assert page.status_code == 200
    assert "<script" not in page.text


def test_an_upload_that_is_too_large_is_refused_unread(look: Browser) -> None:
    large = ("x.txt", b"x" * (LARGEST_UPLOAD + 1))
    page = look.hand_in("/reports/check", "/reports", draft=large, year="2024")
    assert (page.status_code, "20MB" in page.text) == (413, True)


def test_without_a_session_nothing_is_checked(shown: Office) -> None:
    with shown.served() as url, Browser(url) as stranger:
        page = stranger.hand_in("/reports/check", "/login", draft=("x.txt", b"x"), year="2024")
    assert page.url.endswith("/login")


FILLED = {
    "organisation": "鞍山市民政局",
    "signed_on": "2025-01-20",
    "disclosed.total": "12",
    "disclosed.by.门户网站": "12",
    "disclosures.normative.0": "3",
    "disclosures.normative.2": "9",
    "disclosures.fees": "1.5",
    "text.opening": "“引言”\n第二段\\",
}


def test_the_form_shows_every_field_of_the_description(look: Browser) -> None:
    page = look.see("/reports/figures/2024")
    for field in figures_form.FIELDS.values():
        if field.key != "year":
            assert all(f'name="{name}"' in page.text for name in figures_form.inputs(field))


def test_form_toml_and_sheet_say_the_same(look: Browser) -> None:
    toml, sheet = (
        look.submit(path, path, save=kind, **FILLED).content
        for path in ["/reports/figures/2024"]
        for kind in ("toml", "xlsx")
    )
    assert tomllib.loads(toml.decode())["organisation"] == "鞍山市民政局"
    read = parse_figures(toml, "f.toml", 2024)
    assert read == sheet_figures(next(sheets(sheet, "f.xlsx")), "f.xlsx", 2024)
    assert read.texts.opening == FILLED["text.opening"]
    assert read.disclosures.normative == (3, 0, 9)


def test_the_form_makes_the_word_report(look: Browser) -> None:
    path = "/reports/figures/2024"
    made = look.submit(path, path, save="docx", **FILLED)
    text = "\n".join(p.text for p in Document(BytesIO(made.content)).paragraphs)
    assert "鞍山市民政局" in text


def test_what_does_not_fit_is_named_and_nothing_is_lost(look: Browser) -> None:
    path = "/reports/figures/2024"
    page = look.submit(path, path, save="toml", **{**FILLED, "disclosures.permits": "many"})
    assert page.status_code == 422
    assert "请核对下列各项：行政许可。" in seen(page)
    assert 'value="many"' in page.text
    assert 'value="鞍山市民政局"' in page.text
