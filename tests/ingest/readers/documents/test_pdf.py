"""PDF files: pages as articles, and what is told of those that cannot be read."""

from __future__ import annotations

import gzip
import importlib.util
import os
import zlib
from pathlib import Path

import pylopdf_fonts_ko
import pytest
from fpdf import FPDF
from PIL import Image

from ingest.readers.documents import extra
from tests.ingest.conftest import Read, read_all
from tests.ingest.readers.documents.made import FEES, FERRY, MARKET, Gazette, edition, pdf_bytes
from vectorstore import page_of

OVER = "The first increase since 2021 was agreed by the"
REST = "board of the authority in a closed meeting. Shipping lines had asked for a delay."


def test_each_page_is_an_article_that_knows_its_page(reading: Read) -> None:
    pages = [("Port fees rise", FEES), ("Ferry sold", FERRY), ("Market opens", MARKET)]
    articles, problems = reading(**{"gazette-2026-03-12__pdf": pdf_bytes(edition(pages))})
    assert problems == []
    assert [page_of(a.path) for a in articles] == ["1", "2", "3"]
    assert [(a.headline, a.body) for a in articles] == pages
    assert [a.published and a.published.iso for a in articles] == ["2026-03-12"] * 3
    assert articles[1].key.endswith("/gazette-2026-03-12.pdf#page=2")
    assert len({a.id for a in articles}) == 3


def test_a_sentence_belongs_to_the_page_on_which_it_begins(reading: Read) -> None:
    pages = [("Port fees rise", f"{FEES} {OVER}"), ("", REST), ("Market opens", MARKET)]
    articles, _ = reading(a__pdf=pdf_bytes(edition(pages)))
    assert articles[0].body == f"{FEES} {OVER} board of the authority in a closed meeting."
    assert articles[1].body == "Shipping lines had asked for a delay."


def test_columns_wrapped_lines_and_hyphens_become_paragraphs(reading: Read) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    pdf.multi_cell(0, 5, f"{FEES} {FERRY}", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    for part in ("The longer con-", "tracts are for long-", "term berths; a long-term berth"):
        pdf.cell(0, 5, part, new_x="LMARGIN", new_y="NEXT")
    pdf.cell(0, 5, "costs 40 dollars.", new_x="LMARGIN", new_y="NEXT")
    (article,), _ = reading(a__pdf=pdf_bytes(pdf))
    hyphens = "The longer contracts are for long-term berths; a long-term berth costs 40 dollars."
    assert article.body.split("\n\n") == [f"{FEES} {FERRY}", hyphens]


def test_two_columns_are_read_one_after_the_other(reading: Read) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    text = " ".join(f"Sentence number {n} of the long report ends here." for n in range(150))
    with pdf.text_columns(text_align="J", ncols=2, gutter=8) as columns:
        columns.write(text)
    articles, _ = reading(a__pdf=pdf_bytes(pdf))
    assert " ".join(" ".join(a.body for a in articles).split()) == text


def test_korean_is_read_and_its_parted_words_are_whole_again(reading: Read) -> None:
    pdf = FPDF()
    pdf.add_font("korean", fname=pylopdf_fonts_ko.sans_path())
    pdf.add_page()
    pdf.set_font("korean", size=11)
    for part in (
        "항만공사는 요금이 오른다고 화요일 밝혔다. 회의에서 항만",
        "공사는 새 부두도 논의했다.",
    ):
        pdf.cell(0, 5, part, new_x="LMARGIN", new_y="NEXT")
    (article,), _ = reading(a__pdf=pdf_bytes(pdf))
    whole = "항만공사는 요금이 오른다고 화요일 밝혔다. 회의에서 항만공사는 새 부두도 논의했다."
    assert (article.body, article.language) == (whole, "ko")


def test_lines_that_are_set_closely_keep_their_letters(reading: Read) -> None:
    pdf = FPDF()
    pdf.add_font("noto", fname=pylopdf_fonts_ko.sans_path())
    pdf.add_page()
    pdf.set_font("noto", size=11)
    pdf.multi_cell(60, 4, f"{FEES} {FERRY} {MARKET}")
    (article,), _ = reading(a__pdf=pdf_bytes(pdf))
    assert article.body == f"{FEES} {FERRY} {MARKET}"


def test_running_heads_of_two_pages_are_left_out(reading: Read) -> None:
    pdf = Gazette()
    pdf.set_font("helvetica", size=11)
    for body in (FEES, FERRY):
        pdf.add_page()
        pdf.set_font("helvetica", size=11)
        pdf.multi_cell(0, 5, body)
    articles, _ = reading(a__pdf=pdf_bytes(pdf))
    assert [a.body for a in articles] == [FEES, FERRY]


def test_bookmarks_and_titles_name_pages(reading: Read) -> None:
    pdf = FPDF()
    pdf.set_title("Harbour report, 12 March 2026")
    pdf.set_font("helvetica", size=11)
    for number, section in enumerate(["", "", "Fees", "", "Ferries"]):
        pdf.add_page()
        if section:
            pdf.start_section(section)
        pdf.multi_cell(0, 5, f"{number} berths are free. {MARKET}")
    articles, problems = reading(a__pdf=pdf_bytes(pdf))
    first = "Harbour report, 12 March 2026"
    assert [a.headline for a in articles] == [first, first, "Fees", "Fees", "Ferries"]
    assert {a.published and a.published.iso for a in articles} == {"2026-03-12"}
    assert problems == []


def test_printed_page_numbers_win_over_counted_ones(reading: Read) -> None:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    for body in (FEES, FERRY):
        pdf.add_page(label_style="D", label_prefix="A", label_start=None if body == FERRY else 4)
        pdf.multi_cell(0, 5, body)
    articles, _ = reading(a__pdf=pdf_bytes(pdf))
    assert [page_of(a.path) for a in articles] == ["A4", "A5"]
    assert [a.key.rpartition("#")[2] for a in articles] == ["page=1", "page=2"]


def test_a_page_without_text_is_told_and_a_scan_is_one(reading: Read, folder: Path) -> None:
    image = Image.new("RGB", (80, 80), "white")
    pdf = edition([("Port fees rise", FEES)], head=False)
    pdf.add_page()
    pdf.image(image, 10, 10, 100)
    scan = FPDF()
    for _ in range(2):
        scan.add_page()
        scan.image(image, 10, 10, 100)
    articles, problems = reading(
        **{"mixed-2026-03-12__pdf": pdf_bytes(pdf), "scan__pdf": pdf_bytes(scan)}
    )
    assert [a.body for a in articles] == [FEES]
    told = {p.path.rpartition("/")[2]: (p.fatal, p.reason) for p in problems}
    assert told["mixed-2026-03-12.pdf"] == (
        False,
        "1 of its 2 pages have no text (2): left out",
    )
    fatal, reason = told["scan.pdf"]
    assert fatal
    assert "no text on its 2 pages (a scan)" in reason
    assert "OCR" in reason


def test_a_date_is_not_guessed(reading: Read) -> None:
    (article,), (problem,) = reading(a__pdf=pdf_bytes(edition([("Port fees rise", FEES)])))
    assert article.published is None
    assert not problem.fatal
    assert "put the date into its name" in problem.reason


def _locked() -> bytes:
    pdf = edition([("Port fees rise", FEES)])
    pdf.set_encryption(owner_password="one", user_password="two")  # noqa: S106
    return pdf_bytes(pdf)


def _looping() -> bytes:
    return _raw(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 99999999>>")


def _raw(*objects: bytes) -> bytes:
    out, at = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(at) + 1, table, len(at) + 1, len(out))
    )


BROKEN = {
    "locked.pdf": (_locked, "is encrypted: save it without its password"),
    "looping.pdf": (_looping, "is no PDF file that can be read"),
    "cut.pdf": (lambda: pdf_bytes(edition([("Fees", FEES)]))[:700], "is damaged or cut off"),
    "junk.pdf": (lambda: b"%PDF-1.7\n" + os.urandom(3000), "is damaged or cut off"),
    "words.pdf": (lambda: b"Only words.\n", "is no PDF file, though its name says so"),
    "empty.pdf": (lambda: b"", "is empty"),
}


def test_broken_files_are_told_and_cost_only_themselves(folder: Path) -> None:
    for name, (make, _) in BROKEN.items():
        (folder / name).write_bytes(make())
    (folder / "whole-2026-03-12.pdf").write_bytes(pdf_bytes(edition([("Fees rise", FEES)])))
    articles, problems = read_all(folder)
    assert [a.headline for a in articles] == ["Fees rise"]
    told = {p.path.rpartition("/")[2]: p.reason for p in problems if p.fatal}
    assert told.keys() == BROKEN.keys()
    for name, (_, reason) in BROKEN.items():
        assert reason in told[name], name


def test_a_page_that_bursts_costs_only_itself(reading: Read) -> None:
    packer = zlib.compressobj(9)
    words = b"BT /F1 9 Tf 10 10 Td (bomb bomb bomb) Tj ET\n" * 20_000
    burst = b"".join(packer.compress(words) for _ in range(600)) + packer.flush()
    good = b"BT /F1 9 Tf 10 10 Td (The good page says that fees rise.) Tj ET"
    form = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents %d 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>"
    )
    data = _raw(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
        form % 4,
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(burst), burst),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        form % 7,
        b"<</Length %d>>stream\n%b\nendstream" % (len(good), good),
    )
    articles, problems = reading(a__pdf=data)
    assert [(page_of(a.path), a.body) for a in articles] == [
        ("2", "The good page says that fees rise.")
    ]
    (fatal,) = [p for p in problems if p.fatal]
    assert fatal.path.endswith("a.pdf, page 1")
    assert "cannot be read" in fatal.reason


def test_a_pdf_is_known_by_its_content_and_may_be_packed(reading: Read) -> None:
    data = pdf_bytes(edition([("Port fees rise", FEES)]))
    one, _ = reading(**{"fees-2026-03-12__epub": data})
    assert [page_of(a.path) for a in one] == ["1"]
    two, _ = reading(
        **{"fees-2026-03-12__epub": b"", "fees-2026-03-13__pdf__gz": gzip.compress(data)}
    )
    assert [a.published and a.published.iso for a in two] == ["2026-03-13"]


def test_without_its_library_a_file_is_counted_as_not_read(
    reading: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(extra, "find_spec", lambda n: None if n == "pypdfium2" else there(n))
    articles, (problem,) = reading(a__pdf=pdf_bytes(edition([("Fees", FEES)])))
    assert articles == []
    assert problem.fatal
    assert "pip install 'dateline[documents]'" in problem.reason


def test_a_long_report_is_read_in_several_goes(reading: Read) -> None:
    pages = [(f"Section {n}", f"Berth {n} costs {n} dollars. {MARKET}") for n in range(450)]
    articles, _ = reading(**{"report-2026-03-12__pdf": pdf_bytes(edition(pages))})
    assert [page_of(a.path) for a in articles] == [str(n + 1) for n in range(450)]
    assert [a.body for a in articles] == [body for _, body in pages]
