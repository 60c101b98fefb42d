"""The seal of the lexical index: how far it reaches, and what its files were when written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vectorstore.durable import Stamps, digests, write_json

FORMAT = 4
"""Of the index's fields; one of another format is written anew from the ledger."""


class LexicalSeal:
    """The JSON file beside the lexical index in a folder.

    It holds the index's `format`, the sequence number `seq` that it reaches, the digests of its
    `files`, how many passages in it are `dead`, and how many bytes of the words' lines count
    (`more`).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder.with_name(f"{folder.name}.json")

    def read(self) -> dict[str, Any]:
        """What the seal says; that of an empty index if it is not there, cannot be read, or is of
        another format."""
        loaded: dict[str, Any]
        try:
            loaded = json.loads(self._path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            loaded = {}
        if loaded.get("format") != FORMAT:
            return {"seq": 0, "files": {}, "dead": 0, "more": 0}
        return {"dead": 1, "more": 0} | loaded  # Dateline 0.1 did not count them: there may be some

    def write(self, *, seq: int, files: dict[str, str], dead: int, more: int) -> None:
        """Seal what was written."""
        state = {"format": FORMAT, "seq": seq, "files": files, "dead": dead, "more": more}
        write_json(self._path, state)

    def written(self) -> int:
        """When it was written, in nanoseconds; 0 if it is not there."""
        return self._path.stat().st_mtime_ns if self._path.exists() else 0

    def of_another_format(self) -> bool:
        """Whether there is a seal, of an index in a form that this release does not read."""
        try:
            return bool(json.loads(self._path.read_text("utf-8")).get("format") != FORMAT)
        except (FileNotFoundError, ValueError, AttributeError):
            return False

    def files(self, *, thorough: bool) -> dict[str, str]:
        """The digests of the index's files as they are; if not `thorough`, only what was touched
        since it was looked at is read."""
        if thorough:
            found = digests(self._folder)
        else:
            stamps = Stamps(self._folder.with_name(f"{self._folder.name}-stamps.json"))
            found = stamps.digests(self._folder)
        return {name: digest for name, digest in found.items() if not name.endswith(".lock")}

    def clear(self) -> None:
        """Break the seal: there is no index."""
        self._path.unlink(missing_ok=True)
