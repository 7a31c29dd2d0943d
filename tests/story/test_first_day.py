"""The first minutes with a configuration of one's own: what was not looked at is not well."""

from pathlib import Path

import pytest

from tests.shell import Run, document


@pytest.fixture
def fresh(shell: Run) -> Run:
    """The commands on a folder that `init` has just written."""
    assert shell("init", "bureau")[0] == 0
    return lambda *args: shell("--config", "bureau", *args)


def test_what_was_never_looked_at_is_called_so(fresh: Run) -> None:
    _, out, _ = fresh("status")
    assert "未检查" in out
    assert "正常" not in out
    answer = document(fresh, "status")
    assert {account["checked"] for account in answer["accounts"]} == {False}
    assert {gateway["checked"] for gateway in answer["gateways"]} == {False}


def test_what_was_looked_at_is_called_by_its_verdict(shell: Run) -> None:
    answer = document(shell, "status")
    assert {account["checked"] for account in answer["accounts"]} == {True}
    assert {gateway["checked"] for gateway in answer["gateways"]} == {True}
    assert "未检查" not in shell("status")[1]


def test_every_folder_that_init_writes_has_an_id_and_a_database_of_its_own(
    fresh: Run, shell: Run
) -> None:
    assert shell("init", "other")[0] == 0
    texts = [Path(folder, "monitor.toml").read_text("utf-8") for folder in ("bureau", "other")]
    lines = [{x.split("#")[0].strip() for x in text.splitlines() if "=" in x} for text in texts]
    differing = {line.split(" ")[0] for line in lines[0] ^ lines[1]}
    assert {"id", "database"} <= differing
    fresh("status")
    assert Path("data/bureau.db").exists()


def test_F71_a_second_configuration_on_the_database_is_refused_until_it_is_adopted(
    shell: Run,
) -> None:
    config = Path("config/monitor.toml")
    before = document(shell, "alerts", "list")
    config.write_text(config.read_text("utf-8").replace('id = "sample"', 'id = "else"'), "utf-8")
    for command in (["status"], ["tick"], ["read"], ["run"], ["doctor"]):
        code, out, err = shell(*command)
        assert (code, out, err.count("\n")) == (2, "", 1), command
        assert "`freshness run --adopt`" in err
    config.write_text(config.read_text("utf-8").replace('id = "else"', 'id = "sample"'), "utf-8")
    assert document(shell, "alerts", "list") == before
