"""Articles whose addresses have changed: found by what names them in their source, or by text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.keys import key_of
from ingest.parsers.wording import fold, weight
from ingest.sources.assemble import SHORT, same_text
from ingest.sources.items import Entry
from ingest.sources.visit import Visit
from vectorstore import Article, Page, StoredArticle

ALIKE = 0.8
"""Share of the words of two texts that both have, from which they are one article if they have
one headline and one day: what an outlet prints daily under one headline has other words."""

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")

Known = Article | StoredArticle


def previous_article(visit: Visit, entry: Entry, article: Article) -> Known | None:
    """The article that the source had before at another address, None if there is none.

    It has the same id in the feed and most of its words; or the same headline, day and text.
    """
    for known in _by_guid(visit, entry):
        if known.id != article.id and same_text(known.body, article.body):
            return known
    for known in _by_headline(visit, article):
        if known.id != article.id and _same_day(known, article) and _alike(known, article):
            return known
    return None


def still_announced(visit: Visit, known: Known) -> bool:
    """Whether the source still has an article at the address where it was."""
    address = key_of(known.url) if known.url else ""
    return address in visit.counting.listed or known.id in visit.counting.articles


def abandoned_pages(visit: Visit, known: Known, url: str) -> Iterator[Page]:
    """The pages at which an article stood before: they are not looked at any more."""
    for page in visit.pages.values():
        if page.article == known.id and page.url != url:
            yield replace(page, next_check=None, missed=0)


def remember(visit: Visit, entry: Entry) -> None:
    """Keep which article an entry's id names."""
    if entry.guid and (article := visit.page(entry.url).article):
        named = visit.state.setdefault("guids", {})
        named.pop(entry.guid, None)
        named[entry.guid] = article


def _by_guid(visit: Visit, entry: Entry) -> Iterator[Known]:
    named = visit.state.get("guids", {}).get(entry.guid, "") if entry.guid else ""
    if named and (known := _known(visit, named)):
        yield known


def _by_headline(visit: Visit, article: Article) -> Iterator[Known]:
    name = fold(article.headline)
    if visit.headlines is None:
        visit.headlines = {}
        for id_, headline in visit.archive.headlines(visit.source.name):
            visit.headlines.setdefault(fold(headline), []).append(id_)
    here = (one.id for one in visit.read.values() if fold(one.headline) == name)
    for found in dict.fromkeys([*visit.headlines.get(name, []), *here] if name else []):
        if one := _known(visit, found):
            yield one


def _known(visit: Visit, article: str) -> Known | None:
    if article in visit.read:
        return visit.read[article]
    try:
        return visit.archive.article(article)
    except KeyError:
        return None


def _same_day(one: Known, other: Known) -> bool:
    a, b = one.published, other.published
    return (a and a.day) == (b and b.day)


def _alike(one: Known, other: Known) -> bool:
    if one.body == other.body:
        return True
    if min(weight(one.body), weight(other.body)) < SHORT:
        return False
    if not (one.published and other.published):
        return False
    a, b = (set(_WORD.findall(text.body.lower())) for text in (one, other))
    if {w for w in a if _DIGIT.search(w)} != {w for w in b if _DIGIT.search(w)}:
        return False  # two notices of one form
    return len(a & b) >= ALIKE * len(a | b)
