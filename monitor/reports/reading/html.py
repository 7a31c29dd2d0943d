"""Web pages: paragraphs and tables in order, spans resolved. The sole user of selectolax
besides the sources that read list pages.

A number keeps the cell it stands in: flattened text fuses neighbours (284 and 248 became
284248 on a published page).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.errors import Told
from monitor.reports.check.document import Block, Cell, Document, Paragraph, Table
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.text import decoded

_DROPPED = ("script", "style", "noscript", "template", "select", "button", "iframe", "svg")
_INLINE_TAGS = (
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark o:p q s samp small "
    "span strike strong sub sup time tt u var wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_CHINESE = {"gb2312", "gbk", "gb18030"}
_LARGEST_SPAN = 100
_DEEPEST = 200


def from_html(data: bytes) -> Document:
    """Return the document in the bytes of a web page."""
    tree = LexborHTMLParser(_text(data))
    for tag in _DROPPED:
        for node in tree.css(tag):
            node.decompose()
    if tree.body is None:
        raise Unreadable(Told("no HTML page"))
    found = tuple(_blocks(tree.body, 0))
    if not found:
        raise Unreadable(Told("a page without text; save the page itself, not its frame"))
    return Document(found)


def _text(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    # Pages say gb2312 and mean GBK; a wrong declaration must not spoil a page that is UTF-8.
    if name in _CHINESE:
        try:
            return data.decode("utf-8") if not data.isascii() else data.decode("ascii")
        except UnicodeDecodeError:
            return data.decode("gb18030", errors="replace")
    return decoded(data)


def _blocks(node: LexborNode, depth: int) -> Iterator[Block]:
    """Yield the blocks below *node*; what lies deeper than any real page is dropped."""
    if depth > _DEEPEST:
        return
    line: list[str] = []
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            line.append(child.text_content or "")
        elif tag in _INLINE and not _holds_blocks(child):
            line += _inline(child)
        elif tag != "-comment":
            yield from _lines(line)
            line = []
            yield from _block(child, tag, depth)
    yield from _lines(line)


def _block(node: LexborNode, tag: str, depth: int) -> Iterator[Block]:
    if tag == "table" and not _is_layout(node):
        yield _table(node)
    elif tag != "br":
        yield from _blocks(node, depth + 1)


def _holds_blocks(node: LexborNode) -> bool:
    return node.css_first("p, div, table, br, li, h1, h2, h3") is not None


def _inline(node: LexborNode) -> list[str]:
    return [node.text(deep=True)]


def _lines(parts: list[str]) -> Iterator[Paragraph]:
    text = re.sub(r"[ \t\r\n]+", " ", "".join(parts)).strip()
    if text.strip("\u3000\xa0 "):
        yield Paragraph(text)


def _is_layout(node: LexborNode) -> bool:
    """Return whether a table only arranges the page: it holds tables, or a single cell."""
    return len(node.css("table")) > 1 or len(node.css("td, th")) <= 1


def _table(node: LexborNode) -> Table:
    grid: dict[tuple[int, int], Cell] = {}
    rows = node.css("tr")
    for r, row in enumerate(rows):
        column = 0
        for cell in (c for c in row.iter() if c.tag in ("td", "th")):
            while (r, column) in grid:
                column += 1
            across, down = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - r)
            made = Cell(_cell_text(cell), r, column)
            places = [(r + i, column + j) for i in range(down) for j in range(across)]
            grid |= {place: made for place in places if place not in grid}
            column += across
    return Table(tuple(_row(grid, r) for r in range(len(rows))))


def _row(grid: dict[tuple[int, int], Cell], row: int) -> tuple[Cell, ...]:
    width = max((c for r, c in grid if r == row), default=-1) + 1
    return tuple(grid.get((row, c), Cell("", row, c)) for c in range(width))


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return max(1, min(int(value), _LARGEST_SPAN)) if value.isdecimal() else 1


def _cell_text(cell: LexborNode) -> str:
    return re.sub(r"\s+", " ", cell.text(deep=True)).strip("\u3000\xa0 ")
