"""At a terminal the service tells its events: names for ids, one line each, in the language."""

from pathlib import Path
from typing import Any

import pytest

from alerts.words import translator
from monitor.commands.show.events import Narrator
from monitor.settings.loading import load
from tests.rule_values import at
from tests.shell import ROOT

WORDS = translator("zh_CN")
CALL = {"alert": 1, "kind": "silence", "subject": "weibo-anshanmz", "reason": "rung", "rung": 12}
SENT = {"notice": "n", "alert": 1, "kind": "silence", "subject": "weibo-anshanmz"}
READ = {"source": "weibo-anshanmz/rsshub/weibo/user/1", "outcome": "ok", "good": True, "detail": ""}
NAME = "“鞍山民政”微博"


class Told:
    """What was told, and what was handed on to the log."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.logged: list[str] = []
        settings = load(Path(ROOT) / "config", {})
        now = at("03-18 09:00")
        self.narrator = Narrator(settings, WORDS, self._log, lambda: now, self.lines.append)

    def _log(self, event: str, /, **_: Any) -> None:
        self.logged.append(event)


@pytest.mark.parametrize(
    ("event", "facts", "said"),
    [
        ("service_started", {"accounts": 2}, "服务开始运行，值守2个账号"),
        ("source_read", {**READ, "new": 3}, f"{NAME}：读取正常，新增3条"),
        ("source_read", {**READ, "new": 0}, f"{NAME}：读取正常，没有新内容"),
        (
            "source_read",
            {**READ, "good": False, "outcome": "status", "detail": "HTTP 503", "new": 0},
            f"{NAME}：读取失败，网关内部出错（HTTP 503）",
        ),
        (
            "account_assessed",
            {"account": "weibo-anshanmz", "verdict": "late", "quiet_days": 12, "rung": 12},
            f"{NAME}：临近，已12天未更新",
        ),
        (
            "account_assessed",
            {"account": "weibo-anshanmz", "verdict": "blind", "quiet_days": 0, "rung": None},
            f"{NAME}：看不见",
        ),
        (
            "account_assessed",
            {
                "account": "weibo-anshanmz",
                "verdict": "waiting",
                "checked": False,
                "quiet_days": 0,
                "rung": None,
            },
            f"{NAME}：未检查",
        ),
        ("call_made", {**CALL, "to": "zhang,li"}, f"{NAME}：未更新（到期提醒），通知张三、李四"),
        ("call_unheard", {**CALL, "to": ""}, f"{NAME}：未更新（到期提醒），但没有人可以通知"),
        ("alert_ended", {**CALL, "reason": "posted"}, f"{NAME}：未更新已结束（已发布新信息）"),
        ("notice_sent", {**SENT, "person": "li", "channel": "wecom"}, "已通过wecom发给李四"),
        (
            "notice_failed",
            {**SENT, "person": "li", "channel": "wecom", "detail": "code 93000"},
            "通过wecom发给李四失败：令牌、密钥、签名或登录被拒绝；"
            "到发放处重新生成，更新people.toml或其引用的变量「93000」",
        ),
        ("answered", {"alert": 1, "by": "zhang", "answer": "ack"}, "张三已应答"),
        (
            "configuration_refused",
            {"problem": "accounts.toml: accounts[1].name: is missing"},
            "新配置有误，继续使用原来的配置：accounts.toml: accounts[1].name: is missing",
        ),
        ("backup_written", {"file": "data/x.db"}, "今天的备份在data/x.db"),
        (
            "web_not_served",
            {"listen": "127.0.0.1:80", "why": "Permission denied"},
            "网页无法在127.0.0.1:80上打开：Permission denied",
        ),
        ("service_stopped", {}, "服务已停止"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_an_event_is_told_in_one_line(event: str, facts: dict[str, Any], said: str) -> None:
    told = Told()
    told.narrator.tell(event, **facts)
    assert told.lines == [f"09:00:00  {said}"]
    assert told.logged == [event]


def test_what_nobody_needs_to_know_is_only_logged() -> None:
    told = Told()
    told.narrator.tell("heartbeat_sent", reason=None)
    assert (told.lines, told.logged) == ([], ["heartbeat_sent"])


def test_what_the_configuration_does_not_name_goes_by_its_id() -> None:
    told = Told()
    told.narrator.tell("call_made", **{**CALL, "subject": "rsshub", "kind": "gateway", "to": "sun"})
    assert told.lines == ["09:00:00  rsshub：采集异常（到期提醒），通知sun"]
