"""The first pass on the shipped configuration, at any hour of any day."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import app as composition
from monitor.log import open_log
from monitor.settings.loading import load
from tests.story.processes import shipped

pytestmark = pytest.mark.long

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = ("00:05", "08:59", "09:00", "12:30", "23:59")
DAYS = (
    pytest.param("2026-03-11", id="a Wednesday"),
    pytest.param("2026-03-14", id="a Saturday"),
    pytest.param("2026-03-15", id="a Sunday"),
    pytest.param("2026-02-16", id="the eve of Spring Festival"),
    pytest.param("2026-02-20", id="in Spring Festival"),
    pytest.param("2026-02-28", id="a Saturday on which people work"),
    pytest.param("2026-10-08", id="the day after the National Day holiday"),
    pytest.param("2026-12-31", id="the last day of a year"),
    pytest.param("2027-01-01", id="the first day of a year that is not announced"),
    pytest.param("2028-02-29", id="a leap day"),
)


@pytest.mark.parametrize("day", DAYS)
def test_a_newcomer_sees_an_alert_with_dates_and_reason(
    day: str, tmp_path: Path, sqlite_template: Path
) -> None:
    settings = load(shipped(tmp_path), {})
    for hour in HOURS:
        now = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)
        last = now.date() - timedelta(days=12)
        publish_by = now.date() + timedelta(days=1)
        database = tmp_path / f"{hour[:2]}{hour[3:]}.db"
        shutil.copyfile(sqlite_template, database)
        shown = StringIO()
        with composition.opened(
            settings,
            open_log((), ZONE, quiet=True),
            reading=True,
            clock=partial(datetime.astimezone, now, UTC),
            out=shown,
            url=f"sqlite:///{database}",
        ) as app:
            readings = app.service.tick()
            status = app.desk.accounts.status(now)
            # In December the operator is also notified of next year's working days.
            alerts = [a for a in app.desk.alerts.overview() if a["kind"] != "self"]
        assert [r.good for r in readings] == [True, True]
        weibo, wechat = status["accounts"]
        assert (weibo["verdict"], weibo["quiet_days"]) == ("late", 12)
        assert weibo["last_post_at"] == datetime.fromisoformat(f"{last}T10:05:00+08:00")
        assert weibo["publish_by"] == publish_by
        assert (wechat["verdict"], wechat["quiet_days"] <= 1) == ("fresh", True)
        told = {notice["to"] for notice in alerts[0]["notices"]}
        assert [a["subject"] for a in alerts] == ["weibo-anshanmz"]
        assert told == ({"zhang", "li", "wang"} if hour >= "09:00" else {"zhang", "li"})
        assert {n["state"] for n in alerts[0]["notices"]} == {"sent"}
        assert f"最晚应于{publish_by.month}月{publish_by.day}日" in shown.getvalue()
        assert f"最近一条：{last.month}月{last.day}日" in shown.getvalue()
        assert re.search(r"本次为满1[02]天提醒；按规定至少每14天更新一次", shown.getvalue())
