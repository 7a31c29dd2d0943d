"""`make image-steps`: the steps of the Dockerfile by hand, in a clean folder, without Docker.

    python -m tests.image_steps [FOLDER]

Each COPY takes what .dockerignore lets through, each RUN is run, in the folder in the place of the
root. The Python is the one at hand, not that of the image, and nobody is made a user. In the end
what the image starts is asked for its version and for one pass on the shipped configuration.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ("FROM", "ARG", "LABEL", "RUN", "COPY", "ENV", "EXPOSE", "WORKDIR", "USER", "VOLUME")
STARTED = ("HEALTHCHECK", "ENTRYPOINT", "CMD")
# Instead of what changes the machine or needs its root user.
STANDING_IN = {
    "useradd": "exit 0",
    "install": 'shift; while [ "${1#-}" != "$1" ]; do shift 2; done; exec mkdir -p "$@"',
    "python": f'exec "{sys.executable}" "$@"',
}
TRIED = (("--version",), ("tick",), ("status", "--json"))


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile."""

    word: str
    rest: str


@dataclass
class Image:
    """What the steps have made below *root* so far."""

    root: Path
    folder: str = "/"
    variables: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> Path:
        """Return where *path* of the image is."""
        return self.root / (Path(self.folder) / path).as_posix().lstrip("/")

    def moved(self, text: str) -> str:
        """Return *text* with the paths of the image below our root."""
        return re.sub(r"(?<![\w./])/(opt|srv|src)\b", rf"{self.root}/\1", text)


def steps(dockerfile: str) -> list[Step]:
    """Return the instructions of *dockerfile*. Raises `ValueError` for one that is not known."""
    plain = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    found = []
    for line in plain.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word and word not in KNOWN + STARTED:
            raise ValueError(f"Dockerfile: {word} is not an instruction that is known here")
        found += [Step(word, rest.strip())] if word else []
    return found


def let_through(ignore: str, root: Path) -> Iterator[Path]:
    """Yield the files below *root* that .dockerignore lets into the build."""
    lines = [line for line in ignore.splitlines() if line and not line.startswith("#")]
    names = [line[1:] for line in lines if line.startswith("!")]
    left_out = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    for name in names:
        whole = root / name
        for path in sorted(whole.rglob("*")) if whole.is_dir() else [whole]:
            parts = path.relative_to(root).parts
            if path.is_file() and not any(fnmatch(p, out) for p in parts for out in left_out):
                yield path


def make(image: Image, step: Step) -> None:
    """Do one *step*. Raises `CalledProcessError` where a command fails."""
    match step.word:
        case "FROM":
            image.folder, image.variables = "/", {}
        case "WORKDIR":
            image.folder = step.rest
            image.at(".").mkdir(parents=True, exist_ok=True)
        case "COPY":
            copy(image, step.rest.split())
        case "ENV":
            for name, value in re.findall(r"(\w+)=(\S+)", step.rest):
                image.variables[name] = image.moved(value).replace("$PATH", path_of(image))
        case "RUN":
            run(image, ["sh", "-ec", image.moved(step.rest)])


def copy(image: Image, words: Sequence[str]) -> None:
    """Copy what is let through, or between stages, which share our root."""
    *sources, target = words
    if sources[0].startswith("--from="):
        assert sources[1] == target, "another place between stages"
        return
    for path in let_through((ROOT / ".dockerignore").read_text("utf-8"), ROOT):
        inside = path.relative_to(ROOT)
        if sources == ["."] or inside.parts[0] in sources:
            below = inside if sources == ["."] else inside.relative_to(sources[0])
            to = image.at(target) / below
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)


def path_of(image: Image) -> str:
    """Return where commands are looked for: first what stands in for some."""
    return f"{image.root / 'standing-in'}:{os.environ['PATH']}"


def run(image: Image, command: Sequence[str], well: Sequence[int] = (0,)) -> None:
    """Run *command* in the image's folder with its variables; it is to end with one of *well*."""
    image.at(".").mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "LANG"))}
    done = subprocess.run(
        command,
        cwd=image.at("."),
        env={**kept, "HOME": str(image.root), "PATH": path_of(image), **image.variables},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode not in well:
        raise subprocess.CalledProcessError(done.returncode, list(command))


def whole(root: Path) -> None:
    """Make all steps below *root*, and try what they have made."""
    image = Image(root)
    for name, script in STANDING_IN.items():
        path = root / "standing-in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    listed = steps((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    for step in listed:
        print(f"{step.word} {step.rest}"[:100], flush=True)
        make(image, step)
    [program] = [step.rest for step in listed if step.word == "ENTRYPOINT"]
    for words in TRIED:
        print(program, *words, flush=True)
        run(image, [*re.findall(r'"(\w+)"', program), *words], well=(0, 1))


def main(arguments: Sequence[str]) -> int:
    """Make the steps in the folder named, or in one that is removed again."""
    with TemporaryDirectory(prefix="image-") as folder:
        try:
            whole(Path(arguments[0] if arguments else folder).resolve())
        except subprocess.CalledProcessError as error:
            print(f"image-steps: {error.cmd} ended with {error.returncode}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
