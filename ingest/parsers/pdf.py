"""PDF files: the text of their pages, as far as they carry any."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium

from ingest import text
from ingest.parsers import layout

MAX_PAGES = 5_000
"""Pages of a file that is read; the thickest yearbooks have about 2,000."""

MAX_LETTERS = 300_000
"""Letters on one page; a broadsheet's has 20,000 to 40,000."""

_LINE_ENDS = frozenset({10, 13})
_WIDE = 2.0
"""A gap of so many times a letter's height parts a line: another column begins."""

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
    """The page's runs of letters in the order of the file, parted at line ends and wide gaps.

    Letter by letter: what lies in a line's box is at times its neighbour's, where lines are
    set closely.
    """
    count = page.count_chars()
    if count > MAX_LETTERS:
        raise ValueError(f"has {count:,} letters, over the limit of {MAX_LETTERS:,}")
    box = pdfium.raw.FS_RECTF()
    pieces: list[layout.Line] = []
    run = _Run()
    for number in range(count):
        code = pdfium.raw.FPDFText_GetUnicode(page, number)
        if code in _LINE_ENDS:
            pieces += run.ended()
            continue
        letter = chr(code) if code <= 0x10FFFF else ""
        if letter.isspace() or not pdfium.raw.FPDFText_GetLooseCharBox(page, number, box):
            run.letters.append(letter)
            continue
        if run.right is not None and not -1 < (box.left - run.right) / _high(box) < _WIDE:
            pieces += run.ended()
        run.take(letter, box)
    return pieces + run.ended()


def _high(box: Any) -> float:
    return max(float(box.top - box.bottom), 1.0)


@dataclass(slots=True)
class _Run:
    """The letters of a line so far, and the box around them."""

    letters: list[str] = field(default_factory=list)
    left: float = 0.0
    bottom: float = 0.0
    right: float | None = None
    top: float = 0.0

    def take(self, letter: str, box: Any) -> None:
        if self.right is None:
            self.left, self.bottom, self.top = box.left, box.bottom, box.top
        self.letters.append(letter)
        self.right = box.right
        self.bottom, self.top = min(self.bottom, box.bottom), max(self.top, box.top)

    def ended(self) -> list[layout.Line]:
        """The line, if there is one; the next begins."""
        text_, self.letters, right, self.right = "".join(self.letters), [], self.right, None
        if right is None or not text_.strip():
            return []
        return [layout.Line(text_, self.left, self.bottom, right, self.top)]


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
