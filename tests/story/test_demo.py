"""The demo's February 2024, with everything real but the clock."""

from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor.demo.year import play
from monitor.model import PostKind
from monitor.sample.script import year_2024_script

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_script_has_the_years_posts() -> None:
    weibo, wechat = year_2024_script().values()
    year = [p for p in (*weibo, *wechat) if p.published_at.astimezone(ZONE).year == 2024]
    articles = sum(p.kind is PostKind.ARTICLE for p in year)
    assert (len(year) - articles, articles) == (284, 248)


def test_the_lapse_is_told_as_it_should_have_been() -> None:
    shown = StringIO()
    outcome = play(
        Console(file=shown, width=120),
        datetime(2024, 1, 31, tzinfo=UTC),
        datetime(2024, 2, 20, tzinfo=UTC),
    )
    told: dict[tuple[str, str], list[str]] = {}
    for notice in outcome.notices:
        moment = f"{notice.created_at.astimezone(ZONE):%m-%d %H:%M}"
        told.setdefault((moment, notice.reason.value), []).append(notice.person)
    everybody = ["zhang", "li", "wang"]
    calls = [(at[:5], reason, people) for (at, reason), people in sorted(told.items())]
    assert calls == [
        ("02-08", "closure", everybody),
        ("02-09", "closure", everybody),
        ("02-09", "closure", everybody),
        ("02-15", "publish_day", ["li"]),
        ("02-16", "breach", everybody),
        ("02-18", "reminder", everybody),
        ("02-19", "reminder", everybody),
        ("02-19", "posted", everybody),
    ]
    [lapse] = outcome.accounts["weibo-anshanmz"].lapses
    assert (lapse.began_at.astimezone(ZONE).day, lapse.days) == (2, 17)
    assert outcome.accounts["wechat-anshanmz"].lapses == []
    text = shown.getvalue()
    assert "最晚应于2月15日（假期第6天）发布" in text
    assert "【超期】“鞍山民政”微博" in text
    assert "【已恢复】" in text
