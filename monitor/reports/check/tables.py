"""The form's three tables, found by their labels in whatever tables a file has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from monitor.reports.check.document import Cell, Document, Table, plain
from monitor.reports.check.numbers import NUMBER, number

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")

# The rows of table 三 in the form of 2021: key, what its label contains, the label itself.
REQUEST_ROWS: tuple[tuple[str, str, str], ...] = (
    ("new", "本年新收", "一、本年新收政府信息公开申请数量"),
    ("carried_in", "上年结转", "二、上年结转政府信息公开申请数量"),
    ("granted", r"(?<!不)予以公开", "（一）予以公开"),
    ("partly", "部分公开", "（二）部分公开"),
    ("secret", "国家秘密", "1.属于国家秘密"),
    ("forbidden", "法规禁止", "2.其他法律行政法规禁止公开"),
    ("stability", "三安全一稳定", "3.危及“三安全一稳定”"),
    ("third_party", "第三方合法权益", "4.保护第三方合法权益"),
    ("internal", "内部事务", "5.属于三类内部事务信息"),
    ("process", "过程性", "6.属于四类过程性信息"),
    ("enforcement", "执法案卷", "7.属于行政执法案卷"),
    ("query", "行政查询", "8.属于行政查询事项"),
    ("not_held", "不掌握", "1.本机关不掌握相关政府信息"),
    ("not_ready", "没有现成", "2.没有现成信息需要另行制作"),
    ("unclear", "仍不明确", "3.补正后申请内容仍不明确"),
    ("petition", "信访举报", "1.信访举报投诉类申请"),
    ("repeated", "重复申请", "2.重复申请"),
    ("published", "出版物", "3.要求提供公开出版物"),
    ("abusive", "反复申请", "4.无正当理由大量反复申请"),
    ("confirm", "重新出具", "5.要求行政机关确认或重新出具已获取信息"),
    ("late_correction", "逾期不补正", "（六）其他处理1.申请人无正当理由逾期不补正"),
    ("late_fee", "逾期未按收费", "（六）其他处理2.申请人逾期未按收费通知要求缴纳费用"),
    ("other", r"^\d?[.、]?其他(?:情形|原因)?$", "（六）其他处理3.其他"),
    ("total", "总计$", "（七）总计"),
    ("carried_out", "结转下", "四、结转下年度继续办理"),
)
RESULT_ROWS = tuple(key for key, _, _ in REQUEST_ROWS[2:23])
# The form of 2019 had one row where that of 2021 has three.
OLD_OTHER = ("other_2019", "其他处理", "（六）其他处理")
LABELS: Mapping[str, str] = MappingProxyType(
    {key: label for key, _, label in (*REQUEST_ROWS, OLD_OTHER)}
)
_FEWEST_ROWS = 19
_REQUEST_PATTERNS = tuple((key, re.compile(p)) for key, p, _ in (*REQUEST_ROWS, OLD_OTHER))

PROCEEDINGS = ("行政复议", "未经复议直接起诉", "复议后起诉")
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")

DISCLOSURE_ROWS = ("规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费")
_NOTHING = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "|"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of figures: its label as printed and its cells as printed."""

    label: str
    cells: tuple[str, ...]

    def value(self, column: int) -> Decimal | None:
        """Return the number in *column*; an empty cell counts as 0, any other text as None."""
        return cell_value(self.cells[column])


@dataclass(frozen=True, slots=True)
class Requests:
    """Table 三: its rows by key (`REQUEST_ROWS`), seven cells each (`APPLICANTS`)."""

    rows: Mapping[str, Row]

    def value(self, key: str, column: int = 6) -> Decimal | None:
        """Return one number; the default column is the total. None where there is none."""
        row = self.rows.get(key)
        return row.value(column) if row else None


@dataclass(frozen=True, slots=True)
class Proceedings:
    """Table 四: fifteen cells, five for each of `PROCEEDINGS`."""

    cells: tuple[str, ...]

    def value(self, group: int, outcome: int = 4) -> Decimal | None:
        """Return one number; the default outcome is the total."""
        return cell_value(self.cells[group * 5 + outcome])


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Table 二: its rows by label of the form, and every header and label as printed."""

    rows: Mapping[str, Row]
    printed: tuple[str, ...]


def cell_value(text: str) -> Decimal | None:
    """Return the number a cell holds, 0 where it is blank, None where it is something else."""
    text = squeezed(text)
    if text in _NOTHING:
        return Decimal(0)
    return number(text) if re.fullmatch(NUMBER, text) else None


def is_blank(text: str) -> bool:
    """Return whether a cell of figures was left empty or struck out."""
    return squeezed(text) in _NOTHING


def squeezed(text: str) -> str:
    """Return plain *text* without any spaces."""
    return plain(text).replace(" ", "")


def tables(document: Document) -> list[Table]:
    """Return the tables of *document* in order."""
    return [block for block in document.blocks if isinstance(block, Table)]


def requests(document: Document) -> Requests | None:
    """Return table 三, put together from all its parts; None where too few rows are found.

    Nobody leaves out six rows: then it was the reading that failed.
    """
    rows: dict[str, Row] = {}
    for table in tables(document):
        for key, row in _request_rows(table):
            rows.setdefault(key, row)
    return Requests(MappingProxyType(rows)) if len(rows) >= _FEWEST_ROWS else None


def proceedings(document: Document) -> Proceedings | None:
    """Return table 四; None where no row of fifteen figures is found."""
    for table in tables(document):
        named = re.search("复议|维持", _text(table)) is not None
        for row in reversed(table.rows):
            cells = tuple(cell.text for cell in row[-15:])
            if len(cells) == 15 and (named or len(row) == 15) and _all_figures(cells):
                return Proceedings(cells)
    return None


def disclosures(document: Document) -> Disclosures | None:
    """Return table 二; None where none of its rows is found."""
    rows: dict[str, Row] = {}
    printed: list[str] = []
    for table in tables(document):
        found = dict(_disclosure_rows(table))
        if found:
            printed += dict.fromkeys(squeezed(c.text) for row in table.rows for c in row)
        rows |= {key: row for key, row in found.items() if key not in rows}
    return Disclosures(MappingProxyType(rows), tuple(printed)) if rows else None


def _request_rows(table: Table) -> Iterator[tuple[str, Row]]:
    header = _header(table)
    for row in table.rows:
        columns = _columns(row, header)
        if not columns:
            continue
        cells = tuple(row[c].text for c in columns)
        labels = _distinct(row[: min(columns)])
        key = _request_key(labels[-1]) if labels and _figures(cells) else None
        if key:
            yield key, Row(labels[-1], cells)


def _header(table: Table) -> dict[str, int] | None:
    """Return the column of each applicant, and the row's length under `""`; None if unclear."""
    for row in table.rows:
        texts = [squeezed(cell.text) for cell in row]
        if all(name in texts for name in APPLICANTS):
            last = {text: i for i, text in enumerate(texts)}
            return {name: last[name] for name in APPLICANTS} | {"": len(row)}
    return None


def _columns(row: Sequence[Cell], header: Mapping[str, int] | None) -> list[int]:
    if len(row) < 8:
        return []
    if header and header[""] == len(row):
        return [header[name] for name in APPLICANTS]
    # Hand-made pages get their spans wrong; the figures are still the last seven.
    return list(range(len(row) - 7, len(row)))


def _figures(cells: Sequence[str]) -> bool:
    """Return whether most of *cells* hold no words: a row of figures, whatever one cell says."""
    return 2 * sum(re.search(r"[一-鿿]{2}", cell) is not None for cell in cells) < len(cells)


def _all_figures(cells: Sequence[str]) -> bool:
    return all(cell_value(cell) is not None for cell in cells) and not all(map(is_blank, cells))


def _distinct(cells: Sequence[Cell]) -> list[str]:
    return [text for text in dict.fromkeys(squeezed(cell.text) for cell in cells) if text]


def _request_key(label: str) -> str | None:
    return next((key for key, pattern in _REQUEST_PATTERNS if pattern.search(label)), None)


def _disclosure_rows(table: Table) -> Iterator[tuple[str, Row]]:
    for row in table.rows:
        labels = _distinct(row[:1])
        key = next((r for r in DISCLOSURE_ROWS if labels and _same_label(labels[0], r)), None)
        cells = tuple(dict.fromkeys((c.row, c.column, c.text) for c in row[1:]))
        texts = tuple(text for _, _, text in cells)
        if key and texts and _figures(texts):
            yield key, Row(labels[0], texts)


def _same_label(printed: str, label: str) -> bool:
    return printed == label or printed == label.removeprefix("行政")


def _text(table: Table) -> str:
    return "".join(squeezed(cell.text) for row in table.rows for cell in row)
