"""The page of the system, for admins: gateways, channels, keys, readings, configuration.

Shows the configuration as it is in force and never writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request, Response

from alerts.channels.base import Channel
from alerts.errors import RefusedError
from alerts.messages.refusals import refusal
from alerts.rules.audit import AUDIT, audit_read
from alerts.words import LINK, Table, Words, one_line
from monitor.desk.answers import AnswerResult
from monitor.desk.machines import cluster_status, machine_line, zone_line
from monitor.desk.self_tests import LastTest, LastTests, silent_for_long
from monitor.desk.shapes import Finding, Level
from monitor.desk.users import KEYS, Scope
from monitor.desk.wizard import STEPS
from monitor.errors import Part, UsageError, worded
from monitor.store.protocols.access import Pass
from monitor.web.beside import beside
from monitor.web.door import Visitor
from monitor.web.gateways import ENDED, Gateways
from monitor.web.metrics import Vitals
from monitor.web.overview import known_as_of
from monitor.web.parts import Frame, Parts, page_of
from monitor.web.texts import SCOPES, STEP_NAMES, USER_ROLES
from monitor.web.trying import ChannelTrials

PATHS = {
    Scope.BOARD: "/board?key={key}",
    Scope.BADGE: "/badge/{account}.svg?key={key}",
    Scope.CALENDAR: "/calendar.ics?key={key}",
    Scope.FEED: "/alerts.atom?key={key}",
}
LOOPS: Table = {
    "read": "reading through {name}",
    "judge": "judging",
    "deliver": "delivering",
}
Act = Callable[[Visitor, Mapping[str, str], datetime], AnswerResult]


@dataclass(frozen=True)
class Inside:
    """What the page shows of how the service is set up. *files*: the configuration in force, by
    name, without secrets. *kinds*: of the channels, by id. *monthly_tests*: each is tried once a
    month."""

    channels: Mapping[str, Channel]
    kinds: Mapping[str, str]
    files: Mapping[str, str]
    findings: Callable[[datetime], Sequence[Finding]]
    monthly_tests: bool = False


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """One channel: when it last took and refused a message, and why, and what its newest test
    message came to. *silent*: one should be sent. *people*: whom it reaches."""

    name: str
    kind: str
    accepted: str
    refused: str
    error: str
    tested: str
    silent: bool
    people: Sequence[tuple[str, str]]


class SystemRoom:
    """What the addresses of the system answer."""

    def __init__(
        self, parts: Parts, frame: Frame, vitals: Vitals, inside: Inside, trials: ChannelTrials
    ) -> None:
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._vitals = vitals
        self._inside = inside
        self._trials = trials

    def open(self, app: FastAPI) -> None:
        """Add the addresses of the system to *app*."""
        looks = ["GET", "HEAD"]
        app.add_route("/system", self._frame.looked_at(self.system), methods=looks)
        for path, act in (
            ("/system/read", self.read),
            ("/system/channel", self.try_channel),
            ("/system/keys", self.make_key),
            ("/system/keys/end", self.end_key),
        ):
            app.add_route(path, self._frame.acted_on(self._acting(act)), methods=["POST"])

    def system(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show gateways, channels, keys, readings and configuration to an admin."""
        return self._page(request, visitor, None, now)

    def read(self, visitor: Visitor, form: Mapping[str, str], now: datetime) -> AnswerResult:
        """Have an account read at once."""
        self._parts.desk.accounts.read(form.get("account", ""), visitor.name, now)
        said = self._words.text("It is being read; the result is shown here within a minute.")
        return AnswerResult(True, said)

    def try_channel(self, visitor: Visitor, form: Mapping[str, str], now: datetime) -> AnswerResult:
        """Send one marked test message, and say what the service answered."""
        return self._trials.message(visitor, form.get("channel", ""), form.get("to", ""), now)

    def make_key(self, visitor: Visitor, form: Mapping[str, str], now: datetime) -> AnswerResult:
        """Make a key, and show its address this once."""
        scope = form.get("scope", "")
        key = self._parts.door.users.key(visitor.name, scope, now)
        account = next(iter(self._parts.register.accounts), "ID")
        path = PATHS[Scope(scope)].format(key=key, account=account)
        said = self._words.text("This address is shown once: {address}")
        self._parts.log("key_made", scope=scope, by=visitor.name)
        return AnswerResult(True, said.format(address=self._parts.door.public(path)))

    def end_key(self, visitor: Visitor, form: Mapping[str, str], _: datetime) -> AnswerResult:
        """End a key."""
        ended = self._parts.door.users.revoke(form.get("digest", ""))
        self._parts.log("key_ended", by=visitor.name, done=ended)
        words = self._words
        done, none = (
            words.text("The key is not valid any more."),
            words.text("There is no such key."),
        )
        return AnswerResult(ended, done if ended else none)

    def _acting(
        self, act: Act
    ) -> Callable[[Request, Visitor, Mapping[str, str], datetime], Response]:
        def answered(
            request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
        ) -> Response:
            if not visitor.admin:
                return self._page(request, visitor, None, now)
            try:
                result = act(visitor, form, now)
            except (UsageError, RefusedError):
                said = self._words.text("This cannot be recorded so; please look at it again.")
                result = AnswerResult(False, said)
            return self._page(request, visitor, result, now)

        return answered

    def _page(
        self, request: Request, visitor: Visitor, result: AnswerResult | None, now: datetime
    ) -> Response:
        words = self._words
        if not visitor.admin:
            text = words.text("This page is for administrators.")
            return self._frame.sorry(visitor, words.text("This is not open to you"), text, 403)
        names = words.table(STEP_NAMES)
        shown, gateways = request.query_params, Gateways(self._parts, now)
        ended = "failed" if "failed" in shown else shown.get("ended", "")
        readings, page, pages = gateways.readings(ended, page_of(shown.get("page", "")))
        findings = self._inside.findings(now)
        amiss = [one for one in findings if one.level in (Level.WARNING, Level.PROBLEM)]
        return self._frame.shown(
            "system.html",
            visitor,
            200 if result is None or result.done else 409,
            room="system",
            result=result,
            gateways=gateways.cards(self._parts.desk.accounts.now(now)),
            channels=[*self._channels(now)],
            monthly_tests=self._inside.monthly_tests,
            findings=[(one.level, self._found(one)) for one in amiss],
            service=[*self._service(now)],
            cluster=self._cluster(now),
            files=beside(
                self._inside.files,
                [(one.check, (one.level, self._said(one.detail))) for one in findings],
            ),
            changes=[(step, names[step]) for step in STEPS[1:]],
            keys=[(one, self._scope(one.scope), self._at(one.used_at)) for one in self._keys()],
            scopes=[(scope.value, self._scope(scope.value)) for scope in KEYS],
            ended=ended if ended in ENDED else "",
            readings=readings,
            page=page,
            pages=pages,
            roles=words.table(USER_ROLES),
            users=self._parts.door.users.listed(),
        )

    def _said(self, part: Part) -> str:
        return one_line(worded(part, text=self._words.text), LINK)

    def _found(self, one: Finding) -> str:
        check, detail = self._said(one.check), self._said(one.detail)
        return self._words.text("{check}: {detail}").format(check=check, detail=detail)

    def _scope(self, scope: str) -> str:
        names = self._words.table(SCOPES)
        return names[scope]

    def _keys(self) -> Sequence[Pass]:
        return self._parts.door.users.keys()

    def _channels(self, now: datetime) -> Iterator[ChannelCard]:
        fared, tests = (
            self._parts.store.tallies.channels(),
            LastTests(self._parts.store.notes).known(),
        )
        for name, kind, people in self._trials.listed():
            one, tested = fared.get(name), tests.get(name)
            newest = one.accepted_at if one else None
            yield ChannelCard(
                name,
                kind,
                self._at(newest),
                self._at(one.refused_at if one else None),
                self._said(refusal(one.error)) if one and one.error else "",
                self._tested(tested),
                bool(people) and silent_for_long(newest, tested, now),
                people,
            )

    def _tested(self, tested: LastTest | None) -> str:
        words = self._words
        if tested is None:
            return words.text("no test message yet")
        if tested.sent:
            return words.text("{at}: accepted").format(at=self._at(tested.at))
        why = self._said(refusal(tested.error))
        return words.text("{at}: not sent. {why}").format(at=self._at(tested.at), why=why)

    def _service(self, now: datetime) -> Iterator[tuple[str, str]]:
        words, tallies = self._words, self._parts.store.tallies
        beat = self._parts.store.notes.heartbeat().last_tick_at
        yield words.text("Version"), self._vitals.version
        yield words.text("Last pass"), self._at(beat)
        yield words.text("Messages that wait"), str(tallies.unsent())
        yield words.text("Oldest message that waits"), self._at(tallies.oldest_unsent())
        yield words.text("Database"), f"{tallies.size() / 1_000_000:.1f} MB"
        yield words.text("Last backup"), self._at(self._vitals.backup())
        yield words.text("Heartbeat outside"), self._heartbeat(now)
        for loop, at in sorted(self._vitals.loops().items()):
            yield loop_name(loop, words), known_as_of(at, now, words)

    def _heartbeat(self, now: datetime) -> str:
        """Whether an outside monitor is told that all is well; it is not told while it is not."""
        words, audit = self._words, self._parts.store.notes.read(AUDIT, audit_read)
        if not self._vitals.heartbeat:
            return words.text("not set up ([service] heartbeat_url)")
        if audit is None:
            return "–"
        at = known_as_of(audit.at, now, words)
        if audit.amiss:
            said = words.text("withheld at {at}: {why}")
            return said.format(at=at, why=one_line("; ".join(audit.amiss), LINK))
        return words.text("sent at {at}").format(at=at)

    def _cluster(self, now: datetime) -> list[str]:
        """A line for each machine and zone; none on one machine."""
        found = cluster_status(self._parts.store, self._parts.register, now)
        machines, zones = (found["machines"], found["zones"]) if found else ([], [])
        lines = [machine_line(one, self._words) for one in machines]
        return lines + [zone_line(one, self._words) for one in zones]

    def _at(self, at: datetime | None) -> str:
        return self._words.moment(at) if at else "–"


def loop_name(loop: str, words: Words) -> str:
    """Return how a loop of the service is called; one that is not known as it is."""
    kind, _, name = loop.partition(":")
    return words.table(LOOPS)[kind].format(name=name) if kind in LOOPS else loop
