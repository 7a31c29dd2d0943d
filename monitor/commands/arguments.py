"""What the commands take: options that many share, and text that names an instant or a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.errors import Told, UsageError
from monitor.wording import quoted

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
At = Annotated[
    str | None,
    typer.Option("--at", help="An instant, ISO 8601, to take instead of the clock's."),
]
By = Annotated[str, typer.Option("--by", help="The id of the person who answers.")]
LARGEST = 2**31 - 1  # the largest whole number that every database keeps
AlertId = Annotated[int, typer.Argument(metavar="ID", max=LARGEST)]
HandoverId = Annotated[int, typer.Argument(metavar="ID", max=LARGEST)]
Year = Annotated[int, typer.Argument(max=LARGEST)]
FIRST_YEAR, LAST_YEAR = 2000, 2199  # of every instant and day that a command takes
# What the core names in plain words and is not called alike here.
FLAGS = {
    "language": "--lang",
    "columns": "--map",
    "a clock set by hand": "`freshness tick --at`",
    "taking over a database": "`freshness run --adopt`",
    "the list of alerts": "freshness alerts list",
    "the list of handovers": "freshness handover list",
}


def instant(text: str | None, zone: ZoneInfo, option: str = "--at") -> datetime | None:
    """Return the instant that *text* names, in UTC; without an offset it is local in *zone*.

    Raises `UsageError` naming *option*.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Told(
                '{option}: "{text}" is no instant; expected e.g. 2024-02-09T09:00+08:00',
                option=option,
                text=text,
            )
        ) from None
    _refuse_far(moment.year, text, option)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def required(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the instant that *text* names. Raises `UsageError` naming *option*."""
    moment = instant(text, zone, option)
    assert moment is not None
    return moment


def time_of(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the instant that *text* names; a mere day is none."""
    if _is_day(text):
        raise UsageError(
            Told(
                '{option}: "{text}" is a day; expected a time too, e.g. {text}T17:30',
                option=option,
                text=text,
            )
        )
    return required(text, zone, option)


def end_of(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the instant that *text* names; of a mere day its end."""
    if not _is_day(text):
        return required(text, zone, option)
    from monitor.ledger.periods import midnight

    return midnight(day_of(text, option) + timedelta(days=1), zone)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def day_of(text: str, option: str) -> date:
    """Return the day that *text* names. Raises `UsageError` naming *option*."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Told(
                '{option}: "{text}" is no date; expected e.g. 2024-02-01', option=option, text=text
            )
        ) from None
    _refuse_far(day.year, text, option)
    return day


def _refuse_far(year: int, text: str, option: str) -> None:
    """Far from today no calendar reckons, and no instant can be moved by a day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(
            Told(
                '{option}: "{text}" lies outside the years {first} to {last}',
                option=option,
                text=text,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )


def month_of(text: str) -> tuple[int, int]:
    """Return the year and the month that *text* names. Raises `UsageError`."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if found is None:
        raise UsageError(Told("{text} is no month; expected e.g. 2024-02", text=quoted(text)))
    return int(found[1]), int(found[2])


def mapping_of(given: Sequence[str]) -> dict[str, str]:
    """Return the file's columns by our names, as `--map name=column` gives them."""
    found = {}
    for one in given:
        name, sign, column = one.partition("=")
        if not (name and sign and column):
            raise UsageError(
                Told(
                    '{option}: "{text}" is no mapping; expected e.g. published_at=时间',
                    option="--map",
                    text=one,
                )
            )
        found[name.strip()] = column.strip()
    return found


def flag(field: str) -> str:
    """Return what the command line calls *field*, as an error names it."""
    return FLAGS.get(field, f"--{field.replace(' ', '-')}")
