"""Both indexes, compared with the ledger: their seals, every id, vector and term document."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from vectorstore.errors import IndexAway, IndexDamaged
from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.health.values import Finding, Fix
from vectorstore.index.analyzer import terms
from vectorstore.index.form import VectorIndex
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.lexical_seal import FORMAT
from vectorstore.index.opening import vector_index
from vectorstore.index.serving import serving
from vectorstore.ledger import schema

a, p = schema.articles.c, schema.passages.c

DENSE_MEANS = "meanwhile articles are found by their words only"
LEXICAL_MEANS = "meanwhile articles are found by their meaning only"
BOTH_MEANS = "meanwhile little or nothing is found"
AT_ONCE = 1_000
"""Vectors that are compared at once."""

REBUILT = "dateline doctor --fix writes it anew from the ledger (so does `dateline rebuild`)"


def index_findings(folder: Path, ledger: ReadOnlyLedger, *, quick: bool) -> Iterator[Finding]:
    """What there is to say of both indexes; `quick` leaves out the comparison row by row."""
    dense, lexical = vector_index(folder, ledger.meta, None), LexicalIndex(folder / "lexical")
    last = ledger.last_seq()
    wrong, away = "", ""
    try:
        wrong = _dense_state(dense, ledger, last)
        if not wrong and not quick:
            wrong = _dense_rows(dense, ledger)
    except IndexAway as error:
        away = str(error)
    words = _lexical_state(lexical, last)
    if not words and not quick and lexical.exists():
        words = _lexical_documents(lexical, ledger)
    both = BOTH_MEANS if (wrong or away) and words else ""
    if away:
        yield _away(away, both or DENSE_MEANS)
    else:
        yield _told("dense index", wrong, both or DENSE_MEANS, "vectors", _well(dense))
    yield from address_findings(folder)
    yield _told("lexical index", words, both or LEXICAL_MEANS, "words", "sealed")
    reached = lexical.cursor() if away else min(lexical.cursor(), _cursor(dense))
    dense.close()
    if behind := ledger.behind(reached):
        yield Finding(
            check="index lag",
            state="warning",
            found=f"{behind} articles are stored and not searchable yet",
            means="they are not found; where an ingest is running, they soon are",
            do="dateline doctor --fix (so does the next `dateline ingest`)",
            fix="index",
        )
    else:
        yield Finding(check="index lag", state="ok", found="all that is stored is searchable")


def _told(check: str, wrong: str, means: str, fix: Fix, well: str) -> Finding:
    if not wrong:
        return Finding(check=check, state="ok", found=well)
    return Finding(check=check, state="error", found=wrong, means=means, do=REBUILT, fix=fix)


def _away(said: str, means: str) -> Finding:
    return Finding(
        check="dense index",
        state="error",
        found=said,
        means=means,
        do="start the server, or mend the network, the URL or the token that lead to it; nothing "
        "is lost, and the next `dateline ingest` brings what it has missed",
    )


def _well(dense: VectorIndex) -> str:
    rows = sum(int(s["rows"]) for s in dense.manifest()["segments"])
    return f"{rows:,} rows, as they were written, in {dense.where()}"


def _cursor(dense: VectorIndex) -> int:
    try:
        return dense.cursor()
    except (TypeError, KeyError, ValueError):
        return 0


def _dense_state(dense: VectorIndex, ledger: ReadOnlyLedger, last: int) -> str:
    """What is wrong with the manifest or a seal; "" if nothing is."""
    try:
        manifest = dense.manifest()
        damaged = dense.verify()
        names, seq = [str(s["name"]) for s in manifest["segments"]], int(manifest["seq"])
    except (TypeError, KeyError, ValueError, AttributeError, OSError) as error:
        return f"its manifest cannot be used: {error}"
    if dense.damaged:
        return "its manifest cannot be read"
    if damaged:
        return f"{len(damaged)} of {len(names)} segments are not as they were sealed: {damaged[0]}"
    model = ledger.meta("model")
    if names and manifest["model"] != model:
        return f"it is of the model {manifest['model']}, the ledger of {model}"
    return _reach(seq, last)


def _reach(seq: int, last: int) -> str:
    """What is wrong with how far an index reaches, by the ledger's sequence numbers."""
    if seq > last:
        return f"it is ahead of the ledger ({seq} to {last}): the ledger is an older one"
    return "it is gone" if last and not seq else ""


def _dense_rows(dense: VectorIndex, ledger: ReadOnlyLedger) -> str:
    """Each live passage that is indexed has one newest row, and its vector is the ledger's."""
    manifest = dense.manifest()
    try:
        held = dense.lookup()
    except (OSError, ValueError, KeyError) as error:
        return f"a segment cannot be read: {error}"
    missing = other = 0
    rows = _indexed(ledger, manifest["seq"], manifest["model"])
    while some := list(islice(rows, AT_ONCE)):
        found = held([row.id for row in some])
        for row in some:
            if row.id not in found:
                missing += 1
            elif found[row.id].tobytes() != row.passage:
                other += 1
    said = [f"{missing} live passages are not in it" if missing else ""]
    said += [f"{other} vectors are not those of the ledger" if other else ""]
    return ", ".join(s for s in said if s)


def _lexical_state(lexical: LexicalIndex, last: int) -> str:
    seal = lexical.folder.with_name(f"{lexical.folder.name}.json")
    words = lexical.folder.with_name(f"{lexical.folder.name}-words.json")
    if not seal.exists():
        return "it is gone" if last else ""
    try:
        state = json.loads(seal.read_text("utf-8"))
        if state["format"] != FORMAT:  # an earlier Dateline's: the next ingest writes it anew
            return ""
        held = lexical.read_words() if words.exists() else None
        seq = int(state["seq"])
    except (OSError, TypeError, KeyError, ValueError, AttributeError) as error:
        return f"its seal or its list of words cannot be read: {error}"
    if not _sound(lexical):
        return "its files are not as they were sealed"
    return "its list of words is gone" if held is None else _reach(seq, last)


def _sound(lexical: LexicalIndex) -> bool:
    """Whether the files are as sealed; looked at again, as a writer seals what it has written."""
    for wait in (0.0, 0.5, 2.0):
        time.sleep(wait)
        try:
            if lexical.sound():
                return True
        except OSError:  # a file that a writer has just merged away
            continue
    return False


def _lexical_documents(lexical: LexicalIndex, ledger: ReadOnlyLedger) -> str:
    """Each live passage has one document; where none was replaced, its terms are counted too."""
    import tantivy

    live: dict[str, str] = {}
    for row in _indexed(ledger, lexical.cursor()):
        live[row.id] = row.text
    try:
        with lexical.searcher() as searcher:
            most = max(1, int(searcher.num_docs))
            hits = searcher.search(tantivy.Query.all_query(), limit=most, count=False).hits
            held = Counter(searcher.doc(at)["id"][0] for _, at in hits)
            counted = dict(searcher.terms_with_prefix("body", ""))
        dead = lexical.dead_share()
    except IndexDamaged as error:
        return str(error)
    missing, more = live.keys() - held.keys(), held.keys() - live.keys()
    twice = [i for i, n in held.items() if n > 1]
    if missing or twice or more:
        return (
            f"{len(missing)} live passages are not in it, {len(twice)} twice, "
            f"{len(more)} that are live no more"
        )
    if not dead:
        wanted = Counter(term for text in live.values() for term in set(terms(text)))
        if wanted != Counter(counted):
            return "its terms are not those of the ledger's texts"
    return ""


def address_findings(folder: Path) -> Iterator[Finding]:
    """Whether a token crosses a network where others can read it."""
    server = serving(folder)
    if server is not None and server.in_the_clear:
        yield Finding(
            check="dense index's address",
            state="warning",
            found=f"{server.root} is asked with a token and without TLS",
            means="who sees the traffic can read the token, and then the index",
            do="put a proxy with TLS before the server (docs/scale.md), and https:// into the URL",
        )


def _indexed(ledger: ReadOnlyLedger, seq: int, model: str | None = None) -> Iterator[Any]:
    """The live passages of articles up to a sequence number, with text and vector."""
    model = model or ledger.meta("model") or ""
    with ledger.engine.connect() as c:
        ids = list(c.scalars(select(a.id).where(a.seq <= seq, a.withdrawn_at.is_(None))))
    return ledger.passages_of(ids, model)
