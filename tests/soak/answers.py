"""What people answer in a soak, given on the command line as they would."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.soak.model import DAY, ZONE, local
from tests.soak.plan import HOUR, Event, Plan
from tests.soak.program import Program

PROMISED, EXCEPTED = 26 * HOUR, 4 * DAY


def answer(program: Program, plan: Plan, event: Event) -> Event | None:
    """Give the answer as of the last pass and return it with its instants; None where there was
    nothing to answer, or where the program refused."""
    now = program.now
    if now is None:
        return None
    given, until = False, ""
    match event.what:
        case "except":
            until = _later(now, EXCEPTED)
            why = ("--reason", "系统升级", "--by", "wang")
            given = _run(program, "alerts", "except", event.account, "--until", until, *why)
        case "handover":
            given = _hand_over(program, plan, event.account, now)
        case "ack":
            alert = _silence(program, event.account)
            given = bool(alert) and _run(program, "alerts", "ack", alert, "--by", "li")
        case "promise":
            alert, until = _silence(program, event.account), _later(now, PROMISED)
            words = ("--by", "li", "--until", until)
            given = bool(alert) and _run(program, "alerts", "promise", alert, *words)
    return replace(event, at=now, value=until) if given else None


def _later(now: datetime, span: timedelta) -> str:
    return (now + span).astimezone(ZONE).isoformat()


def _run(program: Program, *words: str) -> bool:
    code, _ = program.command(*words)
    return code == 0


def _silence(program: Program, account: str) -> str:
    """Return the number of the account's open alert about silence, or ""."""
    found = program.answered("alerts", "list", "--json")
    ids = [a["id"] for a in found if a["kind"] == "silence" and a["subject"] == account]
    return str(ids[0]) if ids else ""


def _hand_over(program: Program, plan: Plan, account: str, now: datetime) -> bool:
    """Start a handover that both sides accept at once."""
    giver = next(a.custodian for a in plan.accounts if a.id == account)
    taker = next(p.id for p in plan.people if p.role == "custodian" and p.id != giver)
    due = (local(now) + 20 * DAY).isoformat()
    sides = ("--from", giver, "--to", taker)
    if not _run(program, "handover", "start", account, *sides, "--due", due, "--reason", "轮岗"):
        return False
    number = str(program.answered("handover", "list", "--json")[0]["id"])
    return all(_run(program, "handover", "accept", number, "--by", p) for p in (giver, taker))
