"""What is killed, and what looks at the ruins: one turn of the simulated site's sources.

It is forked from a process that has imported everything, so a run costs seconds. Two parts are
stand-ins: vectors are made of a text's hash, and documents are parsed in the worker itself. The
ledger, both indexes, the collecting, the HTTP client and the server are the real ones.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np
from sqlalchemy import text

from ingest.collect import collect
from ingest.parsers import PARSERS
from ingest.sandbox import ParseFailed, Sandbox
from tests.site import driver
from tests.site.server import World
from vectorstore import Archive, Article
from vectorstore.index.building import Builder
from vectorstore.index.dense import DenseIndex
from vectorstore.index.indexer import Indexer
from vectorstore.index.lexical import LexicalIndex
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedded, Embedder, Text

LATER = [import_module(name) for name in ("chromadb", "tantivy", "httpx", "httpcore")]
"""What Dateline imports where it is needed first: here before the fork, once for all."""

MODULES = {name: import_module(f"ingest.parsers.{name}") for name in PARSERS}
POINTS: dict[str, tuple[Any, str]] = {
    "article": (Ledger, "put"),
    "withdrawal": (Ledger, "withdraw"),
    "new passages": (Ledger, "recut"),
    "page states": (Archive, "put_pages"),
    "run": (Archive, "note_run"),
    "source state": (Archive, "set_source_state"),
    "words": (LexicalIndex, "update"),
    "segment": (DenseIndex, "publish"),
    "segment's build": (Builder, "build"),
    "folder's rename": (Path, "rename"),
    "folder's sync": (import_module("vectorstore.index.dense"), "sync_folder"),
    "manifest": (import_module("vectorstore.index.dense"), "write_json"),
    "merge": (Indexer, "_rewrite"),
    "file's replacement": (Path, "replace"),
}
"""Where the archive is between two states, by the name of what is being done."""


class Inline(Sandbox):
    """Parses where it is called."""

    def parse(self, name: str, data: bytes, **options: Any) -> Any:
        try:
            return MODULES[name].parse(data, **options)
        except ValueError as error:
            raise ParseFailed(str(error)) from None


def vector(words: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    seed = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")
    made = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    return made / np.float32(np.linalg.norm(made))


def embed(_self: Embedder, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
    for number, one in enumerate(texts):
        sentences = [vector(one.text[a:b]) for a, b in one.sentences]
        yield number, Embedded(vector(one.text), np.stack(sentences))


def queries(_self: Embedder, texts: Sequence[str]) -> Any:
    return np.stack([vector(one) for one in texts])


def stand_in() -> None:
    """Have vectors made of hashes."""
    Embedder.embed = embed  # type: ignore[method-assign]
    Embedder.queries = queries  # type: ignore[method-assign]


def acknowledge(path: Path) -> None:
    """Write down each article once the ledger says that it is stored."""
    log = path.open("a")
    put = Ledger.put

    def told(self: Ledger, article: Article, *rest: Any) -> Any:
        outcome = put(self, article, *rest)
        log.write(f"{article.id} {article.version} {outcome}\n")
        log.flush()
        return outcome

    Ledger.put = told  # type: ignore[method-assign]


def die_at(point: str, when: str, nth: int) -> None:
    """Kill this process before, in or after the nth call of what a point names."""
    owner, name = POINTS[point]
    whole, calls = getattr(owner, name), 0

    def deadly(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*given, **named)
        if calls == nth and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def passed(folder: Path, world: World) -> list[tuple[str, int]]:
    """The first two times that a turn comes by each point, in their order."""
    seen: list[tuple[str, int]] = []
    for point, (owner, name) in POINTS.items():
        setattr(owner, name, _noted(point, getattr(owner, name), seen))
    turn(folder, world)
    return [one for one in seen if one[1] < 3]


def _noted(
    point: str, whole: Callable[..., Any], seen: list[tuple[str, int]]
) -> Callable[..., Any]:
    def noting(*given: Any, **named: Any) -> Any:
        seen.append((point, 1 + sum(one[0] == point for one in seen)))
        return whole(*given, **named)

    return noting


def turn(folder: Path, world: World) -> None:
    """One turn of all sources at the world's time."""
    with Archive.open(folder, create=True) as archive, driver.client(world) as client:
        collect(
            archive,
            driver.sources(world, world.now),
            settings=driver.settings(world),
            client=client,
            sandbox=Inline(),
            now=lambda: world.now,
        )


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The world as its server in another process has it."""

    script: Any
    now: Any
    bases: dict[str, str]
    hosts: tuple[str, ...]

    def as_world(self) -> World:
        return cast(World, self)


def faults(folder: Path, acknowledged: Path) -> list[str]:
    """What is lost, doubled, half or mixed in an archive whose writer was killed."""
    if not (folder / "ledger.sqlite3").exists():
        return ["acknowledged, but there is no archive"] if acknowledged.exists() else []
    lines = acknowledged.read_text().splitlines() if acknowledged.exists() else []
    with Archive.open(folder) as archive:
        return [*_ledger(archive, lines), *_search(archive)]


def restart(folder: Path) -> dict[str, float]:
    """Seconds until an archive is open, up to its ledger in both indexes, and answers."""
    start = time.monotonic()
    told: dict[str, float] = {}
    with Archive.open(folder) as archive:
        told["open"] = time.monotonic() - start
        with archive.writing():
            told["locked"] = time.monotonic() - start
            archive.index()
            told["indexed"] = time.monotonic() - start
        archive.search("customs talks", k=10)
    return told | {"answered": time.monotonic() - start}


def _ledger(archive: Archive, lines: Sequence[str]) -> Iterator[str]:
    with archive._ledger.engine.connect() as c:
        versions = {(r.article, r.version): r for r in c.execute(text("SELECT * FROM versions"))}
        held = {r.id: r for r in c.execute(text("SELECT * FROM articles"))}
        cut = c.execute(
            text(
                "SELECT p.article, p.version, p.start, p.end, p.position, v.digest AS vector "
                "FROM passages p LEFT JOIN vectors v ON v.digest = p.digest"
            )
        ).all()
        sound = c.scalar(text("PRAGMA integrity_check"))
    if sound != "ok":
        yield f"the ledger is damaged: {sound}"
    for line in lines:
        article, version, outcome = line.split()
        if outcome in {"new", "changed"} and (article, version) not in versions:
            yield f"lost: {line}"
    for key, row in versions.items():
        again = Article(key="", headline=row.headline, byline=row.byline, body=row.body).version
        if again != row.version:
            yield f"mixed: {key}"
    whole = {(p.article, p.version) for p in cut}
    for article in held.values():
        if (article.id, article.version) not in whole:
            yield f"half: {article.id} has no passages"
    yield from (f"half: a passage of {p.article} has no vector" for p in cut if p.vector is None)
    live = [a.url for a in held.values() if a.withdrawn_at is None]
    yield from (f"doubled: {url}" for url in set(live) if live.count(url) > 1)


def _search(archive: Archive) -> Iterator[str]:
    hits = archive.search("customs talks", k=200)
    ids = [hit.passage_id for hit in hits]
    if len(ids) != len(set(ids)):
        yield "doubled: a passage is found twice"
    for hit in hits:
        if not hit.article.current:
            yield f"mixed: {hit.passage_id} is found and not current"
