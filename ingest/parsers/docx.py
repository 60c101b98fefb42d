"""Word documents (.docx): their text, and what they say of themselves."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.parsers.expat import ExpatError

import mammoth

from ingest import markup, text
from ingest.parsers.zipfiles import DC, Files

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='제목'] => h1:fresh"
_PROPERTIES = "docProps/core.xml"
_NOTE = re.compile(
    r'<sup><a href="#[^"]{1,80}"[^>]{0,200}>\[\d+\]</a></sup>| ?<a [^>]{1,200}>↑</a>'
)
"""The marks of a footnote in the text, and the way back to them."""

_NO_AUTHOR = re.compile(
    r"(?:python-docx|admin(?:istrator)?|user|owner|microsoft.*|unknown|pc|사용자|관리자)\d*$",
    re.IGNORECASE,
)
"""What programs write as the author of a document."""


def parse(data: bytes, *, url: str = "") -> dict[str, Any]:
    """The text of a Word document as its reader sees it, without images and comments.

    Returns `{"paragraphs", "first_heading", "title", "byline", "language"}`; "first_heading"
    is the number of the first paragraph that is a title, or None. Raises ValueError.
    """
    held = Files(data)
    if "word/document.xml" not in held.names:
        raise ValueError("is no Word document: it has no word/document.xml")
    held.read("word/document.xml")  # within its bound
    no_image = mammoth.images.img_element(lambda _image: {})
    try:
        found = mammoth.convert_to_html(io.BytesIO(data), convert_image=no_image, style_map=_STYLES)
    except (zipfile.BadZipFile, KeyError, AttributeError, ExpatError, OSError) as error:
        raise ValueError(f"is no Word document that can be read: {error}") from None
    marked = markup.from_html(_NOTE.sub("", found.value))
    said = _properties(held)
    return {"paragraphs": marked.paragraphs, "first_heading": marked.title, **said}


def _properties(held: Files) -> dict[str, str]:
    found = {"title": "", "byline": "", "language": ""}
    if _PROPERTIES not in held.names:
        return found
    root = held.xml(_PROPERTIES)
    for role, name in (("title", "title"), ("byline", "creator"), ("language", "language")):
        element = root.find(f"{DC}{name}")
        found[role] = text.line(element.text or "")[:300] if element is not None else ""
    if _NO_AUTHOR.match(found["byline"]):
        found["byline"] = ""
    return found
