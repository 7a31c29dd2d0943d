"""Invented bodies and consistent figures of a year, and the tables that hold them."""

from __future__ import annotations

import random
from dataclasses import dataclass
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
    """Everything that a report states, consistent."""

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
