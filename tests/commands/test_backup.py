"""`freshness backup`: a checked copy of the database."""

from pathlib import Path

from monitor.store.sql import open_store
from tests.shell import Run
from tests.store_values import NOON


def test_the_copy_is_a_whole_database(shell: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    code, out, err = shell("backup", str(copy))
    assert (code, out, err) == (0, f"已写入经校验的数据库备份：{copy}\n", "")
    restored = open_store(f"sqlite:///{copy}", NOON)
    assert [alert.subject for alert in restored.alerts.open()] == ["weibo-anshanmz"]
    restored.close()


def test_a_place_that_cannot_be_written_is_said_in_one_line(shell: Run, tmp_path: Path) -> None:
    code, out, err = shell("backup", str(tmp_path / "no" / "such" / "copy.db"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "copy.db" in err
