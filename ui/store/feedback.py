"""What readers say of answers, kept with the answer, and exported for whoever improves it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from ui.exports.text import cell, visible
from ui.store import schema
from ui.store.database import Database
from ui.store.snapshot import Json
from vectorstore import InputError

KINDS = ("right", "wrong citation", "missing")
"""Right; a citation that does not show what it should; something that is missing."""

LONGEST_NOTE = 2_000

c, m, f = schema.conversations.c, schema.messages.c, schema.feedback.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Feedback on one answer, with the question and what was cited."""

    created: str
    kind: str
    citation: int | None
    note: str
    question: str
    answer: str
    citations: tuple[Json, ...]


class Feedback(Database):
    """The verbs for feedback; a part of `Store`."""

    def feedback(
        self, owner: str, message: int, kind: str, *, citation: int | None = None, note: str = ""
    ) -> None:
        """Keep what the owner says of one of their answers, in place of the same kind before.

        `citation` is the number of the citation that is meant. Raises InputError for a
        message that is not an answer of the owner's, or a kind that is not in KINDS.
        """
        if kind not in KINDS:
            raise InputError(f"feedback is one of: {', '.join(KINDS)}; not {kind!r}")
        row = {"message": message, "kind": kind, "citation": citation}
        with self.engine.begin() as db:
            _check(db, owner, message)
            db.execute(
                schema.feedback.delete().where(
                    f.message == message, f.kind == kind, f.citation.is_not_distinct_from(citation)
                )
            )
            said = {"note": note[:LONGEST_NOTE], "created": datetime.now(UTC).isoformat()}
            db.execute(schema.feedback.insert(), row | said)

    def take_back(self, owner: str, message: int) -> None:
        """Forget what the owner said of an answer."""
        with self.engine.begin() as db:
            _check(db, owner, message)
            db.execute(schema.feedback.delete().where(f.message == message))

    def given(self, owner: str | None = None) -> list[Given]:
        """All feedback, oldest first; of one owner, or for the operator of everybody."""
        joined = schema.feedback.join(schema.messages, f.message == m.id).join(
            schema.conversations, m.conversation == c.id
        )
        before = schema.messages.alias()
        question = (
            select(before.c.text)
            .where(before.c.conversation == m.conversation, before.c.role == "user")
            .where(before.c.id < m.id)
            .order_by(before.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        columns = (f.created, f.kind, f.citation, f.note, m.text, m.answer)
        query = select(*columns, question.label("question")).select_from(joined).order_by(f.id)
        if owner is not None:
            query = query.where(c.owner == owner)
        with self.reading.connect() as db:
            return [_given(row) for row in db.execute(query)]


def _check(db: Any, owner: str, message: int) -> None:
    joined = schema.messages.join(schema.conversations, m.conversation == c.id)
    query = select(m.id).select_from(joined).where(m.id == message, c.owner == owner)
    query = query.where(m.role == "assistant").with_for_update(of=schema.messages)
    if db.scalar(query) is None:
        raise InputError("there is no such answer: it may have been deleted")


def _given(row: Any) -> Given:
    saved = json.loads(row.answer) if row.answer else {}
    return Given(
        created=row.created,
        kind=row.kind,
        citation=row.citation,
        note=row.note,
        question=row.question or "",
        answer=row.text,
        citations=tuple(saved.get("citations", ())),
    )


def feedback_jsonl(given: Iterable[Given]) -> str:
    """One JSON object a line, without control or invisible characters."""
    lines = (json.dumps(asdict(g), ensure_ascii=False) for g in given)
    return "".join(visible(line).replace("\n", " ") + "\n" for line in lines)


def feedback_csv(given: Iterable[Given]) -> str:
    """A table for a spreadsheet, in which no cell is a formula."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["time", "kind", "citation", "note", "question", "answer", "quote", "source"])
    for g in given:
        cited = [x for x in g.citations if x["number"] == g.citation] or g.citations
        quotes = " | ".join(x["quote"] for x in cited)
        sources = " | ".join(_source(x["article"]) for x in cited)
        values = (g.created, g.kind, g.citation or "", g.note, g.question, g.answer)
        table.writerow([cell(str(v)) for v in (*values, quotes, sources)])
    return out.getvalue()


def _source(article: Json) -> str:
    published = (article.get("published") or {}).get("iso", "")
    parts = (article["outlet"], published, article["headline"], article["url"])
    return ", ".join(p for p in parts if p)
