"""The ledger, looked at without writing: SQLite's own checks, references, offsets, vectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import URL, create_engine, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from vectorstore.address import shown
from vectorstore.health.databases import connect, whole
from vectorstore.health.values import RESTORE, RESTORE_SERVED, Finding
from vectorstore.ledger import postgres, schema
from vectorstore.ledger.migrations import CURRENT
from vectorstore.ledger.reader import LedgerReader
from vectorstore.models.embedder import Text

a, v, p, t = (x.c for x in (schema.articles, schema.versions, schema.passages, schema.vectors))

UNIT = 0.02
"""How far a vector's length may be from 1: float16 keeps three digits."""

LEDGER_DO = "dateline ingest cuts and embeds it anew from the stored text: dateline doctor --fix"


class ReadOnlyLedger(LedgerReader):
    """A ledger that is only read: nothing is migrated, and no setting of the file changed."""

    def __init__(self, at: Path | URL) -> None:
        """`at` is SQLite's file, or the URL of a ledger on PostgreSQL."""
        if isinstance(at, URL):
            self.engine = postgres.engine_of(at).execution_options(postgresql_readonly=True)
            return
        self.engine = create_engine("sqlite://", creator=lambda: connect(at), poolclass=NullPool)

    def close(self) -> None:
        self.engine.dispose()


def ledger_findings(path: Path, *, quick: bool = False) -> Iterator[Finding]:
    """What there is to say of a ledger's file; ends early where the file itself is damaged."""
    if not path.exists() or not path.stat().st_size:
        gone = "is empty" if path.exists() else "is gone"
        lost = "the articles are only in backups; the indexes alone cannot answer"
        yield Finding(check="ledger", state="error", found=f"it {gone}", means=lost, do=RESTORE)
        return
    fine, said = whole(path, quick=quick)
    if not fine:
        means = "articles may be missing or wrong; what can still be read answers"
        yield Finding(check="ledger", state="error", found=said, means=means, do=RESTORE)
        return
    ledger = ReadOnlyLedger(path)
    try:
        yield Finding(check="ledger", state="ok", found="SQLite finds it whole")
        yield from _contents(ledger, quick)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        yield Finding(check="ledger", state="error", found=str(cause), means="", do=RESTORE)
    finally:
        ledger.close()


def served_findings(url: URL, *, quick: bool = False) -> Iterator[Finding]:
    """What there is to say of a ledger on PostgreSQL; ends early where it cannot be reached."""
    ledger = ReadOnlyLedger(url)
    try:
        with ledger.engine.connect() as c:
            version = c.scalar(text("SHOW server_version"))
            there = inspect(c).has_table("meta")
        if not there:
            found, do = f"there is no archive in {shown(url)} yet", "dateline ingest PATH…"
            yield Finding(check="ledger", state="error", found=found, do=do)
            return
        said = f"PostgreSQL {version} answers; what it holds is checked by its own tools"
        yield Finding(check="ledger", state="ok", found=said)
        for finding in _contents(ledger, quick):
            own = RESTORE_SERVED if finding.do == RESTORE else finding.do
            yield replace(finding, do=own)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        yield Finding(
            check="ledger",
            state="error",
            found=f"{shown(url)} cannot be used: {cause}",
            means="nothing answers without the ledger",
            do="start the server, or mend its address in archive.toml or --archive",
        )
    finally:
        ledger.close()


def _contents(ledger: ReadOnlyLedger, quick: bool) -> Iterator[Finding]:
    number = int(ledger.meta("schema") or 1)
    if number > CURRENT:
        yield Finding(
            check="ledger schema",
            state="error",
            found=f"it has schema {number}, this Dateline knows up to {CURRENT}",
            means="a later Dateline wrote it; this one does not open it",
            do="pip install --upgrade dateline",
        )
        return
    older = number < CURRENT
    yield Finding(
        check="ledger schema",
        state="note" if older else "ok",
        found=f"schema {number}" + (": taken up when it is next opened" if older else ""),
    )
    if older:
        return
    yield _references(ledger)
    yield _texts(ledger)
    if not quick:
        yield _offsets(ledger)
    yield _vectors(ledger, quick)


def _references(ledger: ReadOnlyLedger) -> Finding:
    with ledger.engine.connect() as c:
        loose: Sequence[Any] = ()  # PostgreSQL lets no row lose its owner
        if c.dialect.name == "sqlite":
            loose = c.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        own = (v.article == a.id) & (v.version == a.version)
        query = select(a.id).outerjoin(schema.versions, own).where(v.version.is_(None))
        bare = list(c.scalars(query))
    if not (loose or bare):
        return Finding(check="references", state="ok", found="every row's owner is there")
    said = [f"{len(loose)} rows whose owner is gone" if loose else ""]
    said += [f"{len(bare)} articles without their current text: {bare[0]} …" if bare else ""]
    return Finding(
        check="references",
        state="error",
        found=", ".join(s for s in said if s),
        means="those articles cannot be shown or cited",
        do=RESTORE,
    )


def _texts(ledger: ReadOnlyLedger) -> Finding:
    """Each version's name is a digest of its text."""
    query = select(v.article, v.version, v.headline, v.byline, v.body)
    wrong, count = [], 0
    with ledger.engine.connect() as c:
        for row in c.execute(query.execution_options(yield_per=200)):
            count += 1
            content = "\0".join((row.headline, row.byline, row.body))
            if hashlib.sha256(content.encode(errors="replace")).hexdigest()[:12] != row.version:
                wrong.append(row.article)
    if not wrong:
        return Finding(check="texts", state="ok", found=f"{count:,} versions are as they came")
    return Finding(
        check="texts",
        state="error",
        found=f"{len(wrong)} of {count:,} texts are not as they came: article {wrong[0]} …",
        means="a quote from them would not be what the outlet wrote",
        do=RESTORE,
        places=tuple(wrong),
    )


def _offsets(ledger: ReadOnlyLedger) -> Finding:
    """Each passage's offsets lie in its text, and its digest is that of the text there."""
    own = (v.article == p.article) & (v.version == p.version)
    query = select(schema.passages, v.headline, v.body).outerjoin(schema.versions, own)
    order = query.order_by(p.article, p.version, p.position).execution_options(yield_per=200)
    wrong: list[str] = []
    count = 0
    with ledger.engine.connect() as c:
        for article, rows in groupby(c.execute(order), key=lambda row: row.article):
            several = list(rows)
            count += len(several)
            if not all(map(_fits, several)):
                wrong.append(article)
    if not wrong:
        return Finding(check="offsets", state="ok", found=f"{count:,} passages fit their texts")
    return Finding(
        check="offsets",
        state="error",
        found=f"passages of {len(wrong)} articles do not fit their text: {wrong[0]} …",
        means="these articles are searched by the wrong words, or not cited",
        do=LEDGER_DO,
        fix="recut",
        places=tuple(wrong),
    )


def _fits(row: Any) -> bool:
    if row.body is None or not 0 <= row.start < row.end <= len(row.body):
        return False
    try:
        spans = [(int(s), int(e)) for s, e in json.loads(row.sentences)]
    except (TypeError, ValueError):
        return False
    if not all(row.start <= s < e <= row.end for s, e in spans):
        return False
    moved = tuple((s - row.start, e - row.start) for s, e in spans)
    return Text(row.body[row.start : row.end], moved, row.headline).digest == str(row.digest)


def _vectors(ledger: ReadOnlyLedger, quick: bool) -> Finding:
    """Each live passage has the vectors of the archive's model, as long as they should be."""
    model = ledger.meta("model") or ""
    missing = ledger.count_unembedded(model)
    bad = [] if quick else _bad_vectors(ledger, model)
    if not (missing or bad):
        return Finding(
            check="vectors", state="ok", found=f"every live passage has its own ({model})"
        )
    return Finding(
        check="vectors",
        state="error",
        found=f"{missing} passages have none, {len(bad)} a damaged one ({model})",
        means="these passages are found by their words only, or not at all",
        do="dateline doctor --fix embeds them again",
        fix="embed",
        places=tuple(bad),
    )


def _bad_vectors(ledger: ReadOnlyLedger, model: str) -> list[str]:
    """Digests whose vector is not finite, not of unit length, or of another size than most."""
    query = select(p.digest, p.sentences, t.passage, t.sentences.label("int8")).join(
        schema.vectors, (t.digest == p.digest) & (t.model == model)
    )
    bad, size = [], 0
    with ledger.engine.connect() as c:
        for row in c.execute(query.execution_options(yield_per=500)):
            size = size or len(row.passage)
            vector = np.frombuffer(row.passage[: len(row.passage) // 2 * 2], dtype=np.float16)
            length = float(np.linalg.norm(vector.astype(np.float32)))
            sentences = row.sentences.count("[") - 1
            sized = len(row.passage) == size and len(row.int8) * 2 == size * sentences
            if not (sized and abs(length - 1) < UNIT):
                bad.append(row.digest)
    return sorted(set(bad))
