"""Web archives: WARC files, and WACZ files that hold some. Each page in them is an article.

Only HTML that was answered with 200 counts, and of several captures of one address the last.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from ingest import fields, keys, text
from ingest.decode import Unreadable
from ingest.fetch.body import BodyBroken, BodyTooBig
from ingest.fetch.body import read as inflated
from ingest.fields import Place
from ingest.parsers.addresses import is_home
from ingest.parsers.html import MAX_BYTES
from ingest.readers import pages
from ingest.readers.file import File
from ingest.readers.packed import unpacked
from ingest.readers.zipped import members
from ingest.values import Problem

MAX_HEAD = 2_000_000
"""Bytes that the headers of one record may take."""

_PIECE = 1 << 16
_LISTS = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_MAX_LIST = 50_000_000

Opens = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class _Capture:
    """One page as it was captured: its number among the records, address and kind."""

    number: int
    url: str
    content_type: str


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The pages of a WARC file; raises Unreadable at what is damaged, after what is before it."""
    yield from _pages(file, [file.open], None)


def read_wacz(file: File) -> Iterator[fields.Draft | Problem]:
    """The pages of a WACZ file: those it lists as pages, or all if it lists none."""
    with closing(file.open()) as opened:
        if not opened.seekable():
            raise Unreadable("is a packed WACZ file: unpack it first")
        archive = members(opened)
        names = [n for n in archive.namelist() if n.startswith("archive/")]
        warcs = [n for n in names if n.endswith((".warc", ".warc.gz"))]
        if not warcs:
            raise Unreadable("is a ZIP file without WARC files in archive/, so no WACZ")
        try:
            listed = _listed(archive)
            yield from _pages(file, [_member(archive, name) for name in warcs], listed or None)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
            raise Unreadable(f"is WACZ but damaged: {text.line(str(error))[:120]}") from error


def _member(archive: zipfile.ZipFile, name: str) -> Opens:
    def opens() -> BinaryIO:
        stream = cast(BinaryIO, archive.open(name))
        return unpacked(stream, ".gz") if name.endswith(".gz") else stream

    return opens


def _listed(archive: zipfile.ZipFile) -> set[str]:
    """The addresses that a WACZ names as its pages, for readers to begin with."""
    found: set[str] = set()
    for name in _LISTS:
        if name not in archive.namelist() or archive.getinfo(name).file_size > _MAX_LIST:
            continue
        for line in archive.read(name).splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and isinstance(row.get("url"), str):
                found.add(keys.canonical(row["url"]))
    return found - {""}


def _pages(
    file: File, opens: list[Opens], listed: set[str] | None
) -> Iterator[fields.Draft | Problem]:
    """The articles of all captures, the last one of each address."""
    faults: list[Unreadable] = []
    last: dict[str, tuple[str, int, int]] = {}
    for which, opened in enumerate(opens):
        with _noting(faults):
            for capture, record in _captures(opened):
                key = keys.canonical(capture.url)
                if not key or is_home(key) or (listed is not None and key not in listed):
                    continue
                date = record.rec_headers.get_header("WARC-Date") or ""
                last[key] = max(last.get(key, ("", 0, 0)), (date, which, capture.number))
    chosen = {(which, number) for _, which, number in last.values()}
    found = file.pages.parsed(_wanted(opens, chosen, faults=[]))
    for wanted, parsed in found:
        yield from _article(file, wanted.tag, parsed)
    for fault in faults:
        raise fault


class _noting:  # noqa: N801
    """Keeps an Unreadable for later, so that what was read before it is used."""

    def __init__(self, faults: list[Unreadable]) -> None:
        self._faults = faults

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        if isinstance(error, Unreadable):
            self._faults.append(error)
            return True
        return False


def _wanted(
    opens: list[Opens], chosen: set[tuple[int, int]], faults: list[Unreadable]
) -> Iterator[pages.Wanted[_Capture]]:
    for which, opened in enumerate(opens):
        with _noting(faults):
            for capture, record in _captures(opened):
                if (which, capture.number) in chosen:
                    load, size = _loaded(record)
                    yield pages.Wanted(capture, load, capture.url, capture.content_type, size)


def _article(
    file: File, capture: _Capture, parsed: pages.Parsed
) -> Iterator[fields.Draft | Problem]:
    key = keys.canonical(capture.url)
    shown = f"{file.shown}, {text.line(capture.url)[:200]}"
    place = Place(shown, None, key, f"{file.uri}#{key}", file.source, key)
    if isinstance(parsed, Unreadable):
        yield Problem(shown, None, parsed.reason)
    elif isinstance(parsed, OSError):
        raise parsed
    else:
        yield from pages.draft(
            parsed, place, now=file.now, reading=file.reading, title="", url=capture.url
        )


def _captures(opens: Opens) -> Iterator[tuple[_Capture, Any]]:
    """The HTML pages answered with 200, with their records, whose payload may be read now."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with closing(opens()) as stream:
        guarded = _Guarded(stream)
        records = ArchiveIterator(guarded)
        number = 0
        while True:
            guarded.allow(MAX_HEAD)
            try:
                record = next(records, None)
            except (ArchiveLoadFailed, ValueError, EOFError, UnicodeError) as error:
                raise Unreadable(
                    f"is no WARC file from record {number + 1:,} on: {text.line(str(error))[:120]}"
                ) from error
            if record is None:
                if not number:
                    raise Unreadable("is no WARC file: it holds no record")
                return
            guarded.allow(None)
            if record.format != "warc" or not record.rec_type:
                raise Unreadable(f"is no WARC file from record {number + 1:,} on")
            number += 1
            if capture := _html(record, number):
                yield capture, record
            while record.raw_stream.read(_PIECE):  # what is left of it, here and not in next()
                pass


def _html(record: Any, number: int) -> _Capture | None:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    headers = record.http_headers
    if record.rec_type == "response" and headers is not None:
        if headers.get_statuscode() != "200":
            return None
        kind = headers.get_header("Content-Type") or ""
    elif record.rec_type == "resource":
        kind = record.content_type or ""
    else:
        return None
    if "html" not in kind.lower():
        return None
    return _Capture(number, url.strip("<>"), kind[:200])


def _loaded(record: Any) -> tuple[Callable[[], bytes], int]:
    """A page's bytes, read now (the stream goes on), and how many; or why there are none.

    Not by warcio's own decoding, which inflates without a bound.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    coding = (headers.get_header("Content-Encoding") or "") if headers else ""
    chunked = headers is not None and headers.get_header("Transfer-Encoding") == "chunked"
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    pieces = iter(lambda: stream.read(_PIECE), b"")
    try:
        data = inflated(pieces, coding, compressed=MAX_BYTES, inflated=MAX_BYTES)
    except (BodyTooBig, BodyBroken, ValueError) as error:
        return _failing(f"its body cannot be used: {error}"), 0
    return (lambda: data), len(data)


def _failing(reason: str) -> Callable[[], bytes]:
    def load() -> bytes:
        raise Unreadable(reason)

    return load


class _Guarded(io.RawIOBase):
    """A stream that gives no more bytes than allowed: headers end, whatever a file claims."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left: int | None = None

    def allow(self, count: int | None) -> None:
        """So many bytes from here on; None: no limit."""
        self._left = count

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read1(size)  # type: ignore[attr-defined]  # all before damage
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise Unreadable(f"has a record whose headers are over {MAX_HEAD:,} bytes")
        return data
