"""`status`: gateways as they were at the instant asked for, at the same cost for many accounts."""

from datetime import datetime
from pathlib import Path

import pytest

from alerts.words import translator
from monitor.commands.show.accounts import show_status
from monitor.desk.desk import Desk
from monitor.desk.status import Picture, gateway_status
from monitor.model import Account, Gateway, GatewayState, Outcome, SourceSpec
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, WECHAT, at, register
from tests.store.test_effort import statements

NOON = at("03-13 12:00")


@pytest.mark.parametrize(
    ("moment", "healthy", "outcome", "verdict"),
    [
        pytest.param(at("03-13 10:00"), True, "ok", "late", id="while it was read"),
        pytest.param(at("03-13 16:00"), False, "transport", "blind", id="while it was down"),
        pytest.param(at("03-13 20:00"), True, "ok", "late", id="when it was back"),
    ],
)
def test_the_past_shows_the_gateways_of_then(
    sqlite_store: Store, moment: datetime, healthy: bool, outcome: str, verdict: str
) -> None:
    world = World(sqlite_store, register(accounts=ACCOUNTS))
    world.read(at("03-06 10:00"), at("03-06 10:00"))
    world.read(at("03-13 09:00"))
    world.fail(at("03-13 15:00"))
    world.read(at("03-13 19:00"))
    world.read(at("03-13 19:00"), at("03-12 10:00"), spec=WECHAT)
    desk = Desk(sqlite_store, world.rules, world.engine, translator("zh_CN"))
    status = desk.accounts.status(at("03-14 09:00"), moment)
    weibo = status["accounts"][0]
    assert weibo["gateways"] == [{"gateway": "rsshub", "healthy": healthy, "last_outcome": outcome}]
    assert weibo["verdict"] == verdict
    assert status["gateways"][0]["healthy"] is healthy


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param(None, "未检查  尚无心跳", id="never tried"),
        pytest.param(
            GatewayState("rsshub", last_tried_at=NOON, last_outcome=Outcome.TRANSPORT),
            "尚无有效应答  尚无心跳",
            id="tried, and never there: it is not called well",
        ),
        pytest.param(
            GatewayState("rsshub", last_tried_at=NOON, last_outcome=Outcome.OK),
            "正常  尚无心跳",
            id="it answered, and shows no sign of life",
        ),
        pytest.param(
            GatewayState(
                "rsshub",
                last_tried_at=NOON,
                last_pulse_at=NOON,
                last_outcome=Outcome.TRANSPORT,
            ),
            "正常  最近心跳3月13日（周三）12:00",
            id="it answered before: one failure says nothing of it yet",
        ),
        pytest.param(
            GatewayState(
                "rsshub", healthy=False, last_tried_at=NOON, last_outcome=Outcome.TRANSPORT
            ),
            "看不见  尚无心跳",
            id="it fails",
        ),
    ],
)
def test_a_gateway_is_called_well_once_it_has_answered(
    capsys: pytest.CaptureFixture[str], state: GatewayState | None, said: str
) -> None:
    known = {} if state is None else {"rsshub": state}
    row = gateway_status(Gateway("rsshub", "rsshub", "http://x"), Picture(NOON, known, {}, {}))
    show_status(
        {"at": NOON, "accounts": [], "gateways": [row], "missing": [], "cluster": None},
        translator("zh_CN"),
    )
    assert f"采集网关 rsshub (rsshub)  {said}\n" in capsys.readouterr().out


def cost(folder: Path, number: int) -> int:
    """Return how many statements a `status` of so many accounts runs."""
    specs = [SourceSpec(f"s{n}", f"a{n}", "rsshub", "x") for n in range(number)]
    accounts = {s.account: Account(s.account, "某局", "weibo", sources=(s,)) for s in specs}
    store = open_store(f"sqlite:///{folder}/{number}.db", NOON)
    world = World(store, register(accounts=accounts))
    desk = Desk(store, world.rules, world.engine, translator("zh_CN"))
    with statements(store) as run:
        desk.accounts.status(NOON)
    store.close()
    return len(run)


def test_many_accounts_cost_as_many_statements_as_few(tmp_path: Path) -> None:
    assert cost(tmp_path, 60) == cost(tmp_path, 3)
