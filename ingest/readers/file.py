"""The file a reader reads."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from ingest.fields import Named, Place
from ingest.keys import file_uri, text_path
from ingest.readers.packed import open_packed
from ingest.readers.pages import Pages
from ingest.reading import AS_GUESSED, Reading
from ingest.text import line

STDIN = "stdin"
"""The source of what came by standard input."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: `source` is the file URI of what was named, `relative` the path below it.

    `now` is the run's clock, which dates are checked against. `kind` is the ending that says
    how it is read (`.jsonl`), `packing` the one after it (`.gz`, `.zst` or ""). `spool` holds
    what came by standard input, at `path` for as long as this object lives. `pages` parses
    web pages, for all files of a run. Of a file in an archive `member` is the path in it, and
    `content` where it lies unpacked.
    """

    path: Path
    source: str
    relative: str
    now: datetime
    kind: str
    packing: str = ""
    reading: Reading = AS_GUESSED
    spool: object = field(default=None, repr=False, compare=False)
    pages: Pages = field(default_factory=Pages, repr=False, compare=False)
    member: str = ""
    content: Path | None = field(default=None, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """The bytes from the start, inflated if need be; reading them may raise Unreadable."""
        return open_packed(self.bytes_at, self.packing)

    @property
    def bytes_at(self) -> Path:
        """Where the file's bytes lie."""
        return self.content or self.path

    @property
    def shown(self) -> str:
        """The path as the user can find it."""
        shown = "standard input" if self.spool else text_path(self.path)
        return f"{shown}, {self.member}" if self.member else shown

    @property
    def uri(self) -> str:
        """What keys begin with: the file URI, or `stdin:`."""
        uri = f"{STDIN}:" if self.spool else file_uri(self.path)
        return f"{uri}!/{quote(self.member)}" if self.member else uri

    def place(self, text: str | bytes) -> Place:
        """The place of an article that is the whole file, whose content is `text`.

        Standard input has no name of its own, so the content names it.
        """
        key = f"{self.uri}#{_digest(text)}" if self.spool else self.uri
        return Place(self.shown, None, key, key, self.source, self.relative)

    def row(self, number: int, roles: dict[str, list[Named]], word: str = "") -> Place:
        """The place of a row: its key has the row's id, else a digest of what names it.

        So a row keeps its key where others are put before it. `number` is its line, unless
        `word` says what else is counted ("item").
        """
        row_id = next((line(value) for _, value in roles.get("id", ())), "")
        bodies = [v for _, v in roles.get("body", ())]
        if not row_id:
            naming = [v for role in ("headline", "published") for _, v in roles.get(role, ())]
            naming = naming or bodies
            row_id = _digest(repr(naming)) if naming else ""
        spare = f"{self.uri}#{_digest(repr(bodies)) if self.spool else number}"
        key = f"{self.uri}#{row_id}" if row_id else spare
        where = f"{self.relative}#{number}"
        shown, at = (f"{self.shown}, {word} {number}", None) if word else (self.shown, number)
        return Place(shown, at, key, spare, self.source, where)

    @property
    def title(self) -> str:
        """The file's name made readable: `2025-04-22-korea-us_talks.md` is `Korea us talks`."""
        if self.spool and not self.member:
            return "Standard input"
        called = Path(self.member).name or self.path.name
        name = Path(called[: len(called) - len(self.packing)])
        stem = line(text_path(Path(name.stem)))
        words = re.sub(r"^\d{4}-\d\d-\d\d[-_ ]+|[-_]+", " ", stem).split()
        return " ".join(words)[:1].upper() + " ".join(words)[1:] or stem


def _digest(naming: str | bytes) -> str:
    data = naming.encode("utf-8", "surrogatepass") if isinstance(naming, str) else naming
    return hashlib.sha256(data).hexdigest()[:16]
