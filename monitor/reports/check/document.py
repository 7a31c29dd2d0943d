"""A report as paragraphs and tables in order, its six sections and its sentences. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.reports.check.findings import Message, Said, say

TRACKED_CHANGES = "tracked changes"
NUMERALS = "一二三四五六"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, as written."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The text as rules read it (`plain`)."""
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; a cell that spans several places stands in each of them."""

    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its spans resolved; rows may differ in length where the file's do."""

    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """What stands in a file, in reading order. *remarks* are on the file: `TRACKED_CHANGES`.
    *pictures*: the numbers of its pages that are a picture and nothing else."""

    blocks: tuple[Block, ...]
    remarks: tuple[str, ...] = ()
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections; *number* 0 is what stands before the first."""

    number: int
    title: str
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Its paragraphs that are not empty."""
        return tuple(b for b in self.blocks if isinstance(b, Paragraph) and b.plain)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables."""
        return tuple(b for b in self.blocks if isinstance(b, Table))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: section 0-6 and the paragraph within it, from 1."""

    section: int
    paragraph: int

    def said(self) -> Message:
        """Return the place for a reader."""
        if not self.section:
            return say("opening, paragraph {paragraph}", paragraph=self.paragraph)
        return say(
            "section {section}, paragraph {paragraph}",
            section=NUMERALS[self.section - 1],
            paragraph=self.paragraph,
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in plain form, up to its full stop, and where it stands."""

    text: str
    place: Place

    def quote(self, start: int = 0, end: int | None = None) -> str:
        """Return the sentence from *start* to *end*, in quotation marks."""
        return quoted(self.text[start:end])


def section_place(number: int) -> Said:
    """Return a whole section as a place."""
    return say("section {section}", section=NUMERALS[number - 1]) if number else say("opening")


_NOT_NUMBERS = {ord(c): " " for c in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳\u200b\ufeff"}
_LONE_SPACE = re.compile(r"(?<![0-9A-Za-z])\s+|\s+(?![0-9A-Za-z])")
_WIDE = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）"}


def plain(text: str) -> str:
    """Return *text* with half-width digits and punctuation and without idle spaces.

    A space between two digits stays: there a separator may have been lost.
    """
    narrow = unicodedata.normalize("NFKC", text.translate(_NOT_NUMBERS))
    return re.sub(r"\s+", " ", _LONE_SPACE.sub("", narrow)).strip()


def quoted(text: str) -> str:
    """Return plain *text* as a Chinese quotation."""
    wide = re.sub(r"(?<!\d)[,;:]|[,;:](?!\d)|[()]", lambda m: _WIDE[m.group()], text)
    return f"「{wide.strip('，。；')}」"


# What a heading must contain to count as that section's, whatever else it says.
_KEYS = (
    re.compile("总体|概述|概况|基本情况"),
    re.compile("主动公开"),
    re.compile("收到和处理|处理.{0,6}申请|申请.{0,8}情况"),
    re.compile("复议|诉讼"),
    re.compile("问题|改进|不足"),
    re.compile("其他|其它"),
)
# A heading whose number is Word's automatic one arrives without it.
_BARE = (
    re.compile(r"总体情况"),
    re.compile(r"(?:行政机关)?主动公开政府信息情况"),
    re.compile(r"(?:行政机关)?收到和处理政府信息公开申请情况"),
    re.compile(r"(?:因)?政府信息公开.{0,12}行政复议、.{0,4}行政诉讼(?:的)?情况"),
    re.compile(r"(?:政府信息公开工作)?存在的(?:主要)?问题(?:及|和)改进(?:情况|措施)"),
    re.compile(r"其[他它](?:需要)?(?:应)?报告的事项"),
)
_NUMBERED = re.compile(rf"([{NUMERALS}])[、.,:](.{{2,45}})")
_LONGEST_HEADING = 50


def heading(text: str) -> tuple[int, str] | None:
    """Return the number (1-6) and title of the section that plain *text* opens, or None."""
    text = text.rstrip(":。")
    if len(text) > _LONGEST_HEADING or "。" in text:
        return None
    if match := _NUMBERED.fullmatch(text):
        number, title = NUMERALS.index(match[1]) + 1, match[2]
        return (number, title) if _KEYS[number - 1].search(title) else None
    bare = next((n for n, key in enumerate(_BARE, 1) if key.fullmatch(text)), None)
    return (bare, text) if bare else None


def sections(document: Document) -> tuple[Section, ...]:
    """Return what stands before the first heading as section 0, then the sections in order.

    A heading that does not follow in number is text; a first heading found again (after a
    table of contents) starts over.
    """
    found: list[tuple[int, str, list[Block]]] = [(0, "", [])]
    for block in document.blocks:
        opened = heading(block.plain) if isinstance(block, Paragraph) else None
        if opened and opened[0] == 1 and len(found) > 1 and not any(b for _, _, b in found[1:-1]):
            found = [found[0]]
        if opened and opened[0] > found[-1][0]:
            found.append((opened[0], opened[1], []))
        else:
            found[-1][2].append(block)
    return tuple(Section(number, title, tuple(blocks)) for number, title, blocks in found)


def headings(document: Document) -> tuple[tuple[int, str], ...]:
    """Return the headings of sections in order, those of a table of contents left out."""
    found: list[tuple[int, str]] = []
    told = text = False  # whether text stands between two of them, and after the last
    for block in document.blocks:
        opened = heading(block.plain) if isinstance(block, Paragraph) else None
        if opened is None:
            text = bool(found)
            continue
        told = told or (text and opened[0] != 1)
        found = found if told or opened[0] != 1 else []
        found.append(opened)
        text = False
    return tuple(found)


_TITLE = re.compile(r".{0,30}年度?报告")
_PUBLISHED = re.compile(r"(?:时间|日期)[:】\]]*\d{4}[-年/.]\d")
_AFTERWARDS = re.compile(
    r"上一篇|下一篇|打印|关闭窗口|相关(?:链接|附件|文档|信息|阅读)|分享到|扫一扫|版权所有|主办单位?[:]|"
    r"承办单位?[:]|网站地图|ICP备|公网安备|网站标识码|责任编辑|返回顶部|附件下载"
)


def trimmed(document: Document) -> Document:
    """Return *document* without what a web page puts around the report.

    Kept before the first section: the title and what follows it, and dates of publication.
    After the last section everything from the page's own furniture on is dropped.
    """
    first = _first_heading(document.blocks)
    before, after = document.blocks[:first], document.blocks[first:]
    titles = [i for i, b in enumerate(before) if isinstance(b, Paragraph) and is_title(b.plain)]
    title = titles[-1] if titles else 0
    dates = [b for b in before[:title] if isinstance(b, Paragraph) and _PUBLISHED.search(b.plain)]
    return replace(document, blocks=(*before[title:], *dates, *_until_furniture(after)))


def is_title(text: str) -> bool:
    """Return whether plain *text* can be the report's title."""
    return "信息公开" in text and _TITLE.fullmatch(text) is not None


def _first_heading(blocks: Sequence[Block]) -> int:
    firsts = [
        i
        for i, b in enumerate(blocks)
        if isinstance(b, Paragraph) and (h := heading(b.plain)) and h[0] == 1
    ]
    return firsts[-1] if firsts else 0


def _until_furniture(blocks: Sequence[Block]) -> Iterator[Block]:
    last = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            opened = heading(block.plain)
            last = max(last, opened[0]) if opened else last
            if last == len(NUMERALS) and _AFTERWARDS.match(block.plain):
                return
        yield block


def sentences(parts: Sequence[Section]) -> tuple[Sentence, ...]:
    """Return every sentence of every paragraph, in order."""
    return tuple(
        Sentence(text, Place(part.number, number))
        for part in parts
        for number, paragraph in enumerate(part.paragraphs, 1)
        for text in re.split(r"(?<=[。!?])", paragraph.plain)
        if text
    )
