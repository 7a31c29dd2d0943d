"""Draw docs/first-run.svg: what a newcomer sees after `make run`.

    python docs/first_run.py

Runs the service on a copy of the shipped configuration in a pseudo terminal until it says that
it is running, and draws what stood on the screen.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from html import unescape
from io import StringIO
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 92
LAST_LINE = "Ctrl-C"
CELL = 12.2  # how wide Rich draws one cell
# Rich's own frame, without the fonts that it would fetch from elsewhere.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "Noto Sans Mono CJK SC", "Sarasa Mono SC", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""  # noqa: E501


def screen() -> str:
    """Return what `freshness run` writes to a terminal up to its last line of greeting."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "config", Path(folder) / "config")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run"],
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "COLUMNS": str(COLUMNS),
                "TERM": "xterm-256color",
            },
        )
        shown = b""
        while LAST_LINE.encode() not in shown:
            shown += os.read(ours, 65536)
        process.send_signal(signal.SIGTERM)
        process.wait()
    return shown.decode().replace("\r\n", "\n")


def main() -> None:
    """Draw the picture."""
    console = Console(width=COLUMNS, record=True, file=StringIO(), force_terminal=True)
    console.print(Text("$ make run", style="bold"))
    console.print(Text.from_ansi(screen()))
    svg = console.export_svg(title="freshness run", code_format=FRAME)
    wide = re.sub(r'textLength="[\d.]+"([^>]*)>([^<]*)<', _widened, svg)
    (ROOT / "docs" / "first-run.svg").write_text(wide, encoding="utf-8")


def _widened(found: re.Match[str]) -> str:
    """Rich counts characters where it should count cells, which squeezes Chinese."""
    cells = cell_len(unescape(found[2]))
    return f'textLength="{round(cells * CELL, 1)}"{found[1]}>{found[2]}<'


if __name__ == "__main__":
    main()
