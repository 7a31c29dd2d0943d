"""The pages on which a new installation is set up, step by step, for admins.

Each step shows what is there, tries it for real, and can be left out; who comes back goes on where
they stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from alerts.channels.replies import url_problem
from monitor.desk.answers import AnswerResult
from monitor.desk.gateway_trials import ANOTHER, GatewayTrial
from monitor.desk.wizard import LONGEST_NAME, STEPS, Wizard
from monitor.errors import UsageError
from monitor.model import Gateway
from monitor.sources.registry import check_key
from monitor.web.adding import Joining, dated
from monitor.web.door import Visitor
from monitor.web.parts import Frame, Parts
from monitor.web.texts import STEP_NAMES
from monitor.web.trying import ChannelTrials

NEW_KINDS = ("rsshub", "wewe_rss", "we_mp_rss", "wechat2rss", "feed", "web_page")
LONGEST = 400  # characters of an address
BLOCK = '[gateways.{id}]\nkind = "{kind}"\nurl = "{url}"\n'
Deed = Callable[[Joining, Visitor, Mapping[str, str], datetime], Response]


class WizardRoom:
    """What the addresses of the set-up answer."""

    def __init__(
        self, parts: Parts, frame: Frame, joining: Joining | None, channels: ChannelTrials
    ) -> None:
        """*joining* is None where nothing is read any more."""
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._joining = joining
        self._channels = channels
        self._wizard = Wizard(parts.store.notes)

    def open(self, app: FastAPI) -> None:
        """Add the addresses of the set-up to *app*."""
        look, act, looks = self._frame.looked_at, self._frame.acted_on, ["GET", "HEAD"]
        app.add_route("/start", look(self.start), methods=looks)
        app.add_route("/start/{step}", look(self.step), methods=looks)
        deeds: Mapping[str, Deed] = {
            "office": self.name,
            "gateways": self.try_gateways,
            "gateway": self.try_another,
            "channels": self.try_channel,
            "reread": self.reread,
            "next": self.go_on,
        }
        for path, deed in deeds.items():
            app.add_route(f"/start/{path}", act(self._for_admins(deed)), methods=["POST"])

    def start(self, _request: Request, visitor: Visitor, _now: datetime) -> Response:
        """Lead to the first step that is still to come."""
        joining = self._frame.for_admins(visitor, self._joining)
        return joining if isinstance(joining, Response) else self._lead(self._next())

    def step(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show one step."""
        step = request.path_params["step"]
        joining = self._frame.for_admins(visitor, self._joining)
        if isinstance(joining, Response):
            return joining
        return self._page(visitor, step, now) if step in STEPS else self._lead(self._next())

    def name(
        self, _joining: Joining, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Keep the office's name, and go on."""
        try:
            self._wizard.named(form.get("office", ""))
        except UsageError:
            said = self._words.text("Please enter a name of 1 to {n} characters.")
            result = AnswerResult(False, said.format(n=LONGEST_NAME))
            return self._page(visitor, "office", now, result)
        return self._lead(self._wizard.passed("office").next)

    def try_gateways(
        self, joining: Joining, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Read once through every gateway, and show what each showed."""
        pasted = form.get("address", "").strip()[:LONGEST]
        tried = joining.trials.configured(pasted, now)
        self._parts.log("gateways_tried", by=visitor.name, good=sum(t.good is True for t in tried))
        return self._page(visitor, "gateways", now, tried=tried, address=pasted)

    def try_another(
        self, joining: Joining, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Read once through a gateway that is not configured, and show the text that adds it."""
        kind, url = form.get("kind", ""), form.get("url", "").strip()[:LONGEST]
        pasted, key = form.get("address", "").strip()[:LONGEST], form.get("key", "").strip() or None
        given: Mapping[str, Any] = {"kind": kind, "url": url, "address": pasted}
        if kind not in NEW_KINDS or url_problem(url) or check_key(kind, key) or '"' in url:
            said = self._words.text("Please enter the address of a gateway, http:// or https://.")
            return self._page(visitor, "gateways", now, AnswerResult(False, said), **given)
        found = joining.trials.another(Gateway(ANOTHER, kind, url, key), pasted, now)
        self._parts.log("gateways_tried", by=visitor.name, good=int(found.good is True))
        name = kind.partition("_")[0]
        text = BLOCK.format(id=name, kind=kind, url=url)
        text += f'key = "env:{name.upper()}_KEY"\n' if key else ""
        return self._page(visitor, "gateways", now, tried=[found], text=text, **given)

    def try_channel(
        self, _joining: Joining, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Send one marked test message, and say what the service answered."""
        named, to = form.get("channel", ""), form.get("to", "")
        return self._page(visitor, "channels", now, self._channels.message(visitor, named, to, now))

    def reread(
        self, joining: Joining, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Have the configuration read again."""
        joining.reread()
        self._parts.log("reload_asked", by=visitor.name, way="page")
        step = form.get("step", "")
        said = self._words.text(
            "The files are being read again. If something is wrong with them, what was in force "
            "stays in force, and the log says what is wrong."
        )
        return self._page(
            visitor, step if step in STEPS else STEPS[1], now, AnswerResult(True, said)
        )

    def go_on(
        self, _joining: Joining, visitor: Visitor, form: Mapping[str, str], _now: datetime
    ) -> Response:
        """Leave a step behind; after the last, show the overview."""
        step = form.get("step", "")
        if step not in STEPS:
            return self._lead(self._next())
        self._wizard.passed(step)
        if step != STEPS[-1]:
            return self._lead(STEPS[STEPS.index(step) + 1])
        self._wizard.end()
        self._parts.log("set_up_ended", by=visitor.name)
        return RedirectResponse("/", 303)

    def _next(self) -> str:
        return self._wizard.progress().next

    def _lead(self, step: str) -> Response:
        return RedirectResponse(f"/start/{step}", 303)

    def _for_admins(
        self, deed: Deed
    ) -> Callable[[Request, Visitor, Mapping[str, str], datetime], Response]:
        def answered(
            _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
        ) -> Response:
            joining = self._frame.for_admins(visitor, self._joining)
            if isinstance(joining, Response):
                return joining
            return deed(joining, visitor, form, now)

        return answered

    def _page(
        self,
        visitor: Visitor,
        step: str,
        now: datetime,
        result: AnswerResult | None = None,
        **values: Any,
    ) -> Response:
        progress, names = self._wizard.progress(), self._words.table(STEP_NAMES)
        said: Mapping[str, Callable[[datetime], Mapping[str, Any]]] = {
            "gateways": self._gateways,
            "accounts": self._accounts,
            "people": self._people,
            "channels": self._ways,
            "rules": self._rules,
        }
        shown = said[step](now) if step in said else {}
        return self._frame.shown(
            "start.html",
            visitor,
            200 if result is None or result.done else 409,
            room="start",
            result=result,
            step=step,
            number=STEPS.index(step) + 1,
            steps=[(one, names[one], one in progress.passed) for one in STEPS],
            last=step == STEPS[-1],
            shown=self._dated,
            **{**shown, **values},
        )

    def _dated(self, tried: GatewayTrial) -> list[tuple[str, str]]:
        """The posts that a gateway showed."""
        return dated(tried.posts, self._words)

    def _gateways(self, _now: datetime) -> Mapping[str, Any]:
        gateways = self._parts.register.gateways.values()
        return {
            "gateways": [(one.id, one.kind) for one in gateways],
            "kinds": NEW_KINDS,
            **dict.fromkeys(("address", "url", "kind", "text"), ""),
            "tried": (),
        }

    def _accounts(self, _now: datetime) -> Mapping[str, Any]:
        words, current = self._words, self._parts.current()
        return {
            "accounts": [
                (one.id, one.name, words.platform(one.platform), current.name(one.custodian or ""))
                for one in current.watched().accounts.values()
            ]
        }

    def _people(self, now: datetime) -> Mapping[str, Any]:
        words, duty = self._words, self._parts.desk.duty
        return {
            "people": [
                (
                    person.name,
                    words.listing([words.role(role) for role in person.roles]),
                    words.listing(list(dict.fromkeys(way.channel for way in person.reach))),
                )
                for person in self._parts.register.people.values()
            ],
            "on_duty": duty.show(None, now)["name"],
            "gaps": [
                (words.span(gap["first"], gap["last"]), gap["name"] or "", words.gap(gap["why"]))
                for gap in duty.gaps(now)
            ],
        }

    def _ways(self, _now: datetime) -> Mapping[str, Any]:
        return {"channels": self._channels.listed()}

    def _rules(self, now: datetime) -> Mapping[str, Any]:
        accounts = self._parts.register.watched().accounts.values()
        first = next(iter(accounts), None)
        return {
            "rules": [*self._worded_rules()],
            "ahead_of": self._words.account(first.name, first.platform) if first else "",
            "ahead": [*self._ahead(first.id, now)] if first else [],
        }

    def _worded_rules(self) -> Iterator[tuple[str, str, list[str]]]:
        words, register = self._words, self._parts.register
        line = words.text("after {days}: {who}")
        for name, policy in register.policies.items():
            rungs = [
                line.format(
                    days=words.days(rung.days),
                    who=words.listing([self._told(one) for one in rung.tell]),
                )
                for rung in policy.ladder.rungs
            ]
            yield name, words.days(policy.limit.days), rungs

    def _told(self, who: str) -> str:
        people = self._parts.register.people
        return people[who].name if who in people else self._words.role(who)

    def _ahead(self, account: str, now: datetime) -> Iterator[tuple[str, str]]:
        words, name = self._words, self._parts.register.name
        for row in self._parts.desk.replays.ahead(account, now):
            who = words.listing([name(person) for person in row["to"]]) or words.text("nobody")
            yield words.moment(row["at"]), who
