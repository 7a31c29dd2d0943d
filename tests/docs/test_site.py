"""The site has every document, and leads to none that is not there, nor elsewhere."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.site import LINK, ROOT, laid_out, linked
from docs.site_search import in_chinese_too

PROJECT = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
UNLISTED = re.compile(r"decisions/.*|gateways/(?!README).*|SECURITY\.md")  # reached by links


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("site")
    return {page.relative_to(folder).as_posix() for page in laid_out(folder)}


def listed(entries: Any) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    for entry in entries if isinstance(entries, list) else []:
        for inner in entry.values():
            yield from listed(inner)


def test_the_navigation_lists_every_document_and_only_those(pages: set[str]) -> None:
    documents = {page for page in pages if page.endswith(".md")}
    found = list(listed(PROJECT["nav"]))
    assert sorted(found) == sorted(page for page in documents if not UNLISTED.fullmatch(page))


def test_every_link_of_a_page_leads_to_another(tmp_path: Path) -> None:
    broken = [
        (page.name, link)
        for page in laid_out(tmp_path)
        if page.suffix == ".md"
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if link and not (page.parent / link).is_file()
    ]
    assert broken == []


def test_the_search_knows_chinese(tmp_path: Path) -> None:
    index = tmp_path / "search.json"
    index.write_text('{"config": {"lang": ["en"]}, "items": ["交接"]}', encoding="utf-8")
    in_chinese_too(tmp_path)
    found = json.loads(index.read_text(encoding="utf-8"))
    assert found == {"config": {"lang": ["en", "zh"]}, "items": ["交接"]}


@pytest.mark.parametrize(
    ("paper", "text", "expected"),
    [
        pytest.param("README.md", "[a](docs/page.md#x)", "[a](page.md#x)", id="into docs"),
        pytest.param("docs/page.md", "[a](../README.md)", "[a](index.md)", id="to the first page"),
        pytest.param(
            "docs/gateways/rsshub.md", "[a](../../SECURITY.md)", "[a](../SECURITY.md)", id="upwards"
        ),
        pytest.param("README.md", "[a](https://x.cn/a.md)", "[a](https://x.cn/a.md)", id="outside"),
        pytest.param("README.md", "[a](monitor/)", "[a](monitor/)", id="no document"),
    ],
)
def test_links_follow_the_pages(paper: str, text: str, expected: str) -> None:
    assert linked(text, ROOT / paper) == expected


def test_nothing_is_asked_for_from_elsewhere() -> None:
    assert PROJECT["theme"]["font"] is False
    assert not {"extra_css", "extra_javascript", "extra"} & PROJECT.keys()
