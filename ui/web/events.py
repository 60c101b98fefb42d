"""The events of an answer: what it cites and what stands near, by date, beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot import Answer
from ui.web.reader import article_path, lang_of
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Dated, Span, StoredArticle

MOST, FEWEST = 6, 2
"""Events that are listed; fewer are no list."""

NEAR = 0.75
"""Share of the best passage's cosine that a passage must reach to be about the same."""


@dataclass(frozen=True, slots=True)
class Event:
    """An article on the day it was published; `numbers` are those of its citations."""

    published: Dated
    path: str
    headline: str
    outlet: str
    lang: str
    numbers: tuple[int, ...] = ()


def events_of(answer: Answer) -> tuple[Event, ...]:
    """The articles that an answer cites, then those found near it, one a story, by date."""
    cited: dict[str, tuple[StoredArticle, Span, list[int]]] = {}
    for c in answer.citations:
        entry = cited.setdefault(c.article.id, (c.article, (c.start, c.end), []))
        entry[2].append(c.number)
    found, told = list(cited.values()), {a.story or a.id for a, _, _ in cited.values()}
    least = NEAR * max((hit.dense for hit in answer.nearest), default=0.0)
    for hit in answer.nearest if cited else ():
        story = hit.article.story or hit.article.id
        if hit.dense < least or story in told or len(found) >= MOST:
            continue
        told.add(story)
        best = max(hit.sentences, key=lambda s: s.score, default=None)
        span = (best.start, best.end) if best else (hit.start, hit.end)
        found.append((hit.article, span, []))
    events = [
        Event(at, article_path(a, span), a.headline, a.outlet, lang_of(a), tuple(numbers))
        for a, span, numbers in found
        if (at := a.published)
    ]
    return tuple(sorted(events, key=lambda e: e.published.day)) if len(events) >= FEWEST else ()


def events_html(events: Sequence[Event], w: Words) -> str:
    """The list, for the panel beside the chat; nothing without events."""
    if not events:
        return ""
    items = "".join(
        f'<li class="dl-event{" is-cited" if e.numbers else ""}"><p class="dl-meta">'
        f'<time datetime="{esc(e.published.iso)}">{w.day(e.published.day)}</time> '
        f"<span>{esc(e.outlet) or w('outlet_unknown')}</span>{_numbers_html(e, w)}</p>"
        f'<p lang="{e.lang}"><a class="dl-open" href="{e.path}">'
        f"{esc(e.headline) or w('untitled')}</a></p></li>"
        for e in events
    )
    return f'<h3 class="dl-nearest">{w("events")}</h3><ol class="dl-events">{items}</ol>'


def _numbers_html(event: Event, w: Words) -> str:
    if not event.numbers:
        return ""
    numbers = ", ".join(map(str, event.numbers))
    return (
        f' <span class="dl-number" aria-hidden="true">{numbers}</span>'
        f'<span class="dl-sr">{w("citation", n=numbers)}</span>'
    )
