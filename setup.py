"""What a build does besides pyproject.toml: it compiles the catalogues of translations."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildPy(build_py):
    """Puts a `.mo` file in the place of each `.po` file. An editable install keeps the latter."""

    def build_package_data(self) -> None:
        super().build_package_data()
        if not self.editable_mode:
            for path in Path(self.build_lib).rglob("*.po"):
                compile_catalogue(path)
                path.unlink()


def compile_catalogue(path: Path) -> None:
    """Write the `.mo` file beside the `.po` file *path*. Raises `PoFileError` if it is broken."""
    with path.open("rb") as source, path.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(source, abort_invalid=True))


setup(cmdclass={"build_py": BuildPy})
