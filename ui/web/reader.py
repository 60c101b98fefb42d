"""An article in full: its dates, its text with one sentence marked, its story and versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ui.wording.text import esc, language_of, paragraphs, safe_url
from ui.wording.words import Words
from vectorstore import Change, Dated, Span, StoredArticle, page_of

KEPT = 160
"""Characters of unchanged text kept on each side of a change."""


def article_path(article: StoredArticle, span: Span = (0, 0)) -> str:
    """Where Dateline itself shows a version of an article with one span marked."""
    at = f"?start={span[0]}&amp;end={span[1]}" if span[1] else ""
    return f"/article/{esc(article.id)}/{esc(article.version)}{at}"


def reader_html(
    article: StoredArticle,
    span: Span | None,
    w: Words,
    *,
    versions: Sequence[StoredArticle] = (),
    story: Sequence[StoredArticle] = (),
) -> str:
    """One version of an article, as the panel and the article's own page show it."""
    headline = esc(article.headline) or w("untitled")
    return (
        f'<article class="dl-article" data-article="{esc(article.id)}">'
        f"{meta_html(article, w)}"
        f'<h1 class="dl-headline" tabindex="-1" lang="{lang_of(article)}">{headline}</h1>'
        f"{byline_html(article, w)}{_dates_html(article, w)}{_notes_html(versions, story, w)}"
        f"{body_html(article, span)}{_partial_html(article, w)}"
        f'<p class="dl-links">{origin_html(article, w)}</p>'
        f"{_story_html(story, w)}{_versions_html(article, versions, w)}</article>"
    )


def meta_html(article: StoredArticle, w: Words) -> str:
    """Outlet and date in one line; an earlier version says that it is one."""
    published = article.published
    when = f"<time{_at(published)}>{w.dated(published)}</time>" if published else w("date_unknown")
    if article.updated and article.updated != published:
        updated = w("updated_on", day=w.dated(article.updated))
        when += f' <span class="dl-updated">{updated}</span>'
    if article.withdrawn:
        gone = w("withdrawn_on", day=w.day(article.withdrawn.date()))
        when += f' <span class="dl-flag">{gone}</span>'
    elif not article.current:
        when += f' <span class="dl-flag">{w("earlier_version")}</span>'
    if article.partial:
        when += f' <span class="dl-flag dl-partial">{w("partial")}</span>'
    outlet = esc(article.outlet) or w("outlet_unknown")
    page = page_html(article, w)
    printed = f' <span class="dl-printed">{page}</span>' if page else ""
    named = f'<span class="dl-outlet">{outlet}</span> <span>{when}</span>'
    return f'<p class="dl-meta">{named}{printed}</p>'


def page_html(article: StoredArticle, w: Words) -> str:
    """`p. 4` for a page of a print edition, else ""."""
    page = page_of(article.path)
    return w("on_page", n=esc(page)) if page else ""


def _partial_html(article: StoredArticle, w: Words) -> str:
    """Where a text is cut off, what that means."""
    return f'<p class="dl-quiet">{w("partial_note")}</p>' if article.partial else ""


def byline_html(article: StoredArticle, w: Words) -> str:
    """The byline as the outlet gave it, or nothing."""
    if not article.byline:
        return ""
    byline = esc(article.byline)
    named = article.byline.lower().startswith(("by ", "기자")) or article.byline.endswith("기자")
    return f'<p class="dl-byline">{byline if named else w("by", name=byline)}</p>'


def _dates_html(article: StoredArticle, w: Words) -> str:
    rows = [(w("published"), w.dated(article.published), article.published)]
    if article.updated and article.updated != article.published:
        rows.append((w("updated"), w.dated(article.updated), article.updated))
    ingested = Dated(article.ingested.isoformat(timespec="minutes"))
    rows.append((w("ingested"), w.dated(ingested), ingested))
    items = "".join(
        f"<div><dt>{name}</dt><dd><time{_at(at)}>{text}</time></dd></div>"
        for name, text, at in rows
    )
    return f'<dl class="dl-dates">{items}</dl>'


def _at(dated: Dated | None) -> str:
    return f' datetime="{esc(dated.iso)}"' if dated else ""


def _notes_html(versions: Sequence[StoredArticle], story: Sequence[StoredArticle], w: Words) -> str:
    """One line that says what more there is below, as links to it."""
    notes = []
    if story:
        notes.append(f'<a href="#dl-story">{w.count("also", len(story))}</a>')
    if len(versions) > 1:
        notes.append(f'<a href="#dl-versions">{w.count("versions", len(versions))}</a>')
    return f'<p class="dl-jump">{" · ".join(notes)}</p>' if notes else ""


def origin_html(article: StoredArticle, w: Words) -> str:
    """A link to the original, or the path of an article that has none."""
    if link := safe_url(article.url):
        url, host = link
        return (
            f'<a class="dl-origin" href="{esc(url)}" target="_blank" rel="noopener noreferrer">'
            f'{w("original_at", host=esc(host))}<span class="dl-sr"> {w("new_tab")}</span></a>'
        )
    place = article.path or article.url or article.source
    return f'<span class="dl-path">{esc(place)}</span>' if place else ""


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
    return f'<div class="dl-body" lang="{lang_of(article)}">{"".join(parts)}</div>'


def _story_html(story: Sequence[StoredArticle], w: Words) -> str:
    if not story:
        return ""
    items = "".join(
        f'<li><a class="dl-open" href="{article_path(other)}">'
        f"<strong>{esc(other.outlet) or w('outlet_unknown')}</strong>, "
        f"{w.dated(other.published)}: {esc(other.headline) or w('untitled')}</a></li>"
        for other in story
    )
    return (
        f'<section class="dl-aside" id="dl-story"><h2>{w("also_ran")}</h2>'
        f'<p class="dl-quiet">{w("also_ran_note")}</p><ul>{items}</ul></section>'
    )


def _versions_html(article: StoredArticle, versions: Sequence[StoredArticle], w: Words) -> str:
    if len(versions) < 2:
        return ""
    items = []
    for before, one in reversed(list(zip([None, *versions], versions, strict=False))):
        name = w("version_from", day=_moment(one.since or one.ingested, w))
        state = f" ({w('version_current')})" if one.current else ""
        here = ' aria-current="true"' if one.version == article.version else ""
        diff = f"/article/{esc(one.id)}/diff/{before.version}/{one.version}" if before else ""
        changed = f' · <a class="dl-open" href="{diff}">{w("what_changed")}</a>' if diff else ""
        at = article_path(one)
        items.append(f'<li><a class="dl-open" href="{at}"{here}>{name}</a>{state}{changed}</li>')
    return (
        f'<section class="dl-aside" id="dl-versions"><h2>{w("versions")}</h2>'
        f'<p class="dl-quiet">{w("versions_note")}</p><ul>{"".join(items)}</ul></section>'
    )


def diff_html(old: StoredArticle, new: StoredArticle, changed: Sequence[Change], w: Words) -> str:
    """What one version changed in another: the words that went and came, with what is near."""
    between = w(
        "changed_between",
        old=_moment(old.since or old.ingested, w),
        new=_moment(new.since or new.ingested, w),
    )
    last = len(changed) - 1
    parts = [_change_html(c, i == 0, i == last, w) for i, c in enumerate(changed)]
    same = all(c.kind == "same" for c in changed)
    inner = f'<p class="dl-quiet">{w("nothing_changed")}</p>' if same else "".join(parts)
    return (
        f'<article class="dl-article" data-article="{esc(new.id)}">{meta_html(new, w)}'
        f'<h1 class="dl-headline" tabindex="-1" lang="{lang_of(new)}">{w("changed_heading")}: '
        f"{esc(new.headline) or w('untitled')}</h1>"
        f'<p class="dl-quiet">{between}</p>'
        f'<div class="dl-diff" lang="{lang_of(new)}">{inner}</div>'
        f'<p class="dl-links"><a class="dl-open" href="{article_path(new)}">'
        f"{w('back_to_article')}</a></p></article>"
    )


def _change_html(change: Change, first: bool, last: bool, w: Words) -> str:
    if change.kind == "same":
        return f"<span>{_near(change.text, first, last)}</span>"
    tag, label = ("del", w("gone")) if change.kind == "gone" else ("ins", w("added"))
    said = f'<span class="dl-sr">[{label}: </span>{esc(change.text)}<span class="dl-sr">]</span>'
    return f"<{tag}>{said}</{tag}>"


def _near(text: str, first: bool, last: bool) -> str:
    """Unchanged text, without what is far from any change."""
    head = "" if first else text[:KEPT]
    tail = "" if last else text[-KEPT:]
    if len(head) + len(tail) >= len(text):
        return esc(text)
    return f'{esc(head)} <span class="dl-gap">⋯</span> {esc(tail)}'


def _moment(value: datetime, w: Words) -> str:
    return w.moment(value.replace(second=0, microsecond=0))


def lang_of(article: StoredArticle) -> str:
    """The BCP 47 tag of an article's text."""
    return language_of(article.headline + article.body[:200], article.language)
