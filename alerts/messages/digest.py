"""Several notices to one address in one message. Pure.

As much of each as the message holds: all of it, else its first lines, else its first line; accounts
with the same first line share one. Of many alerts, whose details can be seen elsewhere, always the
last. If even first lines are too many, the message names the most urgent, how many more there are
and where to see them. Where there is no such place, there are several messages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from alerts.answers.answer import ALERTS
from alerts.answers.buttons import calls_of, many
from alerts.facts import breach_of
from alerts.messages.draft import NAME, ended
from alerts.messages.render import Rendered, render
from alerts.model import Hours, Notice
from alerts.words import Words, one_line

LAST = datetime.max.replace(tzinfo=UTC)
GIST = 3  # lines: what to do, and why now


class Elsewhere(StrEnum):
    """Where all notices of a message can be seen that does not name them all."""

    LINK = "link"  # on the page behind its link
    COMMAND = "command"  # in the chat, by a command


@dataclass(frozen=True, slots=True)
class Room:
    """What one message holds: *most* bytes of UTF-8. *elsewhere*: where the rest can be seen."""

    most: int
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One message for one address, and the notices it speaks for, in the order it names them."""

    rendered: Rendered
    notices: tuple[Notice, ...]


def digest(
    notices: Sequence[Notice],
    words: Words,
    hours: Hours,
    room: Room,
    resent: Collection[str] = (),
    sent_at: datetime | None = None,
) -> tuple[Page, ...]:
    """Return the messages, one wherever that loses nobody's notice, for *notices* to one address
    that are due together; the most urgent first.

    *resent*: ids of those that may be doubles. *sent_at*: when they go out. A call that several
    people at one address get is said once.
    """
    if not notices:
        return ()
    ordered = tuple(sorted(notices, key=_urgency))
    distinct = calls_of(ordered)
    items = [render(n, words, hours, n.id in resent, sent_at) for n in distinct]
    if len(items) == 1:
        return (Page(items[0], ordered),)
    listed = _Listed(distinct, items, words.within(hours.zone), room)
    # Somebody who holds so many accounts wants the list; the details are a tap away.
    rendered = None if many(ordered) and room.elsewhere else listed.whole()
    if rendered is None and len(items) <= ALERTS:
        rendered = listed.named()
    if rendered is not None:
        return (Page(rendered, ordered),)
    half = {(n.alert, n.occasion) for n in distinct[: len(distinct) // 2]}
    first = [n for n in ordered if (n.alert, n.occasion) in half]
    rest = [n for n in ordered if (n.alert, n.occasion) not in half]
    parts = (digest(part, words, hours, room, resent, sent_at) for part in (first, rest))
    return tuple(page for part in parts for page in part)


def _urgency(notice: Notice) -> tuple[bool, datetime]:
    return ended(notice), breach_of(notice.facts) or LAST


@dataclass(frozen=True, slots=True)
class _Listed:
    """Notices, one a call, and their messages."""

    notices: Sequence[Notice]
    items: Sequence[Rendered]
    words: Words
    room: Room

    def whole(self) -> Rendered | None:
        """Return all of each message, or the first lines of each; None if neither fits."""
        full = [item.text for item in self.items]
        gists = ["\n   ".join(text.split("\n")[:GIST]) for text in full]
        for texts in (full, gists):
            joined = self._joined(_numbered(texts), "\n\n")
            if len(joined.text.encode()) <= self.room.most:
                return joined
        return None

    def named(self) -> Rendered | None:
        """The first line of each message, what several say alike once, or of as many as fit; None
        if somebody's notice would be nowhere to be seen."""
        kept = self._most()
        if kept < 1 or not (self.room.elsewhere or all(map(ended, self.notices[kept:]))):
            return None
        return self._shortened(kept)

    def _most(self) -> int:
        """Of how many messages the first lines fit."""

        def size(kept: int) -> int:
            return len(self._shortened(kept).text.encode())

        return bisect_right(range(len(self.items) + 1), self.room.most, key=size) - 1

    def _shortened(self, kept: int) -> Rendered:
        left = len(self.items) - kept
        ends = [self._more(left), self._stamp()] if left else [self._stamp()]
        if many(self.notices):
            return self._joined(self._alike(kept), "\n", *ends)
        return self._joined(_numbered([i.subject for i in self.items[:kept]]), "\n", *ends)

    def _alike(self, kept: int) -> list[str]:
        """The first lines of the *kept* most urgent; of accounts of which the same is said, one."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for notice, item in zip(self.notices[:kept], self.items[:kept], strict=True):
            label = self.words.account(one_line(notice.facts.name, NAME), notice.facts.platform)
            said = tuple(item.subject.split(label))
            groups.setdefault(said if len(said) == 2 else (item.subject,), []).append(label)
        return [
            self.words.listing(labels).join(said) if len(said) == 2 else said[0]
            for said, labels in groups.items()
        ]

    def _joined(self, texts: Sequence[str], between: str, *ends: str) -> Rendered:
        sentence = self.words.text("[{n} notices] {first} and more")
        subject = sentence.format(n=len(self.items), first=self.items[0].subject)
        parts = [subject, between.join(texts), "\n".join(ends)]
        return Rendered(subject, "\n\n".join(filter(None, parts)))

    def _more(self, left: int) -> str:
        match self.room.elsewhere:
            case Elsewhere.LINK:
                sentence = self.words.text(
                    "{n} more are not named here; please open the link to see and answer all."
                )
            case Elsewhere.COMMAND:
                sentence = self.words.text("{n} more are not named here; send /alerts to see all.")
            case None:
                sentence = self.words.text("{n} more have ended, too.")
        return sentence.format(n=left)

    def _stamp(self) -> str:
        return self.words.moment(max(n.facts.at or n.created_at for n in self.notices), year=True)


def _numbered(texts: Sequence[str]) -> list[str]:
    """Buttons below a message name the alerts by these numbers."""
    return [f"{n}. {text}" for n, text in enumerate(texts, 1)]
