"""Who is on duty, whom a role means, and who stands in."""

from datetime import date, timedelta

import pytest

from alerts.model import DutyDay, Person, Reach, Roster
from alerts.people.roster import leader_on, on_duty
from alerts.people.routing import route

DAY = date(2024, 2, 15)
REACH = (Reach("telegram", "1"),)


def person(name: str, *roles: str, reach: tuple[Reach, ...] = REACH) -> Person:
    return Person(name, name.title(), None, roles, reach)


PEOPLE = {
    p.id: p
    for p in (
        person("zhang"),
        person("li"),
        person("wang", "deputy"),
        person("zhao", "operator"),
        person("mute", reach=()),
    )
}
ROSTER = Roster(
    rotation=("zhang", "li", "wang"),
    starts=date(2024, 1, 1),
    every=timedelta(days=7),
    dates=(DutyDay(DAY, "wang", "zhao"), DutyDay(DAY, "li", "zhang")),
)


@pytest.mark.parametrize(
    ("day", "duty"),
    [
        pytest.param("2023-12-31", None, id="before the rotation starts"),
        pytest.param("2024-01-01", "zhang", id="its first day"),
        pytest.param("2024-01-07", "zhang", id="the last day of the first turn"),
        pytest.param("2024-01-08", "li", id="F13: the turn changes at midnight"),
        pytest.param("2024-01-22", "zhang", id="round again"),
        pytest.param("2024-02-15", "li", id="the dated table first, its last entry"),
    ],
)
def test_on_duty(day: str, duty: str | None) -> None:
    assert on_duty(ROSTER, date.fromisoformat(day)) == duty


def test_the_leader_is_named_by_the_table_only() -> None:
    assert leader_on(ROSTER, DAY) == "zhang"
    assert leader_on(ROSTER, date(2024, 1, 1)) is None


def told(
    *tell: str,
    custodian: str | None = "zhang",
    backup: str | None = None,
    roster: Roster = ROSTER,
    people: dict[str, Person] = PEOPLE,
) -> list[str]:
    found = route(tell, custodian, backup, people, roster, DAY)
    return [r.person.id + (f" for {r.fallback_for}" if r.fallback_for else "") for r in found]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(told("custodian"), ["zhang"], id="the account's custodian"),
        pytest.param(told("custodian", "duty"), ["zhang", "li"], id="and the duty officer"),
        pytest.param(told("duty", "li"), ["li"], id="each person once"),
        pytest.param(told("wang"), ["wang"], id="a person by id"),
        pytest.param(told("deputy", "operator"), ["wang", "zhao"], id="everybody with the role"),
        pytest.param(
            told("custodian", custodian=None),
            ["li for custodian"],
            id="F12: duty stands in",
        ),
        pytest.param(
            told("custodian", custodian="gone"),
            ["li for custodian"],
            id="a custodian who left",
        ),
        pytest.param(
            told("custodian", custodian="mute"),
            ["li for custodian"],
            id="F12: a custodian without a channel",
        ),
        pytest.param(
            told("duty", roster=Roster()),
            ["zhang for duty"],
            id="F12: nobody on duty",
        ),
        pytest.param(
            told("duty", roster=Roster(), custodian=None),
            ["zhao for duty"],
            id="neither duty nor custodian",
        ),
        pytest.param(
            told("custodian", "duty", roster=Roster()),
            ["zhang for duty"],
            id="F12: who is told anyway hears that nobody is on duty",
        ),
        pytest.param(told("backup"), ["zhang for backup"], id="the custodian backs himself up"),
        pytest.param(
            told("custodian", "duty", people={"mute": PEOPLE["mute"]}),
            [],
            id="nobody at all",
        ),
    ],
)
def test_route(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_people_with_the_role_are_on_duty_when_the_roster_names_nobody() -> None:
    people = {**PEOPLE, "sun": person("sun", "duty")}
    assert told("duty", roster=Roster(), people=people) == ["sun"]
