"""Why a file's bytes could not be read; `read_document` adds which file it was."""


class Unreadable(Exception):  # noqa: N818 - it never leaves this folder
    """The bytes are not what was expected; *told* says what they are."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told
