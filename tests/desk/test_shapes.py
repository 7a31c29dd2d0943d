"""How answers become JSON documents."""

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.desk.shapes import Level, as_json
from tests.rule_values import ZONE, at


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(at("03-13 09:00"), "2024-03-13T09:00:00+08:00", id="an instant is local"),
        pytest.param(
            at("03-13 09:00:00.5"), "2024-03-13T09:00:00+08:00", id="an instant has whole seconds"
        ),
        pytest.param(date(2024, 3, 13), "2024-03-13", id="a date has no time"),
        pytest.param(Level.WARNING, "warning", id="a name of the program is its value"),
        pytest.param("“鞍山民政”", "“鞍山民政”", id="text stays text"),
        pytest.param(None, None, id="nothing is null"),
    ],
)
def test_a_value_in_a_document(value: object, expected: object) -> None:
    assert json.loads(as_json({"key": [value]}, ZONE)) == {"key": [expected]}


def test_a_document_keeps_its_order_and_is_readable() -> None:
    document = as_json({"b": 1, "a": "民政"}, ZONE)
    assert document == '{\n  "b": 1,\n  "a": "民政"\n}'


def test_what_no_contract_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="has no place in a JSON document"):
        as_json({"key": Path()}, ZONE)
