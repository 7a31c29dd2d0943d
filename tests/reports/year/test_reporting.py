"""The yearly number from stored rows to the document: exact, frozen, proven, compared."""

import json
import shutil
from collections import Counter as Multiset
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from alerts.model import SilenceException
from monitor.counted import DayCount
from monitor.errors import StoreError, UsageError
from monitor.ledger.records import FollowerCount, ImportedPost
from monitor.ledger.snapshot import frozen
from monitor.model import (
    Dating,
    Gateway,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceSpec,
)
from monitor.reports.year.evidence import evidence_text
from monitor.reports.year.reconciled import reconciled_text
from monitor.reports.year.reporting import Reporting
from monitor.reports.year.text import year_text
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.report_values import (
    AFTER,
    CHINESE,
    DAY,
    MZ_WECHAT,
    MZ_WEIBO,
    POLICY,
    ZONE,
    at,
    imported,
    register,
    registered,
    year_2024,
)

GOLDEN = Path(__file__).parents[2] / "data" / "figures"
BIRTH = at("2023-12-01")
REGISTER = register()
COUNTERS = [
    FollowerCount("wechat-mz", date(2023, 12, 31), 4877),
    FollowerCount("wechat-mz", date(2024, 12, 31), 7959),
    FollowerCount("weibo-mz", date(2023, 12, 31), None, 1000),
    FollowerCount("weibo-mz", date(2024, 12, 31), None, 1284),
]
EXPORTED = {"covers_from": BIRTH, "covers_until": at("2025-01-06")}


def reporting(store: Store) -> Reporting:
    return Reporting(store, REGISTER, CHINESE)


def the_year(store: Store, *, covers: bool = True) -> Store:
    """Store the seed year as one export, with the counts of both ends."""
    registered(store, REGISTER, BIRTH)
    about = EXPORTED if covers else {}
    store.imports.add(year_2024(), COUNTERS, "2024.csv", AFTER, **about)  # type: ignore[arg-type]
    return store


def year(store: Store, number: int = 2024, now: datetime = AFTER, **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reporting(store).year(number, now, **how))
    return found


def posts(store: Store, number: int = 2024) -> list[int]:
    return [account["posts"] for account in year(store, number)["accounts"]]


# The seed year


def test_the_year_2024_is_as_it_was_published(sqlite_store: Store) -> None:
    found = year(the_year(sqlite_store))
    weibo, wechat = found["accounts"]
    assert (weibo["posts"], wechat["posts"], found["total_posts"]) == (284, 248, 532)
    assert [lapse["from"][:10] for lapse in weibo["lapses"]] == ["2024-02-02"]
    assert (weibo["lapses"][0]["days"], wechat["lapses"]) == (17, [])
    assert (weibo["complete"], wechat["complete"]) == (True, True)
    assert round(wechat["followers"]["growth"] * 100, 1) == 63.2


@pytest.mark.parametrize("name", ["year_2024.json", "year_2024.txt", "evidence_2024.txt"])
def test_the_year_2024_reads_as_it_should(sqlite_store: Store, name: str) -> None:
    the_year(sqlite_store)
    document = reporting(sqlite_store).year(2024, AFTER)
    proof = reporting(sqlite_store).evidence(2024, "weibo-mz", AFTER)
    found = {
        "year_2024.json": document,
        "year_2024.txt": year_text(json.loads(document), CHINESE),
        "evidence_2024.txt": evidence_text(proof, CHINESE),
    }
    assert found[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_both_databases_give_the_same_document(store: Store) -> None:
    the_year(store)
    document = reporting(store).year(2024, AFTER)
    assert document == (GOLDEN / "year_2024.json").read_text(encoding="utf-8")


# Exactness

EDGES = ["2023-12-31T23:59:59", "2024-01-01T00:00:00", "2024-12-31T23:59:59", "2025-01-01T00:00:00"]


def test_F21_an_imported_year_ends_exactly_at_local_midnight(store: Store) -> None:
    registered(store, REGISTER, BIRTH)
    store.imports.add([imported(moment) for moment in EDGES], [], "x.csv", AFTER)
    assert [posts(store, number)[0] for number in (2023, 2024, 2025)] == [1, 2, 1]


def reading(started_at: datetime, covers_from: datetime, *seen: SeenPost) -> Recorded:
    """A good reading of the Weibo account that covers the time back to *covers_from*."""
    (source,) = MZ_WEIBO.sources
    made = Reading(
        source.id,
        MZ_WEIBO.id,
        source.gateway,
        started_at,
        Outcome.OK,
        as_of=started_at,
        pulse=Pulse.FULL,
        covers_from=covers_from,
    )
    return Recorded(made, seen, SourceMemory(ever_good=True), started_at + DAY)


def seen(moment: str, key: str = "") -> SeenPost:
    return imported(moment, key=key or f"k{moment}").post


def test_F21_a_year_that_was_read_ends_exactly_at_local_midnight(store: Store) -> None:
    registered(store, REGISTER, BIRTH)
    store.readings.record([reading(at("2025-01-02"), at("2023-01-01"), *map(seen, EDGES))])
    found = year(store)["accounts"][0]
    assert (found["posts"], found["complete"], found["gaps"]) == (2, True, [])


def test_F42_a_gap_day_says_not_less_than(store: Store) -> None:
    registered(store, REGISTER, BIRTH)
    store.readings.record(
        [
            reading(at("2024-03-01"), at("2023-01-01"), seen("2024-02-28T10:00")),
            reading(at("2025-01-02"), at("2024-03-02"), seen("2024-12-30T10:00")),
        ]
    )
    found = year(store)["accounts"][0]
    assert found["gaps"] == [
        {
            "from": "2024-03-01T00:00:00+08:00",
            "to": "2024-03-02T00:00:00+08:00",
            "reason": "not_read",
        }
    ]
    assert "不少于2条" in year(store)["sentences"][0]


def test_an_import_closes_a_gap_and_the_evidence_says_which(store: Store) -> None:
    test_F42_a_gap_day_says_not_less_than(store)
    rows = [imported("2024-02-29T10:00"), imported("2024-03-02T10:00")]
    store.imports.add(rows, [], "补.csv", AFTER)
    proof = reporting(store).evidence(2024, "weibo-mz", AFTER)
    assert (proof["complete"], proof["gaps"], proof["posts"]) == (True, [], 4)
    assert proof["closed_gaps"] == [
        {
            "from": "2024-03-01T00:00:00+08:00",
            "to": "2024-03-02T00:00:00+08:00",
            "reason": "not_read",
            "import": 1,
            "file": "补.csv",
            "imported_at": "2025-01-06T09:00:00+08:00",
        }
    ]
    assert "由导入#1（补.csv）补上" in evidence_text(proof, CHINESE)


def test_a_partial_import_closes_nothing(store: Store) -> None:
    test_F42_a_gap_day_says_not_less_than(store)
    rows = [imported("2024-02-29T10:00"), imported("2024-03-02T10:00")]
    store.imports.add(rows, [], "补.csv", AFTER, partial=True)
    found = year(store)["accounts"][0]
    assert (found["posts"], found["complete"]) == (4, False)


def test_F33_a_post_listed_without_its_link_counts_once(store: Store) -> None:
    registered(store, REGISTER, BIRTH)
    row = imported("2024-03-05T10:00", key="title:1@x", url="", title="全市新增12处社区老年食堂")
    store.imports.add([row], [], "x.csv", at("2024-04-01"))
    read = replace(seen("2024-03-05T10:00:20", "weibo:1"), title=row.post.title)
    store.readings.record([reading(at("2024-04-02"), at("2024-03-01"), read)])
    assert (len(store.posts.of_account("weibo-mz")), posts(store)[0]) == (2, 1)


def test_F33_articles_that_a_migration_lists_again_count_once(store: Store) -> None:
    registered(store, REGISTER, BIRTH)

    def listed(number: str, *days: int) -> list[SeenPost]:
        return [
            SeenPost(
                f"wx:{number}/{day}/1",
                f"全市民政工作动态第{day}期",
                "",
                PostKind.ARTICLE,
                at(f"2024-03-{day:02}T10:00"),
            )
            for day in days
        ]

    for moment, found in (
        ("2024-04-02", listed("MzA3", 1, 8, 15)),
        ("2024-06-02", listed("MzI9", 1, 8, 15, 22)),
    ):
        one = reading(at(moment), at("2024-01-01"))
        (source,) = MZ_WECHAT.sources
        about = replace(one.reading, source=source.id, account=MZ_WECHAT.id, gateway="wewe")
        store.readings.record([replace(one, reading=about, posts=tuple(found))])
    assert (len(store.posts.of_account("wechat-mz")), posts(store)[1]) == (7, 4)


def test_reposts_count_as_the_rule_at_the_years_end_had_it(sqlite_store: Store) -> None:
    the_year(sqlite_store)
    strict = register(policies=[replace(POLICY, count_reposts=False)])
    registered(sqlite_store, strict, at("2025-06-01"))
    later = Reporting(sqlite_store, strict, CHINESE)
    then = json.loads(later.year(2024, at("2026-01-05")))["accounts"][0]
    now = json.loads(later.year(2025, at("2026-01-05")))["accounts"][0]
    assert (then["posts"], then["count_reposts"], now["count_reposts"]) == (284, True, False)


def test_a_year_on_year_is_held_against_what_was_frozen_of_the_year_before(
    sqlite_store: Store,
) -> None:
    store = the_year(sqlite_store)
    reporting(store).freeze(2024, AFTER)
    rows = [imported("2025-01-04T09:00"), imported("2025-06-01T09:00")]
    about = {"covers_from": at("2025-01-01"), "covers_until": at("2026-01-02")}
    store.imports.add(rows, [], "2025.csv", at("2026-01-05"), **about)  # type: ignore[arg-type]
    found = year(store, 2025, at("2026-01-05"))["accounts"][0]["year_on_year"]
    assert found == {"before": 284, "change": -282, "growth": -282 / 284, "refused": None}


def test_of_several_counts_of_a_day_the_newest_import_is_believed(sqlite_store: Store) -> None:
    registered(sqlite_store, REGISTER, BIRTH)
    for n in range(1, 12):
        counted = [FollowerCount("wechat-mz", date(2024, 12, 31), 7900 + n)]
        sqlite_store.imports.add([], counted, f"{n}.csv", AFTER)
    proof = reporting(sqlite_store).evidence(2024, "wechat-mz", AFTER)
    assert year(sqlite_store)["accounts"][1]["followers"]["end"] == 7911
    assert proof["counters"]["end"]["origin"] == "import:11"


# What must hold whatever was published and read

MOMENTS = st.datetimes(datetime(2023, 12, 30), datetime(2025, 1, 2)).map(
    lambda local: local.replace(tzinfo=ZONE, microsecond=0)
)
KINDS = st.sampled_from([PostKind.ORIGINAL, PostKind.REPOST])
HISTORIES = st.lists(st.tuples(st.integers(0, 12), MOMENTS, KINDS), max_size=25)
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(history: Sequence[tuple[int, datetime, PostKind]]) -> list[ImportedPost]:
    return [
        ImportedPost("weibo-mz", SeenPost(f"weibo:{key}", "通知", "", kind, moment))
        for key, moment, kind in history
    ]


@pytest.fixture
def fresh(sqlite_template: Path, tmp_path: Path) -> Iterator[Any]:
    """A function that gives a new, empty store."""
    opened: list[Store] = []

    def make() -> Store:
        path = shutil.copyfile(sqlite_template, tmp_path / f"{len(opened)}.db")
        store = open_store(f"sqlite:///{path}", BIRTH)
        opened.append(registered(store, REGISTER, BIRTH))
        return store

    yield make
    for store in opened:
        store.close()


@pytest.mark.long
@SLOW
@given(history=HISTORIES)
def test_F42_months_add_up_and_a_recount_gives_what_is_stored(
    fresh: Any, history: list[tuple[int, datetime, PostKind]]
) -> None:
    store: Store = fresh()
    since = at("2023-01-01")
    store.readings.record(
        [
            reading(at("2025-01-03") + n * DAY / 24, since, row.post)
            for n, row in enumerate(rows_of(history))
        ]
    )
    found = year(store, now=at("2025-02-01"))["accounts"][0]
    proof = reporting(store).evidence(2024, "weibo-mz", at("2025-02-01"))
    assert sum(found["months"]) == found["posts"] == proof["posts"]
    assert sum(len(month["list"]) for month in proof["months"]) == found["posts"]
    assert store.posts.recounted("weibo-mz") == store.posts.of_account("weibo-mz")
    first = {key: min(m for k, m, _ in history if k == key) for key, _, _ in history}
    assert found["posts"] == sum(m.year == 2024 for m in first.values())


@pytest.mark.long
@SLOW
@given(history=HISTORIES, data=st.data())
def test_the_order_of_imports_does_not_matter(
    fresh: Any, history: list[tuple[int, datetime, PostKind]], data: st.DataObject
) -> None:
    rows = list({row.post.key: row for row in rows_of(history)}.values())
    cut = data.draw(st.integers(0, len(rows)))
    files = [part for part in (rows[:cut], rows[cut:], rows[::2]) if part]
    documents = []
    for order in (files, data.draw(st.permutations(files))):
        store: Store = fresh()
        for n, part in enumerate(order):
            store.imports.add(part, [], f"{n}.csv", AFTER)
        documents.append(reporting(store).year(2024, AFTER))
    assert documents[0] == documents[1]


# Agreed silences

AGREED = SilenceException(
    "weibo-mz", "wang", at("2024-02-05T09:00"), at("2024-02-18"), "春节检修", "鞍民〔2024〕3号"
)
ROW = {
    "since": "2024-02-05T09:00:00+08:00",
    "until": "2024-02-18T00:00:00+08:00",
    "reason": "春节检修",
    "document": "鞍民〔2024〕3号",
}
MARK = "（期间已报备：2月5日至17日，春节检修，文号鞍民〔2024〕3号）"


def test_a_lapse_says_what_was_agreed_for_it_and_stays_one(sqlite_store: Store) -> None:
    before = year(the_year(sqlite_store))["accounts"][0]
    for one in (AGREED, replace(AGREED, account="wechat-mz", reason="别的账号")):
        sqlite_store.exceptions.save(one)
    found = year(sqlite_store)
    weibo, _ = found["accounts"]
    assert weibo == before | {"lapses": [before["lapses"][0] | {"exceptions": [ROW]}]}
    (sentence,) = [one for one in found["sentences"] if "未更新" in one]
    assert f"不更新的情况{MARK}。" in sentence
    told = "（期间已报备：2024年2月5日至2024年2月17日，春节检修，文号鞍民〔2024〕3号）"
    assert told in year_text(found, CHINESE)


def test_evidence_lists_every_silence_agreed_in_the_year(sqlite_store: Store) -> None:
    the_year(sqlite_store)
    others = [
        replace(AGREED, since=at("2024-12-20"), until=at("2025-01-03"), document=None),
        replace(AGREED, since=at("2023-05-01"), until=at("2024-01-01"), reason="去年的"),
        replace(AGREED, since=at("2025-01-02"), until=at("2025-01-04"), reason="明年的"),
        replace(AGREED, account="wechat-mz", reason="别的账号"),
    ]
    for one in (AGREED, *others):
        sqlite_store.exceptions.save(one)
    proof = reporting(sqlite_store).evidence(2024, "weibo-mz", AFTER)
    reaching = {
        "since": "2024-12-20T00:00:00+08:00",
        "until": "2025-01-03T00:00:00+08:00",
        "document": None,
    }
    by = {"by": "wang", "by_name": "wang"}
    assert proof["exceptions"] == [ROW | by, ROW | reaching | by]
    told = evidence_text(proof, CHINESE).splitlines()
    start = told.index("已报备的停更：")
    assert told[start + 1 : start + 3] == [
        "  2024年2月5日至2024年2月17日，春节检修，文号鞍民〔2024〕3号（wang登记）",
        "  2024年12月20日至2025年1月2日，春节检修（wang登记）",
    ]


def test_what_was_frozen_without_agreed_silences_is_printed_as_it_was(sqlite_store: Store) -> None:
    """Programs before this one froze lapses and evidence that know nothing of them."""
    the_year(sqlite_store)
    desk = reporting(sqlite_store)
    old = json.loads(desk.year(2024, AFTER))
    del old["accounts"][0]["lapses"][0]["exceptions"]
    proof = desk.evidence(2024, "weibo-mz", AFTER)
    del proof["exceptions"]
    sqlite_store.figures.freeze(frozen(old, {"weibo-mz": proof}, [], AFTER))
    sqlite_store.exceptions.save(AGREED)
    assert not desk.changed(2024, AFTER)
    assert desk.freeze(2024, AFTER).version == 1
    printed = json.loads(desk.year(2024, AFTER))
    assert printed["accounts"] == old["accounts"]
    assert "报备" not in year_text(printed, CHINESE)
    kept = desk.evidence(2024, "weibo-mz", AFTER, version=1)
    assert "报备" not in evidence_text(kept, CHINESE)


# Freezing


def test_F43_a_frozen_year_is_printed_the_same_for_ever(sqlite_store: Store) -> None:
    the_year(sqlite_store)
    before = reporting(sqlite_store)
    made = before.freeze(2024, AFTER)
    assert (made.version, json.loads(made.document)["frozen"]) == (1, True)
    printed = before.year(2024, AFTER)
    assert printed == made.document
    sqlite_store.imports.add([imported("2024-05-05T05:05")], [], "later.csv", AFTER + DAY)
    renamed = register(replace(MZ_WEIBO, name="鞍山民政发布"), MZ_WECHAT)
    assert Reporting(sqlite_store, renamed, CHINESE).year(2024, AFTER + 400 * DAY) == printed
    assert before.freeze(2024, AFTER).document != printed
    assert before.year(2024, AFTER + 400 * DAY, version=1) == printed


def test_F43_a_back_fill_after_freezing_makes_version_2_with_what_changed(store: Store) -> None:
    the_year(store)
    desk = reporting(store)
    desk.freeze(2024, AFTER)
    assert desk.freeze(2024, AFTER + DAY).version == 1
    assert not desk.changed(2024, AFTER + DAY)
    store.imports.add([imported("2024-05-05T05:05")], [], "later.csv", AFTER + DAY)
    assert desk.changed(2024, AFTER + DAY)
    assert year(store)["accounts"][0]["posts"] == 284
    assert year(store, current=True)["accounts"][0]["posts"] == 285
    second = json.loads(desk.freeze(2024, AFTER + DAY).document)
    assert (second["version"], second["total_posts"]) == (2, 533)
    changed = {(c["account"], c["figure"]): (c["was"], c["now"]) for c in second["changes"]}
    assert changed["weibo-mz", "posts"] == (284, 285)
    assert changed[None, "total_posts"] == (532, 533)
    assert "发布量：284→285" in year_text(second, CHINESE)


def test_F43_taking_an_import_back_leaves_the_version_and_its_evidence(store: Store) -> None:
    the_year(store)
    desk = reporting(store)
    first = desk.freeze(2024, AFTER)
    proof = desk.evidence(2024, "weibo-mz", AFTER)
    store.imports.undo(1, AFTER + DAY)
    assert desk.year(2024, AFTER + DAY) == first.document
    assert desk.evidence(2024, "weibo-mz", AFTER + DAY, version=1) == proof
    assert desk.evidence(2024, "weibo-mz", AFTER + DAY)["posts"] == 0
    second = json.loads(desk.freeze(2024, AFTER + DAY).document)
    assert (second["version"], second["total_posts"]) == (2, 0)
    assert desk.year(2024, AFTER + DAY, version=1) == first.document


def test_a_year_that_is_not_over_cannot_be_frozen(sqlite_store: Store) -> None:
    the_year(sqlite_store)
    with pytest.raises(UsageError, match=r"^freeze: 2024 is not over"):
        reporting(sqlite_store).freeze(2024, at("2024-12-31T23:59:59"))
    assert reporting(sqlite_store).freeze(2024, at("2025-01-01")).version == 1


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            "UPDATE snapshots SET document = replace(document, '284', '300')",
            "version 1 of 2024 is not what was frozen: somebody changed the database",
            id="a frozen document",
        ),
        pytest.param(
            "UPDATE posts SET last_seen_at = NULL WHERE id = 1",
            "weibo-mz: the stored posts differ from a recount of what was seen",
            id="a sighting that a frozen year rests on",
        ),
        pytest.param(
            "UPDATE posts SET published_at = 1640995200000000 WHERE id = 9",
            "weibo-mz: the stored posts differ from a recount of what was seen",
            id="a post's date",
        ),
    ],
)
def test_F42_a_database_changed_by_hand_is_noticed(
    sqlite_url: str, statement: str, expected: str
) -> None:
    store = the_year(open_store(sqlite_url, BIRTH))
    reporting(store).freeze(2024, AFTER)
    store.close()
    by_hand = create_engine(sqlite_url)
    with by_hand.begin() as connection:
        connection.execute(text(statement))
    by_hand.dispose()
    changed = open_store(sqlite_url, BIRTH)
    with pytest.raises(StoreError, match=f"^{expected}"):
        reporting(changed).freeze(2024, AFTER)
    changed.close()


# Beside other numbers


def test_the_year_2024_beside_the_counter_the_export_and_what_was_published(
    sqlite_store: Store,
) -> None:
    the_year(sqlite_store)
    desk = reporting(sqlite_store)
    desk.declare(2024, "weibo-mz", "posts", 284, "2024年度报告", AFTER)
    desk.declare(2024, "wechat-mz", "posts", 107, "网站工作年度报表", AFTER)
    weibo, wechat = desk.reconciled(2024, AFTER)
    assert [(line["against"], line["ours"], line["theirs"]) for line in weibo["lines"]] == [
        ("counter", 284, 284),
        ("export", 284, 284),
        ("declared", 284, 284),
    ]
    assert (weibo["explained"], wechat["explained"]) == (True, True)
    assert wechat["lines"][-1]["differences"] == [{"cause": "sends", "posts": -141}]
    shown = reconciled_text([weibo, wechat], CHINESE)
    assert "对外公布（网站工作年度报表）107；按群发次数而非篇数计-141" in shown


def known_day(store: Store, on: str, articles: int, pushes: int = 1) -> None:
    count = DayCount(date.fromisoformat(on), articles, articles, pushes)
    store.days.keep("wechat-mz", count, "wechat-mz@own", AFTER)


def test_the_year_2024_beside_the_statistics_names_the_days_that_differ(
    sqlite_store: Store,
) -> None:
    the_year(sqlite_store)
    wechat = [p.published_at for p in sqlite_store.posts.of_account("wechat-mz")]
    ours = Multiset(moment.astimezone(ZONE).date().isoformat() for moment in wechat)
    same = [on for on in ours if on.startswith("2024-03")]
    for on in same:
        known_day(sqlite_store, on, ours[on])
    (_, found) = reporting(sqlite_store).reconciled(2024, AFTER)
    line = found["lines"][0]
    assert (line["against"], line["figure"], line["explained"]) == ("statistics", "articles", True)
    assert (line["ours"], line["known_days"]) == (line["theirs"], len(same))
    assert f"按已有统计的{len(same)}天逐日比对，每天一致" in reconciled_text([found], CHINESE)
    quiet = [f"2024-02-{n:02}" for n in range(1, 29) if not ours[f"2024-02-{n:02}"]][:12]
    for on in quiet:
        known_day(sqlite_store, on, 2)
    (_, found) = reporting(sqlite_store).reconciled(2024, AFTER)
    line = found["lines"][0]
    assert [(d["day"], d["ours"], d["theirs"]) for d in line["differing_days"]] == [
        (on, 0, 2) for on in quiet
    ]
    assert line["differences"] == [{"cause": "unexplained", "posts": 2 * len(quiet)}]
    shown = reconciled_text([found], CHINESE)
    first = date.fromisoformat(quiet[0])
    assert f"请核对：{first.month}月{first.day}日（台账0，平台2）、" in shown
    assert f"、另有{len(quiet) - 10}天\n" in shown


LISTED = {
    "from": "2024-06-05T00:00:00+08:00",
    "to": "2024-06-06T00:00:00+08:00",
    "reason": "listed",
}


def a_year_read_with_a_day_that_lacks(store: Store) -> Reporting:
    """The WeChat account's year was read through, and of 5 June two articles are listed."""
    registered(store, REGISTER, BIRTH)
    seen = [imported(f"2024-06-{n:02}T10:00", "wechat-mz").post for n in (4, 5, 6)]
    made = reading(at("2025-01-02"), at("2023-01-01"), *seen)
    of_wechat = replace(made.reading, source="wechat-mz@wewe", account="wechat-mz", gateway="wewe")
    store.readings.record([replace(made, reading=of_wechat)])
    for on in ("2024-06-04", "2024-06-06"):
        known_day(store, on, 1)
    known_day(store, "2024-06-05", 2)
    return reporting(store)


def test_a_day_of_which_more_is_listed_makes_the_number_a_lower_bound(sqlite_store: Store) -> None:
    desk = a_year_read_with_a_day_that_lacks(sqlite_store)
    found = year(sqlite_store)
    _, wechat = found["accounts"]
    assert (wechat["posts"], wechat["complete"], wechat["gaps"]) == (3, False, [LISTED])
    assert "不少于3条" in found["sentences"][0]
    told = "    2024年6月5日（周三）00:00至2024年6月6日（周四）00:00：平台统计多于台账"
    assert told in year_text(found, CHINESE)
    proof = desk.evidence(2024, "wechat-mz", AFTER)
    assert proof["gaps"] == [LISTED]
    assert [(one["from"][:10], one["to"][:10]) for one in proof["vouched"]] == [
        ("2024-01-01", "2024-06-05"),
        ("2024-06-06", "2025-01-01"),
    ]
    (line, *_) = desk.reconciled(2024, AFTER)[1]["lines"]
    assert line["differences"] == [{"cause": "unexplained", "posts": 1}]


@pytest.mark.parametrize(
    ("rows", "how"),
    [
        pytest.param(["2024-06-05T16:00"], {"partial": True}, id="it brings the article"),
        pytest.param(
            ["2024-06-05T10:00"],
            {"covers_from": at("2024-06-05"), "covers_until": at("2024-06-06")},
            id="it was exported for the day",
        ),
    ],
)
def test_an_import_closes_a_day_of_which_more_is_listed(
    sqlite_store: Store, rows: list[str], how: dict[str, Any]
) -> None:
    a_year_read_with_a_day_that_lacks(sqlite_store)
    known = [imported(moment, "wechat-mz") for moment in rows]
    sqlite_store.imports.add(known, [], "补.csv", AFTER, **how)
    _, wechat = year(sqlite_store)["accounts"]
    assert (wechat["complete"], wechat["gaps"]) == (True, [])


# What shows only a part

OWN = Gateway("own", "wechat_api", "https://api.weixin.qq.com")
HALF = SourceSpec("wechat-mz@own", "wechat-mz", "own", "", rank=1)
BOTH = replace(MZ_WECHAT, sources=(*MZ_WECHAT.sources, HALF))


def of_wechat(spec: SourceSpec, at_: datetime, covers_from: datetime, pulse: Pulse) -> Recorded:
    made = reading(at_, covers_from)
    about = {"source": spec.id, "account": spec.account, "gateway": spec.gateway, "pulse": pulse}
    return replace(made, reading=replace(made.reading, **about))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pulse", "gaps"),
    [
        pytest.param(
            Pulse.WEAK,
            [
                {
                    "from": "2024-03-01T00:00:00+08:00",
                    "to": "2024-05-01T00:00:00+08:00",
                    "reason": "half_seen",
                }
            ],
            id="a list without mass-sends",
        ),
        pytest.param(Pulse.FULL, [], id="a list that the operator trusts to be whole"),
    ],
)
def test_a_reading_of_part_of_an_account_closes_no_gap(
    sqlite_store: Store, pulse: Pulse, gaps: list[dict[str, str]]
) -> None:
    known = register(BOTH)
    known = replace(known, gateways={**known.gateways, OWN.id: OWN})
    registered(sqlite_store, known, BIRTH)
    sqlite_store.readings.record(
        [
            of_wechat(BOTH.sources[0], at("2024-03-01"), at("2023-01-01"), Pulse.FULL),
            of_wechat(HALF, at("2024-04-01"), at("2023-01-01"), pulse),
            of_wechat(HALF, at("2025-01-03"), at("2024-04-01"), pulse),
            of_wechat(BOTH.sources[0], at("2025-01-02"), at("2024-05-01"), Pulse.FULL),
        ]
    )
    desk = Reporting(sqlite_store, known, CHINESE)
    (found,) = json.loads(desk.year(2024, AFTER))["accounts"]
    assert (found["complete"], found["gaps"]) == (not gaps, gaps)
    told = evidence_text(desk.evidence(2024, "wechat-mz", AFTER), CHINESE)
    assert ("仅经不列群发的接口读取" in told) is bool(gaps)


def test_without_anything_to_compare_with_it_says_so(sqlite_store: Store) -> None:
    registered(sqlite_store, REGISTER, BIRTH)
    found = reporting(sqlite_store).reconciled(2024, AFTER)
    assert [one["lines"] for one in found] == [[], []]
    assert "没有平台计数" in reconciled_text(found, CHINESE)


# Wrong questions


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(
            lambda desk: desk.year(2026, AFTER),
            "2026 is no year there can be figures of; expected 2000 to 2025",
            id="a year to come",
        ),
        pytest.param(
            lambda desk: desk.year(2024, AFTER, version=3),
            "version 3: frozen versions of 2024 are: none; see freeze",
            id="a version that was never made",
        ),
        pytest.param(
            lambda desk: desk.evidence(2024, "weibo-mx", AFTER),
            'accounts.toml: "weibo-mx" is no account; did you mean "weibo-mz"? (one of: '
            "wechat-mz, weibo-mz)",
            id="an account that is none",
        ),
        pytest.param(
            lambda desk: desk.declare(2024, "weibo-mz", "post", 1, "x", AFTER),
            '"post" is no figure; did you mean "posts"? (one of: articles, followers_end, '
            "followers_start, originals, posts, pushes, reposts)",
            id="a figure that is none",
        ),
        pytest.param(
            lambda desk: desk.declare(2024, "weibo-mz", "posts", 1, " ", AFTER),
            "source is empty; it says where the figure was published",
            id="published nowhere",
        ),
        pytest.param(
            lambda desk: desk.declare(2024, "weibo-mz", "posts", -1, "x", AFTER),
            "-1 is below zero",
            id="below zero",
        ),
    ],
)
def test_a_question_that_cannot_be_answered(sqlite_store: Store, ask: Any, expected: str) -> None:
    registered(sqlite_store, REGISTER, BIRTH)
    with pytest.raises(UsageError) as refused:
        ask(reporting(sqlite_store))
    assert str(refused.value) == expected


def test_undated_posts_are_listed_apart_in_the_evidence(sqlite_store: Store) -> None:
    registered(sqlite_store, REGISTER, BIRTH)
    undated = replace(seen("2024-02-01T10:00"), stated_at=None)
    one = reading(at("2024-03-01"), at("2023-01-01"), undated)
    sqlite_store.readings.record([replace(one, first=True)])
    assert sqlite_store.posts.of_account("weibo-mz")[0].dating is Dating.UNKNOWN
    proof = reporting(sqlite_store).evidence(2024, "weibo-mz", AFTER)
    assert (proof["posts"], len(proof["undated"]), proof["complete"]) == (0, 1, False)
