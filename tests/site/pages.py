"""Article pages and list pages as the simulated outlets serve them."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape

from tests.site.pieces import Outlet, Piece, State
from tests.site.texts import material


def article_page(outlet: Outlet, piece: Piece, state: State, base: str, place: str) -> str:
    """The whole page; `place` is the path that it names as its canonical one."""
    url, text = base + place, state.text
    paragraphs = [*text.paragraphs, *([outlet.promo] if outlet.promo else [])]
    body = "\n".join(f"<p>{escape(p, quote=False)}</p>" for p in paragraphs)
    head = "\n".join(_dates(outlet, piece, state))
    published = piece.written or piece.published
    return f"""<!DOCTYPE html>
<html lang="{piece.language}"><head><meta charset="{outlet.encoding}">
<title>{escape(text.headline)} | {escape(outlet.name)}</title>
<link rel="canonical" href="{url}">
<meta property="og:title" content="{escape(text.headline)}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{escape(outlet.name)}">
<meta name="author" content="{escape(text.byline)}">
{head}
</head><body>
<div class="cookie-banner" role="dialog"><p>{material(piece.language)["cookie"]}</p></div>
<header><nav><ul><li><a href="/">{escape(outlet.name)}</a></li><li><a href="/about">About</a></li>
<li><a href="/latest.html">Latest</a></li></ul></nav></header>
<main><article>
<h1>{escape(text.headline)}</h1>
<p class="byline">{escape(text.byline)}</p>
{_seen_date(outlet, published)}
<div class="article-body">
{body}
</div>
</article></main>
<aside class="sidebar"><h2>Most read</h2><ul><li>{escape(state.aside) or "Nothing yet"}</li></ul>
</aside>
<footer><p>{escape(outlet.name)}. All rights reserved.</p></footer>
</body></html>
"""


def _dates(outlet: Outlet, piece: Piece, state: State) -> list[str]:
    published = piece.written or piece.published
    if not published:
        return []
    if outlet.dates == "json-ld":
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": state.text.headline,
            "datePublished": published,
            "author": {"@type": "Person", "name": state.text.byline},
            "publisher": {"@type": "Organization", "name": outlet.name},
        } | ({"dateModified": state.updated} if state.updated else {})
        return [f'<script type="application/ld+json">{json.dumps(data)}</script>']
    if outlet.dates == "meta":
        found = [f'<meta property="article:published_time" content="{published}">']
        if state.updated:
            found.append(f'<meta property="article:modified_time" content="{state.updated}">')
        return found
    return []


def _seen_date(outlet: Outlet, published: str) -> str:
    if outlet.dates != "time" or not published:
        return ""
    return f'<time class="published" datetime="{published}">{published[:10]}</time>'


def amp_page(outlet: Outlet, piece: Piece, state: State, base: str, place: str) -> str:
    """The page as AMP has it: less around it, and the canonical URL of the page proper."""
    page = article_page(outlet, piece, state, base, place)
    return page.replace("<html lang", "<html amp lang", 1).replace("<header>", "<header hidden>")


def list_page(outlet: Outlet, links: list[tuple[str, str]], now: datetime) -> str:
    """A page of links, (path, text) each."""
    items = "\n".join(f'<li><h3><a href="{u}">{escape(t)}</a></h3></li>' for u, t in links)
    return f"""<!DOCTYPE html>
<html lang="{outlet.language}"><head><meta charset="{outlet.encoding}">
<title>Latest | {escape(outlet.name)}</title></head><body>
<nav><a href="/about">About us</a> <a href="/contact">Contact</a></nav>
<main><h1>Latest, {now:%B %Y}</h1><ul class="headlines">
{items}
</ul></main></body></html>
"""
