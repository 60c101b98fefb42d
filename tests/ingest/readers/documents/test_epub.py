"""EPUB issues and books: parts by the table of contents, pages by the printed list."""

from __future__ import annotations

import os
from pathlib import Path

from tests.ingest.conftest import Read, read_all
from tests.ingest.readers.documents.made import (
    CONTAINER,
    FEES,
    FERRY,
    MARKET,
    epub,
    package,
    page,
    zipped,
)
from vectorstore import page_of

SAID = (
    "<dc:title>The Harbour Gazette</dc:title><dc:publisher>Harbour Press</dc:publisher>"
    "<dc:creator>Ann Lee</dc:creator><dc:creator>Kim Jae</dc:creator>"
    "<dc:language>en-GB</dc:language><dc:date>2026-03-12</dc:date>"
)
NAV = page(
    '<nav epub:type="toc"><ol><li><a href="a.xhtml">Port fees rise</a></li>'
    '<li><a href="b.xhtml#ferry">Ferry sold</a></li><li><a href="b.xhtml#market">Market</a></li>'
    "</ol></nav>"
)


def test_an_issue_becomes_an_article_for_each_entry_of_its_contents(reading: Read) -> None:
    files = {
        "a.xhtml": page(f"<h2>Port fees rise</h2><p>{FEES}</p>"),
        "b.xhtml": page(
            f'<h1 id="ferry">Ferry sold</h1><p>{FERRY}</p>'
            f'<h1 id="market">Market</h1><p>{MARKET}</p>'
        ),
        "cover.xhtml": page('<img src="cover.jpg" alt=""/>'),
        "nav.xhtml": NAV,
    }
    opf = package(["nav.xhtml", "cover.xhtml", "a.xhtml", "b.xhtml"], said=SAID, nav="nav.xhtml")
    articles, problems = reading(a__epub=epub(files, opf))
    assert [(a.headline, a.body) for a in articles] == [
        ("Port fees rise", FEES),
        ("Ferry sold", FERRY),
        ("Market", MARKET),
    ]
    one = articles[0]
    assert (one.outlet, one.byline, one.language) == ("Harbour Press", "Ann Lee, Kim Jae", "en")
    assert one.published is not None
    assert (one.published.iso, one.published.found) == ("2026-03-12", "EPUB date")
    assert [a.path for a in articles] == [
        "a.epub#OPS/a.xhtml",
        "a.epub#OPS/b.xhtml#ferry",
        "a.epub#OPS/b.xhtml#market",
    ]
    (problem,) = problems
    assert (problem.fatal, "OPS/cover.xhtml" in problem.reason) == (False, True)


def test_without_a_publisher_an_issue_is_its_own_outlet(reading: Read) -> None:
    files = {"a.xhtml": page(f"<h1>Fees</h1><p>{FEES}</p>")}
    titles = {"weekly": "Harbour Weekly", "issue": "Harbour Weekly, 12 March 2026"}
    books = {
        f"{name}__epub": epub(files, package(["a.xhtml"], said=f"<dc:title>{title}</dc:title>"))
        for name, title in titles.items()
    }
    articles, _ = reading(**books)
    assert [a.outlet for a in articles] == ["", "Harbour Weekly"]
    assert articles[0].published is not None
    assert (articles[0].published.iso, articles[0].published.found) == ("2026-03-12", "EPUB title")


def test_printed_pages_are_places_of_citations(reading: Read) -> None:
    files = {
        "a.xhtml": page(
            '<h1>Port fees rise</h1><span epub:type="pagebreak" id="p4" title="4"/>'
            f"<p>{FEES} The first increase since 2021 was agreed by the "
            '<span role="doc-pagebreak" id="p5" aria-label="Page 5">5</span>board in a closed '
            f"meeting.</p><p>{FERRY}</p>"
        ),
        "b.xhtml": page(f'<p id="x">{MARKET}</p><p id="q9">{FERRY}</p>'),
        "toc.ncx": '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint>'
        "<navLabel><text>Market</text></navLabel><content src='b.xhtml'/></navPoint></navMap>"
        "<pageList><pageTarget value='6'><navLabel><text>6</text></navLabel>"
        "<content src='b.xhtml#q9'/></pageTarget></pageList></ncx>",
    }
    opf = package(["a.xhtml", "b.xhtml"], said=SAID, ncx="toc.ncx")
    articles, problems = reading(a__epub=epub(files, opf))
    assert problems == []
    assert [(page_of(a.path), a.headline, a.body) for a in articles] == [
        (
            "4",
            "Port fees rise",
            f"{FEES} The first increase since 2021 was agreed by the board in a closed meeting.",
        ),
        ("5", "Port fees rise", FERRY),
        ("5", "Market", MARKET),
        ("6", "Market", FERRY),
    ]
    assert len({a.id for a in articles}) == 4


def test_broken_and_encrypted_books_are_told_and_cost_only_themselves(folder: Path) -> None:
    text = {"c.xhtml": page(f"<p>{FEES}</p>")}
    opf = package(["c.xhtml"], said=SAID)
    key = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:CipherData>'
        '<e:CipherReference URI="OPS/%s"/></e:CipherData></e:EncryptedData></encryption>'
    )
    secret = {"../META-INF/encryption.xml": key % "c.xhtml", "c.xhtml": os.urandom(400)}
    books = {
        "secret.epub": (_named(secret, opf), "is encrypted (it has DRM)"),
        "bare.epub": (zipped({"mimetype": "application/epub+zip"}, how=0), "META-INF/container"),
        "blank.epub": (epub({"c.xhtml": page("")}, opf), "has no text"),
        "none.epub": (epub({}, package([])), "names no texts"),
        "cut.epub": (epub(text, opf)[:400], "is no ZIP file, or cut off"),
        "burst.epub": (zipped({**_inside(text, opf), "x": b" " * 150_000_000}), "200-fold"),
    }
    for name, (data, _) in books.items():
        (folder / name).write_bytes(data)
    (folder / "fonts.epub").write_bytes(
        _named({**text, "../META-INF/encryption.xml": key % "a.otf"}, opf)
    )
    articles, problems = read_all(folder)
    assert [a.body for a in articles] == [FEES]
    told = {p.path.rpartition("/")[2]: p.reason for p in problems if p.fatal}
    assert told.keys() == books.keys()
    for name, (_, reason) in books.items():
        assert reason in told[name], name


def test_a_part_that_is_missing_costs_only_itself(reading: Read) -> None:
    files = {"a.xhtml": page(f"<h1>Fees</h1><p>{FEES}</p>")}
    articles, problems = reading(a__epub=epub(files, package(["lost.xhtml", "a.xhtml"], said=SAID)))
    assert [a.body for a in articles] == [FEES]
    (problem,) = problems
    assert problem.fatal
    assert "OPS/lost.xhtml cannot be read" in problem.reason


def _inside(files: dict[str, str], opf: str) -> dict[str, str | bytes]:
    named: dict[str, str | bytes] = {f"OPS/{name}": content for name, content in files.items()}
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": opf,
        **named,
    }


def _named(files: dict[str, str | bytes], opf: str) -> bytes:
    """A book whose files may stand beside OPS/, as `../NAME`."""
    inside = _inside({}, opf)
    for name, content in files.items():
        inside[name.removeprefix("../") if name.startswith("../") else f"OPS/{name}"] = content
    return zipped(inside, how=0)
