"""Adding and removing sources in a `sources.toml` that people write too: comments stay."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.sources.declared import NAME, declared
from ingest.text import line
from vectorstore import InputError

STARTER = "starter.toml"
"""The ready file for the Korea–US talks, beside this module."""

_HEAD = """# Where this archive's articles come from; docs/sources.md explains every key.
# `dateline sources list` shows them, `dateline sources check` asks each of them.
"""
_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def init(path: Path) -> None:
    """Write the ready file; raises InputError if there is a file already."""
    if path.exists():
        raise InputError(
            f"there is a {path} already: add to it with `dateline sources add URL`, or name "
            "another file with --sources"
        )
    _write(path, (files("ingest.sources") / STARTER).read_text(encoding="utf-8"))


def add(path: Path, name: str, **values: object) -> None:
    """Append a source to the file, which is made if there is none.

    `values` are keys of docs/sources.md; empty ones are left out, and an `every` may be a
    timedelta. Raises InputError, and writes nothing, if the name is taken or the
    declaration makes no sense.
    """
    import tomlkit

    text = _text(path) if path.exists() else _HEAD
    if name in _sources(text, path):
        raise InputError(f"{path} has a source {name!r} already: choose another --name")
    given = {k: v for k, v in values.items() if v not in ("", None, (), [])}
    if isinstance(every := given.get("every"), timedelta):
        given["every"] = format_duration(every)
    made = tomlkit.dumps({"sources": {name: given}}).replace("\n", _line_end(text))
    gap = _line_end(text) * (1 if text.endswith(("\n", "\r\n")) else 2)
    _replace(path, text + gap + made, _sources(text, path) | {name: given})


def add_all(path: Path, made: Mapping[str, Mapping[str, object]], notes: Mapping[str, str]) -> None:
    """Append several sources at once, each below its note as a comment; all or none.

    `made` are the tables by name. Raises InputError, and writes nothing, if one of them makes
    no sense or is there already.
    """
    import tomlkit

    text = _text(path) if path.exists() else _HEAD
    held = _sources(text, path)
    if taken := sorted(held.keys() & made.keys()):
        raise InputError(f"{path} has a source {taken[0]!r} already")
    end = _line_end(text)
    blocks = []
    for name, table in made.items():
        note = line(notes.get(name, ""))
        block = tomlkit.dumps({"sources": {name: dict(table)}})
        blocks.append(f"# {note}\n{block}" if note else block)
    gap = "" if text.endswith("\n") else end
    new = text + gap + "".join(f"\n{block}" for block in blocks).replace("\n", end)
    _replace(path, new, held | {name: dict(table) for name, table in made.items()})


def remove(path: Path, name: str) -> None:
    """Take a source out of the file; raises InputError if it is not in it."""
    import tomlkit

    if not path.exists():
        raise InputError(f"there is no {path}")
    text = _text(path)
    left = _sources(text, path)
    if name not in left:
        raise InputError(f"no source {name!r} in {path}; there are: {', '.join(left) or 'none'}")
    del left[name]
    document = tomlkit.parse(text)
    del document["sources"][name]  # type: ignore[union-attr]
    _replace(path, tomlkit.dumps(document), left)


def name_for(url: str, taken: Collection[str]) -> str:
    """A name for a source of this URL: its host's own part, and a number if that is taken.

    >>> name_for("https://www.whitehouse.gov/news/", ["ustr"])
    'whitehouse'
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    own = labels[0] if len(labels) < 3 or len(labels[0]) > 3 else "-".join(labels[:2])
    if host.replace(".", "").isdigit():
        own = host
    base = re.sub(r"[^a-z0-9._-]+", "-", own.lower()).strip("-._")[:50] or "source"
    name, number = base, 1
    while name in taken or not NAME.fullmatch(name):
        number += 1
        name = f"{base}-{number}"
    return name


def format_duration(length: timedelta) -> str:
    """A length of time as the file has it: `"30m"`, `"2h"`; the inverse of `length`."""
    seconds = int(length.total_seconds())
    unit, size = next((u, s) for u, s in _UNITS if seconds % s == 0)
    return f"{seconds // size}{unit}"


def _text(path: Path) -> str:
    """The file as it stands, its line ends too; raises InputError if it is not text."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not TOML: {error}") from None


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _sources(text: str, path: Path) -> dict[str, Any]:
    """The tables of all sources; raises InputError unless the whole file makes sense."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not TOML: {error}") from None
    declared(data, path)
    return dict(data.get("sources", {}))


def _replace(path: Path, text: str, expected: dict[str, Any]) -> None:
    """Write a new text, if it declares what is expected."""
    if _sources(text, path) != expected:
        raise InputError(f"{path} cannot be edited safely: change it by hand; nothing was changed")
    _write(path, text)


def _write(path: Path, text: str) -> None:
    """Replace the file atomically and durably, with the permissions it had.

    A link stays a link: what it points to is replaced.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(aside).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(aside).unlink()
        raise
