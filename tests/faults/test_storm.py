"""One cause, one message: a gateway that fails everybody behind it in the same way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.judging.engine import AlertEngine
from monitor.store.base import Store
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import DAY, HOUR, at

pytestmark = pytest.mark.long

START = at("03-06 12:00")
UIDS = [f"{n:05}" for n in range(10001, 10013)]
AGES = tuple(timedelta(days=n + 1) for n in range(6))

FACADES = [
    pytest.param(lambda uid, now: (200, feed(uid, now), {}), id="a soft block: all are empty"),
    pytest.param(
        lambda _, __: (302, b"", {"Location": "https://login.example.test/sso"}),
        id="a login page at another host",
    ),
    pytest.param(lambda _, __: (200, b"<title>Just a moment...</title>", {}), id="a shield"),
    pytest.param(lambda _, __: (503, b"", {}), id="an error"),
]


@pytest.mark.parametrize("facade", FACADES)
def test_F16_a_gateway_that_fails_everybody_is_one_message_and_its_recovery_another(
    sqlite_store: Store, facade: Callable[[str, object], Answer]
) -> None:
    with RssHub(lambda uid: (200, feed(uid, START, *AGES), {})) as hub:
        world = Reading(sqlite_store, behind("rsshub", *UIDS), {"rsshub": hub}, START)
        engine = AlertEngine(sqlite_store, world.rules, lambda _, when: when, lambda *_, **__: None)

        def follow(hours: int) -> None:
            for _ in range(hours):
                world.now += HOUR
                world.rounds.read_due(world.now)
                sqlite_store.notes.beat(world.now, START - DAY)
                engine.judge(world.now, START - DAY)

        follow(1)
        hub.answer = lambda uid: facade(uid, world.now)
        follow(40)
        told = [(a.kind.value, a.subject) for a in sqlite_store.alerts.listed(True)]
        [(_, notices)] = sqlite_store.alerts.notices_of([1]).items()
        accounts = {name for n in notices for name in n.facts.accounts}
        hub.answer = lambda uid: (200, feed(uid, world.now, *AGES), {})
        follow(8)
        ended = [a.resolution for a in sqlite_store.alerts.listed(True)]
        world.close()
    assert told == [("gateway", "rsshub")]
    assert len(accounts) == len(UIDS)
    assert ended == ["recovered"]
