"""Whatever one account does, the others are read, judged and notified as if it were not there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.faults.passes import Passes
from tests.polling.loopback import Answer, RssHub, feed
from tests.rule_values import DAY, HOUR, POSTED, at

SILENT, ILL = "5600000001", "5600000009"
OTHERS = (SILENT, "5600000002")
START = at("03-12 09:00")


def dated(*ages: timedelta) -> Answer:
    """Return a feed of the ill account with posts of these ages."""
    return 200, feed(ILL, START, *ages), {}


POISONS: dict[str, Answer] = {
    "an error of the server": (500, b"oops", {}),
    "too many requests without an hour": (429, b"", {}),
    "nothing at all": (200, b"", {}),
    "a page instead of a feed": (200, b"<html><title>login</title></html>", {}),
    "a feed that is cut off": (200, dated(DAY)[1][:200], {}),
    "bytes of no encoding": (200, b"\xff\xfe\x00<rss", {}),
    "an entity that swells": (
        200,
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss>&b;</rss>',
        {},
    ),
    "another account": (200, feed("5600000777", START, DAY), {}),
    "an empty window": dated(),
    "posts of the year 9000": dated(timedelta(days=-2_500_000)),
    "a post before the epoch": dated(timedelta(days=20_000)),
    "a redirect to nowhere": (302, b"", {"Location": "http://127.0.0.1:9/"}),
    "a redirect to itself": (302, b"", {"Location": f"/weibo/user/{ILL}"}),
    "a feed as JSON": (200, b'{"items": null}', {}),
    "a header that is no date": (200, dated(DAY)[1], {"Last-Modified": "yesterday"}),
}


# What a gateway answers to whatever it is asked.
GATEWAYS: dict[str, Answer] = {
    "a gateway that is down": (502, b"bad gateway", {}),
    "a gateway that asks for rest": (429, b"", {"Retry-After": "86400"}),
    "a gateway that asks for rest in words": (429, b"", {"Retry-After": "soon"}),
    "a gateway that wants a login": (401, b"<html>login</html>", {}),
    "a gateway that shows nothing of anybody": dated(),
    "a gateway that shows one account for all": (200, feed("5600000777", START, DAY), {}),
}


def followed(
    store: Store, poison: Answer | None, gateway: str = "rsshub"
) -> tuple[object, object, object]:
    """Return what becomes of the others in two days in which a rung falls due: verdicts, messages,
    and when they were read well last. The ill account is behind *gateway*."""
    uids = [*OTHERS, ILL] if poison and gateway == "rsshub" else list(OTHERS)
    told = Passes(store, [POSTED - n * DAY for n in reversed(range(8))], START)
    told.poison = {ILL: poison} if poison else {}
    with told.hub, RssHub(told.answer) as other:
        told.open(uids, START, **({} if gateway == "rsshub" else {gateway: (other, ILL)}))
        for hour in range(0, 34, 3):
            told.tick(START + hour * HOUR)
        verdicts = told.verdicts()
        told.world.close()
    read = {s.spec.account: s.last_good_at for s in store.sources.states().values()}
    return (
        {uid: verdicts[uid] for uid in OTHERS},
        sorted(
            (s.at, s.notice.subject, str(s.notice.occasion), s.notice.person)
            for s in told.sent
            if s.notice.subject in OTHERS
        ),
        {uid: read[uid] for uid in OTHERS},
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> object:
    """What becomes of the others where no third account is there."""
    folder = tmp_path_factory.mktemp("undisturbed")
    store = open_store(f"sqlite:///{folder}/freshness.db", START)
    try:
        return followed(store, None)
    finally:
        store.close()


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_what_one_account_does_changes_nothing_of_the_others(
    sqlite_store: Store, undisturbed: object, poison: Answer
) -> None:
    assert followed(sqlite_store, poison) == undisturbed


@pytest.mark.parametrize("poison", GATEWAYS.values(), ids=GATEWAYS)
def test_what_one_gateway_does_changes_nothing_behind_the_others(
    sqlite_store: Store, undisturbed: object, poison: Answer
) -> None:
    assert followed(sqlite_store, poison, "elsewhere") == undisturbed


def test_the_others_are_notified_of_a_rung_in_that_time(
    undisturbed: tuple[object, list[object], object],
) -> None:
    assert len(undisturbed[1]) == 2
