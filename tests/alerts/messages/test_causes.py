"""Whatever a reading says of itself, people read why in their language, and what is to be done."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.facts import GatewayFacts
from alerts.messages.causes import ADVICE, REASONS, advice, cause_of, reason
from alerts.messages.draft import cause_lines
from alerts.messages.former import READINGS
from alerts.told import Detail
from alerts.words import translator
from monitor.causes import Cause
from monitor.model import Outcome
from tests.house import ROOT

CHINESE, ENGLISH = translator("zh_CN"), translator("en")
FAILED = [outcome for outcome in Outcome if not outcome.answered]
TWO_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|UTC")  # of English; names stand alone
COMMANDS = ("freshness confirm", "allow_private = true")


def details() -> Iterator[str]:
    """Every detail that the sources themselves word, with something in its gaps."""
    for folder in ("sources", "polling"):
        for path in sorted((Path(ROOT) / "monitor" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                    "Detail",
                    "Failed",
                    "NotAFeed",
                    "Evidence",
                ):
                    yield from (text for argument in node.args if (text := _text(argument)))


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values
        )
    return None


DETAILS = sorted(set(details()))


def told(outcome: str | None, detail: str) -> str:
    facts = GatewayFacts("g", gateway_error=detail, outcome=outcome)
    return "\n".join(cause_lines(facts.outcome, facts.gateway_error, CHINESE))


def test_enough_details_are_found_to_be_worth_a_look() -> None:
    assert len(DETAILS) > 30


@pytest.mark.parametrize("outcome", FAILED)
def test_no_outcome_and_no_detail_brings_english_into_a_chinese_message(outcome: Outcome) -> None:
    for detail in ("", *DETAILS):
        said = told(outcome.value, detail)
        for command in COMMANDS:
            said = said.replace(command, "")
        assert said.count("\n") == 1
        assert not TWO_WORDS.search(said), (detail, said)


def test_every_outcome_and_every_code_has_a_reason_and_advice() -> None:
    codes = {*map(str, Cause), *(outcome.value for outcome in FAILED)}
    assert codes == set(REASONS) == set(ADVICE)
    assert {code for code, _ in READINGS} <= codes  # of what was stored before there were codes


@pytest.mark.parametrize("cause", Cause)
def test_a_code_counts_whatever_the_line_says(cause: Cause) -> None:
    assert cause_of("status", Detail("HTTP 404: a captcha page", cause)) == cause


@pytest.mark.parametrize(
    ("outcome", "detail", "code"),
    [
        ("status", "HTTP 503: RSSHub says: Error: Cookies expired. Please update", "cookie"),
        ("status", "HTTP 432: Weibo turns visitors away: log in to m.weibo.cn", "cookie"),
        ("status", "Weibo demands a login (ok: -100)", "cookie"),
        ("status", "HTTP 503: RSSHub says: Cooling down before new visitor Cookies", "limited"),
        ("status", "HTTP 503: RSSHub says: (reading 'screen_name')", "number"),
        ("status", "HTTP 403: plain text “key”", "key"),
        ("status", "HTTP 404", "no_route"),
        ("status", "HTTP 502: an HTML page “Bad Gateway”", "inside"),
        ("no_pulse", "built 2024-02-18 22:59 UTC: a frozen copy", "old_copy"),
        ("no_pulse", "no canary has posted since 2024-03-04 03:00 UTC", "canary"),
        ("no_pulse", "last synced 2024-03-04 03:00 UTC", "unsynced"),
        ("no_pulse", "a WeChat login has ended: scan its code again", "wechat_login"),
        (
            "status",
            "WeChat says 40164: 182.1.1.1 is not on the account's IP whitelist",
            "whitelist",
        ),
        ("status", "no ticket: /run/ticket: No such file or directory", "ticket"),
        ("status", "WeChat says 61005: the ticket has ended: does it still run?", "ticket"),
        ("wrong_account", "WeChat says 61003: the authorisation was withdrawn", "withdrawn"),
        ("wrong_account", "wx1: the platform never redeemed its code", "withdrawn"),
        ("wrong_account", "WeChat says 61007: no permission for this question", "permission"),
        ("status", "WeChat says 45009: the day's quota is spent", "quota"),
        ("transport", "connection refused", "not_running"),
        ("transport", "host name not found", "host"),
        ("transport", "no answer within 90 s", "slow"),
        ("transport", "TLS certificate refused", "certificate"),
        ("transport", "network is unreachable", "transport"),
        ("not_a_feed", "a captcha page", "limited"),
        ("not_a_feed", "an HTML page “首页” without a list of dated links", "page"),
        ("wrong_account", "the feed is that of weibo:2, not of weibo:1", "wrong_account"),
        ("empty", "no posts at all, although some are known", "empty"),
        ("", "transport", "status"),
    ],
)
def test_what_was_said_before_codes_leads_to_its_cause(
    outcome: str, detail: str, code: str
) -> None:
    assert cause_of(outcome, detail) == code


def test_the_status_of_an_answer_is_kept() -> None:
    assert reason("status", "HTTP 503: x", CHINESE) == "网关内部出错（HTTP 503）"
    assert advice("status", "HTTP 404", ENGLISH) == "correct the locator in accounts.toml"


def test_messages_that_wait_since_the_version_before_say_their_cause_too() -> None:
    assert "连不上网关" in told(None, "transport")
    assert told(None, "") == ""
