"""Each finding of the doctor's stands beside the line of the configuration that it is about."""

import pytest

from alerts.told import Code, Told
from monitor.web.beside import beside, place

FILE = """\
[service]
id = "rsshub"
[gateways.rsshub]  # ours
url = "http://127.0.0.1"
[gateways."wewe-2"]
[[people]]
name = "张三"
id = "zhang"
[[channels]]
id = "zhang"
[roster]
"""


@pytest.mark.parametrize(
    ("check", "line"),
    [
        pytest.param(Told("gateway {gateway}", gateway="rsshub"), 2, id="a table by its name"),
        pytest.param(Told("gateway {gateway}", gateway="wewe-2"), 4, id="a name in quotes"),
        pytest.param(Told("channel {channel}", channel="zhang"), 9, id="one of a list by its id"),
        pytest.param(
            Told("person {person}", person=Code("zhang", "张三")), 7, id="by its id, not its name"
        ),
        pytest.param(Told("roster"), 10, id="a table that there is once"),
        pytest.param(Told("gateway {gateway}", gateway="none"), None, id="what is not there"),
        pytest.param(Told("database"), None, id="what is no part of the configuration"),
    ],
)
def test_where_a_finding_stands(check: Told, line: int | None) -> None:
    assert place(FILE.splitlines(), check) == line


def test_every_line_is_shown_once_with_what_is_said_of_it() -> None:
    said = ("problem", "读不到")
    [(name, lines, told)] = beside({"monitor.toml": "a = 1\n[roster]"}, [(Told("roster"), said)])
    assert (name, lines, told) == ("monitor.toml", [("a = 1", []), ("[roster]", [said])], 1)
