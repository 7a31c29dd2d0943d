"""Who got which message, one list from the messages taken and the program's own record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.soak.field import Got
from tests.soak.plan import KINDS
from tests.soak.play import Log, Seen

CALLS = ("alert", "reminder")


@dataclass(frozen=True)
class Told:
    """One message that reached one person; *confirmed*: the channel said that it took it."""

    at: datetime
    person: str
    channel: str
    notice: str
    alert: int
    kind: str
    subject: str
    rung: int | None
    event: str
    resent: bool
    confirmed: bool

    def __str__(self) -> str:
        again = " again" if self.resent else ""
        what = f"{self.kind} {self.event} {self.rung or ''}".strip()
        return (
            f"{self.person} by {self.channel}: {what} of {self.subject}{again} (alert {self.alert})"
        )


def told(log: Log) -> dict[datetime, list[Told]]:
    """Return every message by the pass that sent it: of a webhook as it was taken, of the other
    channels as the program recorded it."""
    found: dict[datetime, list[Told]] = {}
    for seen in log.passes:
        taken = [_taken(seen.clock, got) for got in seen.got if got.body]
        found[seen.clock] = [*found.get(seen.clock, []), *taken]
    for one in _recorded(log.alerts):
        found.setdefault(one.at, []).append(one)
    return found


def _taken(at: datetime, got: Got) -> Told:
    body = got.body
    return Told(
        at,
        body["to"],
        got.channel,
        body["id"],
        body["alert"],
        body["kind"],
        body["subject"],
        body["rung"],
        body["event"],
        body["resent"],
        got.confirmed,
    )


def _recorded(alerts: list[dict[str, Any]]) -> Iterator[Told]:
    for alert in alerts:
        for notice in alert["notices"]:
            if KINDS[notice["channel"]] != "webhook" and notice["sent_at"]:
                yield Told(
                    datetime.fromisoformat(notice["sent_at"]),
                    notice["to"],
                    notice["channel"],
                    notice["id"],
                    alert["id"],
                    alert["kind"],
                    alert["subject"],
                    notice["rung"],
                    notice["event"],
                    notice["attempts"] > 1,
                    True,
                )


def corrected(log: Log) -> dict[int, list[int]]:
    """Return the alerts that ended because a wrong clock had called them, by each later alert of
    the same subject and kind: one of those may go on from it."""
    ended = [a for a in log.alerts if a["reason"] == "corrected"]
    return {one["id"]: [a["id"] for a in ended if _precedes(a, one)] for one in log.alerts}


def _precedes(first: dict[str, Any], second: dict[str, Any]) -> bool:
    same = all(first[key] == second[key] for key in ("subject", "kind"))
    return same and bool(first["id"] < second["id"])


def disagreements(log: Log, names: dict[str, str]) -> Iterator[str]:
    """Yield where the program's record and what the channels took differ."""
    passes = {seen.clock: seen for seen in log.passes}
    sent = {n["id"]: n for a in log.alerts for n in a["notices"]}
    for one in _recorded(log.alerts):
        yield from _unheard(one, passes.get(one.at), names.get(one.subject, ""))
    for seen in log.passes:
        for got in seen.got:
            if got.body and got.body["event"] != "summary" and got.body["id"] not in sent:
                yield f"{seen.at}: a message of which nothing is recorded: {got.body['text'][:60]}"
    taken = {got.body["id"] for seen in log.passes for got in seen.got if got.body}
    for notice in sent.values():
        webhook = notice["state"] == "sent" and KINDS[notice["channel"]] == "webhook"
        if webhook and notice["id"] not in taken:
            yield f"{notice['sent_at']}: recorded as sent, but nobody got it: {notice['id']}"


def _unheard(one: Told, seen: Seen | None, name: str) -> Iterator[str]:
    if seen is None:
        yield f"{one.at}: recorded as sent when no pass was made: {one}"
    elif not any(got.channel == one.channel and _names(got, one, name) for got in seen.got):
        yield f"{one.at}: recorded as sent, but the channel took nothing of the kind: {one}"


def _names(got: Got, one: Told, name: str) -> bool:
    return name in got.text or one.subject in got.text


def doubles(log: Log) -> Iterator[str]:
    """Yield each webhook message that came again without saying so, or without any reason to."""
    before: dict[str, bool] = {}
    for seen in log.passes:
        for got in seen.got:
            if not got.body:
                continue
            notice = got.body["id"]
            if notice in before and not got.body["resent"]:
                yield f"{seen.at}: doubled without 重发: {got.body['text'][:80]}"
            if before.get(notice):
                yield f"{seen.at}: sent again although it had been taken: {got.body['text'][:80]}"
            before[notice] = got.confirmed and seen.whole
