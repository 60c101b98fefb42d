"""Strategies that all fuzzing shares: damaged copies of documents, and texts that look like one.

`DATELINE_PROPERTIES=thorough` asks for many more examples, new ones each time; otherwise they are
few and the same ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

THOROUGH = os.environ.get("DATELINE_PROPERTIES") == "thorough"

settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "thorough",
    settings.get_profile("quick"),
    derandomize=False,
    print_blob=True,
)
settings.load_profile("thorough" if THOROUGH else "quick")


def examples(quick: int, thorough: int) -> settings:
    """So many examples of a property."""
    return settings(max_examples=thorough if THOROUGH else quick)


Edit = Callable[[bytes], bytes]

SNIPPETS = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-16'?>", b"&#x0;",
    b"&#xD800;", b"\\ud800", b"\\u0000", b"&undefined;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<p>",
    b"</p>", b"<div", b"<table><td>", b"\0\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\r",
    b'"', b"'", b"{", b"[[[[", b"}", b"NaN", b"-Infinity", b"1e999", b"null", b"[]", b"http://[",
    b"-1", b"99999999999999999999", b"0000-00-00T99:99:99Z", b"9999-12-31T23:59:59-23:59",
    b"0001-01-01T00:00:00+23:59", b"20250230T250000Z", b"\xea\xb4\x80\xec\x84\xb8", b"e\xcc\x81",
    "\u017f\u212a\U0001f6a2".encode(), b"=?utf-8?b?=?=", b"@[", b"\x01\x02\x03\x04\x16", b"\n\n",
)  # fmt: skip
"""What parsers stumble over: markup, escapes, byte order marks, numbers and dates out of range."""

CHARSETS = ("utf-16", "utf-16-le", "utf-32", "cp949", "latin-1", "shift_jis", "utf-7", "cp037")


@st.composite
def _edits(draw: st.DrawFn) -> Edit:
    """One edit: at a place, given as a share of the document, of some length."""
    way = draw(st.sampled_from(("flip", "cut", "end", "double", "insert", "deepen", "lengthen")))
    at = draw(st.integers(0, 9_999)) / 10_000
    size = draw(st.sampled_from((1, 1, 2, 7, 60, 900)))
    snippet = draw(st.sampled_from(SNIPPETS))
    byte = draw(st.integers(0, 255))

    def edit(data: bytes) -> bytes:
        start = int(at * len(data))
        before, piece, after = data[:start], data[start : start + size], data[start + size :]
        return {
            "flip": lambda: before + bytes([byte]) + data[start + 1 :],
            "cut": lambda: before + after,
            "end": lambda: before,
            "double": lambda: before + piece * 2 + after,
            "insert": lambda: before + snippet + piece + after,
            "deepen": lambda: before + snippet * 300 + piece + after,
            "lengthen": lambda: before + piece * (20_000 // (len(piece) or 1)) + after,
        }[way]()

    return edit


@st.composite
def damaged(draw: st.DrawFn, documents: Sequence[bytes]) -> bytes:
    """A copy of one of the documents with a few edits, or in another character set."""
    data = draw(st.sampled_from(documents))
    if charset := draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(CHARSETS))):
        data = data.decode("utf-8", "replace").encode(charset, "replace")
    for edit in draw(st.lists(_edits(), max_size=4)):
        data = edit(data)
    return data


def texts(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Texts of these words and of any characters, in any order."""
    piece = st.one_of(
        st.sampled_from(words),
        st.sampled_from(words),
        st.sampled_from((" ", " ", ", ", "-", "\n", "ſ", "K", "٣", "９", "\u200b", "\ud800")),
        st.integers(0, 10**45).map(str),
        st.text(max_size=3),
    )
    return st.lists(piece, max_size=12).map("".join)


@contextmanager
def only(*documented: type[Exception]) -> Iterator[None]:
    """Where nothing else than these may come out, and each with a reason."""
    reason = "none was raised"
    try:
        yield
    except documented as error:
        reason = str(error)
    assert reason.strip(), "an error without a reason"
