"""Every command that acts says what it did as one JSON document, and nothing beside it."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shell import Run, document

POSTS = "account,published_at,title,url,kind\nweibo-anshanmz,2026-10-01T09:00,国庆,,original\n"
ROSTER = "日期,值班员\n2026-12-01,张三\n"
WEIBO = "weibo-anshanmz"
PASSED = ("--from", "zhang", "--to", "li")

# In this order: what a document says, after the words of its command.
DEEDS: tuple[tuple[list[str], dict[str, Any]], ...] = (
    (["alerts", "ack", "1", "--by", "zhang"], {"alert": 1, "by": "zhang"}),
    (
        ["alerts", "promise", "1", "--by", "zhang", "--until", "2026-11-20T17:00"],
        {"alert": 1, "until": "2026-11-20T17:00:00+08:00", "scheduled": False},
    ),
    (
        ["alerts", "except", WEIBO, "--by", "wang", "--until", "2026-11-22", "--reason", "合并"],
        {"account": WEIBO, "reason": "合并", "document": None},
    ),
    (
        ["handover", "start", WEIBO, *PASSED, "--due", "2026-11-25", "--reason", "调离"],
        {"id": 1, "state": "open", "to": "li"},
    ),
    (["handover", "accept", "1", "--by", "li"], {"id": 1, "state": "open"}),
    (["handover", "check", "1", "password", "--by", "zhang"], {"id": 1}),
    (["handover", "cancel", "1", "--by", "li"], {"id": 1, "state": "cancelled"}),
    (["custody", "confirm", WEIBO, "--by", "zhang"], {"account": WEIBO, "person": "zhang"}),
    (["duty", "swap", "2026-11-21", "--to", "zhang"], {"on": "2026-11-21", "duty": "zhang"}),
    (["duty", "import", "roster.csv"], {}),
    (["import", "posts.csv", "--check"], {"id": None, "new": 1, "problems": []}),
    (["import", "posts.csv"], {"id": 1, "new": 1}),
    (["import", "--undo", "1"], {"id": 1}),
    (["confirm", WEIBO, "--nothing-newer", "--by", "zhang"], {"account": WEIBO}),
    (
        ["report", "declare", "2026", WEIBO, "posts", "9", "--source", "年报"],
        {"year": 2026, "value": 9},
    ),
    (["report", "year", "2026"], {"year": 2026, "frozen": False}),
    (["user", "add", "wang", "--role", "officer"], {"name": "wang", "role": "officer"}),
    (["user", "token", "wang", "--scope", "read"], {"name": "wang", "scope": "read"}),
    (["user", "reset", "wang"], {"name": "wang"}),
    (["user", "remove", "wang"], {"name": "wang"}),
    (["backup", "copy.db"], {"file": "copy.db"}),
    (["restore", "copy.db", "--force"], {"restored": "copy.db"}),
    (
        ["init", "other"],
        {"written": [f"other/{n}.toml" for n in ("monitor", "accounts", "people")]},
    ),
)


def test_every_deed_is_told_as_one_document(shell: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("posts.csv").write_text(POSTS, "utf-8")
    Path("roster.csv").write_text(ROSTER, "utf-8")
    for words, expected in DEEDS:
        monkeypatch.setattr(sys, "stdin", io.StringIO("a long password of hers\n"))
        told = document(shell, *words)
        assert {key: told[key] for key in expected} == expected, words


def test_what_was_read_and_what_the_month_came_to_are_documents(shell: Run) -> None:
    _, out, _ = shell("read", WEIBO, "--json")  # its log is on stderr
    read = json.loads(out)
    assert [(one["account"], one["outcome"]) for one in read["readings"]] == [(WEIBO, "unchanged")]
    assert read["unread"] == []
    month = document(shell, "report", "month", "2026-10", "--out", "m.txt")
    assert month == {"file": str(Path("m.txt").resolve()), "mails": []}
    assert document(shell, "user", "list") == []
    assert document(shell, "alive")["check"] == "service"
