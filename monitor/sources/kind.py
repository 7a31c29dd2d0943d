"""What is known of a kind of gateway before any gateway of it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model import Gateway
from monitor.sources.answers import FEED_BODY
from monitor.sources.base import Source

if TYPE_CHECKING:
    from monitor.sources.http import Http


def _nothing_to_warn_of(_: str) -> str | None:
    return None


def _any_key(_: str | None) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of gateway.

    *problem*: what is wrong with a locator, if anything; *sample*: whether the built-in sample
    gateway can stand in for it. *key*: what is wrong with a gateway's key, if anything; *home*:
    where the platform is, for a gateway without a url. *mute*: it gives no sign of life of its
    own and needs a canary. *by_hand*: nothing is ever read through it. *asked*: a person is
    asked to look instead, and what they say is a reading. *max_body*: the bytes an answer may have
    unless the gateway says otherwise. *ticket*: it asks with tickets that a file brings.
    """

    make: Callable[[Gateway, Http], Source]
    problem: Callable[[str], str | None]
    warning: Callable[[str], str | None] = _nothing_to_warn_of
    sample: bool = False
    key: Callable[[str | None], str | None] = _any_key
    home: str | None = None
    mute: bool = False
    by_hand: bool = False
    asked: bool = False
    max_body: int = FEED_BODY
    ticket: bool = False
