"""Values survive being JSON, also when another version wrote it."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import facts
from alerts.facts import (
    ChannelFacts,
    CredentialFacts,
    DoubtFacts,
    EndFacts,
    Facts,
    GatewayFacts,
    HandoverFacts,
    LedgerFacts,
    LookFacts,
    Notified,
    QuotaFacts,
    RosterFacts,
    SelfFacts,
    ShiftFacts,
    SilenceFacts,
    TogetherFacts,
)
from alerts.model import Kind, Reason
from alerts.occasion import Occasion
from monitor.counted import Counters, Tally
from monitor.model import HOURS, Outcome, Pace, SourceMemory, SourceSpec, SourceState, Validators
from monitor.store.codec import (
    canaries_from_json,
    canaries_to_json,
    facts_from_json,
    facts_to_json,
    memory_from_json,
    memory_to_json,
)
from monitor.store.damage import memory_is_sound
from monitor.store.types import storable

ROWS = Path(__file__).resolve().parent.parent / "data" / "stored_facts.jsonl"
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
    if hint == "Fault":
        return st.sampled_from(facts.Fault)
    if hint == "Occasion":
        return st.builds(Occasion, texts.filter(lambda text: ":" not in text), st.none() | texts)
    return filled(getattr(facts, hint))


def filled(kind: type[Facts]) -> st.SearchStrategy[Facts]:
    """Return values of *kind*, every field from its own type: one added later is tested without
    a word here."""
    named = {f.name: values(str(f.type)) for f in fields(kind)}
    return st.builds(kind, **named | {name: made for (of, name), made in ALWAYS if of is kind})


# By these stored messages of gateways differ.
ALWAYS = [
    ((CredentialFacts, "ends_at"), instants),
    ((QuotaFacts, "quota"), st.integers()),
    ((DoubtFacts, "doubts"), st.integers()),
    ((TogetherFacts, "longest_minutes"), st.integers()),
]
# A kind and a reason of messages that carry each type.
CARRIED: dict[type[Facts], tuple[Kind, Reason]] = {
    SilenceFacts: (Kind.BLIND, Reason.BLIND),
    EndFacts: (Kind.SILENCE, Reason.POSTED),
    GatewayFacts: (Kind.GATEWAY, Reason.GATEWAY),
    CredentialFacts: (Kind.GATEWAY, Reason.CREDENTIAL),
    QuotaFacts: (Kind.GATEWAY, Reason.QUOTA),
    DoubtFacts: (Kind.GATEWAY, Reason.UNCONFIRMED),
    TogetherFacts: (Kind.GATEWAY, Reason.UNCONFIRMED),
    ChannelFacts: (Kind.CHANNEL, Reason.CHANNEL),
    SelfFacts: (Kind.SELF, Reason.SELF),
    HandoverFacts: (Kind.HANDOVER, Reason.PROVEN),
    RosterFacts: (Kind.ROSTER, Reason.ROSTER),
    ShiftFacts: (Kind.ROSTER, Reason.SHIFT),
    LedgerFacts: (Kind.LEDGER, Reason.GAP),
    LookFacts: (Kind.LOOK, Reason.LOOK),
}
counts = st.none() | st.integers()
hours = st.lists(st.integers(0, 99) | st.floats(0, 99), min_size=2 * HOURS, max_size=2 * HOURS)
memories = st.builds(
    SourceMemory,
    pace=st.none() | st.builds(Pace, st.dates(), hours.map(tuple)),
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
    last_detail=texts.map(storable),
    last_good_at=st.none() | instants,
    failing_since=st.none() | instants,
    failures=st.integers(0, 99),
    memory=memories,
)


@given(st.one_of([filled(kind) for kind in get_args(Facts)]))
def test_facts_come_back_as_they_were(value: Facts) -> None:
    assert facts_from_json(facts_to_json(value), *CARRIED[type(value)]) == value


STORED = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", STORED, ids=lambda row: f"{row['kind']} {row['reason']}")
def test_a_row_of_an_earlier_version_is_read_whole_and_written_as_it_was(
    row: dict[str, Any],
) -> None:
    read = facts_from_json(json.dumps(row["facts"]), Kind(row["kind"]), Reason(row["reason"]))
    assert json.loads(facts_to_json(read)) == row["facts"]


@pytest.mark.parametrize(
    ("kind", "reason", "keys", "expected"),
    [
        pytest.param(Kind.SILENCE, Reason.RUNG, (), SilenceFacts, id="a silence"),
        pytest.param(Kind.BLIND, Reason.BLIND, (), SilenceFacts, id="a question"),
        pytest.param(Kind.ORIGINALS, Reason.ORIGINALS, (), SilenceFacts, id="reposts only"),
        pytest.param(Kind.SILENCE, Reason.POSTED, (), EndFacts, id="the end of a silence"),
        pytest.param(Kind.SELF, Reason.RECOVERED, (), EndFacts, id="the end of our own trouble"),
        pytest.param(Kind.CHANNEL, Reason.RECOVERED, (), EndFacts, id="a channel's end"),
        pytest.param(Kind.GATEWAY, Reason.GATEWAY, (), GatewayFacts, id="a gateway"),
        pytest.param(Kind.GATEWAY, Reason.RECOVERED, (), GatewayFacts, id="a gateway's end"),
        pytest.param(
            Kind.GATEWAY, Reason.RECOVERED, ("ends_at",), CredentialFacts, id="a renewed credential"
        ),
        pytest.param(Kind.GATEWAY, Reason.RECOVERED, ("quota",), QuotaFacts, id="a quota's end"),
        pytest.param(
            Kind.GATEWAY, Reason.ACCOUNT_CLOSED, ("lasted_days",), EndFacts, id="a gateway removed"
        ),
        pytest.param(Kind.LEDGER, Reason.RECOVERED, (), LedgerFacts, id="a ledger made whole"),
        pytest.param(Kind.HANDOVER, Reason.PROVEN, (), HandoverFacts, id="a handover's end"),
        pytest.param(Kind.ROSTER, Reason.FILLED, (), RosterFacts, id="the roster's end"),
        pytest.param(Kind.ROSTER, Reason.SHIFT, (), ShiftFacts, id="a summary"),
    ],
)
def test_a_row_without_anything_optional_is_read_by_its_kind_and_reason(
    kind: Kind, reason: Reason, keys: tuple[str, ...], expected: type[Facts]
) -> None:
    text = json.dumps({"name": "x"} | dict.fromkeys(keys))
    assert facts_from_json(text, kind, reason) == expected("x")


@given(memories)
def test_memory_comes_back_as_it_was(value: SourceMemory) -> None:
    text = memory_to_json(value)
    assert memory_from_json(text) == value
    assert memory_is_sound(text)


@given(st.lists(canaries, max_size=3).map(tuple))
def test_canaries_come_back_as_they_were(value: tuple[SourceState, ...]) -> None:
    assert canaries_from_json(canaries_to_json(value)) == value


def test_facts_are_written_readably_and_without_what_is_not_said() -> None:
    said = GatewayFacts(
        name="鞍山民政",
        since=NOON,
        told=(Notified("张三", NOON + timedelta(hours=1)), Notified("李四", None)),
        accounts=("甲", "乙"),
    )
    assert json.loads(facts_to_json(said)) == {
        "name": "鞍山民政",
        "since": "2024-02-01T04:00:00+00:00",
        "told": [{"name": "张三", "at": "2024-02-01T05:00:00+00:00"}, {"name": "李四", "at": None}],
        "accounts": ["甲", "乙"],
    }
    assert "鞍山民政" in facts_to_json(said)


def test_keys_of_a_newer_version_are_left_out_and_missing_ones_get_their_defaults() -> None:
    written = (
        '{"name": "鞍山民政", "mood": "calm", "told": [{"name": "张三", "at": null, "by": 1}]}'
    )
    read = facts_from_json(written, Kind.SILENCE, Reason.RUNG)
    assert read == SilenceFacts(name="鞍山民政", told=(Notified("张三", None),))
    assert memory_from_json('{"etag": "x", "mood": "calm"}') == SourceMemory(Validators("x"))
    assert memory_from_json("{}") == SourceMemory()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda at: facts_to_json(SilenceFacts("x", since=at)), id="in a message"),
        pytest.param(
            lambda at: facts_to_json(SilenceFacts("x", told=(Notified("y", at),))), id="deeper"
        ),
        pytest.param(lambda at: memory_to_json(SourceMemory(missing_since=at)), id="in a memory"),
    ],
)
def test_a_naive_datetime_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="naive"):
        write(datetime(2024, 2, 1))
