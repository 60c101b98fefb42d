"""Files and folders to articles: what is there, what is read, and what is wrong with it."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from ingest.decode import Unreadable
from ingest.fields import Draft
from ingest.identity import IdentityResolver
from ingest.keys import file_uri, text_path
from ingest.readers import PAGES, READABLE, READERS, ROWS, File, format_of, html, parquet
from ingest.readers.pages import Pages
from ingest.readers.stdin import spooled
from ingest.reading import AS_GUESSED, Reading
from ingest.values import OTHER, Problem, Withdrawal
from vectorstore import Article

STANDARD_INPUT = "-"
"""The path that means standard input."""

_CHUNK = 1 << 20


@dataclass(slots=True)
class Listing:
    """What there is to read: the files in order, how many articles they may hold (for
    progress), problems met on the way, and how many files are of kinds that are not read. `roots`
    are the files and folders that were named, as they are shown, each with its source."""

    files: list[File] = field(default_factory=list)
    expected: int = 0
    problems: list[Problem] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    roots: dict[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> Iterator[Problem]:
        """The problems, and for each root its files of other kinds, which are counted."""
        yield from self.problems
        for root, count in self.others.items():
            reason = "holds files of kinds that are not read"
            yield Problem(root, None, reason, fatal=False, kind=OTHER, entries=count)

    def source_of(self, shown: str) -> str:
        """The source of what was read at a path, as problems show it."""
        for root, source in self.roots.items():
            if shown == root or shown.startswith((f"{root.rstrip('/')}/", f"{root}, ")):
                return source
        return self.roots.get(".") or next(iter(self.roots.values()))


def listing(
    paths: Iterable[Path | str], *, now: datetime | None = None, reading: Reading = AS_GUESSED
) -> Listing:
    """The files under these files and folders, in sorted order, each once, to be read as
    `reading` says; `-` is standard input, which is read to its end here.

    Hidden files and folders are passed over. Only regular files are ever opened: no pipes, no
    devices. A link is followed, a loop of links is not.
    """
    found, seen, pages = Listing(), set[str](), Pages()
    clock = now or datetime.now(UTC)
    for named in map(Path, dict.fromkeys(map(str, paths))):
        if str(named) == STANDARD_INPUT:
            found.files.append(spooled(clock, pages, reading))
            found.expected += _rows_in(found.files[-1])
            found.roots[found.files[-1].shown] = found.files[-1].source
            continue
        root = named if named.is_dir() else named.parent
        found.roots[text_path(named)] = file_uri(named)
        for path, kind, packing in _walk(named, found):
            real = os.path.realpath(path)
            if real in seen:
                continue
            seen.add(real)
            relative = text_path(path.relative_to(root))
            file = File(path, file_uri(named), relative, clock, kind, packing, reading, None, pages)
            found.files.append(file)
            found.expected += _rows_in(file)
    return found


def _walk(named: Path, found: Listing) -> Iterator[tuple[Path, str, str]]:
    """The readable files at or below a path, with their kinds and packings; what else is there
    goes into the listing."""
    waiting, folders = [named], set[tuple[int, int]]()
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) not in folders:
                    folders.add((status.st_dev, status.st_ino))
                    names = sorted(n for n in os.listdir(path) if not n.startswith("."))
                    waiting.extend(path / name for name in reversed(names))
                continue
        except OSError as error:
            found.problems.append(Problem(text_path(path), None, _reason(error, path)))
            continue
        kind, packing = format_of(path) if stat.S_ISREG(status.st_mode) else ("", "")
        if kind in READERS:
            yield path, kind, packing
        elif path is named:
            reason = f"is of a kind that is not read (read are {', '.join(READABLE)})"
            found.problems.append(Problem(text_path(path), None, reason))
        else:
            found.others[text_path(named)] += 1


def _reason(error: OSError, path: Path) -> str:
    what = error.strerror or str(error)
    if path.is_symlink():
        return f"is a link that leads nowhere ({what})"
    return f"cannot be read: {what}"


def _rows_in(file: File) -> int:
    """How many articles a file may hold: lines of JSON Lines and CSV, rows of Parquet, else one."""
    if file.kind not in {*ROWS, ".parquet"}:
        return 1
    count = 0
    try:
        if file.kind == ".parquet":
            return 1 if file.packing else max(1, parquet.count(file.path))
        with file.open() as opened:
            while data := opened.read(_CHUNK):
                count += data.count(b"\n")
    except (OSError, Unreadable):
        return 1  # reported when it is read
    return max(1, count)


def read(files: Sequence[File]) -> Iterator[Article | Problem | Withdrawal]:
    """The articles in these files, and what was wrong, in order and one at a time.

    An article whose URL another one of this run has already, with other text, gets its file
    URI as its key; with the same text it is left out. Either is reported (`fatal=False`). One
    whose newsroom counts its states is a state of the other.
    """
    identities = IdentityResolver()
    with ExitStack() as ending:
        for pages in {id(file.pages): file.pages for file in files}.values():
            ending.callback(pages.close)
        for file, items in drafts(files):
            yield from identities.resolve((file, item) for item in guarded(file, items))


def drafts(
    files: Iterable[File],
) -> Iterator[tuple[File, Iterator[Draft | Problem | Withdrawal]]]:
    """Each file with what is read in it, in order; the next saved pages are parsed meanwhile.

    What is iterated over may raise Unreadable and OSError, for its file: see `guarded`.
    """
    for saved, group in groupby(files, key=lambda file: file.kind in PAGES):
        if saved:
            yield from html.read_all(group)
        else:
            for file in group:
                yield file, READERS[file.kind](file)


def articles(paths: Iterable[Path | str]) -> Iterator[Article | Problem | Withdrawal]:
    """The articles in files and folders, and what was wrong with some: `listing`, then `read`."""
    found = listing(paths)
    yield from found.left_out
    yield from read(found.files)


def guarded(
    file: File, items: Iterator[Draft | Problem | Withdrawal]
) -> Iterator[Draft | Problem | Withdrawal]:
    """A file's items; a Problem in place of what reading it raises."""
    try:
        yield from items
    except Unreadable as error:
        yield Problem(file.shown, error.line, error.reason)
    except OSError as error:
        yield Problem(file.shown, None, _reason(error, file.path))
