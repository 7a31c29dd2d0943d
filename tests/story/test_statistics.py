"""A mass-send that no reading shows: WeChat's statistics list it on the next day.

The list that is read has stood still without looking dead. Without the statistics the account
would be called silent in March, and its year would be one mass-send short without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.main import main
from monitor.model import source_id
from tests.faults.seeing import Site, rss
from tests.polling.weixin import KEY, NO_PERMISSION, Weixin, sent
from tests.rule_values import at

Run = Callable[..., tuple[int, str]]
SEEN = [(f"https://mp.weixin.qq.com/s/seen{n}", at(f"03-0{n} 10:00")) for n in (6, 5, 4, 1)]
MONITOR = """
[service]
database = "sqlite:///freshness.db"
[policies.default]
limit = "14d"
ladder = [
    {{after = "7d", tell = ["custodian"]}}, {{after = "10d", tell = ["custodian"]}},
    {{after = "14d", tell = ["custodian", "deputy"]}},
]
[gateways.list]
kind = "feed"
url = "{list}"
trusted = true
spacing = "0s"
[gateways.own]
kind = "wechat_api"
url = "{own}"
key = "{key}"
spacing = "0s"
"""
ACCOUNTS = """
[[accounts]]
id = "wechat-mz"
name = "鞍山民政"
platform = "wechat"
custodian = "zhang"
sources = [{gateway = "list", locator = "list.xml"}, {gateway = "own", locator = ""}]
"""
PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
roles = ["custodian", "deputy", "operator"]
reach = [{channel = "console", address = ""}]
[[channels]]
id = "console"
kind = "console"
"""


@pytest.fixture
def weixin() -> Iterator[Weixin]:
    with Weixin() as server:
        for n in (6, 5, 4, 1):
            server.days[f"2024-03-0{n}"] = sent(f"2024-03-0{n}", [0])
        yield server


@pytest.fixture
def run(
    weixin: Weixin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """The commands, on a configuration with a list that shows nothing after 6 March."""
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.chdir(tmp_path)
    with Site(lambda *_: rss(SEEN, at("03-06 12:00"), "http://mp.test/", "鞍山民政")) as site:
        monitor = MONITOR.format(list=site.url, own=weixin.url, key=KEY)
        for name, text in (("monitor", monitor), ("accounts", ACCOUNTS), ("people", PEOPLE)):
            (config / f"{name}.toml").write_text(text, encoding="utf-8")

        def run(*words: str) -> tuple[int, str]:
            with pytest.raises(SystemExit) as ended:
                main(["--config", str(config), *words])
            return int(ended.value.code or 0), capsys.readouterr().out

        yield run


def passes(run: Run, *moments: str) -> str:
    """Make a pass at each of these moments; return what people were sent."""
    return "".join(run("tick", "--at", at(moment).isoformat())[1] for moment in moments)


def asked(run: Run, *words: str) -> Any:
    return json.loads(run(*words, "--json")[1])


def verdict(run: Run) -> tuple[str, str, int]:
    (account,) = asked(run, "status")["accounts"]
    return account["verdict"], account["reason"], account["quiet_days"]


def test_a_mass_send_that_no_reading_shows(run: Run, weixin: Weixin) -> None:
    weixin.days["2024-03-12"] = sent("2024-03-12", [0, 0])
    passes(run, "03-08 12:00", "03-12 12:00")
    assert verdict(run) == ("fresh", "young", 6)
    passes(run, "03-13 12:00")
    assert verdict(run) == ("blind", "unseen", 7)
    assert "3月11日无、3月12日发布2篇（其中群发2篇）" in asked(run, "explain", "wechat-mz")["text"]
    told = passes(run, "03-16 10:00", "03-20 12:00", "03-21 12:00")
    assert verdict(run) == ("blind", "unseen", 15)  # no breach: on the 12th it was not silent
    assert "【超期】" not in told
    assert "但平台计数显示另有2条未能看到" in told

    explained = asked(run, "explain", "wechat-mz")
    assert explained["unseen"] == {"posts": 2, "risen_at": "2024-03-13T00:00:00+08:00"}
    assert [one["articles"] for one in explained["statistics"]] == [0] * 7
    assert "截至3月13日（周三）00:00，平台计数比页面所示多2条" in explained["text"]

    (found,) = asked(run, "report", "reconcile", "2024")
    line = found["lines"][0]
    assert (line["against"], line["ours"], line["theirs"], found["explained"]) == (
        "statistics",
        4,
        6,
        False,
    )
    assert line["differing_days"] == [{"day": "2024-03-12", "ours": 0, "theirs": 2}]
    text = run("report", "reconcile", "2024")[1]
    assert f"台账4，平台逐日统计（{source_id('wechat-mz', 'own', '')}）6；原因不明+2" in text
    assert "请核对：3月12日（台账0，平台2）" in text


def test_what_is_imported_afterwards_settles_it(run: Run, weixin: Weixin, tmp_path: Path) -> None:
    weixin.days["2024-03-12"] = sent("2024-03-12", [0, 0])
    passes(run, "03-08 12:00", "03-13 12:00")
    assert verdict(run) == ("blind", "unseen", 7)
    (tmp_path / "missed.csv").write_text(
        "account,published_at,title,url,kind\n"
        "wechat-mz,2024-03-12T16:00+08:00,清明祭扫公告,https://mp.weixin.qq.com/s/m1,article\n"
        "wechat-mz,2024-03-12T16:00+08:00,低保标准,https://mp.weixin.qq.com/s/m2,article\n",
        encoding="utf-8",
    )
    assert run("import", "missed.csv", "--partial")[0] == 0
    passes(run, "03-13 15:00")
    assert verdict(run) == ("fresh", "young", 1)
    (found,) = asked(run, "report", "reconcile", "2024")
    assert (found["explained"], found["lines"][0]["differing_days"]) == (True, [])


def test_days_on_which_nothing_was_published_change_nothing(run: Run) -> None:
    told = passes(run, "03-08 12:00", "03-13 12:00", "03-20 12:00", "03-21 12:00")
    assert "【超期】" in told
    assert verdict(run) == ("breached", "proven", 15)  # by the list that is read, and it alone


def test_the_operator_is_notified_of_a_refusal_and_no_reading_fails(
    run: Run, weixin: Weixin
) -> None:
    weixin.days["2024-03-07"] = NO_PERMISSION
    passes(run, "03-08 12:00")
    own = next(g for g in asked(run, "status")["gateways"] if g["id"] == "own")
    assert (own["healthy"], len(own["warnings"])) == (True, 1)
    assert own["warnings"][0].startswith("statistics not told for 2024-03-07: WeChat says 48001")
    found = [f for f in asked(run, "doctor") if "statistics" in f["detail"]]
    assert [(f["check"], f["level"], f["detail"]) for f in found] == [
        ("gateway own", "warning", own["warnings"][0])
    ]
