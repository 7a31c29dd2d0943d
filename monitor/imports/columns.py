"""Which column of a file is what: the contract's own names, or those of a platform's console. Pure.

A file in the contract's form is held to it strictly: a column it does not know is a slip. A
console's export has many columns that nobody asked for, and names for the others that differ
from one console to the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.errors import Field, Told
from monitor.wording import one_of, quoted

POST_COLUMNS = ("account", "published_at", "title", "url", "kind")
POST_EXTRAS = ("push",)
COUNTER_COLUMNS = ("account", "date", "followers", "posts")
NAMES = frozenset({*POST_COLUMNS, *POST_EXTRAS, *COUNTER_COLUMNS})
FORMS = f"{','.join(POST_COLUMNS)}[,push] or {','.join(COUNTER_COLUMNS)}"

# As the consoles of Weibo and WeChat, and the tools that offices export with, head them.
REPOSTED = "reposted"  # whether, or of which other post, a post is a repost
CONSOLE: Mapping[str, tuple[str, ...]] = {
    "published_at": (
        "完整日期",
        "发布时间",
        "发表时间",
        "发布日期",
        "发表日期",
        "推送时间",
        "群发时间",
        "发送时间",
        "发博时间",
        "微博发布时间",
        "时间",
        "日期",
        "publish_time",
        "created_at",
    ),
    "title": (
        "标题",
        "内容标题",
        "文章标题",
        "图文标题",
        "微博正文",
        "微博内容",
        "正文",
        "内容",
        "博文内容",
        "图文消息标题",
    ),
    "url": (
        "链接",
        "链接地址",
        "文章链接",
        "微博链接",
        "内容url",
        "原文链接",
        "图文链接",
        "网址",
        "url链接",
        "博文链接",
        "地址",
    ),
    "kind": (
        "类型",
        "原创",
        "是否原创",
        "微博类型",
        "内容类型",
        "原创/转发",
        "文章类型",
        "是否为原创微博",
        "是否为原创",
        "是否原创微博",
        "原创与否",
        "原创标识",
        "博文类型",
        "发布类型",
        "is_original",
    ),
    REPOSTED: (
        "是否转发",
        "是否转发微博",
        "是否为转发",
        "是否为转发微博",
        "源微博id",
        "原微博id",
        "被转发微博id",
        "retweet_id",
        "源微博正文",
        "转发微博正文",
    ),
    "push": ("群发id", "消息id", "msgid", "推送编号", "群发编号"),
    "date": ("日期", "时间", "统计日期", "统计时间", "数据日期"),
    "followers": (
        "累积关注人数",
        "累计关注人数",
        "粉丝数",
        "总粉丝数",
        "粉丝总数",
        "关注人数",
        "关注数",
        "总关注人数",
        "累积关注",
        "累计关注",
        "总用户数",
        "订阅数",
        "累计粉丝数",
    ),
    "posts": ("微博数", "微博总数", "累计发布数", "发布总数", "总微博数"),
}
COUNTING = ("followers", "posts")
HOUR = "hour"  # the hour of a post, where its date stands in a column of its own
# Headings of a day and of the hour that may stand beside it.
DAYS = frozenset({"日期", "发布日期", "发表日期"})
HOURS = frozenset({"时间", "发布时间", "发表时间", "推送时间", "群发时间", "发送时间"})


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column of a file is, in the file's order; None for one nobody asked for.

    *strict*: the file is in the contract's own form. *headings*: what a console calls the columns
    that are known, by the contract's names.
    """

    columns: tuple[str | None, ...]
    counting: bool
    strict: bool = True
    ignored: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person who imports said of the file: *mapping*, column names by the contract's, and
    the one *account* that it is of."""

    mapping: tuple[tuple[str, str], ...] = ()
    account: str | None = None


def mapping_problem(mapping: Mapping[str, str]) -> str | None:
    """Return what is wrong with names given by hand, in one line; None if nothing is."""
    for name in mapping:
        if name not in NAMES:
            return _unknown(name, NAMES)
    return None


def is_header(cells: Sequence[str], wanted: Wanted) -> bool:
    """Return whether *cells* are a first line of one of the forms, rather than a title above."""
    names = [_plain(cell) for cell in cells]
    if wanted.mapping:
        return all(_plain(column) in names for _, column in wanted.mapping)
    if not NAMES.isdisjoint(names):
        return True
    said = {key for key, aliases in CONSOLE.items() if any(a in names for a in aliases)}
    dated = "published_at" in said or "date" in said
    return dated and not said.isdisjoint({"title", "url", *COUNTING})


def layout(cells: Sequence[str], wanted: Wanted) -> Layout | list[str]:
    """Return what the columns headed *cells* are, or every problem with them."""
    names = [_plain(cell) for cell in cells]
    if not wanted.mapping and all(name in NAMES or name.isascii() for name in names):
        return _own(names, wanted)
    return _console(cells, names, wanted)


def _own(names: Sequence[str], wanted: Wanted) -> Layout | list[str]:
    counting = "date" in names or "followers" in names
    demanded, extras = (COUNTER_COLUMNS, ()) if counting else (POST_COLUMNS, POST_EXTRAS)
    problems: list[str] = [
        Told("the column {column} is missing; expected {forms}", column=column, forms=FORMS)
        for column in demanded
        if column not in names and not (column == "account" and wanted.account)
    ]
    choices = (*demanded, *extras)
    if "" in names:
        problems.append(
            Told(
                "column {n} has no heading; {choices}",
                n=names.index("") + 1,
                choices=one_of("", choices),
            )
        )
    for place, name in enumerate(names):
        if name and name not in choices:
            problems.append(_unknown(name, choices))
        elif name and name in names[:place]:
            problems.append(Told("the column {column} is there twice", column=name))
    return problems or Layout(tuple(names), counting)


def _console(cells: Sequence[str], names: Sequence[str], wanted: Wanted) -> Layout | list[str]:
    given = {_plain(column): key for key, column in wanted.mapping}
    absent = [column for key, column in wanted.mapping if _plain(column) not in names]
    if absent:
        return [no_column(a, _shown(cells)) for a in absent]
    counting = _counts(names, given)
    keys = COUNTER_COLUMNS if counting else (*POST_COLUMNS, *POST_EXTRAS, REPOSTED)
    found = [given.get(name) or (name if name in keys else None) for name in names]
    for key in keys:
        if key not in found:
            _take(found, names, key)
    if not counting:
        _pair(found, names, given)
    problems = _lacking(found, counting, wanted)
    ignored = tuple(c.strip() for c, key in zip(cells, found, strict=True) if not key and c.strip())
    headings = {key: c.strip() for c, key in zip(cells, found, strict=True) if key}
    return problems or Layout(tuple(found), counting, False, ignored, headings)


def _counts(names: Sequence[str], given: Mapping[str, str]) -> bool:
    """A list of posts has titles or links; a list of days has numbers instead."""
    said = {key for key, aliases in CONSOLE.items() if any(a in names for a in aliases)}
    said |= {*given.values(), *(name for name in names if name in NAMES)}
    return not said.isdisjoint(COUNTING) and said.isdisjoint({"title", "url"})


def _take(found: list[str | None], names: Sequence[str], key: str) -> None:
    """Give *key* the first column that bears one of its names, the best name first."""
    for alias in CONSOLE.get(key, ()):
        for place, name in enumerate(names):
            if name == alias and found[place] is None:
                found[place] = key
                return


def _pair(found: list[str | None], names: Sequence[str], given: Mapping[str, str]) -> None:
    """Where day and hour have a column each, take the one as the date and the other as its hour."""
    free = {
        name: place
        for place, name in reversed(list(enumerate(names)))
        if name not in given and found[place] in (None, "published_at")
    }
    day = next((free[name] for name in names if name in DAYS and name in free), None)
    hour = next((free[name] for name in names if name in HOURS and name in free), None)
    if day is not None and hour is not None and "published_at" not in given.values():
        found[day], found[hour] = "published_at", HOUR


def _lacking(found: Sequence[str | None], counting: bool, wanted: Wanted) -> list[str]:
    when = "date" if counting else "published_at"
    what = COUNTING if counting else ("title", "url")
    problems: list[str] = []
    if when not in found:
        problems.append(_nameless(when, when))
    if not any(one in found for one in what):
        problems.append(_nameless(Told("{one} or {other}", one=what[0], other=what[1]), what[0]))
    if "account" not in found and not wanted.account:
        problems.append(
            Told(
                "no column says account; for a file of one account give {account} ID",
                account=Field("account"),
            )
        )
    return problems


def _nameless(what: str, name: str) -> str:
    return Told(
        "no column says {what}; name it with {columns} {name}=…",
        what=what,
        columns=Field("columns"),
        name=name,
    )


def no_column(column: str, choices: Collection[str]) -> str:
    """Return that a file has no *column*, and which of its own may have been meant."""
    return Told(
        "there is no column {column}; {choices}",
        column=quoted(column),
        choices=one_of(column, choices),
    )


def _unknown(name: str, choices: Collection[str]) -> str:
    return Told(
        "{found} is no column; {choices}", found=quoted(name), choices=one_of(name, choices)
    )


def _shown(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


def _plain(cell: str) -> str:
    """A heading without the unit or remark that consoles put behind it in brackets."""
    return "".join(cell.split()).lower().split("(")[0].split("（")[0].lstrip("\ufeff")
