"""Whatever comes in from outside, a parser answers or refuses in its one way."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.docs.test_docs import rows
from tests.fuzz.doors import doors
from tests.fuzz.gateways import Outside
from tests.fuzz.inputs import NUMBERS, made
from tests.fuzz.parser import Parser, tried
from tests.fuzz.parsers import NAMES, parsers
from tests.house import ROOT


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, Parser]]:
    with closing(Outside()) as outside:
        yield parsers(outside)


def test_every_parser_is_tried(table: dict[str, Parser]) -> None:
    assert tuple(table) == NAMES


# The library leaves the file of a form that is cut short to the collector of garbage.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")
@pytest.mark.parametrize("name", NAMES)
def test_what_comes_from_outside_is_read_or_refused(table: dict[str, Parser], name: str) -> None:
    parser = table[name]
    for seed in parser.seeds:
        tried(parser, seed)

    if parser.apart:  # each input is a process of its own: `make fuzz` alone
        return

    @settings(
        max_examples=2,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(NUMBERS)
    def any_input(number: int) -> None:
        for data in made(number, parser.seeds):
            tried(parser, data)

    any_input()


def test_every_parser_has_its_line_in_the_table_of_what_was_tried() -> None:
    text = (ROOT / "docs" / "fuzzing.md").read_text(encoding="utf-8")
    told = [name for cell in rows(text, "parser") for name in cell.split(", ")]
    assert sorted(told) == sorted(NAMES)


def test_the_requests_come_to_the_rooms_that_they_ask_for() -> None:
    seeds = (*doors().seeds(), *doors().api_seeds(), *doors().upload_seeds())
    statuses = [doors().ask(seed) for seed in seeds]
    assert statuses.count(200) > len(statuses) / 2
    assert not {401, 421} & {*statuses}  # which are said before anything is looked at
