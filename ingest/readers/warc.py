"""Web archives: WARC files, and WACZ files that hold some. Each page in them is an article.

Only what was answered with 200 counts, HTML and the news industry's formats, and of several
captures of one address the last. The other captures are counted by what they are.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

from ingest import fields, keys, text
from ingest.decode import Unreadable
from ingest.fields import Place
from ingest.parsers import news
from ingest.parsers.addresses import is_home
from ingest.parsers.news.item import of_json
from ingest.readers import pages
from ingest.readers.captures import MAX_HEAD, PIECE, Guarded, begin, loaded
from ingest.readers.file import File
from ingest.readers.news.article import identity, outcome
from ingest.readers.packed import unpacked
from ingest.readers.zipped import DAMAGED, members
from ingest.values import OTHER, Problem, Withdrawal

_MAY_HOLD_ITEMS = ("xml", "json", "nitf", "newsml", "text/plain", "octet-stream")
_LISTS = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_MAX_LIST = 50_000_000

Opens = Callable[[], BinaryIO]


FRONT, UNLISTED, REFUSED = "front page", "unlisted page", "answer that is no success"
"""What captures are that give no article; and files of other kinds."""


@dataclass(frozen=True, slots=True)
class _Capture:
    """One capture: its number among the records, address and kind; `items` if it is no HTML but
    may hold news items, `other` what it is if it is no page that was answered with 200."""

    number: int
    url: str
    content_type: str
    items: bool = False
    other: str = ""


def read(file: File) -> Iterator[fields.Draft | Problem | Withdrawal]:
    """The pages of a WARC file; raises Unreadable at what is damaged, after what is before it."""
    yield from _pages(file, [file.open], None)


def read_wacz(file: File) -> Iterator[fields.Draft | Problem | Withdrawal]:
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
        except DAMAGED as error:
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
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict) and isinstance(row.get("url"), str):
                found.add(keys.canonical(row["url"]))
    return found - {""}


def _pages(
    file: File, opens: list[Opens], listed: set[str] | None
) -> Iterator[fields.Draft | Problem | Withdrawal]:
    """The articles of all captures, the last one of each address."""
    faults: list[Unreadable] = []
    last: dict[str, tuple[str, int, int]] = {}
    others, earlier = Counter[str](), 0
    for which, opened in enumerate(opens):
        with _noting(faults):
            for capture, record in _captures(opened):
                key = keys.canonical(capture.url)
                if other := _other(capture, record, key, listed):
                    others[other] += 1
                    continue
                earlier += key in last
                date = record.rec_headers.get_header("WARC-Date") or ""
                last[key] = max(last.get(key, ("", 0, 0)), (date, which, capture.number))
    chosen = {(which, number) for _, which, number in last.values()}
    found = file.pages.parsed(_wanted(opens, chosen, faults=[]))
    for wanted, parsed in found:
        yield from _article(file, wanted.tag, parsed)
    yield from _left_out(file, others, earlier)
    for fault in faults:
        raise fault


def _other(capture: _Capture, record: Any, key: str, listed: set[str] | None) -> str:
    """What a capture is that gives no article, "" if it may give one."""
    if capture.other or not key:
        return capture.other or OTHER
    if is_home(key):
        return FRONT
    if listed is not None and key not in listed:
        return UNLISTED
    return OTHER if capture.items and not news.format_of(begin(record)) else ""


def _left_out(file: File, others: Counter[str], earlier: int) -> Iterator[Problem]:
    """The captures that give no article, by what they are, and those that have a later one."""
    for kind, count in others.items():
        reason = f"holds captures that are no article but a {kind}"
        yield Problem(file.shown, None, reason, fatal=False, kind=kind, entries=count)
    if earlier:
        reason = "holds several captures of some addresses, of which the last counts"
        yield Problem(file.shown, None, reason, fatal=False, duplicate=True, entries=earlier)


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
                    load, size = loaded(record)
                    parser = "news" if capture.items else "page"
                    yield pages.Wanted(
                        capture, load, capture.url, capture.content_type, size, parser
                    )


def _article(
    file: File, capture: _Capture, parsed: pages.Parsed
) -> Iterator[fields.Draft | Problem | Withdrawal]:
    key = keys.canonical(capture.url)
    shown = f"{file.shown}, {text.line(capture.url)[:200]}"
    place = Place(shown, None, key, f"{file.uri}#{key}", file.source, key)
    if isinstance(parsed, Unreadable):
        yield Problem(shown, None, parsed.reason)
    elif isinstance(parsed, OSError):
        raise parsed
    elif capture.items:
        items = [of_json(one) for one in parsed["items"]]
        for item in items:
            if len(items) == 1 and not keys.canonical(item.uri):
                item = replace(item, url=item.url or capture.url)  # noqa: PLW2901
            own = replace(place, key=identity(item) or f"{key}#{item.number}")
            yield from outcome(item, own, file.now, file.reading, capture.url)
    else:
        yield from pages.draft(
            parsed, place, now=file.now, reading=file.reading, title="", url=capture.url
        )


def _captures(opens: Opens) -> Iterator[tuple[_Capture, Any]]:
    """The captures with their records, whose payload may be read now."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with closing(opens()) as stream:
        guarded = Guarded(stream)
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
            if capture := _captured(record, number):
                yield capture, record
            while record.raw_stream.read(PIECE):  # what is left of it, here and not in next()
                pass


def _captured(record: Any, number: int) -> _Capture | None:
    """The capture that a record is; None if it only says something of one."""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    headers = record.http_headers
    if record.rec_type == "response" and headers is not None:
        if headers.get_statuscode() != "200":
            return _Capture(number, url, "", other=REFUSED)
        kind = headers.get_header("Content-Type") or ""
    elif record.rec_type == "resource":
        kind = record.content_type or ""
    else:
        return None
    low = kind.lower()
    items = "html" not in low
    other = "" if not items or any(name in low for name in _MAY_HOLD_ITEMS) else OTHER
    return _Capture(number, url, kind[:200], items, other)
