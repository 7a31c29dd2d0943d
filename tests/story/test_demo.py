"""The demo's February 2024, with everything real but the clock."""

import socket
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from monitor.demo.year import document, play
from monitor.errors import UsageError
from monitor.model import PostKind
from monitor.sample.script import year_2024_script
from tests.story.processes import Running, answered

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_script_has_the_years_posts() -> None:
    weibo, wechat = year_2024_script().values()
    year = [p for p in (*weibo, *wechat) if p.published_at.astimezone(ZONE).year == 2024]
    articles = sum(p.kind is PostKind.ARTICLE for p in year)
    assert (len(year) - articles, articles) == (284, 248)


@pytest.mark.long
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
    told_calls = [(at[:5], reason, people) for (at, reason), people in sorted(told.items())]
    assert told_calls == [
        ("02-08", "closure", everybody),
        ("02-09", "closure", everybody),
        ("02-09", "closure", everybody),
        ("02-15", "publish_day", ["li"]),
        ("02-16", "breach", everybody),
        ("02-18", "reminder", everybody),
        ("02-19", "reminder", everybody),
        ("02-19", "posted", everybody),
    ]
    calls = [(call["reason"], call["to"]) for call in document(outcome, None)["calls"]]
    assert [call for call in calls if call[0] != "shift"] == [
        (reason, people) for _, reason, people in told_calls
    ]
    [lapse] = outcome.accounts["weibo-anshanmz"].lapses
    assert (lapse.began_at.astimezone(ZONE).day, lapse.days) == (2, 17)
    assert outcome.accounts["wechat-anshanmz"].lapses == []
    text = shown.getvalue()
    assert "最晚应于2月15日（假期第6天）发布" in text
    assert "【超期】“鞍山民政”微博" in text
    assert "【已恢复】" in text
    for scene in ("调走了", "春节将至", "满14天", "王五点了“已知悉”"):
        assert scene in text
    assert "（未更新），发送给：张三、李四、王五\n" in text
    first_lines = [line for line in text.splitlines() if line.startswith("【超期】")]
    assert len(first_lines) == len(set(first_lines))
    assert text.count("─" * 72) == outcome.shown < len(outcome.notices)
    assert f"上面显示{outcome.shown}条消息" in text


def test_a_year_that_is_kept_can_be_looked_at_and_goes_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    ends = datetime(2024, 2, 3, tzinfo=UTC)
    outcome = play(Console(file=StringIO()), datetime(2024, 2, 1, tzinfo=UTC), ends, kept)
    told = document(outcome, kept)
    assert (told["kept"], told["readings"], told["notices"]) == (str(kept), outcome.readings, 0)
    assert [account["id"] for account in told["accounts"]] == list(outcome.accounts)
    with pytest.raises(UsageError, match="there is something already"):
        play(Console(file=StringIO()), keep=kept)
    config = kept / "config"
    before = answered(config, "status")
    assert before["at"] == "2024-02-03T08:00:00+08:00"
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("FRESHNESS_LISTEN", f"127.0.0.1:{port}")
    with Running(config) as running:
        running.wait_for("web_started")
        page = urlopen(f"http://127.0.0.1:{port}/").read().decode()
        assert "鞍山民政" in page
        assert "示例数据" in page
        assert running.stop() == 0
        assert not running.logged("source_read")
        assert not running.logged("account_assessed")
    assert answered(config, "status") == before


def test_the_year_is_known_to_its_last_hour(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    play(Console(file=StringIO()), datetime(2024, 12, 31, tzinfo=UTC), keep=kept)
    year = answered(kept / "config", "report", "year", "2024", "--format", "json")
    [weibo] = [account for account in year["accounts"] if account["platform"] == "weibo"]
    assert [gap["reason"] for gap in weibo["gaps"]] == ["not_watched"]  # none is to come
