"""A document as Markdown, in which articles and readers' words are plain text."""

from __future__ import annotations

from collections.abc import Iterator

from ui.exports.text import (
    Document,
    Source,
    check_failed,
    claims_with_headings,
    markdown,
    opening,
    remarks,
    sources,
)
from ui.store.snapshot import Json
from ui.wording.words import Words


def as_markdown(document: Document) -> bytes:
    """The document as UTF-8 Markdown (CommonMark)."""
    parts = [f"# {markdown(document.title)}", f"*Dateline, {document.dated}*"]
    for message in document.messages:
        if message["answer"]:
            parts += _answer(message["answer"], document.words)
        else:
            parts.append(f"## {markdown(message['text'])}")
    return ("\n\n".join(parts) + "\n").encode()


def _answer(answer: Json, w: Words) -> Iterator[str]:
    for said in opening(answer):
        yield f"*{markdown(said)}*"
    for heading, claim in claims_with_headings(answer):
        if heading:
            yield f"**{markdown(heading)}**"
        numbers = "".join(f" \\[{n}\\]" for n in claim["citations"])
        warning = f" *({w('not_found_so')})*" if check_failed(claim) else ""
        lead = f"**{markdown(claim['lead'])}** — " if claim.get("lead") else ""
        yield f"{lead}{markdown(claim['text'])}{numbers}{warning}"
    for said in remarks(answer):
        yield f"*{markdown(said)}*"
    if listed := sources(answer, w):
        yield f"### {w('panel')}"
        yield "\n".join(_source(source) for source in listed)


def _source(source: Source) -> str:
    link = f", <{source.link}>" if source.link else ""
    return (
        f"- \\[{source.number}\\] {markdown(source.outlet)}, *{markdown(source.headline)}*, "
        f"{source.dates}{link}\n  > {markdown(source.quote)}"
    )
