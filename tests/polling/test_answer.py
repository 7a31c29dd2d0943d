"""What one answer proves beside what is known: good or why not, and what is learnt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import (
    Account,
    Outcome,
    PostKind,
    Pulse,
    SeenPost,
    SourceMemory,
    SourceSpec,
    SourceState,
    Validators,
)
from monitor.polling.answer import Judgement, judge
from monitor.sources.base import Fetched

NOW = datetime(2024, 3, 4, 1, 0, tzinfo=UTC)
SPEC = SourceSpec("weibo@rsshub", "weibo", "rsshub", "weibo/user/1")
ACCOUNT = Account("weibo", "鞍山民政", "weibo", sources=(SPEC,))


def day(n: float) -> datetime:
    """The instant *n* days before now."""
    return NOW - timedelta(days=n)


def post(n: float, key: str | None = None) -> SeenPost:
    return SeenPost(key or f"p{n}", "t", "u", PostKind.ORIGINAL, day(n))


def window(*ages: float) -> tuple[tuple[str, datetime], ...]:
    return tuple((f"p{n}", day(n)) for n in sorted(ages))


def state(*ages: float, seen: float = 1, **memory: object) -> SourceState:
    kept = SourceMemory(window=window(*ages), ever_good=bool(ages))
    return SourceState(
        SPEC,
        last_good_at=day(seen) if ages else None,
        weak_as_of=day(seen) if ages else None,
        memory=replace(kept, **memory),  # type: ignore[arg-type]
    )


def shown(*ages: float, **more: object) -> Fetched:
    base = Fetched(Outcome.OK, NOW, NOW, Pulse.FULL, tuple(post(n) for n in ages), body_hash="h")
    return replace(base, **more)  # type: ignore[arg-type]


def judged(fetched: Fetched, known: SourceState, newest: float | None = None) -> Judgement:
    return judge(fetched, known, ACCOUNT, None if newest is None else day(newest), NOW)


@pytest.mark.parametrize(
    ("fetched", "known", "outcome"),
    [
        pytest.param(shown(2, 3), state(), Outcome.OK, id="a first window"),
        pytest.param(shown(), state(), Outcome.OK, id="an empty first window"),
        pytest.param(
            shown(posts=None, outcome=Outcome.UNCHANGED),
            state(2, 3),
            Outcome.UNCHANGED,
            id="a 304",
        ),
        pytest.param(shown(), state(2, 3), Outcome.EMPTY, id="F25: empty where posts were known"),
        pytest.param(
            shown(identity="weibo:2"),
            state(2, identity="weibo:1"),
            Outcome.WRONG_ACCOUNT,
            id="F35: another account's feed",
        ),
        pytest.param(shown(2, pulse=Pulse.NONE), state(2), Outcome.NO_PULSE, id="a frozen copy"),
        pytest.param(shown(2, as_of=None), state(2), Outcome.NO_PULSE, id="of unknown age"),
        pytest.param(shown(3, 4), state(2, 3, 4), Outcome.SHRUNKEN, id="the newest is gone"),
        pytest.param(shown(2, 4), state(2, 3, 4), Outcome.OK, id="an older one is gone"),
        pytest.param(
            Fetched(Outcome.TRANSPORT, NOW, detail="no answer"),
            state(2),
            Outcome.TRANSPORT,
            id="no answer",
        ),
    ],
)
def test_outcomes(fetched: Fetched, known: SourceState, outcome: Outcome) -> None:
    reading = judged(fetched, known).reading
    assert reading.outcome is outcome
    assert reading.good is outcome.answered
    assert (reading.as_of is None) is not outcome.answered


def test_an_empty_window_is_no_news_where_another_source_knows_posts() -> None:
    assert judged(shown(), state(), newest=3).reading.outcome is Outcome.EMPTY


def test_what_is_bad_teaches_nothing_and_forgets_nothing() -> None:
    known = state(2, 3, validators=Validators(etag='"a"'))
    for bad in (shown(), shown(3), Fetched(Outcome.STATUS, NOW), shown(9, pulse=Pulse.NONE)):
        found = judged(bad, known, newest=2)
        assert found.memory.window == known.memory.window
        assert found.memory.validators == known.memory.validators
        assert found.posts == ()


def test_a_newer_post_in_a_frozen_copy_was_published_all_the_same() -> None:
    found = judged(shown(1, 2, 3, pulse=Pulse.NONE), state(2, 3), newest=2)
    assert [p.key for p in found.posts] == ["p1"]


def test_F32_a_missing_newest_post_is_deleted_after_three_readings_over_a_day() -> None:
    known, outcomes, deleted = state(2, 3, 4), [], []
    for hours in (0, 12, 23, 25):
        now = NOW + timedelta(hours=hours)
        found = judge(shown(3, 4, as_of=now, started_at=now), known, ACCOUNT, day(2), now)
        outcomes.append(found.reading.outcome)
        deleted.append(found.deleted)
        known = replace(known, memory=found.memory)
    assert outcomes == [Outcome.SHRUNKEN] * 3 + [Outcome.OK]
    assert deleted == [(), (), (), ("p2",)]


def test_a_missing_post_that_comes_back_was_never_deleted() -> None:
    once = judged(shown(3, 4), state(2, 3, 4))
    back = judged(shown(2, 3, 4), replace(state(2, 3, 4), memory=once.memory))
    assert (back.reading.outcome, back.memory.missing_count) == (Outcome.OK, 0)


MANY = tuple(float(n) for n in range(10, 20))


EMPTIED = SourceState(SPEC, last_good_at=day(5), weak_as_of=day(5))  # a good window, no posts


@pytest.mark.parametrize(
    ("fetched", "known", "covers", "gap"),
    [
        pytest.param(shown(2, 3, 4, 5), state(), 3, None, id="a first window, its pins aside"),
        pytest.param(shown(2), state(), 0, None, id="one post proves nothing of before"),
        pytest.param(shown(0.5, 2, 3, 4), state(2, 3, 4), 1, None, id="a shared post"),
        pytest.param(
            shown(*(n / 100 for n in range(10)), 12.0, 13.0),
            state(*MANY[2:], seen=5),
            0.09,
            5,
            id="F34: only the two oldest are shared: a burst may have been missed",
        ),
        pytest.param(
            shown(*(n / 100 for n in range(10)), 6, 12.0, 13.0),
            state(*MANY, seen=5),
            5,
            None,
            id="the window reaches back past the last reading",
        ),
        pytest.param(shown(0.2, 2), state(2), 1, None, id="too short to have overrun"),
        pytest.param(
            shown(0.1, 0.2), EMPTIED, 5, None, id="the first posts of an account without any"
        ),
        pytest.param(
            shown(*(n / 100 for n in range(10))),
            EMPTIED,
            0.07,
            5,
            id="F34: a window full of them: a burst may have been missed",
        ),
        pytest.param(
            shown(posts=None, outcome=Outcome.UNCHANGED),
            state(2, seen=0.5),
            0.5,
            None,
            id="unchanged since the last good reading",
        ),
    ],
)
def test_coverage(fetched: Fetched, known: SourceState, covers: float, gap: float | None) -> None:
    reading = judged(fetched, known).reading
    assert reading.covers_from == day(covers)
    assert reading.gap_from == (None if gap is None else day(gap))


def test_posts_without_a_date_keep_the_day_they_were_first_seen() -> None:
    undated = SeenPost("u", "t", "u", PostKind.ORIGINAL, None)
    memory = judged(shown(posts=(undated, post(3), post(4))), state(3, 4)).memory
    assert "u" not in dict(memory.window)
    for later in (NOW + timedelta(days=1), NOW + timedelta(days=2)):
        known = SourceState(SPEC, last_good_at=NOW, weak_as_of=NOW, memory=memory)
        again = shown(posts=(undated, post(3), post(4)), as_of=later, started_at=later)
        memory = judge(again, known, ACCOUNT, NOW, later).memory
        assert ("u", NOW) in memory.window


ages = st.lists(st.integers(0, 4000).map(lambda n: n / 100), unique=True, max_size=15)


@given(ages, ages, st.sampled_from(list(Pulse)))
def test_a_reading_never_covers_the_future_nor_loses_a_window(
    before: list[float], after: list[float], pulse: Pulse
) -> None:
    known = state(*before)
    found = judged(shown(*after, pulse=pulse), known)
    if found.reading.good:
        assert found.reading.covers_from is not None
        assert found.reading.covers_from <= NOW
        assert {k for k, _ in found.memory.window} == {f"p{n}" for n in after}
    else:
        assert found.memory.window == known.memory.window
