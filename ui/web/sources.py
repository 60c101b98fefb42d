"""The panel beside the chat: one card an article, each with its quotes in their paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatbot import Answer, Citation
from ui.web.reader import article_path, lang_of, meta_html
from ui.wording.text import esc, paragraphs
from ui.wording.words import Words
from vectorstore import Hit, Span, StoredArticle

CONTEXT_CHARS = 700
"""Characters of its paragraph shown on each side of a quote; transcripts have endless ones."""

NEAREST = 3


def panel_html(w: Words) -> str:
    """The panel, where the page puts the sections of a conversation's turns."""
    return (
        f'<div class="dl-panel-head"><h2 tabindex="-1">{w("panel")}</h2>'
        f'<button type="button" class="dl-plain dl-close" data-act="close">{w("close")}</button>'
        f'</div><div id="dl-cards"></div><p class="dl-quiet">{w("panel_empty")}</p>'
    )


def section_html(turn: int, answer: Answer, w: Words, *, waiting: bool, events: str = "") -> str:
    """One turn's cards: its citations by article; the nearest articles of an abstention, and
    what was found while it is read.

    `events` is what stands under the cards.
    """
    groups = _by_article(answer.citations)
    if answer.abstained:
        inner = _nearest_html(turn, answer.nearest, w)
    elif groups:
        cards = "".join(_card_html(turn, article, cited, w) for article, cited in groups)
        inner = f'<p class="dl-quiet">{w.count("cited", len(groups))}</p>{cards}'
    elif waiting and answer.nearest:
        inner = _nearest_html(turn, answer.nearest, w, "found_while_reading", "being_read")
    else:
        inner = f'<p class="dl-quiet">{w("looking") if waiting else w("none_cited")}</p>'
    return f'<section class="dl-section" data-turn="{turn}">{inner}{events}</section>'


def _by_article(
    citations: Iterable[Citation],
) -> list[tuple[StoredArticle, list[Citation]]]:
    groups: dict[tuple[str, str], tuple[StoredArticle, list[Citation]]] = {}
    for cited in citations:
        key = (cited.article.id, cited.article.version)
        groups.setdefault(key, (cited.article, []))[1].append(cited)
    return list(groups.values())


def _nearest_html(
    turn: int,
    hits: Iterable[Hit],
    w: Words,
    heading: str = "nearest_articles",
    note: str = "not_an_answer",
) -> str:
    nearest: dict[str, Hit] = {}
    for hit in hits:
        nearest.setdefault(hit.article.id, hit)
    shown = list(nearest.values())[:NEAREST]
    if not shown:
        return f'<p class="dl-quiet">{w("none_near")}</p>'
    cards = "".join(
        _frame(turn, hit.article, best, _context_html(hit.article, best, mark=False), w)
        for hit, best in ((hit, best_span(hit)) for hit in shown)
    )
    return f'<h3 class="dl-nearest">{w(heading)}</h3><p class="dl-quiet">{w(note)}</p>{cards}'


def best_span(hit: Hit) -> Span:
    """Where the sentence of a hit stands that is nearest to the question."""
    if not hit.sentences:
        return hit.start, hit.end
    best = max(hit.sentences, key=lambda sentence: sentence.score)
    return best.start, best.end


def _card_html(turn: int, article: StoredArticle, cited: Sequence[Citation], w: Words) -> str:
    quotes = "".join(
        f'<div class="dl-quote" id="{card_id(turn, c.number)}">'
        f'<span class="dl-number" aria-hidden="true">{c.number}</span>'
        f"{_context_html(article, (c.start, c.end), mark=True)}</div>"
        for c in cited
    )
    numbers = ", ".join(str(c.number) for c in cited)
    label = f'<span class="dl-sr">{w("citation", n=numbers)}. </span>'
    return _frame(turn, article, (cited[0].start, cited[0].end), quotes, w, label)


def card_id(turn: int, number: int) -> str:
    """The id of a citation's quote in the panel, which its chips point to."""
    return f"dl-t{turn}-c{number}"


def _frame(  # noqa: PLR0913, PLR0917
    turn: int, article: StoredArticle, span: Span, inner: str, w: Words, label: str = ""
) -> str:
    path = article_path(article, span)
    return (
        f'<article class="dl-card" data-turn="{turn}" data-article="{esc(article.id)}">'
        f"{meta_html(article, w)}"
        f'<h3 class="dl-headline" lang="{lang_of(article)}"><a class="dl-open" href="{path}">'
        f"{label}{esc(article.headline) or w('untitled')}</a></h3>{inner}</article>"
    )


def _context_html(article: StoredArticle, span: Span, *, mark: bool) -> str:
    body, (start, end) = article.body, span
    around = [p for p in paragraphs(body) if p[0] < end and p[1] > start]
    low = max(min((p[0] for p in around), default=start), start - CONTEXT_CHARS)
    high = min(max((p[1] for p in around), default=end), end + CONTEXT_CHARS)
    before = ("…" if low and not body[low - 1].isspace() else "") + esc(body[low:start])
    after = esc(body[end:high]) + ("…" if high < len(body) and not body[high].isspace() else "")
    tag = "mark" if mark else "span"
    return (
        f'<p class="dl-context" lang="{lang_of(article)}"><span class="dl-around">{before}</span>'
        f"<{tag}>{esc(body[start:end])}</{tag}>"
        f'<span class="dl-around">{after}</span></p>'
    )


__all__ = ["article_path", "best_span", "card_id", "panel_html", "section_html"]
