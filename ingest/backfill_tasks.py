"""What a worker of a backfill does: reads files to drafts, and embeds texts.

A task depends on nothing but its arguments and the files, so that it can be done twice. A worker
keeps its embedding model from one task to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ingest.fields import Draft
from ingest.files import drafts, guarded
from ingest.readers import File
from ingest.values import Problem, Withdrawal
from vectorstore import InputError
from vectorstore.models.embedder import Embedded, Embedder, Text

DRAFTS_AT_ONCE = 64
"""Drafts that go back together."""

Part = list[tuple[int, Draft | Problem | Withdrawal]]
"""The number of a file in its task, and something that was read in it; in order."""


def read(files: list[File], release: str) -> Iterator[Part]:
    """What is in these files, in parts."""
    _same(release)
    part: Part = []
    numbers = {id(file): number for number, file in enumerate(files)}
    with closing(files[0].pages):
        for file, items in drafts(files):
            for item in guarded(file, items):
                part.append((numbers[id(file)], item))
                if len(part) >= DRAFTS_AT_ONCE:
                    yield part
                    part = []
    if part:
        yield part


def embed(texts: Sequence[Text], model: str, release: str) -> list[tuple[int, Embedded]]:
    """The vectors of texts, with their positions."""
    _same(release)
    return list(_embedder(model).embed(texts))


@cache
def _embedder(model: str) -> Embedder:
    return Embedder(model, threads=_processors())


def _processors() -> int:
    """How many processors this worker was given."""
    ray: Any = import_module("ray")
    given = ray.get_runtime_context().get_assigned_resources().get("CPU", 1)
    return max(1, int(given))


def release() -> str:
    """The installed Dateline's release; "" where it is not installed."""
    try:
        return version("dateline")
    except PackageNotFoundError:
        return ""


def _same(wanted: str) -> None:
    """Raises InputError where this worker has another Dateline than the run, as two of them may
    read a file differently."""
    if (own := release()) != wanted:
        raise InputError(
            f"a worker has Dateline {own or 'of no release'}, the run {wanted}: install the same "
            "release on every machine of the cluster"
        )
