"""The drill: the database is lost, a backup is put back, and the right next message goes out."""

from pathlib import Path

from tests.shell import Run, document


def test_F38_after_a_restore_the_next_message_is_the_right_one_and_none_is_repeated(
    shell: Run, tmp_path: Path
) -> None:
    copy = str(tmp_path / "copy.db")
    (before,) = document(shell, "alerts", "list")
    assert shell("backup", copy)[0] == 0
    for path in (tmp_path / "office" / "data").iterdir():
        path.unlink()
    assert shell("restore", copy)[0] == 0
    code, out, err = shell("tick", "--at", "2026-11-21T09:00")
    assert code == 1, err
    assert "13天未更新" in out
    assert "12天未更新" not in out
    (after,) = document(shell, "alerts", "list")
    assert (after["id"], after["rung"]) == (before["id"], 13)
    sent = {notice["id"]: notice["attempts"] for notice in after["notices"]}
    assert all(sent[notice["id"]] == notice["attempts"] for notice in before["notices"])
