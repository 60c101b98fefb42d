"""Mails, such as newsletters: their text, and what their headers say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, cast

from ingest import decode, keys, markup, text
from ingest.parsers import html

_LAYOUT = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "center")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)",
    re.IGNORECASE,
)
_SECRET = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_POLICY = policy.default
MANY = 100
"""Attachments that are named; the rest is not."""


def parse(data: bytes, *, url: str = "") -> dict[str, Any]:
    """The text of a mail: of its HTML, or its plain text where that says more.

    Returns `{"id", "headline", "outlet", "published", "language", "url", "body",
    "attachments": [name]}`; "outlet" is who it is from, "id" its Message-ID. Raises
    ValueError for what is no mail, or encrypted.
    """
    mail = message_from_bytes(data, policy=_POLICY)
    if not {"from", "subject", "date"} & {name.lower() for name in mail}:
        raise ValueError("is no mail: it has neither a sender nor a subject nor a date")
    if any(part.get_content_type() in _SECRET for part in mail.walk()):
        raise ValueError("is an encrypted mail: its text cannot be read")
    archived = keys.canonical(_header(mail, "Archived-At").strip("<> "))
    return {
        "id": _header(mail, "Message-ID").strip("<> ")[:500],
        "headline": _header(mail, "Subject")[:500],
        "outlet": _sender(mail),
        "published": _header(mail, "Date"),
        "language": _header(mail, "Content-Language"),
        "url": archived,
        "body": _body(mail),
        "attachments": [name for _, name in zip(range(MANY), _attached(mail), strict=False)],
    }


def _header(mail: EmailMessage, name: str) -> str:
    """A header as one line; bytes that no header may have are read as UTF-8 or CP949."""
    raw = next((v for n, v in mail.raw_items() if n.lower() == name.lower()), "")
    raw = str(raw)
    if not raw.isascii():
        data = raw.encode("utf-8", "surrogateescape")
        raw = decode.korean(data) or data.decode("utf-8", "replace")
    try:
        return text.line(str(_POLICY.header_factory(name, raw)))
    except Exception:  # the library's parser of headers fails on some that are malformed
        return text.line(raw)


def _sender(mail: EmailMessage) -> str:
    """Who a mail is from: the name, else the outlet of the address's domain."""
    name, address = parseaddr(_header(mail, "From"))
    domain = address.rpartition("@")[2].lower()
    return text.line(name)[:200] or (keys.outlet_of(f"https://{domain}/") if domain else "")


def _body(mail: EmailMessage) -> str:
    parts = {kind: mail.get_body(preferencelist=(kind,)) for kind in ("html", "plain")}
    whole = [_content(part) for part in (parts["html"], parts["plain"])]
    marked = text.body_of(_paragraphs(whole[0])) if whole[0] else ""
    plain = text.body_of(text.paragraphs(whole[1].decode("utf-8", "replace")))
    return plain if len(marked) < len(plain) / 2 else marked


def _content(part: Any) -> bytes:
    """A part's text in UTF-8; what declares a character set that it is not in is guessed at."""
    if part is None:
        return b""
    data = part.get_payload(decode=True) or b""
    try:
        return cast(bytes, data.decode(part.get_content_charset() or "utf-8").encode())
    except (LookupError, UnicodeDecodeError, UnicodeEncodeError):
        written = decode.korean(data)
        return (data.decode("utf-8", "replace") if written is None else written).encode()


def _paragraphs(source: bytes) -> list[str]:
    """The paragraphs that a reader sees; tables that only lay out the mail are opened."""
    from lxml import etree

    try:
        tree = html.tree(source)
    except ValueError:
        return []
    for element in list(tree.iter()):
        style = element.get("style") or "" if isinstance(element.tag, str) else ""
        if _HIDDEN.search(style) and element.getparent() is not None:
            element.drop_tree()
    data = {t for t in tree.iter("table") if _holds_data(t)}
    for element in list(tree.iter(*_LAYOUT)):
        table = element if element.tag == "table" else next(element.iterancestors("table"), None)
        if table not in data:
            element.tag = "div"
    body = tree.find("body")
    found = etree.tostring(tree if body is None else body, method="html", encoding="unicode")
    return markup.from_html(found).paragraphs


def _holds_data(table: Any) -> bool:
    """Whether a table has heads of columns, and no table in it."""
    return table.find(".//th") is not None and table.find(".//table") is None


def _attached(mail: EmailMessage) -> Iterator[str]:
    """The names of attached files, without the images that the text shows."""
    for part in mail.walk():
        kind = part.get_content_maintype()
        shown = kind == "text" and part.get_content_disposition() != "attachment"
        if kind not in {"image", "multipart"} and not shown:
            yield text.line(part.get_filename() or part.get_content_type())[:100]
