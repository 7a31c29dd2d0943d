"""One table of everything that reads what comes from outside, with what each may raise.

A parser takes bytes; it returns, or raises one of the errors named beside it, whatever they are.
"""

from __future__ import annotations

from tests.fuzz.doors import requests
from tests.fuzz.files import files
from tests.fuzz.gateways import Outside, gateways
from tests.fuzz.parser import Parser
from tests.fuzz.sentences import sentences

# Known without building a seed, so that tests are collected fast.
NAMES = (
    *("times", "clocks", "instants", "links", "addresses", "routes", "locators"),
    *("tokens", "buttons", "frames", "replies", "refusals", "error pages", "content types"),
    *("rsshub", "feed", "wewe_rss", "wechat2rss", "we_mp_rss", "web_page", "json"),
    *("weibo_mobile", "weibo_api", "wechat_api", "wechat_component", "answers"),
    *("exports", "exports as workbooks", "rosters", "lists", "calendars", "figures"),
    *("figures as workbooks", "workbooks", "parts of a workbook"),
    *("report html", "report text", "report pdf", "report word", "parts of a Word file"),
    *("monitor.toml", "accounts.toml", "people.toml"),
    *("requests", "chat"),
)


def parsers(outside: Outside) -> dict[str, Parser]:
    """Return every parser by name; gateways are asked at *outside*."""
    return dict((*sentences(), *gateways(outside), *files(), *requests()))
