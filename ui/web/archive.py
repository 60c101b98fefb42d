"""The archive's own view: articles newest first or by relevance, and their search form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from chatbot.understanding.spelling import correct_spelling, correction_notes
from ui.web.filters import filter_words, filters_json
from ui.web.reader import article_path, lang_of, meta_html
from ui.web.sources import best_span
from ui.wording.text import esc, paragraphs
from ui.wording.words import Words
from vectorstore import Archive, Filters, Span, StoredArticle

PAGE = 20
"""Articles on a page."""

FOUND = 30
"""Articles shown by relevance; what comes after is hardly relevant."""

BRIEF = 260
"""Characters of an article shown in a list."""

MOST_NAMES = 100
"""Subjects or places to choose from in this view; the filters of the chat find all of them."""

ORDERS = ("newest", "oldest", "relevance")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """What of the archive is to be shown: words to look for, filters, order and page."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    order: str = "newest"
    page: int = 1

    def address(self, view: str = "archive", **changed: object) -> str:
        """Where this is shown, with some of it changed; not escaped."""
        values = {"q": self.text, "order": self.order, **filters_json(self.filters), **changed}
        given = {k: v for k, v in values.items() if v not in ("", None, [], ())}
        return f"/view/{view}?" + urlencode(given, doseq=True)


def archive_html(archive: Archive, query: ArchiveQuery, w: Words) -> str:
    """The form, and what it finds."""
    relevant = query.order == "relevance" and query.text.strip()
    if relevant:
        listed, read = _by_relevance(archive, query, w)
        best = w("best_articles", articles=w.count("articles", len(listed)))
        head = " ".join([best, *map(esc, read)])
        pages = ""
    else:
        total = archive.matching(query.filters)
        articles = archive.browse(
            query.filters,
            limit=PAGE,
            offset=(query.page - 1) * PAGE,
            oldest=query.order == "oldest",
        )
        listed = [(a, (0, 0)) for a in articles]
        head = w("found_articles", articles=w.count("articles", total))
        pages = pages_html(query, total, w)
    shown = "".join(item_html(article, span, w) for article, span in listed)
    found = f'<ol class="dl-list">{shown}</ol>' if shown else ""
    nothing = "" if shown else f'<p class="dl-quiet">{w("none_found")}</p>'
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_archive")}</h1>'
        f"{form_html(archive, query, w)}"
        f'<p class="dl-quiet" role="status">{head}</p>{found}{nothing}{pages}'
    )


def _by_relevance(
    archive: Archive, query: ArchiveQuery, w: Words
) -> tuple[list[tuple[StoredArticle, Span]], list[str]]:
    """The articles with their best sentences, and which words were read as others."""
    best: dict[str, tuple[StoredArticle, Span]] = {}
    text, slips = correct_spelling(query.text, archive)
    for hit in archive.search(text, k=2 * FOUND, filters=query.filters):
        best.setdefault(hit.article.id, (hit.article, best_span(hit)))
    return list(best.values())[:FOUND], correction_notes(slips, w.lang)


def form_html(archive: Archive, query: ArchiveQuery, w: Words) -> str:
    """Words, order and filters, as a form that works without a script."""
    f = query.filters
    orders = "".join(
        f'<option value="{o}"{" selected" if o == query.order else ""}>{w("order_" + o)}</option>'
        for o in ORDERS
    )
    outlets = "".join(
        f'<option value="{esc(name)}"{" selected" if name in f.outlets else ""}>{esc(name)}'
        "</option>"
        for name in archive.outlets()
        if name
    )
    languages = "".join(
        f'<option value="{esc(code)}"{" selected" if code in f.languages else ""}>'
        f"{esc(w.language(code))}</option>"
        for code, _ in archive.status().languages
        if code
    )
    named = _select_html("subjects", archive.subjects(), f.subjects, w)
    named += _select_html("places", archive.places(), f.places, w)
    hint = w("archive_hint")
    return (
        '<form class="dl-form" method="get" action="/view/archive" role="search">'
        f'<div class="dl-find"><label class="dl-sr" for="dl-q">{w("archive_search")}</label>'
        f'<input id="dl-q" type="search" name="q" value="{esc(query.text)}" placeholder="{hint}">'
        f'<button type="submit">{w("search")}</button></div><div class="dl-narrow">'
        f'<label>{w("order")}<select name="order">{orders}</select></label>'
        f'<label>{w("filters_outlets")}<select name="outlets"><option value="">'
        f"{w('filters_any')}</option>{outlets}</select></label>"
        f'<label>{w("filters_language")}<select name="languages"><option value="">'
        f"{w('filters_any')}</option>{languages}</select></label>{named}"
        f"{day_html('since', w('filters_from'), f)}{day_html('until', w('filters_to'), f)}"
        "</div></form>"
    )


def _select_html(
    name: str, names: Sequence[tuple[str, int]], chosen: Sequence[str], w: Words
) -> str:
    """The most frequent names of a kind to choose one from; nothing where there are none."""
    shown = {name.casefold(): name for name, _ in names[:MOST_NAMES]}
    asked = {name.casefold(): name for name in chosen}
    options = "".join(
        f'<option value="{esc(value)}"{" selected" if code in asked else ""}>{esc(value)}</option>'
        for code, value in (shown | asked).items()
    )
    label = f"<label>{w('filters_' + name)}"
    any_ = f'<select name="{name}"><option value="">{w("filters_any")}</option>'
    return f"{label}{any_}{options}</select></label>" if options else ""


def day_html(name: str, label: str, filters: Filters) -> str:
    """An input for a day."""
    value = getattr(filters, name) or ""
    return f'<label>{label}<input type="date" name="{name}" value="{value}"></label>'


def item_html(article: StoredArticle, span: Span, w: Words) -> str:
    """An article in a list: its line, headline, and first or most relevant words."""
    low, high = span if span[1] else next(iter(paragraphs(article.body)), (0, 0))
    brief = article.body[low:high]
    brief = brief[:BRIEF].rstrip() + ("…" if len(brief) > BRIEF else "")
    return (
        f'<li class="dl-item">{meta_html(article, w)}<h2 class="dl-headline" '
        f'lang="{lang_of(article)}"><a class="dl-open" href="{article_path(article, span)}">'
        f"{esc(article.headline) or w('untitled')}</a></h2>"
        f'<p class="dl-brief" lang="{lang_of(article)}">{esc(brief)}</p></li>'
    )


def pages_html(query: ArchiveQuery, total: int, w: Words, view: str = "archive") -> str:
    """Links to the next and the previous page."""
    links = []
    if query.page > 1:
        at = esc(query.address(view, page=query.page - 1))
        links.append(f'<a class="dl-go" rel="prev" href="{at}">{w("later")}</a>')
    if query.page * PAGE < total:
        at = esc(query.address(view, page=query.page + 1))
        links.append(f'<a class="dl-go" rel="next" href="{at}">{w("earlier")}</a>')
    return f'<p class="dl-pages">{"".join(links)}</p>' if links else ""


def narrowed_html(query: ArchiveQuery, view: str, w: Words) -> str:
    """The filters in force, each a link that drops it."""
    items = []
    for names, value, text in filter_words(query.filters, w):
        kept: dict[str, object] = {}
        for name in names.split():
            chosen = getattr(query.filters, name)
            kept[name] = [v for v in chosen if esc(v) != value] if isinstance(chosen, tuple) else ""
        at = esc(query.address(view, **kept))
        label = w("drop_filter", what=text)
        items.append(f'<li><a class="dl-go" href="{at}" aria-label="{label}">{text} ×</a></li>')
    return f'<ul class="dl-narrowed">{"".join(items)}</ul>' if items else ""


def outlets_named(articles: Sequence[StoredArticle]) -> str:
    """The outlets of articles, each once, escaped."""
    return ", ".join(dict.fromkeys(esc(a.outlet) for a in articles if a.outlet))
