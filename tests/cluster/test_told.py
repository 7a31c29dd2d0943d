"""What is held against a cluster sees every kind of fault."""

from typing import Any

import pytest

from tests.cluster.told import differences


def notice(**changes: Any) -> dict[str, Any]:
    said = {"id": "n1", "subject": "a", "kind": "silence", "event": "alert", "rung": 7, "to": "z"}
    return said | {"resent": False} | changes


CALL, END = notice(), notice(id="n2", event="resolved")
OTHER = notice(id="n3", subject="b")
FINE = [CALL, END, OTHER]


@pytest.mark.parametrize(
    ("got", "found"),
    [
        pytest.param(FINE, [], id="nothing where all is as it should be"),
        pytest.param([*FINE, notice(resent=True)], [], id="nothing in what is marked"),
        pytest.param([*FINE, notice(id="n9", kind="blind")], [], id="nothing in other troubles"),
        pytest.param([CALL, END], ["lost: the call of b"], id="a call that never came"),
        pytest.param([CALL, OTHER], ["lost: the end of a"], id="an end that never came"),
        pytest.param(
            [*FINE, notice(id="n4", subject="c")], ["false: the call of c"], id="a false call"
        ),
        pytest.param(
            [*FINE, notice(id="n4", subject="b", event="resolved")],
            ["false: the end of b"],
            id="an end of what goes on",
        ),
        pytest.param([*FINE, CALL], ["doubled without 重发: n1"], id="a call that comes twice"),
        pytest.param(
            [*FINE, notice(id="n5")],
            ["said twice: ('a', 'alert', 7, 'z')"],
            id="the same call under another number",
        ),
        pytest.param(
            [*FINE, notice(id="n6", kind="originals")], ["unknown: originals"], id="a strange kind"
        ),
    ],
)
def test_of_what_people_were_told_it_finds(got: list[dict[str, Any]], found: list[str]) -> None:
    assert differences(got, ["a", "b"], ["a"]) == found
