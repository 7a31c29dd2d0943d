"""The form of 2021: its sections, headings, rows and labels, and what must be said. Pure.

Published reports vary their headings; only what departs from every current wording is found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from monitor.reports.check.document import NUMERALS, TRACKED_CHANGES, section_place
from monitor.reports.check.findings import Finding, Severity, listed, say
from monitor.reports.check.report import Report
from monitor.reports.check.tables import LABELS, OLD_OTHER, REQUEST_ROWS

TITLES = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
_CORES = (
    re.compile("总体情况"),
    re.compile("主动公开政府信息.{0,4}情况"),
    re.compile("收到和处理政府信息公开申请.{0,4}情况"),
    re.compile("复议.{0,8}诉讼"),
    re.compile("(?:存在)?.{0,3}问题(?:以?及|和|与|、).{0,4}改进"),
    re.compile("其[他它]需要报告(?:的)?事项"),
)
CURRENT_FORM = "国办公开办函〔2021〕30号"
_CITED = re.compile(r"国办公开办函[〔\[(（【]?(\d+)[〕\])）】]?(\d+)号")
_CURRENT, _TRIAL = ("2021", "30"), ("2019", "60")
_ON_THE_FORM = re.compile("年度报告格式|年度报告.{0,6}格式|年度报告有关事项")
_NUMBERED = re.compile(rf"([{NUMERALS}])[、.,:](.+)")
_LONGEST_OVERVIEW = 1000
# Labels of the form of 2019, and wordings that stray from that of 2021.
_STRAY_LABELS = {
    "规范性文件": "行政规范性文件",
    "处理决定数量": "本年处理决定数量",
    "本年度收费金额": "本年收费金额",
    "本年新制作数量": "本年制发件数",
    "本年新公开数量": "本年废止件数",
    "对外公开总数量": "现行有效件数",
    "上一年项目数量": "本年处理决定数量",
    "本年增/减": "本年处理决定数量",
}
_NOTHING_SAID = re.compile(r"(?:暂|目前)?(?:无|没有)(?:问题|存在问题|其他(?:问题)?|事项)?[。.]?")
_FEWEST_SECTIONS = 3


def structure(report: Report) -> Iterator[Finding]:
    """Yield missing sections, or that the file does not look like a report at all."""
    found = {part.number for part in report.sections if part.number}
    if len(found) < _FEWEST_SECTIONS:
        yield Finding(
            "sections",
            Severity.ERROR,
            say("the whole file"),
            say("{count} of the six sections recognised", count=len(found)),
            listed(f"{n}、{title}" for n, title in zip(NUMERALS, TITLES, strict=True)),
            say("this does not read like an annual report; most checks were not possible"),
        )
        return
    for number, title in enumerate(TITLES, 1):
        if number not in found:
            yield Finding(
                "sections",
                Severity.ERROR,
                section_place(number),
                say("section missing"),
                f"{NUMERALS[number - 1]}、{title}",
                say("the form has six sections; none may be left out"),
            )


def headings(report: Report) -> Iterator[Finding]:
    """Yield headings that no current wording of the form covers."""
    for part in report.sections:
        if part.number and not _CORES[part.number - 1].search(part.title):
            yield Finding(
                "heading",
                Severity.WARNING,
                section_place(part.number),
                f"{NUMERALS[part.number - 1]}、{part.title}",
                f"{NUMERALS[part.number - 1]}、{TITLES[part.number - 1]}",
                say("headings are those of the form ({form})", form=CURRENT_FORM),
            )


def repeated(report: Report) -> Iterator[Finding]:
    """Yield a section that stands twice."""
    counts = Counter(number for number, _ in report.headings)
    for number, title in dict(report.headings).items():
        if counts[number] > 1:
            yield Finding(
                "section-twice",
                Severity.ERROR,
                section_place(number),
                say("{count} times", count=counts[number]),
                f"{NUMERALS[number - 1]}、{title}",
                say("a section stands once; the second may be left over from a copy"),
            )


def misnumbered(report: Report) -> Iterator[Finding]:
    """Yield a heading of the form that bears another section's number."""
    for paragraph in (p for part in report.sections for p in part.paragraphs):
        match = _NUMBERED.fullmatch(paragraph.plain)
        right = TITLES.index(match[2]) if match and match[2] in TITLES else None
        if match and right is not None and NUMERALS[right] != match[1]:
            yield Finding(
                "heading",
                Severity.WARNING,
                section_place(right + 1),
                paragraph.plain,
                f"{NUMERALS[right]}、{TITLES[right]}",
                say("headings are those of the form ({form})", form=CURRENT_FORM),
            )


def rows(report: Report) -> Iterator[Finding]:
    """Yield what table 三 lacks of the rows of 2021, or that it is the form of 2019."""
    if report.requests is None:
        return
    present = report.requests.rows
    missing = [key for key, _, _ in REQUEST_ROWS if key not in present]
    if OLD_OTHER[0] in present:
        yield Finding(
            "template-rows",
            Severity.WARNING,
            say("table 三, row “{row}”", row=OLD_OTHER[2]),
            say("one row, as in the trial form of 2019"),
            listed(LABELS[key] for key in ("late_correction", "late_fee", "other")),
            say("the form of 2021 has three rows here ({form})", form=CURRENT_FORM),
        )
        missing = [k for k in missing if k not in ("late_correction", "late_fee", "other")]
    if missing:
        yield Finding(
            "template-rows",
            Severity.WARNING,
            say("table 三"),
            say("{count} rows not found", count=len(missing)),
            listed(LABELS[key] for key in missing),
            say("the form of 2021 has 25 rows ({form})", form=CURRENT_FORM),
        )


def labels(report: Report) -> Iterator[Finding]:
    """Yield labels of table 二 that stray from the form, in one finding."""
    printed = report.disclosures.printed if report.disclosures else ()
    bare = [re.split(r"[(（]", label)[0] for label in printed]
    stray = [label for label in dict.fromkeys(bare) if label in _STRAY_LABELS]
    if stray:
        yield Finding(
            "template-labels",
            Severity.WARNING,
            say("table {table}", table="二"),
            listed(stray),
            listed(dict.fromkeys(_STRAY_LABELS[label] for label in stray)),
            say("labels are those of the form ({form})", form=CURRENT_FORM),
        )


def remarks(report: Report) -> Iterator[Finding]:
    """Yield, as doubts, that the file holds changes that nobody has accepted yet, and pages that
    are pictures."""
    if TRACKED_CHANGES in report.document.remarks:
        yield Finding(
            "tracked-changes",
            Severity.UNSURE,
            say("the whole file"),
            say("tracked changes"),
            say("a file without any"),
            say("it was read as if all of them were accepted"),
        )
    if report.document.pictures:
        pages = listed(map(str, report.document.pictures))
        yield Finding(
            "scanned-pages",
            Severity.UNSURE,
            say("pages {pages}", pages=pages),
            say("pictures without text"),
            say("the original file"),
            say("nothing that stands in a picture was read"),
        )


def tables_found(report: Report) -> Iterator[Finding]:
    """Yield, as a doubt, each table that could not be read although its section is there."""
    found = {2: report.disclosures, 3: report.requests, 4: report.proceedings}
    for number, table in found.items():
        if table is None and report.section(number):
            yield Finding(
                "table-not-read",
                Severity.UNSURE,
                section_place(number),
                say("no table could be read"),
                say("table {table}", table=NUMERALS[number - 1]),
                say("its figures were not checked; try the .docx or .html file"),
            )


def cited_form(report: Report) -> Iterator[Finding]:
    """Yield a citation of the form of 2019 as if in force, or of the form by a wrong number."""
    for sentence in report.sentences:
        match = _CITED.search(sentence.text)
        if not match or match.groups() == _CURRENT:
            continue
        if match.groups() == _TRIAL or _ON_THE_FORM.search(sentence.text):
            yield Finding(
                "cited-form",
                Severity.WARNING,
                sentence.place.said(),
                match[0],
                CURRENT_FORM,
                say("the form in force is that of September 2021, which replaced the trial form"),
            )


def problems(report: Report) -> Iterator[Finding]:
    """Yield a section 五 that is empty or says there are no problems."""
    text = report.text(5)
    if report.section(5) and (not text or _NOTHING_SAID.fullmatch(text)):
        yield Finding(
            "problems-empty",
            Severity.WARNING,
            section_place(5),
            text or say("nothing written"),
            say("what the problems were and how they are being put right"),
            say("section 五 must not be empty or “无”"),
        )


def fee(report: Report) -> Iterator[Finding]:
    """Yield a section 六 without a word on the fee for information."""
    if report.section(6) and "处理费" not in report.text(6):
        elsewhere = any("处理费" in sentence.text for sentence in report.sentences)
        yield Finding(
            "fee-missing",
            Severity.UNSURE if elsewhere else Severity.WARNING,
            section_place(6),
            say("nothing on 信息处理费"),
            say("what was charged under 《政府信息公开信息处理费管理办法》, or that nothing was"),
            say("reports state it in section 六"),
        )


def length(report: Report) -> Iterator[Finding]:
    """Yield, as a doubt, an overview longer than some authorities allow."""
    count = len(re.sub(r"\s", "", report.text(1)))
    if count > _LONGEST_OVERVIEW:
        yield Finding(
            "overview-length",
            Severity.UNSURE,
            section_place(1),
            say("{count} characters", count=count),
            say("at most {count} characters", count=_LONGEST_OVERVIEW),
            say("some authorities limit the overview to 1,000 characters in principle"),
        )
