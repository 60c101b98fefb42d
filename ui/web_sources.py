"""The panel beside the chat: one card an article, each with its quotes in their paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatbot import Answer, Citation
from ui.web_text import count_text, dated_text, esc, language_of, paragraphs, safe_url
from vectorstore import Hit, Span, StoredArticle

CONTEXT_CHARS = 700
"""Characters of its paragraph shown on each side of a quote; transcripts have endless ones."""

NEAREST = 3


def sources_html(sections: str) -> str:
    """The panel, with the sections of a conversation's turns."""
    return (
        '<div class="dl-panel-head"><h2 tabindex="-1">Sources</h2>'
        '<button type="button" class="dl-plain dl-close" data-act="close">Close</button></div>'
        f'<div class="dl-sections">{sections or _EMPTY}</div>'
    )


_EMPTY = (
    '<p class="dl-quiet">The articles an answer rests on appear here, '
    "each with the exact words that were quoted.</p>"
)


def section_html(turn: int, answer: Answer, *, waiting: bool) -> str:
    """One turn's cards: its citations by article, or the nearest articles of an abstention."""
    groups = _by_article(answer.citations)
    if answer.abstained:
        inner = _nearest_html(turn, answer.nearest)
    elif groups:
        cards = "".join(_card_html(turn, article, cited) for article, cited in groups)
        inner = f'<p class="dl-quiet">{count_text(len(groups), "article")} cited</p>{cards}'
    elif waiting:
        inner = '<p class="dl-quiet">Looking for sources…</p>'
    else:
        inner = '<p class="dl-quiet">No article was cited.</p>'
    return f'<section class="dl-section" data-turn="{turn}">{inner}</section>'


def _by_article(
    citations: Iterable[Citation],
) -> list[tuple[StoredArticle, list[Citation]]]:
    groups: dict[tuple[str, str], tuple[StoredArticle, list[Citation]]] = {}
    for cited in citations:
        key = (cited.article.id, cited.article.version)
        groups.setdefault(key, (cited.article, []))[1].append(cited)
    return list(groups.values())


def _nearest_html(turn: int, hits: Iterable[Hit]) -> str:
    nearest: dict[str, Hit] = {}
    for hit in hits:
        nearest.setdefault(hit.article.id, hit)
    shown = list(nearest.values())[:NEAREST]
    if not shown:
        return '<p class="dl-quiet">Nothing in the archive comes near this question.</p>'
    cards = "".join(
        _frame(turn, hit.article, (0, 0), _context_html(hit.article, _best_span(hit), mark=False))
        for hit in shown
    )
    return (
        '<h3 class="dl-nearest">Nearest articles</h3><p class="dl-quiet">'
        f"These come closest. They are not an answer.</p>{cards}"
    )


def _best_span(hit: Hit) -> Span:
    if not hit.sentences:
        return hit.start, hit.end
    best = max(hit.sentences, key=lambda sentence: sentence.score)
    return best.start, best.end


def _card_html(turn: int, article: StoredArticle, cited: Sequence[Citation]) -> str:
    quotes = "".join(
        f'<div class="dl-quote" id="{card_id(turn, c.number)}">'
        f'<span class="dl-number" aria-hidden="true">{c.number}</span>'
        f"{_context_html(article, (c.start, c.end), mark=True)}</div>"
        for c in cited
    )
    numbers = ", ".join(str(c.number) for c in cited)
    first = cited[0].start, cited[0].end
    return _frame(turn, article, first, quotes, f'<span class="dl-sr">Citation {numbers}. </span>')


def card_id(turn: int, number: int) -> str:
    """The id of a citation's quote in the panel, which its chips point to."""
    return f"dl-t{turn}-c{number}"


def article_path(article: StoredArticle, span: Span) -> str:
    """Where Dateline itself shows an article with one span marked."""
    return f"/article/{esc(article.id)}/{esc(article.version)}?start={span[0]}&amp;end={span[1]}"


def _frame(turn: int, article: StoredArticle, span: Span, inner: str, label: str = "") -> str:
    return (
        f'<article class="dl-card" data-turn="{turn}" data-article="{esc(article.id)}" '
        f'data-href="{article_path(article, span)}">'
        f"{meta_html(article)}"
        f'<h3 class="dl-headline" lang="{_lang(article)}">'
        f'<button type="button" data-act="card" aria-expanded="false">{label}'
        f"{esc(article.headline) or 'Untitled'}</button></h3>"
        f'{inner}<div class="dl-more">{byline_html(article)}'
        '<div class="dl-full" hidden></div><p class="dl-links">'
        '<button type="button" class="dl-plain" data-act="full" aria-expanded="false">'
        f"Read the whole article</button>{origin_html(article)}</p></div></article>"
    )


def meta_html(article: StoredArticle) -> str:
    """Outlet and dates in one line; an earlier version says that it is one."""
    published = article.published
    when = f'<time datetime="{esc(published.iso)}">' if published else "<span>"
    when += dated_text(published) + ("</time>" if published else "</span>")
    if article.updated and article.updated != published:
        when += f'<span class="dl-updated">updated {dated_text(article.updated)}</span>'
    earlier = "" if article.current else '<span class="dl-updated">an earlier version</span>'
    outlet = esc(article.outlet) or "Outlet unknown"
    return f'<p class="dl-meta"><span class="dl-outlet">{outlet}</span>{when}{earlier}</p>'


def byline_html(article: StoredArticle) -> str:
    """The byline as the outlet gave it, or nothing."""
    if not article.byline:
        return ""
    named = article.byline.lower().startswith(("by ", "기자")) or article.byline.endswith("기자")
    return f'<p class="dl-byline">{"" if named else "By "}{esc(article.byline)}</p>'


def origin_html(article: StoredArticle) -> str:
    """A link to the original, or the path of an article that has none."""
    if link := safe_url(article.url):
        url, host = link
        return (
            f'<a class="dl-origin" href="{esc(url)}" target="_blank" rel="noopener noreferrer">'
            f'Original at {esc(host)}<span class="dl-sr"> (opens a new tab)</span></a>'
        )
    place = article.path or article.url or article.source
    return f'<span class="dl-path">{esc(place)}</span>' if place else ""


def _context_html(article: StoredArticle, span: Span, *, mark: bool) -> str:
    body, (start, end) = article.body, span
    around = [p for p in paragraphs(body) if p[0] < end and p[1] > start]
    low = max(min((p[0] for p in around), default=start), start - CONTEXT_CHARS)
    high = min(max((p[1] for p in around), default=end), end + CONTEXT_CHARS)
    before = ("…" if low and not body[low - 1].isspace() else "") + esc(body[low:start])
    after = esc(body[end:high]) + ("…" if high < len(body) and not body[high].isspace() else "")
    tag = "mark" if mark else "span"
    return (
        f'<p class="dl-context" lang="{_lang(article)}"><span class="dl-around">{before}</span>'
        f"<{tag}>{esc(body[start:end])}</{tag}>"
        f'<span class="dl-around">{after}</span></p>'
    )


def body_html(article: StoredArticle, span: Span | None) -> str:
    """The whole body as paragraphs, with one span marked wherever it runs."""
    low, high = span or (0, 0)
    parts = []
    for start, end in paragraphs(article.body):
        cut_low, cut_high = max(start, low), min(end, high)
        if cut_low >= cut_high:
            parts.append(f"<p>{esc(article.body[start:end])}</p>")
            continue
        marked = f"<mark>{esc(article.body[cut_low:cut_high])}</mark>"
        before, after = article.body[start:cut_low], article.body[cut_high:end]
        parts.append(f"<p>{esc(before)}{marked}{esc(after)}</p>")
    return f'<div class="dl-body" lang="{_lang(article)}">{"".join(parts)}</div>'


def _lang(article: StoredArticle) -> str:
    return language_of(article.headline + article.body[:200], article.language)
