"""Word documents: an article each, and broken ones told."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from ingest.readers.documents import extra
from tests.ingest.conftest import Read, read_all
from tests.ingest.readers.documents.made import FEES, FERRY, docx, line, zipped

SAID = "<dc:title>A title</dc:title><dc:creator>Ann Lee</dc:creator>"
TABLE = (
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Berth</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>Fee</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)


def test_a_document_is_an_article_headed_by_its_title(reading: Read) -> None:
    body = line("Port fees rise", "T") + line(FEES) + TABLE + line(FERRY)
    (article,), problems = reading(**{"fees-20260312__docx": docx(body, said=SAID)})
    assert problems == []
    assert (article.headline, article.byline) == ("Port fees rise", "Ann Lee")
    assert article.body.split("\n\n") == [FEES, "Berth | Fee", FERRY]
    assert article.published is not None
    assert (article.published.iso, article.published.found) == ("2026-03-12", "file name")
    assert article.path == "fees-20260312.docx"


def test_without_a_heading_its_own_title_heads_it(reading: Read) -> None:
    made = "<dc:title>Fees, 12 March 2026</dc:title><dc:creator>python-docx</dc:creator>"
    (article,), _ = reading(a__docx=docx(line(FEES), said=made))
    assert (article.headline, article.byline, article.body) == ("Fees, 12 March 2026", "", FEES)
    assert article.published is not None
    assert article.published.iso == "2026-03-12"


def test_footnotes_stand_below_the_text(reading: Read) -> None:
    mark = '<w:p><w:r><w:t>Fees rise</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>'
    body = line("Fees", "T") + mark + "<w:r><w:t> in June.</w:t></w:r></w:p>"
    (article,), _ = reading(a__docx=docx(body, note="For the first time since 2021."))
    assert article.body == "Fees rise in June.\n\n1. For the first time since 2021."


def test_hostile_documents_are_told_and_cost_only_themselves(folder: Path) -> None:
    entities = '<!ENTITY a "fee fee fee fee ">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    nested = "<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000
    files = {
        "laughs.docx": (docx(line("&j;"), prolog=f"<!DOCTYPE x [{entities}]>"), "amplification"),
        "deep.docx": (docx(nested), "nested too deeply"),
        "burst.docx": (docx(line(" " * 150_000_000)), "inflates more than 200-fold"),
        "bare.docx": (zipped({"[Content_Types].xml": "<Types/>"}), "no word/document.xml"),
        "blank.docx": (docx(line("Only a title", "T")), "has no text below its headline"),
        "old.docx": (b"\xd0\xcf\x11\xe0" + bytes(2000), "an encrypted or old office document"),
        "cut.docx": (docx(line(FEES))[:500], "is no ZIP file, or cut off"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    (folder / "outside.docx").write_bytes(docx(line(f"{FEES} &a;"), prolog=outside))
    articles, problems = read_all(folder)
    assert [a.body for a in articles] == [FEES]
    told = {p.path.rpartition("/")[2]: p.reason for p in problems if p.fatal}
    assert told.keys() == files.keys()
    for name, (_, reason) in files.items():
        assert reason in told[name], name


def test_without_its_library_a_document_is_counted_as_not_read(
    reading: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(extra, "find_spec", lambda n: None if n == "mammoth" else there(n))
    articles, (problem,) = reading(a__docx=docx(line(FEES)))
    assert articles == []
    assert "need mammoth" in problem.reason
