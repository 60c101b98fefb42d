"""What the simulated outlets announce: RSS 0.91 and 2.0, RDF, Atom, JSON Feed, sitemaps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.site.pieces import Outlet, Piece, State

Told = list[tuple[Piece, State, str]]
"""Pieces in the states that are announced, each under one path."""

TYPES = {
    "rss": "application/rss+xml",
    "rss091": "text/xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "sitemap": "application/xml",
    "list": "text/html",
}


def told(outlet: Outlet, pieces: list[Piece], now: datetime) -> Told:
    """What the outlet announces now, newest first: not what is gone, and no more than fits."""
    here = [
        (piece, state)
        for piece in pieces
        if piece.listed and piece.status(now) == 200 and (state := piece.announced(now))
    ]
    here.sort(key=lambda pair: (pair[0].born, pair[0].name), reverse=True)
    return [
        (piece, state, path)
        for piece, state in here[: outlet.window]
        for path in piece.links or (piece.path,)
    ]


def _rfc(outlet: Outlet, iso: str) -> str:
    if len(iso) == 10:
        return iso
    moment = datetime.fromisoformat(iso)
    written = format_datetime(moment)
    return f"{written[:-5]}{outlet.zone}" if outlet.zone else written


def _date(piece: Piece) -> str:
    return piece.written or piece.published


def _summary(state: State) -> str:
    return state.text.paragraphs[0][:140].rsplit(" ", 1)[0] + " …"


def _html(outlet: Outlet, state: State) -> str:
    parts = [*state.text.paragraphs, *([outlet.promo] if outlet.promo else [])]
    return "".join(f"<p>{escape(p, quote=False)}</p>" for p in parts)


def rss(outlet: Outlet, items: Told, base: str) -> str:
    found = []
    for piece, state, path in items:
        dates = f"<pubDate>{_rfc(outlet, _date(piece))}</pubDate>" if _date(piece) else ""
        if state.updated:
            dates += f"<atom:updated>{state.updated}</atom:updated>"
        found.append(
            f"<item><title>{escape(state.text.headline)}</title><link>{escape(base + path)}</link>"
            f'<guid isPermaLink="false">{piece.guid or piece.name}</guid>{dates}'
            f"<dc:creator>{escape(state.text.byline)}</dc:creator>"
            f"<description>{escape(_summary(state))}</description></item>"
        )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape(outlet.name)}</title><link>{base}/</link>"
        f"<description>News</description><language>{outlet.language}</language>\n"
        + "\n".join(found)
        + "\n</channel></rss>\n"
    )


def rss091(outlet: Outlet, items: Told, base: str) -> str:
    found = "\n".join(
        f"<item><title>{escape(state.text.headline)}</title><link>{escape(base + path)}</link>"
        f"<description>{escape(_summary(state))}</description></item>"
        for _, state, path in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n<rss version="0.91">'
        f"<channel><title>{escape(outlet.name)}</title><link>{base}/</link>"
        f"<description>News</description><language>{outlet.language}</language>\n"
        f"{found}\n</channel></rss>\n"
    )


def rdf(outlet: Outlet, items: Told, base: str) -> str:
    found, seq = [], []
    for piece, state, path in items:
        url = escape(base + path)
        seq.append(f'<rdf:li rdf:resource="{url}"/>')
        found.append(
            f'<item rdf:about="{url}"><title>{escape(state.text.headline)}</title>'
            f"<link>{url}</link><dc:date>{_date(piece)}</dc:date>"
            f"<dc:creator>{escape(state.text.byline)}</dc:creator>"
            f"<description>{escape(_summary(state))}</description></item>"
        )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{base}/"><title>{escape(outlet.name)}</title><link>{base}/</link>'
        f"<description>News</description><dc:language>{outlet.language}</dc:language>"
        f"<items><rdf:Seq>{''.join(seq)}</rdf:Seq></items></channel>\n"
        + "\n".join(found)
        + "\n</rdf:RDF>\n"
    )


def atom(outlet: Outlet, items: Told, base: str) -> str:
    found = []
    for piece, state, path in items:
        dates = f"<published>{_date(piece)}</published>" if _date(piece) else ""
        dates += f"<updated>{state.updated or _date(piece)}</updated>"
        text = f'<summary type="text">{escape(_summary(state))}</summary>'
        if outlet.full:
            text = f'<content type="html">{escape(_html(outlet, state))}</content>'
        found.append(
            f"<entry><title>{escape(state.text.headline)}</title><id>tag:{piece.name}</id>"
            f'<link rel="alternate" href="{escape(base + path)}"/>{dates}'
            f"<author><name>{escape(state.text.byline)}</name></author>{text}</entry>"
        )
    latest = max((_date(p) for p, _, _ in items if _date(p)), default="2026-03-01T00:00:00Z")
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.name)}</title><id>{base}/</id><updated>{latest}</updated>"
        f'<link href="{base}/"/>\n' + "\n".join(found) + "\n</feed>\n"
    )


def json_feed(outlet: Outlet, items: Told, base: str) -> str:
    found = []
    for piece, state, path in items:
        item = {
            "id": piece.guid or piece.name,
            "url": base + path,
            "title": state.text.headline,
            "summary": _summary(state),
            "authors": [{"name": state.text.byline}],
        }
        if _date(piece):
            item["date_published"] = _date(piece)
        if state.updated:
            item["date_modified"] = state.updated
        found.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/",
        "language": outlet.language,
        "items": found,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap(outlet: Outlet, items: Told, base: str) -> str:
    """A news sitemap of these items."""
    found = []
    for piece, state, path in items:
        lastmod = state.updated or _date(piece)
        found.append(
            f"<url><loc>{escape(base + path)}</loc><lastmod>{lastmod}</lastmod><news:news>"
            f"<news:publication><news:name>{escape(outlet.name)}</news:name>"
            f"<news:language>{outlet.language}</news:language></news:publication>"
            f"<news:publication_date>{_date(piece)}</news:publication_date>"
            f"<news:title>{escape(state.text.headline)}</news:title></news:news></url>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'
        + "\n".join(found)
        + "\n</urlset>\n"
    )


def sitemap_index(parts: dict[str, str], base: str) -> str:
    """An index of sitemaps: their paths, and when each last changed."""
    found = "\n".join(
        f"<sitemap><loc>{base}{path}</loc><lastmod>{changed}</lastmod></sitemap>"
        for path, changed in parts.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{found}\n'
        "</sitemapindex>\n"
    )


FEEDS: dict[str, Callable[[Outlet, Told, str], str]] = {
    "rss": rss,
    "rss091": rss091,
    "rdf": rdf,
    "atom": atom,
    "json": json_feed,
}
