"""The message that tries a channel: marked as a test, and asking nothing of anybody. Pure."""

from __future__ import annotations

from datetime import datetime

from alerts.facts import SelfFacts
from alerts.message import Message
from alerts.model import Event, Kind, Notice, Person, Reach, Reason
from alerts.occasion import Occasion
from alerts.words import Words

TEST = "test"  # the subject and the occasion of a notice that tries a channel
NO_ALERT = 0


def trial(person: Person, reach: Reach, words: Words, now: datetime) -> Message:
    """Return the test message for *person* by the channel of *reach*, made at *now*."""
    subject = words.text("[Test] The freshness monitor tries this channel")
    line = words.text("For {name}, sent at {at}. Whoever reads this is reached; nothing is to do.")
    text = f"{subject}\n{line.format(name=person.name, at=words.moment(now, year=True))}"
    notice = _notice(person, reach, now)
    return Message(reach.address, subject, text, (notice,), language=words.tag, heading=subject)


def _notice(person: Person, reach: Reach, now: datetime) -> Notice:
    """What programs behind a webhook are told, and what a mail's id is made of."""
    return Notice(
        id=f"{TEST}-{reach.channel}-{now:%Y%m%dT%H%M%S%f}",
        alert=NO_ALERT,
        kind=Kind.SELF,
        subject=TEST,
        occasion=Occasion(TEST),
        reason=Reason.SELF,
        event=Event.SUMMARY,
        rung=None,
        person=person.id,
        channel=reach.channel,
        address=reach.address,
        facts=SelfFacts(TEST),
        created_at=now,
        not_before=now,
    )
