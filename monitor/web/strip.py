"""Pictures of days as inline SVG: the strip of a row and the map of a year. Pure.

One `<path>` a tint; colours come from the style sheet, and words beside every picture say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta

from markupsafe import Markup, escape

DAY = timedelta(days=1)
CELL, GAP = 6, 1  # of the user's units
SIZE = CELL - GAP
PAST, COMING = 60, 14
TINTS = ("none", "one", "many")


def tint(posts: int) -> str:
    """Return the tint of a day with so many posts."""
    return TINTS[min(posts, 2)]


def strip(
    posts: Mapping[date, int],
    seen: tuple[date, date] | None,
    last_day: date,
    today: date,
    resting: Callable[[date], bool],
    label: str,
    past: int = PAST,
    coming: int = COMING,
) -> Markup:
    """Return the strip of the days around *today*, worded by *label*.

    *seen*: the first and the last day that were; *last_day*: after it the limit falls.
    """
    first, paths = today - (past - 1) * DAY, dict[str, list[str]]()
    for n in range(past + coming):
        day = first + n * DAY
        for kind in _kinds(day, posts, seen, last_day, today, resting):
            paths.setdefault(kind, []).append(_cell(n * CELL, 2))
    drawn = Markup("").join(
        Markup('<path class="{}" d="{}"/>').format(kind, "".join(cells))
        for kind, cells in paths.items()
    )
    width = (past + coming) * CELL
    head = Markup(
        '<svg class="strip" role="img" preserveAspectRatio="xMinYMid" viewBox="0 0 {} 12" '
        'aria-label="{}">'
    )
    return head.format(width, label) + drawn + Markup("</svg>")


def _kinds(
    day: date,
    posts: Mapping[date, int],
    seen: tuple[date, date] | None,
    last_day: date,
    today: date,
    resting: Callable[[date], bool],
) -> Iterator[str]:
    if day > today:
        yield "rest" if resting(day) else "coming"
    elif day in posts:
        yield tint(posts[day])
    else:
        yield "none" if seen and seen[0] <= day <= seen[1] else "unseen"
    if last_day < day <= today:
        yield "over"
    if day == last_day:
        yield "limit"


def year_map(
    year: int,
    posts: Mapping[date, int],
    unseen: Collection[date],
    today: date,
    title: Callable[[date], str],
    label: str,
) -> Markup:
    """Return the map of *year*, a column a week, with a title for every day up to *today*."""
    first = date(year, 1, 1)
    cells, day = [], first
    while day.year == year:
        kind = "coming" if day > today else "unseen" if day in unseen else tint(posts.get(day, 0))
        column = ((day - first).days + first.weekday()) // 7
        shape = _cell(column * CELL, day.weekday() * CELL)
        cells.append(f'<path class="{kind}" d="{shape}"><title>{escape(title(day))}</title></path>')
        day += DAY
    head = Markup('<svg class="year" role="img" viewBox="0 0 {} 42" aria-label="{}">')
    return head.format(54 * CELL, label) + Markup("".join(cells)) + Markup("</svg>")


def _cell(x: int, y: int) -> str:
    return f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z"
