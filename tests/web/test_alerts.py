"""The pages of alerts and of all notices, with few alerts and with many."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from alerts.model import Alert, Kind
from monitor.web.alerts import paged
from tests.rule_values import DAY, MINUTE, at
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, Office

ONE = Alert(Kind.SILENCE, "a", MONDAY, MONDAY)
MANY = [replace(ONE, id=n) for n in range(120)]


@pytest.mark.parametrize(
    ("alerts", "asked", "page", "pages", "ids"),
    [
        ([], 1, 1, 1, []),
        (MANY, 1, 1, 3, range(50)),
        (MANY, 3, 3, 3, range(100, 120)),
        (MANY, 99, 3, 3, range(100, 120)),
        (MANY[:50], 2, 1, 1, range(50)),
    ],
    ids=["none", "the first", "the last", "beyond the last", "just one full page"],
)
def test_alerts_by_page(
    alerts: Sequence[Alert], asked: int, page: int, pages: int, ids: Sequence[int]
) -> None:
    number, last, shown = paged(alerts, asked)
    assert (number, last, [one.id for one in shown]) == (page, pages, [*ids])


def test_the_most_urgent_alert_stands_first(busy: Office) -> None:
    with busy.served() as url, inside(busy, url, "guest") as browser:
        page = browser.see("/alerts").text
    numbers = [int(n) for n in re.findall('id="alert-([0-9]+)"', page)]
    lookup = busy.answers.lookup
    ends = [lookup.breach_at(a) for n in numbers if (a := lookup.find(n))]
    assert len(ends) > 5
    assert ends == sorted(ends, key=str)


def test_all_notices_of_the_last_thirty_days_are_one_list(office: Office, look: Browser) -> None:
    page = look.see("/alerts/notices")
    times = re.findall("<time>(.*?)</time>", page.text)
    assert len(times) == 4
    assert times == sorted(times, reverse=True)
    said = seen(page)
    assert "3月18日（周一）09:00 王敏 到期提醒 · wecom · 已发送 “鞍山民政”微博" in said
    assert '<a href="/accounts/weibo">' in page.text


def test_notices_older_than_thirty_days_are_left_out(office: Office, url: str) -> None:
    office.clock.now = at("04-13 09:01")
    with inside(office, url, "guest") as guest:
        assert guest.see("/alerts/notices").text.count("<time>") == 3
        office.clock.now = MONDAY + 30 * DAY + MINUTE
    with inside(office, url, "guest") as guest:
        assert "近30天没有通知过任何人" in seen(guest.see("/alerts/notices"))


def test_a_page_of_notices_beyond_the_last_is_calm(look: Browser) -> None:
    for asked in ("99", "-1", "x", "9" * 40):
        assert look.see(f"/alerts/notices?page={asked}").status_code == 200
        assert look.see(f"/alerts?open={asked}&ended={asked}").status_code == 200


def test_the_last_alert_is_told_where_none_is_open(office: Office, url: str) -> None:
    office.world.look(at("03-18 10:00"), at("03-18 09:50"))
    office.clock.now = at("03-18 10:00")
    with inside(office, url, "guest") as guest:
        assert "上一次：2024年3月13日（周三），“鞍山民政”微博，12天。" in seen(guest.see("/alerts"))
