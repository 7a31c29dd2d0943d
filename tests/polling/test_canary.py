"""When a gateway's canaries show that it sees, and what their silence takes away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.model import (
    Account,
    Gateway,
    Outcome,
    PostKind,
    Pulse,
    SeenPost,
    SourceMemory,
    SourceSpec,
    SourceState,
    Validators,
    source_id,
)
from monitor.polling.answer import judge
from monitor.polling.canary import (
    UNPROVEN,
    CanaryPulse,
    Sight,
    canary_pulse,
    confirmed,
    due,
    looked,
    patience,
    request,
    specs,
    usual_gap,
)
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GATEWAY = Gateway("werss", "we_mp_rss", "http://werss.test", canary=("MP_WXS_1", "MP_WXS_2"))
OWNER = "canary:werss"
SPEC, OTHER = (SourceSpec(source_id(OWNER, "werss", c), OWNER, "werss", c) for c in GATEWAY.canary)


def window(*hours_ago: float) -> tuple[tuple[str, datetime], ...]:
    return tuple((f"k{h}", NOW - h * HOUR) for h in hours_ago)


def state(*hours_ago: float, read: timedelta | None = timedelta(0)) -> SourceState:
    return SourceState(
        SPEC,
        last_tried_at=NOW - read if read is not None else NOW,
        last_good_at=NOW - read if read is not None else None,
        memory=SourceMemory(window=window(*hours_ago), ever_good=bool(hours_ago)),
    )


def post(key: str, stated_at: datetime | None) -> SeenPost:
    return SeenPost(key, key, "", PostKind.ARTICLE, stated_at)


@pytest.mark.parametrize(
    ("hours_ago", "gap", "waits"),
    [
        pytest.param((1, 3, 5, 9), 2 * HOUR, 12 * HOUR, id="several a day: a night is no silence"),
        pytest.param((2, 26, 50), DAY, 3 * DAY, id="daily: a weekend is no silence"),
        pytest.param((2, 2, 2, 26, 26, 50), DAY, 3 * DAY, id="one push is one moment"),
        pytest.param((2, 98, 194), 4 * DAY, 7 * DAY, id="hardly a canary: a week at most"),
        pytest.param((1, 3, 5, 20_000), 2 * HOUR, 12 * HOUR, id="a pin of years ago is no gap"),
        pytest.param((1, 3), None, None, id="too few to have a rhythm"),
        pytest.param((), None, None, id="nothing seen"),
    ],
)
def test_the_usual_gap(
    hours_ago: Sequence[float], gap: timedelta | None, waits: timedelta | None
) -> None:
    assert (usual_gap(window(*hours_ago)), patience(window(*hours_ago))) == (gap, waits)


DAILY = (2.0, 26.0, 50.0, 74.0)
SILENT = tuple(h + 100 for h in DAILY)
UNREAD = CanaryPulse(Sight.UNKNOWN, None, "no canary could be read")
SINCE = "no canary has posted since 2024-02-14 19:00 UTC"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param([], CanaryPulse(Sight.UNKNOWN), id="no canary at all"),
        pytest.param([state(*DAILY)], CanaryPulse(Sight.SEEING, NOW - 2 * HOUR), id="one posts"),
        pytest.param(
            [state(*SILENT), state(*DAILY)],
            CanaryPulse(Sight.SEEING, NOW - 2 * HOUR),
            id="one that posts is enough",
        ),
        pytest.param(
            [state(*DAILY), state(1, 25, 49)],
            CanaryPulse(Sight.SEEING, NOW - HOUR),
            id="the newest bears it out",
        ),
        pytest.param(
            [state(*SILENT), state(*(h + 90 for h in SILENT))],
            CanaryPulse(Sight.BLIND, None, SINCE),
            id="all have fallen silent",
        ),
        pytest.param(
            [state(*(h + 70 for h in DAILY))],
            CanaryPulse(Sight.SEEING, NOW - 72 * HOUR),
            id="three times the usual gap, just",
        ),
        pytest.param(
            [state(*(h + 70.01 for h in DAILY))],
            CanaryPulse(Sight.BLIND, None, "no canary has posted since 2024-02-16 00:59 UTC"),
            id="and beyond",
        ),
        pytest.param(
            [state(*DAILY, read=None)],
            UNREAD,
            id="never read",
        ),
        pytest.param(
            [state(*SILENT, read=7 * HOUR)],
            UNREAD,
            id="an old look says nothing",
        ),
        pytest.param(
            [state(*SILENT, read=-DAY)],
            UNREAD,
            id="nor one from the future",
        ),
        pytest.param(
            [state(*SILENT), state(*DAILY, read=None)],
            CanaryPulse(Sight.BLIND, None, SINCE),
            id="one unread, the other silent",
        ),
        pytest.param(
            [state(200, 300)],
            UNREAD,
            id="no rhythm yet, nothing new",
        ),
        pytest.param([state(3, 300)], CanaryPulse(Sight.SEEING, NOW - 3 * HOUR), id="but new"),
    ],
)
def test_what_canaries_say(states: list[SourceState], expected: CanaryPulse) -> None:
    assert canary_pulse(states, NOW) == expected


SEEING = CanaryPulse(Sight.SEEING, NOW - 2 * HOUR)
BLIND = CanaryPulse(Sight.BLIND, None, SINCE)
UNKNOWN = CanaryPulse(Sight.UNKNOWN)


@pytest.mark.parametrize(
    ("outcome", "pulse", "as_of", "canaries", "expected"),
    [
        pytest.param(
            Outcome.OK,
            Pulse.NONE,
            NOW,
            SEEING,
            (Pulse.FULL, NOW - 2 * HOUR),
            id="no pulse of its own: as of the canary's newest",
        ),
        pytest.param(
            Outcome.UNCHANGED,
            Pulse.WEAK,
            NOW,
            SEEING,
            (Pulse.FULL, NOW - 2 * HOUR),
            id="a weak one is borne out as far",
        ),
        pytest.param(
            Outcome.OK,
            Pulse.WEAK,
            NOW - 5 * HOUR,
            SEEING,
            (Pulse.FULL, NOW - 5 * HOUR),
            id="but not beyond its own last sync",
        ),
        pytest.param(
            Outcome.OK, Pulse.FULL, NOW, SEEING, (Pulse.FULL, NOW), id="a full one needs nobody"
        ),
        pytest.param(
            Outcome.OK,
            Pulse.NONE,
            None,
            SEEING,
            (Pulse.NONE, None),
            id="what is proven dead stays dead",
        ),
        pytest.param(
            Outcome.OK,
            Pulse.FULL,
            NOW,
            BLIND,
            (Pulse.NONE, None),
            id="silent canaries take every pulse away",
        ),
        pytest.param(
            Outcome.OK,
            Pulse.WEAK,
            NOW,
            UNKNOWN,
            (Pulse.WEAK, NOW),
            id="canaries that say nothing change nothing",
        ),
        pytest.param(
            Outcome.STATUS,
            Pulse.NONE,
            None,
            SEEING,
            (Pulse.NONE, None),
            id="a failed reading is none the better",
        ),
    ],
)
def test_what_a_reading_is_worth_beside_canaries(
    outcome: Outcome,
    pulse: Pulse,
    as_of: datetime | None,
    canaries: CanaryPulse,
    expected: tuple[Pulse, datetime | None],
) -> None:
    fetched = Fetched(outcome, NOW, as_of, pulse, detail="why")
    seen = confirmed(fetched, canaries)
    assert (seen.pulse, seen.as_of) == expected
    assert replace(seen, pulse=pulse, as_of=as_of, detail="why") == fetched


def test_a_blind_gateways_reading_says_why() -> None:
    assert confirmed(Fetched(Outcome.OK, NOW, NOW, Pulse.FULL), BLIND).detail == SINCE


def test_a_look_teaches_dates_and_forgets_failures() -> None:
    failing = replace(state(*DAILY), failing_since=NOW - DAY, failures=3)
    fetched = Fetched(
        Outcome.OK,
        NOW,
        NOW,
        Pulse.NONE,
        (post("b", NOW - DAY), post("a", NOW)),
        Validators('"1"'),
        "hash",
    )
    seen = looked(failing, fetched, NOW)
    assert (seen.last_good_at, seen.failing_since, seen.failures) == (NOW, None, 0)
    assert seen.memory.window == (("a", NOW), ("b", NOW - DAY))
    assert (seen.memory.validators, seen.memory.body_hash) == (Validators('"1"'), "hash")


@pytest.mark.parametrize(
    ("outcome", "posts", "stored"),
    [
        pytest.param(Outcome.TRANSPORT, None, Outcome.TRANSPORT, id="no answer"),
        pytest.param(Outcome.OK, (), Outcome.EMPTY, id="nothing shown"),
    ],
)
def test_a_failed_look_forgets_nothing(
    outcome: Outcome, posts: tuple[SeenPost, ...] | None, stored: Outcome
) -> None:
    before = state(*DAILY, read=HOUR)
    seen = looked(before, Fetched(outcome, NOW, posts=posts, detail="why"), NOW)
    assert seen == replace(
        before,
        last_tried_at=NOW,
        last_outcome=stored,
        last_detail="why",
        failing_since=NOW,
        failures=1,
    )


def test_an_unchanged_look_counts_as_a_look() -> None:
    before = replace(state(*DAILY, read=HOUR), failures=1)
    seen = looked(before, Fetched(Outcome.UNCHANGED, NOW, NOW), NOW)
    assert (seen.last_good_at, seen.memory) == (NOW, before.memory)


def test_f31_a_post_dated_ahead_cannot_bring_a_frozen_feed_to_life() -> None:
    ahead, undated = post("a", NOW + DAY), post("u", None)
    frozen = Fetched(Outcome.OK, NOW, NOW, Pulse.NONE, (ahead, undated, post("b", NOW - 9 * DAY)))
    first = looked(SourceState(SPEC), frozen, NOW)
    assert first.memory.window == (("b", NOW - 9 * DAY), ("a", UNPROVEN), ("u", UNPROVEN))
    later = looked(first, frozen, NOW + DAY)
    assert later.memory == first.memory
    assert canary_pulse([later], NOW + DAY).sight is Sight.UNKNOWN


def test_f31_a_re_dated_post_keeps_its_first_date() -> None:
    first = looked(state(), Fetched(Outcome.OK, NOW, posts=(post("a", NOW - 9 * DAY),)), NOW)
    again = looked(first, Fetched(Outcome.OK, NOW, posts=(post("a", NOW),)), NOW)
    assert again.memory.window == (("a", NOW - 9 * DAY),)


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(None, True), (timedelta(minutes=29), False), (timedelta(minutes=30), True), (-HOUR, True)],
    ids=["never", "just now", "half an hour ago", "in the future: a clock that jumped"],
)
def test_when_a_canary_is_looked_at(ago: timedelta | None, expected: bool) -> None:
    tried = None if ago is None else NOW - ago
    assert due(SourceState(SPEC, last_tried_at=tried), NOW) is expected


def test_canaries_are_sources_of_no_account() -> None:
    assert specs(GATEWAY) == (SPEC, OTHER)


hours = st.lists(st.floats(0, 2000), max_size=12)


@given(st.lists(hours, max_size=4), st.floats(0, 400))
def test_silence_never_makes_a_gateway_see(windows: list[list[float]], passed: float) -> None:
    """Whatever the canaries showed: with nothing new, time only takes away."""
    order = [Sight.SEEING, Sight.BLIND]
    now = canary_pulse([state(*w) for w in windows], NOW)
    aged = [replace(state(*(h + passed for h in w))) for w in windows]
    later = canary_pulse(aged, NOW)
    if now.sight in order and later.sight in order:
        assert order.index(later.sight) >= order.index(now.sight)
    if now.sight is not Sight.SEEING:
        assert later.sight is not Sight.SEEING


@given(st.permutations(range(4)), st.lists(hours, min_size=4, max_size=4))
def test_the_order_of_canaries_does_not_matter(
    order: list[int], windows: list[list[float]]
) -> None:
    states = [state(*w) for w in windows]
    assert canary_pulse([states[i] for i in order], NOW) == canary_pulse(states, NOW)


@given(
    st.sampled_from(Pulse),
    st.sampled_from(Sight),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from([Outcome.OK, Outcome.UNCHANGED]),
)
def test_canaries_never_prove_more_than_both_have_seen(
    pulse: Pulse, sight: Sight, own: int, theirs: int, outcome: Outcome
) -> None:
    canaries = CanaryPulse(sight, NOW - theirs * HOUR if sight is Sight.SEEING else None)
    seen = confirmed(Fetched(outcome, NOW, NOW - own * HOUR, pulse), canaries)
    assert seen.as_of is None or seen.as_of <= NOW - own * HOUR
    if seen.pulse is Pulse.FULL and pulse is not Pulse.FULL:
        assert seen.as_of is not None
        assert canaries.as_of is not None
        assert seen.as_of <= canaries.as_of


BIZ = {"1": "MQ==", "2": "Mg==", "3": "Mw=="}


class Collector:
    """A we-mp-rss whose collecting ends at *died*; its feeds still answer."""

    def __init__(self, server: HTTPServer, died: datetime) -> None:
        self.now, self.died = NOW, died
        server.expect_request(re.compile("/feed/.*")).respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        number = request.path.removeprefix("/feed/MP_WXS_").removesuffix(".rss")
        every = 6 * HOUR if number == "1" else 40 * DAY
        begun = NOW - 80 * DAY
        collected = min(self.now, self.died)
        posts = [begun + n * every for n in range((collected - begun) // every + 1)][-10:]
        items = "".join(
            f"<item><title>一</title><link>https://mp.weixin.qq.com/s?__biz={BIZ[number]}"
            f"&amp;mid={int(at.timestamp())}&amp;idx=1</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for at in posts
        )
        head = f"<title>t</title><lastBuildDate>{format_datetime(self.now)}</lastBuildDate>"
        return Response(f'<rss version="2.0"><channel>{head}{items}</channel></rss>')


def test_F25_a_dead_collector_goes_on_answering_and_is_found_out(httpserver: HTTPServer) -> None:
    """The quiet account and the dead collector look alike; the busy account tells them apart."""
    server = Collector(httpserver, died=NOW + 3 * DAY)
    gateway = replace(GATEWAY, url=httpserver.url_for(""), canary=("MP_WXS_1",))
    watched = SourceState(SourceSpec("quiet", "quiet", "werss", "MP_WXS_2"))
    quiet = Account("quiet", "鞍山民政", "wechat")
    [spec] = specs(gateway)
    bird = SourceState(spec)
    told = []
    with closing(registry.build(gateway)) as source:
        for days in range(6):
            now = server.now = NOW + days * DAY
            bird = looked(bird, source.read(request(bird, now)), now)
            asked = ReadRequest(watched.spec, quiet.platform, watched.memory, now)
            seen = confirmed(source.read(asked), canary_pulse([bird], now))
            judged = judge(seen, watched, quiet, NOW - 40 * DAY, now)
            watched = replace(watched, memory=judged.memory)
            told.append((judged.reading.good, judged.reading.outcome, judged.reading.as_of))
    assert told == [
        (True, Outcome.OK, NOW),
        *((True, Outcome.UNCHANGED, NOW + days * DAY) for days in (1, 2, 3)),
        *((False, Outcome.NO_PULSE, None) for _ in range(2)),
    ]
