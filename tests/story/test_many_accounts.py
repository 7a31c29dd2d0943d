"""A supervising office before Spring Festival: 122 accounts, and one message a person."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alerts.channels.servers import KEY, TOKEN, BotApi, Web, WeComRobot
from tests.polling.loopback import Answer, RssHub, feed
from tests.story.processes import answered, freshness

pytestmark = pytest.mark.long

MANY = 122
POSTED = datetime(2024, 2, 2, 2, 5, tzinfo=UTC)  # 10:05 in Anshan: publish by the 15th
EVE = datetime(2024, 2, 9, 1, tzinfo=UTC)  # 09:00 of the last working day
MONITOR = """
[service]
timezone = "Asia/Shanghai"
database = "sqlite:///data/freshness.db"

[web]
listen = "127.0.0.1:8080"
public_url = "https://freshness.example.gov.cn"

[policies.default]
limit = "14d"
ladder = [
    {{after = "13d", tell = ["custodian", "duty"]}},
    {{after = "14d", tell = ["custodian", "duty"]}},
]

[gateways.hub]
kind = "rsshub"
url = "{hub}"
spacing = "0s"
concurrency = 4
"""
PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
phone = "0412-5550101"
reach = [{{channel = "group", address = ""}}]

[[people]]
id = "li"
name = "李四"
roles = ["duty", "operator"]
reach = [{{channel = "bot", address = "1002"}}]

[[channels]]
id = "group"
kind = "wecom"
url = "http://127.0.0.1:{wecom}/cgi-bin/webhook/send?key={key}"

[[channels]]
id = "bot"
kind = "telegram"
token = "{token}"
base_url = "http://127.0.0.1:{bot}"
"""
ACCOUNT = """
[[accounts]]
id = "a{n:03}"
name = "第{n}街道"
platform = "weibo"
custodian = "zhang"
sources = [{{gateway = "hub", locator = "weibo/user/{n}"}}]
"""


class Town:
    """The gateway, the robot and the bot of one office, and its configuration."""

    def __init__(self, folder: Path) -> None:
        self.now = POSTED
        self.robot, self.api = WeComRobot(), BotApi()
        self.robots, self.bots = Web(self.robot), Web(self.api)
        self.hub = RssHub(self._feed)
        self.config = folder / "config"
        self.config.mkdir()
        write = {
            "monitor.toml": MONITOR.format(hub=self.hub.url),
            "people.toml": PEOPLE.format(
                wecom=self.robots.port, bot=self.bots.port, key=KEY, token=TOKEN
            ),
            "accounts.toml": "".join(ACCOUNT.format(n=n) for n in range(1, MANY + 1)),
        }
        for name, text in write.items():
            (self.config / name).write_text(text, encoding="utf-8")

    def _feed(self, uid: str) -> Answer:
        return 200, feed(uid, self.now, self.now - POSTED), {}

    def tick(self, now: datetime) -> None:
        """One whole pass at *now*."""
        self.now = now
        done = freshness(self.config, "tick", "--at", now.isoformat())
        assert done.returncode in (0, 1), done.stderr


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with made.hub:
        yield made
    made.robots.close()
    made.bots.close()


def test_122_accounts_on_the_last_working_day_are_one_message_a_person(town: Town) -> None:
    town.tick(EVE - timedelta(days=2))
    assert town.robot.said == []
    town.tick(EVE)
    [said] = town.robot.said
    content = said["markdown"]["content"]
    assert content.startswith("【共122条】【节前提醒】“第1街道”微博已7天未更新，最晚应于2月15日")
    assert re.search(r"另有\d+条未列出，请打开链接逐条查看并答复。", content)
    assert re.search(r"\]\(https://freshness\.example\.gov\.cn/a/\S+\)$", content)
    [told] = town.api.texts(1002)
    assert told.startswith("【共122条】")
    assert told.count("“第") >= 100
    alerts = answered(town.config, "alerts", "list")
    assert len(alerts) == MANY
    assert {(n["to"], n["state"]) for a in alerts for n in a["notices"]} == {
        ("zhang", "sent"),
        ("li", "sent"),
    }
