"""What a file is: by the ending of its name, and where that does not tell by how it begins."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from ingest.decode import Unreadable
from ingest.parsers import news
from ingest.readers.documents.kinds import kind_of as document_kind
from ingest.readers.packed import PACKINGS, packing_of, unpacked

NEWS = ".news"
"""The kind of XML documents and wire text that hold news items, whatever they are called."""

_FORMS = {"xml": NEWS, "wire": NEWS, "json": ".json"}
_SHORT = {".tgz": (".tar", ".gz"), ".tzst": (".tar", ".zst")}
_TAR_AT, _TAR = 257, b"ustar"
_ANY = frozenset({".txt"})
"""Endings that say little: wires write `.txt` as well."""


def kind_by_name(path: Path) -> tuple[str, str]:
    """The ending that says how a file is read, and that of its packing: `.jsonl`, `.gz`."""
    ending = path.suffix.lower()
    if ending in _SHORT:
        return _SHORT[ending]
    if ending in PACKINGS:
        return Path(path.stem).suffix.lower(), ending
    return ending, ""


def detect_kind(
    path: Path, opens: Callable[[], BinaryIO], readable: Collection[str]
) -> tuple[str, str]:
    """The kind and packing of a file called `path`, whose bytes `opens` gives.

    A kind that is not in `readable` is looked for in the content; if nothing is found there,
    it is as the name says.
    """
    kind, packing = kind_by_name(path)
    if kind in readable and kind not in _ANY:
        return kind, packing
    try:
        with opens() as opened:
            start = opened.read(8)
        packed = packing_of(start)
        with unpacked(opens(), packed) if packed else opens() as opened:
            head = opened.read(news.HEAD)
    except (OSError, Unreadable):  # told when it is read, or of a kind that is not
        return kind, packing
    found = kind_by_content(head)
    return (found, packed) if found else (kind, packing)


def kind_by_content(head: bytes) -> str:
    """The kind of a file of news items or a tar archive, by how it begins; "" for any other."""
    if head[_TAR_AT:].startswith(_TAR):
        return ".tar"
    if document := document_kind(head):
        return document
    found = _FORMS.get(news.format_of(head), "")
    return ".jsonl" if found == ".json" and _is_lines(head) else found


def _is_lines(head: bytes) -> bool:
    """Whether JSON begins as lines of an object each: its first line is a whole one, and more
    follows."""
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \r\n").partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
