"""A PDF file read by a process of its own: one that refers to itself is read without end.

That process is this module. It prints the document as JSON, or why it cannot be read.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from monitor.apart import MOST_SECONDS, asked, bound
from monitor.errors import Told
from monitor.reports.check.document import Block, Cell, Document, Paragraph, Table
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.pdf import from_pdf, no_pdf


def from_pdf_apart(data: bytes, seconds: float = MOST_SECONDS) -> Document:
    """Return the document in the bytes of a PDF file. Raises `Unreadable`, also where reading takes
    more than *seconds* or too much memory."""
    try:
        said = asked("-m", __name__, data=data, seconds=seconds)
    except TimeoutError:
        raise Unreadable(no_pdf(Told("it takes longer than {n} s", n=round(seconds)))) from None
    if said is None:
        raise Unreadable(no_pdf(Told("it is damaged, or takes too much memory")))
    return _read(json.loads(said))


def _said(data: bytes) -> dict[str, Any]:
    """The document, or why it cannot be read, for `_read`."""
    try:
        document = from_pdf(data)
    except Unreadable as problem:
        told = problem.told
        sentence, args = (told.sentence, told.args) if isinstance(told, Told) else (told, {})
        return {"unreadable": sentence, "args": args}
    return {"blocks": list(map(_written, document.blocks)), "pictures": document.pictures}


def _read(said: dict[str, Any]) -> Document:
    if "unreadable" in said:
        raise Unreadable(Told.of(said["unreadable"], **said["args"]))
    return Document(tuple(map(_block, said["blocks"])), pictures=tuple(said["pictures"]))


def _written(block: Block) -> Any:
    if isinstance(block, Paragraph):
        return block.text
    return [[(cell.text, cell.row, cell.column) for cell in row] for row in block.rows]


def _block(said: Any) -> Block:
    if isinstance(said, str):
        return Paragraph(said)
    return Table(tuple(tuple(Cell(*cell) for cell in row) for row in said))


def main() -> None:
    """Read a PDF file from stdin and print what it holds."""
    bound()
    json.dump(_said(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
