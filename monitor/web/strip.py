"""Pictures of days as inline SVG: the strip of a row and the map of a year. Pure.

One `<path>` a tint; colours come from the style sheet, and words beside every picture say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from alerts.words import WEEKEND

Span = tuple[date, date]  # the first and the last day
DAY = timedelta(days=1)
CELL, GAP = 6, 1  # of the user's units
SIZE = CELL - GAP
PAST, COMING = 60, 14
HEAD = '<svg class="strip" role="img" preserveAspectRatio="xMinYMid" viewBox="0 0 {} 12" '
TINTS = ("none", "one", "many")


def _cell(x: int, y: int) -> str:
    return f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z"


def _hatched(x: int, y: int) -> str:
    half = SIZE / 2
    return f"{_cell(x, y)}m0 {half}l{half}-{half}m{half} 0l-{SIZE} {SIZE}m{half} 0l{half}-{half}"


CELLS = [_cell(n * CELL, 2) for n in range(PAST + COMING)]
HATCHED = [_hatched(n * CELL, 2) for n in range(PAST + COMING)]


def tint(posts: int) -> str:
    """Return the tint of a day with so many posts."""
    return TINTS[min(posts, 2)]


class Strip:
    """The strips of one page: of *past* days up to *today* and *coming* ones after it."""

    def __init__(
        self, today: date, off: Callable[[date], str], past: int = PAST, coming: int = COMING
    ) -> None:
        """*off*: the name of the days off that a day is one of, or nothing."""
        self.past = past
        self._first = today - (past - 1) * DAY
        self._days = past + coming
        names = [off(self._first + n * DAY) for n in range(self._days)]
        rest = [n for n in range(past, self._days) if names[n]]
        holidays = [n for n, name in enumerate(names) if name not in ("", WEEKEND)]
        ahead = {"coming": range(past, self._days), "rest": rest, "holiday": holidays}
        self._same = "".join(_path(kind, places) for kind, places in ahead.items() if places)
        self._head = HEAD.format(self._days * CELL)

    def posted(self, posts: Mapping[date, int]) -> int:
        """Return on how many of the past days there are *posts*."""
        return sum(day >= self._first for day in posts)

    def drawn(
        self,
        posts: Mapping[date, int],
        seen: Span | None,
        last_day: date,
        label: str,
        over: Sequence[Span] = (),
    ) -> Markup:
        """Return the strip of an account, worded by *label*. *seen*: the first and the last day
        that were; *last_day*: after it the limit falls; *over*: the days over it before that."""
        numbers = {self._place(day): n for day, n in posts.items() if day >= self._first}
        since, until = map(self._place, seen) if seen else (1, 0)
        known = range(max(since, 0), min(until + 1, self.past))
        falls, days = self._place(last_day), range(self.past)
        paths = {
            "unseen": [n for n in days if n not in numbers and n not in known],
            "none": [n for n in known if n not in numbers],
            **{
                kind: [n for n, many in numbers.items() if tint(many) == kind] for kind in TINTS[1:]
            },
            "over": [
                n for n in days if n > falls or any(a <= n <= b for a, b in map(self._span, over))
            ],
            "limit": [falls] if 0 <= falls < self._days else [],
        }
        drawn = "".join(_path(kind, places) for kind, places in paths.items() if places)
        return Markup(f'{self._head}aria-label="{escape(label)}">{drawn}{self._same}</svg>')

    def _span(self, span: Span) -> tuple[int, int]:
        return self._place(span[0]), self._place(span[1])

    def _place(self, day: date) -> int:
        return (day - self._first).days


def _path(kind: str, places: Sequence[int]) -> str:
    cells = HATCHED if kind == "unseen" else CELLS
    return f'<path class="{kind}" d="{"".join([cells[n] for n in places])}"/>'


def year_map(
    year: int,
    posts: Mapping[date, int],
    unseen: Collection[date],
    today: date,
    title: Callable[[date], str],
    label: str,
    lapses: Sequence[tuple[date, date, str]] = (),
) -> Markup:
    """Return the map of *year*, a column a week, with a title for every day. *lapses*: the first
    and the last day of each, which a bracket joins, and how long it was, in words."""
    first = date(year, 1, 1)
    cells, day = [_bracket(first, *lapse) for lapse in lapses], first
    while day.year == year:
        kind = "coming" if day > today else "unseen" if day in unseen else tint(posts.get(day, 0))
        cell = _hatched if kind == "unseen" else _cell
        shape = cell(_column(first, day) * CELL, day.weekday() * CELL)
        cells.append(f'<path class="{kind}" d="{shape}"><title>{escape(title(day))}</title></path>')
        day += DAY
    head = Markup('<svg class="year" role="img" viewBox="0 -9 {} 51" aria-label="{}">')
    return head.format(54 * CELL, label) + Markup("".join(cells)) + Markup("</svg>")


def _column(first: date, day: date) -> int:
    """In which column of the year that begins with *first* a day stands, the next years' after."""
    return ((day - first).days + first.weekday()) // 7


def _bracket(first: date, since: date, until: date, said: str) -> str:
    """The bracket above the days of the year that begins with *first*, and of no other year."""
    left = _column(first, max(since, first)) * CELL
    right = _column(first, min(until, first.replace(month=12, day=31))) * CELL + SIZE
    return (
        f'<path class="lapse" d="M{left} -1v-2H{right}v2"/>'
        f'<text x="{(left + right) / 2}" y="-4">{escape(said)}</text>'
    )
