"""The documentation as a site, built and read: nothing is missing, nothing comes from elsewhere,
and the search finds what people look for, in Chinese and English."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from docs.site import ROOT, laid_out
from docs.site_search import in_chinese_too
from tests.browser.conftest import TELEPHONE, quiet_page
from tests.browser.looking import says

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ZENSICAL = Path(sys.executable).with_name("zensical")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not ZENSICAL.exists(), reason="the extra `docs` is not installed"),
]
LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "source": "src"}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made as `make docs` makes it."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    laid_out(folder / "build" / "docs")
    subprocess.run([ZENSICAL, "build"], cwd=folder, check=True, capture_output=True)
    in_chinese_too(folder / "build" / "site")
    return folder / "build" / "site"


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=built))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def documents(built: Path) -> dict[str, LexborHTMLParser]:
    """Every page by its name, read."""
    return {
        page.relative_to(built).as_posix(): LexborHTMLParser(page.read_bytes())
        for page in built.rglob("*.html")
        if page.name != "404.html"
    }


def links(page: LexborHTMLParser) -> Iterator[str]:
    """Every address that a page names, but those of other sites that are to be clicked."""
    for tag, attribute in LINKS.items():
        for node in page.css(tag):
            link = node.attributes.get(attribute)
            if link and not (tag == "a" and urlsplit(link).scheme):
                yield link


def test_every_link_picture_and_anchor_is_there(built: Path) -> None:
    pages = documents(built)
    anchors = {
        name: {node.attributes.get("id") for node in page.css("[id]")}
        for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        for link in links(page):
            target, anchor = urldefrag(unquote(urljoin(f"/{name}", link)).removeprefix("/"))
            there = target in anchors or (built / target).is_file()
            if not there or (anchor and target in anchors and anchor not in anchors[target]):
                broken.append((name, link))
    assert len(pages) > 100
    assert broken == []


def test_nothing_is_asked_for_from_elsewhere(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for page in quiet_page(context):
        for name in ("index.html", "index.zh-CN.html", "messages.html", "scale.html"):
            page.goto(address + name, wait_until="networkidle")
            pictures = page.locator("article img").all()
            assert all(one.evaluate("img => img.naturalWidth") for one in pictures)
        page.locator("button.md-search__button").click()
        page.get_by_placeholder("Search").fill("backup")
        says(page.get_by_role("listbox"), "Store and backup")
    context.close()
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((address, "blob:"))] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("交接", "Messages", id="a word within a sentence"),
        pytest.param("主页", "Messages", id="a word at the end of another"),
        pytest.param("超期", "超期", id="a heading"),
        pytest.param("RSSHub 微博", "RSSHub", id="both languages"),
        pytest.param("handover", "Custody and duty", id="English"),
        pytest.param("backup", "Store and backup", id="a command"),
        pytest.param("lock_timeout", "Store and backup", id="a setting"),
    ],
)
def test_the_search_finds(browser: Browser, address: str, asked: str, found: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for page in quiet_page(context):
        page.goto(f"{address}index.html")
        page.locator("button.md-search__button").click()
        page.get_by_placeholder("Search").fill(asked)
        says(page.get_by_role("listbox"), found)
    context.close()


@pytest.mark.parametrize("name", ["index", "index.zh-CN", "operations", "configuration", "scale"])
def test_a_telephone_shows_a_page_without_scrolling_aside(
    browser: Browser, address: str, name: str
) -> None:
    context = browser.new_context(**TELEPHONE)
    for page in quiet_page(context):
        page.goto(f"{address}{name}.html", wait_until="networkidle")
        fits = "document.documentElement.scrollWidth <= window.innerWidth"
        assert page.evaluate(fits)
        assert re.search(r"\w", page.locator("article h1").first.inner_text())
    context.close()
