"""Cookie notes and teasers within the text of saved pages end up in no passage."""

from __future__ import annotations

from pathlib import Path

from ingest.pipeline import run
from tests.ingest.parsers.test_page import made
from tests.vectorstore.texts import text
from vectorstore import Archive

COOKIES = "We use cookies to improve your experience. You can change your settings at any time."
MORE = "Read more: sign up for the morning letter of the Courier, sent every day at seven."
SITE = '<meta property="og:site_name" content="Courier">'


def page(number: int) -> bytes:
    """A page whose notes stand among its paragraphs, as scripts and editors put them."""
    own = "".join(f"<p>{text(number + at)}</p>" for at in (0, 100, 200))
    body = f"<p>{COOKIES}</p>{own}<p>{MORE}</p><p>{text(number + 300)}</p>"
    whole = made(head=SITE, before=f"<h1>Report {number}</h1>").decode()
    start, end = whole.index("<p>The delegations"), whole.index("</div></article>")
    return (whole[:start] + body + whole[end:]).encode()


def test_notes_are_stored_but_neither_found_nor_cited(empty: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.html").write_bytes(page(number))
    report = run(empty, [folder])
    assert (report.new, report.problems) == (8, ())
    hits = empty.search("cookies settings morning letter of the Courier", k=50)
    assert len({hit.article.id for hit in hits}) == 8
    for hit in hits:
        assert COOKIES in hit.article.body
        assert MORE in hit.article.body
        assert "cookies" not in hit.text
        assert "Read more" not in hit.text
