"""Draw docs/house.svg: the rooms of the product, and who uses whom, from its imports.

    python -m docs.picture

Rows are those of the table in `tests/house.py`. Left out are the arrows that longer ways down
already imply, and those to the ground, whose rooms are open to all above.
"""

import ast
from collections.abc import Mapping
from html import escape
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import fmean

from tests.house import HOUSE, ROOMS, ROWS, WHOLE, imported, module_of, path_of, product, room_of

PICTURE = Path(__file__).resolve().parent / "house.svg"
GROUND = (
    "monitor/files.py",
    "monitor/log.py",
    "monitor/model.py",
    "monitor/counted.py",
    "monitor/errors.py",
    "monitor/wording.py",
    "monitor/clock.py",
    "alerts/message.py",
    "alerts/words.py",
    "alerts/told.py",
    "alerts/platforms.py",
    "alerts/model.py",
    "alerts/facts.py",
    "alerts/occasion.py",
    "alerts/errors.py",
    "alerts/common/",
)
CAPTION = (
    "An arrow leads from a room to one that it uses. What a longer way tells is left out,",
    "and so is what leads to the rooms without arrows: all above use them.",
    "Green is PURE: it computes and touches nothing. Dashed: some of it is.",
)
SHOWN = [place for place in ROOMS if not place.startswith("docs/") and "__init__" not in place]

WIDTH = 920
TOP = 106  # the middle of the first row
ROW = 66  # from one row to the next
MARGIN = 22
BOX = 30  # how high a box is
LETTER = 7.9  # how wide a letter is
GAP = 20  # between two boxes of a row
SWEEPS = 60
STRAIGHT = 4
CENTRE = 0.15

STYLE = """
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
.small { font-size: 12px; fill: #59636e; }
.room { fill: #ffffff; stroke: #8c959f; }
.pure { fill: #dafbe1; stroke: #2da44e; }
.partly { fill: #f1fbf3; stroke: #2da44e; stroke-dasharray: 4 3; }
.paper { fill: #f6f8fa; }
.arrow { fill: none; stroke: #818b98; stroke-width: 1.2; }
.head { fill: #818b98; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .room { fill: #161b22; stroke: #6e7681; }
  .pure { fill: #12341f; stroke: #3fb950; }
  .partly { fill: #13231a; stroke: #3fb950; }
  .paper { fill: #11161d; }
  .arrow { stroke: #7d8590; }
  .head { fill: #7d8590; }
}
"""

Edges = Mapping[str, set[str]]
# A room of a row, or the place where the arrow from one room to another passes through the row.
Knot = tuple[str, str, int]


def uses(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which rooms below it each room of *sources* imports."""
    modules = {module_of(path) for path in sources}
    found: dict[str, set[str]] = {place: set() for place in ROOMS}
    for path, source in sources.items():
        for module in imported(ast.parse(source), modules):
            ours, theirs = room_of(path), room_of(path_of(module, sources))
            if ours and theirs and ROWS[ours] < ROWS[theirs]:
                found[ours].add(theirs)
    return found


def shortest(edges: Edges) -> dict[str, set[str]]:
    """Return *edges* without those that a path of others implies."""
    return {
        room: {one for one in used if not any(one in reached(o, edges) for o in used)}
        for room, used in edges.items()
    }


def reached(room: str, edges: Edges) -> set[str]:
    """Return every room that *room* uses, itself or through others."""
    return edges[room].union(*(reached(used, edges) for used in edges[room]))


def drawn(edges: Edges) -> list[tuple[str, str]]:
    """Return the arrows of the picture, from the top."""
    few = shortest(edges)
    return [(a, b) for a in SHOWN for b in SHOWN if b in few[a] and b not in GROUND]


def ways(arrows: list[tuple[str, str]]) -> list[list[Knot]]:
    """Return through which knots each of *arrows* goes, its two rooms included."""
    return [
        [room(a), *((a, b, row) for row in range(ROWS[a] + 1, ROWS[b])), room(b)] for a, b in arrows
    ]


def room(place: str) -> Knot:
    """Return the knot of a room."""
    return place, "", ROWS[place]


def rows(arrows: list[list[Knot]]) -> list[list[Knot]]:
    """Return the knots of each row: its rooms, then the arrows that pass."""
    found = [[room(place) for place in SHOWN if ROWS[place] == row] for row in range(len(HOUSE))]
    for way in arrows:
        for knot in way[1:-1]:
            found[knot[2]].append(knot)
    return found


def width(knot: Knot) -> float:
    """Return how much of its row *knot* takes."""
    return 0 if knot[1] else len(label(knot[0])) * LETTER + 22


def label(place: str) -> str:
    """Return what stands in the box of a room: its name below its package."""
    return place.partition("/")[2]


def placed(arrows: list[list[Knot]]) -> dict[Knot, float]:
    """Return where each knot's middle is: near what it is bound to, off its neighbours."""
    bound: dict[Knot, list[Knot]] = {}
    for way in arrows:
        for above, below in pairwise(way):
            bound.setdefault(above, []).append(below)
            bound.setdefault(below, []).append(above)
    house = rows(arrows)
    at = {knot: x for row in house for knot, x in apart(row, dict.fromkeys(row, WIDTH / 2)).items()}
    for sweep in range(SWEEPS):
        for row in house if sweep % 2 else reversed(house):
            wanted = {k: pulled(k, bound.get(k, [k]), at) for k in row}
            row.sort(key=lambda knot: (wanted[knot], knot))
            at |= apart(row, wanted)
    return at


def pulled(knot: Knot, to: list[Knot], at: Mapping[Knot, float]) -> float:
    """Return where *knot* is pulled: to what it is bound to, and a little to the middle.

    An arrow that passes is rather held straight than drawn to its rooms.
    """
    pulls = [STRAIGHT if knot[1] and one[1] else 1 for one in to]
    return fmean([*(at[one] for one in to), WIDTH / 2], [*pulls, CENTRE])


def apart(row: list[Knot], wanted: Mapping[Knot, float]) -> dict[Knot, float]:
    """Return the places of a *row* in its order: each near where it is wanted, none on another."""
    rightward = pushed(row, wanted)
    leftward = pushed(row[::-1], {knot: -x for knot, x in wanted.items()})
    between = {knot: (rightward[knot] - leftward[knot]) / 2 for knot in row}
    first = pushed(row, {knot: max(x, GAP / 2 + width(knot) / 2) for knot, x in between.items()})
    last = {knot: max(-x, GAP / 2 + width(knot) / 2 - WIDTH) for knot, x in first.items()}
    return {knot: -x for knot, x in pushed(row[::-1], last).items()}


def pushed(row: list[Knot], wanted: Mapping[Knot, float]) -> dict[Knot, float]:
    """Return the places of a *row* in its order, each pushed as far along as those before need."""
    at: dict[Knot, float] = {}
    free = -inf
    for knot in row:
        at[knot] = max(wanted[knot], free + width(knot) / 2)
        free = at[knot] + width(knot) / 2 + GAP
    return at


def picture(sources: Mapping[str, str]) -> str:
    """Return the picture of the house of *sources* as SVG."""
    arrows = ways(drawn(uses(sources)))
    at = placed(arrows)
    left = min(x - width(knot) / 2 for knot, x in at.items()) - MARGIN
    wide = max(x + width(knot) / 2 for knot, x in at.items()) + MARGIN - left
    high = middle(len(HOUSE))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img"'
            f' width="{wide:.0f}" height="{high:.0f}"'
            f' viewBox="{left:.0f} 0 {wide:.0f} {high:.0f}">',
            "<title>The rooms of the product, and who uses whom</title>",
            f"<style>{STYLE}</style>",
            '<defs><marker id="head" markerWidth="7" markerHeight="6" refX="6" refY="3"'
            ' orient="auto"><path class="head" d="M0,0 L7,3 L0,6 z"/></marker></defs>',
            *(text(line, left + 8, 20 + 18 * n) for n, line in enumerate(CAPTION)),
            *(part(name, left, wide) for name in ("monitor/", "alerts/")),
            *(arrow(way, at) for way in arrows),
            *(box(knot, at[knot]) for knot in at if not knot[1]),
            "</svg>\n",
        ]
    )


def text(line: str, x: float, y: float) -> str:
    """Return a *line* of small print."""
    return f'<text class="small" x="{x:.0f}" y="{y:.0f}">{escape(line)}</text>'


def part(name: str, left: float, wide: float) -> str:
    """Return the ground on which the rooms of the package *name* stand."""
    filled = [ROWS[place] for place in SHOWN if place.startswith(name)]
    top, end = middle(min(filled)) - ROW / 2 + 2, middle(max(filled)) + ROW / 2 - 2
    return (
        f'<rect class="paper" x="{left:.0f}" y="{top:.0f}" width="{wide:.0f}"'
        f' height="{end - top:.0f}" rx="8"/>' + text(name, left + 14, top + 26)
    )


def arrow(way: list[Knot], at: Mapping[Knot, float]) -> str:
    """Return the arrow that goes along *way*."""
    line = f"M{at[way[0]]:.0f},{middle(way[0][2]) + BOX / 2:.0f}"
    for above, below in pairwise(way):
        x, start, end = at[below], middle(above[2]) + BOX / 2, middle(below[2]) - BOX / 2
        bend = (start + end) / 2
        line += f" C{at[above]:.0f},{bend:.0f} {x:.0f},{bend:.0f} {x:.0f},{end:.0f}"
        line += f" V{end + BOX:.0f}" if below[1] else ""
    return f'<path class="arrow" marker-end="url(#head)" d="{line}"/>'


def box(knot: Knot, x: float) -> str:
    """Return the box of a room whose middle is at *x*."""
    wide, y = width(knot), middle(knot[2])
    return (
        f'<rect class="{kind(knot[0])}" x="{x - wide / 2:.0f}" y="{y - BOX / 2:.0f}"'
        f' width="{wide:.0f}" height="{BOX}" rx="5"/>'
        f'<text x="{x:.0f}" y="{y + 4.5:.0f}" text-anchor="middle">{escape(label(knot[0]))}</text>'
    )


def kind(place: str) -> str:
    """Return whether a room is pure, pure in part, or just a room."""
    pure = ROOMS[place].pure
    return "pure" if pure == WHOLE else "partly" if pure else "room"


def middle(row: int) -> float:
    """Return how far down the middle of a *row* is."""
    return TOP + ROW * row


if __name__ == "__main__":
    PICTURE.write_text(picture(product()), encoding="utf-8")
