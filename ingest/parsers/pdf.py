"""PDF files: the text of their pages, as far as they carry any."""

from __future__ import annotations

import time
from typing import Any

import pypdfium2 as pdfium

from ingest import text
from ingest.parsers import layout

MAX_PAGES = 5_000
"""Pages of a file that is read; the thickest yearbooks have about 2,000."""

MAX_PIECES = 30_000
"""Pieces of lines on one page; a newspaper's has 500 to 1,500."""

_PASSWORD = "password"  # noqa: S105  a word in PDFium's message


def parse(
    data: bytes, *, url: str = "", first: int = 0, most: int = MAX_PAGES, seconds: float = 4.0
) -> dict[str, Any]:
    """The pages of a PDF file from number `first` (0 is the first) on, at most `most` of them.

    Returns `{"count", "title", "bookmarks": [[page, title]], "pages": [{"label",
    "paragraphs", "heading", "images", "fault"}]}`, with as many pages as can be had in about
    `seconds`. A page's label is its printed number where the file has one, else it is counted
    from 1; its fault says why it cannot be read, "" if it can. Raises ValueError for what is
    broken, encrypted or too large.
    """
    document = _opened(data)
    count = len(document)
    if count > MAX_PAGES:
        raise ValueError(f"has {count:,} pages, over the limit of {MAX_PAGES:,}")
    ends = time.monotonic() + seconds
    pages: list[dict[str, Any]] = []
    for number in range(first, min(count, first + most)):
        pages.append(_page(document, number))
        if time.monotonic() > ends:
            break
    return {
        "count": count,
        "title": text.line(document.get_metadata_dict().get("Title", ""))[:300],
        "bookmarks": [] if first else _bookmarks(document),
        "pages": pages,
    }


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        if not len(document):
            raise ValueError("is a PDF file without pages")
    except pdfium.PdfiumError as error:
        # PDFium does not reset the error of the file before, so that alone says nothing.
        if _PASSWORD in str(error).lower() and b"/Encrypt" in data:
            raise ValueError("is encrypted: save it without its password") from None
        raise ValueError("is no PDF file that can be read: it is damaged or cut off") from None
    return document


def _page(document: pdfium.PdfDocument, number: int) -> dict[str, Any]:
    try:
        label = text.line(document.get_page_label(number) or "")
    except (pdfium.PdfiumError, UnicodeDecodeError):
        label = ""
    found, images, fault = layout.Page([], ""), False, ""
    try:
        page = document[number]
        found = layout.page(_pieces(page.get_textpage()))
        images = not found.paragraphs and any(
            o.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE for o in page.get_objects(max_depth=2)
        )
    except pdfium.PdfiumError:
        fault = "cannot be read: it is damaged"
    except ValueError as error:
        fault = str(error)
    return {
        "label": label or str(number + 1),
        "paragraphs": found.paragraphs,
        "heading": found.heading,
        "images": images,
        "fault": fault,
    }


def _pieces(page: pdfium.PdfTextPage) -> list[layout.Line]:
    count = page.count_rects()
    if count > MAX_PIECES:
        raise ValueError(f"has {count:,} pieces of text, over the limit of {MAX_PIECES:,}")
    boxes = (page.get_rect(number) for number in range(count))
    return [layout.Line(page.get_text_bounded(*box), *box) for box in boxes]


def _bookmarks(document: pdfium.PdfDocument) -> list[tuple[int, str]]:
    """The pages that the file's outline names, with their titles, in the order of pages."""
    found: list[tuple[int, str]] = []
    try:
        for bookmark in document.get_toc(max_depth=4):
            target = bookmark.get_dest()
            title = text.line(bookmark.get_title())[:300]
            if target is not None and title and (page := target.get_index()) is not None:
                found.append((page, title))
            if len(found) >= MAX_PAGES:
                break
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return found
    return sorted(found, key=lambda one: one[0])
