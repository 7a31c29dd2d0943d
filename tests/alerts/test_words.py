"""How instants, lengths and names are worded, in Chinese and in English."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.common.languages import languages
from alerts.words import merged, one_line, translator

CHINESE, ENGLISH = translator("zh_CN"), translator("en")
NINE = datetime(2024, 2, 9, 1, tzinfo=UTC)  # 09:00 in Anshan, the day before Spring Festival


def test_the_languages_there_are() -> None:
    assert languages() == ("en", "zh_CN")


def test_an_unknown_language_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ValueError) as refused:
        translator("fr")
    assert str(refused.value) == 'there is no language "fr"; expected one of: en, zh_CN'


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(CHINESE.moment(NINE), "2月9日（周五）09:00", id="an instant"),
        pytest.param(CHINESE.moment(NINE, year=True), "2024年2月9日（周五）09:00", id="with year"),
        pytest.param(ENGLISH.moment(NINE), "Fri 9 Feb, 09:00", id="an instant in English"),
        pytest.param(
            translator("zh_CN", ZoneInfo("Asia/Urumqi")).moment(NINE),
            "2月9日（周五）07:00",
            id="an instant in another zone",
        ),
        pytest.param(
            CHINESE.dated(NINE.replace(hour=16), NINE.replace(day=10, hour=16)),
            "2月10日（周六）",
            id="a date that names its day alone",
        ),
        pytest.param(
            CHINESE.dated(NINE.replace(hour=16), NINE.replace(hour=16, minute=1)),
            "2月10日（周六）00:00",
            id="a date that names the first minute of a day",
        ),
        pytest.param(
            CHINESE.dated(NINE, None), "2月9日（周五）09:00", id="a date that is an instant"
        ),
        pytest.param(CHINESE.day(date(2024, 11, 27)), "11月27日（周三）", id="a day"),
        pytest.param(
            CHINESE.day(date(2024, 1, 1), year=True), "2024年1月1日（周一）", id="a year's"
        ),
        pytest.param(
            CHINESE.day(date(2024, 2, 15), holiday="Spring Festival"),
            "2月15日（周四）春节",
            id="a day of a holiday",
        ),
        pytest.param(
            CHINESE.since(datetime(2024, 6, 2, 16, 1, tzinfo=UTC)), "6月3日", id="a local date"
        ),
        pytest.param(
            CHINESE.span(date(2024, 2, 10), date(2024, 2, 17)),
            "2月10日至17日",
            id="a stretch within a month",
        ),
        pytest.param(
            CHINESE.span(date(2024, 12, 28), date(2025, 1, 1)),
            "12月28日至1月1日",
            id="a stretch over new year",
        ),
        pytest.param(
            ENGLISH.span(date(2024, 2, 10), date(2024, 2, 17)),
            "10 to 17 Feb",
            id="a stretch in English",
        ),
        pytest.param(CHINESE.days(11), "11天", id="days"),
        pytest.param(ENGLISH.days(1), "1 day", id="one day in English"),
        pytest.param(ENGLISH.days(11), "11 days", id="days in English"),
        pytest.param(CHINESE.listing(["张三", "李四"]), "张三、李四", id="names"),
        pytest.param(CHINESE.account("鞍山民政", "weibo"), "“鞍山民政”微博", id="an account"),
        pytest.param(CHINESE.account("鞍山民政", None), "“鞍山民政”", id="no platform"),
        pytest.param(CHINESE.platform("wechat"), "微信公众号", id="a platform"),
        pytest.param(CHINESE.platform("mastodon"), "mastodon", id="an unknown platform"),
        pytest.param(CHINESE.verdict("blind"), "看不见", id="a verdict"),
        pytest.param(CHINESE.kind("handover"), "账号交接", id="a kind"),
        pytest.param(CHINESE.reason("closure"), "节前提醒", id="a reason"),
        pytest.param(CHINESE.outcome("transport"), "无响应", id="an outcome"),
        pytest.param(CHINESE.notice_state("withdrawn"), "已撤回", id="a notice's state"),
        pytest.param(CHINESE.notice_state("pending"), "待发送", id="a notice that goes at once"),
        pytest.param(
            CHINESE.notice_state("pending", datetime(2024, 2, 16, 23, tzinfo=UTC)),
            "待发送，2月17日（周六）07:00起",
            id="a notice that waits for the end of the quiet hours",
        ),
        pytest.param(
            ENGLISH.notice_state("retrying", datetime(2024, 2, 16, 23, tzinfo=UTC)),
            "will be tried again, not before Sat 17 Feb, 07:00",
            id="a notice that is tried again later, in English",
        ),
        pytest.param(CHINESE.holiday("Mid-autumn Festival"), "中秋节", id="a holiday"),
        pytest.param(CHINESE.holiday("weekend"), "周末", id="the weekend"),
        pytest.param(CHINESE.text("no such sentence"), "no such sentence", id="untranslated"),
    ],
)
def test_wording(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("length", "chinese", "english"),
    [
        pytest.param(timedelta(0), "0分钟", "0 minutes", id="no time"),
        pytest.param(timedelta(minutes=-5), "0分钟", "0 minutes", id="a clock set back"),
        pytest.param(timedelta(minutes=1), "1分钟", "1 minute", id="a minute"),
        pytest.param(timedelta(hours=2), "2小时", "2 hours", id="full hours"),
        pytest.param(timedelta(hours=2, minutes=5), "2小时5分钟", "2 hours 5 minutes", id="both"),
        pytest.param(
            timedelta(days=2, hours=3, minutes=9), "2天3小时", "2 days 3 hours", id="days"
        ),
        pytest.param(timedelta(days=1, minutes=9), "1天", "1 day", id="a day and minutes"),
    ],
)
def test_how_long_something_took(length: timedelta, chinese: str, english: str) -> None:
    assert (CHINESE.lasting(length), ENGLISH.lasting(length)) == (chinese, english)


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        pytest.param(
            "鞍山\n民政\t\x00通知", 20, "鞍山 民政 通知", id="newlines and control characters"
        ),
        pytest.param("abc\u202edef\u200e\ufeff", 20, "abc def", id="direction marks"),
        pytest.param("民" * 5000, 6, "民民民民民…", id="five thousand characters"),
        pytest.param("a\u0301" * 10, 4, "a\u0301…", id="no accent is torn off"),
        pytest.param(
            "👨\u200d👩\u200d👧 家", 8, "👨\u200d👩\u200d👧 家", id="composed emoji stay whole"
        ),
        pytest.param("x\ud800y", 8, "x y", id="half a character"),
        pytest.param(" \n ", 8, "", id="nothing to see"),
    ],
)
def test_untrusted_text_becomes_one_line(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


@given(st.text(max_size=300), st.integers(1, 80))
def test_whatever_comes_in_one_short_line_comes_out(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert [c for c in line if category(c) in {"Cc", "Cs", "Zl", "Zp"}] == []


HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def catalogue(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.po").write_text(HEAD + text, encoding="utf-8")
    return folder


def test_all_files_of_a_language_are_one_catalogue(tmp_path: Path) -> None:
    folder = catalogue(
        tmp_path,
        first='msgid "a"\nmsgstr "甲"\n\nmsgid "b"\nmsgstr ""\n',
        second='msgid "{n} c"\nmsgid_plural "{n} cs"\nmsgstr[0] "{n}丙"\n',
    )
    assert merged(folder, "zh_CN") == {"a": ("甲",), "{n} c": ("{n}丙",)}


def test_two_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    folder = catalogue(
        tmp_path, first='msgid "a"\nmsgstr "甲"\n', second='msgid "a"\nmsgstr "乙"\n'
    )
    with pytest.raises(ValueError) as refused:
        merged(folder, "zh_CN")
    assert str(refused.value) == 'second.po: "a" is translated otherwise by another file'
