"""Values survive being JSON, also when another version wrote it."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import model
from alerts.model import Facts, Told
from monitor.model import (
    Counters,
    Outcome,
    SourceMemory,
    SourceSpec,
    SourceState,
    Tally,
    Validators,
)
from monitor.store.codec import (
    canaries_from_json,
    canaries_to_json,
    facts_from_json,
    facts_to_json,
    memory_from_json,
    memory_to_json,
)

NOON = datetime(2024, 2, 1, 4, tzinfo=UTC)

instants = st.datetimes(
    datetime(1900, 1, 1),
    datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
texts = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = {
    "str": texts,
    "int": st.integers(),
    "bool": st.booleans(),
    "date": st.dates(),
    "datetime": instants,
}


def values(hint: str) -> st.SearchStrategy[object]:
    """Return values of a type of the model, given as it is written there."""
    if hint in PLAIN:
        return PLAIN[hint]
    if hint.endswith(" | None"):
        return st.none() | values(hint.removesuffix(" | None"))
    if hint.startswith("tuple["):
        one = hint.removeprefix("tuple[").removesuffix(", ...]")
        return st.lists(values(one), max_size=3).map(tuple)
    kind = getattr(model, hint)
    return st.builds(kind, **{f.name: values(str(f.type)) for f in fields(kind)})


# Every field from its own type: one added later is tested without a word here.
facts = values("Facts")
counts = st.none() | st.integers()
memories = st.builds(
    SourceMemory,
    validators=st.builds(Validators, st.none() | st.text(), st.none() | st.text()),
    body_hash=st.none() | texts,
    window=st.lists(st.tuples(st.text(), instants)).map(tuple),
    identity=st.none() | texts,
    missing_since=st.none() | instants,
    missing_count=st.integers(0, 99),
    ever_good=st.booleans(),
    title=st.none() | texts,
    former_title=st.none() | texts,
    renamed_at=st.none() | instants,
    counters=st.none() | st.builds(Counters, counts, counts, st.booleans()),
    tally=st.none()
    | st.builds(
        Tally,
        st.integers(),
        instants,
        st.integers(),
        st.none() | instants,
        st.integers(),
        st.none() | instants,
    ),
    uncounted=st.lists(st.tuples(st.text(), instants)).map(tuple),
    warnings=st.lists(texts).map(tuple),
    ends_at=st.none() | instants,
)
canaries = st.builds(
    SourceState,
    spec=st.builds(SourceSpec, *[texts] * 4, st.integers(0, 9)),
    last_tried_at=st.none() | instants,
    last_outcome=st.none() | st.sampled_from(Outcome),
    last_detail=texts,
    last_good_at=st.none() | instants,
    failing_since=st.none() | instants,
    failures=st.integers(0, 99),
    memory=memories,
)


@given(facts)
def test_facts_come_back_as_they_were(value: Facts) -> None:
    assert facts_from_json(facts_to_json(value)) == value


@given(memories)
def test_memory_comes_back_as_it_was(value: SourceMemory) -> None:
    assert memory_from_json(memory_to_json(value)) == value


@given(st.lists(canaries, max_size=3).map(tuple))
def test_canaries_come_back_as_they_were(value: tuple[SourceState, ...]) -> None:
    assert canaries_from_json(canaries_to_json(value)) == value


def test_facts_are_written_readably_and_without_what_is_not_said() -> None:
    said = Facts(
        name="鞍山民政",
        since=NOON,
        publish_by=date(2024, 2, 15),
        told=(Told("张三", NOON + timedelta(hours=1)), Told("李四", None)),
        accounts=("甲", "乙"),
    )
    assert json.loads(facts_to_json(said)) == {
        "name": "鞍山民政",
        "since": "2024-02-01T04:00:00+00:00",
        "publish_by": "2024-02-15",
        "told": [{"name": "张三", "at": "2024-02-01T05:00:00+00:00"}, {"name": "李四", "at": None}],
        "accounts": ["甲", "乙"],
    }
    assert "鞍山民政" in facts_to_json(said)


def test_keys_of_a_newer_version_are_left_out_and_missing_ones_get_their_defaults() -> None:
    written = (
        '{"name": "鞍山民政", "mood": "calm", "told": [{"name": "张三", "at": null, "by": 1}]}'
    )
    assert facts_from_json(written) == Facts(name="鞍山民政", told=(Told("张三", None),))
    assert memory_from_json('{"etag": "x", "mood": "calm"}') == SourceMemory(Validators("x"))
    assert memory_from_json("{}") == SourceMemory()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda at: facts_to_json(Facts("x", since=at)), id="in a message"),
        pytest.param(lambda at: facts_to_json(Facts("x", told=(Told("y", at),))), id="deeper"),
        pytest.param(lambda at: memory_to_json(SourceMemory(missing_since=at)), id="in a memory"),
    ],
)
def test_a_naive_datetime_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="naive"):
        write(datetime(2024, 2, 1))
