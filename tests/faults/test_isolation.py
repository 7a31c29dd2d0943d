"""Whatever one account, gateway or channel does, the others are read, judged and notified as if it
were not there."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.channels import registry
from alerts.channels.base import Channel
from alerts.delivery.outbox import Hold
from alerts.delivery.senders import Senders
from alerts.delivery.sending import Report, drain
from alerts.message import Message
from alerts.model import ChannelSettings, Reach
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.alerts.channels.servers import KEY, Given, Raw, Web, silent
from tests.alerts.delivery.test_sending import WORDS, Heard, Line, always
from tests.faults.passes import Passes
from tests.faults.test_f84_damaged_rows import ROWS as OF_ACCOUNTS
from tests.faults.test_f84_damaged_rows import damage
from tests.polling.loopback import Answer, RssHub, feed
from tests.rule_values import DAY, HOURS, PEOPLE, POSTED, at
from tests.waiting import until

SILENT, ILL = "5600000001", "5600000009"
OTHERS = (SILENT, "5600000002")
START = at("03-12 09:00")
POSTINGS = [POSTED - n * DAY for n in reversed(range(8))]


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


# A rung falls due on the 13th at nine. All is well up to the night before.
WELL = tuple(map(at, ("03-12 09:00", "03-12 15:00", "03-12 21:00")))
ILL_FROM = tuple(map(at, ("03-13 03:00", "03-13 09:00", "03-13 12:00")))
ROWS = {
    name: OF_ACCOUNTS[name]
    for name in (
        "a memory that is no JSON",
        "a post of the year nought",
        "a reading of an outcome that is none",
    )
}
Course = tuple[object, "Calls", object]  # verdicts, messages, and when they were read well last


def followed(
    store: Store,
    moments: Sequence[datetime],
    ill: Collection[str] = (),
    poison: Answer | None = None,
) -> Course:
    """Go on with *store*, and return what becomes of the others in passes at *moments*. *ill*: the
    gateway of the ill account, if it is there."""
    told = Passes(store, list(POSTINGS), START)
    told.poison = {ILL: poison} if poison else {}
    with told.hub, RssHub(told.answer) as other:
        uids = [*OTHERS, ILL] if "rsshub" in ill else list(OTHERS)
        told.open(uids, START, **({"elsewhere": (other, ILL)} if "elsewhere" in ill else {}))
        for moment in moments:
            told.tick(moment)
        verdicts = told.verdicts()
        told.world.close()
        read = {s.spec.account: s.last_good_at for s in told.store.sources.states().values()}
    return (
        {uid: verdicts[uid] for uid in OTHERS},
        sorted(
            (s.at, s.notice.subject, str(s.notice.occasion), s.notice.person)
            for s in told.sent
            if s.notice.subject in OTHERS
        ),
        {uid: read[uid] for uid in OTHERS},
    )


class World:
    """One store, which is taken back for each poison to where all is well: the night before the
    rung, with the ill account behind the others' gateway, behind one of its own, or without it."""

    def __init__(self, folder: Path) -> None:
        self.file, self._well = folder / "freshness.db", dict[str, Path]()
        self.store = open_store(f"sqlite:///{self.file}", START)
        self._empty = self._kept("empty")

    def well(self, ill: str) -> Store:
        """Return the store in that night."""
        if ill not in self._well:
            self._copy(self._empty, self.file)
            followed(self.store, WELL, (ill,))
            self._well[ill] = self._kept(ill or "alone")
        self._copy(self._well[ill], self.file)
        return self.store

    def _kept(self, name: str) -> Path:
        copy = self.file.with_name(f"{name}.db")
        self._copy(self.file, copy)
        return copy

    def _copy(self, source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def undisturbed(world: World) -> Course:
    """What becomes of the others where no third account is there."""
    return followed(world.well(""), ILL_FROM)


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_what_one_account_does_changes_nothing_of_the_others(
    world: World, undisturbed: Course, poison: Answer
) -> None:
    assert followed(world.well("rsshub"), ILL_FROM, ("rsshub",), poison) == undisturbed


@pytest.mark.parametrize("poison", GATEWAYS.values(), ids=GATEWAYS)
def test_what_one_gateway_does_changes_nothing_behind_the_others(
    world: World, undisturbed: Course, poison: Answer
) -> None:
    assert followed(world.well("elsewhere"), ILL_FROM, ("elsewhere",), poison) == undisturbed


@pytest.mark.parametrize("statement", ROWS.values(), ids=ROWS)
def test_what_is_damaged_of_one_account_changes_nothing_of_the_others(
    world: World, undisturbed: Course, statement: str
) -> None:
    store = world.well("rsshub")
    damage(world.file, statement)
    assert followed(store, ILL_FROM, ("rsshub",)) == undisturbed


def test_the_others_are_notified_of_a_rung_in_that_time(
    undisturbed: Course,
) -> None:
    assert len(undisturbed[1]) == 2


Calls = list[tuple[datetime, str, str, str]]  # when, about which account, what, and to whom


class Channelled(Passes):
    """Passes that send by channels: the custodian is reached by *ill* first, nobody else is."""

    def __init__(self, store: Store, ill: Channel) -> None:
        super().__init__(store, POSTINGS, CALLED[0])
        ways = (Reach("ill", "zhang"), *PEOPLE["zhang"].reach)
        self.people = {**PEOPLE, "zhang": replace(PEOPLE["zhang"], reach=ways)}
        self.channels: dict[str, Channel] = {"ill": ill, "wecom": Line(self.took), "mail": Line()}
        self.senders = Senders(0.01)
        self.took_by_others: Calls = []

    def took(self, message: Message) -> None:
        """Keep what somebody other than the custodian was sent about the accounts, and when."""
        self.took_by_others += [
            (self.true, n.subject, str(n.occasion), n.person)
            for n in message.notices
            if n.subject in OTHERS and n.person != "zhang"
        ]

    def deliver(self, now: datetime, hold: Hold | None) -> Report:
        settings = (self.store.outbox, self.channels, self.people, WORDS, HOURS, now, Heard())
        report = drain(*settings, hold=hold, senders=self.senders)
        until(lambda: self.senders.sent([]) is not None and self.senders.busy <= {"ill"})
        return report


def robot(port: int) -> Channel:
    """Return a robot of WeCom whose service is on loopback."""
    url = f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key={KEY}"
    return registry.build(ChannelSettings("ill", "wecom", {"url": url}), io.StringIO())


def answering(given: Given) -> Callable[[ExitStack], Channel]:
    """Return what makes a robot whose service answers so."""
    return lambda stack: robot(stack.enter_context(closing(Web(lambda _: given))).port)


def behaving(behave: Callable[..., None]) -> Callable[[ExitStack], Channel]:
    """Return what makes a robot whose service has such manners."""
    return lambda stack: robot(stack.enter_context(closing(Raw(behave))).port)


CHANNELS: dict[str, Callable[[ExitStack], Channel]] = {
    "a channel that raises what it must not": lambda _: Line(always(RuntimeError("oops"))),
    "a channel that never answers": behaving(silent),
    "a channel that answers with a page": answering(Given(200, b"<html>login</html>")),
    "a channel that answers with no text": answering(Given(200, b"\xff\xfe\x00{")),
}
# Two rungs on one morning, the last chance and the limit: each is told to several people.
CALLED = tuple(map(at, ("03-18 09:05", "03-19 09:05", "03-20 10:05")))


def called(store: Store, make: Callable[[ExitStack], Channel]) -> Calls:
    """Return what others than the custodian, whose channel is so made, are sent."""
    with ExitStack() as stack:
        ill = make(stack)
        told = Channelled(store, ill)
        stack.callback(told.senders.close)
        stack.enter_context(closing(ill))
        with told.hub:
            told.open(list(OTHERS), CALLED[0])
            for moment in CALLED:
                told.tick(moment)
            told.world.close()
    return sorted(told.took_by_others)


@pytest.fixture(scope="module")
def unhindered(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    """What is sent where every channel is well."""
    folder = tmp_path_factory.mktemp("unhindered")
    with closing(open_store(f"sqlite:///{folder}/freshness.db", CALLED[0])) as store:
        return called(store, lambda _: Line())


@pytest.mark.parametrize("make", CHANNELS.values(), ids=CHANNELS)
def test_what_one_channel_does_changes_nothing_of_what_the_others_send(
    sqlite_store: Store, unhindered: Calls, make: Callable[[ExitStack], Channel]
) -> None:
    assert called(sqlite_store, make) == unhindered


def test_the_others_are_called_on_three_days(
    unhindered: Calls,
) -> None:
    assert {when for when, *_ in unhindered} == set(CALLED)
    assert {person for *_, person in unhindered} == {"li", "wang"}
