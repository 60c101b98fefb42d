"""Small real documents, made as programs make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from fpdf import FPDF

FEES = "Fees for berths rise by four percent from June, the harbour authority said on Tuesday."
FERRY = "The old ferry was sold to a museum for 9,300 dollars, and leaves the harbour in May."
MARKET = "The fish market opens again on 1 April after two years of work on its roof."


class Gazette(FPDF):
    """A print edition with a running head."""

    head = "The Harbour Gazette"

    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 5, f"{self.head}   {self.page_no()}", new_x="LMARGIN", new_y="NEXT")


def edition(pages: Sequence[tuple[str, str]], *, title: str = "", head: bool = True) -> FPDF:
    """An edition with a page for each headline ("" for none) and text."""
    pdf = Gazette() if head else FPDF()
    if title:
        pdf.set_title(title)
    for headline, body in pages:
        pdf.add_page()
        if headline:
            pdf.set_font("helvetica", "B", 18)
            pdf.multi_cell(0, 9, headline, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", size=11)
        for paragraph in body.split("\n\n"):
            pdf.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
    return pdf


def pdf_bytes(pdf: FPDF) -> bytes:
    """The file."""
    return bytes(pdf.output())


def zipped(files: Mapping[str, str | bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)


def package(names: Sequence[str], *, said: str = "", nav: str = "", ncx: str = "") -> str:
    """A package document that has these texts in its spine."""
    items = "".join(
        f'<item id="t{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    items += f'<item id="nav" href="{nav}" properties="nav" media-type="x"/>' if nav else ""
    items += f'<item id="ncx" href="{ncx}" media-type="x"/>' if ncx else ""
    refs = "".join(f'<itemref idref="t{n}"/>' for n in range(len(names)))
    toc = ' toc="ncx"' if ncx else ""
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{said}</metadata><manifest>{items}</manifest><spine{toc}>{refs}</spine>"
        "</package>"
    )


def epub(files: Mapping[str, str | bytes], opf: str) -> bytes:
    """An EPUB file of these files below OPS/ and of this package document."""
    inside = {f"OPS/{name}": content for name, content in files.items()}
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/book.opf": opf,
            **inside,
        },
        how=zipfile.ZIP_STORED,
    )


def page(body: str) -> str:
    """A text of an EPUB file."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>A file</title></head>'
        f"<body>{body}</body></html>"
    )


_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(body: str, *, prolog: str = "", said: str = "", note: str = "") -> bytes:
    """A Word document with this content of `w:body`, and with a footnote 1."""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PARTS}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PARTS}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0"?>{prolog}<w:document {_WORD}><w:body>{body}'
        "</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_WORD}><w:style w:type='paragraph' w:styleId='T'>"
        "<w:name w:val='Title'/></w:style></w:styles>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/>'
        "</Relationships>",
        "word/footnotes.xml": f'<w:footnotes {_WORD}><w:footnote w:id="1">{line(note)}'
        "</w:footnote></w:footnotes>",
    }
    if said:
        files["docProps/core.xml"] = (
            f'<c:coreProperties xmlns:c="{_PARTS}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{said}</c:coreProperties>'
        )
    return zipped(files)


def line(text: str, style: str = "") -> str:
    """A paragraph of a Word document."""
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{text}</w:t></w:r></w:p>"


def letter(number: int = 1, *, plain: str = FEES, html: str = "") -> EmailMessage:
    """A newsletter."""
    mail = EmailMessage()
    mail["From"] = "The Harbour Brief <brief@harbour.example>"
    mail["To"] = "reader@example.org"
    mail["Subject"] = f"Brief {number}: fees rise — 항만 요금 인상"
    mail["Date"] = "Tue, 10 Mar 2026 07:00:00 +0900"
    mail["Message-ID"] = f"<{number}@harbour.example>"
    mail["MIME-Version"] = "1.0"
    mail.set_content(plain)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail
