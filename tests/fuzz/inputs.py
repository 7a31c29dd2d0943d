"""What is put into a parser: its seeds, whole or spoilt, and bytes of no meaning.

Hypothesis draws numbers alone, of which the inputs are made: drawing them whole takes longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

SPOILS = (
    b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"&#x110000;", b"&#1114112;",
    b"&#xD800;", b"&#0;", b"&" * 50, b"9" * 6001, b"-1", b"0", b"1e400", b"NaN", b"null", b"true",
    b"[]", b"{}", b'""', b"[" * 3000, b"<div>" * 1500, b"<![CDATA[", b"]]>", b"__biz=%%%&",
    b"__biz=bm8=", b"2024-13-45", b"99999-01-01", b"0001-01-01T00:00:00+23:59", b"\\ud800",
    "١٢٣".encode(), "一".encode() * 2000, b"9" * 400, b"%", b"#", b"?", b"//[",
    b"99999999", b"\r\n" * 500, b"0x" + b"f" * 5000, b'"', b"'", b",",
)  # fmt: skip
NUMBERS = st.integers(0, 2**64)
AT_ONCE = 20  # inputs of one number: drawing takes longer than most parsers do
AT_ONCE_APART = 200  # where a process is begun for them


def spoilt(seed: bytes, random: Random) -> bytes:
    """Return *seed* with a few pieces of it replaced."""
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(seed))
        end = start + int(random.random() ** 2 * (len(seed) - start))
        seed = seed[:start] + random.choice(SPOILS) + seed[end:]
    return seed


def made(number: int, seeds: Sequence[bytes], inputs: int = AT_ONCE) -> list[bytes]:
    """Return the inputs of that *number*: near *seeds* mostly, every tenth one far from them."""
    random = Random(number)
    far = max(inputs // 20, 1)
    near = [spoilt(random.choice(seeds), random) for _ in range(inputs - 2 * far)]
    return near + [random.randbytes(size) for size in (20, 200) for _ in range(far)]
