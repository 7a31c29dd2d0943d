"""Why a handover cannot be begun, or does not go on."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.told import Told


def running(account: str, number: int | None) -> Told:
    """Return that *account* is part of the handover *number*, which runs."""
    return Told(
        "{account} is already being handed over, by handover {number}",
        account=account,
        number=str(number),
    )


def outsider(number: int | None, giver: str, taker: str, person: str, *, checking: bool) -> Told:
    """Return that *person* is none of the two sides, who alone accept and check off."""
    sides = Told(
        "handover {number} is between {giver} and {taker}",
        number=str(number),
        giver=giver,
        taker=taker,
    )
    if checking:
        return Told("{handover}; {person} cannot check it off", handover=sides, person=person)
    return Told("{handover}; {person} cannot accept it", handover=sides, person=person)


def unlisted(item: str, checklist: Iterable[str]) -> Told:
    """Return that *item* is none of the *checklist*."""
    return Told(
        '"{item}" is not on the checklist; one of: {choices}',
        item=item,
        choices=", ".join(checklist),
    )


def not_the_taker(number: int | None, taker: str) -> Told:
    """Return that *taker* alone can confirm."""
    return Told(
        "only {person}, who takes over, can confirm handover {number}",
        person=taker,
        number=str(number),
    )


def unaccepted(number: int | None) -> Told:
    """Return that not both sides have accepted yet."""
    return Told("handover {number} has not been accepted by both sides yet", number=str(number))


def unproven(accounts: Iterable[str]) -> Told:
    """Return that the new side has published nothing on *accounts* yet."""
    waiting = ", ".join(accounts)
    return Told("no post has been seen on {accounts} since both sides accepted", accounts=waiting)
