"""Whether what a gateway shows may be believed before somebody or something bears it out. Pure.

A reading that is not believed proves neither way: it is not good for a silence and ends none.
Says which doubt there is and what ends it; reads and stores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Account, Doubt, Doubted, SeenPost, SourceMemory
from monitor.sources.base import Fetched

CACHE_AGE = timedelta(minutes=30)  # a gateway may show for so long what it has fetched once
MANY = 3  # so many posts at once, and so many times what the account's rate allows, are strange

# What bridges put into a feed where no post is.
SHAPES = re.compile(
    "|".join(
        (
            # RSS-Bridge's default for errors: https://github.com/RSS-Bridge/rss-bridge (README,
            # "How to disable bridge errors as feed items"), issues 1849, 4845, 4975
            r"^Bridge returned error \d*!?(?:\s*\(\d+\))?$",
            r"^Bridge encountered an unexpected situation",
            r"^The bridge has (?:encountered|thrown) an? (?:error|exception)",
            # RSSHub, lib/middleware: an empty route, an error (issue 2326)
            r"^(?:Error:\s*)?this route is empty, please check the original site",
            r"^(?:Welcome to RSSHub!|Looks like something went wrong)",
            r"^\w+Bridge (?:failed|returned|encountered|could not|was unable)\b",
            r"^RSSHub\s*[-–:|]?\s*Error$",
            # An exception by its name, as RSSHub (lib/errors) and others in JavaScript put it
            r"^(?:[A-Z]\w*)?(?:Error|Exception): \S",
            # What feed makers say of a page that they could not fetch
            r"^(?:Error|Failed|Failure|Unable)\s+(?:to\s+|while\s+)?"
            r"(?:fetch|load|pars|generat|retriev|read)\w*\b"
            r".{0,40}\b(?:feed|page|content|source|url)s?\W*$",
            r"^(?:The )?feed (?:generation failed"
            r"|could not be (?:loaded|fetched|parsed|generated))\W*$",
            r"^[【\[]?(?:错误|抓取失败|获取(?:文章|内容|列表)?失败|加载失败|请求失败|更新失败|解析失败"
            r"|订阅源(?:异常|失效))[】\]]?(?:$|[，,。！!；;:：\s]*(?:请|无法|无权|稍后).{0,40}$)",
            # Pages of servers, of guards before them and of platforms in place of a list
            r"^(?:HTTP\s*)?(?:Error\s*)?[45]\d\d\s*[-–:|]?\s*(?:Not Found|Forbidden|Unauthorized"
            r"|Bad Request|Bad Gateway|Internal Server Error|Service (?:Temporarily )?Unavailable"
            r"|Gateway Time-?out|Too Many Requests|Error|页面不存在|找不到页面)?\W*$",
            r"^(?:Not Found|Forbidden|Access Denied|Too Many Requests|Rate limit(?:ed| exceeded)"
            r"|Just a moment|Attention Required! \| Cloudflare|Welcome to nginx|It works"
            r"|Sina Visitor System|微博[-_ ]*出错了|新浪通行证"
            r"|环境异常|安全验证|访问验证|(?:您访问的)?页面不存在(?:或已删除)?"
            r"|(?:系统|服务器?)(?:繁忙|错误|异常)(?:[，,。\s]*请?稍[后候]再?试)?)\W*$",
            # Mp2RSS, WeRSS, Wechat2RSS, RSS.app, FetchRSS: what was paid for or logged in to
            r"^[【\[]?(?:您的?|你的?|当前)?(?:RSS\s*)?"
            r"(?:订阅源?|会员|账户|账号|授权码?|服务|试用|套餐|额度|登录(?:状态)?|Cookies?|Token)"
            r"(?:服务)?\s*(?:已经?)?(?:过期|到期|失效|停用|暂停|用完|用尽)"
            r"[】\]]?(?:[，,。！!；;:：\s]*(?:请|需|点击|续费|前往).{0,40})?$",
            r"^RSS\s*(?:源|订阅)?(?:已)?失效[，,。！!]?\s*请",
            r"^[【\[]?(?:Wechat2RSS|Mp2RSS|WeRSS|WeWe RSS|we-mp-rss|今天看啥|RSSHub)[】\]:：]"
            r".*(?:过期|到期|失效|续费|登录)",
            r"^(?:Your|This) (?:RSS )?(?:trial|subscription|membership|plan|license|licence|feed)"
            r" (?:has |is |was )?(?:been )?(?:expired|ended|disabled|paused|suspended"
            r"|no longer (?:available|active))",
            r"^(?:RSS feed|Feed) (?:has )?(?:expired|been (?:disabled|suspended|paused))",
            r"^Upgrade (?:your plan )?to (?:continue|keep) receiving",
        )
    ),
    re.I,
)
BRIDGE_LINK = re.compile(r"[?&]action=display(?:&amp;|&).*\bbridge=\w+", re.I)
TAKEN_OFF = re.compile(
    r"[\s@＠()（）\[\]【】「」『』<>《》〈〉“”\"']|的?(?:新浪)?微博|的?(?:微信)?公众号"
)


def of_bridge(post: SeenPost) -> bool:
    """Return whether an item is what its bridge says of itself, and no post."""
    return bool(SHAPES.match(post.title.strip()) or BRIDGE_LINK.search(post.url))


def plain_name(name: str) -> str:
    """Return *name* without what platforms and gateways put around it."""
    return TAKEN_OFF.sub("", name).casefold()


def names_differ(one: str, other: str) -> bool:
    """Return whether neither name contains the other, after `plain_name`."""
    mine, others = plain_name(one), plain_name(other)
    return not (mine and others and (mine in others or others in mine))


def other_name(account: Account, memories: Iterable[SourceMemory]) -> str | None:
    """Return what *account* is called where it is read, if that is another name than the
    configured one and no person has said that it is right. A website's title is no name."""
    if account.platform == "website":
        return None
    for memory in memories:
        title = memory.doubt.name if memory.doubt and memory.doubt.name else memory.title
        if title and title not in memory.names and names_differ(title, account.name):
            return title
    return None


def doubted(
    fetched: Fetched,
    memory: SourceMemory,
    known: Collection[str],
    last_good_at: datetime | None,
    now: datetime,
) -> Doubted | None:
    """Return why *fetched*, with its posts, is not believed at *now*; None if it is.

    *known*: the keys of posts of the account that were known before. A window that names the
    account by its platform id holds no strangers, however full it is.
    """
    posts = fetched.posts or ()
    if not memory.ever_good or not posts:
        return None
    before = {key for key, _ in memory.window}
    new = [post for post in posts if post.key not in known and post.key not in before]
    if _misnamed(fetched, memory):
        confirmed = any(p.key in known and p.key not in before for p in posts)
        return None if confirmed else _kept(Doubt.NAME, new or posts, fetched, memory, now)
    if not before or not new or _answered(new, memory):
        return None
    if all(post.stated_at is None for post in new):
        return _repeated(Doubt.UNDATED, new, fetched, memory, now)
    itself = fetched.identity is not None and fetched.identity == memory.identity
    if not itself and len(new) == len(posts) and _strange(new, memory, last_good_at, now):
        return _repeated(Doubt.STRANGERS, new, fetched, memory, now)
    return None


def believable(
    posts: Sequence[SeenPost], memory: SourceMemory, known: Collection[str]
) -> tuple[SeenPost, ...]:
    """Return the posts of a believed reading: an undated one only when it is shown again."""
    doubt = memory.doubt
    if doubt is None or doubt.reason is not Doubt.UNDATED or doubt.believed_by:
        return tuple(posts)
    shown = {key for key, _ in memory.window} | set(doubt.keys) | set(known)
    return tuple(p for p in posts if p.stated_at is not None or p.key in shown)


def _answered(new: Sequence[SeenPost], memory: SourceMemory) -> bool:
    """Whether a person believes what is shown again, whatever the doubt was."""
    doubt = memory.doubt
    return bool(doubt and doubt.believed_by and set(doubt.keys) & {p.key for p in new})


def _misnamed(fetched: Fetched, memory: SourceMemory) -> bool:
    """Whether nobody, or somebody else, is named where the account was named before."""
    named = (*((memory.title,) if memory.title else ()), *memory.names)
    if fetched.identity or not (named or memory.identity):
        return False
    seen = fetched.title or ""
    if not named:
        return False
    return seen not in named and all(names_differ(seen, name) for name in named)


def _strange(
    new: Sequence[SeenPost], memory: SourceMemory, last_good_at: datetime | None, now: datetime
) -> bool:
    """Whether a window of nothing known reaches back past known posts, or is too full."""
    newest = max(at for _, at in memory.window)
    if any(post.stated_at is not None and post.stated_at <= newest for post in new):
        return True
    oldest = min(at for _, at in memory.window)
    span = max(newest - oldest, timedelta(days=1))
    since = max(now - (last_good_at or newest), timedelta(0))
    return len(new) >= MANY and len(new) > MANY * len(memory.window) * (since / span)


def _kept(
    reason: Doubt,
    posts: Sequence[SeenPost],
    fetched: Fetched,
    memory: SourceMemory,
    now: datetime,
) -> Doubted | None:
    """The doubt, since it began; none if a person believes what is seen."""
    before = memory.doubt if memory.doubt and memory.doubt.reason is reason else None
    keys = tuple(post.key for post in posts)
    newest = max(posts, key=lambda p: p.stated_at.timestamp() if p.stated_at else 0.0)
    made = Doubted(reason, now, keys, newest.title, fetched.title or "")
    if before is None or before.since > now:
        return made
    same = before.name == made.name if reason is Doubt.NAME else set(before.keys) & set(keys)
    if before.believed_by and same:
        return None
    return replace(made, since=before.since)


def _repeated(
    reason: Doubt,
    posts: Sequence[SeenPost],
    fetched: Fetched,
    memory: SourceMemory,
    now: datetime,
) -> Doubted | None:
    """The doubt, unless a reading after the gateway's cache age shows one of the items again."""
    before = memory.doubt if memory.doubt and memory.doubt.reason is reason else None
    made = _kept(reason, posts, fetched, memory, now)
    if made is None or before is None:
        return made
    again = bool(set(before.keys) & set(made.keys))
    if not again:
        return replace(made, other_at=now)
    if timedelta(0) <= now - before.shown_since < CACHE_AGE:
        return replace(made, keys=before.keys, other_at=before.other_at)
    return None
