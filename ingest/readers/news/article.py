"""A news item as what the archive does with it: an article, a withdrawal, or no article at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest import dates, fields, keys, text
from ingest.fields import Draft, Named, Place
from ingest.parsers.addresses import site
from ingest.parsers.news.item import KINDS, PACKAGE, TEXT, NewsItem
from ingest.readers.file import File
from ingest.reading import Reading
from ingest.values import EMPTY, HELD, Problem, Withdrawal
from vectorstore import Article, Revision
from vectorstore.owners import ANYONE

LONGEST = 100
"""Characters of a version that are kept; they are numbers, as the standards have it."""


def in_file(file: File, item: NewsItem) -> Iterator[Draft | Problem | Withdrawal]:
    """What an item of a file comes to."""
    lone = item.number == 1
    where = file.relative if lone else f"{file.relative}#{item.number}"
    shown = file.shown if lone else f"{file.shown}, item {item.number}"
    spare = f"{file.uri}#{item.number}"
    place = Place(shown, None, identity(item) or _unnamed(file, item), spare, file.source, where)
    yield from outcome(item, place, file.now, file.reading)


def outcome(
    item: NewsItem, place: Place, now: datetime, reading: Reading, address: str = ""
) -> Iterator[Draft | Problem | Withdrawal]:
    """What an item comes to, with what was wrong with its fields.

    `place.key` is its identity, or what names it in its place. `address` is where it was fetched
    from, "" for a file.
    """
    issuers = _issuers(item, reading, address)
    if item.status and (item.kind in {TEXT, PACKAGE} or item.kind not in KINDS.values()):
        yield _withdrawal(item, place, issuers)
    elif kind := _no_article(item, now):
        reason = f"is no article but {_a(kind)}: left out"
        yield Problem(place.shown, place.line, reason, fatal=False, kind=kind)
    else:
        for found in fields.article(
            _roles(item),
            item.body,
            place,
            headline=text.opening(item.body),
            now=now,
            reading=reading,
        ):
            yield (
                replace(found, article=_whole(found.article, item, place, issuers))
                if isinstance(found, Draft)
                else found
            )


def _withdrawal(item: NewsItem, place: Place, issuers: tuple[str, ...]) -> Withdrawal | Problem:
    """The word that an article is withdrawn, by all that may name it; a Problem if nothing does."""
    own = text.line(item.uri)
    if not own:
        reason = f"is {item.status}, but names no item that could be withdrawn"
        return Problem(place.shown, place.line, reason)
    named = filter(None, (identity(item), keys.canonical(item.url)))
    name = "" if item.outlet or _SCHEME.match(own) else own
    status, state = item.status, revision(item)
    return Withdrawal(
        tuple(dict.fromkeys(named)), name, place.shown, place.source, status, state, issuers
    )


def _issuers(item: NewsItem, reading: Reading, address: str) -> tuple[str, ...]:
    """Who says that the item's identity is what it says: the outlet that it is stored under, and
    the site that it came from; anyone, where a file names no outlet."""
    declared = (reading.outlet, item.outlet) if address else (item.outlet, reading.outlet)
    outlet = text.line(next(filter(None, declared), "")).casefold()
    host = urlsplit(address).hostname or ""
    said = tuple(filter(None, (outlet, site(host) if host else "")))
    return said or (ANYONE,)


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

LONG_ENOUGH = 9
"""Characters from which a name without scheme or outlet is taken for one of its own."""


def identity(item: NewsItem) -> str:
    """What names an item for good: its `uri`, in one spelling where it is an address; what is
    no URI is a name within its outlet. "" for a short one without an outlet, as another's may
    have the same."""
    if address := keys.canonical(item.uri):
        return address
    own = text.line(item.uri)
    if not own or _SCHEME.match(own):
        return own
    if item.outlet:
        return f"{item.outlet}#{own}"
    return own if len(own) >= LONG_ENOUGH else ""


def revision(item: NewsItem) -> Revision:
    """Which state of an item this is, as far as it says."""
    return Revision(text.line(item.version)[:LONGEST], dates.parse(item.made) or "")


def _no_article(item: NewsItem, now: datetime) -> str:
    """What an item is that is no article to be kept now, "" if it is one."""
    if item.kind != TEXT:
        return item.kind
    if not item.body:
        return EMPTY
    held = dates.parse(item.embargoed)
    until = datetime.fromisoformat(held) if held else now
    return HELD if (until if until.tzinfo else until.replace(tzinfo=now.tzinfo)) > now else ""


def _a(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeio' else 'a'} {kind}"


def _roles(item: NewsItem) -> dict[str, list[Named]]:
    said = {
        "headline": item.headline,
        "byline": item.byline,
        "outlet": item.outlet,
        "url": keys.canonical(item.url) or keys.canonical(item.uri),
        "language": item.language,
    }
    roles: dict[str, list[Named]] = {role: [(role, v)] for role, v in said.items() if v}
    for role, dated in (("published", item.published), ("updated", item.updated)):
        if dated[1]:
            roles[role] = [dated]
    return roles


def _whole(article: Article, item: NewsItem, place: Place, issuers: tuple[str, ...]) -> Article:
    """The article with what only newsrooms say of it."""
    return replace(
        article,
        key=place.key,
        dateline=text.line(item.dateline)[:400],
        subjects=item.subjects,
        places=item.places,
        revision=revision(item),
        issuers=issuers if identity(item) else (),
    )


def _unnamed(file: File, item: NewsItem) -> str:
    """A key for an item without an identity: by what it says, so that its place may change."""
    naming = "\0".join((item.headline, item.published[1])) if item.headline else item.body
    return f"{file.uri}#{hashlib.sha256(naming.encode()).hexdigest()[:16]}"
