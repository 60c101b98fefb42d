"""What the command line shows of a URL before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.console.output import err, one_line, out, plain

if TYPE_CHECKING:
    from ingest.collect import Preview
    from vectorstore import Article, Dated

BODY_SHOWN, ENTRIES_SHOWN, FEEDS_SHOWN = 600, 10, 5
"""Characters of a body, and lines of a list, that are shown."""

_KINDS = {
    "feed": "a feed",
    "sitemap": "a sitemap",
    "list": "a page that lists articles",
    "page": "an article",
}


def show_preview(found: Preview) -> None:
    """What is at a URL: a list's first entries and feeds, or the article it would become."""
    out.print(f"{found.url} is {_KINDS.get(found.kind, found.kind)}", markup=False, style="bold")
    if found.title:
        out.print(f"{'title':12} {one_line(found.title)}", markup=False)
    if found.kind != "page":
        out.print(f"{'entries':12} {len(found.entries):,}")
    for headline in found.entries[:ENTRIES_SHOWN]:
        out.print(f"  {one_line(headline) or '--missing headline--'}", markup=False)
    for url, title in found.feeds[:FEEDS_SHOWN]:
        out.print(f"{'feed':12} {one_line(f'{url} {title}')}", markup=False)
    if found.article:
        show_article(found.article, found.passages)
    for problem in found.problems:
        err.print(one_line(str(problem)), markup=False)
    if found.kind == "page" and found.article is None:
        err.print("Nothing would be stored: no article was found there.")


def show_article(article: Article, passages: int) -> None:
    """A card of the article that a page would become; what is missing is said."""
    rows = {
        "headline": article.headline,
        "outlet": article.outlet,
        "byline": article.byline,
        "language": article.language,
        "published": _date(article.published),
        "updated": _date(article.updated),
        "URL": article.url,
        "passages": f"{passages:,}",
    }
    if article.partial:
        rows["text"] = "in part: the rest is behind a gate"
    for name, value in rows.items():
        out.print(f"{name:12} {one_line(value) or f'--missing {name}--'}", markup=False)
    out.print()
    body = plain(article.body)
    more = f" … ({len(body):,} characters)" if len(body) > BODY_SHOWN else ""
    out.print((body[:BODY_SHOWN] or "--missing body--") + more, markup=False)


def _date(date: Dated | None) -> str:
    return f"{date.iso} (found in: {date.found})" if date else ""
