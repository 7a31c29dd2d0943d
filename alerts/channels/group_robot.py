"""What the three group robots share: an allowance, a length, and a verdict in the reply's body.

All three answer HTTP 200 to what they refuse. Pure but for the request itself; each robot's
file holds its own format, limits and codes.
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

from alerts.channels.kind import Kind, Make, Options
from alerts.channels.pool import pooled
from alerts.channels.refusals import meaning, why_of
from alerts.channels.replies import ServiceReply, UnixTime, refusal, url_problem
from alerts.common.deadline import USUAL, Limits
from alerts.message import DeliveryError, Failure, Why
from alerts.model import ChannelSettings
from alerts.told import Detail, Told, coded

if TYPE_CHECKING:
    from alerts.channels.http import Http

MOBILE = re.compile(r"\+?\d{11,14}")
EVERYBODY = frozenset({"all", "@all"})
SEPARATORS = re.compile(r"[,，;；\s]+")
URL = re.compile(r"(https?://[^\s<>()\[\]（）「」”，。；、]+)")
# What two of the vendors' markdown takes for itself, and its like that means nothing there. An
# underscore within a word is no emphasis; a bracket matters only where a link follows.
ALIKE = str.maketrans("<*`~", "＜＊｀～")
LINKING = re.compile(r"\](?=\()")
EMPHASIS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
LEADING = re.compile(r"^(\s*)([#>])", re.M)
WIDE = {"#": "＃", ">": "＞"}

Monotonic = Callable[[], float]
Rates = tuple[tuple[int, float], ...]


class Allowance:
    """How often one robot may speak; asked before each message, it never sleeps.

    *rates* are (messages, seconds) pairs that all must hold. A robot that oversteps its
    vendor's rate is shut up for minutes, so the rates are kept a little below it.
    """

    def __init__(self, rates: Rates, monotonic: Monotonic = time.monotonic) -> None:
        self._rates = rates
        self._monotonic = monotonic
        self._sent: deque[float] = deque(maxlen=max(count for count, _ in rates))
        self._shut_until = float("-inf")
        self._lock = Lock()

    def take(self) -> timedelta | None:
        """Use up one message and return None, or return how long to wait for the next one."""
        with self._lock:
            now = self._monotonic()
            wait = max(self._shut_until - now, *(self._busy(*rate, now) for rate in self._rates))
            if wait > 0:
                return timedelta(seconds=wait)
            self._sent.append(now)
            return None

    def shut(self, wait: timedelta) -> None:
        """Refuse everything for *wait* from now on: the vendor does."""
        with self._lock:
            self._shut_until = self._monotonic() + wait.total_seconds()

    def _busy(self, count: int, seconds: float, now: float) -> float:
        """Return the seconds until the *count*-th newest message is *seconds* old."""
        if len(self._sent) < count:
            return 0.0
        return self._sent[-count] + seconds - now


@dataclass(frozen=True, slots=True)
class Codes:
    """How a vendor says yes and no. Codes not listed are LATER: better twice than never."""

    code: str  # the body's field that holds the code
    words: str
    meanings: Mapping[int, Failure]
    too_often: frozenset[int]
    shut: timedelta  # how long the vendor stays deaf once it was spoken to too often
    explanations: Mapping[int, str] = field(default_factory=dict)


class Robot:
    """One group robot's line to its vendor."""

    def __init__(self, http: Http, url: str, codes: Codes, allowance: Allowance) -> None:
        self._http = http
        self._url = url
        self._codes = codes
        self._allowance = allowance

    def post(self, body: Mapping[str, Any], query: str = "") -> None:
        """Send *body*. Raises `DeliveryError` unless the reply's own code says that it went."""
        if (wait := self._allowance.take()) is not None:
            spent = Detail("this robot's allowance is used up", Why.OFTEN)
            raise DeliveryError(Failure.LATER, spent, wait)
        reply = self._http.post(self._url + query, payload(body))
        error = verdict(reply, self._codes, self._http.line)
        if error is None:
            return
        if error.wait is not None and error.failure is Failure.LATER:
            self._allowance.shut(error.wait)
        raise error

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self._http.close()


class GroupRobot:
    """A channel that is one group robot. Safe to call from several threads.

    Each vendor's own adds what it sends; a *secret*, where its requests can be signed, never
    leaves this machine.
    """

    quiet = True
    inbound = False
    codes: ClassVar[Codes]
    rates: ClassVar[Rates]

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        monotonic: Monotonic = time.monotonic,
        unix_time: UnixTime = time.time,
    ) -> None:
        url, self.secret = settings.options["url"], settings.options.get("secret", "")
        self.unix_time = unix_time
        self.plain = settings.options.get("plain") == "true"
        http = pooled([url], [self.secret], limits)
        self.robot = Robot(http, url, self.codes, Allowance(self.rates, monotonic))

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self.robot.close()


def kind(
    make: Make,
    address: str,
    problems: Callable[[Options], dict[str, str]],
    more: frozenset[str] = frozenset(),
) -> Kind:
    """Return the kind of a robot whose address, and secret if it has one, are its settings;
    *more*: further keys it may have."""
    return Kind(
        make,
        required=frozenset({"url"}),
        optional=frozenset({"secret"}) | more,
        secrets=frozenset({"url", "secret"}),
        address=address,
        address_problem=mentions_problem,
        problems=problems,
    )


def url_problems(options: Options, parameter: str = "") -> dict[str, str]:
    """Return what is wrong with a robot's `url`, under that key; empty if nothing is.
    *parameter*: the part of the query without which the address is not whole."""
    url = options.get("url", "")
    wrong = url_problem(url)
    if wrong is None and parameter and "?" not in url:
        wrong = Told("expected the robot's whole address, with `?{part}`", part=parameter)
    return {"url": wrong} if wrong else {}


def verdict(reply: ServiceReply, codes: Codes, line: Callable[[str], str]) -> DeliveryError | None:
    """Return what *reply* says: None only for a 2xx whose body carries the code 0."""
    said = read(reply.body)
    code = _whole(said.get(codes.code))
    status = refusal(reply)
    if code is None:
        return _unreadable(status)
    if code == 0:
        return _unreadable(status) if status else None
    detail = line(_detail(code, said.get(codes.words), codes.explanations.get(code)))
    if code in codes.too_often:
        often = Detail(detail, Why.OFTEN)
        return DeliveryError(Failure.LATER, often, reply.retry_after or codes.shut)
    words = str(said.get(codes.words) or "")
    failure = meaning(code, words, codes.meanings)
    return DeliveryError(failure, coded(detail, why_of(words)), reply.retry_after)


def mentioned(address: str) -> tuple[str, ...]:
    """Return whom *address* names, in order: ids and numbers apart by commas or spaces."""
    return tuple(dict.fromkeys(filter(None, SEPARATORS.split(address.strip()))))


def mentions_problem(address: str) -> str | None:
    """Return what is wrong with *address* as a list of whom to mention, or None."""
    if any(not re.fullmatch(r"[\w@.+\-|]+", name) for name in mentioned(address)):
        return Told('expected whom to mention: ids or phone numbers, "all", or "" for nobody')
    return None


def unmarked(text: str) -> str:
    """Return *text* so that markdown takes nothing of it for markup: a title may hold a picture's
    address or a 「*」. Web addresses stay as they are."""
    pieces = URL.split(text)
    escaped = "".join(piece if i % 2 else _unmarked(piece) for i, piece in enumerate(pieces))
    return LEADING.sub(lambda found: found[1] + WIDE[found[2]], escaped)


def _unmarked(piece: str) -> str:
    return EMPHASIS.sub("＿", LINKING.sub("］", piece.translate(ALIKE)))


def cut(text: str, most: int, size: Callable[[str], int], ending: str) -> str:
    """Return *text*, or as much of its start as measures at most *most* with *ending*, which says
    that it is cut.

    Cut at a character's border, at a line's where one is near.
    """
    if size(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle] + ending) <= most else (low, middle - 1)
    kept = text[:low]
    border = kept.rfind("\n")
    return (kept[: border + 1] if border > low * 0.8 else kept) + ending


def octets(text: str) -> int:
    """Return the length of *text* in bytes of UTF-8."""
    return len(text.encode())


def payload(body: Mapping[str, Any]) -> bytes:
    """Return *body* as the bytes that are sent; Chinese stays three bytes a character."""
    return json.dumps(body, ensure_ascii=False).encode()


def read(body: bytes) -> dict[str, Any]:
    """Return the object in JSON that *body* is; an empty one for anything else."""
    try:
        said = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _whole(code: object) -> int | None:
    try:
        return int(code) if isinstance(code, int | str) else None
    except ValueError:
        return None


def _detail(code: int, words: object, explanation: str | None) -> str:
    said = f"code {code}: {words or 'no reason given'}"
    return f"{said} – {explanation}" if explanation else said


def _unreadable(status: DeliveryError | None) -> DeliveryError:
    if status is None:
        detail = Detail("the answer does not say whether it was accepted", Why.UNCLEAR)
        return DeliveryError(Failure.LATER, detail, doubtful=True)
    if status.failure is Failure.ADDRESS:
        # The robot lives at this address: if it is gone, nobody can be reached through it.
        return DeliveryError(Failure.CHANNEL, status.detail, status.wait)
    return status
