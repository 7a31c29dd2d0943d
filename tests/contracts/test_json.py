"""The JSON documents that other people's scripts rely on: these keys, of these types.

Keys may be added; one that is missing, renamed or of another type breaks a script somewhere.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.main import main
from monitor.freshness.verdict import Verdict
from monitor.model import Outcome
from tests.story.processes import shipped

NOON = "2026-03-10T12:00+08:00"

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return type(value) is str and value != ""


def whole(value: Any) -> bool:
    return type(value) is int


def truth(value: Any) -> bool:
    return type(value) is bool


def instant(value: Any) -> bool:
    return text(value) and datetime.fromisoformat(value).tzinfo is not None


def day(value: Any) -> bool:
    return text(value) and date.fromisoformat(value).isoformat() == value


def one_of(*words: str) -> Check:
    return lambda value: value in words


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def texts(value: Any) -> bool:
    return type(value) is list and all(map(text, value))


def anything(_: Any) -> bool:
    return True


STATES = one_of("pending", "sent", "retrying", "failed", "withdrawn")
KINDS = one_of("silence", "blind", "gateway", "handover", "roster", "channel", "ledger", "self")
VERDICTS = one_of(*(v.value for v in Verdict))

STATUS = {
    "at": instant,
    "accounts": [
        {
            "id": text,
            "name": text,
            "platform": text,
            "verdict": VERDICTS,
            "quiet_days": whole,
            "last_post_at": maybe(instant),
            "last_post_until": maybe(instant),
            "last_post_title": maybe(text),
            "checked": truth,
            "breach_at": instant,
            "publish_by": day,
            "rung": maybe(whole),
            "posts_this_month": whole,
            "posts_this_year": whole,
            "last_good_reading_at": maybe(instant),
            "gateways": [
                {
                    "gateway": text,
                    "healthy": truth,
                    "last_outcome": maybe(one_of(*(o.value for o in Outcome))),
                }
            ],
        }
    ],
    "gateways": [
        {
            "id": text,
            "kind": text,
            "healthy": truth,
            "checked": truth,
            "last_pulse_at": maybe(instant),
            "quota": maybe(whole),
            "spent_today": maybe(whole),
        }
    ],
}
EXPLAIN = {
    "account": text,
    "verdict": VERDICTS,
    "text": text,
    "last_post": {"title": text, "published_at": instant, "url": text, "source": text},
    "last_good_reading": {"at": instant, "as_of": instant},
    "readings": {"tried": whole, "good": whole, "since": instant},
    "rule": {"policy": text, "limit": whole, "ladder": [{"after": whole, "tell": texts}]},
    "changes_at": maybe(instant),
    "told": [{"at": instant, "to": text, "channel": text, "rung": maybe(whole), "state": STATES}],
}
ALERTS = [
    {
        "id": whole,
        "kind": KINDS,
        "subject": text,
        "rung": maybe(whole),
        "opened_at": instant,
        "resolved_at": maybe(instant),
        "reason": maybe(text),
        "acknowledged_by": maybe(text),
        "promise_until": maybe(instant),
        "notices": [
            {
                "id": text,
                "to": text,
                "channel": text,
                "state": STATES,
                "sent_at": maybe(instant),
                "attempts": whole,
            }
        ],
    }
]
REPLAY = [
    {
        "at": instant,
        "account": text,
        "kind": KINDS,
        "rung": maybe(whole),
        "to": texts,
        "reason": text,
    }
]
YEAR = {
    "year": whole,
    "version": maybe(whole),
    "frozen": truth,
    "accounts": [
        {
            "id": text,
            "name": text,
            "platform": text,
            "posts": whole,
            "originals": whole,
            "reposts": whole,
            "articles": whole,
            "pushes": whole,
            "complete": truth,
            "gaps": [{"from": instant, "to": instant, "reason": text}],
            "longest_gap": {"days": whole, "from": anything, "to": anything},
            "lapses": [{"from": anything, "to": anything, "days": whole}],
            "followers": {"start": maybe(whole), "end": maybe(whole), "growth": anything},
        }
    ],
    "total_posts": whole,
    "sentences": [text],
}
DOCTOR = [{"check": text, "level": one_of("ok", "untried", "warning", "problem"), "detail": text}]


def wrong(shape: Any, value: Any, where: str = "") -> Iterator[str]:
    """Yield what of *value* is not of *shape*."""
    if isinstance(shape, dict):
        for key, inner in shape.items():
            if not isinstance(value, dict) or key not in value:
                yield f"{where}.{key} is missing"
            else:
                yield from wrong(inner, value[key], f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where} is no list: {value!r}"
        else:
            for number, one in enumerate(value):
                yield from wrong(shape[0], one, f"{where}[{number}]")
    elif not shape(value):
        yield f"{where}: {value!r}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which an alert was notified and acknowledged, promised and answered."""
    folder = tmp_path_factory.mktemp("told")
    shipped(folder)
    run(folder, "tick", "--at", NOON)
    run(folder, "alerts", "ack", "1", "--by", "zhang")
    run(folder, "alerts", "promise", "1", "--by", "zhang", "--until", "2026-03-10T17:00")
    return folder


def run(folder: Path, *args: str) -> int | str | None:
    with pytest.MonkeyPatch.context() as at:
        at.chdir(folder)
        at.delenv("FRESHNESS_CONFIG", raising=False)
        at.setattr(sys, "argv", ["freshness", *args])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code


@pytest.mark.parametrize(
    ("args", "shape", "code"),
    [
        pytest.param(["status"], STATUS, 1, id="status"),
        pytest.param(["status", "--at", NOON], STATUS, 1, id="status at an instant"),
        pytest.param(["explain", "weibo-anshanmz"], EXPLAIN, 1, id="explain"),
        pytest.param(["alerts", "list"], ALERTS, 1, id="alerts list"),
        pytest.param(["alerts", "list", "--all"], ALERTS, 1, id="alerts list --all"),
        pytest.param(
            ["replay", "--from", "2026-02-01", "--to", "2026-04-30"], REPLAY, 0, id="replay"
        ),
        pytest.param(["report", "year", "2026", "--format", "json"], YEAR, 0, id="report year"),
        pytest.param(["doctor", "--json"], DOCTOR, 0, id="doctor"),
    ],
)
def test_the_document_is_the_contracts(
    folder: Path, args: list[str], shape: Any, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [] if "--format" in args or "--json" in args else ["--json"]
    capsys.readouterr()
    assert run(folder, *args, *known) == code
    document = json.loads(capsys.readouterr().out)
    assert document
    assert list(wrong(shape, document)) == []


def test_an_account_and_its_alert_are_told_by_their_configured_ids(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, "alerts", "list", "--json")
    [alert] = json.loads(capsys.readouterr().out)
    assert (alert["subject"], alert["kind"], alert["rung"]) == ("weibo-anshanmz", "silence", 12)
    assert (alert["acknowledged_by"], alert["promise_until"]) == (
        "zhang",
        "2026-03-10T17:00:00+08:00",
    )
    assert [n["to"] for n in alert["notices"]] == ["zhang", "li", "wang"]
