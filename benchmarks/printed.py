"""Articles set in print and read back: how much of their text comes out as it went in.

    python -m benchmarks.printed FOLDER [--articles N]

FOLDER holds Markdown articles. Each is set as a PDF in one column and in two justified ones, its
long words parted at line ends, with running heads and page numbers. Printed are the share of
its sentences that stand in the pages as they were, that of PDFium's own text with its lines
joined, and the pages read in a second. Then a mailbox of as many newsletters is read.
"""

from __future__ import annotations

import argparse
import mailbox
import re
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pylopdf_fonts_ko
import pypdfium2
from fpdf import FPDF

from ingest.files import articles
from ingest.sentences import sentences
from vectorstore import Article

_LONG = re.compile(r"[a-z]{9,}")
_SPACES = re.compile(r"\s+")


class _Edition(FPDF):
    def header(self) -> None:
        self.set_font("print", size=8)
        self.cell(0, 6, f"The Daily Edition  |  {self.page_no()}", new_x="LMARGIN", new_y="NEXT")


def edition(article: Article, columns: int) -> bytes:
    """A PDF file of an article."""
    pdf = _Edition()
    pdf.add_font("print", fname=pylopdf_fonts_ko.sans_path())
    pdf.add_page()
    pdf.set_font("print", size=18)
    pdf.multi_cell(0, 9, article.headline, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("print", size=10)
    body = _LONG.sub(lambda w: f"{w[0][:5]}\N{SOFT HYPHEN}{w[0][5:]}", article.body)
    with pdf.text_columns(text_align="J", ncols=columns, gutter=8) as set_in:
        for paragraph in body.split("\n\n"):
            set_in.write(paragraph.replace("\n", " "))
            set_in.ln(8)
    return bytes(pdf.output())


def plain(data: bytes) -> str:
    """PDFium's own text, its lines joined and its parted words whole."""
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    return re.sub("[\x02\ufffe]\\s*", "", "\n".join(pages))


def kept(article: Article, read: str) -> tuple[int, int]:
    """How many of an article's sentences stand in a text, and how many it has."""
    text = _SPACES.sub(" ", read)
    found = [_SPACES.sub(" ", article.body[a:b]) for a, b in sentences(article.body)]
    return sum(sentence in text for sentence in found), len(found)


def first(folder: Path, count: int) -> Iterator[Article]:
    """The first articles of a folder."""
    paths = sorted(folder.rglob("*.md"))[:count]
    yield from (item for item in articles(paths) if isinstance(item, Article))


def printed(given: list[Article], columns: int) -> str:
    """What came of articles set in so many columns."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        for number, article in enumerate(given):
            (folder / f"{number:05}.pdf").write_bytes(edition(article, columns))
        began = time.perf_counter()
        pages = [item for item in articles([folder]) if isinstance(item, Article)]
        seconds = time.perf_counter() - began
        ours, theirs, whole = 0, 0, 0
        for number, article in enumerate(given):
            own = " ".join(p.body for p in pages if p.path.startswith(f"{number:05}."))
            right, count = kept(article, own)
            ours, whole = ours + right, whole + count
            theirs += kept(article, plain((folder / f"{number:05}.pdf").read_bytes()))[0]
    return (
        f"{columns} column(s): {len(pages)} pages, {whole} sentences, "
        f"{ours / whole:.3f} as they were (plain text of PDFium {theirs / whole:.3f}), "
        f"{len(pages) / seconds:.0f} pages a second"
    )


def mailed(given: list[Article]) -> str:
    """What came of the articles sent as newsletters."""
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "Inbox"
        box = mailbox.mbox(path)
        for number, article in enumerate(given):
            mail = EmailMessage()
            mail["From"], mail["Subject"] = "Daily <daily@example.org>", article.headline[:200]
            mail["Date"] = "Tue, 10 Mar 2026 07:00:00 +0900"
            mail["Message-ID"], mail["MIME-Version"] = f"<{number}@example.org>", "1.0"
            parts = "".join(f"<tr><td><p>{p}</p></td></tr>" for p in article.body.split("\n\n"))
            mail.set_content(f"<table>{parts}</table>", subtype="html")
            box.add(mail)
        box.close()
        began = time.perf_counter()
        count = sum(isinstance(item, Article) for item in articles([path]))
        return f"{count} mails, {count / (time.perf_counter() - began):.0f} a second"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=100)
    asked = parser.parse_args()
    given = list(first(asked.folder, asked.articles))
    for columns in (1, 2):
        print(printed(given, columns))
    print(mailed(given))


if __name__ == "__main__":
    main()
