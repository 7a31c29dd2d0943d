"""The service's events as a person at a terminal reads them: one line each, in their language.

What nobody needs to know at once, such as a heartbeat that was sent, has no line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from alerts.common.log import Log
from alerts.messages.causes import reason
from alerts.messages.refusals import refusal
from alerts.told import worded
from alerts.words import LINK, TITLE, Words, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.settings.model import Settings

Facts = Mapping[str, Any]


class Narrator:
    """A log that tells its events, and hands them on to *log*. *out* prints one line."""

    def __init__(
        self,
        settings: Settings,
        words: Words,
        log: Log,
        clock: Callable[[], datetime],
        out: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._words = words
        self._log = log
        self._clock = clock
        self._out = out
        self._lines: dict[str, Callable[[Facts], str | None]] = {
            "service_started": self._started,
            "service_stopped": lambda _: words.text("the service has stopped"),
            "source_read": self._read,
            "account_assessed": self._assessed,
            "call_made": self._called,
            "call_unheard": self._unheard,
            "alert_ended": self._ended,
            "notice_sent": self._sent,
            "notice_failed": self._failed,
            "answered": self._answered,
            "configuration_read": lambda _: words.text("the configuration was read again"),
            "configuration_refused": self._refused,
            "backup_written": self._backed_up,
            "backup_failed": lambda _: words.text("the daily backup was not made: see the log"),
            "backup_skipped": lambda _: words.text(
                "the daily backup was not made: too little room on the disk"
            ),
            "web_not_served": self._not_served,
            "machine_is": self._machine,
            "zone_unworked": self._unworked,
            "database_lost": self._lost,
            "database_is_back": lambda _: words.text("the database is back"),
        }

    def take(self, settings: Settings) -> Settings:
        """Name accounts and people by *settings* from now on, and return them."""
        self._settings = settings
        return settings

    def tell(self, event: str, /, **facts: Any) -> None:
        """Tell *event*, if it has a line, and hand it on."""
        self._log(event, **facts)
        line = self._lines[event](facts) if event in self._lines else None
        if line is not None:
            at = self._clock().astimezone(self._settings.zone)
            self._out(f"{at:%H:%M:%S}  {one_line(line, LINK)}")

    def _account(self, account: str) -> str:
        known = self._settings.accounts.get(account)
        return self._words.account(known.name, known.platform) if known else account

    def _people(self, ids: str) -> str:
        known = self._settings.people
        names = [known[p].name if p in known else p for p in ids.split(",")]
        return self._words.listing(names)

    def _started(self, facts: Facts) -> str:
        sentence = self._words.text("the service runs and watches {n} accounts")
        return sentence.format(n=facts["accounts"])

    def _read(self, facts: Facts) -> str:
        words = self._words
        name = self._account(str(facts["source"]).partition("/")[0])
        if not facts["good"]:
            why = reason(facts["outcome"], facts["detail"], words)
            return words.text("{name} was not read: {why}").format(name=name, why=why)
        if facts["new"]:
            new = words.text("{name} was read: {n} new posts")
            return new.format(name=name, n=facts["new"])
        return words.text("{name} was read: nothing new").format(name=name)

    def _assessed(self, facts: Facts) -> str:
        words, quiet = self._words, facts["quiet_days"]
        sentence = (
            words.text("{name}: {verdict}, {days} without a post")
            if quiet
            else words.text("{name}: {verdict}")
        )
        verdict, name = words.verdict(facts["verdict"]), self._account(facts["account"])
        if facts["verdict"] == "waiting" and not facts.get("checked", True):
            return words.text("{name}: {verdict}").format(
                name=name, verdict=words.text("not checked")
            )
        return sentence.format(name=name, verdict=verdict, days=words.days(quiet))

    def _called(self, facts: Facts) -> str:
        sentence = self._words.text("{subject}: {kind} ({reason}); {people} are told")
        return sentence.format(**self._about(facts), people=self._people(facts["to"]))

    def _unheard(self, facts: Facts) -> str:
        sentence = self._words.text("{subject}: {kind} ({reason}); there is nobody to tell")
        return sentence.format(**self._about(facts))

    def _ended(self, facts: Facts) -> str:
        sentence = self._words.text("{subject}: {kind} has ended ({reason})")
        return sentence.format(**self._about(facts))

    def _about(self, facts: Facts) -> dict[str, str]:
        return {
            "subject": self._account(facts["subject"]),
            "kind": self._words.kind(facts["kind"]),
            "reason": self._words.reason(facts["reason"]),
        }

    def _sent(self, facts: Facts) -> str:
        sentence = self._words.text("sent to {person} by {channel}")
        return sentence.format(person=self._people(facts["person"]), channel=facts["channel"])

    def _failed(self, facts: Facts) -> str:
        sentence = self._words.text("not sent to {person} by {channel}: {detail}")
        who, channel = self._people(facts["person"]), facts["channel"]
        return sentence.format(person=who, channel=channel, detail=self._why(facts))

    def _why(self, facts: Facts) -> str:
        return worded(refusal(facts["detail"] or ""), text=self._words.text)

    def _answered(self, facts: Facts) -> str:
        sentence = self._words.text("{person} has answered by the page or chat")
        return sentence.format(person=self._people(str(facts["by"])))

    def _refused(self, facts: Facts) -> str:
        sentence = self._words.text("the new configuration is not taken: {problem}")
        return sentence.format(problem=worded(facts["problem"], text=self._words.text))

    def _backed_up(self, facts: Facts) -> str:
        return self._words.text("the daily backup is in {file}").format(file=facts["file"])

    def _machine(self, facts: Facts) -> str:
        words = self._words
        if facts["idle"] == "configuration":
            return words.text("another machine has a newer configuration; this one does nothing")
        if facts["idle"] == "clock":
            sentence = words.text("this machine's clock is {n} s off; it does not judge")
            return sentence.format(n=abs(facts["off"]))
        if facts["leads"]:
            return words.text("this machine judges and delivers from now on")
        return words.text("another machine judges and delivers; this one stands by")

    def _lost(self, facts: Facts) -> str:
        return str(facts["error"])

    def _unworked(self, facts: Facts) -> str:
        sentence = self._words.text("nobody works in zone {zone}: {gateways} are not read")
        return sentence.format(zone=facts["zone"], gateways=facts["gateways"])

    def _not_served(self, facts: Facts) -> str:
        sentence = self._words.text("the page cannot be served on {listen}: {why}")
        return sentence.format(listen=facts["listen"], why=one_line(str(facts["why"]), TITLE * 4))
