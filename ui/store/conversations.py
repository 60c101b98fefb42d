"""Conversations and their messages, each under an owner."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, or_, select

from chatbot import Answer
from ui.store import schema
from ui.store.database import Database
from ui.store.snapshot import Json, snapshot
from vectorstore import InputError

LONGEST_NAME = 200
LONGEST_TEXT = 64 * 1024
"""Characters of one message: a question of 16 kB, or an answer, and room."""

MOST_MESSAGES = 1_000
"""Messages in a conversation."""

MOST_CONVERSATIONS = 1_000
"""Conversations of one owner; beyond, those used longest ago are deleted."""

c, m = schema.conversations.c, schema.messages.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation that is kept; its times are UTC."""

    id: str
    name: str
    created: datetime
    updated: datetime
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message of a conversation; `answer` is the snapshot of an assistant's."""

    id: int
    role: Literal["user", "assistant"]
    text: str
    created: datetime
    answer: Json | None = None
    feedback: tuple[Json, ...] = ()
    """What the owner said of it: `{"kind", "citation", "note"}`, oldest first."""


class Conversations(Database):
    """The verbs for conversations and messages; a part of `Store`."""

    def create(self, owner: str, name: str = "") -> Conversation:
        """Begin a conversation; without a name it is called by its first question."""
        now = _now()
        row = {"id": secrets.token_hex(16), "name": _name(name), "created": now, "updated": now}
        with self.engine.begin() as db:
            db.execute(schema.conversations.insert(), row | {"owner": owner})
            newest = select(c.id).where(c.owner == owner).order_by(c.updated.desc(), c.id)
            old = db.scalars(newest.offset(MOST_CONVERSATIONS)).all()
            if old:
                db.execute(schema.conversations.delete().where(c.id.in_(old)))
        return _conversation(row)

    def recent(self, owner: str, limit: int = 200) -> list[Conversation]:
        """The owner's conversations, the one that was used last first."""
        return self._found(_of(owner), limit)

    def search(self, owner: str, text: str, limit: int = 50) -> list[Conversation]:
        """Those whose name or messages hold the text, letter case ignored in Latin script."""
        said = select(m.conversation).where(m.text.icontains(text, autoescape=True))
        found = or_(c.name.icontains(text, autoescape=True), c.id.in_(said))
        return self._found(_of(owner).where(found), limit)

    def get(self, owner: str, conversation: str) -> Conversation:
        """One conversation; InputError if the owner has none of this id."""
        with self.reading.connect() as db:
            return _conversation(find(db, owner, conversation)._mapping)

    def rename(self, owner: str, conversation: str, name: str) -> None:
        """Give it another name."""
        self._change(owner, conversation, name=_name(name))

    def delete(self, owner: str, conversation: str) -> None:
        """Delete it with its messages, feedback and shares; what is gone is overwritten."""
        with self.engine.begin() as db:
            find(db, owner, conversation)
            db.execute(schema.conversations.delete().where(c.id == conversation))

    def forget(self, before: datetime) -> int:
        """Delete everybody's conversations that were last used before then; how many."""
        old = c.updated < before.astimezone(UTC).isoformat()
        with self.engine.begin() as db:
            return db.execute(schema.conversations.delete().where(old)).rowcount

    def messages(self, owner: str, conversation: str) -> list[Kept]:
        """Its messages, oldest first."""
        with self.reading.connect() as db:
            find(db, owner, conversation)
            return kept_messages(db, conversation)

    def newest(self, owner: str, conversation: str) -> int:
        """The id of its last message, 0 if the owner has none there."""
        last = select(func.max(m.id)).join(schema.conversations, m.conversation == c.id)
        with self.reading.connect() as db:
            return db.scalar(last.where(c.id == conversation, c.owner == owner)) or 0

    def append(
        self, owner: str, conversation: str, question: str, answer: Answer | Json | None
    ) -> tuple[int, int | None]:
        """Add a question and its answer; the ids of both messages.

        The answer is one of the chain's, or its snapshot; None for one that failed.
        """
        saved = snapshot(answer) if isinstance(answer, Answer) else answer
        with self.engine.begin() as db:
            row = find(db, owner, conversation, alone=True)
            count = db.scalar(select(func.count()).where(m.conversation == conversation)) or 0
            if count >= MOST_MESSAGES:
                raise InputError("this conversation is full: begin a new one")
            asked = _put(db, conversation, "user", question, None)
            said = _put(db, conversation, "assistant", saved["text"], saved) if saved else None
            values = {"updated": _now()} | ({} if row.name else {"name": _name(question)})
            db.execute(schema.conversations.update().where(c.id == conversation).values(**values))
        return asked, said

    def cut(self, owner: str, conversation: str, message: int) -> None:
        """Forget a message and all after it: for a question that is edited or asked again."""
        with self.engine.begin() as db:
            find(db, owner, conversation, alone=True)
            later = (m.conversation == conversation) & (m.id >= message)
            db.execute(schema.messages.delete().where(later))

    def _change(self, owner: str, conversation: str, **values: str) -> None:
        with self.engine.begin() as db:
            find(db, owner, conversation)
            db.execute(schema.conversations.update().where(c.id == conversation).values(**values))

    def _found(self, query: Select[Any], limit: int) -> list[Conversation]:
        with self.reading.connect() as db:
            rows = db.execute(query.order_by(c.updated.desc(), c.id).limit(limit))
            return [_conversation(row._mapping) for row in rows]


def _of(owner: str) -> Select[Any]:
    shared = select(schema.shares.c.token).where(schema.shares.c.conversation == c.id).exists()
    return select(*c, shared.label("shared")).where(c.owner == owner)


def find(db: Connection, owner: str, conversation: str, *, alone: bool = False) -> Row[Any]:
    """The row of an owner's conversation, `alone` if nobody else is to change it in this
    transaction; InputError if there is none."""
    query = _of(owner).where(c.id == conversation)
    row = db.execute(query.with_for_update(of=schema.conversations) if alone else query).first()
    if row is None:
        raise InputError("there is no such conversation: it may have been deleted")
    return row


def kept_messages(db: Connection, conversation: str) -> list[Kept]:
    """The messages of a conversation, whoever owns it."""
    f = schema.feedback.c
    said: dict[int, list[Json]] = {}
    ours = schema.feedback.join(schema.messages, f.message == m.id)
    query = select(f.message, f.kind, f.citation, f.note).select_from(ours).order_by(f.id)
    for row in db.execute(query.where(m.conversation == conversation)):
        said.setdefault(row.message, []).append(
            {"kind": row.kind, "citation": row.citation, "note": row.note}
        )
    rows = db.execute(
        select(schema.messages).where(m.conversation == conversation).order_by(m.id)
    ).all()
    return [
        Kept(
            id=row.id,
            role=row.role,
            text=row.text,
            created=datetime.fromisoformat(row.created),
            answer=json.loads(row.answer) if row.answer else None,
            feedback=tuple(said.get(row.id, ())),
        )
        for row in rows
    ]


def _put(db: Connection, conversation: str, role: str, text: str, answer: Json | None) -> int:
    if len(text) > LONGEST_TEXT:
        raise InputError(f"this message is longer than {LONGEST_TEXT:,} characters")
    saved = json.dumps(answer, ensure_ascii=False) if answer else None
    row = {"conversation": conversation, "role": role, "text": text, "answer": saved}
    done = db.execute(schema.messages.insert().returning(m.id), row | {"created": _now()})
    return int(done.scalar_one())


def _conversation(row: Any) -> Conversation:
    times = {name: datetime.fromisoformat(row[name]) for name in ("created", "updated")}
    return Conversation(
        id=row["id"], name=row["name"], shared=bool(row.get("shared", False)), **times
    )


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


def _now() -> str:
    return datetime.now(UTC).isoformat()
