"""New blocks in accounts.toml, with everything else in the file left as it is, comments too."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from monitor.errors import Told, UsageError
from monitor.files import reason_of
from monitor.settings.documents import ACCOUNTS
from monitor.settings.sample import LANGUAGES, example

Block = Mapping[str, object]
KEY = "accounts"
STEP = re.compile(r"#\s*[①-⑳]")  # a comment that says what is still to be done


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and the ids of the accounts that left it: the example's."""

    path: Path
    left: tuple[str, ...] = ()


def add(folder: Path, blocks: Sequence[Block]) -> Written:
    """Add *blocks* to accounts.toml in *folder*.

    The file is replaced at once, and only by one that says what it said before and the new blocks.
    Raises `UsageError`, with nothing changed, where it cannot be written.
    """
    path = folder / ACCOUNTS
    try:
        before = path.read_bytes().decode("utf-8-sig")
        after = added(before, blocks)
        replaced(path, after.encode())
    except OSError as error:
        line = Told("{file} cannot be written: {reason}", file=str(path), reason=reason_of(error))
        raise UsageError(line) from None
    except (TOMLKitError, UnicodeDecodeError, _OtherwiseError):
        line = Told("{file} cannot be extended; write the blocks into it", file=str(path))
        raise UsageError(line) from None
    return Written(path, tuple(_ids(before) - _ids(after)))


def text_of(blocks: Sequence[Block]) -> str:
    """Return *blocks* as they are written into accounts.toml."""
    return added("", blocks).strip() + "\n"


def added(text: str, blocks: Sequence[Block]) -> str:
    """Return the file *text* with *blocks* at its end; the first takes the place of the untouched
    example that `init` wrote."""
    text = text if text.endswith("\n") or not text else f"{text}\n"
    document = tomlkit.parse(text)
    said = tomllib.loads(text)
    rest = list(blocks)
    if rest and said.get(KEY) in [[example(language)] for language in LANGUAGES]:
        _rewrite(document[KEY][0], rest.pop(0))
        said = {**said, KEY: [blocks[0]]}
    for block in rest:
        _append(document, block)
    result = _ended_alike(tomlkit.dumps(document), text)
    if tomllib.loads(result) != {**said, KEY: [*said.get(KEY, []), *rest]}:
        raise _OtherwiseError
    return result


def _ids(text: str) -> set[str]:
    return {account["id"] for account in tomllib.loads(text).get(KEY, []) if "id" in account}


class _OtherwiseError(Exception):
    """The file would say something else than it should."""


def _ended_alike(result: str, text: str) -> str:
    """Return *result* with its lines ended as those of *text* are."""
    return re.sub(r"\r?\n", "\r\n", result) if "\r\n" in text else result


def _rewrite(table: Table, block: Block) -> None:
    for key in [key for key in table if key not in block]:
        table.remove(key)
    for key, value in block.items():
        table[key] = _sources(value) if isinstance(value, list) else value
        trivia = table[key].trivia
        if STEP.match(trivia.comment):
            trivia.comment_ws = trivia.comment = ""


def _append(document: Container, block: Block) -> None:
    there = document.get(KEY)
    if isinstance(there, Array):
        inline = tomlkit.inline_table()
        inline.update(block)
        there.append(inline)
        return
    table = tomlkit.table()
    for key, value in block.items():
        table.add(key, _sources(value) if isinstance(value, list) else value)
    if not isinstance(there, AoT):
        there = tomlkit.aot()
        document.add(KEY, there)
    elif not tomlkit.dumps(document).endswith("\n\n"):
        there[-1].add(tomlkit.nl())
    there.append(table)


def _sources(sources: Sequence[Mapping[str, str]]) -> Array:
    """One line, as the template has it."""
    array = tomlkit.array()
    for source in sources:
        inline: InlineTable = tomlkit.inline_table()
        inline.update(source)
        array.append(inline)
    return array


def replaced(path: Path, content: bytes) -> None:
    """Write a new file with the rights of the old one, and put it in its place. Raises
    `OSError`."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
    shutil.copymode(path, file.name)
    Path(file.name).replace(path)
