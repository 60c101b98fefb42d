"""A conversation, or one answer, as a file to keep: Markdown, HTML, PDF or JSON.

Each answer stands with its numbered citations, and under it the sources in the order of
their numbers: outlet, headline, dates and address as they were, and the exact quote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ui.exports.html import as_html
from ui.exports.markdown import as_markdown
from ui.exports.pdf import as_pdf
from ui.exports.text import Document, visible
from ui.store.conversations import Conversation, Kept
from ui.store.shares import Share
from ui.store.snapshot import Json

__all__ = ["FORMATS", "Document", "Format", "export", "of_answer", "of_conversation", "of_share"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file, and what writes it."""

    suffix: str
    media_type: str
    write: Callable[[Document], bytes]


def as_json(document: Document) -> bytes:
    """Everything that is kept of it: `{"name", "created", "messages": […]}`."""
    values = {
        "name": document.name,
        "created": document.created.isoformat(),
        "messages": list(document.messages),
    }
    return (visible(json.dumps(values, ensure_ascii=False, indent=2)) + "\n").encode()


FORMATS = {
    "markdown": Format(".md", "text/markdown; charset=utf-8", as_markdown),
    "html": Format(".html", "text/html; charset=utf-8", as_html),
    "pdf": Format(".pdf", "application/pdf", as_pdf),
    "json": Format(".json", "application/json", as_json),
}


def export(document: Document, form: str) -> bytes:
    """The file's content in one of FORMATS; KeyError for another."""
    return FORMATS[form].write(document)


def of_conversation(conversation: Conversation, kept: Iterable[Kept]) -> Document:
    """A kept conversation with its messages."""
    messages = [
        {"role": k.role, "text": k.text, "created": k.created.isoformat(), "answer": k.answer}
        for k in kept
    ]
    return Document(name=conversation.name, created=conversation.created, messages=tuple(messages))


def of_share(share: Share) -> Document:
    """What a link shows."""
    return Document(name=share.name, created=share.created, messages=share.messages)


def of_answer(question: str, answer: Json, created: datetime) -> Document:
    """One answer's snapshot, with the question it answers."""
    messages: Sequence[Json] = (
        {"role": "user", "text": question, "created": created.isoformat(), "answer": None},
        {
            "role": "assistant",
            "text": answer["text"],
            "created": created.isoformat(),
            "answer": answer,
        },
    )
    return Document(name=question, created=created, messages=tuple(messages))
