"""What a service's words say about a refusal, under whatever code they come. Pure.

Vendors give rates and quotas the codes of refused texts and missing mailboxes: a refusal is for
good only where its words leave no doubt, and whatever speaks of frequency, limit, quota or a busy
service is for a while.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from alerts.message import Failure, Why
from alerts.told import Detail

# Feishu 9499 "too many request" (nightingale #1437), QQ "550 Sender frequency limited" and
# "550 Mailbox unavailable or access denied" (a recipient who gets too much; smtp.codes/qq),
# WeCom 45009 "api freq out of limit", Gmail "550 5.4.5 Daily user sending limit exceeded",
# Exchange "5.2.2 mailbox over quota", Coremail "sending quota exceeded".
RATE = re.compile(
    r"freq|too (?:many|much|fast|often|quick)|\brates?\b|rate-?limit"
    r"|quota|busy|throttl|overload|flood|slow ?down"
    r"|(?:mailbox|inbox|storage)\W+(?:is )?(?:full|over)|insufficient (?:system )?(?:storage|space)"
    r"|(?:try|come) (?:it )?(?:again|back|later)|temporar|per (?:minute|hour|day|second)"
    r"|(?:daily|hourly|day|hour|sending|message|connection)s? limit"
    r"|\bqps\b|concurren|maintenance|internal (?:server )?error"
    r"|service (?:is )?unavailable(?!\W+client)|timed? ?out|please retry"
    r"|频|繁忙|稍后|稍候|限流|限速|限额|配额|过快|太快|过多|次数|上限|空间不足|已满|流控|流量控制"
    r"|并发|用完|用尽|耗尽|(?:系统|服务)(?:正在|器)?(?:异常|错误|维护|升级|不可用)|请重试",
    re.IGNORECASE,
)
FREQUENT = re.compile(r"freq|too (?:many|fast|often|quick)|频|过快|太快|限流|限速", re.IGNORECASE)
LIMIT = re.compile(r"limit|exceed|限制|受限|超[过出限]", re.IGNORECASE)
# A text that is too long is so tomorrow, too: its limit is no rate.
SIZE = re.compile(
    r"size|length|too (?:long|large|big)|bytes|characters|长度|大小|过长|过大|太长|太大",
    re.IGNORECASE,
)


def passing(words: str) -> bool:
    """Return whether *words*, a service's own, speak of something that passes by itself."""
    if RATE.search(words):
        return True
    return LIMIT.search(words) is not None and SIZE.search(words) is None


def why_of(words: str, else_: Why | None = None) -> str:
    """Return nothing to be read, with why the service's own *words* refuse: by their frequency,
    else *else_*."""
    why = Why.OFTEN if FREQUENT.search(words) else else_
    return "" if why is None else Detail("", why)


def meaning(code: int, words: str, meanings: Mapping[int, Failure]) -> Failure:
    """Return what a vendor's *code* and *words* mean by its table *meanings*; LATER for a code
    that is not in it, and for one whose words say so."""
    return Failure.LATER if passing(words) else meanings.get(code, Failure.LATER)


def readable(reply: bytes | str) -> str:
    """Return a server's *reply* as text: Chinese servers answer in GBK as often as in UTF-8."""
    if isinstance(reply, str):
        return reply
    for encoding in ("utf-8", "gb18030"):
        try:
            return reply.decode(encoding)
        except UnicodeDecodeError:
            continue
    return reply.decode("utf-8", "replace")
