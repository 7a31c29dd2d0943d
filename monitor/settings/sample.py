"""The commented configuration that `freshness init` writes. It loads as it is."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from monitor.errors import UsageError
from monitor.settings.documents import ACCOUNTS, MONITOR, PEOPLE

TEMPLATES = Path(__file__).parent / "templates"


def write(folder: Path) -> list[Path]:
    """Write the three files into *folder* and return their paths.

    Raises `UsageError` if one of them is there already, or the folder cannot be written.
    """
    paths = [folder / name for name in (MONITOR, ACCOUNTS, PEOPLE)]
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already; init overwrites nothing")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.write_text(_own(path.name, folder), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from None
    return paths


def _own(name: str, folder: Path) -> str:
    """A template with an id, and a database, that no other folder has."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if name != MONITOR:
        return text
    place = re.sub(r"[^\w-]+", "-", folder.absolute().name) or "freshness"
    text = text.replace('id = "new"           ', f'id = "{secrets.token_hex(5)}"', 1)
    return text.replace("data/freshness.db", f"data/{place}.db", 1)
