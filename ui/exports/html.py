"""A document as one HTML page that needs nothing else: no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from ui.exports.text import (
    Document,
    Source,
    check_failed,
    claims_with_headings,
    opening,
    remarks,
    sources,
)
from ui.store.snapshot import Json
from ui.wording.text import esc, language_of
from ui.wording.words import Words


@cache
def style() -> str:
    """The page's style sheet."""
    return (files("ui.exports") / "exports.css").read_text("utf-8")


@cache
def page_policy() -> str:
    """A Content-Security-Policy that allows the page's own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def as_html(document: Document) -> bytes:
    """The document as a UTF-8 page."""
    return page_html(document).encode()


def page_html(document: Document, note: str = "") -> str:
    """The page; `note` is a line of ours under its title."""
    inner = "".join(_message(message, document.words) for message in document.messages)
    csp = page_policy().replace("; frame-ancestors 'none'", "")
    lang = language_of(document.title)
    return (
        f'<!doctype html><html lang="{document.words.lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{csp}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f"<title>{esc(document.title)} · Dateline</title><style>{style()}</style></head><body>"
        f'<header><p>Dateline</p><h1 lang="{lang}">{esc(document.title)}</h1>'
        f"<p>{document.dated}{f'. {esc(note)}' if note else ''}</p></header>"
        f"<main>{inner}</main></body></html>"
    )


def _message(message: Json, w: Words) -> str:
    text, answer = message["text"], message["answer"]
    if not answer:
        return f'<h2 lang="{language_of(text)}">{esc(text)}</h2>'
    return f'<section lang="{language_of(text)}">{"".join(_answer(answer, w))}</section>'


def _answer(answer: Json, w: Words) -> Iterator[str]:
    for said in opening(answer):
        yield f'<p class="message">{esc(said)}</p>'
    for heading, claim in claims_with_headings(answer):
        if heading:
            yield f"<h4>{esc(heading)}</h4>"
        numbers = "".join(f"<sup>[{int(n)}]</sup>" for n in claim["citations"])
        if check_failed(claim):
            yield (
                f'<p class="failed">{esc(claim["text"])} '
                f'<span lang="{w.lang}">({w("not_found_so")})</span></p>'
            )
        else:
            lead = f"<strong>{esc(claim['lead'])}</strong> — " if claim.get("lead") else ""
            yield f"<p>{lead}{esc(claim['text'])}{numbers}</p>"
    for said in remarks(answer):
        yield f'<p class="message">{esc(said)}</p>'
    if listed := sources(answer, w):
        yield f'<h3 lang="{w.lang}">{w("panel")}</h3><ol>'
        yield from (_source(source, w) for source in listed)
        yield "</ol>"


def _source(source: Source, w: Words) -> str:
    headline = esc(source.headline)
    if source.link:
        rel = 'rel="noopener noreferrer nofollow"'
        headline = f'<a href="{esc(source.link)}" {rel}>{headline}</a>'
    lang = language_of(source.quote + source.headline)
    return (
        f'<li value="{int(source.number)}" lang="{lang}"><b>{esc(source.outlet)}</b>, {headline}, '
        f'<span lang="{w.lang}">{esc(source.dates)}</span>'
        f"<blockquote>{esc(source.quote)}</blockquote></li>"
    )
