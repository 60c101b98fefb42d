"""Exports: every format has each claim with its number and its sources, and nothing hostile."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from markdown_it import MarkdownIt

from ui.exports.formats import FORMATS, Document, export, of_answer
from ui.wording.words import words
from vectorstore import InputError

WHEN = datetime(2025, 8, 2, 9, 30, tzinfo=UTC)
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>x()</script> ![a](http://evil.example/b.png) "
    "[c](javascript:x()) https://evil.example www.evil.example `d` $$e$$ &lt; \u202eright\u200b "
    "[2] 【3】 </style></p>"
)


def cited(number: int, quote: str, **article: Any) -> dict[str, Any]:
    card = {
        "id": "a" * 16,
        "version": "b" * 12,
        "headline": "Deal lowers tariff",
        "outlet": "Trade Desk",
        "byline": "",
        "language": "en",
        "url": "https://example.org/deal",
        "published": {"iso": "2025-07-31", "found": ""},
        "ingested": "2025-08-01T08:00:00+00:00",
        "since": "2025-08-01T08:00:00+00:00",
        **article,
    }
    return {"number": number, "quote": quote, "article": card}


def answered(question: str, *claims: str, **article: Any) -> Document:
    citations = [cited(n, claim, **article) for n, claim in enumerate(claims, 1)]
    said = [{"text": c, "citations": [n]} for n, c in enumerate(claims, 1)]
    answer = {"text": " ".join(claims), "message": "", "claims": said, "citations": citations}
    return of_answer(question, answer, WHEN)


PLAIN = answered("관세는 얼마인가요?", "The tariff is 15 percent.", "자동차 관세는 15퍼센트다.")


def text_of(form: str, document: Document) -> str:
    content = export(document, form)
    if form == "pdf":
        pages = pypdfium2.PdfDocument(content)
        return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    return content.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_each_claim_stands_with_its_number_and_its_source(form: str) -> None:
    text = text_of(form, PLAIN)
    for expected in (
        "관세는 얼마인가요?",
        "The tariff is 15 percent.",
        "자동차 관세는 15퍼센트다.",
    ):
        assert expected in text.replace("\\", "")
    assert "https://example.org/deal" in text
    if form != "json":
        assert "published 31 July 2025" in text
        assert "in the archive since 1 August 2025" in text
        assert "Trade Desk" in text


def test_json_has_everything() -> None:
    read = json.loads(export(PLAIN, "json"))
    assert read["messages"][1]["answer"]["citations"][0]["quote"] == "The tariff is 15 percent."


def test_sources_stand_in_the_order_of_their_numbers() -> None:
    text = text_of("markdown", answered("Q", *(f"Claim {n}." for n in range(1, 13))))
    listed = [int(n) for n in re.findall(r"^- \\\[(\d+)\\\]", text, re.MULTILINE)]
    assert listed == list(range(1, 13))


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_invisible_is_exported(form: str) -> None:
    document = answered(f"{HOSTILE}\x1b]0;x\x07\x9b31m", HOSTILE, headline=HOSTILE, outlet=HOSTILE)
    assert not {"\u202e", "\u200b", "\x1b", "\x07", "\x9b"} & set(text_of(form, document))


def test_html_is_inert_and_needs_nothing_else() -> None:
    page = text_of(
        "html",
        answered(HOSTILE, HOSTILE, headline=HOSTILE, outlet=HOSTILE, url="javascript:alert(1)"),
    )
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert not tags & {"img", "script", "link", "iframe", "a", "object", "form"}
    assert page.count("</style>") == 1
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_html_links_only_to_fit_addresses() -> None:
    page = text_of("html", answered("Q", "C.", url="https://раура.example/x"))
    assert 'href="https://xn--' in page


@pytest.mark.parametrize("lead", ["", "# ", "- ", "1. ", "10) ", "> ", "+ ", "| a | b |", "= "])
def test_markdown_shows_articles_as_plain_text(lead: str) -> None:
    text = text_of(
        "markdown", answered(lead + HOSTILE, lead + HOSTILE, headline=HOSTILE, url="file:///x")
    )
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert not set(re.findall(r"<([a-z0-9]+)", rendered)) - {
        *("h1", "h2", "h3", "p", "em", "ul", "li", "blockquote")
    }
    assert rendered.count("<blockquote>") == 1
    assert rendered.count("<ul>") == 1
    assert not re.search(r"(?<!\\):(?=//)|www\.", text)


def test_a_claim_that_nothing_supports_says_so() -> None:
    document = answered("Q", "Good.")
    document.messages[1]["answer"]["claims"].append({"text": "Bad.", "citations": []})
    for form in ("markdown", "html", "pdf"):
        text = text_of(form, document)
        assert re.search(r"Bad\.\W.*not supported", text, re.DOTALL), form


def test_a_font_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PDF_FONT", "/nowhere/font.ttf")
    with pytest.raises(InputError, match="DATELINE_PDF_FONT"):
        export(PLAIN, "pdf")


@pytest.mark.parametrize("form", ["markdown", "html", "pdf"])
def test_our_own_labels_are_in_the_language_of_who_exports(form: str) -> None:
    korean = text_of(form, replace(PLAIN, words=words("ko")))
    for said in ("2025년 7월 31일 발행", "2025년 8월 1일 수집", "2025년 8월 2일"):
        assert said in korean.replace("\\", "")
    assert "published" not in korean
    assert "The tariff is 15 percent" in korean
