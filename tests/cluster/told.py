"""What people must have been told of the accounts of a cluster, and what they were. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Notice = Mapping[str, Any]  # the body of a webhook
# Of the monitor itself, and of what it is cut off from: these come as the trouble has it.
OF_TROUBLE = ("self", "gateway", "blind", "channel")


def differences(
    got: Sequence[Notice], silent: Collection[str], published: Collection[str]
) -> list[str]:
    """Return where *got* differs from what the rules say: of every *silent* account one call, and
    one end of each that has *published* since; none of any other, and none twice unmarked."""
    calls = {one["subject"] for one in got if one["kind"] == "silence" and _calls(one)}
    ends = {one["subject"] for one in got if one["kind"] == "silence" and not _calls(one)}
    return [
        *(f"lost: the call of {one}" for one in sorted(set(silent) - calls)),
        *(f"false: the call of {one}" for one in sorted(calls - set(silent))),
        *(f"lost: the end of {one}" for one in sorted(set(published) - ends)),
        *(f"false: the end of {one}" for one in sorted(ends - set(published))),
        *_doubled(got),
        *_called_twice(got),
        *(f"unknown: {one}" for one in sorted({o["kind"] for o in got} - {"silence", *OF_TROUBLE})),
    ]


def _calls(notice: Notice) -> bool:
    return notice["event"] in ("alert", "reminder")


def _doubled(got: Sequence[Notice]) -> Iterator[str]:
    unmarked = Counter(one["id"] for one in got if not one["resent"])
    for notice, times in unmarked.items():
        if times > 1:
            yield f"doubled without 重发: {notice}"


def _called_twice(got: Sequence[Notice]) -> Iterator[str]:
    """The same call under two numbers."""
    known: dict[tuple[object, ...], str] = {}
    for one in got:
        if one["kind"] == "silence":
            what = (one["subject"], one["event"], one["rung"], one["to"])
            if known.setdefault(what, one["id"]) != one["id"]:
                yield f"said twice: {what}"
