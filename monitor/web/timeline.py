"""What happened to one account, the newest first, and why it stands as it does in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.messages.refusals import refusal
from alerts.model import Alert, NoticeState
from alerts.told import worded
from alerts.words import LINK, TITLE, Words, one_line
from monitor.desk.accounts import asked_key
from monitor.desk.alerts import posted_of
from monitor.desk.shapes import AlertRow, DeliveryRow, Explained, HandoverRow, NoticeRow
from monitor.ledger.coverage import Gap
from monitor.model import Post
from monitor.reports.year.text import gap_reason
from monitor.web.parts import Parts
from monitor.web.rows import web_address
from monitor.web.year import Known

EVENTS = 100  # on one page
SORTS = ("posts", "alerts", "notices", "handovers", "gaps", "names")
POSTS, ALERTS, NOTICES, HANDOVERS, GAPS, NAMES = SORTS


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline. *sort*: one of `SORTS`."""

    sort: str
    at: datetime
    when: str
    what: str
    href: str = ""
    below: Sequence[str] = ()


class Timeline:
    """Tells what happened to accounts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._words = parts.words

    def events(self, account: str, known: Known, only: str, now: datetime) -> list[Happened]:
        """Return what happened to *account*, of which the ledger has what is *known*, in the last
        366 days: all, or *only* of one sort."""
        mine = self._parts.store.alerts.listed(True, subject=account)
        found = [
            *self._posted(known.posts[-EVENTS:]),
            *(event for alert in mine for event in self._of_alert(alert)),
            *self._notified(self._parts.desk.alerts.rows(mine)),
            *self._agreed(account, now),
            *self._asked(account),
            *self._handed_over(account),
            *(self._missed(gap) for gap in known.recent),
            *self._named(known),
        ]
        wanted = [event for event in found if not only or event.sort == only]
        return sorted(wanted, key=lambda e: e.at, reverse=True)[:EVENTS]

    def _posted(self, posts: Sequence[Post]) -> Iterator[Happened]:
        for post in posts:
            title = one_line(post.title or post.url, TITLE)
            said = self._words.text("Published: {title}").format(title=title)
            when = self._words.dated(post.published_at, post.published_until, year=True)
            yield Happened(POSTS, post.published_at, when, said, web_address(post.url))

    def _of_alert(self, alert: Alert) -> Iterator[Happened]:
        words, kind = self._words, self._words.kind(alert.kind.value)
        name = self._parts.register.name
        said = words.text("Alert {id} opened: {kind}").format(id=alert.id, kind=kind)
        yield self._event(ALERTS, alert.opened_at, said)
        if given := alert.acknowledged:
            said = words.text("{name} noted it").format(name=name(given.by))
            yield self._event(ALERTS, given.at, said)
        if promise := alert.promise:
            said = words.text("{name} promised a post by {until}").format(
                name=name(promise.by), until=words.moment(promise.until)
            )
            yield self._event(ALERTS, promise.at, said)
        if alert.resolved_at is not None:
            why = words.reason(alert.resolution.value) if alert.resolution else "–"
            said = words.text("Alert {id} ended: {why}").format(id=alert.id, why=why)
            yield self._event(ALERTS, alert.resolved_at, said)

    def _notified(self, alerts: Sequence[AlertRow]) -> Iterator[Happened]:
        for n in (notice for alert in alerts for notice in alert["notices"]):
            at = n["sent_at"] or max((d["started_at"] for d in n["deliveries"]), default=None)
            if n["state"] is not NoticeState.WITHDRAWN and at is not None:
                said = self._words.text("{name} notified: {why} · {state}").format(
                    name=n["name"],
                    why=self._words.reason(n["reason"]),
                    state=self._words.notice_state(n["state"], n["waits_until"]),
                )
                yield replace(self._event(NOTICES, at, said), below=attempts(n, self._words))

    def _agreed(self, account: str, now: datetime) -> Iterator[Happened]:
        for one in self._parts.store.exceptions.of_account(account, now):
            said = self._words.text("{name} agreed to a silence until {at}: {reason}").format(
                name=self._parts.register.name(one.by),
                at=self._words.moment(one.until),
                reason=one_line(" ".join(filter(None, (one.reason, one.document))), TITLE),
            )
            yield self._event(ALERTS, one.since, said)

    def _asked(self, account: str) -> Iterator[Happened]:
        lines = self._parts.store.notes.get(asked_key(account)) or ""
        for by, at in map(posted_of, lines.splitlines()):
            said = self._words.text("{name} had it read at once")
            yield self._event(ALERTS, at, said.format(name=self._parts.register.name(by)))

    def _handed_over(self, account: str) -> Iterator[Happened]:
        for one in self._parts.desk.handovers.overview(everything=True):
            if account in one["accounts"]:
                yield from self._of_handover(one, account)

    def _of_handover(self, one: HandoverRow, account: str) -> Iterator[Happened]:
        words, accepted, proven = self._words, one["accepted"], one["proven"].get(account)
        said = words.text("Handover from {giver} to {taker} begun: {reason}")
        reason = one_line(one["reason"], TITLE)
        begun = said.format(giver=one["from_name"], taker=one["to_name"], reason=reason)
        yield self._event(HANDOVERS, one["started_at"], begun)
        accepts = words.text("{name} accepted the handover")
        for at, name in ((accepted["from"], one["from_name"]), (accepted["to"], one["to_name"])):
            if at is not None:
                yield self._event(HANDOVERS, at, accepts.format(name=name))
        if proven is not None:
            yield self._event(HANDOVERS, proven, words.text("The handover is proven by a post"))
        if one["cancelled_at"] is not None:
            yield self._event(HANDOVERS, one["cancelled_at"], words.text("Handover called off"))

    def _missed(self, gap: Gap) -> Happened:
        """What was not seen stands where the time that was not seen ends."""
        words = self._words
        said = words.text("Not seen from {start} to {end}: {why}").format(
            start=words.moment(gap.start, year=True),
            end=words.moment(gap.end, year=True),
            why=gap_reason(gap.reason.value, words),
        )
        return self._event(GAPS, gap.end, said)

    def _named(self, known: Known) -> Iterator[Happened]:
        for reading in known.names:
            said = self._words.text("Is called {name} on the platform from then on")
            name = one_line(reading.title or "", TITLE)
            yield self._event(NAMES, reading.started_at, said.format(name=name))

    def _event(self, sort: str, at: datetime, what: str, href: str = "") -> Happened:
        return Happened(sort, at, self._words.moment(at, year=True), what, href)


def attempts(notice: NoticeRow, words: Words) -> list[str]:
    """Return each attempt to send *notice*, a line each; none where the first succeeded."""
    made = notice["deliveries"]
    if len(made) == 1 and notice["sent_at"]:
        return []
    return [one_line(f"{words.moment(d['started_at'])} {_ended(d, words)}", LINK) for d in made]


def _ended(attempt: DeliveryRow, words: Words) -> str:
    if attempt["error"]:
        return worded(refusal(attempt["error"]), text=words.text)
    return words.notice_state(attempt["state"]) if attempt["state"] else words.text("cut off")


def plainly(answer: Explained) -> Explained:
    """Return *answer* without what only who runs the service can use: ids of sources, and how a
    gateway worded an error."""
    last, good = answer["last_post"], answer["last_good_reading"]
    plain: Explained = {
        **answer,
        "last_post": {**last, "source": None} if last else None,
        "last_good_reading": {**good, "source": None} if good else None,
        "readings": {**answer["readings"], "last_detail": None},
        "disagreement": [
            {**one, "source": one["source"].rpartition("@")[2]} for one in answer["disagreement"]
        ],
    }
    return plain
