"""A citation of a print edition shows its page, wherever it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.exports.test_formats import answered, text_of
from tests.ui.web.test_text import cited, stored
from ui.api.service import card
from ui.console.output import card as console_card
from ui.exports.formats import FORMATS
from ui.web.reader import reader_html
from ui.web.transcript import cards_html, turns_html
from ui.web.turns import Turn
from ui.wording.words import words
from vectorstore import Hit, page_of
from vectorstore.retriever import document

PRINTED: dict[str, Any] = {"path": "gazette.pdf#page=A4", "outlet": "Gazette"}
QUOTE = "Fees rise by four percent."


@pytest.mark.parametrize(("language", "shown"), [("en", "p. A4"), ("ko", "A4쪽")])
def test_the_web_shows_the_page(language: str, shown: str) -> None:
    w = words(language)
    turn = Turn(number=1, question="q", answer=cited(QUOTE, QUOTE, **PRINTED))
    chip, panel = turns_html((turn,), w), cards_html((turn,), w)
    assert f'data-cite="Gazette, {w("date_unknown")}, {shown}: H"' in chip
    assert f'<span class="dl-printed">{shown}</span>' in panel
    assert f'<span class="dl-printed">{shown}</span>' in reader_html(
        stored(QUOTE, **PRINTED), None, w
    )
    other = Turn(number=1, question="q", answer=cited(QUOTE, QUOTE, path="gazette.md"))
    assert "dl-printed" not in cards_html((other,), w)


@pytest.mark.parametrize("form", sorted({*FORMATS} - {"json"}))
def test_exports_show_the_page(form: str) -> None:
    said = text_of(form, answered("What rises?", QUOTE, **PRINTED))
    assert "p. A4, published 31 July 2025" in " ".join(said.split())
    assert "p. A4" not in text_of(form, answered("What rises?", QUOTE))


def test_the_command_line_and_the_interfaces_have_the_page() -> None:
    article = stored(QUOTE, **PRINTED)
    assert console_card(article) == "Gazette · date unknown · H · p. A4 · gazette.pdf#page=A4"
    assert card(article).printed == "A4"
    assert card(stored(QUOTE)).printed == ""
    hit = Hit(
        passage_id="x",
        article=article,
        start=0,
        end=len(QUOTE),
        score=1.0,
        dense=1.0,
        lexical=None,
        sentences=(),
    )
    assert document(hit).metadata["page"] == "A4"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("gazette.pdf#page=4", "4"),
        ("a/b.epub#page=xiv", "xiv"),
        ("a.epub#OPS/a.xhtml", ""),
        ("gazette.pdf", ""),
        ("a.pdf#page=<b>", ""),
        ("https://example.org/a#page=4&x", ""),
    ],
)
def test_only_a_page_at_the_end_of_a_path_counts(path: str, page: str) -> None:
    assert page_of(path) == page
