"""`freshness restore`: a copy in the place of the database, while no service runs."""

import stat
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from monitor.store.locking import led
from monitor.store.protocols.access import Pass, User
from monitor.store.sql import open_store
from tests.shell import Run, document
from tests.store_values import NOON


@pytest.fixture
def database(shell: Run, tmp_path: Path) -> Path:
    """The database of the office."""
    (found,) = (tmp_path / "office" / "data").glob("*.db")
    return found


@pytest.fixture
def copy(shell: Run, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "copy.db"
    assert shell("backup", str(path))[0] == 0
    return path


def remove(database: Path) -> None:
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def test_into_an_empty_place(shell: Run, database: Path, copy: Path) -> None:
    known = document(shell, "alerts", "list")
    remove(database)
    code, out, err = shell("restore", str(copy))
    assert (code, out, err) == (0, f"已从备份恢复数据库：{copy}\n", "")
    assert document(shell, "alerts", "list") == known


def test_a_database_that_is_there_is_refused(shell: Run, database: Path, copy: Path) -> None:
    before = database.read_bytes()
    code, out, err = shell("restore", str(copy))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--force" in err
    assert database.read_bytes() == before


def test_with_force_the_former_one_is_kept_aside(shell: Run, database: Path, copy: Path) -> None:
    (alert, *_) = document(shell, "alerts", "list")
    assert shell("alerts", "ack", str(alert["id"]), "--by", "zhang")[0] == 0
    code, out, _ = shell("restore", str(copy), "--force")
    assert code == 0
    (aside,) = database.parent.glob("*.before-restore-*")
    assert str(aside) in out
    assert document(shell, "alerts", "list")[0]["acknowledged_by"] is None
    assert shell("restore", str(aside), "--force")[0] == 0
    assert document(shell, "alerts", "list")[0]["acknowledged_by"] == "zhang"


def test_who_was_logged_in_when_the_copy_was_made_logs_in_anew(
    shell: Run, database: Path, tmp_path: Path
) -> None:
    with closing(open_store(f"sqlite:///{database}", NOON)) as store:
        store.access.save(User("zhang", "admin", None, NOON))
        for scope in ("session", "read"):
            store.access.admit(Pass(f"digest of {scope}", "zhang", scope, NOON))
    assert shell("backup", str(tmp_path / "copy.db"))[0] == 0
    assert shell("restore", str(tmp_path / "copy.db"), "--force")[0] == 0
    with closing(open_store(f"sqlite:///{database}", NOON)) as store:
        assert [one.scope for one in store.access.passes()] == ["read"]
        assert [user.name for user in store.access.users()] == ["zhang"]


def test_a_service_that_runs_is_left_alone(shell: Run, database: Path, copy: Path) -> None:
    before = database.read_bytes()
    with led(f"sqlite:///{database}", Event()):
        code, _, err = shell("restore", str(copy), "--force")
    assert (code, err.count("\n")) == (2, 1)
    assert "freshness run" in err
    assert database.read_bytes() == before


DAMAGED = b"SQLite format 3\0" + b"\xff" * 8000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "不存在", id="no file"),
        pytest.param(b"", "不是本程序的数据库", id="an empty file"),
        pytest.param(b"posts and alerts\n" * 99, "不是SQLite数据库", id="a text"),
        pytest.param(DAMAGED, "不是SQLite数据库", id="a damaged one"),
    ],
)
def test_what_is_no_backup_changes_nothing(
    shell: Run, database: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    bad, before = tmp_path / "bad.db", database.read_bytes()
    if content is not None:
        bad.write_bytes(content)
    code, _, err = shell("restore", str(bad), "--force")
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert database.read_bytes() == before
    assert [p for p in database.parent.iterdir() if "part" in p.name or "before" in p.name] == []


def test_a_backup_that_was_cut_off_is_no_advice_to_restore_one(
    shell: Run, database: Path, copy: Path
) -> None:
    before = database.read_bytes()
    with copy.open("r+b") as file:
        file.truncate(20_000)
    code, _, err = shell("restore", str(copy), "--force")
    assert (code, err) == (2, f"备份{copy}已损坏或不完整；请改用另一份备份\n")
    assert database.read_bytes() == before


def test_the_log_of_a_database_that_is_gone_is_not_played_onto_the_copy(
    shell: Run, database: Path, copy: Path
) -> None:
    known = document(shell, "alerts", "list")
    database.unlink()
    Path(f"{database}-wal").write_bytes(b"left over")
    assert shell("restore", str(copy))[0] == 0
    assert document(shell, "alerts", "list") == known


def test_F84_an_empty_file_is_no_new_database_where_one_was_led(
    shell: Run, database: Path, copy: Path
) -> None:
    with led(f"sqlite:///{database}", Event()):
        pass
    remove_content(database)
    code, _, err = shell("status")
    assert (code, err.count("\n")) == (2, 1)
    assert "freshness restore FILE" in err
    assert shell("restore", str(copy))[0] == 0
    assert shell("status")[0] in (0, 1)


def remove_content(database: Path) -> None:
    database.write_bytes(b"")
    for end in ("-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)


def test_nobody_else_may_read_what_is_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/fresh/freshness.db"
    store = open_store(url, NOON)
    store.backup_to(tmp_path / "fresh" / "copy.db")
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "fresh").iterdir()}
    store.close()
    assert {"freshness.db", "freshness.db-wal", "freshness.db-shm", "copy.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o700
