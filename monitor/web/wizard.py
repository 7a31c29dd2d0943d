"""The pages on which a new installation is set up, step by step, for admins.

Each step shows what is there, tries it for real, changes it, and can be left out; who comes back
goes on where they stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from alerts.words import LINK, Words, one_line
from monitor.desk.answers import AnswerResult
from monitor.desk.wizard import LONGEST_NAME, STEPS, Wizard
from monitor.edits import Change, ChangedMeanwhileError, Draft
from monitor.errors import UsageError, worded
from monitor.web import set_up
from monitor.web.adding import Joining, dated
from monitor.web.door import Visitor
from monitor.web.drafts import Drafts
from monitor.web.parts import Frame, Parts
from monitor.web.steps import Steps
from monitor.web.texts import STEP_NAMES
from monitor.web.trying import ChannelTrials

ENTERED = 20_000  # bytes of a form: a cookie is long
STEP_OF = {"gateways": "gateways", "policies": "rules", "channels": "channels"}  # others: people
Form = Mapping[str, str]
Deed = Callable[[Joining, Visitor, Form, datetime], Response]
Of = Callable[[Form], Change | None]


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
        self._steps = Steps(parts, channels)
        self._drafts = Drafts(joining.editing) if joining else None

    def open(self, app: FastAPI) -> None:
        """Add the addresses of the set-up to *app*."""
        look, act, looks = self._frame.looked_at, self._frame.acted_on, ["GET", "HEAD"]
        app.add_route("/start", look(self.start), methods=looks)
        app.add_route("/start/{step}", look(self.step), methods=looks)
        deeds: Mapping[str, Deed] = {
            "office": self.name,
            "gateways": self.try_gateways,
            "gateway": self.change_gateway,
            "save": self.save,
            "channels": self.try_channel,
            "reread": self.reread,
            "next": self.go_on,
            **{path: partial(self._change, way) for path, way in self._ways().items()},
        }
        for path, deed in deeds.items():
            acted = act(self._for_admins(deed), largest=ENTERED)
            app.add_route(f"/start/{path}", acted, methods=["POST"])

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
        if step not in STEPS:
            return self._lead(self._next())
        return self._page(visitor, step, now, asked=request.query_params)

    def name(self, _joining: Joining, visitor: Visitor, form: Form, now: datetime) -> Response:
        """Keep the office's name, and go on."""
        try:
            self._wizard.named(form.get("office", ""))
        except UsageError:
            said = self._words.text("Please enter a name of 1 to {n} characters.")
            result = AnswerResult(False, said.format(n=LONGEST_NAME))
            return self._page(visitor, "office", now, result)
        return self._lead(self._wizard.passed("office").next)

    def try_gateways(
        self, joining: Joining, visitor: Visitor, form: Form, now: datetime
    ) -> Response:
        """Try every gateway once, or one that is named, and show what each showed."""
        pasted = set_up.field(form, "address")
        tried = joining.trials.configured(pasted, now, form.get("only", ""))
        self._parts.log("gateways_tried", by=visitor.name, good=sum(t.good is True for t in tried))
        return self._page(visitor, "gateways", now, tried=tried, address=pasted)

    def change_gateway(
        self, joining: Joining, visitor: Visitor, form: Form, now: datetime
    ) -> Response:
        """Try a gateway as it was entered; if it is what it is said to be, offer to write it."""
        change, gateway = set_up.gateway(form, self._parts.register.gateways)
        draft = joining.editing.draft(change)
        if draft.complaints:
            return self._wrong(visitor, draft, form, now)
        found = joining.trials.another(gateway, set_up.field(form, "address"), now)
        self._parts.log("gateways_tried", by=visitor.name, good=int(found.good is True))
        if found.good or found.online:
            return self._offered(visitor, change, form, now, tried=[found])
        said = self._words.text("It was not written, because it showed no posts.")
        result = AnswerResult(False, said)
        return self._page(visitor, "gateways", now, result, asked=form, form=form, tried=[found])

    def save(self, _joining: Joining, visitor: Visitor, form: Form, now: datetime) -> Response:
        """Write what was shown, once."""
        assert self._drafts is not None
        draft, words = self._drafts.taken(form.get("draft", "")), self._words
        if draft is None:
            said = words.text(
                "This was saved before, or the service has begun anew; please enter it again."
            )
            step = form.get("step", "")
            result = AnswerResult(False, said)
            return self._page(visitor, step if step in STEPS else self._next(), now, result)
        step, file = _step_of(draft.change), draft.change.file
        try:
            self._drafts.write(draft)
        except ChangedMeanwhileError:
            said = words.text("{file} has changed meanwhile. Please look at the difference again.")
            result = AnswerResult(False, said.format(file=file))
            return self._offered(visitor, draft.change, {}, now, step, result)
        except UsageError:
            said = words.text(
                "{file} cannot be written from here. Please change it by hand, as shown."
            )
            result = AnswerResult(False, said.format(file=file))
            return self._page(visitor, step, now, result, draft=draft, unwritable=True)
        place = ".".join(draft.change.place)
        self._parts.log("configuration_written", file=file, place=place, by=visitor.name)
        said = words.text("Written into {file}, and in force within seconds.")
        return self._page(visitor, step, now, AnswerResult(True, said.format(file=file)), done=True)

    def try_channel(
        self, _joining: Joining, visitor: Visitor, form: Form, now: datetime
    ) -> Response:
        """Send one marked test message, and say what the service answered."""
        named, to = form.get("channel", ""), form.get("to", "")
        return self._page(visitor, "channels", now, self._channels.message(visitor, named, to, now))

    def reread(self, joining: Joining, visitor: Visitor, form: Form, now: datetime) -> Response:
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

    def go_on(self, _joining: Joining, visitor: Visitor, form: Form, _now: datetime) -> Response:
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

    def _ways(self) -> Mapping[str, tuple[Of, str]]:
        """What makes a change of each form, and the step that the form belongs to."""
        register, kinds = self._parts.register, self._channels.kinds
        return {
            "person": (lambda form: set_up.person(form, register.people), "people"),
            "duty": (set_up.duty, "people"),
            "channel": (lambda form: set_up.channel(form, kinds), "channels"),
            "way": (lambda form: set_up.way(form, register.people), "channels"),
            "rule": (lambda form: set_up.rule(form, register.policies), "rules"),
            "gone": (lambda form: set_up.gone(form, register, kinds), "people"),
        }

    def _change(
        self, way: tuple[Of, str], _: Joining, visitor: Visitor, form: Form, now: datetime
    ) -> Response:
        """Show what a form comes to."""
        of, step = way
        return self._offered(visitor, of(form), form, now, step)

    def _offered(
        self,
        visitor: Visitor,
        change: Change | None,
        form: Form,
        now: datetime,
        step: str = "",
        result: AnswerResult | None = None,
        **values: Any,
    ) -> Response:
        """Show what *change* comes to, with a button that writes it; or what is wrong with it."""
        assert self._drafts is not None
        if change is None:
            said = self._words.text("This does not fit; please look at it again.")
            return self._page(visitor, step, now, AnswerResult(False, said), asked=form, form=form)
        draft, key = self._drafts.shown(change)
        if draft.complaints:
            return self._wrong(visitor, draft, form, now)
        if not draft.lines:
            said = self._words.text("This stands in the file already.")
            result = AnswerResult(True, said)
        shown = {"draft": draft, "draft_key": key, **values}
        return self._page(visitor, _step_of(change), now, result, asked=form, form=form, **shown)

    def _wrong(self, visitor: Visitor, draft: Draft, form: Form, now: datetime) -> Response:
        """Show the form again, with what is wrong beside its box."""
        said = self._words.text("Nothing was written: please look at what is wrong.")
        step, result = _step_of(draft.change), AnswerResult(False, said)
        shown = _complaints(draft, self._words)
        return self._page(visitor, step, now, result, asked=form, form=form, **shown)

    def _next(self) -> str:
        return self._wizard.progress().next

    def _lead(self, step: str) -> Response:
        return RedirectResponse(f"/start/{step}", 303)

    def _for_admins(self, deed: Deed) -> Callable[[Request, Visitor, Form, datetime], Response]:
        def answered(_request: Request, visitor: Visitor, form: Form, now: datetime) -> Response:
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
        *,
        asked: Form | None = None,
        **values: Any,
    ) -> Response:
        progress, names = self._wizard.progress(), self._words.table(STEP_NAMES)
        none: dict[str, Any] = {
            "draft": None,
            "draft_key": "",
            "wrong": {},
            "wrong_elsewhere": (),
            "unwritable": False,
        }
        at = self._steps.values(step, asked or {}, now)
        shown = {**none, "form": {}, "done": False, "address": "", **at, **values}
        # A box that was not filled in, and one with which nothing is wrong, are empty.
        shown |= {name: defaultdict(str, shown[name]) for name in ("form", "wrong")}
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
            shown=lambda tried: dated(tried.posts, self._words),
            **shown,
        )


def _complaints(draft: Draft, words: Words) -> dict[str, Any]:
    """What a page shows of a draft that would not do."""
    lines = [(c.key, one_line(worded(c.text, text=words.text), LINK)) for c in draft.complaints]
    shown = {"wrong": dict(lines), "wrong_elsewhere": [line for key, line in lines if not key]}
    # A file of a form that cannot be changed from here is changed by hand.
    return shown if draft.after else {**shown, "draft": draft, "unwritable": True}


def _step_of(change: Change) -> str:
    return STEP_OF.get(change.place[0], "people")
