"""A problem names the block's own id and the line in which it stands."""

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import sample
from monitor.settings.lines import line_of
from monitor.settings.loading import load

TEXT = """\
# a list
title = "x = 1 # no comment"

[service]  # the service
hours = {call_at = "09:00",
  quiet = "[22:00"}
text = '''
id = "not a key"
'''

[policies."a b".more]
limit = "14d"
ladder = [
    {after = "7d"},
]
after = 1

[[accounts]]
id = "one"
[[accounts.sources]]
gateway = "g"
[[accounts.sources]]
gateway = "h"

[[accounts]]
id = "two"
sources = [{gateway = "x"}]
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        pytest.param(("title",), 2, id="a key at the top"),
        pytest.param(("service",), 4, id="a table"),
        pytest.param(("service", "hours", "quiet"), 5, id="inside a value"),
        pytest.param(("service", "text"), 7, id="a text of several lines"),
        pytest.param(("service", "id"), 4, id="a key that is missing"),
        pytest.param(("policies", "a b", "more", "ladder", 0, "after"), 13, id="a quoted name"),
        pytest.param(("policies", "a b", "more", "after"), 16, id="after a list of several lines"),
        pytest.param(("accounts", 0, "id"), 19, id="the first block"),
        pytest.param(("accounts", 0, "sources", 1, "gateway"), 23, id="a block in a block"),
        pytest.param(("accounts", 1, "id"), 26, id="the second block"),
        pytest.param(("accounts", 1, "name"), 25, id="missing in the second block"),
        pytest.param(("people", 0), None, id="what is nowhere"),
        pytest.param((), None, id="the file as a whole"),
    ],
)
def test_a_place_has_its_line(where: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TEXT, where) == line


def test_a_problem_ends_in_the_id_of_its_block_and_its_line(tmp_path: Path) -> None:
    accounts = sample.write(tmp_path / "config")[1]
    text = accounts.read_text("utf-8").replace('custodian = "zhang"', 'custodian = "zhnag"', 1)
    accounts.write_text(text, "utf-8")
    number = next(n for n, line in enumerate(text.splitlines(), 1) if "zhnag" in line)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "config", {})
    (problem,) = caught.value.problems
    assert problem.startswith('accounts.toml: accounts[1].custodian: "zhnag" is no person')
    assert problem.endswith(f"(weibo-main, line {number})")
