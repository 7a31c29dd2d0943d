"""The picture of the house shows its rooms and who uses whom, as the imports are today."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from docs.picture import PICTURE, SHOWN, drawn, picture, reached, uses
from tests.house import ROOMS, product

ENDS_OF_A_BOX = re.compile(
    r'<rect class="(?:room|pure|partly)" x="(-?\d+)" y="(\d+)" width="(\d+)"'
)


def test_the_picture_shows_the_house_of_today() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(product()), (
        "rooms or imports have changed: make picture"
    )


USES = {
    "a room that another uses": (
        {"monitor/web/pages.py": "import monitor.desk.answers"},
        [("monitor/web/", "monitor/desk/")],
    ),
    "no use that a longer way tells": (
        {
            "monitor/web/pages.py": "import monitor.desk.answers, monitor.judging.engine",
            "monitor/desk/answers.py": "import monitor.judging.engine",
        },
        [("monitor/web/", "monitor/desk/"), ("monitor/desk/", "monitor/judging/")],
    ),
    "no use of a room whose users are all above it": (
        {"monitor/web/pages.py": "import monitor.model"},
        [],
    ),
    "nothing between the files of one room": (
        {"monitor/web/pages.py": "import monitor.web.cards"},
        [],
    ),
}


@pytest.mark.parametrize(("sources", "arrows"), USES.values(), ids=USES)
def test_the_picture_draws(sources: dict[str, str], arrows: list[tuple[str, str]]) -> None:
    assert drawn(uses(sources)) == arrows


def test_what_is_left_out_is_told_by_what_is_drawn() -> None:
    edges = uses(product())
    arrows = drawn(edges)
    few = {place: {b for a, b in arrows if a == place} for place in ROOMS}
    ends = {b for _, b in arrows}
    lost = [
        (place, used)
        for place in SHOWN
        for used in edges[place] & ends
        if used not in reached(place, few)
    ]
    assert lost == []


def test_every_room_has_a_box_and_no_box_lies_on_another() -> None:
    boxes = [tuple(map(int, found)) for found in ENDS_OF_A_BOX.findall(picture(product()))]
    assert len(boxes) == len(SHOWN)
    rows = {y: sorted((x, x + wide) for x, at, wide in boxes if at == y) for _, y, _ in boxes}
    assert [
        row for row in rows.values() for left, right in pairwise(row) if left[1] >= right[0]
    ] == []


def test_the_picture_is_well_formed() -> None:
    assert ElementTree.fromstring(picture(product())).tag == "{http://www.w3.org/2000/svg}svg"
