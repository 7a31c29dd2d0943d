"""Run as a process: decides or delivers on a real database, and kills itself at a given step.

`python dying_sender.py DATABASE WEBHOOK STEP`, STEP one of the names below, or `never`.
"""

import os
import signal
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.channels.base import Channel
from alerts.channels.registry import build
from alerts.delivery.outbox import After, Hold, Outbox
from alerts.delivery.sending import drain
from alerts.facts import SilenceFacts
from alerts.message import Message
from alerts.model import (
    Alert,
    ChannelSettings,
    Event,
    Hours,
    Kind,
    Notice,
    Person,
    Reach,
    Reason,
)
from alerts.occasion import occasion_of
from alerts.words import translator
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.rule_values import silent

NOW = datetime(2024, 2, 9, 1, tzinfo=UTC)
SUBJECT = "weibo-anshanmz"
PEOPLE = {"zhang": Person("zhang", "张三", reach=(Reach("hook", "zhang"),))}
HOURS = Hours(ZoneInfo("Asia/Shanghai"))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """A real outbox and a real channel, in a process that ends after one of their steps."""

    quiet = False
    digest = 0
    inbound = False

    def __init__(self, outbox: Outbox, channel: Channel, step: str) -> None:
        self._outbox, self._channel, self._step = outbox, channel, step

    def claim(
        self,
        now: datetime,
        limit: int = 100,
        hold: Hold | None = None,
        busy: Collection[str] = (),
    ) -> Sequence[Notice]:
        claimed = self._outbox.claim(now, limit, hold, busy)
        self._end("claimed")
        return claimed

    def send(self, message: Message) -> None:
        self._channel.send(message)
        self._end("sent")

    def settle(self, notice: Notice, result: After, now: datetime, error: str | None) -> None:
        self._outbox.settle(notice, result, now, error)
        self._end("settled")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    def _end(self, step: str) -> None:
        if step == self._step:
            die()


def notice(alert: int, number: int = 1) -> Notice:
    return Notice(
        id=f"notice-{number}",
        alert=alert,
        kind=Kind.SILENCE,
        subject=SUBJECT,
        occasion=occasion_of(f"rung:{number}"),
        reason=Reason.RUNG,
        event=Event.ALERT,
        rung=10,
        person="zhang",
        channel="hook",
        address="zhang",
        facts=SilenceFacts("鞍山民政", "weibo", at=NOW, quiet_days=10, limit_days=14),
        created_at=NOW,
        not_before=NOW,
    )


def decide(store: Store, step: str = "never", count: int = 1) -> None:
    """Open an alert with its notices in one transaction."""
    with store.alerts.changing(SUBJECT) as tx:
        alert = tx.save(Alert(Kind.SILENCE, SUBJECT, NOW, NOW - timedelta(days=10)))
        if step == "half decided":
            die()
        tx.add_notices([notice(alert.id, number) for number in range(1, count + 1)])
    if step == "decided":
        die()


def deliver(store: Store, url: str, now: datetime, step: str = "never") -> None:
    """Send everything that is due, as the service does."""
    channel = build(ChannelSettings("hook", "webhook", {"url": url}), sys.stdout)
    dying = Dying(store.outbox, channel, step)
    try:
        while drain(
            dying, {"hook": dying}, PEOPLE, translator("zh_CN"), HOURS, now, silent
        ).claimed:
            pass
    finally:
        channel.close()


def main(database: str, url: str, step: str) -> None:
    store = open_store(database, NOW)
    if not store.alerts.open():
        decide(store, step)
    deliver(store, url, NOW, step)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
