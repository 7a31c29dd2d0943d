"""Answers to one alert by page, chat and command at the same moment: nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from alerts.answers.answer import Answer
from alerts.answers.buttons import Pressed, data_of
from alerts.model import Reason
from monitor.desk.chat import ChatHandler
from tests.rule_values import MINUTE, at
from tests.waiting import PATIENCE
from tests.web.browsing import Browser, seen
from tests.web.site import MONDAY, WORDS, Office


@pytest.mark.parametrize("turn", range(3), ids=["page first", "chat first", "command first"])
def test_answers_at_the_same_moment_give_one_result(
    office: Office, zhang: Browser, turn: int
) -> None:
    chat = ChatHandler(office.desk, office.answers, office.rules, WORDS, office.clock, office.log)
    form = {**zhang.hidden("/accounts/weibo"), "alert": "1", "answer": "today"}
    together = Barrier(3, timeout=PATIENCE)

    def page() -> bool:
        path = f"{zhang.url}/accounts/weibo/answer"
        return zhang.post(path, form, timeout=PATIENCE).status_code == 200

    def pressed() -> bool:
        return chat.pressed("li", data_of(Pressed(Answer.ACKNOWLEDGE, 1))) is not None

    def command() -> bool:
        return office.desk.alerts.acknowledge(1, "wang", MONDAY).id == 1

    def at_once(act: Callable[[], bool]) -> bool:
        together.wait()
        return act()

    doors = [page, pressed, command]
    with ThreadPoolExecutor(3) as threads:
        assert all(threads.map(at_once, doors[turn:] + doors[:turn]))
    alert = office.alert()
    assert alert.promise is not None
    assert (alert.promise.by, alert.promise.until) == ("zhang", at("03-18 17:30"))
    assert alert.acknowledged is not None
    assert alert.acknowledged.by in ("li", "wang")
    shown = seen(zhang.see("/alerts"))
    assert f"{office.rules.name(alert.acknowledged.by)}已知悉" in shown
    assert "张三承诺于3月18日（周一）17:30前发布" in shown


def test_one_answer_by_every_door_at_the_same_moment_is_one_answer(
    office: Office, zhang: Browser
) -> None:
    chat = ChatHandler(office.desk, office.answers, office.rules, WORDS, office.clock, office.log)
    form = {**zhang.hidden("/accounts/weibo"), "alert": "1", "answer": "ack"}
    bearer = {"Authorization": f"Bearer {office.users.token('zhang', 'act', MONDAY)}"}
    link = office.path("wang")

    def sent(path: str, data: dict[str, str], headers: dict[str, str]) -> bool:
        found = zhang.post(f"{zhang.url}{path}", data, headers=headers, timeout=PATIENCE)
        return found.status_code == 200

    doors: list[Callable[[], bool]] = [
        lambda: sent("/accounts/weibo/answer", form, {}),
        lambda: sent(link, {"alert": "1", "answer": "ack"}, {}),
        lambda: sent("/api/v1/alerts/1/acknowledge", {}, bearer),
        lambda: chat.pressed("li", data_of(Pressed(Answer.ACKNOWLEDGE, 1))) is not None,
        lambda: office.desk.alerts.acknowledge(1, "wang", MONDAY).id == 1,
    ]
    together = Barrier(len(doors), timeout=PATIENCE)

    def at_once(act: Callable[[], bool]) -> bool:
        together.wait()
        return act()

    with ThreadPoolExecutor(len(doors)) as threads:
        assert all(threads.map(at_once, doors))
    [alert] = office.store.alerts.open()
    assert alert.acknowledged is not None
    by = office.rules.name(alert.acknowledged.by)
    for path in ("/", "/accounts/weibo", "/alerts", link):
        shown = seen(zhang.see(path))
        assert f"{by}已知悉" in shown, path
        assert "未答复" not in shown, path


def test_an_answer_and_a_post_at_the_same_moment_leave_nothing_open(
    office: Office, zhang: Browser
) -> None:
    form = {**zhang.hidden("/accounts/weibo"), "alert": "1", "answer": "today"}
    together = Barrier(2, timeout=PATIENCE)

    def page() -> int:
        together.wait()
        path = f"{zhang.url}/accounts/weibo/answer"
        return zhang.post(path, form, timeout=PATIENCE).status_code

    def service() -> int:
        together.wait()
        office.world.look(MONDAY + MINUTE, MONDAY)
        return 200

    with ThreadPoolExecutor(2) as threads:
        answers = [future.result() for future in (threads.submit(page), threads.submit(service))]
    assert answers[0] in (200, 409)
    assert office.store.alerts.open() == []
    assert office.alert().resolution is Reason.POSTED
    assert "此项告警已解除" in seen(zhang.post(f"{zhang.url}/accounts/weibo/answer", form))
