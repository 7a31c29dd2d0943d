"""Custody, handovers and the roster as a shell sees them."""

from pathlib import Path

import pytest

from tests.shell import Run, document

START = (
    "handover",
    "start",
    "weibo-anshanmz",
    "--from",
    "zhang",
    "--to",
    "li",
    "--due",
    "2026-11-25",
    "--reason",
    "轮岗",
)


def test_a_handover_from_start_to_acceptance(shell: Run) -> None:
    assert shell(*START) == (0, "第1号交接已发起，请双方确认。\n", "")
    assert shell("handover", "accept", "1", "--by", "li") == (0, "第1号交接：待双方确认\n", "")
    assert shell("handover", "check", "1", "password", "wechat", "--by", "li")[0] == 0
    assert shell("handover", "list") == (
        0,
        "#1  待双方确认  张三 → 李四  “鞍山民政”微博  应于11月25日（周三）完成  轮岗\n"
        "    尚待确认：张三\n"
        "    待移交事项：绑定手机、定时发布内容\n",
        "",
    )
    accepted = shell("handover", "accept", "1", "--by", "zhang")
    assert accepted == (0, "第1号交接：已确认，待首次发布\n", "")
    at = "2026-11-20T09:00:00+08:00"
    assert document(shell, "handover", "list") == [
        {
            "id": 1,
            "state": "accepted",
            "from": "zhang",
            "from_name": "张三",
            "to": "li",
            "to_name": "李四",
            "accounts": ["weibo-anshanmz"],
            "due": "2026-11-25",
            "reason": "轮岗",
            "started_at": at,
            "started_by": "zhang",
            "accepted": {"from": at, "to": at},
            "awaiting": [],
            "proven": {"weibo-anshanmz": None},
            "checklist": {"password": at, "phone": None, "wechat": at, "scheduled": None},
            "cancelled_at": None,
            "cancelled_by": None,
        }
    ]
    (weibo, wechat) = document(shell, "custody", "list")
    assert weibo == {
        "account": "weibo-anshanmz",
        "name": "鞍山民政",
        "platform": "weibo",
        "custodian": "li",
        "custodian_name": "李四",
        "left": False,
        "since": at,
        "confirmed_at": at,
        "configured": "zhang",
        "handover": 1,
    }
    assert (wechat["custodian"], wechat["handover"]) == ("zhang", None)
    explained = document(shell, "explain", "weibo-anshanmz")
    assert explained["custodian"] == "li"
    assert explained["rule"]["handover"] == 1
    assert [rung["after"] for rung in explained["rule"]["ladder"]] == [3, 5, 7, 13, 14]
    assert "（第1号交接完成前，提醒提前）" in explained["text"]


def test_a_giver_who_left_is_awaited_no_longer(shell: Run) -> None:
    shell(*START)
    assert document(shell, "handover", "list")[0]["awaiting"] == ["zhang", "li"]
    for file in Path("config").glob("*.toml"):
        file.write_text(file.read_text("utf-8").replace('"zhang"', '"sun"'), "utf-8")
    assert document(shell, "handover", "list")[0]["awaiting"] == ["li"]
    assert "    尚待确认：李四\n" in shell("handover", "list")[1]


def test_a_handover_that_is_called_off(shell: Run) -> None:
    shell(*START)
    assert shell("handover", "cancel", "1", "--by", "wang") == (0, "第1号交接：已取消\n", "")
    assert shell("handover", "list") == (0, "没有进行中的交接。\n", "")
    assert [h["state"] for h in document(shell, "handover", "list", "--all")] == ["cancelled"]


def test_what_the_doctor_says_of_records_that_differ(shell: Run) -> None:
    shell(*START)
    for side in ("zhang", "li"):
        shell("handover", "accept", "1", "--by", side)
    found = {f["check"]: f["detail"] for f in document(shell, "doctor")}
    assert found["custody weibo-anshanmz"] == (
        "accounts.toml names zhang, but li holds it by record; the record rules"
    )
    assert found["handover 1"] == (
        "zhang to li: weibo-anshanmz, due 2026-11-25: accepted, not proven yet"
    )


def test_the_doctor_says_that_the_configuration_opened_a_handover(shell: Run) -> None:
    accounts = Path("config/accounts.toml")
    text = accounts.read_text("utf-8").replace('custodian = "zhang"', 'custodian = "li"', 1)
    accounts.write_text(text, "utf-8")
    shell("tick", "--at", "2026-11-20T10:00")
    (opened,) = document(shell, "handover", "list")
    assert (opened["from"], opened["to"], opened["started_by"], opened["due"]) == (
        "zhang",
        "li",
        "configuration",
        "2026-11-27",
    )
    found = {f["check"]: f["detail"] for f in document(shell, "doctor")}
    assert found["handover 1"] == (
        "zhang to li: weibo-anshanmz, due 2026-11-27: open, not proven yet "
        "(opened by the configuration)"
    )
    assert found["custody weibo-anshanmz"].startswith("accounts.toml names li, but zhang holds it")


def test_custody_is_confirmed_by_whoever_holds_the_account(shell: Run) -> None:
    assert shell("custody", "confirm", "weibo-anshanmz", "--by", "zhang") == (
        0,
        "“鞍山民政”微博：由张三管理，11月20日（周五）09:00已确认。\n",
        "",
    )
    assert shell("custody", "confirm", "weibo-anshanmz", "--by", "li") == (
        2,
        "",
        '"weibo-anshanmz"的账号管理员是zhang，不是li\n',
    )


# The roster


def test_who_is_on_duty(shell: Run) -> None:
    assert shell("duty", "show") == (0, "11月20日（周五）值班：李四  0412-5550102\n", "")
    assert shell("duty", "swap", "2026-11-21", "--to", "zhang") == (
        0,
        "11月21日（周六）值班：张三  0412-5550101\n11月22日（周日）起：李四\n",
        "",
    )
    assert document(shell, "duty", "show", "--on", "2026-11-20") == {
        "on": "2026-11-20",
        "duty": "li",
        "name": "李四",
        "phone": "0412-5550102",
        "reachable": True,
        "leader": None,
        "leader_name": None,
        "origin": "configuration",
        "next_on": "2026-11-21",
        "next_duty": "zhang",
        "next_name": "张三",
    }
    assert document(shell, "duty", "show", "--on", "2026-11-21")["origin"] == "swap"


def test_gaps_of_the_next_two_weeks_are_trouble(shell: Run) -> None:
    assert shell("duty", "check") == (0, "今后14天值班均已安排。\n", "")
    people = Path("config/people.toml")
    text = people.read_text("utf-8")
    people.write_text(
        text[: text.index("[roster]")] + '[[roster.dates]]\non = 2026-11-20\nduty = "li"\n', "utf-8"
    )
    # Somebody with the role stands in on days without an entry.
    assert shell("duty", "check")[0] == 0
    people.write_text(people.read_text("utf-8").replace('roles = ["duty"]', "roles = []"), "utf-8")
    assert shell("duty", "check") == (1, "11月21日至12月3日    无人值班\n", "")
    assert document(shell, "duty", "check") == [
        {
            "first": "2026-11-21",
            "last": "2026-12-03",
            "why": "nobody",
            "person": None,
            "name": None,
        }
    ]
    found = {f["check"]: f["detail"] for f in document(shell, "doctor")}
    assert found["roster"] == "2026-11-21 to 2026-12-03: nobody is on duty"


def test_a_roster_is_imported_whole_and_once(shell: Run) -> None:
    Path("r.csv").write_text(
        "日期,星期,值班员,带班领导\n2026-12-01,二,张三,王五\n2026-12-02,三,李四,\n", "utf-8"
    )
    would = shell("duty", "import", "r.csv", "--check")
    assert would == (0, "将导入: 新增0条，已有1条，变更1条\n未读取的列：星期\n", "")
    assert document(shell, "duty", "show", "--on", "2026-12-01")["duty"] == "li"
    assert shell("duty", "import", "r.csv")[1].startswith("已导入: 新增0条，已有1条，变更1条")
    assert shell("duty", "import", "r.csv")[1].startswith("已导入: 新增0条，已有2条，变更0条")
    shown = document(shell, "duty", "show", "--on", "2026-12-01")
    assert (shown["duty"], shown["leader"], shown["origin"]) == ("zhang", "wang", "r.csv")


def test_nothing_of_a_roster_with_a_slip_is_taken(shell: Run) -> None:
    Path("r.csv").write_text("date,duty\n2026-12-01,zhang\n2026-12-32,zhang\n", "utf-8")
    assert shell("duty", "import", "r.csv") == (
        2,
        "",
        'r.csv：第3行：“date”列："2026-12-32"不是日期；应如 2026-02-17\n',
    )
    assert document(shell, "duty", "show", "--on", "2026-12-01")["duty"] == "li"


def _start(**changed: str) -> list[str]:
    said = {"--from": "zhang", "--to": "li", "--due": "2026-11-25", "--reason": "轮岗", **changed}
    return [
        "handover",
        "start",
        "weibo-anshanmz",
        *(part for pair in said.items() for part in pair),
    ]


PEOPLE = "可选：li, wang, zhang, zhao"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param(
            _start(**{"--to": "nobody"}),
            f'people.toml：没有人员"nobody"；{PEOPLE}',
            id="to somebody who is not there",
        ),
        pytest.param(
            _start(**{"--from": "wang"}),
            '"weibo-anshanmz"的账号管理员是zhang，不是wang',
            id="from somebody who does not hold it",
        ),
        pytest.param(
            _start(**{"--to": "zhang"}),
            "zhang不能交接给自己",
            id="to whoever holds it",
        ),
        pytest.param(
            _start(**{"--due": "2026-11-19"}), "完成日期2026-11-19已过", id="due yesterday"
        ),
        pytest.param(
            _start(**{"--due": "Friday"}),
            '--due："Friday"不是日期；应如2024-02-01',
            id="due on no date",
        ),
        pytest.param(_start(**{"--reason": " "}), "交接须写明事由", id="without a reason"),
        pytest.param(
            ["handover", "start", "weibo", *_start()[3:]],
            'accounts.toml：没有账号"weibo"；可选：wechat-anshanmz, weibo-anshanmz',
            id="of an account that is not there",
        ),
        pytest.param(
            ["handover", "accept", "9", "--by", "li"],
            "没有第9号交接；可用freshness handover list查看",
            id="a handover that is not there",
        ),
        pytest.param(
            ["duty", "swap", "2026-11-19", "--to", "zhang"],
            "2026-11-19已过；只能调换今后的值班",
            id="a day that has passed",
        ),
        pytest.param(
            ["duty", "swap", "2026-11-21", "--to", "li"],
            "2026-11-21本来就由li值班",
            id="to whoever is on duty",
        ),
        pytest.param(
            ["duty", "swap", "2026-11-21", "--to", "x"],
            f'people.toml：没有人员"x"；{PEOPLE}',
            id="a swap with nobody",
        ),
        pytest.param(
            ["duty", "import", "none.xlsx"],
            "none.xlsx：无法读取：没有这个文件",
            id="a file that is not there",
        ),
        pytest.param(
            ["custody", "confirm", "weibo-anshanmz", "--by", "x"],
            f'people.toml：没有人员"x"；{PEOPLE}',
            id="confirmed by nobody",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(
    shell: Run, args: list[str], expected: str
) -> None:
    assert shell(*args) == (2, "", f"{expected}\n")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param(
            ["handover", "accept", "1", "--by", "wang"],
            "第1号交接的双方是zhang和li，wang不能确认",
            id="a third person accepts",
        ),
        pytest.param(
            ["handover", "confirm", "1", "--by", "li"],
            "第1号交接双方尚未都确认",
            id="a claim before the acceptance",
        ),
        pytest.param(
            ["handover", "check", "1", "keys", "--by", "li"],
            '移交清单中没有"keys"；可选：password, phone, wechat, scheduled',
            id="an item that is not on the list",
        ),
        pytest.param(
            list(START),
            "weibo-anshanmz正在交接中（第1号交接）",
            id="the same account again",
        ),
    ],
)
def test_what_a_handover_does_not_allow_is_one_line(
    shell: Run, args: list[str], expected: str
) -> None:
    shell(*START)
    assert shell(*args) == (2, "", f"{expected}\n")
