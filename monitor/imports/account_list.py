"""What a list of accounts says: an address each, and what it is called and who looks after it.

CSV or Excel, as offices keep them: a title above the headings is passed over. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.model import Person
from monitor.errors import ImportFileError, Told
from monitor.imports.lines import cell, columns, lines
from monitor.wording import one_of, quoted

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "link": ("link", "url", "address", "链接", "网址", "地址", "账号链接", "主页", "主页链接"),
    "name": ("name", "名称", "账号名称", "账号", "新媒体名称"),
    "custodian": ("custodian", "管理员", "账号管理员", "责任人"),
    "state": ("state", "状态"),
}
CLOSED = ("closed", "已注销")  # such accounts are passed over
FORM = Told("a line 名称,平台,链接,管理员 or name,platform,link,custodian was expected")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: an address, and where the list says so a name and a custodian, by id."""

    link: str
    name: str | None = None
    custodian: str | None = None


def parse(data: bytes, name: str, people: Mapping[str, Person]) -> list[Listed]:
    """Return the accounts that the file *name* lists; people are given by id or by name.

    Raises `ImportFileError` with a line for every problem.
    """
    found = lines(data, name)
    places = ((row, columns(cells, HEADINGS)) for row, (_, cells) in enumerate(found))
    row, columns_of = next((p for p in places if "link" in p[1]), (0, {}))
    if not columns_of:
        raise ImportFileError([Told("{file}: {problem}", file=name, problem=FORM)])
    listed: list[Listed] = []
    problems: list[str] = []
    for number, cells in found[row + 1 :]:
        if "state" in columns_of and cell(cells, columns_of["state"]).lower() in CLOSED:
            continue
        try:
            listed.append(_listed(cells, columns_of, people))
        except ValueError as error:
            problems.append(
                Told(
                    "{file}: line {number}: {problem}",
                    file=name,
                    number=number,
                    problem=error.args[0],
                )
            )
    if problems or not listed:
        raise ImportFileError(problems or [Told("{file}: it lists no account", file=name)])
    return listed


def _listed(
    cells: Sequence[str], places: Mapping[str, int], people: Mapping[str, Person]
) -> Listed:
    said = {key: cell(cells, place) for key, place in places.items()}
    if not said["link"]:
        raise ValueError(Told("link: no address is given"))
    custodian = said.get("custodian")
    return Listed(
        said["link"],
        said.get("name") or None,
        _person(custodian, people) if custodian else None,
    )


def _person(found: str, people: Mapping[str, Person]) -> str:
    called = [p.id for p in people.values() if found in (p.id, p.name)]
    if len(called) != 1:
        names = [name for p in people.values() for name in (p.id, p.name)]
        if called:
            raise ValueError(
                Told("custodian: {person} are several; give the id", person=quoted(found))
            )
        raise ValueError(
            Told(
                "custodian: {person} is nobody; {choices}",
                person=quoted(found),
                choices=one_of(found, names),
            )
        )
    return called[0]
