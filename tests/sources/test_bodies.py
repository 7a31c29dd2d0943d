"""JSON out of platforms' bytes, however dirty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Outcome
from monitor.sources import bodies
from monitor.sources.answers import Answer, Failed
from monitor.sources.bodies import branch, document, rows, text, whole
from monitor.sources.json_text import loaded


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b'{"a": 1}', {"a": 1}, id="plain"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="a byte order mark"),
        pytest.param(b'{"a": "x\x0by\n"}', {"a": "x\x0by\n"}, id="control characters"),
        pytest.param(b'{"a": "\xffx"}', {"a": "x"}, id="broken bytes"),
        pytest.param('{"a": "鞍山"}'.encode(), {"a": "鞍山"}, id="Chinese"),
    ],
)
def test_a_document(body: bytes, found: object) -> None:
    assert document(Answer(200, body)) == found


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        pytest.param(b"", "an empty body", id="nothing"),
        pytest.param(b"[1]", "JSON that is no feed", id="a list"),
        pytest.param(b'{"a": ', "JSON that is cut off or broken", id="cut off"),
        pytest.param(b'{"a":' * 100_000, "JSON that is cut off or broken", id="a depth bomb"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "JSON that is cut off or broken", id="digits"),
        pytest.param("<title>登录 - 微博</title>".encode(), "a login page", id="a login page"),
    ],
)
def test_f25_f37_what_is_no_document(body: bytes, detail: str) -> None:
    assert document(Answer(200, body)) == Failed(Outcome.NOT_A_FEED, detail, 200)


def test_f26_a_304_that_nobody_asked_for() -> None:
    found = document(Answer(304, b""))
    assert isinstance(found, Failed)
    assert (found.outcome, found.status) == (Outcome.STATUS, 304)


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    assert isinstance(bodies.parsed(body), dict | None)


@pytest.mark.parametrize(
    ("value", "said", "number"),
    [
        (5, "5", 5),
        ("5", "5", 5),
        (" 21327 ", "21327", 21327),
        (-1, "-1", -1),
        ("1.5", "1.5", None),
        (1.5, "", None),
        (True, "", None),
        (None, "", None),
        ({}, "", None),
        ("٣", "٣", None),
        ("9" * 19, "9" * 19, None),
    ],
)
def test_text_and_whole(value: object, said: str, number: int | None) -> None:
    assert (text(value), whole(value)) == (said, number)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r'"食\ud800堂"', "食?堂"),
        (r'"\uDFFF"', "?"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"食堂"', "食堂"),
        (r'"\\ud800"', r"\ud800"),
    ],
    ids=["a first half alone", "a second half alone", "both", "none", "no escape at all"],
)
def test_half_a_character_costs_no_reading(written: str, said: str) -> None:
    assert loaded(written) == said


def test_branch_and_rows() -> None:
    tree = {"a": {"b": {"c": 1}}, "l": [{"x": 1}, 2, None, {"y": 2}]}
    assert branch(tree, "a", "b") == {"c": 1}
    assert branch(tree, "a", "b", "c") == {}
    assert branch(None, "a") == {}
    assert rows(tree["l"]) == [{"x": 1}, {"y": 2}]
    assert rows({"x": 1}) == []
