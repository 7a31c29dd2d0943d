"""What a report says of its social-media accounts: who, how many, in which sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from monitor.reports.check.document import Sentence
from monitor.reports.check.numbers import CHINESE_DIGITS, POST_UNITS, Quantity, quantities


class Measure(StrEnum):
    """What a number counts."""

    POSTS = "posts"
    ORIGINALS = "originals"
    REPOSTS = "reposts"
    FOLLOWERS_START = "followers_start"
    FOLLOWERS_END = "followers_end"


@dataclass(frozen=True, slots=True)
class Mention:
    """An account named in a sentence. *platform*: `weibo`, `wechat`, `media` for all social
    media together, "" for any other channel."""

    platform: str
    name: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One number said of one account, or of several together."""

    measure: Measure
    subjects: tuple[Mention, ...]
    quantity: Quantity
    sentence: Sentence

    @property
    def quote(self) -> str:
        """The words of the claim, from the account's name to its number."""
        start = min((m.start for m in self.subjects), default=0)
        if not 0 <= self.quantity.end - start <= 80:
            start = max(0, self.quantity.end - 30)
        return self.sentence.quote(start, self.quantity.end)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Numbers that 分别 or 依次 hands out in order to the accounts named before."""

    subjects: tuple[Mention, ...]
    numbers: tuple[Quantity, ...]
    start: int


# 公众号 alone is WeChat's word; other platforms are known only to keep their numbers apart.
_PLATFORMS = (
    ("weibo", "微博(?:公众号)?"),
    ("media", "(?<![个等])政务新媒体"),
    ("wechat", "微信公众(?:平台|账号|号)|微信订阅号|微信服务号|公众号|官方微信|政务微信|微信"),
    (
        "",
        "微信视频号|视频号|微信小程序|小程序|抖音|今日头条|头条|快手|B站|哔哩哔哩|澎湃|"
        "门户网站|政府网站|官方网站|官网|网站|公开平台|APP|客户端|公报|报纸|电视|短信|微信群|政务微信群",
    ),
)
_ORDER = (3, 0, 1, 2)  # 微信视频号 before 微信
_MENTION = re.compile(
    r"(?:[“\"「『](?P<name>[^“”\"「」『』]{1,20})[”\"」』])?(?:官方|新浪|腾讯|政务|认证|的)*(?:"
    + "|".join(f"(?P<p{i}>{_PLATFORMS[i][1]})" for i in _ORDER)
    + r")(?:账号|号)?"
)
_JOINED = re.compile(r"(?:账号|平台)?(?:、|和|与|及|以及)")
_TITLES = re.compile(r"《[^》]*》")
_OTHER_MEASURE = re.compile(
    r"解读|专栏|专题|回复|回应|答复|留言|评论|视频|同比|增加|减少|增长|下降|新增|净增|较|比|去年|上年|阅读|浏览|"
    r"点赞|访问|播放|每|均|活动|培训|提醒|检查|问题|错|整改|开设|清理|计划|预计|不少于|推荐|采用|转办|其中|全媒体|各平台"
)
_PUBLISHING = re.compile(
    r"发布|公开|共计|合计|推送|推文|推发|刊发|编发|发文|发博|更博|发帖|更新|信息|稿件|消息|资讯|文章|图文"
)
_FOLLOWERS = re.compile(r"关注|粉丝|订阅|用户")
_RISE = re.compile(r"(?:由|从)[^,。;]*$")
_PART = re.compile(
    r"第?[一二三四1-4]季度|上半年|下半年|(?<!1)\d月底|截至(?!12月|\d{4}年(?:底|末|12月)|年底|目前)"
)
_BRACKETS = re.compile(r"\([^()]*\)")
# 微博、公示栏等多种方式: the number is that of a set of which only some are named.
_AND_OTHERS = re.compile(r"(?:账号|平台)?(?:、(?!其中)|等|及其他|和其他)")
_IN_A_SET = re.compile(r"[^\d条篇次期个人,。;]、$")
_SUMMED_UP = re.compile(
    r"[,、]?(?:发布|推送)?(?:共计|合计|总计|共)(?:发布|推送|公开)?(?:信息|稿件|文章)?"
)
_EVER = re.compile(r"历年|历史|开通以来|上线以来|建立以来|(?<!全年)(?<!年内)累计(?!发布|推送)")
_SHARED_OUT = re.compile("分别|依次")
_NEXT_SHARE = re.compile(r"[、和与及,]?[^\d,。;]{0,10}")
_NO_SHARE = re.compile("由|于|在|较|比|增|减|其中|阅读|关注|粉丝|订阅|共|总|合计|累计|分别|依次|各")


def mentions(text: str) -> list[Mention]:
    """Return the accounts and channels named in plain *text*, in order."""
    return [_mention(match) for match in _MENTION.finditer(_masked(text))]


def groups(text: str) -> list[tuple[Mention, ...]]:
    """Return the accounts of *text*, those enumerated together as one group."""
    found: list[list[Mention]] = []
    for mention in mentions(text):
        between = text[found[-1][-1].end : mention.start] if found else None
        if between is not None and _JOINED.fullmatch(between):
            found[-1].append(mention)
        else:
            found.append([mention])
    return [tuple(group) for group in found]


def claims(sentences: Sequence[Sentence]) -> list[Claim]:
    """Return what *sentences* claim of accounts, in order."""
    return [claim for sentence in sentences for claim in _claims(sentence)]


def announced(text: str) -> int | None:
    """Return how many accounts plain *text* says there are (「两个政务新媒体账号」), or None."""
    match = re.search(
        rf"(?<!\d)([{''.join(CHINESE_DIGITS)}]|\d{{1,2}})[个大][^,。;、]{{0,8}}(?:账号|平台|媒体)",
        text,
    )
    return (CHINESE_DIGITS.get(match[1]) or int(match[1])) if match else None


@lru_cache(maxsize=256)
def distributions(text: str) -> tuple[Distribution, ...]:
    """Return every 分别 or 依次 of plain *text* that hands numbers out."""
    flat = _BRACKETS.sub(lambda match: "　" * len(match[0]), text)
    numbers, named = quantities(flat), groups(text)
    found = []
    for match in _SHARED_OUT.finditer(flat):
        shares = _shares(flat, numbers, match.end())
        if shares:
            before = [g for g in named if g[-1].end <= match.start()]
            found.append(Distribution(before[-1] if before else (), shares, match.start()))
    return tuple(found)


def _shares(text: str, numbers: Sequence[Quantity], start: int) -> tuple[Quantity, ...]:
    shares: list[Quantity] = []
    for quantity in (q for q in numbers if q.start >= start):
        between = text[start : quantity.start].replace("　", "")
        if not _NEXT_SHARE.fullmatch(between) or _NO_SHARE.search(between):
            break
        shares.append(quantity)
        start = quantity.end
    return tuple(shares)


def _masked(text: str) -> str:
    # A platform's name in the title of a document is no account.
    return _TITLES.sub(lambda match: "《" + "　" * (len(match[0]) - 2) + "》", text)


def _mention(match: re.Match[str]) -> Mention:
    index = next(i for i in _ORDER if match[f"p{i}"])
    return Mention(_PLATFORMS[index][0], match["name"], *match.span())


def _claims(sentence: Sentence) -> Iterator[Claim]:
    if _PART.search(sentence.text):
        return
    subjects, shared = groups(sentence.text), distributions(sentence.text)
    numbers = quantities(sentence.text)
    measure = None
    for i, quantity in enumerate(numbers):
        group = next((g for g in reversed(subjects) if g[-1].end <= quantity.start), None)
        if group is None or _is_open(sentence.text, group):
            continue
        first = i == 0 or numbers[i - 1].end <= group[-1].end
        before = group[-1].end if first else numbers[i - 1].end
        middle = sentence.text[before : quantity.start]
        measure = _measure(middle, quantity) or _risen(measure, middle, quantity)
        claim = measure and _assigned(Claim(measure, group, quantity, sentence), shared)
        if claim and (first or _follows(claim, middle, shared)):
            yield claim


def _is_open(text: str, group: Sequence[Mention]) -> bool:
    """Return whether *group* is only part of a set that a number belongs to."""
    return (
        _AND_OTHERS.match(text, group[-1].end) is not None
        or _IN_A_SET.search(text[: group[0].start]) is not None
    )


def _follows(claim: Claim, middle: str, shared: Sequence[Distribution]) -> bool:
    """Return whether a number that is not its account's first is its account's still."""
    handed_out = any(claim.quantity in share.numbers for share in shared)
    return (
        claim.measure is not Measure.POSTS or handed_out or _SUMMED_UP.fullmatch(middle) is not None
    )


def _measure(middle: str, quantity: Quantity) -> Measure | None:
    clause = re.split(r"[,;()]", middle)[-1]
    if quantity.unit in POST_UNITS:
        return _posts(middle, clause)
    if quantity.unit in {"人", "个", "名", "位", ""} and _FOLLOWERS.search(middle):
        return _followers(middle, clause)
    return None


def _posts(middle: str, clause: str) -> Measure | None:
    if "原创" in clause:
        return Measure.ORIGINALS
    if re.search("转发|转载", clause):
        return Measure.REPOSTS
    if _OTHER_MEASURE.search(middle) or _EVER.search(middle):
        return None
    bare = middle.strip("、和与及:为,") == ""
    return Measure.POSTS if bare or _PUBLISHING.search(middle) else None


def _followers(middle: str, clause: str) -> Measure | None:
    if re.search("新增|净增|增加|减少|阅读|浏览|访问|较|比", clause):
        return None
    rising = re.search(r"至|到|为", clause) and not _FOLLOWERS.search(clause)
    if re.search("年初|上年末|上年底|去年底", clause) and not rising:
        return Measure.FOLLOWERS_START
    if _RISE.search(middle) and not rising:
        return Measure.FOLLOWERS_START
    return Measure.FOLLOWERS_END


def _risen(before: Measure | None, middle: str, quantity: Quantity) -> Measure | None:
    """Return the end of a rise whose start was the number before (「由…人提升至…人」)."""
    rise = before is Measure.FOLLOWERS_START and quantity.unit != "%"
    return Measure.FOLLOWERS_END if rise and re.search("至|到|为|达", middle) else None


def _assigned(claim: Claim, shared: Sequence[Distribution]) -> Claim | None:
    """Return *claim* for the one account that 分别 gives its number to; None if it is unclear."""
    for share in shared:
        if claim.quantity in share.numbers:
            if len(share.numbers) != len(share.subjects):
                return None
            return replace(claim, subjects=(share.subjects[share.numbers.index(claim.quantity)],))
    return claim
