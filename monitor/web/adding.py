"""The page on which admins add accounts by pasting their addresses.

Each is looked at and shown; what a person has said is the account is written into accounts.toml.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from fastapi import FastAPI, Request, Response

from alerts.words import LINK, Words, one_line
from monitor.desk.adding import Adding, Proposal, Refused, Seen, Wanted
from monitor.desk.answers import AnswerResult
from monitor.desk.gateway_trials import GatewayTrials
from monitor.edits import Editing
from monitor.errors import ImportFileError, UsageError, worded
from monitor.sources.addresses import addresses_in
from monitor.web.door import Visitor
from monitor.web.parts import Files, Frame, Parts

MOST = 20  # addresses at once: each is read before the page answers
PASTED = 20_000  # bytes of the form
NAMED = 60  # characters of a file's name
KEPT = 16  # lists that were shown and not answered yet
What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Joining:
    """What looks at an address, what writes down the accounts that were agreed to, and what the
    file says then. *trials* tries gateways; *reread* has the configuration read again, *editing*
    changes it."""

    adding: Adding
    add: Callable[[Sequence[Proposal]], Path]
    text_of: Callable[[Sequence[Proposal]], str]
    trials: GatewayTrials
    reread: Callable[[], None]
    editing: Editing


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of an account that was found. *place*: how its gateway calls it."""

    name: str
    platform: str
    place: str
    custodian: str
    posts: Sequence[tuple[str, str]]
    doubts: Sequence[str]
    unread: bool


def dated(posts: Sequence[Seen], words: Words) -> list[tuple[str, str]]:
    """Return the date and title of each of *posts*, as a page shows them."""
    return [(words.dated(one.at, one.until) if one.at else "", one.title) for one in posts]


class AddingRoom:
    """What the addresses for adding accounts answer."""

    def __init__(self, parts: Parts, frame: Frame, joining: Joining | None) -> None:
        """*joining* is None where nothing is read any more."""
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._joining = joining
        self._lock = Lock()
        self._shown: dict[str, Sequence[Proposal]] = {}
        self._waiting: dict[str, Sequence[Wanted]] = {}  # of lists longer than is shown at once
        self._written: list[Proposal] = []  # since the configuration was read

    def open(self, app: FastAPI) -> None:
        """Add the addresses for adding accounts to *app*."""
        look, act, looks = self._frame.looked_at, self._frame.acted_on, ["GET", "HEAD"]
        app.add_route("/accounts/add", look(self.form), methods=looks)
        pasted = act(self.look, largest=PASTED)
        app.add_route("/accounts/add", pasted, methods=["POST"])
        handed = self._frame.uploaded(self.look_at_list)
        app.add_route("/accounts/add/list", handed, methods=["POST"])
        app.add_route("/accounts/add/rest", act(self.look_at_rest), methods=["POST"])
        app.add_route("/accounts/add/write", act(self.write), methods=["POST"])

    def form(self, _request: Request, visitor: Visitor, _now: datetime) -> Response:
        """Show where addresses are pasted."""
        joining = self._open_to(visitor)
        return joining if isinstance(joining, Response) else self._page(visitor)

    def look(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Show what the pasted addresses lead to; nothing is written."""
        joining = self._open_to(visitor)
        if isinstance(joining, Response):
            return joining
        pasted = form.get("addresses", "")
        lines = [line for line in pasted.splitlines() if line.strip()]
        links = list(dict.fromkeys(link for line in lines for link in addresses_in(line)))
        if not lines or max(len(lines), len(links)) > MOST:
            said = self._words.text("Please paste 1 to {n} addresses, one a line.")
            return self._page(visitor, AnswerResult(False, said.format(n=MOST)), pasted=pasted)
        return self._seen(joining, visitor, [Wanted(link, unread=True) for link in links], now)

    def look_at_list(
        self,
        _request: Request,
        visitor: Visitor,
        _form: Mapping[str, str],
        files: Files,
        now: datetime,
    ) -> Response:
        """Show what the addresses of an uploaded list lead to; nothing is written or kept."""
        from monitor.imports.account_list import parse  # noqa: PLC0415 - workbooks load long

        joining = self._open_to(visitor)
        if isinstance(joining, Response):
            return joining
        name, content = files.get("list", ("", b""))
        try:
            listed = parse(content, one_line(Path(name).name, NAMED), self._parts.register.people)
        except ImportFileError as error:
            words, problems = self._words, error.problems[:MOST]
            lines = [one_line(worded(one, text=words.text), LINK) for one in problems]
            said = words.text("This list cannot be taken; nothing was written.")
            return self._page(visitor, AnswerResult(False, said), unfit=lines)
        wanted = [Wanted(o.link, None, o.custodian, o.name, unread=True) for o in listed]
        return self._seen(joining, visitor, wanted, now)

    def look_at_rest(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Show the next addresses of a list that is longer than is shown at once."""
        joining = self._open_to(visitor)
        if isinstance(joining, Response):
            return joining
        with self._lock:
            wanted = self._waiting.pop(form.get("rest", ""), ())
        if not wanted:
            said = self._words.text("This was sent before; please upload the list again.")
            return self._page(visitor, AnswerResult(False, said))
        return self._seen(joining, visitor, wanted, now)

    def _seen(
        self, joining: Joining, visitor: Visitor, wanted: Sequence[Wanted], now: datetime
    ) -> Response:
        found = self._looked_at(joining.adding, wanted[:MOST], now)
        proposals = [one for one in found if isinstance(one, Proposal)]
        return self._page(
            visitor,
            shown=self._kept(proposals),
            found=[self._found(one) for one in proposals],
            refused=[one for one in found if isinstance(one, Refused)],
            rest=self._waits(wanted[MOST:]),
            left=min(len(wanted) - MOST, MOST),
        )

    def write(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], _now: datetime
    ) -> Response:
        """Write the accounts that were agreed to into accounts.toml, once."""
        joining, words = self._open_to(visitor), self._words
        if isinstance(joining, Response):
            return joining
        with self._lock:
            shown = self._shown.get(form.get("shown", ""), ())
            agreed = [one for n, one in enumerate(shown) if f"a{n}" in form]
            if not agreed:
                said = words.text("No account was ticked, or this was sent before.")
                return self._page(visitor, AnswerResult(False, said))
            try:
                path = joining.add(agreed)
            except UsageError:
                said = words.text(
                    "accounts.toml cannot be written from here. Please add these lines to it."
                )
                text = joining.text_of(agreed)
                return self._page(visitor, AnswerResult(False, said), text=text)
            # What others were shown was found beside the accounts that were there before.
            self._shown.clear()
            self._written += agreed
        self._parts.log("accounts_added", ids=[one.id for one in agreed], by=visitor.name)
        said = words.text(
            "Written into {file}: {ids}. A service that runs takes it up within seconds."
        )
        names = words.listing([one.name for one in agreed])
        return self._page(visitor, AnswerResult(True, said.format(file=path.name, ids=names)))

    def _open_to(self, visitor: Visitor) -> Joining | Response:
        """What is needed to add accounts, or what is answered to who may not."""
        return self._frame.for_admins(visitor, self._joining)

    def _looked_at(
        self, adding: Adding, wanted: Sequence[Wanted], now: datetime
    ) -> list[Proposal | Refused]:
        found: list[Proposal | Refused] = []
        for one in wanted:
            before = [*self._written, *(p for p in found if isinstance(p, Proposal))]
            found.append(adding.proposal(one, now, before))
        return found

    def _waits(self, wanted: Sequence[Wanted]) -> str:
        """Keep what of a list is still to be shown, and return the key to it."""
        return self._remember(self._waiting, wanted) if wanted else ""

    def _remember(self, kept: dict[str, Sequence[What]], new: Sequence[What]) -> str:
        key = secrets.token_urlsafe(12)
        with self._lock:
            kept[key] = new
            while len(kept) > KEPT:
                del kept[next(iter(kept))]
        return key

    def _kept(self, proposals: Sequence[Proposal]) -> str:
        """Keep what is shown, and return the key to it."""
        return self._remember(self._shown, proposals)

    def _found(self, one: Proposal) -> Found:
        words = self._words
        return Found(
            one.seen or one.name,
            words.platform(one.platform),
            f"{one.gateway}: {one.locator}",
            self._parts.register.name(one.custodian) if one.custodian else "",
            dated(one.posts, words),
            one.doubts,
            one.unread,
        )

    def _page(
        self,
        visitor: Visitor,
        result: AnswerResult | None = None,
        *,
        pasted: str = "",
        shown: str = "",
        found: Sequence[Found] = (),
        refused: Sequence[Refused] = (),
        text: str = "",
        rest: str = "",
        left: int = 0,
        unfit: Sequence[str] = (),
    ) -> Response:
        return self._frame.shown(
            "adding.html",
            visitor,
            200 if result is None or result.done else 409,
            room="system",
            result=result,
            pasted=pasted,
            shown=shown,
            found=found,
            refused=refused,
            text=text,
            rest=rest,
            left=left,
            unfit=unfit,
        )
