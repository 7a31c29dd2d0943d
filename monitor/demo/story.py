"""What people do in the demo's year, and what is told of it between the messages.

The acts are real ones at the desk: somebody answers a call, an account is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from alerts.common.local_time import local_instant
from alerts.model import Kind
from monitor.app import App
from monitor.sample.script import ZONE

WEIBO = "weibo-anshanmz"
OLD, NEW, DEPUTY = "zhang", "li", "wang"


@dataclass(frozen=True, slots=True)
class Scene:
    """At *at*: what is told, and what people do then, if anything."""

    at: datetime
    told: str
    act: Callable[[App], None] | None = None


def scenes(app: App) -> Sequence[Scene]:
    """Return the scenes of the year, oldest first."""
    return tuple(_scenes(app))


def _scenes(app: App) -> Iterator[Scene]:
    words, name = app.words, app.register.name
    yield Scene(
        _at(2, 2, 18),
        words.text(
            "{old} has published for the last time and leaves; nobody has taken the account over."
        ).format(old=name(OLD)),
    )
    yield Scene(
        _at(2, 8, 8),
        words.text(
            "Spring Festival is near: the last day to publish falls into it, so people are told "
            "before."
        ),
    )
    yield Scene(
        _at(2, 16, 8),
        words.text("Nobody has published in the holidays; fourteen days are over today."),
    )
    yield Scene(
        _at(2, 19, 9, 20),
        words.text("{deputy} answers: has it in hand, and has {new} publish.").format(
            deputy=name(DEPUTY), new=name(NEW)
        ),
        _acknowledge,
    )
    yield Scene(
        _at(2, 20, 9),
        words.text(
            "The account is handed over from {old} to {new}, and both accept. Until {new} has "
            "published, the ladder is tighter."
        ).format(old=name(OLD), new=name(NEW)),
        _hand_over,
    )
    yield Scene(
        _at(2, 26, 9),
        words.text("{new} confirms the first post since: the handover is proven.").format(
            new=name(NEW)
        ),
        _prove,
    )


def _acknowledge(app: App) -> None:
    for alert in app.store.alerts.open():
        if alert.kind is Kind.SILENCE:
            app.desk.alerts.acknowledge(alert.id, DEPUTY, app.clock())


def _hand_over(app: App) -> None:
    now, reason = app.clock(), app.words.text("moved to another post")
    started = app.desk.handovers.start([WEIBO], OLD, NEW, date(2024, 2, 23), reason, now)
    for person in (OLD, NEW):
        app.desk.handovers.accept(started.id, person, now)


def _prove(app: App) -> None:
    for handover in app.store.custody.running():
        app.desk.handovers.confirm(handover.id, NEW, app.clock())


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return local_instant(date(2024, month, day), time(hour, minute), ZONE)
