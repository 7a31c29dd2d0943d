"""Any policy over any past: whom the rules would have notified, and when."""

from datetime import date, datetime
from pathlib import Path

import pytest

from alerts.people.handover import Handover
from alerts.words import translator
from monitor.desk.desk import Desk
from monitor.desk.replays import row_of
from monitor.errors import UsageError
from monitor.judging.engine import AlertEngine
from monitor.judging.replay import replay
from monitor.ledger.records import ImportedPost
from monitor.model import PostKind
from monitor.policy import Policy
from monitor.store.base import Store
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    GATEWAYS,
    POLICY,
    ZONE,
    at,
    ladder,
    register,
    shown,
    silent,
)
from tests.store_values import seen

ALL = ["zhang", "li", "wang"]
FEBRUARY = [
    ("2024-02-08T09:00:00+08:00", 13, ALL, "closure"),
    ("2024-02-09T09:00:00+08:00", 13, ALL, "closure"),
    ("2024-02-09T15:30:00+08:00", 13, ALL, "closure"),
    ("2024-02-15T09:00:00+08:00", 13, ["li"], "publish_day"),
    ("2024-02-16T10:05:00+08:00", 14, ALL, "breach"),
    ("2024-02-18T09:00:00+08:00", 14, ALL, "reminder"),
    ("2024-02-19T09:00:00+08:00", 14, ALL, "reminder"),
    ("2024-02-19T09:40:00+08:00", None, ALL, "posted"),
]
LAPSE = [at("02-02 10:05"), at("02-19 09:40"), at("02-21 10:00"), at("02-23 10:00")]
REGISTER = register(
    {
        "default": POLICY,
        "weekly": Policy("weekly", ladder(5, 7)),
        "original": Policy("original", POLICY.ladder, count_reposts=False),
    }
)


def rows(*told: tuple[str, int | None, list[str], str]) -> list[dict[str, object]]:
    return [
        {
            "at": datetime.fromisoformat(when),
            "account": "weibo",
            "kind": "silence",
            "rung": rung,
            "to": to,
            "reason": why,
        }
        for when, rung, to, why in told
    ]


def test_the_lapse_of_february_2024() -> None:
    told = replay(ACCOUNTS["weibo"], LAPSE, POLICY, REGISTER, at("02-01 00:00"), at("03-01 00:00"))
    assert [row_of(one) for one in told] == rows(*FEBRUARY)


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        pytest.param("02-09 00:00", "02-10 00:00", slice(1, 3), id="a day within"),
        pytest.param("02-09 09:00", "02-09 15:30", slice(1, 2), id="start counts, end does not"),
        pytest.param("02-19 09:40", "03-01 00:00", slice(7, 8), id="the end of what began before"),
        pytest.param("02-20 00:00", "03-01 00:00", slice(0, 0), id="nothing"),
    ],
)
def test_only_what_falls_into_the_period(start: str, end: str, kept: slice) -> None:
    told = replay(ACCOUNTS["weibo"], LAPSE, POLICY, REGISTER, at(start), at(end))
    assert [row_of(one) for one in told] == rows(*FEBRUARY[kept])


def test_a_regular_poster_is_sent_nothing() -> None:
    posts = [at(f"{month:02}-{day:02} 10:00") for month in range(1, 13) for day in range(1, 29, 2)]
    assert (
        replay(
            ACCOUNTS["weibo"], posts, POLICY, REGISTER, at("01-01 00:00"), at("2025-01-01 00:00")
        )
        == []
    )


def test_nothing_is_sent_about_the_time_before_the_first_post() -> None:
    assert (
        replay(ACCOUNTS["weibo"], [], POLICY, REGISTER, at("01-01 00:00"), at("03-01 00:00")) == []
    )


def test_a_silence_that_lasts_is_notified_up_to_the_end() -> None:
    told = replay(
        ACCOUNTS["weibo"], LAPSE[:1], POLICY, REGISTER, at("02-01 00:00"), at("05-01 00:00")
    )
    days = [one.at.astimezone(ZONE).date() for one in told if one.reason == "reminder"]
    assert days[:2] == [date(2024, 2, 18), date(2024, 2, 19)]
    assert days[-1] == date(2024, 4, 30)
    assert len(days) == len(set(days))


REPOSTING = Policy("original-too", POLICY.ladder, originals_every=30 * DAY)
# An original on 1 March, then reposts alone, the last on the 28th, up to an original on 20 April.
REPOSTS = [at(f"03-{day:02} 10:00") for day in range(3, 30, 5)]


@pytest.mark.parametrize(
    ("reposts", "expected"),
    [
        pytest.param(
            [*REPOSTS, at("04-07 10:00")],
            ["03-31 10:00 originals None originals", "04-20 10:00 originals None posted"],
            id="nothing but reposts",
        ),
        pytest.param(
            [at("04-06 10:30")],
            [
                "03-15 10:00 silence 14 breach",
                "04-06 10:30 originals None originals",
                "04-20 10:00 originals None posted",
            ],
            id="silent altogether, until it reposts",
        ),
        pytest.param([], ["03-15 10:00 silence 14 breach"], id="silent altogether"),
    ],
)
def test_an_account_that_only_reposts_is_notified_once(
    reposts: list[datetime], expected: list[str]
) -> None:
    originals = [at("03-01 10:00"), at("04-20 10:00")]
    told = replay(
        ACCOUNTS["weibo"],
        [*originals, *reposts],
        REPOSTING,
        REGISTER,
        at("03-01 00:00"),
        at("05-01 00:00"),
        originals=originals,
    )
    said = [
        f"{shown(one.at)} {one.kind} {one.rung} {one.reason}"
        for one in told
        if one.kind == "originals" or one.reason == "breach"
    ]
    assert said == expected


def told_briefly(*closely: tuple[datetime, datetime | None]) -> list[str]:
    told = replay(
        ACCOUNTS["weibo"],
        LAPSE[:1],
        POLICY,
        REGISTER,
        at("02-01 00:00"),
        at("02-14 12:00"),
        closely,
    )
    return [f"{shown(one.at)} {one.rung} {one.reason}" for one in told]


CLOSURES = [f"{when} 13 closure" for when in ("02-08 09:00", "02-09 09:00", "02-09 15:30")]


def test_a_handover_made_the_ladder_tight_for_its_time() -> None:
    assert told_briefly() == CLOSURES
    assert told_briefly((at("02-03 12:00"), None)) == [
        # Saturday the 10th is a holiday: the step at seven days is overtaken by the calls before.
        "02-05 09:00 3 rung",
        "02-07 09:00 5 rung",
        *CLOSURES,
    ]
    assert told_briefly((at("02-03 12:00"), at("02-07 12:00"))) == [
        "02-05 09:00 3 rung",
        "02-07 09:00 5 rung",
        "02-07 12:00 None rule_changed",
        *CLOSURES,
    ]
    # It began when the account had been quiet for four days already.
    assert told_briefly((at("02-06 15:00"), at("02-06 16:00"))) == [
        "02-06 15:00 3 rung",
        "02-06 16:00 None rule_changed",
        *CLOSURES,
    ]


def test_the_ledger_is_replayed_with_the_handovers_of_its_time(sqlite_store: Store) -> None:
    asked = desk(sqlite_store)
    handover = Handover("zhang", "li", ("weibo",), date(2024, 2, 9), "轮岗", at("02-03 12:00"))
    with sqlite_store.custody.changing() as tx:
        tx.save_handover(handover)
    told = asked.replays.replay(date(2024, 2, 1), date(2024, 2, 8), None, None)
    assert [(t["at"], t["rung"], t["to"]) for t in told] == [
        (at("02-05 09:00"), 3, ["zhang"]),
        (at("02-07 09:00"), 5, ["zhang", "li"]),
        (at("02-08 09:00"), 13, ["zhang", "li", "wang"]),
    ]


def desk(store: Store) -> Desk:
    """A desk whose ledger holds the lapse, a repost within it, and an undated old post."""
    engine = AlertEngine(store, REGISTER, lambda _, when: when, silent)
    store.accounts.sync(ACCOUNTS.values(), GATEWAYS.values(), {}, at("01-01 00:00"))
    posts = [seen(f"p{n}", when) for n, when in enumerate(LAPSE)]
    posts.append(seen("r", at("02-12 10:00"), PostKind.REPOST))
    store.imports.add([ImportedPost("weibo", p) for p in posts], [], "x.csv", at("03-01 00:00"))
    return Desk(store, REGISTER, engine, translator("zh_CN"))


def test_the_ledger_under_another_policy(sqlite_store: Store) -> None:
    asked = desk(sqlite_store)
    february = (date(2024, 2, 1), date(2024, 2, 29))
    assert asked.replays.replay(*february, None, "original") == rows(*FEBRUARY)
    assert [r["reason"] for r in asked.replays.replay(*february, None, None)] == [
        "closure",
        "closure",
        "closure",
        "posted",
        "rung",
        "posted",
    ]
    weekly = asked.replays.replay(*february, None, "weekly")
    assert weekly[0]["at"] == at("02-07 09:00")


def test_a_file_instead_of_the_ledger(sqlite_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(
        "account,published_at,title,url,kind\n"
        "weibo,2024-02-02T10:05,一,,original\n"
        "weibo,2024-02-19T09:40,二,,original\n",
        encoding="utf-8",
    )
    told = desk(sqlite_store).replays.replay(date(2024, 2, 1), date(2024, 2, 19), file, None)
    assert told == rows(*FEBRUARY)


@pytest.mark.parametrize(
    ("since", "until", "posts", "policy", "error"),
    [
        (date(2024, 2, 2), date(2024, 2, 1), None, None, "from 2024-02-02 is later than to"),
        (date(2024, 2, 1), date(2024, 2, 2), None, "x", 'there is no policy "x"; one of: default'),
        (date(2024, 2, 1), date(2024, 2, 2), Path("/none.csv"), None, "/none.csv: cannot be read"),
    ],
)
def test_what_cannot_be_replayed(
    sqlite_store: Store,
    since: date,
    until: date,
    posts: Path | None,
    policy: str | None,
    error: str,
) -> None:
    with pytest.raises(UsageError, match=error):
        desk(sqlite_store).replays.replay(since, until, posts, policy)


def test_an_account_is_known_by_its_id(sqlite_store: Store) -> None:
    asked = desk(sqlite_store)
    assert asked.accounts.known("weibo") == "weibo"
    with pytest.raises(UsageError, match='no account "webo"'):
        asked.accounts.known("webo")
