"""What is put into a parser: its seeds, whole or spoilt, and bytes of no meaning."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

SPOILS = (
    b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"&#x110000;", b"&#1114112;",
    b"&#xD800;", b"&#0;", b"&" * 50, b"9" * 6001, b"-1", b"0", b"1e400", b"NaN", b"null", b"true",
    b"[]", b"{}", b'""', b"[" * 3000, b"<div>" * 1500, b"<![CDATA[", b"]]>", b"__biz=%%%&",
    b"__biz=bm8=", b"2024-13-45", b"99999-01-01", b"0001-01-01T00:00:00+23:59", b"\\ud800",
    "١٢٣".encode(), "一".encode() * 2000, b"%", b"#", b"?", b"//[", b"\r\n" * 500, b'"', b"'", b",",
)  # fmt: skip
Edit = tuple[float, float, bytes]  # where, how much is replaced, and by what


def spoilt(seed: bytes, edits: Sequence[Edit]) -> bytes:
    """Return *seed* with each of *edits* made in it."""
    for where, length, put in edits:
        start = int(where * len(seed))
        seed = seed[:start] + put + seed[start + int(length * length * (len(seed) - start)) :]
    return seed


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return inputs near *seeds*, and a few far from them."""
    share = st.floats(0, 1)
    edits = st.lists(st.tuples(share, share, st.sampled_from(SPOILS)), min_size=1, max_size=4)
    return st.one_of(
        st.builds(spoilt, st.sampled_from(seeds), edits),
        st.builds(spoilt, st.sampled_from(seeds), edits),
        st.binary(max_size=200),
    )
