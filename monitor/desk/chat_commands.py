"""The commands of a chat: what was written after them in, texts and buttons out."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime

from alerts.answers import buttons
from alerts.answers.answer import OF_ACCOUNTS, Answer
from alerts.answers.buttons import Pressed, data_of, time_buttons
from alerts.answers.times import parse_day, parse_time
from alerts.common.log import Log
from alerts.message import Button, Buttons, Reply
from alerts.model import Alert, Kind
from alerts.words import Words
from monitor.desk.answers import AnswerResult, AnswerService
from monitor.desk.desk import Desk
from monitor.desk.shapes import DutyShown, HandoverRow
from monitor.register import Register

MOST = 10  # alerts in one answer

Command = Callable[[str, list[str], datetime], Reply]  # who wrote, arguments, now


class ChatCommands:
    """Answers commands. Safe to use from several threads."""

    def __init__(
        self, desk: Desk, answers: AnswerService, register: Register, words: Words, log: Log
    ) -> None:
        self._desk = desk
        self._answers = answers
        self._lookup = answers.lookup
        self._register = register
        self._words = words
        self._log = log
        self._commands: Mapping[str, Command] = {
            "status": self._status,
            "alerts": self._alerts,
            "ack": self._ack,
            "promise": self._promise,
            "posted": self._posted,
            "duty": self._duty,
            "handover": self._handover,
            "explain": self._explain,
            "help": self._help,
            "start": self._help,
        }

    def find(self, name: str) -> Command | None:
        """Return what answers the command *name*; None if there is no such command."""
        return self._commands.get(name)

    def listed(self) -> Sequence[tuple[str, str]]:
        """Return the commands there are, without their slash, and what each is for."""
        words = self._words
        return (
            ("status", words.text("every account's verdict")),
            ("alerts", words.text("open alerts, with buttons to answer")),
            ("ack", words.text("have an alert in hand: /ack 12")),
            ("promise", words.text("promise a post: /promise 12 17:30")),
            ("posted", words.text("say that it is published: /posted 12")),
            ("duty", words.text("who is on duty")),
            ("handover", words.text("handovers under way")),
            ("explain", words.text("why an account has its verdict: /explain ACCOUNT")),
            ("help", words.text("this list")),
        )

    def ask_time(self, number: int, now: datetime) -> Reply:
        """Return the question for when a post is scheduled, with buttons for likely times."""
        alert = self._lookup.find(number)
        breach_at = self._lookup.breach_at(alert) if alert else None
        rows: Buttons = ()
        if alert is not None and breach_at is not None and alert.resolved_at is None:
            rows = time_buttons(number, breach_at, self._words, self._register.hours, now)
        if not rows:
            return Reply(toast=self._words.text("A post cannot be promised here any more."))
        ask = self._words.text("For when is it scheduled? Another time: /promise {id} 17:30")
        return Reply(toast=ask.format(id=number), more=rows)

    def note(self, alert: int, by: str, answer: Answer, result: AnswerResult) -> None:
        """Log what somebody answered to an alert."""
        self._log("answered", alert=alert, by=by, answer=answer.value, done=result.done, way="chat")

    def _status(self, _: str, __: list[str], now: datetime) -> Reply:
        return Reply(f"{self._words.moment(now)}\n{self._desk.accounts.status_text(now)}")

    def _alerts(self, person: str, arguments: list[str], now: datetime) -> Reply:
        words, found = self._words, self._lookup.open_alerts()
        if not found:
            return Reply(words.text("No alert is open."))
        pages = -(-len(found) // MOST)
        named = arguments[0] if arguments else ""
        page = min(max(int(named), 1), pages) if re.fullmatch(r"[0-9]{1,6}", named) else 1
        shown, rows = [], []
        for alert in found[(page - 1) * MOST : page * MOST]:
            shown.append("\n".join(self._listed(alert, now)))
            row = self._row(alert, person, now)
            rows += [row] if row else []
        if pages > 1:
            sentence = words.text("Page {page} of {pages}, {n} alerts are open.")
            shown.append(sentence.format(page=page, pages=pages, n=len(found)))
        if page < pages:
            rows.append((Button(words.text("Next page"), f"/alerts {page + 1}"),))
        return Reply("\n\n".join(shown), tuple(rows))

    def _listed(self, alert: Alert, now: datetime) -> Iterator[str]:
        words = self._words
        kind, label = words.kind(alert.kind.value), self._lookup.label(alert)
        since = words.text("since {at}").format(at=words.moment(alert.opened_at))
        yield f"#{alert.id} {label} · {kind} · {since}"
        breach_at = self._lookup.breach_at(alert)
        if alert.kind is Kind.SILENCE and breach_at is not None:
            yield words.text("The limit passes on {at}.").format(at=words.moment(breach_at))
        yield from self._lookup.standing(alert, now)

    def _row(self, alert: Alert, person: str, now: datetime) -> tuple[Button, ...]:
        return tuple(
            Button(
                f"#{alert.id} {buttons.label(answer, self._words)}",
                data_of(Pressed(answer, alert.id)),
            )
            for answer in self._lookup.offers(alert, person, now)
        )

    def _ack(self, person: str, arguments: list[str], now: datetime) -> Reply:
        alert, rest = self._meant(arguments, tuple(Kind))
        if alert is None or rest:
            return self._which("/ack")
        result = self._answers.answer(alert, person, Answer.ACKNOWLEDGE, None, now)
        self.note(alert, person, Answer.ACKNOWLEDGE, result)
        return Reply(result.text)

    def _promise(self, person: str, arguments: list[str], now: datetime) -> Reply:
        alert, rest = self._meant(arguments, (Kind.SILENCE,))
        if alert is None:
            return self._which("/promise")
        if not rest:
            asked = self.ask_time(alert, now)
            return Reply(asked.toast, asked.more)
        until = parse_time(" ".join(rest), self._words.zone, now)
        if until is None:
            return Reply(
                self._words.text(
                    "No time is understood there; write e.g. /promise {id} 17:30, or "
                    "/promise {id} 2-15 10:00"
                ).format(id=alert)
            )
        result = self._answers.promised(alert, person, until, now)
        self.note(alert, person, Answer.SCHEDULED, result)
        return Reply(result.text)

    def _posted(self, person: str, arguments: list[str], now: datetime) -> Reply:
        alert, rest = self._meant(arguments, OF_ACCOUNTS)
        if alert is None or rest:
            return self._which("/posted")
        result = self._answers.answer(alert, person, Answer.POSTED, None, now)
        self.note(alert, person, Answer.POSTED, result)
        return Reply(result.text)

    def _meant(self, arguments: list[str], kinds: Container[Kind]) -> tuple[int | None, list[str]]:
        """The alert that is meant, and the rest: the one that is open of *kinds* needs no
        number."""
        first = arguments[0].removeprefix("#") if arguments else ""
        if re.fullmatch(r"\d{1,15}", first, re.ASCII):
            return int(first), arguments[1:]
        found = [a for a in self._lookup.open_alerts() if a.kind in kinds]
        return (found[0].id if len(found) == 1 else None), arguments

    def _which(self, command: str) -> Reply:
        return Reply(
            self._words.text(
                "Which alert? Write its number, e.g. {command} 12; /alerts lists them."
            ).format(command=command)
        )

    def _duty(self, _: str, arguments: list[str], now: datetime) -> Reply:
        on = parse_day(" ".join(arguments), self._words.zone, now) if arguments else None
        if arguments and on is None:
            return Reply(self._words.text("No date is understood there; write e.g. 2026-01-05"))
        return Reply("\n".join(self._on_duty(self._desk.duty.show(on, now))))

    def _on_duty(self, duty: DutyShown) -> Iterator[str]:
        words, day = self._words, self._words.day(duty["on"])
        if duty["duty"] is None:
            yield words.text("{day}: nobody is on duty").format(day=day)
        else:
            yield words.text("{day}: {name} is on duty").format(day=day, name=duty["name"])
            if duty["phone"]:
                yield words.text("Phone: {phone}").format(phone=duty["phone"])
        if duty["leader_name"]:
            yield words.text("Leader of the shift: {name}").format(name=duty["leader_name"])
        if duty["next_on"] and duty["next_name"]:
            following = words.day(duty["next_on"])
            yield words.text("From {day}: {name}").format(day=following, name=duty["next_name"])

    def _handover(self, person: str, arguments: list[str], now: datetime) -> Reply:
        match arguments:
            case [("accept" | "mine") as word, number] if number.isdecimal():
                result = self._answers.handover(int(number), person, Answer(word), now)
                return Reply(result.text, toast=result.text)
        found = self._desk.handovers.overview()
        if not found:
            return Reply(self._words.text("No handover is under way."))
        rows = [row for one in found if (row := self._handover_row(one["id"], person))]
        return Reply("\n\n".join(self._handover_line(one) for one in found), tuple(rows))

    def _handover_line(self, one: HandoverRow) -> str:
        known = [self._register.accounts.get(account) for account in one["accounts"]]
        names = [self._words.account(a.name, a.platform) for a in known if a is not None]
        return self._words.text(
            "Handover {id}: {accounts}, {giver} → {taker}, due {day}; {stage}"
        ).format(
            id=one["id"],
            accounts=self._words.listing(names or one["accounts"]),
            giver=one["from_name"],
            taker=one["to_name"],
            day=self._words.day(one["due"]),
            stage=self._words.stage(one["state"]),
        )

    def _handover_row(self, number: int, person: str) -> tuple[Button, ...]:
        return tuple(
            Button(
                f"{number}. {buttons.label(answer, self._words)}",
                f"/handover {answer.value} {number}",
            )
            for answer in self._lookup.own_part(self._lookup.handover(number), person)
        )

    def _explain(self, _: str, arguments: list[str], now: datetime) -> Reply:
        wanted = " ".join(arguments)
        found = [
            a.id for a in self._register.accounts.values() if wanted in (a.id, a.name)
        ] or list(self._register.accounts)[: 1 if len(self._register.accounts) == 1 else 0]
        if not found:
            choices = "\n".join(f"/explain {account}" for account in self._register.accounts)
            return Reply(self._words.text("Which account?") + "\n" + choices)
        return Reply(
            "\n\n".join(self._desk.accounts.explain(account, now)["text"] for account in found)
        )

    def _help(self, _: str, __: list[str], ___: datetime) -> Reply:
        return Reply("\n".join(f"/{name}  {what}" for name, what in self.listed()))
