"""What `alerts list` shows: every attempt to notify somebody, and every answer."""

from dataclasses import replace

import pytest

from alerts.delivery.outbox import After
from alerts.model import NoticeState, Roster
from monitor.commands.show.alerts import show_alerts
from monitor.store.base import Store
from tests.rule_values import MINUTE, at, document
from tests.web.site import MONDAY, PEOPLE, RULES, WORDS, Office, told_thrice

CONTRACT = {
    "id",
    "kind",
    "subject",
    "rung",
    "opened_at",
    "resolved_at",
    "reason",
    "acknowledged_by",
    "promise_until",
    "notices",
}
OF_NOTICES = {"id", "to", "channel", "state", "sent_at", "attempts"}


@pytest.fixture
def office(sqlite_store: Store) -> Office:
    return told_thrice(sqlite_store)


def test_the_contract_is_kept_and_answers_are_added(office: Office) -> None:
    office.desk.alerts.acknowledge(1, "zhang", MONDAY)
    office.desk.alerts.promise(1, "li", at("03-19 09:00"), True, MONDAY + MINUTE)
    [alert] = document(office.desk.alerts.overview())
    assert set(alert) >= CONTRACT
    assert all(set(notice) >= OF_NOTICES for notice in alert["notices"])
    assert {key: alert[key] for key in alert if key.startswith(("ack", "promise", "sched"))} == {
        "acknowledged_by": "zhang",
        "acknowledged_by_name": "张三",
        "acknowledged_at": "2024-03-18T09:30:00+08:00",
        "promise_until": "2024-03-19T09:00:00+08:00",
        "promised_by": "li",
        "promised_by_name": "李四",
        "promised_at": "2024-03-18T09:31:00+08:00",
        "scheduled": True,
    }


def test_an_alert_without_an_answer_has_none(office: Office) -> None:
    [alert] = document(office.desk.alerts.overview())
    keys = ("acknowledged_by", "acknowledged_at", "promised_by", "scheduled")
    assert [alert[key] for key in keys] == [None] * 4


def fail_once(office: Office) -> None:
    """Refuse everything of the next call once, then take it."""
    office.world.look(at("03-19 09:00"))
    outbox = office.store.outbox
    for notice in outbox.claim(at("03-19 09:00")):
        later = After(NoticeState.RETRYING, at("03-19 09:01"))
        outbox.settle(notice, later, at("03-19 09:00"), "HTTP 503")
    for notice in outbox.claim(at("03-19 09:01")):
        outbox.settle(notice, After(NoticeState.SENT), at("03-19 09:01"), None)


def test_every_attempt_is_listed(office: Office) -> None:
    fail_once(office)
    [alert] = document(office.desk.alerts.overview())
    first, *_, newest = alert["notices"]
    assert [one["state"] for one in first["deliveries"]] == ["sent"]
    assert newest["deliveries"] == [
        {
            "attempt": 1,
            "address": newest["to"],
            "started_at": "2024-03-19T09:00:00+08:00",
            "ended_at": "2024-03-19T09:00:00+08:00",
            "state": "retrying",
            "error": "HTTP 503",
        },
        {
            "attempt": 2,
            "address": newest["to"],
            "started_at": "2024-03-19T09:01:00+08:00",
            "ended_at": "2024-03-19T09:01:00+08:00",
            "state": "sent",
            "error": None,
        },
    ]


def test_an_alert_without_a_reachable_recipient_says_so(
    sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = {name: replace(one, reach=()) for name, one in PEOPLE.items()}
    office = Office(sqlite_store, rules=replace(RULES, people=nobody, roster=Roster()))
    office.days("03-13 09:00")
    [alert] = document(office.desk.alerts.overview())
    assert (alert["rung"], alert["notices"]) == (7, [])
    assert alert["unheard_since"] == "2024-03-13T09:00:00+08:00"
    show_alerts(office.desk.alerts.overview(), WORDS, RULES)
    sentence = (
        "无人可通知：应通知人员和代收人员均未登记联系方式（自3月13日（周三）09:00起应通知）。"
    )
    assert f"    {sentence}\n" in capsys.readouterr().out
    explained = document(office.desk.accounts.explain("weibo", at("03-13 10:00")))
    assert explained["unheard"] == [
        {"alert": 1, "kind": "silence", "rung": 7, "since": "2024-03-13T09:00:00+08:00"}
    ]
    assert explained["text"].count(sentence) == 1
    assert (
        office.desk.accounts.explain("weibo", at("03-13 10:00"), at("03-13 08:00"))["unheard"] == []
    )


def test_an_alert_that_reached_somebody_does_not_say_so(office: Office) -> None:
    [alert] = document(office.desk.alerts.overview())
    assert alert["unheard_since"] is None
    assert office.desk.accounts.explain("weibo", MONDAY)["unheard"] == []


def test_a_person_reads_answers_and_what_it_took(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.desk.alerts.acknowledge(1, "zhang", MONDAY)
    office.desk.alerts.promise(1, "li", at("03-19 17:00"), True, MONDAY)
    fail_once(office)
    show_alerts(office.desk.alerts.overview(), WORDS, RULES)
    shown = capsys.readouterr().out
    assert "张三已知悉（3月18日（周一）09:30）  李四已设定于3月19日（周二）17:00发布" in shown
    assert (
        "第1次：3月19日（周二）09:00，重试中 · 对方内部出错；不必处理，稍后自动重试「HTTP 503」"
        in shown
    )
    assert "第2次：3月19日（周二）09:01，已发送" in shown
    assert shown.count("第1次") == 3  # what went at once is told in one line


def test_what_waits_says_until_when(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.world.look(at("03-19 09:00"))
    for notice in office.store.outbox.claim(at("03-19 09:00")):
        later = After(NoticeState.RETRYING, at("03-20 07:00"))
        office.store.outbox.settle(notice, later, at("03-19 22:10"), "quiet hours")
    [alert] = document(office.desk.alerts.overview())
    assert alert["notices"][-1]["waits_until"] == "2024-03-20T07:00:00+08:00"
    show_alerts(office.desk.alerts.overview(), WORDS, RULES)
    said = "重试中，3月20日（周三）07:00起 · 免打扰时段内；不必处理，结束后自动发送"
    assert f"{said}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        pytest.param("weibo", "“鞍山民政”微博", id="an account"),
        pytest.param("handover:3", "“鞍山民政”微博、gone", id="a handover"),
        pytest.param("custody:weibo", "“鞍山民政”微博", id="who holds an account"),
        pytest.param("rsshub", "rsshub", id="a gateway, which has no other name"),
    ],
)
def test_an_alert_is_about_what_has_a_name(
    office: Office, capsys: pytest.CaptureFixture[str], subject: str, said: str
) -> None:
    [alert] = office.desk.alerts.overview()
    show_alerts([{**alert, "subject": subject}], WORDS, RULES, {"handover:3": ["weibo", "gone"]})
    assert f"#1  未更新  {said}  自2024年3月13日（周三）09:00起" in capsys.readouterr().out
