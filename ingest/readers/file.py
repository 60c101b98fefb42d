"""The file a reader reads."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.fields import Named, Place
from ingest.keys import file_uri, text_path
from ingest.text import line


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: `source` is the file URI of what was named, `relative` the path below it.

    `now` is the run's clock, which dates are checked against.
    """

    path: Path
    source: str
    relative: str
    now: datetime

    @property
    def shown(self) -> str:
        """The path as the user can find it."""
        return text_path(self.path)

    @property
    def place(self) -> Place:
        """The place of an article that is the whole file."""
        key = file_uri(self.path)
        return Place(self.shown, None, key, key, self.source, self.relative)

    def row(self, number: int, roles: dict[str, list[Named]]) -> Place:
        """The place of a row: its key has the row's id, else a digest of what names it.

        So a row keeps its key where others are put before it.
        """
        row_id = next((line(value) for _, value in roles.get("id", ())), "")
        if not row_id:
            naming = [v for role in ("headline", "published") for _, v in roles.get(role, ())]
            naming = naming or [v for _, v in roles.get("body", ())]
            row_id = hashlib.sha256(repr(naming).encode()).hexdigest()[:16] if naming else ""
        uri, where = file_uri(self.path), f"{self.relative}#{number}"
        return Place(
            self.shown, number, f"{uri}#{row_id or number}", f"{uri}#{number}", self.source, where
        )

    @property
    def title(self) -> str:
        """The file's name made readable: `2025-04-22-korea-us_talks.md` is `Korea us talks`."""
        stem = line(text_path(Path(self.path.stem)))
        words = re.sub(r"^\d{4}-\d\d-\d\d[-_ ]+|[-_]+", " ", stem).split()
        return " ".join(words)[:1].upper() + " ".join(words)[1:] or stem
