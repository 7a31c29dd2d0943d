"""Next year's working days from a file: holiday-cn's JSON, or a calendar to subscribe to."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.calendar import Overrides, calendar, parse_overrides
from monitor.errors import ImportFileError
from monitor.imports.calendar_file import as_text, calendar_tables

# An invented circular for 2027: name, first day off, last day off, days worked in exchange.
CIRCULAR = [
    ("元旦", "2027-01-01", "2027-01-03", []),
    ("春节", "2027-02-05", "2027-02-12", ["2027-01-31", "2027-02-20"]),
    ("清明节", "2027-04-03", "2027-04-05", []),
    ("劳动节", "2027-05-01", "2027-05-05", ["2027-04-25", "2027-05-08"]),
    ("端午节", "2027-06-09", "2027-06-09", []),
    ("中秋节", "2027-09-15", "2027-09-15", []),
    ("国庆节", "2027-10-01", "2027-10-07", ["2027-09-26", "2027-10-09"]),
]


def days(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]


def in_json(*left_out: str, **more: object) -> bytes:
    rows = [
        {"name": name, "date": day, "isOffDay": off}
        for name, first, last, worked in CIRCULAR
        if name not in left_out
        for off, some in ((True, days(first, last)), (False, worked))
        for day in some
    ]
    document = {"$schema": "…", "year": 2027, "papers": ["…"], "days": rows, **more}
    return json.dumps(document, ensure_ascii=False).encode()


def in_ics(off: str = "{}", worked: str = "{}（班）", each_day: bool = True) -> bytes:
    events = []
    for name, first, last, exchanged in CIRCULAR:
        some = [(day, day) for day in days(first, last)] if each_day else [(first, last)]
        events += [(off.format(name), *span) for span in some]
        events += [(worked.format(name), day, day) for day in exchanged]
    events.append(("立春", "2027-02-04", "2027-02-04"))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//ZH"]
    for number, (summary, first, last) in enumerate(events):
        after = date.fromisoformat(last) + timedelta(days=1)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}",
            f"DTSTART;VALUE=DATE:{first.replace('-', '')}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            f"SUMMARY:{summary}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


FORMS = [
    pytest.param(in_json(), "2027.json", id="holiday-cn's JSON"),
    pytest.param(b"\xef\xbb\xbf" + in_json(), "2027.json", id="with a byte order mark"),
    pytest.param(in_ics(), "holidays.ics", id="a calendar, a day an event"),
    pytest.param(in_ics(each_day=False), "holidays.ics", id="a calendar, a festival an event"),
    pytest.param(in_ics("{}（休）", "{}补班"), "cn_zh.ics", id="off marked 休, worked marked 补班"),
    pytest.param(in_ics("{} 假期", "{} 调休上班"), "a.ics", id="in words"),
]


@pytest.mark.parametrize(("data", "name"), FORMS)
def test_a_years_table_ends_the_guessing(data: bytes, name: str) -> None:
    known = calendar().under(calendar_tables(data, name)[2027])
    stretch = known.stretch(date(2027, 2, 9))
    assert stretch is not None
    assert (stretch.first, stretch.last) == (date(2027, 2, 5), date(2027, 2, 14))
    assert (stretch.name, stretch.guessed) == ("Spring Festival", False)
    assert known.workday(date(2027, 2, 20))
    assert not known.workday(date(2027, 6, 9))
    assert known.workday(date(2027, 10, 8))
    assert not any(known.guessed(date(2027, month, 1)) for month in range(1, 13))


def test_an_operators_own_table_overrules_what_is_imported() -> None:
    own = calendar(parse_overrides("2027-02-05,work", "holidays.csv"))
    assert own.under(calendar_tables(in_json(), "2027.json")[2027]).workday(date(2027, 2, 5))


def test_days_of_the_old_year_that_the_circular_disposes_of_come_with_it() -> None:
    rows = json.loads(in_json())["days"] + [
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True}
    ]
    known = calendar().under(calendar_tables(in_json(days=rows), "2027.json")[2027])
    assert not known.workday(date(2026, 12, 31))
    assert known.workday(date(2026, 12, 30))


REFUSED = [
    pytest.param(b"", "is no list of working days", id="nothing"),
    pytest.param(b"<!doctype html><title>404</title>", "is no list", id="a page"),
    pytest.param(b"\xff\xfe\x00", "neither holiday-cn's JSON nor", id="no text"),
    pytest.param(b"[1, 2]", "neither holiday-cn's JSON nor", id="a list"),
    pytest.param(in_json(days=[{"date": "2027-01-01"}]), "a day has no", id="a day without parts"),
    pytest.param(
        in_json(days=[{"name": "元旦", "date": "2027-13-01", "isOffDay": True}]),
        '"2027-13-01" is no date; expected e.g. 2027-01-01',
        id="no date",
    ),
    pytest.param(
        in_json(days=[{"name": "元旦", "date": "2027-01-01", "isOffDay": "yes"}]),
        "isOffDay must be true or false",
        id="off, said in words",
    ),
    pytest.param(in_json("国庆节"), "no year whole with its festivals", id="a table cut short"),
    pytest.param(in_json(days=[]), "it lists no day", id="no days"),
    pytest.param(in_ics(worked="{}"), "no year whole", id="nothing is worked in exchange"),
    pytest.param(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "is no list", id="a calendar cut short"),
]


@pytest.mark.parametrize(("data", "why"), REFUSED)
def test_what_is_no_years_table_is_refused_in_one_line(data: bytes, why: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        calendar_tables(data, "file.json")
    assert str(refused.value).startswith("file.json: ")
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_table_is_kept_as_text_and_read_back() -> None:
    table = calendar_tables(in_json(), "2027.json")[2027]
    assert parse_overrides(as_text(table), "kept") == table


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    for form in (data, b"BEGIN:VCALENDAR\r\n" + data, b'{"days": ' + data + b"}"):
        try:
            tables: dict[int, Overrides] = calendar_tables(form, "x")
        except ImportFileError:
            continue
        assert tables
