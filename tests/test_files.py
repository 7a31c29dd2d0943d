"""Files that people name are read whole, or refused in one line that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.files import LARGEST, contents


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n")
    assert contents(path, "export") == b"a,b\n"


@pytest.mark.parametrize("kind", ["export", "roster", "calendar"])
def test_a_file_too_large_to_be_one_is_refused_unread(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UsageError) as refused:
        contents(path, kind)
    assert str(refused.value) == f"{path}: larger than 200 MB; this is no {kind}"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    with pytest.raises(UsageError) as refused:
        contents(path, "export")
    assert str(refused.value) == f"{path}: cannot be read: No such file or directory"
