"""What the page says and draws of one account: deadlines, dates, strips of days. Pure."""

import html
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from alerts.words import WEEKEND
from monitor.desk.kept import Sums
from monitor.desk.shapes import GatewayStatus
from monitor.standing import Shown
from monitor.web.overview import deadline, known_as_of, look_of_all, sentence
from monitor.web.parts import unbroken
from monitor.web.strip import Strip
from tests.rule_values import DAY, HOUR, at
from tests.web.site import MONDAY, WORDS

TODAY = MONDAY.date()
ACCOUNT = Shown("a", "甲", "weibo", "late", "late", "young", True, MONDAY, MONDAY, TODAY, "甲")


def weekend(day: date) -> str:
    """Days off: every weekend, and a holiday on the 11th."""
    return "Labour Day" if day.day == 11 else WEEKEND if day.weekday() > 4 else ""


@pytest.mark.parametrize(
    ("last", "said"),
    [
        pytest.param(0, "最晚3月18日（周一） · 今天是最后一天", id="today is the last day"),
        pytest.param(1, "最晚3月19日（周二） · 还剩1个工作日", id="one working day after today"),
        pytest.param(6, "最晚3月24日（周日） · 还剩4个工作日", id="weekends do not count"),
        pytest.param(-1, "请立即发布", id="no day is left, but the limit has not passed"),
    ],
)
def test_working_days_until_the_last_day_to_publish(last: int, said: str) -> None:
    account = replace(ACCOUNT, publish_by=TODAY + last * DAY, breach_at=MONDAY + HOUR)
    assert deadline(account, MONDAY, weekend, WORDS) == said


def test_a_last_day_after_days_off_alone_says_so() -> None:
    friday = MONDAY + 4 * DAY
    account = replace(ACCOUNT, publish_by=friday.date() + 2 * DAY, breach_at=friday + 3 * DAY)
    said = deadline(account, friday, weekend, WORDS)
    assert said == "最晚3月24日（周日） · 其间没有工作日"


def test_who_is_over_reads_by_how_long() -> None:
    account = replace(ACCOUNT, breach_at=MONDAY - 3 * DAY)
    assert deadline(account, MONDAY, weekend, WORDS) == "已超期3天"


@pytest.mark.parametrize(
    ("read_at", "said"),
    [
        (None, "–"),
        (at("03-18 07:57"), "07:57"),
        (at("03-17 07:57"), "3月17日（周日）07:57"),
        (at("03-18 07:57").replace(year=2023), "2023年3月18日（周六）07:57"),
    ],
    ids=[
        "nothing was read",
        "of today: the time",
        "of another day: the day, too",
        "of another year: the year, too",
    ],
)
def test_up_to_when_accounts_are_known(read_at: datetime | None, said: str) -> None:
    assert known_as_of(read_at, MONDAY, WORDS) == said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("须在3月19日（周二）前发布", ["3月19日（周二）前"]),
        ("自3月18日（周一）07:32起读不到", ["3月18日（周一）07:32起"]),
        ("publish by Tue 19 Mar, 09:00 <b>", ["Tue 19 Mar, 09:00"]),
        ("8/9 & nothing", []),
    ],
)
def test_no_line_ends_within_a_date(text: str, kept: list[str]) -> None:
    shown = unbroken(text)
    assert re.findall('<span class="whole">(.*?)</span>', shown) == kept
    assert html.unescape(re.sub("<[^>]*>", "", shown)) == text


def cells(picture: str, kind: str) -> list[int]:
    """Which cells of a strip have an edge or a tint."""
    path = re.search(f'class="{kind}" d="([^"]*)"', picture)
    return [int(x) // 6 for x in re.findall(r"M(\d+) 2h5v5", path[1])] if path else []


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        pytest.param("one", [0, 9], id="the days with a post"),
        pytest.param("over", [7, 8], id="the days over the limit, though it has published since"),
        pytest.param("unseen", [], id="nothing was missed"),
        pytest.param("limit", [16], id="the last day to publish lies ahead"),
        pytest.param("coming", list(range(14, 21)), id="the days to come"),
        pytest.param("rest", [18, 19], id="days off to come are shaded"),
        pytest.param("holiday", [6], id="holidays are ringed, weekends are not"),
    ],
)
def test_a_strip_of_fourteen_days_and_seven_ahead(kind: str, places: list[int]) -> None:
    first = TODAY - 13 * DAY
    posts = {first: 1, first + 9 * DAY: 1}
    strip = Strip(TODAY, weekend, 14, 7)
    over = [(first + 7 * DAY, first + 8 * DAY)]
    drawn = strip.drawn(posts, (first, TODAY), first + 16 * DAY, "甲", over)
    assert cells(drawn, kind) == places


def test_days_that_were_not_seen_are_hatched() -> None:
    strip = Strip(TODAY, weekend, 14, 7)
    seen = (TODAY - 3 * DAY, TODAY)
    drawn = strip.drawn({}, seen, TODAY + timedelta(days=9), "甲")
    assert cells(drawn, "unseen") == list(range(10))
    assert len(re.findall("l-5 5", drawn)) == 10


def gateway(healthy: bool, pulse: datetime | None = None) -> GatewayStatus:
    return {
        "id": "rsshub",
        "kind": "rsshub",
        "healthy": healthy,
        "checked": True,
        "answered": True,
        "last_pulse_at": pulse,
        "warnings": [],
        "quota": None,
        "spent_today": None,
    }


FRESH = replace(ACCOUNT, look="fresh", publish_by=date(2024, 3, 28))
ALL_FRESH = Sums({("fresh", "weibo"): 40}, {"fresh": FRESH}, MONDAY, {"rsshub": 12}, 12)
MIXED = Sums(
    {("late", "weibo"): 2, ("blind", "wechat"): 1, ("fresh", "weibo"): 37},
    {"late": replace(ACCOUNT, publish_by=date(2024, 3, 19)), "blind": ACCOUNT, "fresh": FRESH},
    MONDAY,
    {"rsshub": 12},
)


@pytest.mark.parametrize(
    ("sums", "gateways", "look", "said"),
    [
        (
            ALL_FRESH,
            [gateway(True)],
            "fresh",
            "40个账号全部正常，最近的最晚发布日是3月28日（周四）（“甲”微博）。",
        ),
        (
            MIXED,
            [gateway(True)],
            "late",
            "2个账号须尽快发布，最早的须在3月19日（周二）前发布；1个账号看不见；其余37个正常。",
        ),
        (
            ALL_FRESH,
            [gateway(False, at("03-18 07:32"))],
            "blind",
            "无法核实：采集网关rsshub自07:32起读不到，涉及12个账号；其余28个正常。",
        ),
        (
            ALL_FRESH,
            [gateway(False)],
            "blind",
            "无法核实：采集网关rsshub读不到，涉及12个账号；其余28个正常。",
        ),
        (
            MIXED,
            [gateway(False)],
            "late",
            "2个账号须尽快发布，最早的须在3月19日（周二）前发布；1个账号看不见；"
            "无法核实：采集网关rsshub读不到，涉及12个账号；其余37个正常。",
        ),
    ],
    ids=["all well", "some late, one unseen", "a gateway fails", "one never read", "both"],
)
def test_the_sentence_and_its_colour_never_green_while_a_gateway_fails(
    sums: Sums, gateways: list[GatewayStatus], look: str, said: str
) -> None:
    assert sentence(sums, gateways, MONDAY, WORDS) == said
    assert look_of_all(sums, gateways) == look
