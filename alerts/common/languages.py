"""Which languages there are. Apart from their words, which bring a library with them."""

from __future__ import annotations

from pathlib import Path

LOCALES = Path(__file__).parent.parent / "locale"
ENGLISH = "en"  # the message ids themselves


def languages() -> tuple[str, ...]:
    """Return the languages there are, English first."""
    return (ENGLISH, *sorted(p.name for p in LOCALES.iterdir() if (p / "LC_MESSAGES").is_dir()))
