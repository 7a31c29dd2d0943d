"""Whatever comes in from outside, a parser answers or refuses in its one way."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.inputs import inputs
from tests.fuzz.parsers import Outside, Parser, parsers, tried

DEAR = {"workbooks": 2, "report pdf": 15, "report word": 15}  # inputs, where each takes long
USUAL = 25


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, Parser]]:
    with closing(Outside()) as outside:
        yield parsers(outside)


def names() -> list[str]:
    with closing(Outside()) as outside:
        return list(parsers(outside))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("name", names())
def test_what_comes_from_outside_is_read_or_refused(table: dict[str, Parser], name: str) -> None:
    parser = table[name]
    for seed in parser.seeds:
        tried(parser, seed)

    @settings(
        max_examples=DEAR.get(name, USUAL),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(inputs(parser.seeds))
    def any_input(data: bytes) -> None:
        tried(parser, data)

    any_input()
