"""The commented configuration that `freshness init` writes. It loads as it is."""

from __future__ import annotations

import re
import secrets
import tomllib
from pathlib import Path

from monitor.errors import Field, Told, UsageError
from monitor.files import reason_of
from monitor.settings.documents import ACCOUNTS, MONITOR, PEOPLE
from monitor.wording import one_of, quoted

TEMPLATES = Path(__file__).parent / "templates"


CHINESE, ENGLISH = "zh_CN", "en"
LANGUAGES = (CHINESE, ENGLISH)  # in which the comments are written


def write(folder: Path, language: str = CHINESE) -> list[Path]:
    """Write the three files, commented in *language*, into *folder* and return their paths.

    Raises `UsageError` if one of them is there already, the folder cannot be written, or there is
    no such language.
    """
    if language not in LANGUAGES:
        known = one_of(language, LANGUAGES)
        raise UsageError(
            Field("language"),
            Told(
                " {found} is none that is known; {choices}", found=quoted(language), choices=known
            ),
        )
    paths = [folder / name for name in (MONITOR, ACCOUNTS, PEOPLE)]
    for path in paths:
        if path.exists():
            raise UsageError(
                Told("{file} is there already; init overwrites nothing", file=str(path))
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.write_text(_own(path.name, folder, language), encoding="utf-8")
    except OSError as error:
        line = Told(
            "{file}: cannot be written: {reason}", file=str(folder), reason=reason_of(error)
        )
        raise UsageError(line) from None
    return paths


def _own(name: str, folder: Path, language: str) -> str:
    """A template with an id, and a database, that no other folder has."""
    text = (TEMPLATES / language / name).read_text(encoding="utf-8")
    if name != MONITOR:
        return text
    place = re.sub(r"[^\w-]+", "-", folder.absolute().name) or "freshness"
    text = text.replace('id = "new"           ', f'id = "{secrets.token_hex(5)}"', 1)
    return text.replace("data/freshness.db", f"data/{place}.db", 1)


def example(language: str) -> object:
    """Return the one account of what `write` writes in *language*."""
    text = (TEMPLATES / language / ACCOUNTS).read_text(encoding="utf-8")
    return tomllib.loads(text)["accounts"][0]
