"""What one URL would become, before anything is stored."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ingest.fetch import Client, Reply
from ingest.fields import Draft, Place
from ingest.keys import key_of
from ingest.passages import cut
from ingest.readers.news.article import outcome
from ingest.sandbox import ParseFailed, Sandbox
from ingest.sources import delivered, feed
from ingest.sources.assemble import from_page
from ingest.sources.client import polite
from ingest.sources.declared import Fetching, Source
from ingest.sources.items import Entry
from ingest.sources.local import reading
from ingest.sources.poll import SourceFailed
from ingest.text import line
from ingest.values import Problem
from vectorstore import Article

LINKED = 0.5
"""Share of a text that consists of links from which its page is a list, no article."""

SHORT = 200
"""Characters below which a text alone makes no article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is at a URL: `kind` is page, feed, sitemap or list.

    `entries` are the headlines (or addresses) that a list of any kind announces, `feeds` the
    (URL, title) of those that a page points to. `article` is what a page would become, in so
    many `passages`; None if nothing would be stored.
    """

    url: str
    kind: str
    title: str = ""
    entries: tuple[str, ...] = ()
    feeds: tuple[tuple[str, str], ...] = ()
    article: Article | None = None
    passages: int = 0
    problems: tuple[str, ...] = ()


def preview(
    url: str,
    *,
    settings: Fetching,
    client: Client | None = None,
    sandbox: Sandbox | None = None,
) -> Preview:
    """Fetch one URL and say what it is. Raises FetchError, and SourceFailed for an error page."""
    with ExitStack() as stack:
        client = client or stack.enter_context(polite(settings))
        sandbox = sandbox or stack.enter_context(Sandbox())
        reply = client.get(url)
        if reply.status != 200:
            raise SourceFailed(f"{url} answers {reply.status}")
        if delivered.holds_items(reply):
            return _delivered(sandbox, reply)
        if _may_be_html(reply):
            return _page(sandbox, reply)
        return _announced(sandbox, reply)


def _may_be_html(reply: Reply) -> bool:
    head = reply.body[:2_000].lstrip(b" \t\r\n\0\xef\xbb\xbf").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return True
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"{")):
        return b"<html" in head
    return "html" in reply.content_type.lower() or b"<html" in head


def _delivered(sandbox: Sandbox, reply: Reply) -> Preview:
    """A document of news items: as an article if it is one, else as a feed."""
    source = Source(name="preview", kind="pages", urls=(reply.final_url,))
    try:
        found = list(delivered.entries(sandbox, reply))
    except ParseFailed as error:
        raise SourceFailed(f"{reply.final_url} {error}") from None
    here = Place(reply.final_url, None, reply.final_url, "", "preview", reply.final_url)
    drafts: list[Article] = []
    problems: list[str] = []
    for one in found:
        if one.delivered:
            for came in outcome(one.delivered, here, datetime.now(UTC), reading(source)):
                if isinstance(came, Draft):
                    drafts.append(came.article)
                elif isinstance(came, Problem):
                    problems.append(came.reason)
    lone = drafts[0] if len(found) == len(drafts) == 1 else None
    return Preview(
        url=reply.final_url,
        kind="page" if lone or len(found) == 1 else "feed",
        entries=() if lone else tuple(one.headline for one in found),
        article=lone,
        passages=len(cut(lone.body)) if lone else 0,
        problems=tuple(problems),
    )


def _announced(sandbox: Sandbox, reply: Reply) -> Preview:
    """A feed, else a sitemap, else whatever a page's parser makes of it."""
    try:
        found = _parsed(sandbox, "feed", reply)
    except ParseFailed as no_feed:
        try:
            maps = sandbox.parse("sitemap", reply.body, url=reply.final_url)
        except ParseFailed:
            if b"<" in reply.body[:2_000]:
                return _page(sandbox, reply)
            raise SourceFailed(f"{reply.final_url} {no_feed}") from None
        entries = [p["headline"] or p["url"] for p in maps["pages"]]
        entries += [s["url"] for s in maps["sitemaps"]]
        return Preview(url=reply.final_url, kind="sitemap", entries=tuple(entries))
    return Preview(
        url=reply.final_url,
        kind="feed",
        title=found["title"],
        entries=tuple(entry.headline for entry in feed.parsed_entries(found) if entry.url),
        problems=tuple(found["problems"]),
    )


def _page(sandbox: Sandbox, reply: Reply) -> Preview:
    """An article, or a page that lists some."""
    parsed, links = _parsed(sandbox, "page", reply), _parsed(sandbox, "links", reply)
    url = key_of(reply.permanent_url)
    source = Source(name="preview", kind="pages", urls=(url,))
    own = str(parsed.get("url") or "") or url
    article, problems = from_page(source, Entry(url=url), parsed, own, datetime.now(UTC))
    feeds = tuple((f["url"], str(f.get("title", ""))) for f in links["feeds"])
    if _is_list(reply, parsed, links):
        return Preview(
            url=reply.final_url,
            kind="list",
            title=str(links.get("title") or parsed.get("headline", "")),
            entries=tuple(link["text"] or link["url"] for link in links["links"]),
            feeds=feeds,
        )
    missing = [w for w in ("headline", "body") if not getattr(article, w)]
    problems += [f"has no {'text' if w == 'body' else w}: it would not be stored" for w in missing]
    return Preview(
        url=reply.final_url,
        kind="page",
        feeds=feeds,
        article=None if missing else article,
        passages=0 if missing else len(cut(article.body)),
        problems=tuple(problems),
    )


def _is_list(reply: Reply, parsed: dict[str, Any], links: dict[str, Any]) -> bool:
    """Whether a page only leads to articles: a front page, or one whose text is mostly links."""
    parts = urlsplit(reply.final_url)
    if parts.path in {"", "/"} and not parts.query:
        return True
    body = line(str(parsed.get("body", "")))
    if len(body) < SHORT:
        return len(links["links"]) > 0 and not parsed.get("published")
    texts = {line(link["text"]) for link in links["links"]}
    return sum(len(t) for t in texts if t in body) >= LINKED * len(body)


def _parsed(sandbox: Sandbox, parser: str, reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.parse(
        parser, reply.body, url=reply.final_url, content_type=reply.content_type
    )
    return found
