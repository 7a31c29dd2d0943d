"""A year as `report year` tells it, and the figures beside it, for the tests of what is printed."""

from datetime import UTC, datetime
from typing import Any

from alerts.words import translator
from monitor.reports.year.figures_file import parse_figures
from monitor.reports.year.report_form import Remaining

MADE_AT = datetime(2025, 1, 6, 1, tzinfo=UTC)
WORDS = translator("zh_CN")
PLATFORMS = (
    "由专人负责维护“鞍山民政”微博、“鞍山民政”微信两个政务新媒体账号，2024年分别发布信息284条、248条，"
    "合计532条。"
)
LAPSE = (
    "“鞍山民政”微博2月1日至17日共16天未更新，超过两周。"
    "此后最长更新间隔6天，年内未再次发生此类情况。"
)
TOML = """
year = 2024
organisation = "鞍山市民政局"
signed_on = 2025-01-07
information_fee = 0
[disclosed]
total = 313
by = { "门户网站" = 300, "政府公报" = 13 }
[disclosures]
normative = { issued = 2, repealed = 1, in_force = 7 }
permits = 35
fees = 12.50
[requests]
new = [2, 0, 0, 0, 0, 0]
granted = [1, 0, 0, 0, 0, 0]
not_held = [1, 0, 0, 0, 0, 0]
[proceedings]
review = [1, 0, 0, 0]
[text]
management = \"\"\"
健全政府信息公开审查机制，严格落实“先审后发”要求。

按照规定清理行政规范性文件，废止1件。
\"\"\"
platforms = "加强门户网站和政务新媒体建设。"
supervision = "全年组织政务公开培训2次，未发生责任追究情况。"
problems = "政策解读形式还不够丰富。"
improvements = "落实账号交接制度，交接期间由专人值守；丰富解读形式。"
"""


def remaining(toml: str = TOML) -> Remaining:
    """Return the figures beside the ledger's."""
    return parse_figures(toml.encode(), "figures.toml", 2024)


def account(id: str, platform: str, **other: Any) -> dict[str, Any]:
    """Return one account of the document."""
    return {
        "id": id,
        "name": "鞍山民政",
        "platform": platform,
        "organisation": "鞍山市民政局",
        "posts": 284,
        "originals": 200,
        "reposts": 84,
        "articles": 0,
        "pushes": 0,
        "complete": True,
        "gaps": [],
        "longest_gap": {"days": 16, "from": "2024-02-01", "to": "2024-02-17"},
        "lapses": [],
        "followers": {"start": None, "end": None, "growth": None, "start_at": None, "end_at": None},
        "deleted": 0,
        "undated": 0,
        "active_days": 150,
        "days_in_breach": 0,
        "months": [20, 3, 26, 25, 24, 30, 22, 26, 28, 27, 25, 28],
        "limit_days": 14,
        "count_reposts": True,
        "longest_gap_after_lapses": None,
        "year_on_year": {
            "before": None,
            "change": None,
            "growth": None,
            "refused": "unknown_before",
        },
        **other,
    }


WEIBO = account(
    "weibo-mz",
    "weibo",
    days_in_breach=2,
    lapses=[
        {
            "from": "2024-02-01T09:00:00+08:00",
            "to": "2024-02-17T10:00:00+08:00",
            "days": 16,
            "breached_at": "2024-02-15T09:00:00+08:00",
            "certain": True,
        }
    ],
)
WECHAT = account(
    "wechat-mz",
    "wechat",
    posts=248,
    originals=0,
    reposts=0,
    articles=248,
    pushes=96,
    complete=False,
    months=[20] * 11 + [28],
    gaps=[
        {
            "from": "2024-06-03T00:00:00+08:00",
            "to": "2024-06-05T00:00:00+08:00",
            "reason": "unreadable",
        }
    ],
    followers={
        "start": 4877,
        "end": 7959,
        "growth": 3082 / 4877,
        "start_at": {"day": "2023-12-31", "exact": True},
        "end_at": {"day": "2024-12-31", "exact": True},
    },
)


def document(*accounts: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Return the year's document."""
    return {
        "year": 2024,
        "version": 1,
        "frozen": True,
        "frozen_at": "2025-01-06T09:00:00+08:00",
        "known_at": "2025-01-06T09:00:00+08:00",
        "changes": [],
        "period": {
            "from": "2024-01-01T00:00:00+08:00",
            "to": "2025-01-01T00:00:00+08:00",
            "over": True,
        },
        "accounts": list(accounts or (WEIBO, WECHAT)),
        "total_posts": 532,
        "complete": False,
        "sentences": [PLATFORMS, LAPSE],
        "sections": [
            {"section": "一、（四）平台建设", "sentences": [PLATFORMS]},
            {"section": "五、存在的问题", "sentences": [LAPSE]},
        ],
        "yearly_form": [],
        **other,
    }
