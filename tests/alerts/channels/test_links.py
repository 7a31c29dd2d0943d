"""A link to answer by is in every channel's message, and survives whatever is cut."""

import io
import re

import pytest

from alerts.channels import dingtalk, feishu, mail, webhook, wecom
from alerts.channels.console import Console
from alerts.channels.group_robot import octets, payload
from alerts.message import Link, Message
from alerts.model import ChannelSettings
from tests.contracts.test_channels import notice

URL = "https://watch.example.gov.cn/a/W1s3XSxbInpoYW5nIl0sMTExMDYwXQ.oQ7c_x-1"
LINK = Link(URL, "点此回复")
CUT = "（内容过长，已截断）"
SHORT, LONG = "【更新提醒】“鞍山民政”微博已10天未更新\n请致电：张三", "账号已未更新。\n" * 3000


def message(text: str, address: str = "", link: Link | None = LINK) -> Message:
    return Message(address, text.split("\n", 1)[0], text, (notice(),), link=link)


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["whole", "cut"])
@pytest.mark.parametrize("address", ["", "zhang", "13800000000", "all"])
def test_wecom(text: str, address: str) -> None:
    body = wecom.body_of(message(text, address))
    kind = body["msgtype"]
    content = body[kind]["content"]
    shown = f"[点此回复]({URL})" if kind == "markdown" else f"点此回复：{URL}"
    assert shown in content
    assert octets(content) <= (wecom.MARKDOWN if kind == "markdown" else wecom.TEXT)
    assert (CUT in content) is (text is LONG)


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["whole", "cut"])
@pytest.mark.parametrize("address", ["", "zhang,13800000000"])
def test_dingtalk(text: str, address: str) -> None:
    body = dingtalk.body_of(message(text, address))
    content = body["markdown"]["text"]
    assert f"  \n[点此回复]({URL})" in content
    assert content.endswith("@zhang @13800000000" if address else f"({URL})")
    assert len(payload(body)) <= dingtalk.MOST


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["whole", "cut"])
def test_feishu_has_a_button(text: str) -> None:
    body = feishu.body_of(message(text))
    [_, action] = body["card"]["elements"]
    [button] = action["actions"]
    assert (button["tag"], button["url"]) == ("button", URL)
    assert button["text"] == {"tag": "plain_text", "content": "点此回复"}
    assert len(payload(body)) <= feishu.MOST


def test_mail_has_a_line_and_a_button() -> None:
    assert message(SHORT).linked == f"{SHORT}\n点此回复：{URL}"
    page = mail.page("标题", SHORT, LINK)
    assert f'href="{URL}">点此回复</a>' in page
    assert '<html lang="zh-CN">' in page


def test_the_mails_frame_and_button_are_cells_of_tables_for_outlook() -> None:
    page = mail.page("标题", SHORT, LINK)
    padded = re.findall(r"<(\w+)[^>]*[^-]padding:[1-9]\d*px \d+px", page)
    coloured = re.findall(r"<(\w+) bgcolor", page)
    assert (padded, coloured) == (["td", "td"], ["td", "td"])
    assert re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", page) == [
        f"{mail.TABLE.format(576)}><tr><td>",
        "</td></tr></table>",
    ]


def test_in_english_no_chinese_is_left() -> None:
    link = Link(URL, "Answer here", ": ")
    assert link.line == f"Answer here: {URL}"
    page = mail.page("Reminder", "no update", link, "en")
    assert '<html lang="en">' in page
    assert page.isascii()


def test_a_webhook_gets_it_as_a_field_of_its_own() -> None:
    body = webhook.body_of(notice(), SHORT, False, LINK)
    assert (body["answer_url"], body["text"]) == (URL, SHORT)


def test_the_console_prints_it() -> None:
    out = io.StringIO()
    Console(ChannelSettings("c", "console"), out).send(message(SHORT))
    assert out.getvalue().endswith(f"请致电：张三\n点此回复：{URL}\n")


def test_without_a_link_nothing_is_added() -> None:
    plain = message(SHORT, link=None)
    assert wecom.body_of(plain)["markdown"]["content"] == SHORT
    assert dingtalk.body_of(plain)["markdown"]["text"] == SHORT.replace("\n", "  \n")
    assert len(feishu.body_of(plain)["card"]["elements"]) == 1
    assert plain.linked == SHORT
    assert "点此回复" not in mail.page("标题", SHORT)
    assert "answer_url" not in webhook.body_of(notice(), SHORT, False)


def test_a_link_is_shown_by_nothing_that_might_be_logged() -> None:
    assert URL not in repr(message(SHORT))
