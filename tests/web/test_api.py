"""The API: the shapes of --json over HTTP, to who bears a token that is good for it."""

from typing import Any

import pytest
import requests

from alerts.model import Acknowledgement, Promise
from tests.rule_values import at
from tests.waiting import PATIENCE
from tests.web.site import MONDAY, Office


class Script:
    """One that asks the API with the token of a scope."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> requests.Response:
        return requests.get(self._url + path, headers=self._headers, timeout=PATIENCE)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return requests.post(self._url + path, json=body, headers=self._headers, timeout=PATIENCE)


@pytest.fixture
def reader(office: Office, url: str) -> Script:
    return Script(url, office.users.token("zhang", "read", MONDAY))


@pytest.fixture
def actor(office: Office, url: str) -> Script:
    return Script(url, office.users.token("zhang", "act", MONDAY))


def test_accounts_are_those_of_the_status(reader: Script) -> None:
    found = reader.get("/accounts").json()
    assert (found["total"], found["page"]) == (1, 1)
    account = found["accounts"][0]
    assert (account["id"], account["verdict"]) == ("weibo", "late")
    assert account["breach_at"] == "2024-03-20T10:00:00+08:00"


@pytest.mark.parametrize(
    ("asked", "total"),
    [("verdict=late,blind", 1), ("verdict=fresh", 0), ("q=张三", 1), ("q=x", 0)],
)
def test_accounts_by_verdict_and_words(reader: Script, asked: str, total: int) -> None:
    assert reader.get(f"/accounts?{asked}").json()["total"] == total


def test_an_account_with_its_why(reader: Script) -> None:
    found = reader.get("/accounts/weibo").json()
    assert found["why"]["account"] == "weibo"
    assert found["why"]["text"]


def test_alerts_with_their_notices(reader: Script) -> None:
    [alert] = reader.get("/alerts?open=true").json()
    assert (alert["subject"], len(alert["notices"]) > 0) == ("weibo", True)


def test_gateways_and_a_year(reader: Script) -> None:
    assert [g["id"] for g in reader.get("/gateways").json()]
    assert reader.get("/reports/years/2024").json()["year"] == 2024


def test_an_alert_is_noted_in_the_name_of_the_owner(office: Office, actor: Script) -> None:
    assert actor.post("/alerts/1/acknowledge").status_code == 200
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)
    told = [facts for event, facts in office.said if event == "answered"]
    assert told == [{"subject": "alert 1", "by": "zhang", "answer": "acknowledge", "way": "api"}]


def test_a_promise(office: Office, actor: Script) -> None:
    body = {"until": "2024-03-19T09:00:00+08:00", "scheduled": True}
    assert actor.post("/alerts/1/promise", body).status_code == 200
    assert office.alert().promise == Promise("zhang", MONDAY, at("03-19 09:00"), True)


def test_what_was_seen_is_confirmed_and_a_silence_agreed(office: Office, actor: Script) -> None:
    body = {"posted_at": "2024-03-18T09:00"}
    assert actor.post("/accounts/weibo/confirm", body).status_code == 200
    assert office.store.posts.of_account("weibo")[-1].published_at == at("03-18 09:00")
    agreed = {"until": "2024-04-01T09:00", "reason": "迁移"}
    assert actor.post("/accounts/weibo/exception", agreed).status_code == 200
    assert office.store.exceptions.in_force(MONDAY)["weibo"].by == "zhang"


def test_an_account_is_read_at_once(office: Office, actor: Script) -> None:
    assert actor.post("/accounts/weibo/read").status_code == 200
    [state] = office.store.sources.states().values()
    assert state.next_read_at is not None
    assert state.next_read_at <= MONDAY


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/alerts/99/acknowledge", None, 404),
        ("/alerts/x/acknowledge", None, 422),
        (f"/alerts/{10**30}/acknowledge", None, 422),
        ("/alerts/1/promise", {"until": "soon"}, 422),
        ("/alerts/1/promise", {"until": "0001-01-01T00:00"}, 422),
        ("/alerts/1/promise", {"until": "9999-12-31T23:59:59-23:59"}, 422),
        ("/alerts/1/promise", {"until": "2024-03-25T09:00"}, 409),
        ("/accounts/nobody/read", None, 404),
        ("/accounts/weibo/confirm", {}, 422),
        ("/accounts/weibo/confirm", {"posted_at": "2025-01-01T00:00"}, 409),
        ("/nothing", None, 404),
    ],
)
def test_what_cannot_be_done_is_a_problem(actor: Script, path: str, body: Any, status: int) -> None:
    answer = actor.post(path, body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/accounts", "/accounts/weibo", "/alerts", "/gateways"])
def test_without_a_token_nothing_is_told(url: str, path: str) -> None:
    answer = Script(url, "guessed").get(path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_to_read_does_not_act(office: Office, reader: Script) -> None:
    assert reader.post("/alerts/1/acknowledge").status_code == 403
    assert office.alert().acknowledged is None


def test_a_token_for_metrics_does_not_read(office: Office, url: str) -> None:
    token = office.users.token("zhang", "metrics", MONDAY)
    assert Script(url, token).get("/accounts").status_code == 403


def test_a_token_ends_with_its_owner(office: Office, reader: Script) -> None:
    office.users.remove("zhang")
    assert reader.get("/accounts").status_code == 401


def test_it_describes_itself(reader: Script) -> None:
    described = reader.get("/openapi.json").json()
    assert {"/accounts", "/alerts/{alert}/promise", "/reports/years/{year}"} <= set(
        described["paths"]
    )
