"""Summaries under headings: the latest, the course of events, what was said, the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.answering.changes import publication_day
from chatbot.answering.layouts import candidates
from chatbot.answering.layouts.speakers import REPORTING_VERB
from chatbot.answering.quotation import quote
from chatbot.answering.selection import DUPLICATE_OVERLAP, term_overlap
from chatbot.language.phrases import phrases
from chatbot.language.quantities import quantities
from chatbot.reading.candidates import Candidate
from chatbot.values import Answer, Length, Query
from vectorstore import Archive, Hit

PARTS: dict[Length, tuple[int, int, int]] = {
    "short": (1, 0, 1),
    "normal": (3, 1, 1),
    "long": (6, 3, 3),
}
"""Sentences of how it came about, of what was said and of the figures, by the length that is
wanted; the latest is always one."""

LIKELY = 0.05
"""How likely a sentence that was read must be, beside the likeliest."""

READ = 12
"""Passages in which what was said and figures are looked for."""


def summary(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """A topic in a few sentences under headings: the latest, the course, what was said, figures."""
    stories = [
        w for w in candidates.story_candidates(archive, query, hits) if w.hit.article.published
    ]
    if query.periods:
        first, last = query.periods[0][0], query.periods[-1][1]
        stories = [w for w in stories if first <= publication_day(w.hit) <= last] or stories
    if not stories:
        return
    course, voices, figures = PARTS[query.length]
    nearest = stories[: 2 * (course + 1)]
    latest = candidates.sort_by_day(nearest, newest=True)[:1]
    steps = candidates.diversify(archive, [w for w in stories if w not in latest], course)
    used = [*latest, *steps]
    yield from _group(query, "latest", latest)
    yield from _group(query, "course", candidates.sort_by_day(steps))
    shown = {w.hit.article.story or w.hit.article.id for w in stories}
    about = [h for h in hits if (h.article.story or h.article.id) in shown]
    ranked = candidates.read_candidates(archive, query, about, READ)
    likely = [w for w in ranked if w.weight >= LIKELY * ranked[0].weight]
    spoken = _more([w for w in likely if REPORTING_VERB.search(w.sentence.text)], used, voices)
    yield from _group(query, "said", spoken)
    amounts = [w for w in likely if any(q.unit for q in quantities(w.sentence.text))]
    yield from _group(query, "figures", _more(amounts, [*used, *spoken], figures))


def _group(query: Query, name: str, chosen: Sequence[Candidate]) -> Iterator[Answer]:
    heading = phrases(query.language)["requests"][name]
    for w in chosen:
        yield Answer(claims=(replace(quote(w, query.language), heading=heading),))


def _more(ranked: Sequence[Candidate], used: Sequence[Candidate], most: int) -> list[Candidate]:
    """Up to so many sentences that say what none of those used says."""
    chosen: list[Candidate] = []
    for w in ranked:
        if len(chosen) == most:
            break
        if all(term_overlap(w, o) < DUPLICATE_OVERLAP for o in [*used, *chosen]):
            chosen.append(w)
    return chosen
