"""What is shown of an account that is to be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from alerts.words import Words
from monitor.commands.show.console import dated, out

if TYPE_CHECKING:
    from monitor.desk.adding import Added, Proposal, Refused
    from monitor.register import Register


def show_proposal(found: Proposal | Refused, register: Register, words: Words) -> None:
    """Print what was seen of an account, or why nothing can be proposed."""
    from monitor.desk.adding import Refused

    if isinstance(found, Refused):
        out(Text.assemble(found.address, "  ", (found.why, "bold red")))
        return
    called = found.seen or found.name
    out(Text.assemble((called, "bold"), f"  {words.platform(found.platform)}  {found.id}"))
    out(f"  {found.gateway}: {found.locator}")
    if found.custodian:
        who = words.text("custodian: {name}").format(name=register.name(found.custodian))
        out(f"  {who}")
    for post in found.posts:
        out(f"  {dated(post.at, post.until, words)}  {post.title}")
    for doubt in found.doubts:
        out(Text(f"  {doubt}", "yellow"))


def show_blocks(blocks: Sequence[Mapping[str, object]]) -> None:
    """Print the blocks as they belong into accounts.toml."""
    from monitor.settings.writing import text_of

    out(text_of(blocks), end="")


def as_row(one: Added) -> Mapping[str, object]:
    """Return *one* as `--json` prints it."""
    from monitor.desk.adding import Refused

    found = one.found
    if isinstance(found, Refused):
        return {"address": found.address, "state": one.state.value, "why": found.why}
    return {
        "address": found.address,
        "state": one.state.value,
        **found.block(),
        "seen": found.seen,
        "posts": [{"title": post.title, "published_at": post.at} for post in found.posts],
        "doubts": list(found.doubts),
    }
