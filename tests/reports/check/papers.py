"""Reports to check, written for the tests: one form, filled in as a bureau would."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import docx

from monitor.reports.check import tables
from monitor.reports.check.document import Block, Cell, Document, Paragraph, Table
from monitor.reports.check.figures import AccountFigures, Figures, LapseFigure, PreviousReport

APPLICANTS = tables.APPLICANTS
OUTCOMES = tables.OUTCOMES
KEYS = tuple(key for key, _, _ in tables.REQUEST_ROWS)
GROUPS = {
    "secret": "（三）不予公开",
    "forbidden": "（三）不予公开",
    "stability": "（三）不予公开",
    "third_party": "（三）不予公开",
    "internal": "（三）不予公开",
    "process": "（三）不予公开",
    "enforcement": "（三）不予公开",
    "query": "（三）不予公开",
    "not_held": "（四）无法提供",
    "not_ready": "（四）无法提供",
    "unclear": "（四）无法提供",
    "petition": "（五）不予处理",
    "repeated": "（五）不予处理",
    "published": "（五）不予处理",
    "abusive": "（五）不予处理",
    "confirm": "（五）不予处理",
    "late_correction": "（六）其他处理",
    "late_fee": "（六）其他处理",
    "other": "（六）其他处理",
}
# Rows of cells (text, columns spanned, rows spanned), as HTML writes them.
Spans = list[list[tuple[str, int, int]]]
ZEROS = ("0",) * 7


@dataclass(frozen=True)
class Paper:
    """A report in parts; `document`, `html`, `word` and `text` are its four files."""

    title: str
    opening: tuple[str, ...]
    overview: tuple[str, ...]
    problems: tuple[str, ...]
    others: tuple[str, ...]
    signature: tuple[str, ...]
    disclosed: tuple[str, str, str, str, str, str, str] = ("0", "0", "0", "0", "0", "0", "0")
    regulations: tuple[str, str, str] = ("0", "0", "0")
    requests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proceedings: tuple[str, ...] = ("0",) * 15
    headings: tuple[str, ...] = (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    )
    old_form: bool = False

    def but(self, **changes: Any) -> Paper:
        """Return the same report with *changes*."""
        return replace(self, **changes)

    def saying(self, old: str, new: str) -> Paper:
        """Return the report with *old* replaced in its text, where it must stand."""
        parts = ("opening", "overview", "problems", "others", "signature")
        changed: dict[str, Any] = {
            p: tuple(t.replace(old, new) for t in getattr(self, p)) for p in parts
        }
        changed["title"] = self.title.replace(old, new)
        assert changed != {p: getattr(self, p) for p in (*parts, "title")}, old
        return replace(self, **changed)

    def with_cell(self, key: str, column: int, value: str) -> Paper:
        """Return the report with one cell of table 三 changed."""
        cells = list(self.requests.get(key, ZEROS))
        cells[column] = value
        return replace(self, requests={**self.requests, key: tuple(cells)})

    def rows(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return table 三 as (group, label, seven cells)."""
        found = []
        for key, _, label in tables.REQUEST_ROWS:
            group = GROUPS.get(key, "")
            if self.old_form and group == "（六）其他处理":
                if key != "other":
                    continue
                found.append(("", "（六）其他处理", self.requests.get(key, ZEROS)))
                continue
            found.append((group, label.removeprefix(group), self.requests.get(key, ZEROS)))
        return found

    def parts(self) -> list[str | Spans]:
        """Return paragraphs and tables in order."""
        return [
            self.title,
            *self.opening,
            self.headings[0],
            *self.overview,
            self.headings[1],
            self.table_two(),
            self.headings[2],
            self.table_three(),
            self.headings[3],
            self.table_four(),
            self.headings[4],
            *self.problems,
            self.headings[5],
            *self.others,
            *self.signature,
        ]

    def document(self) -> Document:
        """Return the report as the checker reads it."""
        made: list[Block] = [
            Paragraph(p) if isinstance(p, str) else resolved(p) for p in self.parts()
        ]
        return Document(tuple(made))

    def table_two(self) -> Spans:
        """Return table 二."""
        labels = ("行政规范性文件", "本年处理决定数量", "本年收费金额（单位：万元）")
        if self.old_form:
            labels = ("规范性文件", "处理决定数量", "本年度收费金额（单位：万元）")
        permits, fines, force, fees = self.disclosed[3:]
        return [
            [("第二十条第（一）项", 4, 1)],
            _single("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
            _single("规章", *self.regulations),
            _single(labels[0], *self.disclosed[:3]),
            [("第二十条第（五）项", 4, 1)],
            [("信息内容", 1, 1), (labels[1], 3, 1)],
            [("行政许可", 1, 1), (permits, 3, 1)],
            [("第二十条第（六）项", 4, 1)],
            [("信息内容", 1, 1), (labels[1], 3, 1)],
            [("行政处罚", 1, 1), (fines, 3, 1)],
            [("行政强制", 1, 1), (force, 3, 1)],
            [("第二十条第（八）项", 4, 1)],
            [("信息内容", 1, 1), (labels[2], 3, 1)],
            [("行政事业性收费", 1, 1), (fees, 3, 1)],
        ]

    def table_three(self) -> Spans:
        """Return table 三."""
        note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
        made: Spans = [
            [(note, 3, 3), ("申请人情况", 7, 1)],
            [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
            _single(*APPLICANTS[1:6]),
        ]
        rows = self.rows()
        results = len(rows) - 3
        before = ""
        for i, (group, label, cells) in enumerate(rows):
            row: list[tuple[str, int, int]] = []
            if i == 2:
                row.append(("三、本年度办理结果", 1, results))
            if group and group != before:
                row.append((group, 1, sum(g == group for g, _, _ in rows)))
            across = 1 if group else 2 if 2 <= i < len(rows) - 1 else 3
            made.append([*row, (label, across, 1), *_single(*cells)])
            before = group
        return made

    def table_four(self) -> Spans:
        """Return table 四."""
        return [
            [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
            [
                *[(name, 1, 2) for name in OUTCOMES],
                ("未经复议直接起诉", 5, 1),
                ("复议后起诉", 5, 1),
            ],
            _single(*OUTCOMES, *OUTCOMES),
            _single(*self.proceedings),
        ]

    def html(self) -> bytes:
        """Return it as a published page: navigation before it, a foot below."""
        body = "".join(
            f"<p>　　{p}</p>" if isinstance(p, str) else _html_table(p) for p in self.parts()
        )
        return (
            "<!DOCTYPE html><html><head><meta charset='utf-8'><title>政府信息公开年报</title>"
            "<script>var n = 284248;</script></head>"
            "<body><div class='nav'><a>首页</a><a>政务公开</a>"
            f"</div><div id='zoom'>{body}</div><div><a>上一篇：2019年年度报告</a></div>"
            "<div>版权所有：某某局 2020年1月1日</div></body></html>"
        ).encode()

    def word(self) -> bytes:
        """Return it as a .docx file with merged cells."""
        document = docx.Document()
        for part in self.parts():
            if isinstance(part, str):
                document.add_paragraph(part)
            else:
                _word_table(document, part)
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    def text(self, encoding: str = "utf-8") -> bytes:
        """Return it as a text file whose tables are set with tabs."""
        lines: list[str] = []
        for part in self.parts():
            if isinstance(part, str):
                lines.append("　　" + part)
            else:
                lines += ["\t".join(text for text, _, _ in row) for row in part]
        return "\n".join(lines).encode(encoding)


def resolved(rows: Spans) -> Table:
    """Return *rows* with every spanning cell in all its places."""
    places: dict[tuple[int, int], Cell] = {}
    for r, row in enumerate(rows):
        column = 0
        for text, across, down in row:
            while (r, column) in places:
                column += 1
            cell = Cell(text, r, column)
            for i in range(down):
                for j in range(across):
                    places[r + i, column + j] = cell
    width = max(c for _, c in places) + 1
    return Table(tuple(tuple(places[r, c] for c in range(width)) for r in range(len(rows))))


def _single(*texts: str) -> list[tuple[str, int, int]]:
    return [(text, 1, 1) for text in texts]


def _html_table(rows: Spans) -> str:
    cells = [
        "".join(
            f"<td colspan='{across}' rowspan={down}><p><span>{text}</span></p></td>"
            for text, across, down in row
        )
        for row in rows
    ]
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


def _word_table(document: Any, rows: Spans) -> None:
    grid = resolved(rows).rows
    table = document.add_table(rows=len(grid), cols=len(grid[0]))
    table.style = "Table Grid"
    cells = [row.cells for row in table.rows]
    places: dict[int, list[tuple[int, int]]] = {}
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            places.setdefault(id(cell), []).append((r, c))
    for (top, left), *rest in places.values():
        corner = cells[top][left]
        corner.text = grid[top][left].text
        if rest:
            bottom, right = rest[-1]
            corner.merge(cells[bottom][right])


def seven(*six: int) -> tuple[str, ...]:
    """Return six applicants' numbers and their total as cells."""
    return tuple(str(n) for n in (*six, sum(six)))


NATURAL_TWO = seven(2, 0, 0, 0, 0, 0)

# A bureau's report of 2024 as such reports are published, slips included: the share of the end
# value as growth, two totals run together, the trial form's row, an unfinished date.
PUBLISHED = Paper(
    title="鞍山市民政局2024年政府信息公开工作年度报告",
    opening=(
        "时间：2025-01-07 08:23:24 来源：办公室",
        "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和市政务公开办的要求，鞍山市民政局编制"
        "2024年度政府信息公开工作年度报告。本报告中所列数据的统计期限自2024年1月1日起至2024年12月31日止。"
        "如有疑问，请与局办公室联系（邮编：114000；电话：0412-5570186）。",
    ),
    overview=(
        "2024年，鞍山市民政局认真落实条例，通过网站、政务新媒体等公开各类信息。",
        "（一）主动公开信息情况",
        "2024年，鞍山市民政局主动公开政府信息313条，主要载体为局门户网站。",
        "（二）依申请公开",
        "2024年，本单位接到依申请公开方面的诉求2件，均依法作出答复，答复率100%。",
        "（三）政府信息管理",
        "严格执行“三审三校”制度，做好政府信息公开保密审核和属性界定工作。",
        "（四）平台建设",
        "由专人负责维护“鞍山民政”微博、“鞍山民政”微信公众号两个政务新媒体账号2024分别发布信息284248条。"
        "微信公众号关注数由年初的4877人提升至年底的7959人，增幅达40%。",
        "（五）监督保障",
        "定期检查网站和政务新媒体，及时整改发现的问题。",
    ),
    problems=(
        "“鞍山民政”新浪微博在2024年2月发生超过两周不更新的情况，原因是人员交接不及时。",
        "整改后明确了专人负责，此后年内未再次发生过此类问题。",
    ),
    others=("2024年，我局未收取信息处理费，无其他需要报告的事项。",),
    signature=("鞍山市民政局", "2025年1月7"),
    disclosed=("2", "1", "7", "0", "0", "0", "0"),
    requests={"new": NATURAL_TWO, "granted": NATURAL_TWO, "total": NATURAL_TWO},
    headings=(
        "一、总体公开情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他应报告的事项",
    ),
    old_form=True,
)

_PERIOD = "本报告中所列数据的统计期限自{y}年1月1日起至{y}年12月31日止。"
_FORM = (
    "根据《中华人民共和国政府信息公开条例》和《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国"
    "政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）要求编制。"
)
_BETTER = (
    "一是公开内容不够全面，二是解读形式比较单一。",
    "下一步将加强业务培训，按时更新栏目，避免出现超过两周不更新的情况。",
)

# What a bureau might say in its own words, all of it true and consistent.
CIVIL_AFFAIRS = Paper(
    title="某市民政局2025年政府信息公开工作年度报告",
    opening=(_FORM, _PERIOD.format(y=2025)),
    overview=(
        "2025年，某市民政局认真贯彻条例，坚持以公开为常态、不公开为例外。",
        "（一）主动公开。全年主动公开政府信息853条，其中在门户网站公开202条，利用微信形式公开651条。"
        "制发行政规范性文件2件，废止行政规范性文件1件，现行有效行政规范性文件7件。",
        "（二）依申请公开。新收政府信息公开申请40件，上年结转4件，结转下年度继续办理5件。"
        "因政府信息公开被申请行政复议2件、行政诉讼1件。",
        "（三）平台建设。由专人负责维护“某市民政”微博、“某市民政”微信公众号两个政务新媒体账号，"
        "2025年分别发布信息311条、651条。“某市民政”微信公众号关注数由年初的7959人增至年底的9551人，"
        "增加1592人，增长20.0%。",
        "（四）监督保障。对12个账号开展抽查，合格12个，合格率100%。",
    ),
    problems=(
        "“某市民政”新浪微博6月5日至6月21日共16天未更新，原因是人员交接不及时。"
        "此后年内未再次发生此类问题。",
        *_BETTER,
    ),
    others=(
        "依据《政府信息公开信息处理费管理办法》，本年度未收取信息处理费。除此之外，没有其他需要报告的事项。",
    ),
    signature=("某市民政局", "2026年1月15日"),
    disclosed=("2", "1", "7", "120", "3", "0", "1.5"),
    regulations=("0", "0", "0"),
    requests={
        "new": seven(36, 2, 0, 1, 0, 1),
        "carried_in": seven(3, 1, 0, 0, 0, 0),
        "granted": seven(20, 1, 0, 1, 0, 0),
        "partly": seven(5, 0, 0, 0, 0, 0),
        "internal": seven(2, 0, 0, 0, 0, 0),
        "not_held": seven(5, 1, 0, 0, 0, 1),
        "petition": seven(1, 0, 0, 0, 0, 0),
        "late_correction": seven(1, 0, 0, 0, 0, 0),
        "other": seven(1, 0, 0, 0, 0, 0),
        "total": seven(35, 2, 0, 1, 0, 1),
        "carried_out": seven(4, 1, 0, 0, 0, 0),
    },
    proceedings=("1", "1", "0", "0", "2", "0", "0", "0", "1", "1", "0", "0", "0", "0", "0"),
)


def quiet(title: str, year: int, *overview: str, **changes: Any) -> Paper:
    """Return a correct report of *year* without requests whose overview is *overview*."""
    plain = Paper(
        title=title,
        opening=(_PERIOD.format(y=year),),
        overview=overview,
        problems=_BETTER,
        others=(f"{year}年，本机关未收取政府信息公开信息处理费。",),
        signature=(f"{year + 1}年1月20日",),
    )
    return plain.but(**changes)


def received(number: int) -> dict[str, tuple[str, ...]]:
    """Return a table 三 in which *number* people asked, and were all answered."""
    row = seven(number, 0, 0, 0, 0, 0)
    return {"new": row, "granted": row, "total": row}


CORRECT = {
    "a bureau with everything": CIVIL_AFFAIRS,
    "three channels side by side": quiet(
        "市民政局2024年度政府信息公开工作年度报告",
        2024,
        "（一）政府信息主动公开情况。通过门户网站发布政府信息496条，微信公众号发布455条，微博发布288条。"
        "在国家级媒体报道7次，在省级媒体报道72次，在市级媒体报道207次。",
        "（二）政府信息依申请公开情况。2024年，市民政局收到政府依申请公开31件，其中通过网络平台接收27件，"
        "信函渠道4件。",
        requests=received(31),
    ),
    "field names of the website form": quiet(
        "市经济和信息化局2025年政府信息公开工作年度报告",
        2025,
        "政务微信发布信息741条，微信订阅数为128170个；政务微博发布信息218条，微博关注量为21884个。",
        "2025年，未收到政府信息公开申请，未发生因政府信息公开工作引起的行政复议、行政诉讼。",
    ),
    "Weibo in 条 and WeChat in 篇": quiet(
        "省民政厅2023年政府信息公开工作年度报告",
        2023,
        "（一）主动公开情况。2023年，通过民政微博发布信息1093条、微信公众号发布信息859篇。",
        "（二）依申请公开情况。全年共收到有效政府信息公开申请3件，办结3件，答复率100%。"
        "行政复议、行政诉讼均为0件。",
        requests=received(3),
    ),
    "originals and reposts, subscribers": quiet(
        "区民政局2025年政府信息公开工作年度报告",
        2025,
        "2025年微信公众号信息发布571篇，其中原创信息272篇，转载信息299篇，原创率达47.6%，"
        "现有订阅量15968人。",
        "全年办件数量为919件，其中自然人555件，法人364件；承办建议57件，其中人大主办14件（议案7件，"
        "建议7件），协办11件（议案6件，建议4件，闭会建议1件），政协主办11件，协办21件。",
    ),
    "four platforms under one total": quiet(
        "市统计局2024年政府信息公开工作年度报告",
        2024,
        "全年发布信息578条，其中微博183条，微信公众号270条，抖音号92条、今日头条33条。",
        "全年通过官方网站、官方微博、微信公众号、抖音、今日头条等平台发布信息共2280条。",
        headings=(
            "一、总体情况",
            "二、行政机关主动公开政府信息情况",
            "三、行政机关收到和处理政府信息公开申请情况",
            "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
            "五、政府信息公开工作存在的主要问题及改进情况",
            "六、其他需要报告的事项",
        ),
    ),
    "rounded numbers": quiet(
        "市生态环境局2023年政府信息公开工作年度报告",
        2023,
        "微博某州环境发布信息 16000 条，关注量 85.4 万；"
        "微信某州环境发布信息 1500 条，关注量 1.5 万。"
        "“平安某州”微博、微信公众号关注量达269万，全年发布信息1.3万余条，阅读量达100余万次。",
    ),
    "growth on the year before, and a carry-over": quiet(
        "区人民政府办公室2024年政府信息公开工作年度报告",
        2024,
        "“某区政府网”微信公众号推送各类信息750条。办理政府信息公开申请80件，同比增长5.26%；上年结转2件，"
        "结转下年办理8件。",
        requests={
            "new": seven(80, 0, 0, 0, 0, 0),
            "carried_in": seven(2, 0, 0, 0, 0, 0),
            "granted": seven(74, 0, 0, 0, 0, 0),
            "total": seven(74, 0, 0, 0, 0, 0),
            "carried_out": seven(8, 0, 0, 0, 0, 0),
        },
    ),
    "fewer requests than in the year before": quiet(
        "市公安局2023年政府信息公开工作年度报告",
        2023,
        "“平安某度”微信公众号发布稿件605篇，阅读量达100余万次，粉丝量37056人。",
        "2023年收到信息公开申请22起，比2022年（31起）下降29%，均按期答复，答复率100%。",
        requests=received(22),
    ),
    "last year's numbers beside this year's": quiet(
        "市财政局2025年政府信息公开工作年度报告",
        2025,
        "通过“某市财政”微信公众号和微博推送工作动态等各类信息457条，较2024年的420条增长8.8%。",
        "2024年发布政策解读40条，2025年发布政策解读50条，增长25%。",
        "根据《关于2024年政务公开工作要点的通知》，继续完善2024年建成的专栏。",
    ),
    "a rule of the office's own, and inspections": quiet(
        "区审计局2023年政府信息公开工作年度报告",
        2023,
        "“某市审计”微信公众号发布原创53篇，转发96篇，共计149篇；审计视角微博发布原创56篇，转发13篇，"
        "共计69篇。",
        "每季度对全市85个政务新媒体开展检查，合格84个，总体合格率98.82%，对超过两周未更新的账号要求限期整改。",
        "严格落实政务新媒体每周至少更新一次的要求，全年未发生超过两周不更新的情况。",
    ),
}


# What the ledger and last year's report know of the bureau with everything.
FIGURES = Figures(
    2025,
    accounts=(
        AccountFigures(
            "某市民政",
            "weibo",
            posts=311,
            originals=200,
            reposts=111,
            complete=True,
            lapses=(LapseFigure(date(2025, 6, 5), date(2025, 6, 21), 16),),
            longest_gap=16,
        ),
        AccountFigures(
            "某市民政",
            "wechat",
            posts=651,
            articles=651,
            pushes=220,
            complete=True,
            followers_start=7959,
            followers_end=9551,
            longest_gap=6,
        ),
    ),
    previous=PreviousReport(carried=(3, 1, 0, 0, 0, 0, 4), rules_in_force=0, documents_in_force=6),
)
