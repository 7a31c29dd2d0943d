"""Files that people name: read whole, or written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from monitor.errors import UsageError


def write(path: Path, content: bytes) -> None:
    """Write *content* to *path*, replacing what is there at once. Raises `UsageError`."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
        made = Path(file.name)
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        raise UsageError(f"--out {path}: cannot be written: {error.strerror}") from None


def read(path: Path, option: str) -> bytes:
    """Return what is in *path*, given as *option*. Raises `UsageError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{option} {path}: cannot be read: {error.strerror}") from None


def contents(path: Path) -> bytes:
    """Return what is in *path*, an argument of its own. Raises `UsageError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
