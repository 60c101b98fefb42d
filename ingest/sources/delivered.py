"""Addresses that answer with a document of news items: each is read from there, not fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.fetch import Reply
from ingest.fields import Draft, Place
from ingest.keys import canonical, key_of
from ingest.parsers import news
from ingest.parsers.news.item import NewsItem, of_json
from ingest.readers.news.article import identity, outcome
from ingest.sandbox import Sandbox
from ingest.sources.counting import WITHDREW
from ingest.sources.items import Entry, Item, Read
from ingest.sources.local import reading
from ingest.sources.visit import Visit
from ingest.values import HELD, Problem, Withdrawal
from vectorstore import Article


def holds_items(reply: Reply) -> bool:
    """Whether a body is of one of the news industry's formats, whatever its type says."""
    return bool(news.format_of(reply.body[: news.HEAD]))


def entries(sandbox: Sandbox, reply: Reply) -> Iterator[Entry]:
    """The items of a document, each with all that it says; raises ParseFailed."""
    found = sandbox.parse("news", reply.body, url=reply.final_url, content_type=reply.content_type)
    items = [of_json(fields) for fields in found["items"]]
    here = key_of(reply.permanent_url)
    for item in items:
        if len(items) == 1 and not canonical(item.uri):
            item = replace(item, url=item.url or here)  # noqa: PLW2901
        yield Entry(
            url=key_of(item.url or canonical(item.uri) or here),
            headline=item.headline,
            published=item.published[1],
            updated=item.updated[1],
            delivered=item,
        )


def items(visit: Visit, entry: Entry, item: NewsItem) -> Iterator[Item]:
    """What an item of a document comes to: one outcome, with what is told of it. Whoever takes
    them ends the item in the visit's counting."""
    spare = f"{entry.url}#{item.number}"
    place = Place(entry.url, None, identity(item) or spare, spare, visit.source.name, entry.url)
    address = next(iter(visit.source.urls), "")
    for found in outcome(item, place, visit.now, reading(visit.source), address):
        if isinstance(found, Withdrawal):
            visit.counting.remark(WITHDREW, found.path)
        elif isinstance(found, Problem) and found.kind == HELD:
            visit.complete = False  # so that the next run sees it though nothing has changed
        yield Read(_owned(found.article, visit)) if isinstance(found, Draft) else found


def _owned(article: Article, visit: Visit) -> Article:
    """The article as an article page's would be: the declared outlet wins."""
    return replace(article, outlet=visit.source.outlet or article.outlet)
