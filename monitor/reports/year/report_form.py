"""The form of the annual report 政府信息公开工作年度报告, and whether its tables add up. Pure.

The form is that of 2021 (国办公开办函〔2021〕30号). Its headings and labels are the form's own
words; they stand here as they are printed and are never translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from monitor.errors import Told

BASIS = (
    "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《国务院办公厅政府信息与政务公开"
    "办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）"
    "要求，编制本报告。"
)
PERIOD = "本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
TITLE = "政府信息公开工作年度报告"
TITLE_LINE = 19  # characters of size 二号 in a line of the type area, one left over
ENDS = "省市州盟县旗区乡镇）会局厅部委办院署"  # characters that names of places and bodies end in
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
OVERVIEW = (
    "（一）主动公开",
    "（二）依申请公开",
    "（三）政府信息管理",
    "（四）政府信息公开平台建设",
    "（五）监督保障",
)
PROBLEMS = ("（一）存在的主要问题", "（二）改进情况")

CONTENT = "信息内容"
DECIDED = "本年处理决定数量"
FEES = "本年收费金额（单位：万元）"
MADE = ("本年制发件数", "本年废止件数", "现行有效件数")
CLAUSES = tuple(f"第二十条第（{clause}）项" for clause in "一五六八")

IDENTITY = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
SITUATION, LEGAL_PERSONS = "申请人情况", "法人或其他组织"
APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
RESULTS = "三、本年度办理结果"
REFUSED, NOT_HELD = "（三）不予公开", "（四）无法提供"
NOT_HANDLED, OTHERWISE = "（五）不予处理", "（六）其他处理"
# The rows of table 三 as (key, group within the results, label).
ROWS: tuple[tuple[str, str, str], ...] = (
    ("new", "", "一、本年新收政府信息公开申请数量"),
    ("carried_in", "", "二、上年结转政府信息公开申请数量"),
    ("granted", "", "（一）予以公开"),
    ("partly", "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ("secret", REFUSED, "1.属于国家秘密"),
    ("forbidden", REFUSED, "2.其他法律行政法规禁止公开"),
    ("stability", REFUSED, "3.危及“三安全一稳定”"),
    ("third_party", REFUSED, "4.保护第三方合法权益"),
    ("internal", REFUSED, "5.属于三类内部事务信息"),
    ("process", REFUSED, "6.属于四类过程性信息"),
    ("enforcement", REFUSED, "7.属于行政执法案卷"),
    ("query", REFUSED, "8.属于行政查询事项"),
    ("not_held", NOT_HELD, "1.本机关不掌握相关政府信息"),
    ("not_ready", NOT_HELD, "2.没有现成信息需要另行制作"),
    ("unclear", NOT_HELD, "3.补正后申请内容仍不明确"),
    ("petition", NOT_HANDLED, "1.信访举报投诉类申请"),
    ("repeated", NOT_HANDLED, "2.重复申请"),
    ("published", NOT_HANDLED, "3.要求提供公开出版物"),
    ("abusive", NOT_HANDLED, "4.无正当理由大量反复申请"),
    ("confirm", NOT_HANDLED, "5.要求行政机关确认或重新出具已获取信息"),
    (
        "late_correction",
        OTHERWISE,
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    (
        "late_fee",
        OTHERWISE,
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    ("other", OTHERWISE, "3.其他"),
    ("total", "", "（七）总计"),
    ("carried_out", "", "四、结转下年度继续办理"),
)
KEYS = tuple(key for key, _, _ in ROWS)
RESULT_KEYS = KEYS[2:23]
LABELS: Mapping[str, str] = {key: label for key, _, label in ROWS}

REVIEW, LITIGATION = "行政复议", "行政诉讼"
DIRECT, AFTER_REVIEW = "未经复议直接起诉", "复议后起诉"
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
PROCEEDINGS: Mapping[str, str] = {
    "review": REVIEW,
    "direct": DIRECT,
    "after_review": AFTER_REVIEW,
}

Counts = tuple[int, ...]
ZEROS: Counts = (0,) * len(APPLICANTS)


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Table 二. *regulations*, *normative*: issued, repealed, in force. *fees* in 万元."""

    regulations: Counts = (0, 0, 0)
    normative: Counts = (0, 0, 0)
    permits: int = 0
    penalties: int = 0
    coercion: int = 0
    fees: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Requests:
    """Table 三, whole: seven numbers a row, by the key of the row."""

    rows: Mapping[str, Counts] = field(default_factory=dict)

    def row(self, key: str) -> Counts:
        """Return the row's seven numbers."""
        return self.rows.get(key, ZEROS)

    def total(self, key: str) -> int:
        """Return the row's number in the column 总计."""
        return self.row(key)[-1]


@dataclass(frozen=True, slots=True)
class Proceedings:
    """Table 四, whole: five numbers each (`OUTCOMES`), by the keys of `PROCEEDINGS`."""

    rows: Mapping[str, Counts] = field(default_factory=dict)

    def row(self, key: str) -> Counts:
        """Return the row's five numbers."""
        return self.rows.get(key, (0,) * len(OUTCOMES))


@dataclass(frozen=True, slots=True)
class Texts:
    """What only the writer of the report knows, a place each; "" where it is still to come."""

    opening: str = ""
    disclosure: str = ""
    on_request: str = ""
    management: str = ""
    platforms: str = ""
    supervision: str = ""
    problems: str = ""
    improvements: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Remaining:
    """The figures of an annual report that the ledger does not know.

    *disclosed*: pieces of information published on the body's own initiative, and *by*: how
    many of them where. *fee*: 信息处理费 of the year in 元; None if it is not to be mentioned.
    """

    organisation: str
    year: int
    signed_on: date | None = None
    disclosed: int | None = None
    by: tuple[tuple[str, int], ...] = ()
    disclosures: Disclosures = Disclosures()
    requests: Requests = Requests()
    proceedings: Proceedings = Proceedings()
    fee: Decimal | None = None
    texts: Texts = Texts()


def whole(given: Mapping[str, Sequence[int]]) -> Requests:
    """Return table 三 with its sums: the column 总计 and, from the results, the row（七）总计.

    *given*: six or seven numbers a row; rows left out are 0.
    """
    rows = {key: _summed(given.get(key, ZEROS)) for key in KEYS}
    rows["total"] = tuple(map(sum, zip(*(rows[key] for key in RESULT_KEYS), strict=True)))
    return Requests(rows)


def requests_problems(given: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, str]]:
    """Yield what in table 三 does not add up, as (row's key, what is wrong)."""
    for key, row in given.items():
        if len(row) == len(APPLICANTS) and row[-1] != sum(row[:-1]):
            yield (
                key,
                Told(
                    "总计 is {said}, but the six applicants add up to {right}",
                    said=row[-1],
                    right=sum(row[:-1]),
                ),
            )
    table = whole(given)
    if "total" in given:
        yield from _differing(_summed(given["total"]), table.row("total"))
    yield from _unbalanced(table)


def proceedings_whole(given: Mapping[str, Sequence[int]]) -> Proceedings:
    """Return table 四 with its sums. *given*: four or five numbers a row."""
    return Proceedings({key: _summed(given.get(key, (0,) * 4), 4) for key in PROCEEDINGS})


def proceedings_problems(given: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, str]]:
    """Yield what in table 四 does not add up, as (row's key, what is wrong)."""
    for key, row in given.items():
        if len(row) == len(OUTCOMES) and row[-1] != sum(row[:-1]):
            yield (
                key,
                Told(
                    "总计 is {said}, but the four outcomes add up to {right}",
                    said=row[-1],
                    right=sum(row[:-1]),
                ),
            )


def title_lines(organisation: str, year: int) -> tuple[str, ...]:
    """Return the title in lines; one line where it fits into one."""
    head = f"{organisation}{year}年"
    if len(head + TITLE) <= TITLE_LINE:
        return (head + TITLE,)
    if len(head) <= TITLE_LINE:
        return (head, TITLE)
    return (*name_lines(organisation, TITLE_LINE), f"{year}年{TITLE}")


def name_lines(name: str, longest: int) -> tuple[str, ...]:
    """Return a body's *name* in two lines if it is longer than *longest*, broken between words:
    after the name of a place or of another body, as near to the middle as may be."""
    if len(name) <= longest:
        return (name,)
    middle = len(name) // 2
    places = [n for n in range(1, len(name)) if name[n - 1] in ENDS and name[n] not in ENDS]
    fitting = [n for n in places if max(n, len(name) - n) <= longest]
    cut = min(fitting, key=lambda n: abs(n - middle), default=middle)
    return (name[:cut], name[cut:])


def _summed(row: Sequence[int], width: int = 6) -> Counts:
    return (*row[:width], sum(row[:width]))


def _differing(given: Counts, reckoned: Counts) -> Iterator[tuple[str, str]]:
    for column, said, right in zip(APPLICANTS, given, reckoned, strict=True):
        if said != right:
            yield (
                "total",
                Told(
                    "{column} is {said}, but the results of that column add up to {right}",
                    column=column,
                    said=said,
                    right=right,
                ),
            )


def _unbalanced(table: Requests) -> Iterator[tuple[str, str]]:
    for n, column in enumerate(APPLICANTS):
        new, before, done, after = (
            table.row(key)[n] for key in ("new", "carried_in", "total", "carried_out")
        )
        if new + before != done + after:
            yield (
                "carried_out",
                Told(
                    "{column}: new {new} + carried in {before} = {came}, but results {done} + "
                    "carried out {after} = {went}; the form demands both to be equal",
                    column=column,
                    new=new,
                    before=before,
                    came=new + before,
                    done=done,
                    after=after,
                    went=done + after,
                ),
            )
