"""Why an account has its verdict, as its people read it."""

from alerts.messages.explanation import explanation
from alerts.words import translator

CHINESE = translator("zh_CN")

EXPLAINED = {
    "account": "weibo-anshanmz",
    "verdict": "late",
    "reason": "proven",
    "waiting": False,
    "weak": True,
    "since": "2024-02-02T10:05:00+08:00",
    "quiet_days": 11,
    "rung": 10,
    "breach_at": "2024-02-16T10:05:00+08:00",
    "publish_by": "2024-02-15",
    "changes_at": "2024-02-14T09:00:00+08:00",
    "last_post": {
        "title": "春节放假\n通知",
        "published_at": "2024-02-02T10:05:00+08:00",
        "url": "https://weibo.com/1/2",
        "source": "weibo-anshanmz/rsshub",
    },
    "visible_last_post": {
        "title": "旧闻",
        "published_at": "2024-01-30T09:00:00+08:00",
        "url": "",
        "source": None,
    },
    "last_good_reading": {
        "at": "2024-02-13T09:00:02+08:00",
        "as_of": "2024-02-13T08:30:00+08:00",
        "source": "weibo-anshanmz/rsshub",
        "gateway": "rsshub",
        "pulse": "weak",
    },
    "readings": {
        "tried": 44,
        "good": 41,
        "since": "2024-02-02T10:05:00+08:00",
        "last_tried_at": "2024-02-13T10:00:00+08:00",
        "last_outcome": "status",
        "last_detail": "503",
    },
    "cannot_see_since": None,
    "rule": {
        "policy": "default",
        "limit": 14,
        "ladder": [
            {"after": 7, "tell": ["custodian"]},
            {"after": 14, "tell": ["custodian", "duty", "wang"]},
        ],
        "count_reposts": False,
    },
    "told": [
        {
            "at": "2024-02-09T09:00:03+08:00",
            "to": "zhang",
            "channel": "mail",
            "kind": "silence",
            "rung": 13,
            "reason": "closure",
            "state": "sent",
        }
    ],
    "link": "https://weibo.com/u/1",
}


def test_an_explanation_gives_the_verdict_with_all_its_evidence() -> None:
    assert explanation(EXPLAINED, "鞍山民政", "weibo", CHINESE).split("\n") == [
        "“鞍山民政”微博：临近，已11天未更新。",
        "理由：到达该级别之后的有效读取证实没有更新的信息。",
        "未经旁证：采集网关不能证明读取完整，请以账号页面为准。",
        "最近一条：2月2日（周五）10:05“春节放假 通知”",
        "  链接：https://weibo.com/1/2",
        "  来源：weibo-anshanmz/rsshub",
        "该条其后已删除，仍可见的最近一条发布于1月30日（周二）09:00，检查时可能以此为准。",
        "最近一次有效读取：2月13日（周二）09:00，数据截至2月13日（周二）08:30",
        "  来源：weibo-anshanmz/rsshub",
        "自2月2日（周五）10:05以来共读取44次，其中有效41次",
        "  最近一次：2月13日（周二）10:00，服务器拒绝 503",
        "规则“default”：至少每14天更新一次。",
        "  满7天通知：账号管理员",
        "  满14天通知：账号管理员、值班人员、wang",
        "  转发不计入更新",
        "已到提醒级别：10天",
        "最晚应于2月15日（周四）发布，2月16日（周五）10:05超期。",
        "如未见新信息，结论将于2月14日（周三）09:00变化。",
        "已通知：",
        "  2月9日（周五）09:00  zhang · mail · 节前提醒 · 已发送",
        "账号主页：https://weibo.com/u/1",
    ]


def test_an_explanation_of_an_account_of_which_nothing_is_known() -> None:
    unknown = EXPLAINED | {
        "verdict": "blind",
        "reason": "never_read",
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
            "since": "2024-02-02T10:05:00+08:00",
            "last_tried_at": None,
            "last_outcome": None,
            "last_detail": None,
        },
        "cannot_see_since": "2024-02-02T10:05:00+08:00",
        "told": [],
        "link": None,
    }
    assert explanation(unknown, "鞍山民政", "weibo", CHINESE).split("\n") == [
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
