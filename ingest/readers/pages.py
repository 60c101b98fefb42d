"""Saved web pages, parsed in the sandbox's children a few ahead of where they are used.

So a run's two costs overlap: while the pages read so far are embedded, the next are parsed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ingest import fields, keys, text
from ingest.decode import Unreadable
from ingest.fields import Draft, Named, Place
from ingest.reading import Reading
from ingest.sandbox import WORKERS, ParseFailed, Sandbox
from ingest.values import Problem

if TYPE_CHECKING:
    from datetime import datetime

AHEAD = 64
"""Pages parsed before they are asked for: about what is embedded at once (256 passages)."""

AHEAD_BYTES = 32_000_000
"""Bytes of pages that wait to be parsed, where they are held in memory."""

Tag = TypeVar("Tag")
Parsed = dict[str, Any] | Unreadable | OSError


@dataclass(frozen=True, slots=True)
class Wanted(Generic[Tag]):
    """A page to parse: `load` gives its bytes, `size` how many of them are held already,
    `tag` says whose it is, and `parser` what reads it."""

    tag: Tag
    load: Callable[[], bytes]
    url: str = ""
    content_type: str = ""
    size: int = 0
    parser: str = "page"


class Pages:
    """A sandbox that starts with the first page, and may be used again after `close`."""

    def __init__(self) -> None:
        self._sandbox: Sandbox | None = None
        self._threads: ThreadPoolExecutor | None = None

    def parsed(self, wanted: Iterable[Wanted[Tag]]) -> Iterator[tuple[Wanted[Tag], Parsed]]:
        """Each page with what `parsers.page` found in it, or why there is nothing; in order."""
        waiting: deque[tuple[Wanted[Tag], Future[Parsed]]] = deque()
        held = 0
        for page in wanted:
            waiting.append((page, self._started().submit(self._parse, page)))
            held += page.size
            while len(waiting) > AHEAD or held > AHEAD_BYTES:
                first, future = waiting.popleft()
                held -= first.size
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()

    def document(self, parser: str, data: bytes, **options: int) -> dict[str, Any]:
        """What a parser of `ingest.parsers` found in one document; raises Unreadable."""
        self._started()
        assert self._sandbox is not None  # noqa: S101  it was started just now
        try:
            found: dict[str, Any] = self._sandbox.parse(parser, data, **options)
        except (ParseFailed, ValueError) as error:  # ValueError: closed meanwhile
            raise Unreadable(str(error)) from error
        return found

    def close(self) -> None:
        """End the children, and whatever they are at."""
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)
        if self._sandbox:
            self._sandbox.close()
        self._threads = self._sandbox = None

    def _started(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._sandbox = Sandbox(workers=WORKERS)
            self._threads = ThreadPoolExecutor(WORKERS, "pages")
        return self._threads

    def _parse(self, page: Wanted[Tag]) -> Parsed:
        sandbox = self._sandbox
        try:
            data = page.load()
            if sandbox is None:
                return Unreadable("was not read any more: the run has ended")
            found: dict[str, Any] = sandbox.parse(
                page.parser, data, url=page.url, content_type=page.content_type
            )
        except (Unreadable, OSError) as error:
            return error
        except (ParseFailed, ValueError) as error:  # ValueError: closed meanwhile
            return Unreadable(str(error))
        return found


def draft(  # noqa: PLR0913
    page: dict[str, Any],
    place: Place,
    *,
    now: datetime,
    reading: Reading,
    title: str,
    url: str = "",
) -> Iterator[Draft | Problem]:
    """The article of a parsed page. `title` heads it if it has no headline of its own; `url`
    is where it was found, for a page that does not say where it belongs."""
    if not page["body"]:
        yield Problem(place.shown, place.line, "has no text of an article: left out")
        return
    roles: dict[str, list[Named]] = {
        role: [("page", page[role])]
        for role in ("headline", "byline", "outlet", "url", "language")
        if page[role]
    }
    if "url" not in roles and keys.canonical(url):
        roles["url"] = [("page", url)]
    for role in ("published", "updated"):
        if date := page[role]:
            roles[role] = [(date["found"], date["value"])]
    title = title or text.opening(page["body"])
    for made in fields.article(
        roles, page["body"], place, headline=title, now=now, reading=reading
    ):
        if isinstance(made, Draft):
            yield replace(made, article=replace(made.article, partial=page["partial"]))
        else:
            yield made
