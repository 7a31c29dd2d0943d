"""Why a verdict: the whole answer, with the evidence."""

from dataclasses import replace
from datetime import timedelta

from alerts.facts import SilenceFacts
from alerts.model import Event, Kind, Notice, NoticeState, Reason
from alerts.occasion import occasion_of
from alerts.words import translator
from monitor.desk.explanation import Records, coming, explain
from monitor.desk.sentences import sentences
from monitor.freshness.verdict import assess
from monitor.judging.situation import Situation
from monitor.model import Outcome, Pulse, Reading
from tests.rule_values import ACCOUNTS, HOURS, POLICY, ZONE, at, document, known, register, source

NOW = at("03-13 12:00")
GOOD = Reading(
    "weibo@rsshub",
    "weibo",
    "rsshub",
    at("03-13 09:00"),
    Outcome.OK,
    as_of=at("03-13 09:00"),
    pulse=Pulse.FULL,
)
BAD = Reading(
    "weibo@rsshub", "weibo", "rsshub", at("03-13 11:30"), Outcome.STATUS, detail="HTTP 503"
)
TOLD = Notice(
    "n",
    1,
    Kind.SILENCE,
    "weibo",
    occasion_of("rung:7"),
    Reason.RUNG,
    Event.ALERT,
    7,
    "zhang",
    "wecom",
    "",
    SilenceFacts("鞍山民政"),
    at("03-13 09:00"),
    at("03-13 09:00"),
    NoticeState.SENT,
    1,
    sent_at=at("03-13 09:01"),
)
# What the reading of nine bore out no longer stands, as under a short read interval.
FAILING = known(NOW, source(at("03-13 09:00"), failing_since=at("03-13 11:30")))
EVIDENCE = replace(FAILING, standing=False)


def test_the_whole_answer() -> None:
    found = assess(EVIDENCE, POLICY, HOURS, NOW)
    readings = [replace(GOOD, started_at=at("03-01 09:00")), GOOD, BAD]
    situation = Situation(ACCOUNTS["weibo"], POLICY, EVIDENCE, found)
    answer = explain(situation, Records(readings, [TOLD]), register())
    assert document(answer) == {
        "account": "weibo",
        "verdict": "blind",
        "checked": True,
        "reason": "failing",
        "waiting": False,
        "weak": False,
        "since": "2024-03-06T10:00:00+08:00",
        "quiet_days": 7,
        "rung": 7,
        "breach_at": "2024-03-20T10:00:00+08:00",
        "publish_by": "2024-03-19",
        "changes_at": "2024-03-16T09:00:00+08:00",
        "last_post": {
            "title": "通知",
            "published_at": "2024-03-06T10:00:00+08:00",
            "published_until": None,
            "url": "https://weibo.com/1/a",
            "source": None,
        },
        "visible_last_post": None,
        "last_good_reading": {
            "at": "2024-03-13T09:00:00+08:00",
            "as_of": "2024-03-13T09:00:00+08:00",
            "source": "weibo@rsshub",
            "gateway": "rsshub",
            "pulse": "full",
            "by_person": False,
        },
        "readings": {
            "tried": 2,
            "good": 1,
            "since": "2024-03-06T10:00:00+08:00",
            "last_tried_at": "2024-03-13T11:30:00+08:00",
            "last_outcome": "status",
            "last_detail": "HTTP 503",
        },
        "cannot_see_since": "2024-03-13T11:30:00+08:00",
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
                {"after": 10, "tell": ["custodian", "duty"]},
                {"after": 12, "tell": ["custodian", "duty", "deputy"]},
                {"after": 13, "tell": ["custodian", "duty", "deputy"]},
                {"after": 14, "tell": ["custodian", "duty", "deputy"]},
            ],
            "count_reposts": True,
            "originals_every": None,
            "handover": None,
        },
        "told": [
            {
                "at": "2024-03-13T09:01:00+08:00",
                "to": "zhang",
                "channel": "wecom",
                "kind": "silence",
                "rung": 7,
                "reason": "rung",
                "state": "sent",
                "waits_until": None,
                "name": "zhang",
            }
        ],
        "link": None,
        "statistics": [],
        "custodian": "zhang",
        "exception": None,
        "unheard": [],
        "next_call": None,
        "next_reading_at": None,
    }
    text = sentences(answer, "鞍山民政", "weibo", translator("zh_CN", ZONE))
    assert "看不见" in text
    assert "HTTP 503" in text


def test_an_account_of_which_nothing_is_known() -> None:
    evidence = known(NOW, source(), posted=None)
    found = assess(evidence, POLICY, HOURS, NOW)
    answer = explain(Situation(ACCOUNTS["weibo"], POLICY, evidence, found), Records(), register())
    assert (answer["last_post"], answer["last_good_reading"], answer["told"]) == (None, None, [])
    assert answer["readings"]["tried"] == 0
    assert sentences(answer, "鞍山民政", "weibo", translator("zh_CN", ZONE))


def test_the_call_that_comes_next() -> None:
    evidence = known(NOW, source(at("03-13 09:00")))
    found = assess(evidence, POLICY, HOURS, NOW)
    situation = Situation(ACCOUNTS["weibo"], POLICY, evidence, found)
    call = coming(situation, register(), NOW)
    late = coming(situation, register(), NOW + timedelta(days=60))
    assert call is not None
    assert late is not None
    assert (call["at"] > NOW, call["rung"], call["to"]) == (True, 12, ["zhang", "li", "wang"])
    assert late["rung"] is None
