"""One message of every sort about a gateway. Values only."""

from __future__ import annotations

from alerts.facts import CredentialFacts, DoubtFacts, QuotaFacts, TogetherFacts
from alerts.model import Kind, Reason
from docs.gallery.values import GATEWAY, Example, at, notice

GATEWAYS = (
    Example(
        "采集网关故障，一条消息列出全部账号",
        notice(11, Reason.GATEWAY, GATEWAY, Kind.GATEWAY, None, "zhao", "rsshub"),
    ),
    Example(
        "采集网关的凭证即将到期",
        notice(
            29,
            Reason.CREDENTIAL,
            CredentialFacts(
                "weibo",
                "weibo_api",
                at=at(6, 3),
                since=at(6, 3),
                gateway="weibo",
                ends_at=at(6, 17),
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "weibo#credential",
        ),
    ),
    Example(
        "见到未经证实的信息",
        notice(
            32,
            Reason.UNCONFIRMED,
            DoubtFacts(
                "rsshub",
                "rsshub",
                at=at(2, 6, 16),
                since=at(2, 6, 16),
                gateway="rsshub",
                doubts=1,
                accounts=("鞍山民政（weibo-anshanmz）",),
                seen=("鞍山民政 · 微博热搜榜 · 热搜第一条",),
                answer="freshness confirm weibo-anshanmz --seen --by PERSON",
                account="weibo-anshanmz",
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub#doubt",
        ),
    ),
    Example(
        "同一采集网关的账号同时无更新",
        notice(
            33,
            Reason.UNCONFIRMED,
            TogetherFacts(
                "rsshub",
                at=at(3, 6, 16),
                since=at(3, 4, 17),
                gateway="rsshub",
                longest_minutes=660,
                accounts=tuple(f"鞍山账号{n}（weibo-{n}）" for n in range(1, 9)),
                pages=(
                    "鞍山民政 https://weibo.com/u/5001000123",
                    "鞍山交通 https://weibo.com/u/5001000124",
                    "鞍山教育 https://weibo.com/u/5001000125",
                ),
                answer="freshness confirm weibo-anshanmz|weibo-asjt|weibo-asjy "
                "--nothing-newer --by PERSON",
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub#together",
        ),
    ),
    Example(
        "采集网关每日配额不足",
        notice(
            31,
            Reason.QUOTA,
            QuotaFacts(
                "rsshub",
                "rsshub",
                at=at(2, 6, 16),
                since=at(2, 6, 9),
                gateway="rsshub",
                quota=100,
                spent=71,
                accounts=("鞍山民政（weibo-anshanmz）", "鞍山交通（weibo-asjt）"),
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub#quota",
        ),
    ),
)
