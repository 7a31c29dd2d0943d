"""What is known of a kind of channel before any channel of it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

from alerts.channels.base import Channel
from alerts.common.deadline import Limits
from alerts.model import ChannelSettings

Make = Callable[[ChannelSettings, TextIO, Limits], Channel]
Options = Mapping[str, str]


def _any_address(_: str) -> str | None:
    return None


def _no_problems(_: Options) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of channel.

    *required*, *optional*: its keys; *secrets*: those of them that belong into the environment.
    *address*: what an address looks like, in words; *address_problem*: what is wrong with one,
    or None. *problems*: which key's value is wrong and what was expected, never quoting it;
    ask it only once the required keys are there. *urgent*: it takes calls at the last chance and
    the breach alone, beside a person's other ways.
    """

    make: Make
    required: frozenset[str]
    optional: frozenset[str]
    secrets: frozenset[str]
    address: str
    address_problem: Callable[[str], str | None] = _any_address
    problems: Callable[[Options], dict[str, str]] = _no_problems
    urgent: bool = False
