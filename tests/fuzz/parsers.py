"""One table of everything that reads what comes from outside, with what each may raise.

A parser takes bytes; it returns, or raises one of the errors named beside it, whatever they are.
"""

from __future__ import annotations

from tests.fuzz.channels import channels
from tests.fuzz.doors import requests
from tests.fuzz.files import files
from tests.fuzz.gateways import Outside, gateways
from tests.fuzz.kept import kept
from tests.fuzz.parser import Parser
from tests.fuzz.sentences import sentences

# Known without building a seed, so that tests are collected fast.
NAMES = (
    *("times", "clocks", "instants", "links", "addresses", "routes", "locators"),
    *("tokens", "buttons", "frames", "replies", "refusals", "error pages", "content types"),
    *("rsshub", "feed", "wewe_rss", "wechat2rss", "we_mp_rss", "web_page", "json"),
    *("weibo_mobile", "weibo_api", "wechat_api", "wechat_component", "answers"),
    "article pages",
    *("exports", "exports as workbooks", "rosters", "lists", "calendars", "figures"),
    *("figures as workbooks", "workbooks", "parts of a workbook"),
    *("report html", "report text", "report pdf", "report word", "parts of a Word file"),
    *("monitor.toml", "accounts.toml", "people.toml"),
    *("requests", "API", "uploads", "chat"),
    *("telegram replies", "telegram updates", "telegram messages", "mail"),
    *("stored values", "former rules", "backups", "tickets"),
)


def parsers(outside: Outside) -> dict[str, Parser]:
    """Return every parser by name; gateways are asked at *outside*."""
    found = (*sentences(), *gateways(outside), *files(), *requests(), *channels(outside), *kept())
    return dict(found)
