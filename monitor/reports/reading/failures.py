"""Why a file's bytes could not be read; `read_document` adds which file it was."""


class Unreadable(Exception):  # noqa: N818 - it never leaves this folder
    """The bytes are not what was expected; the text says what they are."""
