"""Which feeds the local server has, and how it is told what to answer."""

from __future__ import annotations

from urllib.request import urlopen

FIRST_UID = 1_900_000_000


def route(feed: int) -> str:
    """Return the route of one feed."""
    return f"weibo/user/{FIRST_UID + feed}"


def switch(url: str, mode: str) -> None:
    """Have the server at *url* answer in *mode*: `cold` and `unchanged` alike, `changed` with one
    more post in every twentieth feed, `silent` as `unchanged`, but never 304."""
    with urlopen(f"{url}/mode/{mode}", timeout=10) as answer:
        answer.read()
