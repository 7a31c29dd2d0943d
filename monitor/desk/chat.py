"""Commands and buttons of a chat in, texts out. Decides nothing.

The desk answers questions, the answer service records answers; here both are worded for a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from alerts.answers.answer import Answer
from alerts.answers.buttons import ALL, Pressed, pressed_of
from alerts.common.log import Log
from alerts.errors import RefusedError
from alerts.message import Reply, Standing
from alerts.model import Alert
from alerts.words import Words
from monitor.clock import Clock
from monitor.desk.answers import AnswerService
from monitor.desk.chat_commands import ChatCommands
from monitor.desk.desk import Desk
from monitor.register import Register
from monitor.store.base import Store


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


class ChatHandler:
    """Answers what people write and press in a chat. Safe to use from several threads."""

    def __init__(
        self,
        desk: Desk,
        answers: AnswerService,
        register: Register,
        words: Words,
        clock: Clock,
        log: Log,
    ) -> None:
        self._answers = answers
        self._lookup = answers.lookup
        self._commands = ChatCommands(desk, answers, register, words, log)
        self._words = words
        self._clock = clock
        self._log = log

    def commands(self) -> Sequence[tuple[str, str]]:
        """Return the commands there are, without their slash, and what each is for."""
        return self._commands.listed()

    def stranger(self, number: int | str) -> str:
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
        command = self._commands.find(name.removeprefix("/").lower()) if name[:1] == "/" else None
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
        found = {n: alert for n in alerts if (alert := self._lookup.find(n)) is not None}
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
        label = self._lookup.label(alert)
        for line in self._lookup.standing(alert, now):
            yield self._labelled(label, line) if named else line

    def _labelled(self, label: str, line: str) -> str:
        return self._words.text("{account}: {what}").format(account=label, what=line)

    def _guarded(self, act: Callable[[datetime], Reply]) -> Reply:
        """Return the reply to a message that we failed on: the error is ours, not the sender's."""
        try:
            return act(self._clock())
        except RefusedError:
            return Reply(self._words.text("There is no answer to that: it is not watched."))
        except Exception as error:
            self._log("talk_broke", error=type(error).__name__, bug=error)
            sorry = self._words.text("This does not work just now; please try again in a moment.")
            return Reply(sorry, toast=sorry)

    def _press(self, person: str, pressed: Pressed, now: datetime) -> Reply:
        if pressed.answer is Answer.SCHEDULED and pressed.until is None:
            return self._commands.ask_time(pressed.alert, now)
        if pressed.alert == ALL:
            return self._press_all(person, pressed, now)
        result = self._answers.answer(pressed.alert, person, pressed.answer, pressed.until, now)
        self._commands.note(pressed.alert, person, pressed.answer, result)
        return Reply(toast=result.text)

    def _press_all(self, person: str, pressed: Pressed, now: datetime) -> Reply:
        theirs = self._lookup.notified(person, pressed.until or now)
        result = self._answers.acknowledge_all(theirs, person, now)
        self._commands.note(ALL, person, pressed.answer, result)
        return Reply(toast=result.text)
