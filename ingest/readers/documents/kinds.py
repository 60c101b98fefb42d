"""Which kind of document some bytes begin."""

from __future__ import annotations

import re

NAMES = {
    ".pdf": "PDF file",
    ".epub": "EPUB file",
    ".docx": "Word document (.docx)",
    ".eml": "mail",
    ".mbox": "mailbox (mbox)",
}
"""What each kind is called, by the ending that it usually has."""

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How ZIP files begin, and old or encrypted office documents."""

_EPUB = b"application/epub+zip"
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"word/", b"docProps/")
"""What an office document's first file is called."""

_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2,}")
_NAME = re.compile(rb"^([!-9;-~]{1,76}):", re.MULTILINE)
_SENT = frozenset({b"from", b"date", b"subject"})
_CARRIED = frozenset({b"message-id", b"received", b"return-path", b"mime-version", b"delivered-to"})
"""Headers that say what a mail says, and those that only mails have."""


def kind_of(head: bytes) -> str:
    """The usual ending of a document that begins so, "" for none of ours."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return ".pdf"
    if head.startswith(ZIP):
        first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
        if _EPUB in head[:200] or first.startswith(b"META-INF/"):
            return ".epub"
        return ".docx" if first.startswith(_OFFICE) and b"word/" in head else ""
    if head.startswith(b"From ") and _is_mail(head.partition(b"\n")[2]):
        return ".mbox"
    return ".eml" if _is_mail(head) else ""


def _is_mail(head: bytes) -> bool:
    found = _HEADERS.match(head.replace(b"\r\n", b"\n").lstrip(b"\n"))
    names = {name.lower() for name in _NAME.findall(found[0])} if found else set()
    return len(names & _SENT) >= 2 and not names.isdisjoint(_CARRIED)
