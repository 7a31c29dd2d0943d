"""What is shown of alerts: a line each, with answers and every attempt to send a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from alerts.messages.refusals import refusal
from alerts.told import worded
from alerts.words import Words
from monitor.commands.show.console import moment, named, out

if TYPE_CHECKING:
    from monitor.desk.shapes import AlertRow, NoticeRow
    from monitor.register import Register


NONE: Mapping[str, Sequence[str]] = {}


def show_alerts(
    found: Sequence[AlertRow],
    words: Words,
    register: Register,
    handovers: Mapping[str, Sequence[str]] = NONE,
) -> None:
    """Print alerts with their notices. *handovers*: the accounts of each, by what an alert about
    it calls it."""
    if not found:
        out(words.text("No alert is open."))
    for alert in found:
        out(_alert_head(alert, _about(alert["subject"], words, register, handovers), words))
        if alert["unheard_since"]:
            said = words.unheard(alert["unheard_since"])
            out(Text(f"    {said}", style="bold red"))
        for notice in alert["notices"]:
            out("    " + _notice_line(notice, words))
            for line in _attempts(notice, words):
                out(Text("        " + line, style="dim"))


def _about(
    subject: str, words: Words, register: Register, handovers: Mapping[str, Sequence[str]]
) -> str:
    """What an alert is about by name: an account, those of a handover, whose custody."""
    inside = subject.partition(":")[2]
    accounts = handovers.get(subject) or [inside if inside in register.accounts else subject]
    return words.listing([named(account, words, register) for account in accounts])


def _alert_head(alert: AlertRow, about: str, words: Words) -> Text:
    opened = moment(alert["opened_at"], words, year=True)
    parts = [
        f"#{alert['id']}",
        words.kind(alert["kind"]),
        about,
        words.text("since {at}").format(at=opened),
    ]
    if alert["rung"] is not None:
        parts.append(words.text("rung {days}").format(days=alert["rung"]))
    if alert["acknowledged_by"]:
        parts.append(
            words.text("{name} has it in hand ({at})").format(
                name=alert["acknowledged_by_name"], at=moment(alert["acknowledged_at"], words)
            )
        )
    if alert["promise_until"]:
        until = moment(alert["promise_until"], words)
        sentence = (
            words.text("{name} has scheduled a post for {until}")
            if alert["scheduled"]
            else words.text("{name} promised a post by {until}")
        )
        parts.append(sentence.format(name=alert["promised_by_name"], until=until))
    if alert["resolved_at"]:
        ended = moment(alert["resolved_at"], words, year=True)
        why = words.reason(alert["reason"]) if alert["reason"] else "–"
        parts.append(words.text("ended {at} ({reason})").format(at=ended, reason=why))
    return Text("  ".join(parts), style="dim" if alert["resolved_at"] else "bold")


def _why(error: str, words: Words) -> str:
    return worded(refusal(error), text=words.text)


def _notice_line(notice: NoticeRow, words: Words) -> str:
    sent = moment(notice["sent_at"], words) if notice["sent_at"] else ""
    line = f"{notice['name']} · {notice['channel']} · {words.reason(notice['reason'])} · "
    line += f"{words.notice_state(notice['state'], notice['waits_until'])} {sent}".rstrip()
    return f"{line} · {_why(notice['error'], words)}" if notice["error"] else line


def _attempts(notice: NoticeRow, words: Words) -> Iterator[str]:
    """Every attempt to send a notice, where there was more than the one that went."""
    attempts = notice["deliveries"]
    if len(attempts) == 1 and attempts[0]["state"] == "sent":
        return
    for one in attempts:
        state = words.notice_state(one["state"]) if one["state"] else words.text("cut off")
        line = words.text("attempt {n}: {at}, {state}").format(
            n=one["attempt"], at=moment(one["started_at"], words), state=state
        )
        yield f"{line} · {_why(one['error'], words)}" if one["error"] else line
