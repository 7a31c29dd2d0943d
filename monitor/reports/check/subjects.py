"""What the numbers of a report's text count: rows and columns of its tables. Pure.

Only what plainly names its subject is assigned; a number by channel, by district, of a month or of
another year is of another scope and stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from monitor.reports.check.document import Place, Sentence
from monitor.reports.check.numbers import POST_UNITS, REQUEST_UNITS, Quantity, quantities


class Kind(StrEnum):
    """Which table, or which statement of the text, a number belongs to."""

    REQUESTS = "requests"
    PROCEEDINGS = "proceedings"
    DOCUMENTS = "documents"
    DECISIONS = "decisions"
    CHARGES = "charges"
    DISCLOSED = "disclosed"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a number counts. *items* are rows (several: one of them, or all together), *column*
    the applicants or the outcome."""

    kind: Kind
    items: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the text whose subject is known, as the year's own."""

    subject: Subject
    quantity: Quantity
    sentence: Sentence

    def quote(self, most: int = 60) -> str:
        """Return its sentence, or of a long one the part that leads up to the number."""
        if len(self.sentence.text) < most:
            return self.sentence.quote()
        start = max(0, self.quantity.end - most)
        opened = re.search("[,;。]", self.sentence.text[start : self.quantity.start])
        return self.sentence.quote(start + opened.end() if opened else start, self.quantity.end)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number where it stands: its item (*lead*, *tail*) and all that leads up to it."""

    quantity: Quantity
    sentence: Sentence
    topic: str
    lead: str
    tail: str
    clause: str
    run: str


def facts(sentences: Sequence[Sentence], year: int) -> tuple[Fact, ...]:
    """Return what *sentences* say of the tables' figures of *year*, in order."""
    found: list[Fact] = []
    for sentence, topic in zip(sentences, topics(sentences), strict=True):
        before: Subject | None = None
        for figure in (*_figures(sentence, topic), *_denials(sentence, topic)):
            subject = subject_of(figure, year, before)
            if subject is not None:
                found.append(Fact(subject, figure.quantity, sentence))
            before = subject or before
    return tuple(found)


def named(text: str, sentence: Sentence, year: int) -> Subject | None:
    """Return the subject that the clause *text* names before it says how it changed."""
    place = Quantity(Decimal(0), "件", Decimal(0), Decimal(0), 0, "", len(text), len(text))
    topic = "requests" if re.search("申请", text) else ""
    figure = _Figure(place, replace(sentence, text=text), topic, text, "", text, text)
    if _COUNT_OF_REQUESTS.search(text) and not _NARROWER.search(text):
        row = "new" if re.search("新收|新增", text) else "received"
        return Subject(Kind.REQUESTS, (row,), _column(text))
    if re.search(r"主动公开(?:政府|政务)?信息(?:的)?(?:总)?(?:数|数量|量)?$", text):
        return Subject(Kind.DISCLOSED, ("disclosed",))
    return subject_of(figure, year, None)


def subject_of(figure: _Figure, year: int, before: Subject | None) -> Subject | None:
    """Return what *figure* counts in *year*, None where it is not plain or of another scope."""
    if figure.quantity.unit == "元":
        return _charge(figure)
    if _OTHER_YEAR.search(_without_rows(_without(figure.lead, year), year)) or _OTHER_SCOPE.search(
        figure.clause
    ):
        return None
    return (
        _proceeding(figure, before)
        or _document(figure, before)
        or _decision(figure)
        or _disclosed(figure)
        or _request(figure, year, before)
    )


# ---------------------------------------------------------------- where a number stands

_BREAK = re.compile("[,;。:(]")
_CLOSED = re.compile(r"\([^()]*\)")
_ITEM_END = re.compile("[,;。:()、]")
_HEADS = (
    ("requests", re.compile("依申请|收到和处理|申请公开")),
    ("disclosed", re.compile("主动公开")),
    ("platform", re.compile("平台|新媒体|微博|微信")),
    ("", re.compile(r"管理|监督|保障|培训|解读|回应")),
)
_ENUMERATED = re.compile(r"\(?[一二三四五六七八九十\d]+[).、]")
_CAME_IN = re.compile(r"(?:收到|受理|新收|接到)[^,。;]{0,12}(?:公开申请|依申请公开)")
_LONGEST_HEAD = 24
_SECTION_TOPICS = {3: "requests", 4: "proceedings"}


def topics(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Return what the paragraph of each sentence is about, by its heading; "" if it says not."""
    return tuple(_topics(sentences))


def _topics(sentences: Sequence[Sentence]) -> Iterator[str]:
    topic, told, section = "", "", 0
    last: Place | None = None
    for sentence in sentences:
        if sentence.place.section != section:
            section, topic = sentence.place.section, _SECTION_TOPICS.get(sentence.place.section, "")
        first = sentence.place != last
        head = sentence.text[:_LONGEST_HEAD]
        if first and (_ENUMERATED.match(head) or len(sentence.text) < _LONGEST_HEAD):
            topic = next((name for name, key in _HEADS if key.search(head)), topic)
        told = topic if first else topic or told
        yield told
        told = "requests" if not told and _CAME_IN.search(sentence.text) else told
        last = sentence.place


def _figures(sentence: Sentence, topic: str) -> Iterator[_Figure]:
    text, end = sentence.text, 0
    for quantity in quantities(text):
        before = _CLOSED.sub(lambda m: " " * len(m[0]), text[: quantity.start])
        breaks = [m.end() for m in _BREAK.finditer(before)]
        start = max([end, *breaks[-1:]])
        clause = breaks[-1] if breaks else 0
        run = max((m.end() for m in re.finditer("[;。]", text[: quantity.start])), default=0)
        after = _ITEM_END.search(text, quantity.end)
        nexts = [q.start for q in quantities(text) if q.start >= quantity.end]
        tail = text[quantity.end : min([after.start() if after else len(text), *nexts[:1]])]
        yield _Figure(
            quantity,
            sentence,
            topic,
            text[start : quantity.start],
            tail,
            before[clause:],
            text[run : quantity.start],
        )
        end = quantity.end


_DENIED = re.compile("未(?!经)|没有|无(?!法|正当)")
_UNCOUNTED = re.compile(
    "责任追究|投诉|举报|不当|败诉|差错|泄密|期|按时|及时|异议|维持|纠正|纠错|撤销|违法"
)
_NONE_CAME = re.compile(r"(?:有)?(?:收到|接到|受理|接收|新收|上年结转|上年度结转|结转)")

_NONE_MADE = re.compile("有?(?:新)?(?:制发|制定|出台|印发)(?:行政)?规范性文件")


def _denials(sentence: Sentence, topic: str) -> Iterator[_Figure]:
    """Yield a zero for each thing that a clause without a number says there was none of."""
    for match in re.finditer("[^,;。()]+", sentence.text):
        clause = re.sub(r"20\d\d年", "", match[0])
        denied = _DENIED.search(clause)
        if not denied or re.search(r"\d", clause) or _UNCOUNTED.search(clause):
            continue
        zero = Decimal(0)
        said = Quantity(zero, "件", zero, zero, 0, clause, match.end(), match.end())
        lead = clause[denied.end() :]
        none_at_all = [lead] if _NONE_CAME.match(lead) or _NONE_MADE.fullmatch(lead) else []
        for kind in re.findall("行政复议|行政诉讼|复议|诉讼", lead) or none_at_all:
            yield _Figure(said, sentence, topic, kind, "", clause, clause)


# ---------------------------------------------------------------- scopes

_OTHER_YEAR = re.compile(
    r"(?:比|较|与)?(?:上年|去年|上一年|前年|往年|历年|同期|{last}年)(?!度?(?:结转|转结|未办结|转入))|同比|比\(?$|较\(?$".replace(
        "{last}", r"(?:19|20)\d\d"
    )
)
_OTHER_SCOPE = re.compile(
    r"季度|上半年|下半年|(?<!\d)\d{1,2}月(?!\d{1,2}日)|每|平均|历年|累计(?<!全年累计)|计划|预计|拟|"
    r"增加|减少|增长|下降|上升|多了|少了"
)
_NARROWER = re.compile(
    r"通过|网络|网上|线上|线下|信函|邮件|邮寄|邮箱|当面|现场|传真|窗口|在线|平台|渠道|"
    r"各(?:县|区|市|乡|镇|街道|部门|单位)|县\(|区县|乡镇|街道|部门|本级|所属|下属|下级|系统|"
    r"指导|(?<!其他)(?<!其它)(?<!公益)组织|转办|涉及|关于|有关|内容为|类(?!似)|除|其余|每|平均|转交|协助|会办|协办|培训|对$"
)
_FOREIGN = re.compile(
    r"热线|信箱|留言|工单|建议|提案|议案|来信|来访|信访(?!举报)|咨询|查询|投诉件|许可|处罚|培训|会议|检查|活动|舆情|解读|"
    r"规范性|文件|复议|诉讼|公文|投诉举报|诉求件|办件|网民|问题|社会组织|救助|登记|新闻|发布会|答记者"
)


def _without(text: str, year: int) -> str:
    return text.replace(f"{year}年", "").replace(f"{year + 1}年", "")


# ---------------------------------------------------------------- requests (table 三)

# Two outcomes of the form side by side are those of applications.
_OUTCOMES_LISTED = re.compile(
    r"予以公开\d+[件宗份],?[^。]{0,20}(?:部分公开|不予公开|无法提供|不予处理)\d+[件宗份]"
)
_ABOUT_REQUESTS = re.compile(
    r"(?:信息公开|依申请公开|公开)[^,。;]{0,12}(?:申请|诉求)|依申请公开|申请公开|申请人"
)
_COUNT_OF_REQUESTS = re.compile(
    r"(?:公开)?申请(?:件|事项)?(?:的)?(?:总)?(?:数量|数|量|总量)?(?:共|为|达|计)*$"
)
_REQUEST_ROWS = (
    (
        "carried_out",
        r"结转(?:至|到|入)?(?:下|次|明|{next})(?:一)?(?:个)?年?度?(?:继续)?(?:办理|答复)?|"
        r"(?:转(?:入|至|到)?)?(?:下|次|明)(?:一)?年度?[^,。;\d]{{0,3}}(?:继续)?(?:办理|答复)|转{next}年度?",
    ),
    (
        "carried_in",
        r"(?:(?:上|去|前)(?:一|个)?年度?|{last}度?)[^,。;\d]{{0,4}}(?:未办结|结转|转结|转入)(?:继续办理)?|"
        r"结转(?:自)?(?:的)?(?:上|去|{last})(?:一|个)?年?度?(?:继续办理)?",
    ),
    ("carried_out", r"继续办理|正在办理|办理中|尚未办结|在办"),
    ("partly", r"部分公开|予以部分公开"),
    ("denied", r"不予公开"),
    ("granted", r"予以公开|同意公开"),
    ("unavailable", r"无法提供"),
    ("absent", r"不存在|不掌握"),
    ("unprocessed", r"不予处理|不再处理"),
    ("elsewise", r"其他处理|(?:其他|其它)方式处理"),
    ("answered", r"答复|回复"),
    ("total", r"办结|办理完(?:毕|成)|办理结果|办复|处理完毕"),
    ("new", r"新收|新增|新受理"),
    ("received", r"收到|接到|接收|受理|收悉|(?<!征)收(?!取|费|集|录|录|缴|入)|提出|提交"),
    ("handled", r"办理|处理"),
)
_COLUMNS = (
    # 公民、法人和其他组织 are the words of the regulations for everybody.
    (
        "legal",
        re.compile(
            r"(?<!公民[、,和])法人(?:(?:或|和|及|与|、)?(?:者)?(?:其他|其它)?组织)?|企事业单位"
        ),
    ),
    ("natural", re.compile("自然人|公民(?![、,和]法人)|个人")),
    ("research", re.compile("科研机构")),
    ("charity", re.compile("公益组织")),
    ("lawyers", re.compile("法律服务机构")),
    ("business", re.compile("企业")),
)


def _request(figure: _Figure, year: int, before: Subject | None) -> Subject | None:
    if figure.quantity.unit not in REQUEST_UNITS or not _speaks_of_requests(figure):
        return None
    column = _column(figure.lead) or _column(figure.tail)
    rows = _rows(figure.lead, year) or _rows(figure.tail, year)
    if _NARROWER.search(_without_rows(figure.clause, year)) and not _carried(rows):
        return None
    if not rows and column:
        head = re.split("[,:(]", figure.run)[0]
        inherited = before.items if before and before.kind is Kind.REQUESTS else ()
        rows = inherited or _rows(head, year) or ("received",)
    if not rows and _COUNT_OF_REQUESTS.search(figure.lead):
        rows = ("received",)
    return Subject(Kind.REQUESTS, rows, column) if rows else None


def _carried(rows: Sequence[str]) -> bool:
    return set(rows) <= {"carried_in", "carried_out"} and bool(rows)


def _speaks_of_requests(figure: _Figure) -> bool:
    upto = figure.sentence.text[: figure.quantity.end] + figure.tail
    about = (
        figure.topic == "requests"
        or _ABOUT_REQUESTS.search(upto) is not None
        or _OUTCOMES_LISTED.search(figure.sentence.text) is not None
    )
    return about and not _FOREIGN.search(figure.run + figure.tail)


def _rows(text: str, year: int) -> tuple[str, ...]:
    """Return the rows that *text* names, in the order of the form."""
    found = []
    for key, pattern in _REQUEST_ROWS:
        known = re.compile(pattern.format(last=f"{year - 1}年", next=f"{year + 1}"))
        if known.search(text):
            found.append(key)
            text = known.sub("|", text)
    return _plainest(list(dict.fromkeys(found)))


def _plainest(rows: Sequence[str]) -> tuple[str, ...]:
    """Return *rows* without what only says how they came about: 收到并办结, 已受理并答复."""
    results = [r for r in rows if r not in ("new", "received", "handled")]
    if len(rows) > 1 and "received" in rows and results in (["total"], ["answered"]):
        return tuple(rows)
    return tuple(results or rows[:1]) if len(rows) > 1 and "handled" in rows else tuple(rows)


def _without_rows(text: str, year: int) -> str:
    for _, pattern in _REQUEST_ROWS[:2]:
        text = re.sub(pattern.format(last=f"{year - 1}年", next=f"{year + 1}"), "", text)
    return text


def _column(text: str) -> str:
    return next((name for name, known in _COLUMNS if known.search(text)), "")


# ---------------------------------------------------------------- proceedings (table 四)

_ABOUT_DISCLOSURE = re.compile(r"信息公开|依申请|公开工作")
_REVIEW, _LAWSUIT = re.compile("复议(?!后|直接)(?<!经复议)"), re.compile("诉讼|起诉")
_AFTER, _DIRECT = re.compile("复议后"), re.compile("未经复议|直接起诉")
_OUTCOMES = (
    ("upheld", re.compile("维持")),
    ("corrected", re.compile("纠正|纠错")),
    ("pending", re.compile("尚未审结|未审结|审理中|正在审理|未办结")),
    ("other", re.compile("其他结果")),
)
_AS_AN_AUTHORITY = re.compile("受理|审理(?!中)|审结(?<!未审结)|应诉|出庭|代理|化解|调解")


def _proceeding(figure: _Figure, before: Subject | None) -> Subject | None:
    about = figure.topic in ("requests", "proceedings")
    if figure.quantity.unit not in REQUEST_UNITS:
        return None
    if not about and not _ABOUT_DISCLOSURE.search(figure.sentence.text):
        return None
    kinds = _proceedings_named(figure.lead) or _proceedings_named(figure.tail)
    outcome = _outcome(figure.lead) or _outcome(figure.tail)
    if not kinds and outcome and before and before.kind is Kind.PROCEEDINGS:
        kinds = before.items
    if not kinds or _AS_AN_AUTHORITY.search(figure.clause):
        return None
    return Subject(Kind.PROCEEDINGS, kinds, outcome)


def _proceedings_named(text: str) -> tuple[str, ...]:
    if _AFTER.search(text):
        return ("after",)
    if _DIRECT.search(text):
        return ("direct",)
    named = (("review", _REVIEW), ("lawsuit", _LAWSUIT))
    return tuple(name for name, known in named if known.search(text))


def _outcome(text: str) -> str:
    return next((name for name, known in _OUTCOMES if known.search(text)), "")


# ---------------------------------------------------------------- documents, decisions, charges

_DOCUMENT = re.compile(r"规范性文件|规章")
_VERBS = (
    ("abolished", re.compile(r"废止")),
    ("in_force", re.compile(r"现行有效")),
    ("made", re.compile(r"制发|制定|出台|印发|新发布")),
)
_ABOUT_THEM = re.compile(
    r"的|解读|审查|备案|公开(?<!主动公开)|清理|评估|修订|修改|栏目|政策|起草|意见"
)
_DECIDED = re.compile(
    r"(行政许可|行政处罚|行政强制)(?:处理)?(?:的)?(?:决定|措施)?(?:案件)?(?:数量|数)?(?:共|为|计|了|达)*$"
)
_DECIDED_AFTER = re.compile(r"^(?:的)?(行政许可|行政处罚|行政强制)(?:决定|措施)?")
_SHOWN = re.compile(r"公开|公示|信息|发布|事项|栏目|归集|报送")


def _document(figure: _Figure, before: Subject | None) -> Subject | None:
    if figure.quantity.unit not in REQUEST_UNITS | {"部", "个"}:
        return None
    whole = figure.lead + figure.tail
    label = _DOCUMENT.search(whole)
    inherited = before.column if before and before.kind is Kind.DOCUMENTS else ""
    if not label and not inherited:
        known = _DOCUMENT.search(figure.run)
        inherited = known[0] if known and len(figure.lead) < _LONGEST_HEAD // 2 else ""
    verb = next((name for name, known in _VERBS if known.search(figure.lead)), "")
    if _within_brackets(figure):
        return None
    if not verb or not (label or inherited) or _ABOUT_THEM.search(figure.lead + figure.tail):
        return None
    if re.search("清理|继续有效|失效|审查|征求", figure.run):
        return None
    return Subject(Kind.DOCUMENTS, (verb,), label[0] if label else inherited)


def _within_brackets(figure: _Figure) -> bool:
    before = figure.sentence.text[: figure.quantity.start]
    return before.rfind("(") > before.rfind(")")


def _decision(figure: _Figure) -> Subject | None:
    match = _DECIDED.search(figure.lead) or _DECIDED_AFTER.search(figure.tail)
    shown = _SHOWN.search(figure.clause + figure.tail[: match.end() if match else 0])
    if not match or shown or figure.quantity.unit not in REQUEST_UNITS | {"个"}:
        return None
    return Subject(Kind.DECISIONS, (match[1],))


def _charge(figure: _Figure) -> Subject | None:
    named = re.search(r"行政事业性收费", figure.lead)
    return Subject(Kind.CHARGES, ("charges",)) if named else None


_DISCLOSING = re.compile(
    r"主动公开(?:各类|各项)?(?:政府|政务)?信息(?:共计|总计|共|总|数量|数|达|为|总量)*$"
)
_BY_WAY = re.compile(
    r"通过|在[^,。;]*(?:栏目|网站|平台)|利用|依托|网站|公众号|微博|专栏|季度|比|较|每|其中"
)


def _disclosed(figure: _Figure) -> Subject | None:
    if figure.quantity.unit not in POST_UNITS or not _DISCLOSING.search(figure.lead):
        return None
    clause = re.sub(
        r"通过(?:不同|多种|各种|各类)[^,。;]{0,6}(?:渠道|方式|途径|形式)", "", figure.clause
    )
    return None if _BY_WAY.search(clause) else Subject(Kind.DISCLOSED, ("disclosed",))
