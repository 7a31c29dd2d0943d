"""Files that people name: read whole, or written whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from tempfile import NamedTemporaryFile

from monitor.errors import Field, Told, UsageError

# Why the system refuses, by its code.
REFUSED = {
    errno.ENOENT: Told("No such file or directory"),
    errno.EACCES: Told("Permission denied"),
    errno.EISDIR: Told("Is a directory"),
    errno.ENOTDIR: Told("Not a directory"),
    errno.ENOSPC: Told("No space left on device"),
    errno.EROFS: Told("Read-only file system"),
}
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
        gone = isinstance(error, FileNotFoundError)
        reason = Told("there is no such folder") if gone else reason_of(error)
        problem = Told(" {file}: cannot be written: {reason}", file=str(path), reason=reason)
        raise UsageError(Field("out"), problem) from None


def read(path: Path, field: str) -> bytes:
    """Return what is in *path*, given as *field* of the request. Raises `UsageError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Told(" {file}: cannot be read: {reason}", file=str(path), reason=reason_of(error))
        raise UsageError(Field(field), problem) from None


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
        line = Told("{file}: cannot be read: {reason}", file=str(path), reason=reason_of(error))
        raise UsageError(line) from None


def reason_of(error: OSError) -> str:
    """Return in plain words why the system refused."""
    return REFUSED.get(error.errno or 0) or error.strerror or str(error)
