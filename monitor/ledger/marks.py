"""Which items of a window are which posts, by all the marks that they bear. Pure.

A gateway may sign its links anew at each visit, make up its ids anew at each build, or give one
link to all of its items. So a post keeps every mark with which it was ever seen and is found by
any of them, but for those that two different posts ever shared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from alerts.platforms import BY_ID
from monitor.ledger.identity import has_hour, title_key
from monitor.model import SeenPost

Known = Mapping[str, frozenset[str]]  # the marks of posts that are known, by their keys
Keys = dict[int, str]  # the keys that items of a window have come to, by their place

STRONGEST_FIRST = ("id", "guid", "url", "page", "title")
KINDS = dict.fromkeys((*BY_ID, "wx"), "id")


@dataclass(frozen=True, slots=True)
class Identified:
    """The posts of a window, each once and under its own key.

    *known*: the keys of those that were known before. *remark*: what could not be distinguished.
    """

    posts: tuple[SeenPost, ...]
    known: frozenset[str] = frozenset()
    remark: str = ""


def identified(posts: Sequence[SeenPost], known: Known) -> Identified:
    """Return the posts that the items *posts* of one window are, beside those that are *known*.

    Items that agree in every mark are one post shown twice; the earliest of their dates holds.
    """
    if not known and _are_distinct(posts):
        return Identified(tuple(posts))
    bearers = _bearers(known)
    barred = _shared(posts) | {mark for mark, keys in bearers.items() if len(keys) > 1}
    found = _found(posts, known, bearers, barred)
    keys, lost = _named(posts, found, barred | bearers.keys())
    lost += _alike(posts)
    shown: dict[str, SeenPost] = {}
    for place, key in sorted(keys.items()):
        post = replace(posts[place], key=key, marks=marks_of(posts[place]))
        shown[key] = _together(shown[key], post) if key in shown else post
    remark = f"{lost} item(s) that nothing tells apart left out" if lost else ""
    return Identified(tuple(shown.values()), frozenset(found.values()), remark)


def marks_of(post: SeenPost) -> tuple[str, ...]:
    """Return the marks of *post*; a post from elsewhere has its key alone."""
    return post.marks or (post.key,)


def certain(post: SeenPost) -> bool:
    """Return whether the key that *post* would be given leaves no question which post it is."""
    strong = [m for m in marks_of(post) if kind_of(m) in ("guid", "url", "page")]
    return kind_of(post.key) == "id" or len(strong) == 1


def kind_of(mark: str) -> str:
    """Return what sort of mark *mark* is: id, guid, url, page or title.

    A bare word, as a row of an import may bring, is what its platform calls the post: a guid.
    """
    begins = KINDS.get(mark.partition(":")[0], mark.partition(":")[0])
    return begins if begins in STRONGEST_FIRST else "guid"


def _bearers(known: Known) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, marks in known.items():
        for mark in marks:
            found[mark].add(key)
    return dict(found)


def _are_distinct(posts: Sequence[SeenPost]) -> bool:
    """Whether each bears marks of its own, and is known by the first of them."""
    marks = [mark for post in posts for mark in post.marks]
    named = all(post.marks and post.key == post.marks[0] for post in posts)
    return named and len(marks) == len(set(marks))


def _alike(posts: Iterable[SeenPost]) -> int:
    """How many items have nothing but a title and a day that another one has too."""
    bare = [post.key for post in posts if not post.marks and kind_of(post.key) == "title"]
    return len(bare) - len(set(bare))


def _shared(posts: Sequence[SeenPost]) -> set[str]:
    """The marks that different items of one window bear."""
    bearing: dict[str, list[SeenPost]] = defaultdict(list)
    for post in posts:
        for mark in marks_of(post):
            bearing[mark].append(post)
    return {
        mark
        for mark, some in bearing.items()
        if kind_of(mark) != "id" and any(_differ(a, b) for a, b in combinations(some[:20], 2))
    }


def _differ(one: SeenPost, other: SeenPost) -> bool:
    """Return whether two items that share a mark are two posts nevertheless."""
    mine, others = marks_of(one), marks_of(other)
    if _disjoint(mine, others, "id"):
        return True
    if _agree(mine, others, "id"):
        return False
    if _disjoint(mine, others, "guid") or _disjoint(mine, others, "url"):
        return True
    same_title = one.title.split() == other.title.split()
    if not same_title:
        return True
    return _disjoint(mine, others, "page") and not (
        has_hour(one.stated_at) and one.stated_at == other.stated_at
    )


def _disjoint(one: Iterable[str], other: Iterable[str], kind: str) -> bool:
    mine, others = _of_kind(one, kind), _of_kind(other, kind)
    return bool(mine and others) and not mine & others


def _agree(one: Iterable[str], other: Iterable[str], kind: str) -> bool:
    return bool(_of_kind(one, kind) & _of_kind(other, kind))


def _of_kind(marks: Iterable[str], kind: str) -> set[str]:
    return {mark for mark in marks if kind_of(mark) == kind}


def _found(
    posts: Sequence[SeenPost],
    known: Known,
    bearers: Mapping[str, set[str]],
    barred: set[str],
) -> Keys:
    """The known posts that items are, by their strongest mark that is a key."""
    found: Keys = {}
    shown: dict[str, list[SeenPost]] = defaultdict(list)
    for kind in STRONGEST_FIRST:
        for place, post in enumerate(posts):
            if place in found:
                continue
            key = _bearer(post, kind, bearers, barred)
            if key is None or _contradict(post, known[key], kind):
                continue
            if not any(_differ(post, other) for other in shown[key]):
                found[place] = key
                shown[key].append(post)
    return found


def _bearer(
    post: SeenPost, kind: str, bearers: Mapping[str, set[str]], barred: set[str]
) -> str | None:
    usable = (m for m in marks_of(post) if kind_of(m) == kind and m not in barred)
    return next((min(bearers[mark]) for mark in usable if mark in bearers), None)


def _contradict(post: SeenPost, marks: frozenset[str], kind: str) -> bool:
    """Whether everything but one shared mark says that a known post is another one."""
    mine = marks_of(post)
    if kind == "guid":
        return _disjoint(mine, marks, "id")
    if kind not in ("url", "page"):
        return False
    words, others = _titles(mine), _titles(marks)
    redone = bool(words and others) and all(
        {word[part] for word in words}.isdisjoint(word[part] for word in others) for part in (0, 1)
    )
    return _disjoint(mine, marks, "id") or (_disjoint(mine, marks, "guid") and redone)


def _titles(marks: Iterable[str]) -> list[tuple[str, str]]:
    """Words and seconds."""
    parts = (mark.partition("@") for mark in _of_kind(marks, "title"))
    return [(words, second) for words, _, second in parts]


def _named(posts: Sequence[SeenPost], found: Keys, taken: set[str]) -> tuple[Keys, int]:
    """The keys of all items, new ones too, and how many items can be given none."""
    keys, given, lost = dict(found), dict[str, str](), 0
    for place, post in enumerate(posts):
        if place in keys:
            continue
        free = [mark for mark in marks_of(post) if mark not in taken]
        key = next((given[mark] for mark in free if mark in given), None)
        key = key or next(iter(free), None)
        if key is None:
            key = title_key(post.title, post.stated_at)
            if key in keys.values():
                lost += 1
                continue
        keys[place] = key
        given |= dict.fromkeys(free, key)
    return keys, lost


def _together(one: SeenPost, other: SeenPost) -> SeenPost:
    """One post shown twice: the earlier of its dates, the marks of both."""
    mine, others = one.stated_at, other.stated_at
    earlier = other if others and (mine is None or others < mine) else one
    return replace(earlier, marks=tuple(dict.fromkeys((*one.marks, *other.marks))))
