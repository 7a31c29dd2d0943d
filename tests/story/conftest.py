"""Commands run in this process, in a folder that one pass has driven."""

from tests.shell import driven, shell

__all__ = ["driven", "shell"]
