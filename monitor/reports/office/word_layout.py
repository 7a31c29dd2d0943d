"""Word documents as 党政机关公文格式 (GB/T 9704) lays them out. Decides no word of them.

A4 with a type area of 156 × 225 mm: 22 lines of 28 characters of size 三号. The standard names
typefaces; the fonts are those that offices use for them, with a second name where Word may
lack the first. The only place where Word files are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import east_asian_width

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from alerts.words import directed
from monitor.reports.office.word_parts import described, emptied, packed, second_names

XIAOBIAOSONG, HEITI, KAITI, FANGSONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
SONGTI, LATIN = "宋体", "Times New Roman"
# What Word takes where it has not got the first.
SECOND_NAMES = {KAITI: "楷体", FANGSONG: "仿宋", XIAOBIAOSONG: "华文中宋"}
TWO, THREE, FOUR, FIVE, SMALL_FIVE = Pt(22), Pt(16), Pt(14), Pt(10.5), Pt(9)  # 二号 三号 四号 …
PITCH = Pt(28.95)  # 225 mm ÷ 22 lines, as Word rounds it
GRID = {"type": "lines", "linePitch": "579"}
# 28 characters of 16 pt are 448 pt, the type area is 442 pt wide. Every program closes them up by
# this much alike; a grid of characters Word and LibreOffice understand differently.
CLOSED_UP = "-5"  # twentieths of a point
INDENT = 2  # characters a paragraph begins with
BODY, TITLE, FIRST, SECOND, CELL = "Body Text", "Title", "Heading 1", "Heading 2", "Table Text"
MARKED = re.compile(r"(〔[^〔〕]*〕)")
ROLES = ("ascii", "hAnsi", "eastAsia", "cs")
CENTRE, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, from its place on over *columns* and *rows*."""

    text: str
    row: int
    column: int
    columns: int = 1
    rows: int = 1
    left: bool = False


class Paper:
    """One document in the making."""

    def __init__(self, title: str, author: str, made_at: datetime) -> None:
        self._word: WordDocument = Document()
        emptied(self._word)
        described(self._word, title, author, made_at)
        second_names(self._word, SECOND_NAMES)
        _styles(self._word)
        _page(self._word)

    def bytes(self) -> bytes:
        """Return the document as a .docx file."""
        return packed(self._word)

    def title(self, lines: Sequence[str]) -> None:
        """Write the title, in these lines."""
        paragraph = self._word.add_paragraph(style=TITLE)
        for n, line in enumerate(lines):
            run = _run(paragraph, line, XIAOBIAOSONG)
            if n + 1 < len(lines):
                run.add_break()

    def heading(self, text: str, level: int = 1, new_page: bool = False) -> None:
        """Write a heading: 一、 in 黑体 on level 1, （一） in 楷体 on level 2."""
        paragraph = self._word.add_paragraph(style=FIRST if level == 1 else SECOND)
        paragraph.paragraph_format.page_break_before = new_page or None
        _run(paragraph, text, HEITI if level == 1 else KAITI)

    def text(self, text: str) -> None:
        """Write *text*, a paragraph a block between empty lines. What stands in 〔〕 without a
        document's number in it is a place still to be filled, and is marked."""
        for block in re.split(r"\n\s*\n", text.strip()):
            line = "".join(part.strip() for part in block.splitlines())
            paragraph = self._word.add_paragraph(style=BODY)
            for part in MARKED.split(line):
                _marked_run(paragraph, part)

    def caption(self, text: str) -> None:
        """Write what the table that follows is called, in the middle above it."""
        paragraph = self._word.add_paragraph(style=CELL)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(6)
        _run(paragraph, text, HEITI, FIVE)

    def signature(self, name: Sequence[str], date: str) -> None:
        """Write who signs, a line or more, over the date: the date four characters from the
        right, the name centred above it; a long name two characters from the right, the date
        centred below. The last line of the text stays with them: they never stand alone on a
        page."""
        name_width, date_width = max(map(width, name)), width(date)
        date_indent = max(4.0, 2 + (name_width - date_width) / 2)
        name_indent = max(2.0, 4 + (date_width - name_width) / 2)
        for last in self._word.paragraphs[-1:]:
            last.paragraph_format.keep_with_next = True
        for _ in range(2):
            self._kept_together(self._word.add_paragraph(style=BODY))
        for line in name:
            self._signed(line, name_indent + (name_width - width(line)) / 2, last=False)
        self._signed(date, date_indent, last=True)

    def table(
        self,
        cells: Sequence[Cell],
        widths: Sequence[float],
        about: str,
        size: Length = FIVE,
        heading_rows: int = 0,
        lowest: float = 7,
        together: bool = True,
    ) -> None:
        """Write a table of *cells*, ruled all over, its columns' *widths* in millimetres.

        *about* is read out for it to who cannot see it. The first *heading_rows* come again on
        every page; *lowest*: the least height of a row; *together*: keep it on one page, with its
        heading."""
        height = max(cell.row + cell.rows for cell in cells)
        table = self._word.add_table(height, len(widths))
        _layout(table, [Mm(one) for one in widths], about)
        places = [row.cells for row in table.rows]  # all at once: each look-up walks the table
        for cell in cells:
            _fill(places, cell, size, kept=together and cell.row + cell.rows < height)
        for n, row in enumerate(table.rows):
            _row_rules(row._tr, heading=n < heading_rows)
            row.height = Mm(lowest)
        self._space_after_table()

    def _space_after_table(self) -> None:
        """Keep a little room between the table and what follows."""
        paragraph = self._word.add_paragraph(style=CELL)
        paragraph.paragraph_format.line_spacing = Pt(10)
        _run(paragraph, "", FANGSONG, SMALL_FIVE)

    def _kept_together(self, paragraph: Paragraph) -> None:
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, "", FANGSONG)

    def _signed(self, text: str, indent: float, last: bool) -> None:
        paragraph = self._word.add_paragraph(style=BODY)
        paragraph.alignment = RIGHT
        paragraph.paragraph_format.keep_with_next = not last
        _indent(paragraph._p, first=0, right=indent)
        _run(paragraph, text, FANGSONG)


def width(text: str) -> float:
    """Return how many full characters wide *text* is; a digit is half of one."""
    return sum(1.0 if east_asian_width(c) in "WFA" else 0.5 for c in text)


def _styles(word: WordDocument) -> None:
    _defaults(word)
    if CELL not in word.styles:
        word.styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH)
    _style(word, "Normal", FANGSONG, THREE)
    _style(word, BODY, FANGSONG, THREE, first=INDENT)
    _style(word, TITLE, XIAOBIAOSONG, TWO, CENTRE)
    _style(word, FIRST, HEITI, THREE, LEFT, first=INDENT)
    _style(word, SECOND, KAITI, THREE, LEFT, first=INDENT)
    _style(word, CELL, FANGSONG, FIVE, CENTRE)
    _style(word, "Footer", SONGTI, FOUR, LEFT)
    title = word.styles[TITLE].paragraph_format
    title.space_after, title.line_spacing = PITCH, Pt(35)
    _snap(word.styles[TITLE].element.get_or_add_pPr(), False)
    for name in (CELL, "Footer"):
        style = word.styles[name]
        style.paragraph_format.line_spacing = 1.0
        _snap(style.element.get_or_add_pPr(), False)


def _style(
    word: WordDocument,
    name: str,
    font: str,
    size: Length,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    first: float = 0,
) -> None:
    style = word.styles[name]
    assert isinstance(style, ParagraphStyle)
    properties = style.element.get_or_add_pPr()
    for child in list(properties):
        if child.tag not in (qn("w:outlineLvl"), qn("w:keepNext"), qn("w:keepLines")):
            properties.remove(child)
    run_properties = style.element.get_or_add_rPr()
    for child in list(run_properties):
        run_properties.remove(child)
    _fonts(run_properties, font)
    style.font.size, style.font.bold = size, False
    form = style.paragraph_format
    form.alignment, form.line_spacing = align, PITCH
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
    if size == THREE:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), CLOSED_UP)
        style.element.rPr.insert_element_before(spacing, "w:sz", "w:szCs", "w:lang")
    if first:
        _indent(style.element, first=first)


def _defaults(word: WordDocument) -> None:
    """The fonts and the language of whatever has no style of its own."""
    styles = word.styles.element
    defaults = styles.find(qn("w:docDefaults"))
    if defaults is not None:
        styles.remove(defaults)
    fonts = " ".join(f'w:{role}="{FANGSONG if role == "eastAsia" else LATIN}"' for role in ROLES)
    styles.insert(
        0,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts {fonts}/>"
            '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
            "<w:pPrDefault/></w:docDefaults>"
        ),
    )


def _page(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The number stands 7 mm below the type area.
    section.header_distance, section.footer_distance = Mm(15), Mm(22)
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in GRID.items():
        grid.set(qn(f"w:{name}"), value)
    properties.append(grid)
    word.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)


def _page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 四号, one character from the outer edge."""
    paragraph.style = "Footer"
    paragraph.alignment = align
    side = "right" if align is RIGHT else "left"
    _indent(paragraph._p, **{side: 1.0})
    _run(paragraph, "— ", SONGTI, FOUR)
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("", "1"), ("end", "")):
        run = _run(paragraph, "", SONGTI, FOUR)
        run._r.append(_field(kind, text))
    _run(paragraph, " —", SONGTI, FOUR)


def _field(kind: str, text: str) -> BaseOxmlElement:
    if kind:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    said = OxmlElement("w:instrText" if "PAGE" in text else "w:t")
    said.set(qn("xml:space"), "preserve")
    said.text = directed(text)
    return said


def _run(paragraph: Paragraph, text: str, font: str, size: Length | None = None) -> Run:
    run = paragraph.add_run(directed(text))
    _fonts(run._r.get_or_add_rPr(), font)
    if size is not None:
        run.font.size = size
    return run


def _marked_run(paragraph: Paragraph, text: str) -> None:
    if not text:
        return
    run = _run(paragraph, text, FANGSONG)
    if text.startswith("〔") and not text[1:-1].isdecimal():
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _fonts(properties: BaseOxmlElement, font: str) -> None:
    """Set the font of every script; python-docx alone would leave Chinese to Word's theme."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    latin = font if font == SONGTI else LATIN
    for role in ROLES:
        fonts.set(qn(f"w:{role}"), font if role == "eastAsia" else latin)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(owner: BaseOxmlElement, first: float = 0, left: float = 0, right: float = 0) -> None:
    """Indent by characters of size 三号, which stay right if the size is changed."""
    properties = owner.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    for name, characters in (("firstLine", first), ("left", left), ("right", right)):
        indent.set(qn(f"w:{name}Chars"), str(round(characters * 100)))
        indent.set(qn(f"w:{name}"), str(round(characters * 16 * 20)))


def _snap(properties: BaseOxmlElement, on: bool) -> None:
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "1" if on else "0")
    properties.insert_element_before(
        snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"
    )


def _layout(table: Table, widths: Sequence[Length], about: str) -> None:
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    properties.insert_element_before(_borders(), "w:tblLayout", "w:tblLook")
    properties.insert_element_before(_margins(), "w:tblLook")
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), about)
    properties.append(caption)
    for column, size in zip(table.columns, widths, strict=True):
        column.width = size
    for row in table.rows:
        for cell, size in zip(row.cells, widths, strict=True):
            cell.width = size


def _borders() -> BaseOxmlElement:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    rules = "".join(f'<w:{s} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for s in sides)
    return parse_xml(f"<w:tblBorders {nsdecls('w')}>{rules}</w:tblBorders>")


def _margins() -> BaseOxmlElement:
    sides = "".join(f'<w:{side} w:w="40" w:type="dxa"/>' for side in ("left", "right"))
    return parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>")


def _row_rules(row: BaseOxmlElement, heading: bool) -> None:
    """No row breaks over a page; those of the head come again on the next."""
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(places: Sequence[Sequence[_Cell]], cell: Cell, size: Length, kept: bool) -> None:
    first = places[cell.row][cell.column]
    if cell.columns > 1 or cell.rows > 1:
        last = places[cell.row + cell.rows - 1][cell.column + cell.columns - 1]
        first = first.merge(last)
    first.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _write(first, cell, size, kept)


def _write(place: _Cell, cell: Cell, size: Length, kept: bool) -> None:
    paragraph, *others = place.paragraphs
    for other in others:
        other._p.getparent().remove(other._p)
    paragraph.style = CELL
    paragraph.paragraph_format.keep_with_next = kept or None
    if cell.left:
        paragraph.alignment = LEFT
    _run(paragraph, cell.text, FANGSONG, size)
