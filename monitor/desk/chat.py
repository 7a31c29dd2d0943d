"""What is said in a chat: commands and buttons in, texts out. Decides nothing.

The desk answers questions, the counter takes answers; here they get their words for a chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from alerts.answers import buttons
from alerts.answers.answer import Answer
from alerts.answers.buttons import ALL, Pressed, data_of, pressed_of, time_buttons
from alerts.answers.times import parse_day, parse_time
from alerts.common.log import Say
from alerts.desk import Desk
from alerts.errors import RefusedError
from alerts.message import Button, Buttons, Reply, Standing
from alerts.model import Alert, Kind
from alerts.words import Words
from monitor.clock import Clock
from monitor.desk.answers import Counter, Said
from monitor.register import Register
from monitor.store.base import Store

Json = dict[str, Any]
MOST = 10  # alerts in one answer

Command = Callable[[str, list[str], datetime], Reply]


class Notes:
    """What channels keep over restarts, as notes in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recall(self, key: str) -> str | None:
        """Return what was kept under *key*."""
        return self._store.notes.get(key)

    def keep(self, key: str, value: str) -> None:
        """Keep *value* under *key* instead of what was there."""
        self._store.notes.set(key, value)


def addresses(register: Register, channel: str) -> dict[str, list[str]]:
    """Return who is reached by *channel*: person ids by address."""
    found: dict[str, list[str]] = {}
    for person in register.people.values():
        for reach in person.reach:
            if reach.channel == channel and person.id not in found.get(reach.address, []):
                found.setdefault(reach.address, []).append(person.id)
    return found


class Conversation:
    """The `Talk` that channels which hear have with people. Safe to use from several threads."""

    def __init__(
        self,
        desk: Desk,
        counter: Counter,
        store: Store,
        register: Register,
        words: Words,
        clock: Clock,
        say: Say,
    ) -> None:
        self._desk = desk
        self._counter = counter
        self._store = store
        self._register = register
        self._words = words
        self._clock = clock
        self._say = say
        self._commands: Mapping[str, Command] = {
            "status": self._status,
            "alerts": self._alerts,
            "ack": self._ack,
            "promise": self._promise,
            "duty": self._duty,
            "handover": self._handover,
            "explain": self._explain,
            "help": self._help,
            "start": self._help,
        }

    def commands(self) -> Sequence[tuple[str, str]]:
        """Return the commands there are, without their slash, and what each is for."""
        words = self._words
        return (
            ("status", words.text("every account's verdict")),
            ("alerts", words.text("open alerts, with buttons to answer")),
            ("ack", words.text("have an alert in hand: /ack 12")),
            ("promise", words.text("promise a post: /promise 12 17:30")),
            ("duty", words.text("who is on duty")),
            ("handover", words.text("handovers under way")),
            ("explain", words.text("why an account has its verdict: /explain ACCOUNT")),
            ("help", words.text("this list")),
        )

    def stranger(self, number: int) -> str:
        """Return the one line for somebody who is not among the people. *number*: their own."""
        return self._words.text(
            "This robot serves the people on its list only. To be put on it, tell your operator "
            "this number: {number}"
        ).format(number=number)

    def ambiguous(self) -> str:
        """Return the one line for somebody whose chat several people share."""
        return self._words.text(
            "Several people on the list share this chat, so it cannot be told who you are. Please "
            "ask your operator to note everybody's own."
        )

    def forwarded(self) -> str:
        """Return the line for somebody who passed on another's message."""
        return self._words.text(
            "A message that was passed on is not taken for yours; please write it yourself."
        )

    def command(self, person: str, text: str) -> Reply:
        """Return the answer to *text*, which *person* wrote."""
        name, *arguments = text.split() or [""]
        command = self._commands.get(name.removeprefix("/").lower()) if name[:1] == "/" else None
        if command is None:
            return Reply(self._words.text("This is not understood. /help lists what is."))
        return self._guarded(lambda now: command(person, arguments, now))

    def pressed(self, person: str, data: str) -> Reply:
        """Do what the button with *data* stands for, for *person*, and return the answer."""
        if data.startswith("/"):
            return self.command(person, data)
        pressed = pressed_of(data)
        if pressed is None:
            return Reply(toast=self._words.text("This button has no meaning any more."))
        return self._guarded(lambda now: self._press(person, pressed, now))

    def standing(self, alerts: Collection[int]) -> Mapping[int, Standing]:
        """Return how each of *alerts* stands, without those that are not known any more."""
        now = self._clock()
        found = {n: alert for n in alerts if (alert := self._counter.find(n)) is not None}
        return {
            number: Standing(
                tuple(self._lines(alert, len(alerts) > 1, now)), alert.resolved_at is None
            )
            for number, alert in found.items()
        }

    def summed(self, waiting: int, answered: int, ended: int) -> str:
        """Return how many of the alerts of one message wait for an answer, have one, have ended."""
        return self._words.text(
            "{waiting} without an answer, {answered} answered, {ended} ended"
        ).format(waiting=waiting, answered=answered, ended=ended)

    def _lines(self, alert: Alert, named: bool, now: datetime) -> Iterator[str]:
        label = self._counter.label(alert)
        for line in self._counter.standing(alert, now):
            yield self._labelled(label, line) if named else line

    def _labelled(self, label: str, line: str) -> str:
        return self._words.text("{account}: {what}").format(account=label, what=line)

    def _guarded(self, act: Callable[[datetime], Reply]) -> Reply:
        """What goes wrong is ours to mend: whoever wrote is told that it did."""
        try:
            return act(self._clock())
        except RefusedError:
            return Reply(self._words.text("There is no answer to that: it is not watched."))
        except Exception as error:
            self._say("talk_broke", error=type(error).__name__, bug=error)
            sorry = self._words.text("This does not work just now; please try again in a moment.")
            return Reply(sorry, toast=sorry)

    def _press(self, person: str, pressed: Pressed, now: datetime) -> Reply:
        if pressed.answer is Answer.SCHEDULED and pressed.until is None:
            return self._ask_time(pressed.alert, now)
        if pressed.alert == ALL:
            return self._press_all(person, pressed, now)
        said = self._counter.answer(pressed.alert, person, pressed.answer, pressed.until, now)
        self._note(pressed.alert, person, pressed.answer, said)
        return Reply(toast=said.text)

    def _press_all(self, person: str, pressed: Pressed, now: datetime) -> Reply:
        told = self._counter.told(person, pressed.until or now)
        said = self._counter.acknowledge_all(told, person, now)
        self._note(ALL, person, pressed.answer, said)
        return Reply(toast=said.text)

    def _ask_time(self, number: int, now: datetime) -> Reply:
        alert = self._counter.find(number)
        breach_at = self._counter.breach_at(alert) if alert else None
        rows: Buttons = ()
        if alert is not None and breach_at is not None and alert.resolved_at is None:
            rows = time_buttons(number, breach_at, self._words, self._register.hours, now)
        if not rows:
            return Reply(toast=self._words.text("A post cannot be promised here any more."))
        ask = self._words.text("For when is it scheduled? Another time: /promise {id} 17:30")
        return Reply(toast=ask.format(id=number), more=rows)

    def _status(self, _: str, __: list[str], now: datetime) -> Reply:
        return Reply(f"{self._words.moment(now)}\n{self._desk.status_text(now)}")

    def _alerts(self, person: str, arguments: list[str], now: datetime) -> Reply:
        words, found = self._words, self._counter.open_alerts()
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
        kind, label = words.kind(alert.kind.value), self._counter.label(alert)
        since = words.text("since {at}").format(at=words.moment(alert.opened_at))
        yield f"#{alert.id} {label} · {kind} · {since}"
        breach_at = self._counter.breach_at(alert)
        if alert.kind is Kind.SILENCE and breach_at is not None:
            yield words.text("The limit passes on {at}.").format(at=words.moment(breach_at))
        yield from self._counter.standing(alert, now)

    def _row(self, alert: Alert, person: str, now: datetime) -> tuple[Button, ...]:
        return tuple(
            Button(
                f"#{alert.id} {buttons.label(answer, self._words)}",
                data_of(Pressed(answer, alert.id)),
            )
            for answer in self._counter.offers(alert, person, now)
        )

    def _ack(self, person: str, arguments: list[str], now: datetime) -> Reply:
        alert, rest = self._meant(arguments, silent=False)
        if alert is None or rest:
            return self._which("/ack")
        said = self._counter.answer(alert, person, Answer.ACKNOWLEDGE, None, now)
        self._note(alert, person, Answer.ACKNOWLEDGE, said)
        return Reply(said.text)

    def _promise(self, person: str, arguments: list[str], now: datetime) -> Reply:
        alert, rest = self._meant(arguments, silent=True)
        if alert is None:
            return self._which("/promise")
        if not rest:
            asked = self._ask_time(alert, now)
            return Reply(asked.toast, asked.more)
        until = parse_time(" ".join(rest), self._words.zone, now)
        if until is None:
            return Reply(
                self._words.text(
                    "No time is understood there; write e.g. /promise {id} 17:30, or "
                    "/promise {id} 2-15 10:00"
                ).format(id=alert)
            )
        said = self._counter.promised(alert, person, until, now)
        self._note(alert, person, Answer.SCHEDULED, said)
        return Reply(said.text)

    def _meant(self, arguments: list[str], silent: bool) -> tuple[int | None, list[str]]:
        """The alert that is meant, and the rest: the one that is open needs no number."""
        first = arguments[0].removeprefix("#") if arguments else ""
        if re.fullmatch(r"\d{1,15}", first, re.ASCII):
            return int(first), arguments[1:]
        found = [a for a in self._store.alerts.open() if not silent or a.kind is Kind.SILENCE]
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
        return Reply("\n".join(self._on_duty(self._desk.duty(on, now))))

    def _on_duty(self, duty: Json) -> Iterator[str]:
        words, day = self._words, self._words.day(date.fromisoformat(duty["on"]))
        if duty["duty"] is None:
            yield words.text("{day}: nobody is on duty").format(day=day)
        else:
            yield words.text("{day}: {name} is on duty").format(day=day, name=duty["name"])
            if duty["phone"]:
                yield words.text("Phone: {phone}").format(phone=duty["phone"])
        if duty["leader_name"]:
            yield words.text("Leader of the shift: {name}").format(name=duty["leader_name"])
        if duty["next_on"] and duty["next_name"]:
            following = words.day(date.fromisoformat(duty["next_on"]))
            yield words.text("From {day}: {name}").format(day=following, name=duty["next_name"])

    def _handover(self, person: str, arguments: list[str], now: datetime) -> Reply:
        match arguments:
            case [("accept" | "mine") as word, number] if number.isdecimal():
                said = self._counter.handover(int(number), person, Answer(word), now)
                return Reply(said.text, toast=said.text)
        found = self._desk.handovers()
        if not found:
            return Reply(self._words.text("No handover is under way."))
        rows = [row for one in found if (row := self._handover_row(one["id"], person))]
        return Reply("\n\n".join(self._handover_line(one) for one in found), tuple(rows))

    def _handover_line(self, one: Json) -> str:
        known = [self._register.accounts.get(account) for account in one["accounts"]]
        names = [self._words.account(a.name, a.platform) for a in known if a is not None]
        return self._words.text(
            "Handover {id}: {accounts}, {giver} → {taker}, due {day}; {stage}"
        ).format(
            id=one["id"],
            accounts=self._words.listing(names or one["accounts"]),
            giver=one["from_name"],
            taker=one["to_name"],
            day=self._words.day(date.fromisoformat(one["due"])),
            stage=self._words.stage(one["state"]),
        )

    def _handover_row(self, number: int, person: str) -> tuple[Button, ...]:
        return tuple(
            Button(
                f"{number}. {buttons.label(answer, self._words)}",
                f"/handover {answer.value} {number}",
            )
            for answer in self._counter.own_part(number, person)
        )

    def _explain(self, _: str, arguments: list[str], now: datetime) -> Reply:
        wanted = " ".join(arguments)
        found = [
            a.id for a in self._register.accounts.values() if wanted in (a.id, a.name)
        ] or list(self._register.accounts)[: 1 if len(self._register.accounts) == 1 else 0]
        if not found:
            choices = "\n".join(f"/explain {account}" for account in self._register.accounts)
            return Reply(self._words.text("Which account?") + "\n" + choices)
        return Reply("\n\n".join(self._desk.explain_text(account, now) for account in found))

    def _help(self, _: str, __: list[str], ___: datetime) -> Reply:
        return Reply("\n".join(f"/{name}  {what}" for name, what in self.commands()))

    def _note(self, alert: int, by: str, answer: Answer, said: Said) -> None:
        self._say("answered", alert=alert, by=by, answer=answer.value, done=said.done, way="chat")
