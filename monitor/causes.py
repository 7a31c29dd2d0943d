"""Why a reading failed: the codes by which people are told of it, and of what to do."""

from __future__ import annotations

from enum import StrEnum

from alerts.told import Cut, Detail


class Cause(StrEnum):
    """Why a reading failed, nearer than its outcome says."""

    COOKIE = "cookie"
    LIMITED = "limited"
    NUMBER = "number"
    OLD_COPY = "old_copy"
    NO_CANARY = "no_canary"
    CANARY = "canary"
    UNLISTED = "unlisted"
    UNSYNCED = "unsynced"
    WECHAT_LOGIN = "wechat_login"
    RISK = "risk"
    TICKET = "ticket"
    WITHDRAWN = "withdrawn"
    WHITELIST = "whitelist"
    PERMISSION = "permission"
    TOKEN = "token"
    QUOTA = "quota"
    BUSY = "busy"
    PRIVATE = "private"
    MOVED = "moved"
    LOGIN_PAGE = "login_page"
    SHAPE = "shape"
    CUT_OFF = Cut.CUT_OFF.value
    HOST = Cut.HOST.value
    NOT_RUNNING = Cut.NOT_RUNNING.value
    SLOW = Cut.SLOW.value
    CERTIFICATE = Cut.CERTIFICATE.value
    KEY = "key"
    NO_ROUTE = "no_route"
    INSIDE = "inside"
    PAGE = "page"


BY_STATUS = {
    **dict.fromkeys((401, 403), Cause.KEY),
    404: Cause.NO_ROUTE,
    **dict.fromkeys((412, 418, 429, 432), Cause.LIMITED),
}


def of_status(status: int) -> str:
    """Return the line about an answer's *status*, with the cause that it tells."""
    cause = BY_STATUS.get(status, Cause.INSIDE if status >= 500 else None)
    line = f"HTTP {status}"
    return line if cause is None else Detail(line, cause)
