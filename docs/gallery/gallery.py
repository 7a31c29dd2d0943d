"""`python -m docs.gallery.gallery`: every sort of message as it appears on every channel.

Prints `docs/messages.md`; a test holds the file to be what this prints.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from alerts.answers.answer import ticket_for
from alerts.answers.buttons import buttons
from alerts.channels import dingtalk, feishu, mail, webhook, wecom
from alerts.channels.console import Console
from alerts.channels.telegram import Telegram
from alerts.channels.wecom import WeCom
from alerts.message import Link, Message
from alerts.messages.digest import Elsewhere, Room, digest
from alerts.messages.render import heading, render
from alerts.model import ChannelSettings, Hours
from alerts.words import CHINA, Words, translator
from docs.gallery.messages import EXAMPLES, TOGETHER
from docs.gallery.values import PEOPLE, Example

MERGED = "同一时刻122个账号到期，每人一条消息"
URL = "https://watch.example.gov.cn/a/W1sxMl0sWyJ6aGFuZyJdLDU0MzIxXQ.Xf3…"
HOURS = Hours(CHINA)
INTRODUCTION = """\
# Messages

Every sort of message, as it appears on every channel. The people and posts are invented. This
page is written by `python -m docs.gallery.gallery > docs/messages.md`; change the words in the
catalogues, not here.

Buttons are written as `[ 已知悉 ]`. A link to answer by is there when `[web] public_url` is set,
see [answers.md](answers.md).
"""


def gallery(words: Words) -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    parts += [f"- [{n}. {e.when}](#{n})" for n, e in enumerate(EXAMPLES, 1)]
    parts.append(f"- [{len(EXAMPLES) + 1}. {MERGED}](#{len(EXAMPLES) + 1})")
    for number, example in enumerate(EXAMPLES, 1):
        parts.append("\n".join(_example(number, example, words)))
    parts.append("\n".join(_merged(len(EXAMPLES) + 1, words)))
    return "\n".join(parts).rstrip() + "\n"


def message_of(example: Example, words: Words) -> Message:
    """Return the message that an example's notice makes, for an address that mentions nobody."""
    notice = example.notice
    rendered = render(notice, words, HOURS, False, example.sent_at)
    asks = ticket_for([notice], notice.created_at) is not None
    return Message(
        address="",
        subject=rendered.subject,
        text=rendered.text,
        notices=(notice,),
        link=Link(URL, words.text("Answer here"), words.text(": ")) if asks else None,
        buttons=buttons([notice], PEOPLE, words, HOURS, notice.created_at),
        heading=heading([notice], PEOPLE, words),
    )


def _merged(number: int, words: Words) -> Iterator[str]:
    """What one person gets of many accounts at once, where a message holds how much."""
    yield f'\n<a id="{number}"></a>\n## {number}. {MERGED}\n'
    link = Link(URL, words.text("Answer here"), words.text(": "))
    rooms = {
        "Telegram": Room(Telegram.digest, Elsewhere.COMMAND),
        "WeCom 企业微信": Room(WeCom.digest - len(link.line.encode()), Elsewhere.LINK),
    }
    for channel, room in rooms.items():
        [page] = digest(TOGETHER, words, HOURS, room)
        rows = buttons(page.notices, PEOPLE, words, HOURS, page.notices[0].created_at)
        message = Message(
            "", page.rendered.subject, page.rendered.text, page.notices, link=link, buttons=rows
        )
        heard = room.elsewhere is Elsewhere.COMMAND
        yield f"{channel}:\n"
        yield _block(_telegram(message) if heard else wecom.body_of(message)["markdown"]["content"])


def _example(number: int, example: Example, words: Words) -> Iterator[str]:
    message = message_of(example, words)
    yield f'\n<a id="{number}"></a>\n## {number}. {example.when}\n'
    yield "Telegram:\n"
    yield _block(_telegram(message))
    yield "<details><summary>企业微信 · 钉钉 · 飞书 · 邮件 · webhook · console</summary>\n"
    for shown, names in _shown(message).items():
        yield f"{' · '.join(names)}:\n"
        yield _block(shown)
    yield "</details>"


def _shown(message: Message) -> dict[str, list[str]]:
    """What the other channels show, each look once, with the channels that show it."""
    looks = {
        "WeCom 企业微信 (markdown)": wecom.body_of(message)["markdown"]["content"],
        "DingTalk 钉钉 (markdown)": dingtalk.body_of(message)["markdown"]["text"],
        "Feishu 飞书 (card)": _card(feishu.body_of(message)["card"]),
        "Mail 邮件 (text)": message.linked,
        "Mail 邮件 (page)": page_text(mail.page(message.subject, message.text, message.link)),
        "Webhook": _json(webhook.body_of(message.notices[0], message.text, False, message.link)),
        "Console": _console(message),
    }
    found: dict[str, list[str]] = {}
    for name, shown in looks.items():
        found.setdefault(_kept(shown), []).append(name)
    return found


def _kept(text: str) -> str:
    """*text* without the two spaces that are markdown's line break, and an editor's prey."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def _block(text: str) -> str:
    return f"```text\n{_kept(text)}\n```\n"


def _telegram(message: Message) -> str:
    rows = ["  ".join(f"[ {button.label} ]" for button in row) for row in message.buttons]
    return "\n".join([message.text, *rows])


def _card(card: dict[str, Any]) -> str:
    lines = [f"〔{card['header']['title']['content']}〕"]
    for element in card["elements"]:
        if element["tag"] == "markdown":
            lines.append(unescaped(element["content"]))
        else:
            lines += [f"[ {b['text']['content']} ]({b['url']})" for b in element["actions"]]
    return "\n".join(lines)


def _json(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1)


def _console(message: Message) -> str:
    out = io.StringIO()
    Console(ChannelSettings("console", "console"), out).send(message)
    return out.getvalue()


class _Reader(HTMLParser):
    """Reads a page as somebody without pictures and colours would."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("title", "style") or self._silent
        if tag in ("br", "p", "h1"):
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag not in ("title", "style")
        if tag in ("p", "h1"):
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)


def page_text(page: str) -> str:
    """Return what a page of HTML says."""
    reader = _Reader()
    reader.feed(page)
    return "".join(reader.text).strip()


def unescaped(text: str) -> str:
    """Return *text* with its character references read."""
    return page_text(text.replace("\n", "<br>"))


if __name__ == "__main__":
    sys.stdout.write(gallery(translator("zh_CN")))
