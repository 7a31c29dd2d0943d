"""Invented annual reports for `checker.py`: consistent figures in the wordings of many provinces.

Places, bodies, names and figures are invented. Every wording says what is true of the figures;
the harmless sentences are true too and are of the kind that a hasty reader takes for an error.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

PLACES = (
    "青石市",
    "云岭县",
    "白沙市",
    "临河区",
    "东湖市",
    "石桥县",
    "南屏区",
    "北川州",
    "金谷市",
    "长汀旗",
)
BODIES = (
    "民政局",
    "教育局",
    "水务局",
    "司法局",
    "住房和城乡建设局",
    "卫生健康委员会",
    "市场监督管理局",
    "农业农村局",
    "统计局",
    "公安局",
    "人民政府办公室",
    "应急管理局",
)
LABELS = (
    ("new", "一、本年新收政府信息公开申请数量"),
    ("carried_in", "二、上年结转政府信息公开申请数量"),
    ("granted", "三、本年度办理结果\t（一）予以公开"),
    ("partly", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ("secret", "（三）不予公开\t1.属于国家秘密"),
    ("forbidden", "2.其他法律行政法规禁止公开"),
    ("stability", "3.危及“三安全一稳定”"),
    ("third_party", "4.保护第三方合法权益"),
    ("internal", "5.属于三类内部事务信息"),
    ("process", "6.属于四类过程性信息"),
    ("enforcement", "7.属于行政执法案卷"),
    ("query", "8.属于行政查询事项"),
    ("not_held", "（四）无法提供\t1.本机关不掌握相关政府信息"),
    ("not_ready", "2.没有现成信息需要另行制作"),
    ("unclear", "3.补正后申请内容仍不明确"),
    ("petition", "（五）不予处理\t1.信访举报投诉类申请"),
    ("repeated", "2.重复申请"),
    ("published", "3.要求提供公开出版物"),
    ("abusive", "4.无正当理由大量反复申请"),
    ("confirm", "5.要求行政机关确认或重新出具已获取信息"),
    (
        "late_correction",
        "（六）其他处理\t1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    ("late_fee", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other", "3.其他"),
    ("total", "（七）总计"),
    ("carried_out", "四、结转下年度继续办理"),
)
RESULTS = tuple(key for key, _ in LABELS[2:23])
DENIED, UNAVAILABLE, UNPROCESSED = RESULTS[2:10], RESULTS[10:13], RESULTS[13:18]
Rows = dict[str, list[int]]


@dataclass(frozen=True)
class Facts:
    """Everything that a report tells, consistent."""

    year: int
    place: str
    body: str
    account: str
    requests: Rows
    proceedings: list[int]
    documents: list[int]
    before_documents: int
    decisions: list[int]
    charges: str
    site: int
    weibo: int
    originals: int
    wechat: int
    followers: tuple[int, int]
    before: dict[str, int]
    lapse: tuple[date, date] | None
    longest: int
    fee: int
    signed: date

    @property
    def name(self) -> str:
        return self.place + self.body

    @property
    def we(self) -> str:
        return (
            "我办"
            if self.body.endswith("办公室")
            else "我委"
            if self.body.endswith("委员会")
            else "我局"
        )

    def of(self, row: str, column: int = 6) -> int:
        return self.requests[row][column]

    def sum(self, rows: tuple[str, ...]) -> int:
        return sum(self.of(row) for row in rows)

    @property
    def legal(self) -> int:
        return sum(self.requests["new"][1:6])

    @property
    def reviews(self) -> int:
        return self.proceedings[4]

    @property
    def lawsuits(self) -> int:
        return self.proceedings[9] + self.proceedings[14]

    @property
    def disclosed(self) -> int:
        return self.site + self.weibo + self.wechat


@dataclass(frozen=True)
class Draft:
    """A report in named parts; `text` is its file."""

    facts: Facts
    parts: dict[str, list[str]]

    def but(self, part: str, *lines: str) -> Draft:
        return replace(self, parts={**self.parts, part: list(lines)})

    def saying(self, part: str, old: str, new: str) -> Draft | None:
        """Return the draft with *old* replaced once in *part*; None where it does not stand."""
        lines = self.parts[part]
        if not any(old in line for line in lines):
            return None
        at = next(i for i, line in enumerate(lines) if old in line)
        return self.but(part, *lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :])

    def text(self) -> bytes:
        return "\n".join(line for lines in self.parts.values() for line in lines).encode()


HAN = "零一二三四五六七八九"


def han(n: int) -> str:
    """Return a number below 1000 in words."""
    if n < 10:
        return HAN[n]
    if n < 100:
        tens = "" if n < 20 else HAN[n // 10]
        return tens + "十" + (HAN[n % 10] if n % 10 else "")
    rest = n % 100
    return (
        HAN[n // 100]
        + "百"
        + (
            ("零" + HAN[rest])
            if 0 < rest < 10
            else (HAN[rest // 10] + "十" + (HAN[rest % 10] if rest % 10 else ""))
            if rest
            else ""
        )
    )


def pct(part: int, whole: int, places: int = 1) -> str:
    """Return *part* of *whole* in per cent as printed."""
    exact = Decimal(part) * 100 / Decimal(whole)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"


def grown(now: int, before: int, places: int = 1) -> str:
    """Return 增长N% or 下降N%."""
    if now == before:
        return "与上年持平"
    return ("增长" if now > before else "下降") + pct(abs(now - before), before, places)


def sample(seed: int) -> Facts:
    """Return consistent figures of an invented body."""
    r = random.Random(seed)
    year = r.choice((2022, 2023, 2024, 2025))
    place, body = r.choice(PLACES), r.choice(BODIES)
    rows: Rows = {key: [0] * 6 for key, _ in LABELS}
    for key, most in (
        ("granted", 30),
        ("partly", 8),
        ("not_held", 14),
        ("third_party", 4),
        ("process", 3),
        ("petition", 4),
        ("repeated", 3),
        ("late_correction", 3),
        ("other", 3),
        ("query", 2),
    ):
        rows[key] = [r.randint(0, most)] + [r.randint(0, max(1, most // 6)) for _ in range(5)]
    rows["granted"][0] += 5
    rows["total"] = [sum(rows[k][c] for k in RESULTS) for c in range(6)]
    rows["carried_out"] = [r.randint(1, 6)] + [r.randint(0, 1) for _ in range(5)]
    came = [a + b for a, b in zip(rows["total"], rows["carried_out"], strict=True)]
    rows["carried_in"] = [min(c, r.randint(0, 4)) for c in came]
    rows["carried_in"][0] = max(1, rows["carried_in"][0])
    rows["new"] = [a - b for a, b in zip(came, rows["carried_in"], strict=True)]
    rows = {key: [*row, sum(row)] for key, row in rows.items()}
    groups = [[r.randint(0, most) for _ in range(4)] for most in (3, 2, 1)]
    made, gone, was = r.randint(1, 5), r.randint(0, 2), r.randint(4, 20)
    start = r.randint(2000, 60000)
    end = int(start * r.uniform(1.05, 1.9))
    weibo = r.randint(120, 900)
    began = date(year, r.randint(2, 10), r.randint(1, 25))
    days = r.randint(16, 40)
    lapse = (began, began + timedelta(days=days)) if r.random() < 0.5 else None
    new = rows["new"][6]
    before = {
        "new": max(3, int(new * r.uniform(0.55, 1.5))) + (1 if r.random() < 0.5 else 0),
        "disclosed": 0,
        "wechat": 0,
        "weibo": 0,
    }
    site, wechat = r.randint(150, 3000), r.randint(100, 800)
    before["disclosed"] = int((site + weibo + wechat) * r.uniform(0.6, 1.3))
    before["wechat"], before["weibo"] = (
        int(wechat * r.uniform(0.6, 1.4)),
        int(weibo * r.uniform(0.6, 1.4)),
    )
    return Facts(
        year,
        place,
        body,
        place[:-1]
        + body.removesuffix("局").removesuffix("委员会").replace("人民政府办公室", "政务"),
        rows,
        [n for g in groups for n in (*g, sum(g))],
        [made, gone, was + made - gone],
        was,
        [r.randint(5, 900), r.randint(0, 60), r.randint(0, 5)],
        r.choice(("0", "1.5", "12.3", "230")),
        site,
        weibo,
        int(weibo * r.uniform(0.5, 0.95)),
        wechat,
        (start, end),
        before,
        lapse,
        days if lapse else r.randint(4, 11),
        r.choice((0, 0, 0, 120, 400)),
        date(year + 1, 1, r.randint(4, 29)),
    )


Words = Callable[[Facts, random.Random], str]


def _n(n: int, unit: str, r: random.Random) -> str:
    """Return a count, now and then in words."""
    return (
        f"{han(n)}{unit}" if 2 <= n < 100 and r.random() < 0.15 and n not in (1,) else f"{n}{unit}"
    )


TITLES: tuple[Words, ...] = (
    lambda f, r: f"{f.name}{f.year}年政府信息公开工作年度报告",
    lambda f, r: f"{f.name}{f.year}年度政府信息公开工作年度报告",
    lambda f, r: f"{f.year}年{f.name}政府信息公开工作年度报告",
    lambda f, r: f"{f.name}关于{f.year}年政府信息公开工作年度报告",
)
OPENINGS: tuple[Words, ...] = (
    lambda f, r: (
        "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《中华人民共和国政府信息公开工作年度报告格式》（国办公开办函〔2021〕30号）编制本报告。"
    ),
    lambda f, r: (
        "本报告按照《中华人民共和国政府信息公开条例》（中华人民共和国国务院令第711号，以下简称《条例》）和《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）要求编制。"
    ),
    lambda f, r: (
        f"根据《中华人民共和国政府信息公开条例》规定，现公布{f.name}{f.year}年政府信息公开工作年度报告。全文包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项六个部分。"
    ),
)
PERIODS: tuple[Words, ...] = (
    lambda f, r: f"所列数据的统计期限自{f.year}年1月1日起至{f.year}年12月31日止。",
    lambda f, r: f"本报告中所列数据的统计期限为{f.year}年1月1日至12月31日。",
    lambda f, r: (
        f"报告数据统计时限从{f.year}年1月1日到{f.year}年12月31日止。如有疑问，请与{f.we}联系（地址：{f.place}人民路18号；邮编：110000；电话：0400-8830330）。"
    ),
)
PROACTIVE: tuple[Words, ...] = (
    lambda f, r: (
        f"全年主动公开政府信息{f.disclosed}条，其中门户网站{f.site}条，政务新媒体{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"{f.year}年，{f.we}主动公开政府信息{f.disclosed}条。其中，政府网站公开信息{f.site}条，政务新媒体发布信息{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"通过不同渠道主动公开各类政府信息共{f.disclosed}条，包括门户网站{f.site}条、微博{f.weibo}条、微信公众号{f.wechat}条。"
    ),
    lambda f, r: (
        f"主动公开政府信息{f.disclosed}条，比上年的{f.before['disclosed']}条{grown(f.disclosed, f.before['disclosed'])}。"
    ),
    lambda f, r: (
        f"主动公开政府信息{f.disclosed}条，较{f.year - 1}年（{f.before['disclosed']}条）{grown(f.disclosed, f.before['disclosed'])}，其中网站{f.site}条，微博{f.weibo}条，微信{f.wechat}条。"
    ),
    lambda f, r: (
        f"年内主动公开政府信息总数{f.disclosed}条，其中网站公开{f.site}条，占{pct(f.site, f.disclosed)}。"
    ),
)
REQUESTS: tuple[Words, ...] = (
    lambda f, r: (
        f"全年新收政府信息公开申请{_n(f.of('new'), '件', r)}，上年结转{_n(f.of('carried_in'), '件', r)}，办结{f.of('total')}件，结转下年度继续办理{_n(f.of('carried_out'), '件', r)}。"
    ),
    lambda f, r: (
        f"{f.year}年共收到政府信息公开申请{f.of('new')}件，结转上年度申请{f.of('carried_in')}件，本年度办结{f.of('total')}件，剩余{f.of('carried_out')}件结转下年度办理。"
    ),
    lambda f, r: (
        f"全年受理依申请公开{f.of('new')}件（含自然人{f.of('new', 0)}件、法人或其他组织{f.legal}件），上年结转{f.of('carried_in')}件，共计{f.of('new') + f.of('carried_in')}件；已办结{f.of('total')}件，其余{f.of('carried_out')}件结转{f.year + 1}年继续办理。"
    ),
    lambda f, r: (
        f"本年度收到公开申请{f.of('new')}件，加上{f.year - 1}年结转的{f.of('carried_in')}件，共{f.of('new') + f.of('carried_in')}件，办理完毕{f.of('total')}件，{f.of('carried_out')}件转{f.year + 1}年度办理。"
    ),
    lambda f, r: (
        f"{f.we}新收到政府信息公开申请{f.of('new')}宗，上年度结转{f.of('carried_in')}宗，共计办结{f.of('total')}宗，结转下一年度{f.of('carried_out')}宗。"
    ),
)
RESULTS_TOLD: tuple[Words, ...] = (
    lambda f, r: (
        f"办理结果中，予以公开{f.of('granted')}件，部分公开{f.of('partly')}件，不予公开{f.sum(DENIED)}件，无法提供{f.sum(UNAVAILABLE)}件，不予处理{f.sum(UNPROCESSED)}件，其他处理{f.sum(('late_correction', 'late_fee', 'other'))}件。"
    ),
    lambda f, r: (
        f"从处理结果看，予以公开{f.of('granted')}件，占{pct(f.of('granted'), f.of('total'))}；部分公开{f.of('partly')}件；无法提供{f.sum(UNAVAILABLE)}件。"
    ),
    lambda f, r: (
        f"答复结果为：予以公开{_n(f.of('granted'), '件', r)}、部分公开{_n(f.of('partly'), '件', r)}、无法提供{f.sum(UNAVAILABLE)}件等。"
    ),
    lambda f, r: (
        f"已办结的申请中，予以公开和部分公开{f.of('granted') + f.of('partly')}件，不予公开{f.sum(DENIED)}件。"
    ),
)
APPLICANTS: tuple[Words, ...] = (
    lambda f, r: f"新收申请中，自然人{f.of('new', 0)}件，法人或其他组织{f.legal}件。",
    lambda f, r: (
        f"从申请人看，本年新收的申请中自然人申请{f.of('new', 0)}件，占{pct(f.of('new', 0), f.of('new'))}，法人和其他组织申请{f.legal}件，占{pct(f.legal, f.of('new'))}。"
    ),
    lambda f, r: (
        f"自然人提出政府信息公开申请{f.of('new', 0)}件，法人或者其他组织提出政府信息公开申请{f.legal}件。"
    ),
)
COMPARED: tuple[Words, ...] = (
    lambda f, r: f"申请数量比上年的{f.before['new']}件{grown(f.of('new'), f.before['new'])}。",
    lambda f, r: (
        f"新收申请数量同比{grown(f.of('new'), f.before['new'])}。"
        if f.of("new") != f.before["new"]
        else "新收申请数量与上年持平。"
    ),
    lambda f, r: (
        f"收到政府信息公开申请{f.of('new')}件，较{f.year - 1}年（{f.before['new']}件）{grown(f.of('new'), f.before['new'])}。"
    ),
    lambda f, r: (
        f"公开申请数量由上年的{f.before['new']}件{'增至' if f.of('new') >= f.before['new'] else '降至'}{f.of('new')}件，{grown(f.of('new'), f.before['new'])}。"
    ),
)
PROCEEDINGS: tuple[Words, ...] = (
    lambda f, r: f"全年因政府信息公开被申请行政复议{f.reviews}件、被提起行政诉讼{f.lawsuits}件。",
    lambda f, r: (
        f"发生政府信息公开行政复议{_n(f.reviews, '件', r)}，其中结果维持{f.proceedings[0]}件，结果纠正{f.proceedings[1]}件；行政诉讼{f.lawsuits}件。"
    ),
    lambda f, r: f"政府信息公开行政复议、行政诉讼共{f.reviews + f.lawsuits}件。",
    lambda f, r: (
        f"因政府信息公开引发行政复议{f.reviews}起，引发行政诉讼{f.lawsuits}起。"
        if f.reviews + f.lawsuits
        else "未发生因政府信息公开引起的行政复议、行政诉讼。"
    ),
)
DOCUMENTS: tuple[Words, ...] = (
    lambda f, r: (
        f"制发行政规范性文件{f.documents[0]}件，废止{f.documents[1]}件，现行有效{f.documents[2]}件。"
    ),
    lambda f, r: (
        f"全年制定行政规范性文件{_n(f.documents[0], '件', r)}，截至年底现行有效行政规范性文件{f.documents[2]}件。"
    ),
    lambda f, r: (
        f"严格落实公开属性源头认定，本年度制发行政规范性文件{f.documents[0]}件、废止行政规范性文件{f.documents[1]}件。"
    ),
    lambda f, r: (
        f"作出行政许可决定{f.decisions[0]}件、行政处罚决定{f.decisions[1]}件；出台行政规范性文件{f.documents[0]}件。"
    ),
)
PLATFORM: tuple[Words, ...] = (
    lambda f, r: (
        f"由专人负责“{f.account}”微博、“{f.account}”微信公众号两个政务新媒体账号，全年分别发布信息{f.weibo}条、{f.wechat}条。微博信息中原创{f.originals}条、转发{f.weibo - f.originals}条。"
    ),
    lambda f, r: (
        f"“{f.account}”微博全年发布信息{f.weibo}条，其中原创{f.originals}条，原创率{pct(f.originals, f.weibo)}；“{f.account}”微信公众号推送信息{f.wechat}条。"
    ),
    lambda f, r: (
        f"官方微博发布信息{f.weibo}条，比上年的{f.before['weibo']}条{grown(f.weibo, f.before['weibo'])}；微信公众号发布信息{f.wechat}条，比上年的{f.before['wechat']}条{grown(f.wechat, f.before['wechat'])}。"
    ),
    lambda f, r: (
        f"维护“{f.account}”微博、“{f.account}”微信公众号2个账号，依次发布信息{f.weibo}条、{f.wechat}条，合计{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"“{f.account}”官方微博更新{f.weibo}条（原创{f.originals}条，转发{f.weibo - f.originals}条），官方微信更新{f.wechat}条。"
    ),
)
FOLLOWERS: tuple[Words, ...] = (
    lambda f, r: (
        f"微信公众号关注数由年初的{f.followers[0]}人增至年底的{f.followers[1]}人，增加{f.followers[1] - f.followers[0]}人，{grown(f.followers[1], f.followers[0])}。"
    ),
    lambda f, r: (
        f"截至年底，“{f.account}”微信公众号粉丝数达{f.followers[1]}人，较年初增加{f.followers[1] - f.followers[0]}人，{grown(f.followers[1], f.followers[0])}。"
    ),
    lambda f, r: (
        f"微信公众号订阅数从年初的{f.followers[0]}个提高到年末的{f.followers[1]}个，是年初的{Decimal(f.followers[1]) / f.followers[0]:.1f}倍。"
    ),
    lambda f, r: f"微信公众号订阅数为{f.followers[1]}个。",
)
GUARD: tuple[Words, ...] = (
    lambda f, r: "全年开展培训3次，参训60人次。",
    lambda f, r: "每季度对12个账号开展抽查，合格12个，合格率100%。",
    lambda f, r: "明确分管领导和专人负责，全年未发生责任追究情形。",
    lambda f, r: "组织业务培训2次，参训120人次，其中机关60人次，基层60人次。",
)
_DAY: Callable[[date], str] = lambda d: f"{d.month}月{d.day}日"
LAPSED: tuple[Words, ...] = (
    lambda f, r: (
        f"因账号交接不及时，“{f.account}”微博{_DAY(f.lapse[0])}至{_DAY(f.lapse[1])}超过两周未更新。此后年内未再次发生此类问题。"
    ),
    lambda f, r: (
        f"“{f.account}”微博在{f.year}年{f.lapse[0].month}月出现一次连续{f.longest - 1}天未更新的情况，已完成整改。"
    ),
    lambda f, r: (
        f"由于人员变动，“{f.account}”新浪微博{_DAY(f.lapse[0])}至{_DAY(f.lapse[1])}共{f.longest}天未更新。整改后未再出现类似情况。"
    ),
    lambda f, r: (
        f"“{f.account}”微博曾有半个多月没有发布信息。"
        if f.longest < 19
        else f"“{f.account}”微博{f.lapse[0].month}月起超过半个月没有更新。"
    ),
)
KEPT: tuple[Words, ...] = (
    lambda f, r: "解读形式比较单一，公开内容不够全面。",
    lambda f, r: "政务新媒体更新间隔均未超过14天，但原创内容偏少。",
    lambda f, r: "年内未发生超过两周不更新的情况，但互动还不够多。",
    lambda f, r: "政务公开队伍流动性大，业务能力有待加强。",
)
BETTER: tuple[Words, ...] = (
    lambda f, r: "下一步将加强业务培训，坚决避免超过两周不更新的情况。",
    lambda f, r: f"{f.year + 1}年，{f.we}将丰富解读形式，计划每周发布信息不少于3条，提升公开质量。",
    lambda f, r: "下一步将落实提醒制度，确保更新间隔不超过7天。",
)
FEES: tuple[Words, ...] = (
    lambda f, r: (
        f"本年度对2件政府信息公开申请收取信息处理费{f.fee}元。"
        if f.fee
        else "本年度未收取信息处理费。"
    ),
    lambda f, r: (
        f"依据《政府信息公开信息处理费管理办法》（国办函〔2020〕109号），{f.year}年收取信息处理费{f.fee}元。"
        if f.fee
        else f"按照《政府信息公开信息处理费管理办法》（国办函〔2020〕109号），{f.year}年发出收费通知0件，未收取信息处理费。"
    ),
    lambda f, r: (
        f"{f.year}年共收取信息处理费{f.fee}元，除此之外无其他需要报告的事项。"
        if f.fee
        else "除无信息处理费收取情况外，没有其他需要报告的事项。"
    ),
)
HARMLESS: dict[str, tuple[Words, ...]] = {
    "proactive": (
        lambda f, r: f"历年累计主动公开政府信息{f.disclosed * 9 + 37}条。",
        lambda f, r: (
            "通过公示栏、宣传册、“村村响”广播等多种方式公开各类信息932条，其中公示栏公开400条、宣传册532条。"
        ),
        lambda f, r: (
            "累计更新栏目信息1698条，其中：工作动态901条、通知公告251条、政策解读44条、人事信息45条、征集调查16期、其他类信息441条。"
        ),
        lambda f, r: "在国家级媒体报道7次，在省级媒体报道72次，在市级媒体报道207次。",
        lambda f, r: (
            "全年办件数量为919件，其中自然人555件，法人364件；承办建议57件，其中人大主办14件（议案7件，建议7件）。"
        ),
        lambda f, r: "发布政策解读稿件40篇，政策文件多样化解读率达到100%。",
        lambda f, r: f"上半年主动公开政府信息{f.disclosed // 3}条。",
        lambda f, r: "门户网站独立用户访问量45.7万个，网站总访问量112.3万次，较上年增长12.5%。",
        lambda f, r: "举办新闻发布会19场。其中，疫情防控专场11场。",
        lambda f, r: "全年编发公报24期，刊登文件112件，部门文件45件。",
        lambda f, r: "主动公开规章13件（含新制定5件，修改4件，废止4件）。",
        lambda f, r: "公开会议纪要摘要12期，图解信息15条，视频解读三十余条。",
    ),
    "requests": (
        lambda f, r: (
            "办理12345热线工单1925件，市长信箱来信31件，人民网留言8件，办结率100%，满意率92.31%。"
        ),
        lambda f, r: "指导各县（市、区）办理政府信息公开申请305件。",
        lambda f, r: "受理群众信访事项34件，办结34件，办结率100%。",
        lambda f, r: "所有申请均在法定期限内答复，按期答复率100%。",
        lambda f, r: "没有对申请人提出额外要求的情形，未出现逾期答复。",
        lambda f, r: (
            f"申请内容主要涉及征地拆迁、工资社保等，其中征地类{max(2, f.of('new') // 3)}件。"
        ),
        lambda f, r: (
            f"通过网络渠道接收{max(1, f.of('new') // 2)}件，当面和信函渠道接收{f.of('new') - max(1, f.of('new') // 2)}件。"
        ),
        lambda f, r: "承办人大代表建议、政协提案13件，全部按期办理并答复完毕。",
        lambda f, r: (
            f"{f.year - 1}年、{f.year}年分别收到政府信息公开申请{f.before['new']}件、{f.of('new')}件。"
        ),
    ),
    "documents": (
        lambda f, r: "对规范性文件开展专项清理，继续有效20件，失效2件、废止4件。",
        lambda f, r: "公开行政规范性文件2件的解读材料。",
        lambda f, r: "合法性审查规范性文件30件，备案审查12件。",
        lambda f, r: "公示行政许可信息210条，公示行政处罚信息33条。",
    ),
    "platform": (
        lambda f, r: f"“{f.place[:-1]}发布”微博发布信息9000条。",
        lambda f, r: f"“{f.account}”抖音号发布作品62条，今日头条号发布信息33条。",
        lambda f, r: (
            "对全市85个政务新媒体开展检查，合格84个，合格率98.82%，对超过两周未更新的账号要求限期整改。"
        ),
        lambda f, r: "政务新媒体阅读量达100余万次，点赞3.2万次，累计转发5000余次。",
        lambda f, r: "一季度微信公众号发布信息20条，二季度微信公众号发布信息31条。",
        lambda f, r: "收到评论和留言1833条，政民互动3845次。",
        lambda f, r: "严格执行政务新媒体每周至少更新一次的要求。",
        lambda f, r: "回复网民留言43条，平均办理时间3天，比上年缩短2天。",
    ),
    "guard": (
        lambda f, r: "检查网站70家次，主动公开率由上年的88.2%提高到90.2%，提高2个百分点。",
        lambda f, r: "群众满意度为96.5%，较上年提高1.3个百分点。",
        lambda f, r: f"对照《{f.year - 1}年政务公开工作要点》，完成{f.year - 1}年部署的任务12项。",
        lambda f, r: "建立“三审三校”制度，一件事一次办，一体推进。",
        lambda f, r: f"社会评议得分92分，在{f.place}排名第三。",
    ),
}


def draft(seed: int) -> Draft:
    """Return a correct report: figures and wordings by *seed*."""
    facts = sample(seed)
    r = random.Random(seed * 7919 + 1)
    pick: Callable[[tuple[Words, ...]], str] = lambda words: r.choice(words)(facts, r)
    more: Callable[[str, int], list[str]] = lambda part, n: [
        w(facts, r) for w in r.sample(HARMLESS[part], n)
    ]
    heads = r.choice(
        (
            (
                "（一）主动公开。",
                "（二）依申请公开。",
                "（三）政府信息管理。",
                "（四）平台建设。",
                "（五）监督保障。",
            ),
            (
                "（一）主动公开情况",
                "（二）依申请公开情况",
                "（三）政府信息管理情况",
                "（四）政府信息公开平台建设情况",
                "（五）监督保障情况",
            ),
            (
                "一是主动公开方面。",
                "二是依申请公开方面。",
                "三是政府信息管理方面。",
                "四是平台建设方面。",
                "五是监督保障方面。",
            ),
        )
    )
    inline = heads[0].endswith("。")

    def told(head: str, *sentences: str) -> list[str]:
        body = "".join(sentences)
        return [head + body] if inline else [head, body]

    requests = [pick(REQUESTS), pick(RESULTS_TOLD), pick(APPLICANTS), pick(COMPARED)]
    parts = {
        "title": [pick(TITLES)],
        "opening": [pick(OPENINGS) + pick(PERIODS)],
        "one": [
            "一、总体情况",
            f"{facts.year}年，{facts.name}认真贯彻落实条例，坚持以公开为常态、不公开为例外。",
        ],
        "proactive": told(heads[0], pick(PROACTIVE), *more("proactive", r.randint(0, 2))),
        "requests": told(
            heads[1], *requests, *more("requests", r.randint(0, 2)), pick(PROCEEDINGS)
        ),
        "documents": told(heads[2], pick(DOCUMENTS), *more("documents", r.randint(0, 1))),
        "platform": told(
            heads[3], pick(PLATFORM), pick(FOLLOWERS), *more("platform", r.randint(0, 2))
        ),
        "guard": told(heads[4], pick(GUARD), *more("guard", r.randint(0, 1))),
        "two": ["二、主动公开政府信息情况", *table_two(facts)],
        "three": ["三、收到和处理政府信息公开申请情况", *table_three(facts)],
        "four": ["四、政府信息公开行政复议、行政诉讼情况", *table_four(facts)],
        "five": ["五、存在的主要问题及改进情况"],
        "problems": [pick(LAPSED if facts.lapse else KEPT) + pick(BETTER)],
        "six": ["六、其他需要报告的事项"],
        "fee": [pick(FEES)],
        "signature": [facts.name],
        "date": [f"{facts.signed.year}年{facts.signed.month}月{facts.signed.day}日"],
    }
    return Draft(facts, parts)


def table_two(f: Facts) -> list[str]:
    """Return the lines of table 二."""
    made = "\t".join(map(str, f.documents))
    return [
        "第二十条第（一）项",
        "信息内容\t本年制发件数\t本年废止件数\t现行有效件数",
        "规章\t0\t0\t0",
        f"行政规范性文件\t{made}",
        "第二十条第（五）项",
        "信息内容\t本年处理决定数量",
        f"行政许可\t{f.decisions[0]}",
        "第二十条第（六）项",
        "信息内容\t本年处理决定数量",
        f"行政处罚\t{f.decisions[1]}",
        f"行政强制\t{f.decisions[2]}",
        "第二十条第（八）项",
        "信息内容\t本年收费金额（单位：万元）",
        f"行政事业性收费\t{f.charges}",
    ]


def table_three(f: Facts) -> list[str]:
    """Return the lines of table 三."""
    return [
        "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）\t申请人情况",
        "\t自然人\t法人或其他组织\t总计",
        "\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t",
        *("\t".join([label, *map(str, f.requests[key])]) for key, label in LABELS),
    ]


def table_four(f: Facts) -> list[str]:
    """Return the lines of table 四."""
    four = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计"
    return [
        "行政复议\t行政诉讼",
        f"{four}\t未经复议直接起诉\t复议后起诉",
        f"{four}\t{four}",
        "\t".join(map(str, f.proceedings)),
    ]


def previous(f: Facts) -> bytes:
    """Return last year's report, of which this year's is the continuation."""
    rows = {key: [0] * 7 for key, _ in LABELS}
    rows["carried_out"] = f.requests["carried_in"]
    granted = f.before["new"] - rows["carried_out"][6]
    extra = max(0, -granted)
    rows["new"] = [f.before["new"], 0, 0, 0, 0, 0, f.before["new"]]
    rows["carried_in"] = [extra, 0, 0, 0, 0, 0, extra]
    done = [rows["new"][c] + rows["carried_in"][c] - rows["carried_out"][c] for c in range(7)]
    rows["granted"] = rows["total"] = done
    last = replace(
        f,
        year=f.year - 1,
        requests=rows,
        proceedings=[0] * 15,
        documents=[1, 0, f.before_documents],
        decisions=[3, 1, 0],
    )
    lines = [
        f"{f.name}{last.year}年政府信息公开工作年度报告",
        "一、总体情况",
        f"主动公开政府信息{f.before['disclosed']}条。微博发布信息{f.before['weibo']}条，微信公众号发布信息{f.before['wechat']}条。",
        "二、主动公开政府信息情况",
        *table_two(last),
        "三、收到和处理政府信息公开申请情况",
        *table_three(last),
        "四、政府信息公开行政复议、行政诉讼情况",
        *table_four(last),
        "五、存在的主要问题及改进情况",
        "队伍有待加强。",
        "六、其他需要报告的事项",
        "未收取信息处理费。",
    ]
    return "\n".join(lines).encode()
