"""What every store promises, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Barrier, Event
from typing import Any

import pytest

from alerts.delivery.outbox import LEASE, After, after
from alerts.message import DeliveryError, Failure
from alerts.model import (
    Acknowledgement,
    Alert,
    Kind,
    Notice,
    NoticeState,
    Promise,
    Reason,
    SilenceException,
)
from alerts.model import Event as Message
from alerts.occasion import occasion_of
from alerts.told import Detail, code_in
from monitor.counted import DayCount, ListedDay
from monitor.errors import StoreError
from monitor.judging.accounts import in_force_and_over
from monitor.ledger.records import (
    Declared,
    FollowerCount,
    ImportedPost,
    ImportedSpan,
    ImportRecord,
    ImportSummary,
    KnownDay,
    PolicyChange,
    Snapshot,
)
from monitor.model import (
    AccountFacts,
    AccountState,
    Dating,
    GatewayState,
    LastPost,
    Outcome,
    Post,
    PostKind,
    Pulse,
    SourceMemory,
    SourceSpec,
    SourceState,
    Validators,
)
from monitor.store.base import Store
from monitor.store.protocols.alerts import Delivery
from monitor.store.protocols.ledger import Recorded
from monitor.store.protocols.notes import Heartbeat
from tests.store_values import (
    BACKUP,
    DAY,
    GATEWAYS,
    HOUR,
    NOON,
    RSSHUB,
    WECHAT,
    WEIBO,
    WEWE,
    alerted,
    notice,
    reading,
    recorded,
    registered,
    seen,
    silence,
)

BOTH = {WEIBO.id: True, WECHAT.id: True}
NONE = timedelta(0)
SKEW = timedelta(minutes=1)
LATER = DeliveryError(Failure.LATER, "no answer")


# The registry


def test_a_new_account_is_watched_since_it_was_configured(store: Store) -> None:
    registered(store)
    registered(store, now=NOON + DAY)
    assert {a: f.watched_since for a, f in store.accounts.facts(BOTH).items()} == {
        WEIBO.id: NOON,
        WECHAT.id: NOON,
    }


def test_what_left_the_configuration_keeps_its_history_but_is_not_read(store: Store) -> None:
    registered(store).readings.record([recorded(WEWE, NOON, seen("a", NOON - HOUR))])
    store.accounts.sync([WEIBO], GATEWAYS[:2], {}, NOON + DAY)
    assert list(store.sources.states()) == [BACKUP, RSSHUB]
    assert list(store.gateways.states()) == ["backup", "rsshub"]
    assert [s.spec.id for s in store.sources.due(NOON + DAY)] == [BACKUP, RSSHUB]
    assert [p.key for p in store.posts.of_account(WECHAT.id)] == ["a"]
    assert [r.source for r in store.readings.of_account(WECHAT.id, NOON)] == [WEWE]


def test_what_comes_back_goes_on_where_it_was(store: Store) -> None:
    registered(store).readings.record([recorded(WEWE, NOON, seen("a", NOON - HOUR))])
    before = store.sources.states()[WEWE]
    store.accounts.sync([], [], {}, NOON + DAY)
    registered(store, now=NOON + 2 * DAY)
    assert store.sources.states()[WEWE] == before
    assert store.accounts.facts(BOTH)[WECHAT.id].watched_since == NOON


def test_a_source_that_reads_something_else_forgets_what_it_saw(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a", NOON - HOUR))])
    moved = replace(WEIBO.sources[0], locator="weibo/user/2")
    registered(store, replace(WEIBO, sources=(moved, WEIBO.sources[1])), now=NOON + HOUR)
    state = store.sources.states()[RSSHUB]
    assert (state.spec, state.memory, state.next_read_at) == (moved, SourceMemory(), None)
    assert state.last_good_at == NOON


def test_policies_are_kept_with_their_dates(store: Store) -> None:
    for day, policy in enumerate(["14 days", "14 days", "10 days", "14 days"]):
        store.accounts.sync([WEIBO], GATEWAYS, {WEIBO.id: policy}, NOON + day * DAY)
    assert store.accounts.policy_history(WEIBO.id) == [
        PolicyChange(NOON, "14 days"),
        PolicyChange(NOON + 2 * DAY, "10 days"),
        PolicyChange(NOON + 3 * DAY, "14 days"),
    ]
    assert store.accounts.policy_history("unheard-of") == []


# When sources are due


def due(store: Store, now: datetime, limit: int | None = None) -> list[str]:
    return [state.spec.id for state in store.sources.due(now, limit)]


def test_sources_never_read_are_due(store: Store) -> None:
    assert due(registered(store), NOON) == [WEWE, BACKUP, RSSHUB]


def test_what_has_to_be_confirmed_comes_before_the_longest_overdue(store: Store) -> None:
    batch = [recorded(s, NOON) for s in (RSSHUB, BACKUP, WEWE)]
    registered(store).readings.record(
        [
            batch[0],
            replace(batch[1], next_read_at=NOON + 5 * HOUR, decisive_at=NOON + 9 * HOUR),
            replace(batch[2], next_read_at=NOON + 7 * HOUR, decisive_at=NOON + 7 * HOUR),
        ]
    )
    assert store.sources.states()[WEWE].decisive_at == NOON + 7 * HOUR
    assert due(store, NOON + 7 * HOUR) == [WEWE, BACKUP, RSSHUB]
    assert due(store, NOON + 9 * HOUR) == [BACKUP, WEWE, RSSHUB]
    store.readings.record([recorded(WEWE, NOON + 8 * HOUR)])
    assert store.sources.states()[WEWE].decisive_at is None


TODAY, TOMORROW = date(2024, 2, 1), date(2024, 2, 2)


def test_requests_are_counted_by_gateway_and_day_up_to_the_quota(store: Store) -> None:
    assert store.gateways.spent(TODAY) == {}
    assert [store.gateways.spend("rsshub", TODAY, 2) for _ in range(3)] == [True, True, False]
    assert store.gateways.spend("wewe", TODAY, 2)
    assert store.gateways.spend("rsshub", TOMORROW, 2)
    assert store.gateways.spent(TODAY) == {"rsshub": 2, "wewe": 1}
    assert store.gateways.spent(TOMORROW) == {"rsshub": 1}


def test_a_quota_that_is_lowered_refuses_and_one_that_is_raised_goes_on(store: Store) -> None:
    assert all(store.gateways.spend("rsshub", TODAY, 9) for _ in range(5))
    assert not store.gateways.spend("rsshub", TODAY, 3)
    assert store.gateways.spend("rsshub", TODAY, 9)
    assert store.gateways.spent(TODAY) == {"rsshub": 6}


def test_however_many_ask_at_once_no_more_than_the_quota_are_told_yes(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: store.gateways.spend("rsshub", TODAY, 20), range(48)))
    assert (sum(told), store.gateways.spent(TODAY)) == (20, {"rsshub": 20})


def test_health_that_is_saved_meanwhile_loses_no_request(store: Store) -> None:
    registered(store)
    before = store.gateways.states()["rsshub"]
    store.gateways.spend("rsshub", TODAY, 9)
    store.gateways.save([before])
    assert store.gateways.spent(TODAY) == {"rsshub": 1}


def test_a_source_is_due_from_its_instant_on(store: Store) -> None:
    registered(store).readings.record([recorded(s, NOON) for s in (RSSHUB, BACKUP, WEWE)])
    store.sources.plan(RSSHUB, NOON + HOUR, NOON)
    assert due(store, NOON + HOUR - timedelta(microseconds=1)) == []
    assert due(store, NOON + HOUR) == [RSSHUB]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        pytest.param(NOON, NOON, id="sooner than planned"),
        pytest.param(NOON + HOUR, NOON + HOUR, id="as planned"),
        pytest.param(NOON + 2 * HOUR, NOON + HOUR, id="later: it stays"),
    ],
)
def test_a_reading_is_brought_forward_and_never_put_off(
    store: Store, to: datetime, expected: datetime
) -> None:
    registered(store).sources.plan(RSSHUB, NOON + HOUR, NOON)
    for source in (RSSHUB, BACKUP):
        store.sources.bring_forward(source, to, NOON, to)
    states = store.sources.states()
    assert states[RSSHUB].next_read_at == expected
    assert states[RSSHUB].decisive_at == (to if to == NOON else None)
    assert states[BACKUP].next_read_at is None, "never read: due already"


def test_the_longest_overdue_come_first_and_a_gateway_gives_no_more_than_its_share(
    store: Store,
) -> None:
    spec = WEIBO.sources[0]
    many = [replace(spec, id=f"s{n}", rank=n) for n in range(4)]
    registered(store, replace(WEIBO, sources=tuple(many)), WECHAT)
    for n, source in enumerate(many[1:], 1):
        store.sources.plan(source.id, NOON - n * HOUR, NOON - DAY)
    store.sources.plan(WEWE, NOON - 2 * DAY, NOON - 2 * DAY)
    assert due(store, NOON) == ["s0", WEWE, "s3", "s2", "s1"]
    assert due(store, NOON, 2) == ["s0", WEWE, "s3"]


def test_sources_of_closed_accounts_are_not_due_those_of_closing_ones_are(store: Store) -> None:
    registered(
        store,
        replace(WEIBO, state=AccountState.CLOSED),
        replace(WECHAT, state=AccountState.CLOSING),
    )
    assert due(store, NOON) == [WEWE]
    assert set(store.sources.states()) == {RSSHUB, BACKUP, WEWE}


@pytest.mark.parametrize(
    ("made_at", "expected"),
    [
        pytest.param(NOON - DAY, [], id="however far ahead: it is a plan"),
        pytest.param(NOON + SKEW, [], id="two honest clocks"),
        pytest.param(NOON + 2 * SKEW, [WEWE], id="made by a clock ahead: void"),
    ],
)
def test_F62_a_plan_is_void_only_if_it_was_made_later_than_now(
    store: Store, made_at: datetime, expected: list[str]
) -> None:
    registered(store, WECHAT).sources.plan(WEWE, NOON + 40 * DAY, made_at)
    assert due(store, NOON) == expected


# What a reading leaves behind


def test_a_good_reading_is_remembered_whole(store: Store) -> None:
    memory = SourceMemory(
        validators=Validators('W/"一"', "Thu, 01 Feb 2024 03:59:00 GMT"),
        body_hash="5f",
        window=(("b", NOON - HOUR), ("a", NOON - DAY)),
        identity="weibo:1",
        missing_since=NOON - HOUR,
        missing_count=2,
        ever_good=True,
    )
    good = replace(recorded(RSSHUB, NOON), memory=memory)
    registered(store).readings.record([good])
    assert store.sources.states()[RSSHUB] == SourceState(
        spec=WEIBO.sources[0],
        next_read_at=NOON + 6 * HOUR,
        last_tried_at=NOON,
        last_outcome=Outcome.OK,
        last_good_at=NOON,
        full_as_of=NOON,
        weak_as_of=NOON,
        unconditional_at=NOON,
        memory=memory,
    )


def test_a_reading_that_taught_nothing_leaves_what_is_remembered(store: Store) -> None:
    first = recorded(RSSHUB, NOON, seen("a"))
    later = replace(recorded(RSSHUB, NOON + HOUR), learnt=False)
    registered(store).readings.record([first])
    store.readings.record([later])
    state = store.sources.states()[RSSHUB]
    assert (state.memory, state.last_good_at) == (first.memory, NOON + HOUR)
    assert state.next_read_at == later.next_read_at


def test_failures_are_counted_from_the_first_on(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    for n in (1, 2):
        store.readings.record([recorded(RSSHUB, NOON + n * HOUR, outcome=Outcome.TRANSPORT)])
    failing = store.sources.states()[RSSHUB]
    assert (failing.failing_since, failing.failures) == (NOON + HOUR, 2)
    assert (failing.last_good_at, failing.full_as_of) == (NOON, NOON)
    store.readings.record([recorded(RSSHUB, NOON + 3 * HOUR)])
    mended = store.sources.states()[RSSHUB]
    assert (mended.failing_since, mended.failures) == (None, 0)


@pytest.mark.parametrize(
    ("pulse", "unconditional", "expected"),
    [
        pytest.param(Pulse.FULL, True, (HOUR, HOUR, HOUR), id="full pulse, asked in full"),
        pytest.param(Pulse.FULL, False, (HOUR, HOUR, NONE), id="full pulse, a cache may answer"),
        pytest.param(Pulse.WEAK, True, (NONE, HOUR, HOUR), id="weak pulse"),
        pytest.param(Pulse.NONE, True, (NONE, NONE, NONE), id="no pulse proves nothing"),
    ],
)
def test_what_a_reading_proves_is_kept_apart(
    store: Store, pulse: Pulse, unconditional: bool, expected: tuple[timedelta, ...]
) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    one = recorded(RSSHUB, NOON + HOUR)
    proves = replace(one.reading, pulse=pulse, unconditional=unconditional)
    store.readings.record([replace(one, reading=proves)])
    state = store.sources.states()[RSSHUB]
    found = (state.full_as_of, state.weak_as_of, state.unconditional_at)
    assert found == tuple(NOON + later for later in expected)


def test_a_collector_that_lags_moves_nothing_back(store: Store) -> None:
    registered(store).readings.record([recorded(WEWE, NOON)])
    lagging = recorded(WEWE, NOON + HOUR)
    stale = replace(lagging.reading, as_of=NOON - HOUR)
    store.readings.record([replace(lagging, reading=stale)])
    state = store.sources.states()[WEWE]
    assert (state.full_as_of, state.last_good_at) == (NOON, NOON + HOUR)


def test_F20_a_clock_set_back_is_believed_from_the_next_reading_on(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON + 3650 * DAY)])
    store.readings.record([recorded(RSSHUB, NOON)])
    state = store.sources.states()[RSSHUB]
    assert (state.last_tried_at, state.last_good_at, state.full_as_of) == (NOON, NOON, NOON)
    assert (state.next_read_at, state.unconditional_at) == (NOON + 6 * HOUR, NOON)


def test_a_reading_recorded_twice_changes_nothing(store: Store) -> None:
    registered(store)
    one = recorded(RSSHUB, NOON, seen("a", NOON - HOUR), outcome=Outcome.OK)
    failed = recorded(BACKUP, NOON, outcome=Outcome.STATUS)
    assert store.readings.record([one, failed]) == {RSSHUB: 1, BACKUP: 0}
    before = everything(store)
    assert store.readings.record([one, failed, one]) == {RSSHUB: 0, BACKUP: 0}
    assert everything(store) == before


def everything(store: Store) -> object:
    """What the ledger holds, to be compared whole."""
    return (
        store.sources.states(),
        [store.posts.of_account(a) for a in BOTH],
        [store.readings.of_account(a, NOON - 99 * DAY) for a in BOTH],
        store.accounts.facts(BOTH),
    )


def test_an_empty_batch_is_no_trouble(store: Store) -> None:
    assert registered(store).readings.record([]) == {}


def test_readings_come_back_as_they_were_made(store: Store) -> None:
    registered(store)
    full = replace(
        reading(RSSHUB, NOON),
        unconditional=False,
        status=200,
        detail="20 items, 1 new",
        items=20,
        fresh=1,
        covers_from=NOON - HOUR,
        gap_from=NOON - DAY,
        unseen=2,
        risen_at=NOON - HOUR,
        title="鞍山民政",
    )
    said = Detail("HTTP 503", "inside")
    failed = replace(reading(BACKUP, NOON + HOUR, Outcome.STATUS), status=503, detail=said)
    others = [recorded(WEWE, NOON), recorded(RSSHUB, NOON + 2 * HOUR)]
    made = [replace(recorded(r.source, r.started_at), reading=r) for r in (full, failed)]
    store.readings.record([*others, *made])
    known = store.readings.of_account(WEIBO.id, NOON, NOON + 2 * HOUR)
    assert known == [full, failed]
    assert [code_in(one.detail) for one in known] == [None, "inside"]
    assert code_in(store.sources.states()[BACKUP].last_detail) == "inside"
    assert store.readings.of_account(WEIBO.id, NOON + HOUR, NOON + HOUR) == []


def test_gateways_keep_their_health(store: Store) -> None:
    registered(store)
    assert store.gateways.states()["wewe"] == GatewayState("wewe")
    ill = GatewayState(
        "rsshub",
        healthy=False,
        failing_since=NOON - HOUR,
        failures=3,
        last_tried_at=NOON,
        last_pulse_at=NOON - DAY,
        last_outcome=Outcome.TRANSPORT,
        last_detail=Detail("refused", "not_running"),
        not_before=NOON + HOUR,
        warnings=("the access token ends on 2024-02-10",),
        ends_at=NOON + 9 * DAY,
        well_since=NOON - DAY,
        canaries=(SourceState(SourceSpec("canary:rsshub:x", "canary:rsshub", "rsshub", "x")),),
        days_not_before=NOON + 4 * HOUR,
        days_refusal="statistics not told for 2024-01-31: 无权限",
    )
    store.gateways.save([ill, GatewayState("unheard-of")])
    assert code_in(store.gateways.states()["rsshub"].last_detail) == "not_running"
    assert store.gateways.states() == {
        "backup": GatewayState("backup"),
        "rsshub": ill,
        "wewe": GatewayState("wewe"),
    }


# Posts: one date each, never later


def only_post(store: Store) -> Post:
    (post,) = store.posts.of_account(WEIBO.id)
    return post


@pytest.mark.parametrize(
    ("batch", "published_at", "dating"),
    [
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a", NOON - HOUR))],
            NOON - HOUR,
            Dating.STATED,
            id="a stated date holds",
        ),
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a"))],
            NOON,
            Dating.SEEN,
            id="undated counts as first seen",
        ),
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a", NOON + DAY))],
            NOON,
            Dating.SEEN,
            id="a future date counts as first seen",
        ),
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a"), first=True)],
            NOON,
            Dating.UNKNOWN,
            id="undated on a first reading is of unknown date",
        ),
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a", NOON + DAY), first=True)],
            NOON,
            Dating.UNKNOWN,
            id="a future date on a first reading too",
        ),
        pytest.param(
            [
                recorded(RSSHUB, NOON, seen("a"), first=True),
                recorded(BACKUP, NOON + DAY, seen("a")),
            ],
            NOON,
            Dating.UNKNOWN,
            id="the first sighting decides",
        ),
        pytest.param(
            [
                recorded(RSSHUB, NOON, seen("a")),
                recorded(BACKUP, NOON + DAY, seen("a"), first=True),
            ],
            NOON,
            Dating.SEEN,
            id="a second source's first reading takes no date away",
        ),
        pytest.param(
            [
                recorded(RSSHUB, NOON, seen("a", NOON - DAY)),
                recorded(RSSHUB, NOON + HOUR, seen("a", NOON)),
            ],
            NOON - DAY,
            Dating.STATED,
            id="a re-dated post keeps its first date",
        ),
        pytest.param(
            [
                recorded(RSSHUB, NOON, seen("a")),
                recorded(BACKUP, NOON + HOUR, seen("a", NOON - DAY)),
            ],
            NOON - DAY,
            Dating.STATED,
            id="an earlier date learnt late is taken",
        ),
        pytest.param(
            [recorded(RSSHUB, NOON, seen("a", NOON - HOUR), seen("a", NOON - DAY))],
            NOON - DAY,
            Dating.STATED,
            id="the same id twice in one window is one post",
        ),
    ],
)
def test_F31_a_posts_date_is_the_earliest_stated_or_seen(
    store: Store, batch: Sequence[Recorded], published_at: datetime, dating: Dating
) -> None:
    for one in batch:
        registered(store).readings.record([one])
    post = only_post(store)
    assert (post.published_at, post.dating) == (published_at, dating)


def test_F33_a_post_seen_through_two_sources_is_one(store: Store) -> None:
    registered(store)
    batch = [
        recorded(BACKUP, NOON + HOUR, seen("a", NOON - HOUR, title="通知…")),
        recorded(RSSHUB, NOON, seen("a", NOON - HOUR, title="通知全文")),
    ]
    assert store.readings.record(batch) == {RSSHUB: 1, BACKUP: 0}
    assert only_post(store) == Post(
        account=WEIBO.id,
        key="a",
        kind=PostKind.ORIGINAL,
        title="通知全文",
        url="https://weibo.com/1/a",
        published_at=NOON - HOUR,
        dating=Dating.STATED,
        first_seen_at=NOON,
        last_seen_at=NOON + HOUR,
        source=RSSHUB,
    )


def test_the_same_key_of_two_accounts_is_two_posts(store: Store) -> None:
    registered(store).readings.record(
        [recorded(RSSHUB, NOON, seen("a")), recorded(WEWE, NOON, seen("a"))]
    )
    assert [[p.key for p in store.posts.of_account(a)] for a in BOTH] == [["a"], ["a"]]


def test_accounts_without_any_post_are_told_apart(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a"))])
    assert store.posts.none_of([*BOTH, "nobody"]) == {WECHAT.id}


def test_an_edited_title_is_taken_over(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a", NOON, title="通知"))])
    store.readings.record([recorded(RSSHUB, NOON + HOUR, seen("a", NOON, title="通知（更正）"))])
    assert only_post(store).title == "通知（更正）"


def test_text_that_a_database_refuses_spoils_no_batch(store: Store) -> None:
    odd = seen("a\x00b", NOON, title="坏\x00字\ud800")
    registered(store).readings.record([recorded(RSSHUB, NOON, odd)])
    assert store.readings.record([recorded(RSSHUB, NOON + HOUR, odd)]) == {RSSHUB: 0}
    assert (only_post(store).key, only_post(store).title) == ("ab", "坏字?")


def test_posts_come_oldest_first_within_their_bounds(store: Store) -> None:
    found = [seen(key, NOON - n * DAY) for n, key in enumerate("abcd")]
    registered(store).readings.record([recorded(RSSHUB, NOON, *found)])
    assert [p.key for p in store.posts.of_account(WEIBO.id)] == ["d", "c", "b", "a"]
    bounded = store.posts.of_account(WEIBO.id, NOON - 2 * DAY, NOON)
    assert [p.key for p in bounded] == ["c", "b"]


def test_posts_are_counted_by_kind_and_month(store: Store) -> None:
    registered(store).readings.record(
        [
            recorded(
                RSSHUB,
                NOON,
                seen("a", NOON - DAY),
                seen("b", NOON - DAY, PostKind.REPOST),
                seen("c", NOON - 2 * DAY),
                seen("d", NOON - 40 * DAY),
                seen("e"),
                first=True,
            ),
            recorded(WEWE, NOON, seen("x", NOON - DAY, PostKind.ARTICLE)),
        ]
    )
    assert store.posts.counts(NOON - 2 * DAY, NOON + DAY) == {
        WEIBO.id: {PostKind.ORIGINAL: 2, PostKind.REPOST: 1},
        WECHAT.id: {PostKind.ARTICLE: 1},
    }


# Deleted posts


def deleted_at(store: Store, key: str = "b") -> datetime | None:
    return next(p.deleted_at for p in store.posts.of_account(WEIBO.id) if p.key == key)


def test_F32_a_deleted_newest_post_leaves_the_clock_and_gives_the_stricter_date_too(
    store: Store,
) -> None:
    old, new = seen("a", NOON - DAY), seen("b", NOON - HOUR)
    registered(store).readings.record([recorded(RSSHUB, NOON, old, new)])
    store.readings.record([recorded(RSSHUB, NOON + DAY, old, deleted=("b",))])
    facts = store.accounts.facts(BOTH)[WEIBO.id]
    assert deleted_at(store) == NOON + DAY
    assert facts.last_post == LastPost(NOON - HOUR, "通知", "https://weibo.com/1/b", RSSHUB)
    assert facts.visible == LastPost(NOON - DAY, "通知", "https://weibo.com/1/a", RSSHUB)


def test_a_post_seen_again_is_no_longer_deleted(store: Store) -> None:
    post = seen("b", NOON - HOUR)
    registered(store).readings.record([recorded(RSSHUB, NOON, post)])
    store.readings.record([recorded(RSSHUB, NOON + HOUR, deleted=("b",))])
    store.readings.record([recorded(RSSHUB, NOON + 2 * HOUR, post)])
    assert deleted_at(store) is None
    store.readings.record([recorded(RSSHUB, NOON + 3 * HOUR, deleted=("b",))])
    assert deleted_at(store) == NOON + 3 * HOUR


def test_a_post_that_another_source_still_shows_is_not_deleted(store: Store) -> None:
    post = seen("b", NOON - HOUR)
    registered(store).readings.record([recorded(s, NOON, post) for s in (RSSHUB, BACKUP)])
    store.readings.record(
        [recorded(RSSHUB, NOON + HOUR, deleted=("b",)), recorded(BACKUP, NOON + 2 * HOUR, post)]
    )
    assert deleted_at(store) is None


def test_a_source_cannot_delete_what_it_never_showed(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("b", NOON - HOUR))])
    store.readings.record([recorded(BACKUP, NOON + HOUR, deleted=("b", "unheard-of"))])
    assert deleted_at(store) is None


# Facts


def last_post(store: Store, count_reposts: bool = True, at: datetime | None = None) -> str | None:
    last = store.accounts.facts({WEIBO.id: count_reposts}, at)[WEIBO.id].last_post
    return last.title if last else None


def test_facts_name_the_newest_post_that_counts(store: Store) -> None:
    registered(store).readings.record(
        [
            recorded(
                RSSHUB,
                NOON,
                seen("a", NOON - 3 * DAY, title="原创"),
                seen("b", NOON - DAY, PostKind.REPOST, title="转发"),
                seen("c", title="无日期"),
                first=True,
            )
        ]
    )
    assert (last_post(store, True), last_post(store, False)) == ("转发", "原创")


def test_a_reading_goes_by_the_same_dates_as_the_facts(store: Store) -> None:
    repost, original = seen("b", NOON - DAY, PostKind.REPOST), seen("a", NOON - 3 * DAY)
    until = replace(original, stated_until=NOON - 2 * DAY)
    deleted = seen("d", NOON - HOUR, PostKind.REPOST)
    registered(store).readings.record([recorded(RSSHUB, NOON, until, repost, deleted)])
    store.readings.record([recorded(RSSHUB, NOON + HOUR, until, repost, deleted=("d",))])
    store.days.keep(WEIBO.id, DayCount(NOON.date() + DAY, 2), RSSHUB, NOON)
    for counts in (True, False):
        asked = {WEIBO.id: counts, WECHAT.id: counts, "unheard-of": counts}
        facts, dates = store.accounts.facts(asked), store.accounts.published(asked)
        assert dates[WEIBO.id].last_post is not None
        assert dates[WEIBO.id].listed is not None
        assert dates == {account: _dated(one) for account, one in facts.items()}
    assert store.accounts.published({}) == {}


def _dated(facts: AccountFacts) -> AccountFacts:
    """The dates among *facts*."""
    last, original = facts.last_post, facts.last_original
    return replace(
        facts,
        last_post=last and LastPost(last.published_at, "", "", until=last.until),
        visible=None,
        last_original=original and LastPost(original.published_at, "", ""),
        sources=(),
    )


def test_facts_of_an_account_that_never_posted(store: Store) -> None:
    facts = registered(store).accounts.facts(BOTH)[WEIBO.id]
    assert (facts.watched_since, facts.last_post, facts.visible) == (NOON, None, None)


def test_facts_list_sources_the_most_trusted_first(store: Store) -> None:
    first, second = WEIBO.sources
    swapped = (replace(first, rank=1), replace(second, rank=0))
    registered(store, replace(WEIBO, sources=swapped), WECHAT)
    sources = store.accounts.facts(BOTH)[WEIBO.id].sources
    assert sources == (SourceState(swapped[1]), SourceState(swapped[0]))


def test_facts_are_given_only_of_accounts_that_are_asked_for_and_known(store: Store) -> None:
    assert list(registered(store).accounts.facts({WECHAT.id: True, "unheard-of": True})) == [
        WECHAT.id
    ]
    assert store.accounts.facts({}) == {}


def test_facts_inside_a_transaction_see_what_was_just_recorded(store: Store) -> None:
    registered(store)
    with store.alerts.changing(WEIBO.id) as tx:
        assert tx.facts(WEIBO.id) == store.accounts.facts(BOTH)[WEIBO.id]
        assert tx.facts("unheard-of") is None


# What statistics say of single days

THE_31ST = date(2024, 1, 31)
OWN = "wechat-mz@own"


def day(on: date, articles: int, notified: int = 0) -> DayCount:
    return DayCount(on, articles, notified, 1 if notified else 0)


def known_days(store: Store, at: datetime | None = None) -> list[DayCount]:
    return [one.count for one in store.days.known(WECHAT.id, date.min, date.max, at)]


def test_a_day_is_kept_with_since_when_that_is_said(store: Store) -> None:
    registered(store)
    store.days.keep(WECHAT.id, day(THE_31ST, 3, 2), OWN, NOON)
    store.days.keep(WECHAT.id, day(THE_31ST, 3, 2), OWN, NOON + DAY)
    first = KnownDay(WECHAT.id, day(THE_31ST, 3, 2), OWN, NOON, NOON + DAY)
    assert store.days.known(WECHAT.id, THE_31ST, THE_31ST + DAY) == [first]
    store.days.keep(WECHAT.id, day(THE_31ST, 4, 2), OWN, NOON + 2 * DAY)
    corrected = KnownDay(WECHAT.id, day(THE_31ST, 4, 2), OWN, NOON + 2 * DAY, NOON + 2 * DAY)
    assert store.days.known(WECHAT.id, THE_31ST, THE_31ST + DAY) == [corrected]


def test_days_come_oldest_first_within_their_bounds_and_as_learned_by_then(store: Store) -> None:
    registered(store)
    days = [day(THE_31ST + n * DAY, n) for n in range(4)]
    for n in (2, 0, 3, 1):
        store.days.keep(WECHAT.id, days[n], OWN, NOON + n * DAY)
    assert known_days(store) == days
    found = store.days.known(WECHAT.id, THE_31ST + DAY, THE_31ST + 3 * DAY)
    assert [one.count for one in found] == days[1:3]
    assert known_days(store, NOON + DAY) == days[:2]
    assert store.days.known(WEIBO.id, date.min, date.max) == []


POSTED = datetime(2024, 1, 31, 2, tzinfo=UTC)  # ten in the morning in China


@pytest.mark.parametrize(
    ("days", "listed"),
    [
        pytest.param([], None, id="no statistics"),
        pytest.param([day(THE_31ST, 0), day(date(2024, 2, 1), 0)], None, id="nothing is listed"),
        pytest.param([day(date(2024, 1, 30), 2)], None, id="older than the last post"),
        pytest.param(
            [day(THE_31ST, 2), day(date(2024, 2, 1), 0)],
            ListedDay(THE_31ST, 2, (POSTED - DAY, POSTED)),
            id="of the last post's day",
        ),
        pytest.param(
            [day(THE_31ST, 2), day(date(2024, 2, 3), 1), day(date(2024, 2, 4), 0)],
            ListedDay(date(2024, 2, 3), 1, (POSTED - DAY, POSTED)),
            id="the newest one counts",
        ),
    ],
)
def test_facts_say_for_which_day_statistics_list_anything(
    store: Store, days: list[DayCount], listed: ListedDay | None
) -> None:
    registered(store)
    posts = [seen(f"{n}", POSTED - n * DAY, PostKind.ARTICLE) for n in (0, 1, 9)]
    undated = seen("?", None, PostKind.ARTICLE)
    store.readings.record([recorded(WEWE, NOON, *posts, undated, first=True)])
    for n, one in enumerate(days):
        store.days.keep(WECHAT.id, one, OWN, NOON + n * HOUR)
    assert store.accounts.facts(BOTH)[WECHAT.id].listed == listed
    assert store.accounts.facts(BOTH)[WEIBO.id].listed is None
    with store.alerts.changing(WECHAT.id) as tx:
        facts = tx.facts(WECHAT.id)
        assert facts is not None
        assert facts.listed == listed


def test_as_known_then_statistics_learned_later_are_left_out(store: Store) -> None:
    registered(store)
    store.readings.record([recorded(WEWE, NOON, seen("a", POSTED, PostKind.ARTICLE), first=True)])
    store.days.keep(WECHAT.id, day(THE_31ST + DAY, 1), OWN, NOON + DAY)
    store.days.keep(WECHAT.id, day(THE_31ST + 2 * DAY, 1), OWN, NOON + 2 * DAY)
    then = [store.accounts.facts(BOTH, NOON + n * DAY)[WECHAT.id].listed for n in range(3)]
    assert then == [
        None,
        ListedDay(THE_31ST + DAY, 1, (POSTED,)),
        ListedDay(THE_31ST + 2 * DAY, 1, (POSTED,)),
    ]


def test_facts_without_any_post_have_the_newest_listed_day(store: Store) -> None:
    registered(store).days.keep(WECHAT.id, day(THE_31ST, 1), OWN, NOON)
    for at in (None, NOON):
        assert store.accounts.facts(BOTH, at)[WECHAT.id].listed == ListedDay(THE_31ST, 1)


# What was known then


def grown(store: Store) -> Store:
    """A history: good, a newer post, two failures, good again with a post found late."""
    a, b = seen("a", NOON - DAY, title="一"), seen("b", NOON + HOUR, title="二")
    late = seen("c", NOON + 90 * timedelta(minutes=1), title="晚")
    registered(store)
    for batch in (
        recorded(RSSHUB, NOON, a, first=True),
        recorded(RSSHUB, NOON + 2 * HOUR, b, a),
        recorded(RSSHUB, NOON + 3 * HOUR, outcome=Outcome.STATUS),
        recorded(RSSHUB, NOON + 4 * HOUR, outcome=Outcome.TRANSPORT),
        recorded(RSSHUB, NOON + 5 * HOUR, late, a, deleted=("b",)),
    ):
        store.readings.record([batch])
    return store


@pytest.mark.parametrize(
    ("hours", "title", "visible", "failures"),
    [
        pytest.param(-1, None, None, 0, id="before the first reading nothing was known"),
        pytest.param(0, "一", "一", 0, id="at the instant of a reading it counts"),
        pytest.param(1, "一", "一", 0, id="a post published but not read yet was not known"),
        pytest.param(2, "二", "二", 0, id="then it was read"),
        pytest.param(4, "二", "二", 2, id="while failing, what was known stays known"),
        pytest.param(5, "晚", "晚", 0, id="found late, and the other one deleted"),
        pytest.param(99, "晚", "晚", 0, id="much later"),
    ],
)
def test_facts_are_returned_as_known_at_an_instant(
    store: Store, hours: int, title: str | None, visible: str | None, failures: int
) -> None:
    facts = grown(store).accounts.facts(BOTH, NOON + hours * HOUR)[WEIBO.id]
    titles = [post.title if post else None for post in (facts.last_post, facts.visible)]
    assert titles == [title, visible]
    assert facts.sources[0].failures == failures


def test_source_states_are_returned_as_known_at_an_instant(store: Store) -> None:
    then = grown(store).accounts.facts(BOTH, NOON + 4 * HOUR)[WEIBO.id].sources
    assert then == (
        SourceState(
            spec=WEIBO.sources[0],
            last_tried_at=NOON + 4 * HOUR,
            last_outcome=Outcome.TRANSPORT,
            last_good_at=NOON + 2 * HOUR,
            full_as_of=NOON + 2 * HOUR,
            weak_as_of=NOON + 2 * HOUR,
            failing_since=NOON + 3 * HOUR,
            failures=2,
            unconditional_at=NOON + 2 * HOUR,
            memory=SourceMemory(ever_good=True),
        ),
        SourceState(spec=WEIBO.sources[1]),
    )


def test_as_known_now_is_what_is_known(store: Store) -> None:
    now, then = grown(store).accounts.facts(BOTH), store.accounts.facts(BOTH, NOON + 6 * HOUR)
    assert [(f.last_post, f.visible, f.watched_since) for f in now.values()] == [
        (f.last_post, f.visible, f.watched_since) for f in then.values()
    ]


def test_a_date_learnt_later_was_not_known_before(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a"))])
    store.readings.record([recorded(RSSHUB, NOON + DAY, seen("a", NOON - DAY))])
    dates = [store.accounts.facts(BOTH, at)[WEIBO.id].last_post for at in (NOON, NOON + DAY)]
    assert [last.published_at for last in dates if last] == [NOON, NOON - DAY]


def test_counts_are_returned_as_known_at_an_instant(store: Store) -> None:
    period = (NOON - 2 * DAY, NOON + DAY)
    assert [grown(store).posts.counts(*period, NOON + hours * HOUR) for hours in (-1, 0, 2, 5)] == [
        {},
        {WEIBO.id: {PostKind.ORIGINAL: 1}},
        {WEIBO.id: {PostKind.ORIGINAL: 2}},
        {WEIBO.id: {PostKind.ORIGINAL: 3}},
    ]


# Alerts


def test_an_alert_comes_back_as_it_was_saved(store: Store) -> None:
    whole = replace(
        silence(),
        rung=12,
        called=frozenset({occasion_of("rung:7"), occasion_of("rung:10")}),
        called_at=NOON,
        acknowledged=Acknowledgement("zhang", NOON + HOUR),
        promise=Promise("li", NOON + HOUR, NOON + DAY, scheduled=True),
        resolved_at=NOON + DAY,
        resolution=Reason.POSTED,
    )
    with store.alerts.changing(WEIBO.id) as tx:
        saved = tx.save(whole)
    assert saved == replace(whole, id=saved.id)
    assert saved.id > 0
    assert store.alerts.by_id(saved.id) == saved
    assert store.alerts.by_id(saved.id + 1) is None


def test_an_alert_moves_on_under_its_id(store: Store) -> None:
    opened = alerted(store)
    with store.alerts.changing(WEIBO.id) as tx:
        moved = tx.save(replace(opened, rung=10, acknowledged=Acknowledgement("zhang", NOON)))
        assert tx.open_alert(Kind.SILENCE) == moved
        tx.save(replace(moved, acknowledged=None))
    assert store.alerts.open() == [replace(opened, rung=10)]


def test_an_alert_that_is_gone_cannot_be_saved(store: Store) -> None:
    with pytest.raises(StoreError, match="no alert 77"), store.alerts.changing(WEIBO.id) as tx:
        tx.save(replace(silence(), id=77))


def test_one_subject_has_one_open_alert_of_a_kind(store: Store) -> None:
    alerted(store)
    with pytest.raises(StoreError), store.alerts.changing(WEIBO.id) as tx:
        tx.save(silence())
    alerted(store, alert=replace(silence(), kind=Kind.BLIND))
    alerted(store, alert=replace(silence(), subject=WECHAT.id))
    assert len(store.alerts.open()) == 3


def test_after_one_is_resolved_the_next_may_open(store: Store) -> None:
    first = ended(store, alerted(store), NOON + HOUR)
    second = ended(store, alerted(store), NOON + 2 * HOUR)
    third = alerted(store)
    with store.alerts.changing(WEIBO.id) as tx:
        assert tx.last_resolved(Kind.SILENCE) == second
        assert tx.open_alert(Kind.SILENCE) == third
        assert tx.last_resolved(Kind.BLIND) is None
        assert tx.open_alert(Kind.BLIND) is None
    assert first.id < second.id < third.id


def ended(store: Store, alert: Alert, at: datetime) -> Alert:
    with store.alerts.changing(alert.subject) as tx:
        return tx.save(replace(alert, resolved_at=at, resolution=Reason.POSTED))


def test_alerts_are_listed_newest_first(store: Store) -> None:
    old = ended(store, alerted(store, alert=silence(opened_at=NOON)), NOON + HOUR)
    new = alerted(store, alert=silence(opened_at=NOON + 2 * HOUR))
    assert store.alerts.listed() == [new]
    assert store.alerts.listed(include_resolved=True) == [new, old]
    assert store.alerts.open() == [new]


@pytest.mark.parametrize(
    ("hours", "open_then", "all_then"),
    [
        pytest.param(-1, [], [], id="before"),
        pytest.param(0, [NOON], [NOON], id="open from its instant on"),
        pytest.param(1, [], [NOON], id="resolved at its instant"),
        pytest.param(2, [NOON + 2 * HOUR], [NOON + 2 * HOUR, NOON], id="the next one"),
    ],
)
def test_alerts_are_listed_as_of_an_instant(
    store: Store, hours: int, open_then: list[datetime], all_then: list[datetime]
) -> None:
    ended(store, alerted(store, alert=silence(opened_at=NOON)), NOON + HOUR)
    alerted(store, alert=silence(opened_at=NOON + 2 * HOUR))
    at = NOON + hours * HOUR
    assert [a.opened_at for a in store.alerts.listed(at=at)] == open_then
    assert [a.opened_at for a in store.alerts.listed(True, at)] == all_then


class TurnedDownError(Exception):
    """What goes wrong in the middle of a transaction."""


def test_F01_an_alert_and_its_notices_are_kept_together_or_not_at_all(store: Store) -> None:
    with suppress(TurnedDownError), store.alerts.changing(WEIBO.id) as tx:
        saved = tx.save(silence())
        tx.add_notices([notice(saved)])
        raise TurnedDownError
    assert (store.alerts.open(), store.outbox.claim(NOON)) == ([], ())


def test_changing_one_subject_waits_for_whoever_changes_it(store: Store) -> None:
    inside, opened = Event(), Event()

    def first() -> None:
        with store.alerts.changing(WEIBO.id) as tx:
            inside.set()
            # Not waiting would let the other one look before anything is saved.
            assert not opened.wait(0.2)
            tx.save(silence())

    def second() -> Alert | None:
        inside.wait()
        with store.alerts.changing(WEIBO.id) as tx:
            opened.set()
            return tx.open_alert(Kind.SILENCE)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result()
        assert other.result() is not None


def test_many_threads_open_one_alert_once(store: Store) -> None:
    start = Barrier(4)

    def open_if_none(_: int) -> int:
        start.wait()
        with store.alerts.changing(WEIBO.id) as tx:
            known = tx.open_alert(Kind.SILENCE)
            return 0 if known else tx.save(silence()).id

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(open_if_none, range(4)))
    assert [number > 0 for number in made].count(True) == 1
    assert len(store.alerts.open()) == 1


def test_reading_goes_on_while_somebody_writes(store: Store) -> None:
    registered(store)
    with store.alerts.changing(WEIBO.id) as tx:
        tx.save(silence())
        assert store.alerts.open() == []
        assert store.exceptions.in_force(NOON) == {}


# Notices


def test_notices_come_back_as_they_were_queued(store: Store) -> None:
    alert = alerted(store)
    first = notice(alert, "zhang")
    second = notice(alert, "li", created_at=NOON - HOUR, address="李", rung=None)
    with store.alerts.changing(WEIBO.id) as tx:
        assert tx.add_notices([first, second]) == 2
        assert tx.notices(alert.id) == [second, first]
        assert tx.notices(alert.id + 1) == ()
    assert store.alerts.notices_of([alert.id, 99]) == {alert.id: [second, first]}
    assert store.alerts.notices_of([]) == {}


def test_F14_nobody_is_notified_twice_for_one_occasion(store: Store) -> None:
    alert = alerted(store, "zhang")
    again = notice(alert, "zhang", id="another id")
    other_channel = notice(alert, "zhang", id="by mail", channel="mail")
    assert store.outbox.add([again, other_channel, notice(alert, "li")]) == 2
    assert store.outbox.add([again]) == 0
    assert store.outbox.add([]) == 0
    assert len(store.alerts.notices_of([alert.id])[alert.id]) == 3


def test_a_notice_may_belong_to_no_alert(store: Store) -> None:
    summary = notice(silence(), event=Message.SUMMARY)
    assert store.outbox.add([summary]) == 1
    (claimed,) = store.outbox.claim(NOON)
    assert store.outbox.still_holds(claimed)


# Claiming


def people(notices: Sequence[Notice]) -> list[str]:
    return [one.person for one in notices]


def test_a_claimed_notice_is_leased_and_counted(store: Store) -> None:
    alert = alerted(store, "zhang")
    (claimed,) = store.outbox.claim(NOON)
    assert claimed == notice(alert, attempts=1, lease_until=NOON + LEASE)
    assert store.alerts.notices_of([alert.id])[alert.id] == [claimed]


def test_notices_are_claimed_oldest_first_up_to_a_limit(store: Store) -> None:
    alert = alerted(store)
    made = [
        notice(alert, name, created_at=NOON - n * HOUR, address=f"{name}@x.cn")
        for n, name in enumerate("abc")
    ]
    store.outbox.add(made)
    assert people(store.outbox.claim(NOON, 2)) == ["c", "b"]
    assert people(store.outbox.claim(NOON, 2)) == ["a"]
    assert store.outbox.claim(NOON, 2) == ()


@pytest.mark.parametrize(
    ("other", "claimable"),
    [
        pytest.param({}, True, id="pending and due"),
        pytest.param({"state": NoticeState.RETRYING, "attempts": 3}, True, id="to be tried again"),
        pytest.param({"state": NoticeState.SENT}, False, id="sent"),
        pytest.param({"state": NoticeState.FAILED}, False, id="failed for good"),
        pytest.param({"state": NoticeState.WITHDRAWN}, False, id="withdrawn"),
        pytest.param({"not_before": NOON + HOUR}, False, id="not yet due"),
        pytest.param({"not_before": NOON + DAY}, False, id="due in a day"),
        pytest.param({"not_before": NOON + 49 * HOUR}, True, id="F20: a jump of the clock"),
        pytest.param({"lease_until": NOON + LEASE}, False, id="leased until the end of a lease"),
        pytest.param({"lease_until": NOON}, True, id="a lease that has just run out"),
        pytest.param({"lease_until": NOON + HOUR}, True, id="F20: a lease no clock gave"),
    ],
)
def test_which_notices_are_claimable(store: Store, other: dict[str, Any], claimable: bool) -> None:
    store.outbox.add([notice(alerted(store), **other)])
    assert bool(store.outbox.claim(NOON)) is claimable


def test_F03_a_claim_left_by_a_crash_comes_back_when_its_lease_ends(store: Store) -> None:
    alerted(store, "zhang")
    store.outbox.claim(NOON)
    assert store.outbox.claim(NOON + LEASE - timedelta(microseconds=1)) == ()
    assert [n.attempts for n in store.outbox.claim(NOON + LEASE)] == [2]


def test_F05_two_senders_never_hold_one_notice(store: Store) -> None:
    names = [f"p{n:02}" for n in range(40)]
    alerted(store, *names)
    start = Barrier(4)

    def drain(_: int) -> list[str]:
        start.wait()
        held: list[str] = []
        while some := store.outbox.claim(NOON, 3):
            held += people(some)
        return held

    with ThreadPoolExecutor(4) as pool:
        held = [name for names in pool.map(drain, range(4)) for name in names]
    assert sorted(held) == names


@pytest.mark.parametrize(
    ("notices", "expected"),
    [
        pytest.param([], None, id="nothing waits"),
        pytest.param([{}], NOON, id="one is due"),
        pytest.param([{"not_before": NOON + HOUR}], NOON + HOUR, id="one is due later"),
        pytest.param([{"lease_until": NOON + LEASE}], NOON + LEASE, id="one is being sent"),
        pytest.param(
            [{"lease_until": NOON - HOUR, "not_before": NOON - DAY}],
            NOON - DAY,
            id="one was left behind",
        ),
        pytest.param([{"not_before": NOON + 9 * DAY}], NOON, id="F20: the clock jumped"),
        pytest.param(
            [{"lease_until": NOON + LEASE}, {"not_before": NOON + HOUR}],
            NOON + LEASE,
            id="the first of several",
        ),
        pytest.param(
            [{"state": s} for s in ("sent", "failed", "withdrawn")], None, id="all are done"
        ),
    ],
)
def test_when_the_next_notice_is_due(
    store: Store, notices: list[dict[str, Any]], expected: datetime | None
) -> None:
    alert = alerted(store)
    states = [{**n, "state": NoticeState(n.get("state", "pending"))} for n in notices]
    store.outbox.add([notice(alert, f"p{n}", **one) for n, one in enumerate(states)])
    assert store.outbox.next_due_at(NOON) == expected


# Does it still hold?


def posted(store: Store, key: str = "new", **other: Any) -> None:
    store.readings.record([recorded(RSSHUB, NOON, replace(seen(key, NOON - HOUR), **other))])


def resolved(store: Store) -> None:
    (alert,) = store.alerts.open()
    ended(store, alert, NOON)


@pytest.mark.parametrize(
    ("happens", "holds"),
    [
        pytest.param(lambda _: None, True, id="nothing happened"),
        pytest.param(posted, False, id="F08: a newer post is known"),
        pytest.param(
            lambda store: posted(store, stated_at=NOON - 9 * DAY),
            True,
            id="a post found late that is older",
        ),
        pytest.param(
            lambda store: posted(store, kind=PostKind.REPOST),
            False,
            id="a repost where reposts count",
        ),
        pytest.param(resolved, False, id="the alert is resolved"),
    ],
)
def test_a_notice_about_a_silence_holds_until_something_happens(
    store: Store, happens: Callable[[Store], None], holds: bool
) -> None:
    alerted(registered(store), "zhang")
    (claimed,) = store.outbox.claim(NOON)
    happens(store)
    assert store.outbox.still_holds(claimed) is holds


@pytest.mark.parametrize(
    ("occasion", "called", "holds"),
    [
        pytest.param("breach", 14, True, id="the limit that was called"),
        pytest.param("breach", None, True, id="F24 the ladder changed, and nothing was called yet"),
        pytest.param("breach", 10, False, id="F24 a shorter limit was called since"),
        pytest.param("rung:13", 10, True, id="a rung: its person is told of no lower one instead"),
    ],
)
def test_the_call_of_a_limit_holds_until_a_shorter_one_is_called(
    store: Store, occasion: str, called: int | None, holds: bool
) -> None:
    alert = alerted(registered(store), alert=replace(silence(), rung=called))
    rung = 14 if occasion == "breach" else 13
    assert store.outbox.still_holds(notice(alert, occasion=occasion, rung=rung)) is holds


def test_a_repost_withdraws_nothing_where_reposts_do_not_count(store: Store) -> None:
    store.accounts.sync([WEIBO], GATEWAYS, {}, NOON, count_reposts={WEIBO.id: False})
    alert = alerted(store)
    posted(store, kind=PostKind.REPOST)
    assert store.outbox.still_holds(notice(alert))
    posted(store, "original", stated_at=NOON - 2 * HOUR)
    store.readings.record([recorded(BACKUP, NOON, seen("original", NOON - 2 * HOUR))])
    assert not store.outbox.still_holds(notice(alert))


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        pytest.param({"kind": Kind.BLIND}, True, id="other kinds do not mind a newer post"),
        pytest.param({"kind": Kind.GATEWAY, "subject": "rsshub"}, True, id="a gateway's either"),
    ],
)
def test_other_alerts_hold_while_they_are_open(
    store: Store, changes: dict[str, Any], holds: bool
) -> None:
    alert = alerted(registered(store), alert=replace(silence(), **changes))
    posted(store)
    assert store.outbox.still_holds(notice(alert)) is holds
    resolved(store)
    assert not store.outbox.still_holds(notice(alert))


def test_the_good_news_always_holds(store: Store) -> None:
    alert = alerted(registered(store))
    resolved(store)
    assert store.outbox.still_holds(notice(alert, event=Message.RESOLVED))


def test_a_notice_of_an_unknown_alert_does_not_hold(store: Store) -> None:
    assert not store.outbox.still_holds(notice(replace(silence(), id=77)))


# Settling


def settled(store: Store, error: DeliveryError | None, now: datetime = NOON) -> Notice:
    """Claim the only notice, settle it, and return it as stored."""
    (claimed,) = store.outbox.claim(now)
    store.outbox.settle(
        claimed,
        after(claimed, error, now),
        now + timedelta(seconds=2),
        error.detail if error else None,
    )
    ((stored,),) = store.alerts.notices_of([claimed.alert]).values()
    return stored


def test_a_sent_notice_is_done(store: Store) -> None:
    alert = alerted(store, "zhang")
    sent_at = NOON + timedelta(seconds=2)
    assert settled(store, None) == notice(
        alert, state=NoticeState.SENT, attempts=1, sent_at=sent_at
    )
    assert store.outbox.next_due_at(NOON) is None


def test_F04_a_failed_notice_waits_and_keeps_its_error(store: Store) -> None:
    alert = alerted(store, "zhang")
    assert settled(store, LATER) == notice(
        alert,
        state=NoticeState.RETRYING,
        attempts=1,
        not_before=NOON + timedelta(seconds=30),
        error="no answer",
    )
    assert store.outbox.next_due_at(NOON) == NOON + timedelta(seconds=30)
    assert settled(store, None, NOON + HOUR).error is None


def test_a_notice_that_failed_for_good_is_done(store: Store) -> None:
    alerted(store, "zhang")
    gone = DeliveryError(Failure.ADDRESS, "blocked")
    assert settled(store, gone).state is NoticeState.FAILED
    assert store.outbox.claim(NOON + DAY) == ()


def test_every_attempt_leaves_a_row(store: Store) -> None:
    alert = alerted(store)
    store.outbox.add([notice(alert, address="https://hook.example/?key=s3cret")])
    settled(store, LATER)
    settled(store, None, NOON + HOUR)
    store.outbox.add([notice(alert, "li")])
    (cut_off,) = store.outbox.claim(NOON)
    name, two = notice(alert).id, timedelta(seconds=2)
    shown = "https://hook.example/…"
    assert store.alerts.deliveries_of([name, cut_off.id]) == {
        name: [
            Delivery(name, 1, "wecom", shown, NOON, NOON + two, NoticeState.RETRYING, "no answer"),
            Delivery(name, 2, "wecom", shown, NOON + HOUR, NOON + HOUR + two, NoticeState.SENT),
        ],
        cut_off.id: [Delivery(cut_off.id, 1, "wecom", "", NOON)],
    }


def overtaken(store: Store) -> Notice:
    """Return a claim whose lease ran out, so that another sender holds the notice now."""
    alerted(store, "zhang")
    (slow,) = store.outbox.claim(NOON)
    store.outbox.claim(NOON + LEASE)
    return slow


def test_F02_a_claim_after_one_without_an_end_says_that_it_may_be_a_double(store: Store) -> None:
    alerted(store, "zhang")
    (first,) = store.outbox.claim(NOON)
    (second,) = store.outbox.claim(NOON + LEASE)
    assert (first.resent, second.resent, first.id == second.id) == (False, True, True)


def test_an_attempt_that_failed_for_sure_makes_no_double(store: Store) -> None:
    alerted(store, "zhang")
    settled(store, LATER)
    assert [n.resent for n in store.outbox.claim(NOON + HOUR)] == [False]


def test_a_claim_that_was_overtaken_no_longer_decides(store: Store) -> None:
    slow = overtaken(store)
    store.outbox.settle(slow, After(NoticeState.FAILED), NOON + LEASE, "blocked")
    ((stored,),) = store.alerts.notices_of([slow.alert]).values()
    assert (stored.state, stored.attempts) == (NoticeState.PENDING, 2)
    assert stored.lease_until == NOON + 2 * LEASE


def test_a_message_that_went_out_counts_even_from_an_overtaken_claim(store: Store) -> None:
    slow = overtaken(store)
    store.outbox.settle(slow, After(NoticeState.SENT), NOON + LEASE, None)
    ((stored,),) = store.alerts.notices_of([slow.alert]).values()
    assert (stored.state, stored.sent_at) == (NoticeState.SENT, NOON + LEASE)
    store.outbox.settle(stored, After(NoticeState.RETRYING, NOON + DAY), NOON + HOUR, "late")
    ((stored,),) = store.alerts.notices_of([slow.alert]).values()
    assert (stored.state, stored.sent_at) == (NoticeState.SENT, NOON + LEASE)


def test_a_withdrawn_notice_is_done_a_sent_one_stays_sent(store: Store) -> None:
    alert = alerted(store, "li", "zhang")
    first, second = store.outbox.claim(NOON)
    store.outbox.settle(second, After(NoticeState.SENT), NOON, None)
    for one in (first, second):
        store.outbox.withdraw(one, NOON)
    states = {
        n.person: (n.state, n.lease_until) for n in store.alerts.notices_of([alert.id])[alert.id]
    }
    assert states == {"li": (NoticeState.WITHDRAWN, None), "zhang": (NoticeState.SENT, None)}


def test_only_what_was_never_attempted_is_withdrawn_with_its_alert(store: Store) -> None:
    alert = alerted(store, "attempted")
    store.outbox.claim(NOON)
    store.outbox.add([notice(alert, "unsent"), notice(alert, "told", state=NoticeState.SENT)])
    with store.alerts.changing(WEIBO.id) as tx:
        tx.withdraw_unsent(alert.id, NOON)
    states = {n.person: n.state.value for n in store.alerts.notices_of([alert.id])[alert.id]}
    assert states == {"attempted": "pending", "unsent": "withdrawn", "told": "sent"}


# Exceptions


def test_exceptions_are_in_force_from_their_start_up_to_their_end(store: Store) -> None:
    agreed = SilenceException(WEIBO.id, "wang", NOON, NOON + DAY, "系统迁移", "鞍民〔2024〕1号")
    longer = replace(agreed, until=NOON + 2 * DAY, document=None)
    for one in (longer, agreed):
        registered(store).exceptions.save(one)
    instants = (NOON - HOUR, NOON, NOON + DAY, NOON + 2 * DAY)
    assert [store.exceptions.in_force(at) for at in instants] == [
        {},
        {WEIBO.id: longer},
        {WEIBO.id: longer},
        {},
    ]
    known = [in_force_and_over(store.exceptions.of_account(WEIBO.id, at), at) for at in instants]
    assert known == [(None, None), (longer, None), (longer, agreed), (None, longer)]
    assert store.exceptions.of_account(WECHAT.id, instants[-1]) == []


def test_a_transaction_on_alerts_reads_agreed_silences_inside_itself(store: Store) -> None:
    agreed = SilenceException(WEIBO.id, "li", NOON, NOON + HOUR, "假期")
    with registered(store).alerts.changing(WEIBO.id) as tx:
        tx.exceptions.save(agreed)  # not committed yet: no other connection can see it
        assert tx.exceptions.in_force(NOON) == {WEIBO.id: agreed}
        assert tx.exceptions.of_account(WEIBO.id, NOON + HOUR) == [agreed]


def test_every_exception_is_kept_as_agreed(store: Store) -> None:
    first = SilenceException(WEIBO.id, "wang", NOON, NOON + DAY, "系统迁移", "鞍民〔2024〕1号")
    later = replace(first, since=NOON + 9 * DAY, until=NOON + 10 * DAY, document=None)
    for one in (later, first, replace(first, account=WECHAT.id)):
        registered(store).exceptions.save(one)
    instants = (NOON - HOUR, NOON, NOON + 8 * DAY, NOON + 99 * DAY)
    agreed = [store.exceptions.of_account(WEIBO.id, at) for at in instants]
    assert agreed == [[], [first], [first], [first, later]]


# Imports


def rows(*posts: object) -> list[ImportedPost]:
    return [ImportedPost(WEIBO.id, post) for post in posts]  # type: ignore[arg-type]


def test_an_import_adds_posts_that_nobody_read(store: Store) -> None:
    registered(store)
    file = rows(seen("a", NOON - 40 * DAY), seen("b", NOON - DAY))
    assert store.imports.add(file, [], "2024.csv", NOON) == ImportSummary(1, 2, 0, 0)
    assert [(p.key, p.published_at, p.source) for p in store.posts.of_account(WEIBO.id)] == [
        ("a", NOON - 40 * DAY, "import:1"),
        ("b", NOON - DAY, "import:1"),
    ]


def test_a_dry_run_says_the_same_and_stores_nothing(store: Store) -> None:
    registered(store)
    file, counted = rows(seen("a", NOON)), [FollowerCount(WEIBO.id, date(2024, 1, 31), 7959)]
    said = store.imports.add(file, counted, "x.csv", NOON, dry_run=True)
    assert (said, store.posts.of_account(WEIBO.id), store.imports.listed()) == (
        ImportSummary(None, 2, 0, 0),
        [],
        [],
    )
    assert store.imports.add(file, counted, "x.csv", NOON) == replace(said, id=1)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    registered(store)
    file, counted = rows(seen("a", NOON)), [FollowerCount(WEIBO.id, date(2024, 1, 31), 7959)]
    store.imports.add(file, counted, "x.csv", NOON)
    before = (everything(store), store.imports.listed())
    again = store.imports.add(file, counted, "renamed.csv", NOON + DAY)
    assert again == ImportSummary(1, 0, 2, 0)
    assert (everything(store), store.imports.listed()) == before


def test_an_import_tells_new_from_known_from_changed(store: Store) -> None:
    registered(store).readings.record(
        [recorded(RSSHUB, NOON, seen("known", NOON), seen("undated"))]
    )
    file = rows(seen("known", NOON), seen("undated", NOON - DAY), seen("new", NOON))
    assert store.imports.add(file, [], "x.csv", NOON) == ImportSummary(1, 1, 1, 1)
    dates = {p.key: p.published_at for p in store.posts.of_account(WEIBO.id)}
    assert dates == {"known": NOON, "undated": NOON - DAY, "new": NOON}


def test_imported_words_give_way_to_a_sources(store: Store) -> None:
    registered(store).imports.add(rows(seen("a", NOON, title="导出")), [], "x.csv", NOON)
    store.readings.record([recorded(RSSHUB, NOON + DAY, seen("a", NOON, title="原文"))])
    post = only_post(store)
    assert (post.title, post.source, post.first_seen_at) == ("原文", RSSHUB, NOON)


@pytest.mark.parametrize("stated_at", [None, NOON + DAY], ids=["without a date", "still to come"])
def test_an_imported_row_of_no_past_date_starts_no_clock(
    store: Store, stated_at: datetime | None
) -> None:
    registered(store).imports.add(rows(seen("a", stated_at)), [], "x.csv", NOON)
    assert only_post(store).dating is Dating.UNKNOWN
    assert last_post(store) is None


def test_an_undone_import_is_as_if_it_had_never_been(store: Store) -> None:
    registered(store).readings.record(
        [recorded(RSSHUB, NOON, seen("known", NOON), seen("undated"))]
    )
    before = everything(store)
    file = rows(seen("known", NOON), seen("undated", NOON - DAY), seen("new", NOON))
    counted = [FollowerCount(WEIBO.id, date(2024, 1, 31), 7959, 284)]
    store.imports.add(file, counted, "x.csv", NOON + HOUR)
    assert store.imports.undo(1, NOON + DAY) == ImportSummary(1, 2, 1, 1)
    assert everything(store) == before
    assert store.follower_counts.of_account(WEIBO.id, date(2024, 1, 1), date(2025, 1, 1)) == []


def test_undoing_one_import_leaves_what_another_knows(store: Store) -> None:
    registered(store).imports.add(rows(seen("a", NOON), seen("b", NOON)), [], "1.csv", NOON)
    store.imports.add(rows(seen("b", NOON), seen("c", NOON)), [], "2.csv", NOON)
    store.imports.undo(1, NOON + HOUR)
    assert [(p.key, p.source) for p in store.posts.of_account(WEIBO.id)] == [
        ("b", "import:2"),
        ("c", "import:2"),
    ]


def test_an_import_is_undone_once_and_can_be_made_again(store: Store) -> None:
    registered(store).imports.add(rows(seen("a", NOON)), [], "x.csv", NOON)
    assert store.imports.undo(1, NOON + HOUR) is not None
    assert (store.imports.undo(1, NOON + HOUR), store.imports.undo(9, NOON)) == (None, None)
    assert store.imports.add(rows(seen("a", NOON)), [], "x.csv", NOON + DAY).id == 2
    assert [p.source for p in store.posts.of_account(WEIBO.id)] == ["import:2"]


def test_imports_are_kept_with_what_they_did(store: Store) -> None:
    registered(store).imports.add(rows(seen("a", NOON)), [], "1.csv", NOON)
    store.imports.add(rows(seen("b", NOON)), [], "2.csv", NOON, partial=True)
    store.imports.undo(1, NOON + HOUR)
    assert store.imports.listed() == [
        ImportRecord(1, "1.csv", NOON, 1, 0, 0, undone_at=NOON + HOUR),
        ImportRecord(2, "2.csv", NOON, 1, 0, 0, partial=True),
    ]


def test_an_import_naming_an_unknown_account_leaves_nothing_behind(store: Store) -> None:
    file = [*rows(seen("a", NOON)), ImportedPost("unheard-of", seen("b", NOON))]
    with pytest.raises(StoreError, match="refused a row"):
        registered(store).imports.add(file, [], "x.csv", NOON)
    assert (store.posts.of_account(WEIBO.id), store.imports.listed()) == ([], [])


def test_counters_are_kept_one_a_day_and_provenance(store: Store) -> None:
    day = date(2024, 12, 31)
    registered(store).imports.add([], [FollowerCount(WEIBO.id, day, 7959)], "1.csv", NOON)
    other = [
        FollowerCount(WEIBO.id, day, 7960, 284),
        FollowerCount(WEIBO.id, date(2025, 1, 1), 7961),
    ]
    assert store.imports.add([], other, "2.csv", NOON) == ImportSummary(2, 1, 0, 1)
    assert store.follower_counts.of_account(WEIBO.id, day, date(2025, 1, 1)) == [
        FollowerCount(WEIBO.id, day, 7959, None, "import:1"),
        FollowerCount(WEIBO.id, day, 7960, 284, "import:2"),
    ]


# What imports hold


def spans(store: Store) -> list[tuple[int, datetime, datetime]]:
    return [(s.import_id, s.start, s.end) for s in store.imports.spans(WEIBO.id)]


def test_an_import_reaches_from_its_first_dated_post_to_its_last(store: Store) -> None:
    file = rows(seen("b", NOON - DAY), seen("a", NOON - 9 * DAY), seen("undated"))
    others = [ImportedPost(WECHAT.id, seen("w", NOON - 99 * DAY))]
    registered(store).imports.add([*file, *others], [], "x.csv", NOON)
    dates = {"a": NOON - 9 * DAY, "b": NOON - DAY, "undated": None}
    (span,) = store.imports.spans(WEIBO.id)
    assert span == ImportedSpan(1, "x.csv", NOON, NOON - 9 * DAY, NOON - DAY, dates)
    assert store.imports.listing([*file, *others], NOON + DAY)[WEIBO.id] == dates


def test_an_import_reaches_as_far_as_it_was_exported_for(store: Store) -> None:
    registered(store).imports.add(
        rows(seen("a", NOON - 5 * DAY)),
        [],
        "x.csv",
        NOON,
        covers_from=NOON - 30 * DAY,
        covers_until=NOON + DAY,
    )
    assert spans(store) == [(1, NOON - 30 * DAY, NOON)], "nor beyond the instant it was made"
    (record,) = store.imports.listed()
    assert (record.covers_from, record.covers_until) == (NOON - 30 * DAY, NOON + DAY)


def test_a_partial_import_says_that_it_is_one(store: Store) -> None:
    registered(store).imports.add(rows(seen("a", NOON)), [], "x.csv", NOON, partial=True)
    assert [s.partial for s in store.imports.spans(WEIBO.id)] == [True]


def test_the_same_rows_with_another_claim_are_another_import(store: Store) -> None:
    file = rows(seen("a", NOON - DAY))
    registered(store).imports.add(file, [], "x.csv", NOON, partial=True)
    assert store.imports.add(file, [], "x.csv", NOON + HOUR) == ImportSummary(2, 0, 1, 0)
    assert store.imports.add(file, [], "x.csv", NOON + DAY).id == 2
    assert [s.partial for s in store.imports.spans(WEIBO.id)] == [True, False]


def test_imports_that_say_nothing_of_the_time_reach_nowhere(store: Store) -> None:
    registered(store).imports.add(rows(seen("undated")), [], "1.csv", NOON)
    store.imports.add(rows(seen("a", NOON)), [], "2.csv", NOON)
    store.imports.add([], [FollowerCount(WEIBO.id, date(2024, 1, 31), 7959)], "3.csv", NOON)
    store.imports.undo(2, NOON + HOUR)
    assert store.imports.spans(WEIBO.id) == []


def test_F42_a_recount_from_sightings_gives_what_is_stored(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a", NOON - DAY), seen("b"))])
    store.readings.record(
        [recorded(BACKUP, NOON + HOUR, seen("a", NOON - 2 * DAY), seen("c", NOON))]
    )
    store.readings.record([recorded(RSSHUB, NOON + DAY, seen("a", NOON), deleted=("b",))])
    store.imports.add(rows(seen("b", NOON - 3 * DAY), seen("d", NOON - DAY)), [], "x", NOON + DAY)
    store.imports.undo(1, NOON + 2 * DAY)
    assert len(store.posts.of_account(WEIBO.id)) == 3
    assert store.posts.recounted(WEIBO.id) == store.posts.of_account(WEIBO.id)


# Yearly figures

FIRST = Snapshot(2023, 1, NOON, '{"年": 2023}\n', "d1", {WEIBO.id: "{}", "gone": "[]"})


def test_frozen_figures_come_back_bit_for_bit(store: Store) -> None:
    second = replace(FIRST, version=2, made_at=NOON + DAY, document='{"年":  1}', digest="d2")
    other = replace(FIRST, year=2022)
    for one in (second, FIRST, other):
        store.figures.freeze(one)
    bare = [replace(one, evidence={}) for one in (other, FIRST, second)]
    assert store.figures.snapshots() == bare
    assert store.figures.snapshots(2023) == bare[1:]
    assert store.figures.snapshots(2024) == []


def test_what_figures_rest_on_is_kept_with_them(store: Store) -> None:
    store.figures.freeze(FIRST)
    wanted = (WEIBO.id, "gone", "unheard-of")
    assert [store.figures.evidence(2023, 1, a) for a in wanted] == ["{}", "[]", None]
    assert store.figures.evidence(2023, 2, WEIBO.id) is None


def test_F43_a_version_is_never_written_again(store: Store) -> None:
    store.figures.freeze(FIRST)
    with pytest.raises(StoreError, match=r"^version 1 of 2023 was frozen meanwhile; try again$"):
        store.figures.freeze(replace(FIRST, document="another"))
    assert [one.document for one in store.figures.snapshots(2023)] == [FIRST.document]


def test_published_figures_are_kept_by_source(store: Store) -> None:
    said = Declared(WEIBO.id, 2024, "posts", 284, "年度报告")
    form = replace(said, value=280, source="年度报表")
    for one in (said, form, replace(said, value=283), replace(said, year=2023)):
        registered(store).figures.declare(one, NOON)
    assert store.figures.declared(2024) == [replace(said, value=283), form]


def test_what_sources_count_is_kept_as_the_days_last_value(store: Store) -> None:
    registered(store)
    day = NOON.date()

    def counted(
        source: str, at: datetime, followers: int | None, posts: int | None, exact: bool = True
    ) -> Recorded:
        counter = FollowerCount(WEIBO.id, day, followers, posts, source, exact)
        return replace(recorded(source, at), counters=counter)

    store.readings.record(
        [counted(RSSHUB, NOON + HOUR, 7960, 285), counted(RSSHUB, NOON, 7959, 284)]
    )
    store.readings.record([counted(RSSHUB, NOON + 2 * HOUR, None, 286)])
    store.readings.record([counted(BACKUP, NOON, 1_455_000, None, exact=False)])
    store.readings.record([counted(RSSHUB, NOON, 1, 1)])  # known already
    assert store.follower_counts.of_account(WEIBO.id, day, day + DAY) == [
        FollowerCount(WEIBO.id, day, 1_455_000, None, BACKUP, False),
        FollowerCount(WEIBO.id, day, 7960, 286, RSSHUB),
    ]


# Small things


def test_the_heartbeat(store: Store) -> None:
    assert store.notes.heartbeat() == Heartbeat()
    for n in (0, 1):
        store.notes.beat(NOON + n * HOUR, NOON - DAY)
    assert store.notes.heartbeat() == Heartbeat(NOON + HOUR, NOON - DAY)


def test_notes(store: Store) -> None:
    assert store.notes.get("driven_by") is None
    store.notes.set("driven_by", "run")
    store.notes.set("driven_by", "tick")
    assert store.notes.get("driven_by") == "tick"


def test_instants_come_back_in_utc_to_the_microsecond(store: Store) -> None:
    china = timezone(timedelta(hours=8))
    local = datetime(2024, 2, 1, 12, 0, 0, 1, tzinfo=china)
    store.notes.beat(local, local)
    beat = store.notes.heartbeat().last_tick_at
    assert beat == local
    assert beat is not None
    assert (beat.tzinfo, beat.isoformat()) == (UTC, "2024-02-01T04:00:00.000001+00:00")


NAIVE = datetime(2024, 2, 1, 12)
WRITES: dict[str, Callable[[Store], object]] = {
    "sync": lambda s: s.accounts.sync([WEIBO], [], {}, NAIVE),
    "due_sources": lambda s: s.sources.due(NAIVE),
    "plan": lambda s: s.sources.plan(RSSHUB, NAIVE, NOON),
    "bring forward": lambda s: s.sources.bring_forward(RSSHUB, NAIVE, NOON),
    "record": lambda s: s.readings.record([recorded(RSSHUB, NAIVE, seen("a"))]),
    "a post's date": lambda s: s.readings.record([recorded(RSSHUB, NOON, seen("a", NAIVE))]),
    "a window's date": lambda s: s.readings.record(
        [replace(recorded(RSSHUB, NOON), memory=SourceMemory(window=(("a", NAIVE),)))]
    ),
    "save_gateways": lambda s: s.gateways.save([GatewayState("rsshub", not_before=NAIVE)]),
    "facts": lambda s: s.accounts.facts(BOTH, NAIVE),
    "posts": lambda s: s.posts.of_account(WEIBO.id, NAIVE),
    "counts": lambda s: s.posts.counts(NAIVE, NOON),
    "readings": lambda s: s.readings.of_account(WEIBO.id, NAIVE),
    "an alert": lambda s: alerted(s, alert=replace(silence(), since=NAIVE)),
    "alerts": lambda s: s.alerts.listed(at=NAIVE),
    "a notice": lambda s: s.outbox.add([notice(silence(), not_before=NAIVE)]),
    "claim": lambda s: s.outbox.claim(NAIVE),
    "next_due_at": lambda s: s.outbox.next_due_at(NAIVE),
    "settle": lambda s: s.outbox.settle(notice(silence()), After(NoticeState.SENT), NAIVE, None),
    "an exception": lambda s: s.exceptions.save(
        SilenceException(WEIBO.id, "wang", NAIVE, NOON, "x")
    ),
    "exceptions": lambda s: s.exceptions.in_force(NAIVE),
    "exceptions of an account": lambda s: s.exceptions.of_account(WEIBO.id, NAIVE),
    "import_rows": lambda s: s.imports.add(rows(seen("a", NOON)), [], "x.csv", NAIVE),
    "an export's time": lambda s: s.imports.add(
        rows(seen("a", NOON)), [], "x.csv", NOON, covers_from=NAIVE
    ),
    "a snapshot": lambda s: s.figures.freeze(replace(FIRST, made_at=NAIVE)),
    "a published figure": lambda s: s.figures.declare(
        Declared(WEIBO.id, 2024, "posts", 1, "x"), NAIVE
    ),
    "an imported date": lambda s: s.imports.add(rows(seen("a", NAIVE)), [], "x.csv", NOON),
    "beat": lambda s: s.notes.beat(NAIVE, NOON),
}


@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES.keys())
def test_a_naive_datetime_is_refused(store: Store, call: Callable[[Store], object]) -> None:
    registered(store)
    with pytest.raises((ValueError, TypeError), match="naive"):
        call(store)
    assert (store.posts.of_account(WEIBO.id), store.alerts.open(), store.imports.listed()) == (
        [],
        [],
        [],
    )
