"""Have the site's search find Chinese words: `python -m docs.site_search FOLDER`, once it is built.

A search in English takes what stands between two spaces for a word, and finds Chinese only at the
beginning of a sentence. Where Chinese is among its languages, a browser tells the words apart.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LANGUAGES = ["en", "zh"]


def in_chinese_too(site: Path) -> None:
    """Name Chinese as a language of the index of the *site*. Raises `OSError` where it has none."""
    index = site / "search.json"
    said = json.loads(index.read_text(encoding="utf-8"))
    said["config"]["lang"] = LANGUAGES
    index.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    in_chinese_too(Path(sys.argv[1]))
