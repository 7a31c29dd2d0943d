"""`freshness calendar import`: next year's working days, in force at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.files import LARGEST
from tests.imports.test_calendar_file import in_json
from tests.shell import Run


@pytest.fixture
def circular(tmp_path: Path) -> str:
    path = tmp_path / "2027.json"
    path.write_bytes(in_json())
    return str(path)


def doctor(shell: Run) -> list[Any]:
    _, out, _ = shell("doctor", "--json")
    return [one for one in json.loads(out) if one["check"] == "calendar"]


def test_a_circular_is_read_and_in_force_at_once(shell: Run, circular: str) -> None:
    assert doctor(shell)[0]["level"] == "warning"
    code, out, err = shell("calendar", "import", circular)
    assert (code, err) == (0, "")
    assert out == "2027年节假日安排已录入：放假28天，调休上班6天，提醒即日起按此执行。\n"
    assert doctor(shell)[0]["level"] == "ok"


def test_as_a_document(shell: Run, circular: str) -> None:
    code, out, _ = shell("calendar", "import", circular, "--json")
    assert (code, json.loads(out)) == (0, [{"year": 2027, "closed": 28, "worked": 6}])


def test_a_page_for_a_calendar_is_refused_in_one_line(shell: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.json"
    page.write_text("<!doctype html><title>404</title>", encoding="utf-8")
    code, out, err = shell("calendar", "import", str(page))
    assert (code, out) == (2, "")
    assert err == (
        "page.json：不是节假日安排：既不是holiday-cn的JSON文件，也不是可以读取的.ics日历\n"
    )


def test_a_file_too_large_to_be_one_is_refused_unread(shell: Run, tmp_path: Path) -> None:
    path = tmp_path / "disk.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    code, _, err = shell("calendar", "import", str(path))
    assert (code, err) == (2, f"{path}：超过200 MB，不像是节假日安排\n")


def test_a_file_that_is_not_there(shell: Run) -> None:
    code, _, err = shell("calendar", "import", "nowhere.ics")
    assert (code, err) == (2, "nowhere.ics：无法读取：没有这个文件\n")
