"""Read-only links to a conversation as it was when it was shared."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from ui.store import schema
from ui.store.conversations import find, kept_messages
from ui.store.database import Database
from ui.store.snapshot import Json

TOKEN_BYTES = 24
"""Of randomness in a link: 192 bits, which nobody guesses."""

s = schema.shares.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A frozen conversation: `messages` are `{"role", "text", "created", "answer"}`."""

    token: str
    name: str
    created: datetime
    messages: tuple[Json, ...]


class Shares(Database):
    """The verbs for shares; a part of `Store`."""

    def share(self, owner: str, conversation: str) -> str:
        """Freeze the conversation as it is now; the token of its link, `/share/<token>`."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self.engine.begin() as db:
            row = find(db, owner, conversation, alone=True)
            messages = [
                {
                    "role": kept.role,
                    "text": kept.text,
                    "created": kept.created.isoformat(),
                    "answer": kept.answer,
                }
                for kept in kept_messages(db, conversation)
            ]
            frozen = json.dumps({"name": row.name, "messages": messages}, ensure_ascii=False)
            values = {"token": token, "conversation": conversation, "snapshot": frozen}
            db.execute(schema.shares.insert(), values | {"created": _now()})
        return token

    def unshare(self, owner: str, conversation: str) -> None:
        """End every link to the conversation."""
        with self.engine.begin() as db:
            find(db, owner, conversation)
            db.execute(schema.shares.delete().where(s.conversation == conversation))

    def shares(self, owner: str, conversation: str) -> list[str]:
        """The tokens of its links, oldest first."""
        with self.reading.connect() as db:
            find(db, owner, conversation)
            query = select(s.token).where(s.conversation == conversation).order_by(s.created)
            return list(db.scalars(query))

    def shared(self, token: str) -> Share | None:
        """What a link shows, whoever asks; None if there is no such link (any more)."""
        with self.reading.connect() as db:
            row = db.execute(select(schema.shares).where(s.token == token)).first()
        if row is None:
            return None
        frozen = json.loads(row.snapshot)
        return Share(
            token=token,
            name=frozen["name"],
            created=datetime.fromisoformat(row.created),
            messages=tuple(frozen["messages"]),
        )


def _now() -> str:
    return datetime.now(UTC).isoformat()
