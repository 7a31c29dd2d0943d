"""Years and dates: title, period, text and signature must belong together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from monitor.reports.check.document import Place, section_place
from monitor.reports.check.findings import Finding, Said, Severity, say
from monitor.reports.check.numbers import in_words
from monitor.reports.check.report import Report

_PERIOD = re.compile(
    r"(\d{4})年(?:度)?(\d{1,2})月(\d{1,2})日(?:起|开始|始)?(?:至|到|-|—|–|~)"
    r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日"
)
_WHOLE_YEAR = ("1", "1", "12", "31")
# A sentence that compares, or a year that only dates something, reports no work of that year.
_COMPARED = re.compile(
    r"同比|增长|下降|上升|减少|结转|去年|上年|上一年|往年|历年|连续|评估|考核|延续"
)
_DATING_BEFORE = "较比自从由至到截与同在"
_DATED = "以来|底|末|初|同期|相比|的|至|到|版"
_PLANNED = "部署|要点|预算|决算|工作|印发|建成|修订|通过|部门|出台|制定|规划"
_COMING = re.compile(
    r"转(?:入|至|到)?20|将|拟|计划|下一步|力争|预计|要|明年|今后|展望|截至|印发|公布|编制"
)
_YEAR = re.compile(
    rf"(?<![{_DATING_BEFORE}〔\[\d])(20\d\d)(?:年(?:度)?(?!{_DATED}|{_PLANNED})|(?=分别|全年|共发布))"
)
_ANY_DATE = re.compile(
    r"(?<![\d.])(?:(?P<year>\d{4,})年)(?:度)?(?:(?P<month>\d+)月(?!内|以)(?:(?P<day>\d+)日)?)?"
    r"|(?<![\d.年])(?P<m>\d+)月(?P<d>\d+)日"
)
_TITLES = re.compile(r"《[^》]*》|〈[^〉]*〉|\([^()]*\)")
_CLAIMING = re.compile(
    r"(?:发布|公开|收到|受理|推送|答复|办理|新增|更新)[^。;]{0,30}?\d+(?:余|多)?(?:条|篇|件|次|人)"
)
_SIGNED = re.compile(r"(?:.{0,25}?)(\d{4})年(\d{1,2})月(\d{1,2})日[。.]?")
_BROKEN = re.compile(r"(?:.{0,25}?)(\d{4}年(?:\d{1,2}月\d{1,2}|\d{1,2}月|\d{0,2}月\d{0,2}日|月日))")
_PUBLISHED = re.compile(r"(?:时间|日期)[:】\]]*(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})")
_RUN_TOGETHER = re.compile(r"(?<!\d)(20\d\d)(1[0-2]|[1-9])月(?:(\d{1,2})日)?")
_ZEROS = re.compile(r"(20\d\d)年(0\d|\d{1,2}(?=月0\d日))月(\d{1,2})日")
_DOTTED = re.compile(r"(?<![\d.])(20\d\d)[./-](\d{1,2})[./-](\d{1,2})(?![\d:.])$")
_HAN = "〇○零一二三四五六七八九十"
_WORDS = re.compile(rf"(二[{_HAN}]{{3}})年([{_HAN}]{{1,2}})月([{_HAN}]{{1,3}})日$")
_WHOLE_GOVERNMENT = re.compile(r"(?:人民政府|[省市县区旗州]政府|管委会)(?:\d{4}|关于|政府信息)")
_PLACE_ALONE = re.compile(
    r"^(?:20\d\d年(?:度)?)?[^局委办厅院处所站镇乡\d]{1,16}(?:省|市|县|区|旗|州|盟)(?:20\d\d年(?:度)?)?政府信息公开"
)
_LAST = 6
_LONGEST_HEADING = 40
_LAST_DAY = (1, 31)
_LAST_DAY_OF_GOVERNMENTS = (3, 31)


def title(report: Report) -> Iterator[Finding]:
    """Yield a title that names another year."""
    heading = report.title
    named = re.findall(r"(\d{4})年", heading.plain) if heading else []
    if heading and named and str(report.year) not in named:
        yield Finding(
            "year-title",
            Severity.ERROR,
            say("title of the report"),
            heading.plain,
            say("the year {year}", year=report.year),
            say("the report checked is that of {year}", year=report.year),
        )


def period(report: Report) -> Iterator[Finding]:
    """Yield a reporting period other than the calendar year."""
    for sentence in report.sentences:
        match = _PERIOD.search(sentence.text)
        if not match or not re.search("统计|期限|数据", sentence.text):
            continue
        first, last = match[1], match[4] or match[1]
        days = (match[2], match[3], match[5], match[6])
        if {first, last} != {str(report.year)} or days != _WHOLE_YEAR:
            yield Finding(
                "year-period",
                Severity.ERROR,
                sentence.place.said(),
                match[0],
                f"{report.year}年1月1日至{report.year}年12月31日",
                say("the period is the calendar year of the report"),
            )


def body(report: Report) -> Iterator[Finding]:
    """Yield sentences that report another year's work, as left over from last year's text."""
    for sentence in report.sentences:
        if sentence.place.section in (1, 5, 6):
            year = _foreign_year(sentence.text, report.year)
            if year:
                yield Finding(
                    "year-body",
                    Severity.WARNING,
                    sentence.place.said(),
                    sentence.quote(0, 60),
                    say("the year {year}", year=report.year),
                    say("{year} reads like a leftover of another year's report", year=year),
                )
        elif sentence.place.section == 0:
            yield from _opening(report, sentence.text, sentence.place)


def headings(report: Report) -> Iterator[Finding]:
    """Yield headings that bear another year than the report."""
    for part in report.sections:
        lines = [(section_place(part.number), part.title)] if part.number else []
        if part.number in (1, 5, 6):
            lines += [
                (Place(part.number, n).said(), p.plain)
                for n, p in enumerate(part.paragraphs, 1)
                if len(p.plain) <= _LONGEST_HEADING and not re.search("[。;,]|日$", p.plain)
            ]
        for place, text in lines:
            named = set(re.findall(r"(20\d\d)年", _TITLES.sub("", text)))
            if named and str(report.year) not in named and str(report.year + 1) not in named:
                yield Finding(
                    "year-heading",
                    Severity.WARNING,
                    place,
                    text,
                    say("the year {year}", year=report.year),
                    say("the report checked is that of {year}", year=report.year),
                )


def run_together(report: Report) -> Iterator[Finding]:
    """Yield dates whose year and month have run together: 20241月1日."""
    for sentence in report.sentences:
        for match in _RUN_TOGETHER.finditer(sentence.text):
            year, number, day = match.groups()
            yield Finding(
                "date-run-together",
                Severity.ERROR,
                sentence.place.said(),
                match[0],
                f"{year}年{number}月" + (f"{day}日" if day else ""),
                say("年 is missing between year and month"),
            )


def written(report: Report) -> Iterator[Finding]:
    """Yield dates that GB/T 9704 writes otherwise: with leading zeros, in words, with dots."""
    for sentence in report.sentences:
        if re.search(r"[/:]|来源|发布日期|发布时间", sentence.text):
            continue
        for match in _ZEROS.finditer(sentence.text):
            yield _miswritten(sentence.place.said(), match[0], _day(*match.groups()))
    for paragraph in report.sections[-1].paragraphs[-_LAST:]:
        for match in (*_DOTTED.finditer(paragraph.plain), *_WORDS.finditer(paragraph.plain)):
            day = _day(*(_digits(part) for part in match.groups()))
            yield _miswritten(say("date of signature"), match[0], day)


def _miswritten(place: Said, said: str, day: date | None) -> Finding:
    return Finding(
        "date-form",
        Severity.WARNING,
        place,
        said,
        f"{day.year}年{day.month}月{day.day}日" if day else say("a day of the calendar"),
        say("dates are in Arabic numerals without leading zeros (GB/T 9704)"),
    )


def _digits(text: str) -> str:
    if text.isdecimal():
        return text
    return str(int(in_words(text.replace("○", "〇"))))


def impossible(report: Report) -> Iterator[Finding]:
    """Yield dates that no calendar has, as a slip of the hand leaves them."""
    for sentence in report.sentences:
        for match in _ANY_DATE.finditer(sentence.text):
            if not _possible(match) and not _RUN_TOGETHER.match(match[0]):
                yield Finding(
                    "date-impossible",
                    Severity.ERROR,
                    sentence.place.said(),
                    match[0],
                    say("a day of the calendar"),
                    say("there is no such date"),
                )


def _possible(match: re.Match[str]) -> bool:
    # Without a year any leap day may be meant.
    year = match["year"] or "2024"
    month, day = match["month"] or match["m"] or "1", match["day"] or match["d"] or "1"
    return len(year) == 4 and _day(year, month, day) is not None


def _foreign_year(text: str, year: int) -> int | None:
    """Return the year before or after *year* whose work *text* reports, or None."""
    text = _TITLES.sub("", text)
    named = {int(y) for y in _YEAR.findall(text)}
    if year in named or _COMPARED.search(text) or _SIGNED.fullmatch(text):
        return None
    if not _CLAIMING.search(text) and not re.match(r"20\d\d年(?:度)?,", text):
        return None
    if year - 1 in named:
        return year - 1
    return year + 1 if year + 1 in named and not _COMING.search(text) else None


def _opening(report: Report, text: str, place: Place) -> Iterator[Finding]:
    named = re.findall(r"(\d{4})年(?:度)?[^,。;\d]{0,20}?年度?报告", text)
    if (
        named
        and str(report.year) not in named
        and not (report.title and text in report.title.plain)
    ):
        yield Finding(
            "year-body",
            Severity.ERROR,
            place.said(),
            say("the report of {year}", year=named[0]),
            say("the year {year}", year=report.year),
            say("the report checked is that of {year}", year=report.year),
        )


def dated(report: Report) -> Iterator[Finding]:
    """Yield a date that is incomplete, too late, too early, or, as a doubt, none at all."""
    signed = _signature(report)
    published = _publication(report)
    if isinstance(signed, str):
        yield Finding(
            "date-incomplete",
            Severity.WARNING,
            say("date of signature"),
            signed,
            say("year, month and day (年月日)"),
            say("a date on a public document is complete"),
        )
    dates = [
        (place, day)
        for place, day in (
            (say("date of signature"), signed),
            (say("date of publication"), published),
        )
        if isinstance(day, date)
    ]
    for place, day in dates:
        yield from _timely(report, place, day)
    if not dates and signed is None and report.section(6):
        yield Finding(
            "date-missing",
            Severity.UNSURE,
            say("end of the report"),
            say("no date found"),
            say("a date up to 31 January {year}", year=report.year + 1),
            say("departments publish by 31 January (article 49)"),
        )


def _timely(report: Report, place: Said, day: date) -> Iterator[Finding]:
    month, last = _LAST_DAY_OF_GOVERNMENTS if _of_government(report) else _LAST_DAY
    due = date(report.year + 1, month, last)
    if day > due:
        yield Finding(
            "date-late",
            Severity.ERROR,
            place,
            day.isoformat(),
            due.isoformat(),
            say("departments publish by 31 January, governments by 31 March (article 49)"),
        )
    elif day.year <= report.year:
        yield Finding(
            "date-early",
            Severity.ERROR,
            place,
            day.isoformat(),
            say("a date in {year}", year=report.year + 1),
            say("the reporting period had not ended"),
        )


def _of_government(report: Report) -> bool:
    title = report.title.plain if report.title else ""
    signed = "".join(p.plain for p in report.sections[-1].paragraphs[-_LAST:])
    whole = _WHOLE_GOVERNMENT.search(title) is not None
    return whole or (_PLACE_ALONE.search(title) is not None and "政府" in signed)


def _signature(report: Report) -> date | str | None:
    """Return the date below the report; as text where it is incomplete; None if there is none."""
    part = report.sections[-1]
    for paragraph in reversed(part.paragraphs[-6:]):
        if match := _SIGNED.fullmatch(paragraph.plain):
            return _day(match[1], match[2], match[3]) or paragraph.plain
        if match := _DOTTED.search(paragraph.plain) or _WORDS.search(paragraph.plain):
            return _day(*(_digits(text) for text in match.groups()))
        if match := _BROKEN.fullmatch(paragraph.plain):
            return match[1]
    return None


def _publication(report: Report) -> date | None:
    for paragraph in report.sections[0].paragraphs:
        if match := _PUBLISHED.search(paragraph.plain):
            return _day(match[1], match[2], match[3])
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
