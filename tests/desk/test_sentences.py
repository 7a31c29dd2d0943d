"""How an explanation is worded."""

from datetime import date

from alerts.model import Kind, NoticeState, Reason
from alerts.words import translator
from monitor.desk.sentences import sentences
from monitor.desk.shapes import Explained, NextCall
from monitor.freshness.verdict import Basis, Verdict
from monitor.model import Outcome, Pulse
from tests.rule_values import at

WORDS = translator("zh_CN")
EXPLAINED: Explained = {
    "account": "weibo-anshanmz",
    "verdict": Verdict.LATE,
    "checked": True,
    "reason": Basis.PROVEN,
    "waiting": False,
    "weak": True,
    "since": at("02-02 10:05"),
    "quiet_days": 11,
    "rung": 10,
    "breach_at": at("02-16 10:05"),
    "publish_by": date(2024, 2, 15),
    "changes_at": at("02-14 09:00"),
    "last_post": {
        "title": "春节放假\n通知",
        "published_at": at("02-02 10:05"),
        "published_until": None,
        "url": "https://weibo.com/1/2",
        "source": "weibo-anshanmz/rsshub",
    },
    "visible_last_post": {
        "title": "旧闻",
        "published_at": at("01-30 00:00"),
        "published_until": at("01-31 00:00"),
        "url": "",
        "source": None,
    },
    "last_good_reading": {
        "at": at("02-13 09:00"),
        "as_of": at("02-13 08:30"),
        "source": "weibo-anshanmz/rsshub",
        "gateway": "rsshub",
        "pulse": Pulse.WEAK,
        "by_person": False,
    },
    "readings": {
        "tried": 44,
        "good": 41,
        "since": at("02-02 10:05"),
        "last_tried_at": at("02-13 10:00"),
        "last_outcome": Outcome.STATUS,
        "last_detail": "503",
    },
    "cannot_see_since": None,
    "unseen": None,
    "unconfirmed": None,
    "other_name": None,
    "disagreement": [],
    "gaps": [],
    "last_original_at": None,
    "rule": {
        "policy": "default",
        "limit": 14,
        "ladder": [
            {"after": 7, "tell": ["custodian"]},
            {"after": 14, "tell": ["custodian", "duty", "wang"]},
        ],
        "count_reposts": False,
        "originals_every": None,
        "handover": None,
    },
    "told": [
        {
            "at": at("02-09 09:00"),
            "to": "zhang",
            "channel": "mail",
            "kind": Kind.SILENCE,
            "rung": 13,
            "reason": Reason.CLOSURE,
            "state": NoticeState.SENT,
            "waits_until": None,
            "name": "张三",
        },
        {
            "at": at("02-16 22:05"),
            "to": "li",
            "channel": "wecom",
            "kind": Kind.SILENCE,
            "rung": 14,
            "reason": Reason.BREACH,
            "state": NoticeState.PENDING,
            "waits_until": at("02-17 07:00"),
            "name": "李四",
        },
    ],
    "link": "https://weibo.com/u/1",
    "statistics": [],
    "custodian": "zhang",
    "exception": None,
    "unheard": [],
    "next_call": None,
    "next_reading_at": None,
}


def test_an_explanation_gives_the_verdict_with_all_its_evidence() -> None:
    assert sentences(EXPLAINED, "鞍山民政", "weibo", WORDS).split("\n") == [
        "“鞍山民政”微博：临近，已11天未更新。",
        "理由：到达该级别之后的有效读取证实没有更新的信息。",
        "未经旁证：采集网关不能证明读取完整，请以账号页面为准。",
        "最近一条：2月2日（周五）10:05“春节放假 通知”",
        "  链接：https://weibo.com/1/2",
        "  来源：rsshub",
        "该条其后已删除，仍可见的最近一条发布于1月30日（周二），检查时可能以此为准。",
        "最近一次有效读取：2月13日（周二）09:00，数据截至2月13日（周二）08:30",
        "  来源：rsshub",
        "自2月2日（周五）10:05以来共读取44次，其中有效41次",
        "  最近一次：2月13日（周二）10:00，网关拒绝了请求",
        "规则“default”：至少每14天更新一次。",
        "  满7天通知：账号管理员",
        "  满14天通知：账号管理员、值班人员、wang",
        "  转发不计入更新",
        "已到提醒级别：10天",
        "最晚应于2月15日（周四）发布，2月16日（周五）10:05超期。",
        "如未见新信息，结论将于2月14日（周三）09:00变化。",
        "已通知：",
        "  2月9日（周五）09:00  张三 · mail · 节前提醒 · 已发送",
        "  2月16日（周五）22:05  李四 · wecom · 超期 · 待发送，2月17日（周六）07:00起",
        "账号主页：https://weibo.com/u/1",
    ]


def test_an_explanation_of_an_account_of_which_nothing_is_known() -> None:
    unknown: Explained = {
        **EXPLAINED,
        "verdict": Verdict.BLIND,
        "reason": Basis.NEVER_READ,
        "waiting": True,
        "weak": False,
        "rung": None,
        "changes_at": None,
        "last_post": None,
        "visible_last_post": None,
        "last_good_reading": None,
        "readings": {
            "tried": 0,
            "good": 0,
            "since": at("02-02 10:05"),
            "last_tried_at": None,
            "last_outcome": None,
            "last_detail": None,
        },
        "cannot_see_since": at("02-02 10:05"),
        "told": [],
        "link": None,
    }
    assert sentences(unknown, "鞍山民政", "weibo", WORDS).split("\n") == [
        "“鞍山民政”微博：看不见，监测11天以来尚未见到任何信息。",
        "理由：从未取得有效读取，因此不作判断。",
        "自2月2日（周五）10:05起看不见。",
        "自2月2日（周五）10:05开始监测，尚未见到任何信息。",
        "尚无有效读取。",
        "自2月2日（周五）10:05以来共读取0次，其中有效0次",
        "规则“default”：至少每14天更新一次。",
        "  满7天通知：账号管理员",
        "  满14天通知：账号管理员、值班人员、wang",
        "  转发不计入更新",
        "最晚应于2月15日（周四）发布，2月16日（周五）10:05超期。",
        "在能够重新读取并证实之前，结论不变。",
        "尚未通知任何人。",
    ]


def test_what_comes_next_is_said() -> None:
    call: NextCall = {
        "at": at("03-14 09:00"),
        "rung": 10,
        "to": ["zhang"],
        "names": ["张三", "李四"],
    }
    answer: Explained = {
        **EXPLAINED,
        "next_reading_at": at("03-13 15:30"),
        "next_call": call,
    }
    said = sentences(answer, "鞍山民政", "weibo", WORDS).split("\n")
    assert "下次读取：3月13日（周三）15:30。" in said
    assert "如仍未发布，3月14日（周四）09:00通知张三、李四（满10天一级）。" in said
    reminder: Explained = {**answer, "next_call": {**call, "rung": None, "names": []}}
    assert "如仍未发布，3月14日（周四）09:00再次提醒–。" in sentences(
        reminder, "鞍山民政", "weibo", WORDS
    )
