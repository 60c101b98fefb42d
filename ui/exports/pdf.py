"""A document as a PDF, with a font that has Korean and goes into the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ui.exports.text import (
    Document,
    Source,
    check_failed,
    claims_with_headings,
    opening,
    remarks,
    sources,
    visible,
)
from ui.store.snapshot import Json
from ui.wording.words import Words
from vectorstore import InputError

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, LINE, GAP = 20.0, 0.5, 0.2
"""Millimetres around the page; and of a line, and after a paragraph, for each point of type."""

TITLE, QUESTION, TEXT, SMALL = 17, 13, 10.5, 8.5
"""Points."""


def as_pdf(document: Document) -> bytes:
    """The document as an A4 PDF; raises InputError if there is no font to set it in."""
    pdf = _blank(document)
    _paragraph(pdf, document.title, TITLE)
    _paragraph(pdf, f"Dateline, {document.dated}", SMALL, grey=True)
    for message in document.messages:
        if message["answer"]:
            _answer(pdf, message["answer"], document.words)
        else:
            pdf.ln(QUESTION * GAP)
            _paragraph(pdf, message["text"], QUESTION)
    return bytes(pdf.output())


def font_file() -> Path:
    """The font: the file that `DATELINE_PDF_FONT` names, else Noto Sans KR from its package."""
    if named := os.environ.get("DATELINE_PDF_FONT"):
        found = Path(named).expanduser()
        if not found.is_file():
            raise InputError(f"DATELINE_PDF_FONT names {named!r}, and there is no such file")
        return found
    try:
        import pylopdf_fonts_ko
    except ImportError:
        raise InputError(
            "there is no font for PDF files: pip install pylopdf-fonts-ko, or let "
            "DATELINE_PDF_FONT name a .ttf or .otf file"
        ) from None
    return Path(pylopdf_fonts_ko.__file__).with_name("NotoSansKR-Regular.otf")


def _blank(document: Document) -> FPDF:
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    pdf.set_title(document.title)
    pdf.set_creator("Dateline")
    pdf.set_creation_date(document.created)
    pdf.add_font("dateline", fname=font_file())
    pdf.add_page()
    return pdf


def _answer(pdf: FPDF, answer: Json, w: Words) -> None:
    for said in opening(answer):
        _paragraph(pdf, said, TEXT, grey=True)
    for heading, claim in claims_with_headings(answer):
        if heading:
            _paragraph(pdf, heading, TEXT, grey=True)
        numbers = "".join(f" [{n}]" for n in claim["citations"])
        warning = f" ({w('not_found_so')})" if check_failed(claim) else ""
        lead = f"{claim['lead']} — " if claim.get("lead") else ""
        _paragraph(pdf, f"{lead}{claim['text']}{numbers}{warning}", TEXT)
    for said in remarks(answer):
        _paragraph(pdf, said, TEXT, grey=True)
    for source in sources(answer, w):
        _source(pdf, source)


def _source(pdf: FPDF, source: Source) -> None:
    about = f"[{source.number}]  {source.outlet}, {source.headline}, {source.dates}"
    _paragraph(pdf, about, SMALL, grey=True)
    if source.link:
        _paragraph(pdf, source.link, SMALL, grey=True, link=source.link)
    pdf.set_left_margin(MARGIN + 5)
    _paragraph(pdf, source.quote, SMALL)
    pdf.set_left_margin(MARGIN)


def _paragraph(pdf: FPDF, text: str, size: float, *, grey: bool = False, link: str = "") -> None:
    pdf.set_font("dateline", size=size)
    pdf.set_text_color(90 if grey else 20)
    shown = visible(text).replace("\t", " ")
    pdf.multi_cell(0, LINE * size, shown, align="L", new_x="LMARGIN", new_y="NEXT", link=link)
    pdf.ln(GAP * size)
