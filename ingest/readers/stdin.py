"""Standard input: kept in a temporary file, and its kind found by its content."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import fields
from ingest.decode import Unreadable
from ingest.readers.documents.kinds import kind_of as kind_of_document
from ingest.readers.file import STDIN, File
from ingest.readers.kinds import kind_by_content
from ingest.readers.packed import open_packed, packing_of
from ingest.readers.zipped import DAMAGED
from ingest.reading import AS_GUESSED, Reading

if TYPE_CHECKING:
    from ingest.readers.pages import Pages

_HEAD = 64_000
_MAGIC = ((b"PAR1", ".parquet"), (b"WARC/", ".warc"))
_HTML = re.compile(r"(?i)<!doctype html|<html\b|<head\b|<body\b|<!--")


def spooled(now: datetime, pages: Pages, reading: Reading = AS_GUESSED) -> File:
    """What comes by standard input, read to its end. Its file vanishes with the result."""
    spool = tempfile.NamedTemporaryFile(prefix="dateline-")  # noqa: SIM115
    shutil.copyfileobj(sys.stdin.buffer, spool)
    spool.flush()
    path = Path(spool.name)
    with path.open("rb") as opened:
        packing = packing_of(opened.read(8))
    kind = kind_of(path, packing, reading)
    return File(path, STDIN, STDIN, now, kind, packing, reading, spool, pages)


def kind_of(path: Path, packing: str, reading: Reading = AS_GUESSED) -> str:
    """The ending that says how a file is read, by how it begins; `.txt` if nothing else fits."""
    try:
        with open_packed(path, packing) as opened:
            head = opened.read(_HEAD)
    except Unreadable:  # told when it is read
        return ".txt"
    if found := kind_of_document(head) or _by_magic(head, path) or kind_by_content(head):
        return found
    start = head.decode("utf-8-sig", "ignore").lstrip()
    first, _, rest = start.partition("\n")
    if start[:1] in {"{", "["}:
        return ".jsonl" if _is_row(first) and rest.lstrip()[:1] in {"{", ""} else ".json"
    if _HTML.match(start):
        return ".html"
    if first.strip() == "---" or first.startswith("# "):
        return ".md"
    return ".csv" if _names_columns(first, reading) else ".txt"


def _by_magic(head: bytes, path: Path) -> str:
    if head.startswith(b"PK\x03\x04"):
        return ".wacz" if _holds_warcs(path) else ".zip"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def _holds_warcs(path: Path) -> bool:
    """Whether a ZIP file is a web archive; one that is damaged is told as such when it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("archive/") for name in archive.namelist())
    except (*DAMAGED, OSError):
        return True


def _is_row(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _names_columns(line: str, reading: Reading) -> bool:
    """Whether a first line names the columns of a table: the text, and something else."""
    for delimiter in ",;\t|":
        try:
            names = next(csv.reader([line[:10_000]], delimiter=delimiter), [])
        except csv.Error:  # it holds a `\r`
            return False
        roles = {fields.role_of(name) for name in names} - {None}
        if len(roles) > 1 and "body" in roles:
            return True
        if reading.columns.get("body") in names and len(names) > 1:
            return True
    return False
