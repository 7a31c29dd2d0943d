"""`report month` and the month's mail of `tick`, as a shell and a mail server see them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document

from monitor.reports.mailing import state
from monitor.store.sql import open_store
from tests.alerts.channels import servers
from tests.alerts.channels.servers import Post
from tests.shell import Run

CONFIG = Path(__file__).parents[2] / "monitor" / "demo" / "config"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def folder(tmp_path: Path, post: Post) -> Iterator[Path]:
    """The demo's configuration, with a mail server and the deputy to be mailed every month."""
    shutil.copytree(CONFIG, tmp_path / "config")
    with ExitStack() as stack:
        port = stack.enter_context(servers.mail_server(post))
        people = tmp_path / "config" / "people.toml"
        people.write_text(
            people.read_text(encoding="utf-8").replace(
                'roles = ["deputy"]\nreach = [',
                'roles = ["deputy"]\nreach = [{channel = "mail", address = "wang@anshan.test"}, ',
            )
            + f'\n[[channels]]\nid = "mail"\nkind = "mail"\nhost = "127.0.0.1"\nport = {port}\n'
            'security = "none"\nsender = "watch@anshan.test"\n',
            encoding="utf-8",
        )
        with (tmp_path / "config" / "monitor.toml").open("a", encoding="utf-8") as monitor:
            monitor.write('\n[reports]\nmonthly_to = ["wang"]\n')
        yield tmp_path


def test_F23_tick_by_tick_refused_on_the_first_sent_on_the_next_day_once(
    run: Run, post: Post
) -> None:
    post.at_recipient["*"] = "451 4.3.0 later"
    run("tick", "--at", "2024-02-29T12:00+08:00")
    run("tick", "--at", "2024-03-01T09:00+08:00")
    assert post.mails == []
    post.at_recipient.clear()
    for at in ("2024-03-02T09:00+08:00", "2024-03-02T12:00+08:00", "2024-03-04T09:00+08:00"):
        run("tick", "--at", at)
    [mail] = [m for m in post.mails if "月报" in str(m["Subject"])]
    assert str(mail["Subject"]).startswith("【月报】2024年2月政务新媒体更新情况：2个账号")
    assert mail["To"] == "wang@anshan.test"


def test_without_send_it_writes_a_page_and_says_where(run: Run, folder: Path, post: Post) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    code, out, err = run("report", "month", "2024-02")
    page = folder / "report-2024-02.html"
    assert (code, out, err) == (0, f"已写入{page}\n", "")
    assert "2024年2月政务新媒体更新情况月报" in page.read_text(encoding="utf-8")
    assert [m for m in post.mails if "月报" in str(m["Subject"])] == []


def test_the_page_of_the_running_month_says_how_far_it_goes(run: Run, folder: Path) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    run("report", "month", "2024-03", "--out", "m.txt")
    text = (folder / "m.txt").read_text(encoding="utf-8")
    assert text.startswith("2024年3月政务新媒体更新情况月报\n数据截至2024年3月5日（周二）12:00\n")
    assert "截至目前" in text


@pytest.mark.parametrize("name", ["m.docx", "m.xlsx"])
def test_it_writes_word_and_excel(run: Run, folder: Path, name: str) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    assert run("report", "month", "2024-02", "--out", name)[:2] == (0, f"已写入{folder / name}\n")
    assert (folder / name).read_bytes().startswith(b"PK")
    if name.endswith(".docx"):
        texts = [p.text for p in Document(str(folder / name)).paragraphs]
        assert texts[0] == "鞍山市民政局\n2024年2月政务新媒体更新情况月报"
        assert "一、总体情况" in texts
        assert texts[-2:] == ["鞍山市民政局", "2024年3月5日"]


def test_sent_by_hand_it_is_sent_once(run: Run, post: Post) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")  # installed after the mail was due
    post.mails.clear()
    assert run("report", "month", "2024-02", "--send") == (
        0,
        "已发送给王五（wang@anshan.test）。\n",
        "",
    )
    assert run("report", "month", "2024-02", "--send") == (
        0,
        "王五（wang@anshan.test）已于2024年3月5日（周二）12:00收到，不再重复发送。\n",
        "",
    )
    assert len(post.mails) == 1


def test_F81_asked_for_during_anothers_attempt_it_is_told_so(run: Run, folder: Path) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    now = datetime(2024, 3, 5, 4, tzinfo=UTC)
    with closing(open_store(f"sqlite:///{folder / 'data' / 'demo.db'}", now)) as store:
        store.notes.set(state.key(2024, 2, "wang"), state.written(state.begun(None, now)))
    assert run("report", "month", "2024-02", "--send") == (
        1,
        "正在发送给王五（wang@anshan.test）。\n",
        "",
    )


def test_a_refusal_is_reported_in_one_line(run: Run, post: Post) -> None:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    post.at_recipient["*"] = "550 5.1.1 no such user"
    assert run("report", "month", "2024-02", "--send") == (
        2,
        "",
        "王五（wang@anshan.test）：收件人被拒绝；核对people.toml中此人的地址"
        "「550 5.1.1 no such user」\n",
    )


WRONG = [
    (("2024-2",), '"2024-2"不是月份；应如2024-02'),
    (("2024-13",), "2024-13还没有月报"),
    (("2024-04",), "2024-04还没有月报"),
    (("2024-03", "--send"), "--send：2024-03尚未结束；月报只发送一次"),
    (
        ("2024-02", "--out", "m.pdf"),
        "--out：文件名应以.html, .txt, .docx, .xlsx结尾",
    ),
    (
        ("2024-02", "--out", "none/m.html"),
        "--out none/m.html：无法写入：没有这个文件夹",
    ),
]


@pytest.fixture
def ticked(run: Run) -> Run:
    run("tick", "--at", "2024-03-05T12:00+08:00")
    return run


@pytest.mark.parametrize(("words", "why"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_wrong_use_is_reported_in_one_line(ticked: Run, words: tuple[str, ...], why: str) -> None:
    assert ticked("report", "month", *words) == (2, "", why + "\n")
