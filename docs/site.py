"""Lay the project's documents out as the pages of a site: `python -m docs.site FOLDER`.

The site is made of the same files. README becomes its first page, the other papers of the project's
root stand beside those of docs/, and links between them follow.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = {"README.md": "index.md", "README.zh-CN.md": "index.zh-CN.md"}
BESIDE = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "docker-compose.yml"),
    *("deploy/freshness.service", "deploy/freshness-worker.service", "deploy/kubernetes.yaml"),
    *("deploy/grafana-dashboard.json", "deploy/prometheus-rules.yml"),
)
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]*)")


def laid_out(folder: Path) -> list[Path]:
    """Write every page below *folder*, which is emptied first; return them."""
    shutil.rmtree(folder, ignore_errors=True)
    papers = [ROOT / name for name in (*FIRST, *BESIDE)]
    papers += [p for p in (ROOT / "docs").rglob("*") if p.suffix in (".md", ".svg", ".png")]
    return [_written(paper, folder) for paper in papers]


def place(paper: Path) -> Path:
    """Return where *paper*, a file of the project, stands in the site."""
    inside = paper.relative_to(ROOT)
    if inside.parts[0] == "docs":
        return Path(*inside.parts[1:])
    return Path(FIRST.get(inside.as_posix(), inside.as_posix()))


def linked(text: str, paper: Path) -> str:
    """Return *text* of *paper* with its links as they are in the site."""
    return LINK.sub(lambda found: _link(found[1], paper), text)


def _link(link: str, paper: Path) -> str:
    target = (paper.parent / link).resolve()
    if not link or not target.is_relative_to(ROOT) or not target.is_file():
        return link
    steps = len(place(paper).parent.parts)
    return "../" * steps + place(target).as_posix()


def _written(paper: Path, folder: Path) -> Path:
    page = folder / place(paper)
    page.parent.mkdir(parents=True, exist_ok=True)
    if paper.suffix == ".md":
        page.write_text(linked(paper.read_text(encoding="utf-8"), paper), encoding="utf-8")
    else:
        shutil.copyfile(paper, page)
    return page


if __name__ == "__main__":
    laid_out(Path(sys.argv[1]))
