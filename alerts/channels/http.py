"""Web requests of the channels: never redirected, and silent about addresses.

Decides which failed exchanges are worth another try, never what an answer's body means.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from alerts.channels.replies import ServiceReply, UnixTime
from alerts.common.deadline import USUAL, ClosedError, Deadline, Deadlines, Limits, in_seconds
from alerts.common.http import LOGGERS, NO_ADDRESS, Call, Connections, ExchangeError
from alerts.common.redaction import Redactor, keys_of
from alerts.common.retry_after import retry_after
from alerts.message import DeliveryError, Failure, Why
from alerts.told import Detail, coded

LONGEST_RETRY_AFTER = timedelta(hours=6)
JSON = "application/json; charset=utf-8"


class Http:
    """One channel's pooled connections. Safe to call from several threads.

    *secrets* and the keys in *urls* appear in no error and no log. *unix_time* is the real
    clock even where a pass is driven by another one: it is the server's clock it speaks to.
    """

    def __init__(
        self,
        urls: Iterable[str],
        secrets: Iterable[str] = (),
        limits: Limits = USUAL,
        unix_time: UnixTime = time.time,
    ) -> None:
        self._limits = limits
        self._unix_time = unix_time
        self._deadlines = Deadlines()
        self._redactor = Redactor([*secrets, *(key for url in urls for key in keys_of(url))])
        self._redactor.hush(*LOGGERS)
        self._connections = Connections(limits)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> ServiceReply:
        """Return the answer to a POST of JSON bytes. Raises `DeliveryError` if there is none."""
        return self._asked(Call("POST", url, {"Content-Type": JSON, **(headers or {})}, body))

    def get(self, url: str) -> ServiceReply:
        """Return the answer to a GET. Raises `DeliveryError` if there is none."""
        return self._asked(Call("GET", url))

    def line(self, text: str) -> str:
        """Return *text*, a service's own words, on one line and without this channel's secrets."""
        return self._redactor.line(text)

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self._deadlines.close()
        self._connections.close()
        self._redactor.release()

    def _asked(self, call: Call) -> ServiceReply:
        try:
            with self._deadlines.within(self._limits.deadline) as deadline:
                return self._answered(call, deadline)
        except ClosedError as error:
            raise DeliveryError(Failure.LATER, str(error)) from None

    def _answered(self, call: Call, deadline: Deadline) -> ServiceReply:
        try:
            found = self._connections.exchange(call, deadline)
        except ExchangeError as error:
            if error.unaddressable:
                raise DeliveryError(Failure.CHANNEL, NO_ADDRESS) from None
            reason = coded(error.reason, error.reason, Detail("", Why.CUT_OFF))
            raise self._failed(reason, deadline) from None
        if deadline.passed:
            late = f"no answer within {in_seconds(self._limits.deadline)}"
            raise self._failed(Detail(late, Why.SLOW), deadline)
        now = datetime.fromtimestamp(self._unix_time(), UTC)
        asked = retry_after(found.headers.get("Retry-After"), LONGEST_RETRY_AFTER, now)
        return ServiceReply(found.status, found.body, asked)

    def _failed(self, reason: str, deadline: Deadline) -> DeliveryError:
        return DeliveryError(Failure.LATER, self.line(reason), doubtful=deadline.asked)
