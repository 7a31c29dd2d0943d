"""Dates in every spelling that feeds and pages were seen to use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.dates import LONGEST_DATE, instant, stated

SHANGHAI, CHICAGO = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")
TWO = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # ten o'clock in Shanghai


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Sat, 21 Nov 2026 02:00:00 GMT", id="RFC 822"),
        pytest.param("Sat, 21 Nov 26 02:00 UT", id="RFC 822 of 1982, two digits and no seconds"),
        pytest.param("21 Nov 2026 02:00:00 Z", id="without the day of the week"),
        pytest.param("Sat, 21 November 2026 02:00:00 UTC", id="the month in full"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 +0800", id="an offset"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 +08:00", id="an offset with a colon"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 +0800 (CST)", id="an offset and a comment"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 GMT+8", id="GMT+8"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 GMT+0800", id="GMT+0800"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 UTC+08:00", id="UTC+08:00"),
        pytest.param("Fri, 20 Nov 2026 21:00:00 EST", id="EST"),
        pytest.param("Fri, 20 Nov 2026 22:00:00 EDT", id="EDT"),
        pytest.param("Fri, 20 Nov 2026 21:00:00 CDT", id="CDT"),
        pytest.param("Fri, 20 Nov 2026 19:00:00 MST", id="MST"),
        pytest.param("Fri, 20 Nov 2026 20:00:00 MDT", id="MDT"),
        pytest.param("Fri, 20 Nov 2026 18:00:00 PST", id="PST"),
        pytest.param("Fri, 20 Nov 2026 19:00:00 PDT", id="PDT"),
        pytest.param("Sat Nov 21 10:00:00 CST 2026", id="Java on a Chinese machine"),
        pytest.param("Sat Nov 21 10:00:00 GMT+08:00 2026", id="Java with an offset"),
        pytest.param("Sat Nov 21 11:00:00 JST 2026", id="Java in Japan"),
        pytest.param("Sat Nov 21 10:00:00 2026", id="C's ctime, in the gateway's zone"),
        pytest.param("2026-11-21T10:00:00.000+0800", id="Java's SimpleDateFormat"),
        pytest.param("2026-11-21T10:00+08:00[Asia/Shanghai]", id="Java's ZonedDateTime"),
        pytest.param("Nov 21, 2026 10:00:00 AM", id="Java's DateFormat, in the gateway's zone"),
        pytest.param("Sat Nov 21 2026 10:00:00 GMT+0800 (中国标准时间)", id="JavaScript's Date"),
        pytest.param(
            "Fri Nov 20 2026 18:00:00 GMT-0800 (Pacific Standard Time)", id="JavaScript in English"
        ),
        pytest.param("2026-11-21T02:00:00.000Z", id="JavaScript's toISOString"),
        pytest.param("11月21日 2026年11月21日 10:00", id="said twice"),
        pytest.param("2026-11-21T02:00:00Z", id="ISO 8601"),
        pytest.param("20261121T100000+0800", id="ISO 8601 without marks"),
        pytest.param("2026-11-21 10:00:00 +0800 CST m=+0.123", id="Go"),
        pytest.param("2026-11-21 02:00:00 UTC", id="Ruby"),
        pytest.param("2026-11-21 02:00:00.123456+00", id="PostgreSQL"),
        pytest.param("2026-11-21 10:00:00", id="no zone"),
        pytest.param("2026/11/21 10:00:00", id="slashes"),
        pytest.param("2026.11.21 10:00", id="points"),
        pytest.param("2026年11月21日 10:00", id="Chinese"),
        pytest.param("2026年11月21日10时00分00秒", id="Chinese to the second"),
        pytest.param("２０２６年１１月２１日　１０：００", id="full-width digits"),
        pytest.param("2026-11-21 10:00:00 北京时间", id="a zone in Chinese"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 XYZ", id="a zone nobody knows is the gateway's"),
        pytest.param(" Sat,  21 Nov 2026\t02:00:00 GMT ", id="blanks"),
    ],
)
def test_F54_ten_oclock_in_shanghai(text: str) -> None:
    assert instant(text, SHANGHAI) == TWO


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        pytest.param("2026-11-21", SHANGHAI, "2026-11-20T16:00", id="a day is its first minute"),
        pytest.param("2026/6/9", SHANGHAI, "2026-06-08T16:00", id="one digit"),
        pytest.param("20261121", SHANGHAI, "2026-11-20T16:00", id="eight digits"),
        pytest.param("Sat, 21 Nov 2026", SHANGHAI, "2026-11-20T16:00", id="RFC 822 without hour"),
        pytest.param("2026-11-21 12:30 AM", UTC, "2026-11-21T00:30", id="half past midnight"),
        pytest.param("2026-11-21 12:30 pm", UTC, "2026-11-21T12:30", id="half past noon"),
        pytest.param("2026-11-21 下午3:05", SHANGHAI, "2026-11-21T07:05", id="an afternoon"),
        pytest.param("2026年11月21日 晚上8点05分", SHANGHAI, "2026-11-21T12:05", id="an evening"),
        pytest.param("2026-11-21 上午9:05", SHANGHAI, "2026-11-21T01:05", id="a morning"),
        pytest.param("2026-11-21 中午12:05", SHANGHAI, "2026-11-21T04:05", id="noon"),
        pytest.param("2026-11-21 凌晨12:05", SHANGHAI, "2026-11-20T16:05", id="after midnight"),
        pytest.param("2026-11-21 9:5", SHANGHAI, "2026-11-21T01:05", id="a minute of one digit"),
        pytest.param(
            "星期六, 21 十一月 2026 10:00:00 +0800", UTC, "2026-11-21T02:00", id="Java's in Chinese"
        ),
        pytest.param(
            "周六, 21 11月 2026 10:00:00 +0800", UTC, "2026-11-21T02:00", id="newer Java's"
        ),
        pytest.param(
            "11/21/2026 3:05:00 PM", SHANGHAI, "2026-11-21T07:05", id=".NET's, as in America"
        ),
        pytest.param("21/11/2026 10:00", SHANGHAI, "2026-11-21T02:00", id="the day first"),
        pytest.param("21.11.2026", SHANGHAI, "2026-11-20T16:00", id="the day first, with dots"),
        pytest.param("20261121100000", SHANGHAI, "2026-11-21T02:00", id="fourteen digits"),
        pytest.param("1795226400", SHANGHAI, "2026-11-21T02:00", id="seconds since 1970"),
        pytest.param("1795226400000", SHANGHAI, "2026-11-21T02:00", id="milliseconds"),
        pytest.param("2026-11-21 24:00:00", UTC, "2026-11-21T23:00", id="24:00 is no error"),
        pytest.param("2026-11-21 23:59:60", UTC, "2026-11-21T23:59:59", id="a leap second"),
        pytest.param("2026-11-21 10:00:00", CHICAGO, "2026-11-21T16:00", id="in Chicago"),
        pytest.param("Sat Nov 21 10:00:00 CST 2026", CHICAGO, "2026-11-21T16:00", id="CST there"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 CST", UTC, "2026-11-21T16:00", id="RFC 822's CST"),
        pytest.param("2026-11-21 10:00:00", None, None, id="no zone, and none known"),
        pytest.param("2026-11-21", None, None, id="a day, and no zone known"),
        pytest.param("2026-11-21T10:00:00+08:00", None, "2026-11-21T02:00", id="a zone suffices"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", UTC, None, id="a zero time stamp"),
        pytest.param("2026-02-30", UTC, None, id="no such day"),
        pytest.param("2026-13-01 10:00", UTC, None, id="no such month"),
        pytest.param("Sat, 21 Foo 2026 02:00:00 GMT", UTC, None, id="no name of a month"),
        pytest.param("0001-01-01T00:00:00+14:00", UTC, None, id="before all time"),
        pytest.param("yesterday", UTC, None, id="words"),
        pytest.param("", UTC, None, id="nothing"),
        pytest.param("2026-11-21" + " " * LONGEST_DATE, UTC, None, id="too long"),
    ],
)
def test_F54_what_a_date_comes_to(text: str, zone: tzinfo | None, at: str | None) -> None:
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None
    assert instant(text, zone) == expected


MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(SHANGHAI))


@given(MOMENTS)
def test_what_is_written_is_read_back(at: datetime) -> None:
    second = at.replace(microsecond=0, fold=0)
    for form in (
        "%a, %d %b %Y %H:%M:%S %z",
        "%a %b %d %H:%M:%S %Z %Y",
        "%a %b %d %Y %H:%M:%S GMT%z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日 %H时%M分%S秒",
    ):
        assert instant(second.strftime(form), SHANGHAI) == second.astimezone(UTC)


@given(st.text(max_size=LONGEST_DATE + 5), st.sampled_from([None, UTC, SHANGHAI]))
def test_anything_else_is_no_date_and_no_error(text: str, zone: tzinfo | None) -> None:
    found = instant(text, zone)
    assert found is None or found.utcoffset() == timedelta(0)


@given(
    st.datetimes(datetime(1999, 12, 30), datetime(2099, 12, 31)),
    st.sampled_from(["GMT", "+0800", "-0330", "+1400", "+0000"]),
    st.sampled_from(["", "30 Feb", "31 Apr"]),
    st.sampled_from([None, ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")]),
)
def test_a_date_in_full_is_read_as_in_any_other_spelling(
    at: datetime, zone: str, impossible: str, usual: tzinfo | None
) -> None:
    written = at.strftime(f"%a, {impossible or '%d %b'} %Y %H:%M:%S {zone}")
    assert stated(written, usual) == stated(written.upper(), usual)
