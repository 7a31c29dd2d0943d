"""Pictures of days as inline SVG: the strip of a row and the map of a year. Pure.

One `<path>` a tint; colours come from the style sheet, and words beside every picture say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from markupsafe import Markup, escape

DAY = timedelta(days=1)
CELL, GAP = 6, 1  # of the user's units
SIZE = CELL - GAP
PAST, COMING = 60, 14
HEAD = Markup(
    '<svg class="strip" role="img" preserveAspectRatio="xMinYMid" viewBox="0 0 {} 12" '
    'aria-label="{}">'
)
TINTS = ("none", "one", "many")


def tint(posts: int) -> str:
    """Return the tint of a day with so many posts."""
    return TINTS[min(posts, 2)]


class Strip:
    """The strips of one page: of *past* days up to *today* and *coming* ones after it."""

    def __init__(
        self, today: date, resting: Callable[[date], bool], past: int = PAST, coming: int = COMING
    ) -> None:
        self.past = past
        self._first = today - (past - 1) * DAY
        ahead: dict[str, list[str]] = {}
        for n in range(past, past + coming):
            kind = "rest" if resting(self._first + n * DAY) else "coming"
            ahead.setdefault(kind, []).append(_cell(n * CELL, 2))
        self._ahead = "".join(map(_path, ahead, ahead.values()))
        self._width = (past + coming) * CELL

    def posted(self, posts: Mapping[date, int]) -> int:
        """Return on how many of the past days there are *posts*."""
        return sum(day >= self._first for day in posts)

    def drawn(
        self, posts: Mapping[date, int], seen: tuple[date, date] | None, last_day: date, label: str
    ) -> Markup:
        """Return the strip of an account, worded by *label*. *seen*: the first and the last day
        that were; *last_day*: after it the limit falls."""
        place = self._place
        numbers = {place(day): n for day, n in posts.items()}
        since, until = map(place, seen) if seen else (1, 0)
        limit, paths = place(last_day), dict[str, list[str]]()
        for n in range(self.past):
            blank = "none" if since <= n <= until else "unseen"
            kind = tint(numbers[n]) if n in numbers else blank
            paths.setdefault(kind, []).append(_cell(n * CELL, 2))
        paths["over"] = [_cell(n * CELL, 2) for n in range(max(limit + 1, 0), self.past)]
        paths["limit"] = [_cell(limit * CELL, 2)] if 0 <= limit < self._width // CELL else []
        drawn = "".join(_path(kind, cells) for kind, cells in paths.items() if cells)
        head = HEAD.format(self._width, label)
        return head + Markup(f"{self._ahead}{drawn}</svg>")

    def _place(self, day: date) -> int:
        return (day - self._first).days


def _path(kind: str, cells: Sequence[str]) -> str:
    return f'<path class="{kind}" d="{"".join(cells)}"/>'


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


@cache
def _cell(x: int, y: int) -> str:
    return f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z"
