"""JSON as gateways write it, with what no text can hold taken out. Pure."""

from __future__ import annotations

import json
from typing import Any

ESCAPED_HALF = "\\ud"  # how half of a character beyond 16 bits begins, in either case


def loaded(text: str) -> Any:
    """Return what *text* says; half a character that is escaped without its other half becomes a
    question mark. Raises `ValueError` for what is no JSON, `RecursionError` for what is too deep.
    """
    found = json.loads(text, strict=False)
    if ESCAPED_HALF not in text.lower():
        return found
    return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
