"""Files that people name: read whole, or written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from monitor.errors import Field, Told, UsageError

LARGEST = 200 * 2**20  # bytes; a console's export of ten years is a hundredth of it


def write(path: Path, content: bytes) -> None:
    """Write *content* to *path*, replacing what is there at once. Raises `UsageError`."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
        made = Path(file.name)
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        problem = f" {path}: cannot be written: {error.strerror}"
        raise UsageError(Field("out"), problem) from None


def read(path: Path, field: str) -> bytes:
    """Return what is in *path*, given as *field* of the request. Raises `UsageError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        line = Told("{file}: cannot be read: {reason}", file=str(path), reason=reason(error))
        raise UsageError(Field(field), " ", line) from None


def contents(path: Path, kind: str) -> bytes:
    """Return what is in *path*, an argument of its own that names a *kind* of file, which is said
    as `Told` says it. Raises `UsageError`, also for a file too large to be one."""
    try:
        if path.stat().st_size > LARGEST:
            most = LARGEST >> 20
            line = Told(
                "{file}: larger than {n} MB; this is no {kind}", file=str(path), n=most, kind=kind
            )
            raise UsageError(line)
        return path.read_bytes()
    except OSError as error:
        line = Told("{file}: cannot be read: {reason}", file=str(path), reason=reason(error))
        raise UsageError(line) from None


def reason(error: OSError) -> str:
    """Return why a file cannot be read, in words of the catalogue where they are there."""
    match error:
        case FileNotFoundError():
            return Told("No such file or directory")
        case PermissionError():
            return Told("Permission denied")
        case IsADirectoryError():
            return Told("Is a directory")
    return error.strerror or str(error)
