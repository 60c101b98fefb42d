"""The timeline view: coverage by date and outlet, its articles, and a topic by date."""

from __future__ import annotations

from itertools import groupby

from chatbot.answering.timeline import Entry, timeline
from ui.web.archive import PAGE, ArchiveQuery, item_html, narrowed_html, outlets_named, pages_html
from ui.web.coverage import Bar, bars, chart_html, legend_html, ranks, table_html
from ui.web.reader import article_path, lang_of
from ui.wording.text import esc, language_of
from ui.wording.words import Words
from vectorstore import Archive, StoredArticle

LONGEST_TOPIC = 300
"""Characters of a topic."""


def timeline_html(archive: Archive, query: ArchiveQuery, w: Words) -> str:
    """The topic form and the topic by date, or the coverage and the articles of one period."""
    topic = query.text.strip()[:LONGEST_TOPIC]
    inner = _topic_html(archive, topic, query, w) if topic else _coverage_html(archive, query, w)
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_timeline")}</h1>'
        '<form class="dl-form" method="get" action="/view/timeline" role="search">'
        f'<div class="dl-find"><label class="dl-sr" for="dl-topic">{w("timeline_topic")}</label>'
        f'<input id="dl-topic" type="search" name="q" value="{esc(topic)}" '
        f'placeholder="{w("timeline_hint")}"><button type="submit">{w("timeline_show")}</button>'
        f"</div></form>{narrowed_html(query, 'timeline', w)}{inner}"
    )


def _coverage_html(archive: Archive, query: ArchiveQuery, w: Words) -> str:
    rows = archive.coverage(query.filters)
    unit, found = bars(rows)
    colours = ranks(archive.coverage())
    here = {row.outlet for row in rows}
    shown = {name: rank for name, rank in colours.items() if name in here}

    def link(bar: Bar) -> str:
        return esc(query.address("timeline", since=bar.first, until=bar.last, page=""))

    undated = sum(row.articles for row in rows if not row.day)
    note = w("coverage_undated", articles=w.count("articles", undated)) if undated else ""
    if not found:
        return f'<p class="dl-quiet">{w("none_found")}</p>'
    return (
        f'<h2 class="dl-view-head">{w("coverage")}</h2>'
        f'<p class="dl-quiet">{w("coverage_note")} {note}</p>'
        f"{chart_html(unit, found, colours, w, link)}{_outlets_html(shown, query, w)}"
        f"{table_html(unit, found, list(shown), w)}"
        f"{_articles_html(archive, query, w) if query.filters else ''}"
    )


def _outlets_html(colours: dict[str, int], query: ArchiveQuery, w: Words) -> str:
    """The legend; with more than one outlet, each leads to its own coverage."""
    legend = legend_html(colours, w)
    if len(colours) < 2:
        return legend
    for name in colours:
        at = esc(query.address("timeline", outlets=[name], page=""))
        label = esc(name)
        legend = legend.replace(
            f"</span>{label}</li>", f'</span><a class="dl-go" href="{at}">{label}</a></li>'
        )
    return legend


def _articles_html(archive: Archive, query: ArchiveQuery, w: Words) -> str:
    total = archive.matching(query.filters)
    found = archive.browse(query.filters, limit=PAGE, offset=(query.page - 1) * PAGE)
    shown = "".join(item_html(article, (0, 0), w) for article in found)
    head = w("found_articles", articles=w.count("articles", total))
    return (
        f'<p class="dl-quiet" role="status">{head}</p><ol class="dl-list">{shown}</ol>'
        f"{pages_html(query, total, w, 'timeline')}"
    )


def _topic_html(archive: Archive, topic: str, query: ArchiveQuery, w: Words) -> str:
    entries = timeline(archive, topic, filters=query.filters)
    if not entries:
        return f'<p class="dl-quiet" role="status">{w("timeline_none")}</p>'
    head = w("timeline_heading", topic=esc(topic))
    days = "".join(
        f"<li><h3>{w.day(day)}</h3>{''.join(_entry_html(e, w) for e in of_day)}</li>"
        for day, of_day in groupby(entries, key=lambda e: e.day)
    )
    return (
        f'<h2 class="dl-view-head" lang="{language_of(topic)}">{head}</h2>'
        f'<p class="dl-quiet">{w("timeline_note")}</p><ol class="dl-days">{days}</ol>'
    )


def _entry_html(entry: Entry, w: Words) -> str:
    c = entry.citation
    also = ""
    if names := outlets_named(_others(entry)):
        also = f' <span class="dl-also">{w("also_ran")} {names}</span>'
    outlet = esc(c.article.outlet) or w("outlet_unknown")
    headline = esc(c.article.headline) or w("untitled")
    return (
        f'<div class="dl-entry"><p lang="{lang_of(c.article)}">“{esc(c.quote)}” '
        f'<a class="dl-chip dl-open" href="{article_path(c.article, (c.start, c.end))}" '
        f'aria-label="{w("citation_of", n=c.number, about=outlet + ": " + headline)}">{c.number}'
        f'</a></p><p class="dl-meta"><span class="dl-outlet">{outlet}</span> '
        f"<span>{headline}</span>{also}</p></div>"
    )


def _others(entry: Entry) -> list[StoredArticle]:
    own = entry.citation.article.outlet
    return [a for a in entry.also if a.outlet != own]
