"""The tables of the web state: what readers keep (conversations, messages, feedback, shares), and
who may do what: users, tokens, logins, and the audit log of their deeds.

They stand in a database of their own beside the archive, or in a schema of their own beside its
ledger, so that a copy of the archive carries nobody's questions, and an ingest never waits for
a reader.
"""

from __future__ import annotations

import secrets

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()


class Words(TypeDecorator[str]):
    """Texts as both databases have them: PostgreSQL refuses NUL, and neither takes half of a
    surrogate pair. They are as long as they are, and compared by their code points."""

    impl = Text
    cache_ok = True

    def __init__(self, most: int | None = None) -> None:
        """`most` is how many characters they usually have at most."""
        super().__init__()
        self.most = most

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Text(collation="C"))
        return dialect.type_descriptor(Text() if self.most is None else String(self.most))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


meta = Table(
    "meta",
    metadata,
    Column("key", Words(40), primary_key=True),
    Column("value", Words(), nullable=False),
)
"""`salt` is for the passwords that the nodes have from their environment; `schema` is the number
of the schema, which SQLite has in the head of its file instead."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", Words(32), primary_key=True),
    Column("owner", Words(64), nullable=False),
    Column("name", Words(), nullable=False, default=""),
    Column("created", Words(40), nullable=False),
    Column("updated", Words(40), nullable=False),
    Index("conversations_by_owner", "owner", "updated"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("role", Words(9), nullable=False),
    Column("text", Words(), nullable=False),
    Column("answer", Words()),
    Column("created", Words(40), nullable=False),
    Index("messages_by_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""`role` is "user" or "assistant"; `answer` is the snapshot of an answer as JSON."""

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Words(20), nullable=False),
    Column("citation", Integer),
    Column("note", Words(), nullable=False, default=""),
    Column("created", Words(40), nullable=False),
)

shares = Table(
    "shares",
    metadata,
    Column("token", Words(64), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("created", Words(40), nullable=False),
    Column("snapshot", Words(), nullable=False),
    Index("shares_by_conversation", "conversation"),
)
"""`snapshot` is the conversation as JSON, frozen when it was shared."""

users = Table(
    "users",
    metadata,
    Column("name", Words(200), primary_key=True),
    Column("role", Words(20), nullable=False),
    Column("password", Words(), nullable=False, default=""),
    Column("created", Words(40), nullable=False),
    Column("changed", Words(40), nullable=False),
)
"""`password` is its hash."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", Words(12), primary_key=True),
    Column("name", Words(200), nullable=False),
    Column("role", Words(20), nullable=False),
    Column("digest", Words(64), nullable=False),
    Column("created", Words(40), nullable=False),
    Column("expires", Words(40)),
    Column("used", Words(10)),
    Column("revoked", Words(40)),
)
"""`digest` is SHA-256 of the whole token; `used` the last day on which it was shown."""

logins = Table(
    "logins",
    metadata,
    Column("digest", Words(64), primary_key=True),
    Column("name", Words(200), nullable=False),
    Column("proof", Words(64), nullable=False),
    Column("until", Float, nullable=False),
)
"""Who is logged in: `digest` is SHA-256 of the cookie, `proof` of the hash of the password that it
was made with; `until` is in seconds since 1970."""

tries = Table(
    "tries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Words(200), nullable=False),
    Column("time", Float, nullable=False, index=True),
)
"""Passwords that were tried of late, in seconds since 1970; those of a login that was right go."""

deeds = Table(
    "deeds",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("time", Words(40), nullable=False),
    Column("actor", Words(200), nullable=False),
    Column("way", Words(20), nullable=False),
    Column("role", Words(20), nullable=False),
    Column("deed", Words(40), nullable=False),
    Column("target", Words(), nullable=False, default=""),
    Column("request", Words(128), nullable=False, default=""),
    Index("deeds_by_time", "time"),
    sqlite_autoincrement=True,
)
"""The audit log. Rows are added; the database itself refuses to change one, or to delete one
younger than YOUNGEST days."""

YOUNGEST = 30
"""Days for which nothing takes a deed out of the audit log."""

REFUSAL = "the audit log is append-only"
_REFUSED = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
_TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER deeds_stay_as_they_are BEFORE UPDATE ON deeds {_REFUSED}",
        "CREATE TRIGGER deeds_stay BEFORE DELETE ON deeds WHEN old.time > "
        f"strftime('%Y-%m-%dT%H:%M:%S', 'now', '-{YOUNGEST} days') {_REFUSED}",
    ),
    "postgresql": (
        f"""CREATE FUNCTION refuse_change_of_deeds() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
            IF old.time <= to_char(now() AT TIME ZONE 'UTC' - interval '{YOUNGEST} days',
                                   'YYYY-MM-DD"T"HH24:MI:SS') COLLATE "C" THEN
              RETURN old;
            END IF;
          END IF;
          RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        "CREATE TRIGGER deeds_stay BEFORE UPDATE OR DELETE ON deeds "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_deeds()",
        "CREATE TRIGGER deeds_stay_together BEFORE TRUNCATE ON deeds "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_deeds()",
    ),
}


def _append_only(_table: Table, connection: Connection, **_: object) -> None:
    """Where the table has just been made."""
    for statement in _TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _salted(_table: Table, connection: Connection, **_: object) -> None:
    """Where the table has just been made."""
    connection.execute(meta.insert().values(key="salt", value=secrets.token_hex(16)))


event.listen(deeds, "after_create", _append_only)
event.listen(meta, "after_create", _salted)
