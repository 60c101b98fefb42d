"""Candidates for layouts: the sentences that belong in the answer to a broad request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from chatbot.answering import provenance
from chatbot.answering.changes import publication_day
from chatbot.answering.quotation import REPEATED_PARTS, quote, quotes_overlap
from chatbot.answering.selection import DUPLICATE_OVERLAP, term_overlap
from chatbot.language.list_items import BOUNDARY
from chatbot.language.phrases import EDITORIAL_NOTE, is_name_list, is_uninformative, language_of
from chatbot.reading.answerability import off_topic
from chatbot.reading.candidates import Candidate
from chatbot.reading.inclusion import BROAD_THRESHOLD, broad_answerability, included
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.values import Citation, Claim, Length, Query, Request
from vectorstore import Archive, Hit, Span, terms

READ_HITS = 12
"""Passages that are read for a request whose answer has many parts."""

RETRIEVED_HITS: dict[Request, int] = {
    "list": 60,
    "count": 60,
    "timeline": 60,
    "change": 40,
    "summary": 60,
    "news": 60,
    "positions": 40,
    "reaction": 40,
    "opinion": 40,
}
"""Passages that are searched for each kind of request; the others have the chain's own number."""

BREAK = re.compile(rf"{BOUNDARY.pattern}|\n+")

WORDS = {"en": (6, 60), "ko": (3, 45)}
"""Words of a sentence that stands on its own in a list: fewer say too little, more too much."""


FRAGMENT_START = re.compile(
    r"(?:Subject|Re|Sec(?:tion)?|Note|Source|Contact)\b[.:]|[^\w“\"'(]|[a-z]{2}"
)
"""How a line begins that is no sentence: a heading, the rest of one that was cut."""

INCLUDED: dict[Length, float] = {"short": 0.7, "normal": 0.4, "long": 0.2}
"""How likely, beside the likeliest one, a sentence must be to belong in the answer, by the length
that is wanted: in articles told in other ways than those of training all are less likely."""


def answer_candidates(  # noqa: PLR0913  what the kinds of requests differ in
    archive: Archive,
    query: Query,
    hits: Sequence[Hit],
    *,
    share: float = 1.0,
    beside: float = 0.0,
    overlap: float = DUPLICATE_OVERLAP,
) -> list[Candidate]:
    """The sentences that belong in the answer to a broad request, the likeliest first.

    `share` is how much of INCLUDED is enough. Those also that the reader scores by at most `beside`
    below the best. None of them has an `overlap` of terms with one before it. The list is empty
    where the archive is not likely to answer.
    """
    query_terms = QueryTerms(archive, query)
    ranked = score_candidates(archive, query_terms, hits, READ_HITS)
    if off_topic(query_terms, ranked) or broad_answerability(ranked) < BROAD_THRESHOLD:
        return []
    likely = _about_names([w for w in included(ranked) if stands_alone(w.sentence.text)])
    if not likely:
        return []
    least = share * INCLUDED[query.length] * likely[0].likelihood
    best = max(w.reader_score for w in likely)
    chosen = [w for w in likely if w.likelihood >= least or w.reader_score > best - beside]
    return deduplicate(chosen, overlap)


def _about_names(found: list[Candidate]) -> list[Candidate]:
    """The candidates around which a name of the request stands; all where none does."""
    return [w for w in found if w.name_coverage > 0] or found


def stands_alone(text: str) -> bool:
    """Whether a sentence can be read without its neighbours."""
    few, many = WORDS[language_of(text)]
    return (
        few <= len(text.split()) <= many
        and not EDITORIAL_NOTE.search(text)
        and not text.rstrip('”"’ ').endswith(("?", ":"))
        and not FRAGMENT_START.match(text)
        and not is_name_list(text)
        and not is_uninformative(text)
    )


def candidate_claims(query: Query, chosen: Sequence[Candidate], **more: Any) -> Iterator[Claim]:
    """The candidates as claims, without those that are quoted already.

    A claim of the same article as the one before does not name it again. `more` goes to `quote`.
    """
    before, said = "", list[Citation]()
    for w in chosen:
        own = {"without": REPEATED_PARTS} if w.hit.article.id == before else {}
        claim = quote(w, query.language, quoted=said, **more | own)
        if all(any(quotes_overlap(c, other) for other in said) for c in claim.citations):
            continue
        said += claim.citations
        before = w.hit.article.id
        yield claim


def most_similar_sentence(body: str, wanted: frozenset[str]) -> Span:
    """The sentence of a text that has most of some terms."""
    marks = [0, *(m.end() for m in BREAK.finditer(body)), len(body)]
    spans = [(a, b) for a, b in pairwise(marks) if body[a:b].strip()]
    a, b = max(spans, key=lambda s: len(wanted & {*terms(body[s[0] : s[1]])}), default=(0, 0))
    return a, a + len(body[a:b].rstrip())


def deduplicate(ranked: Sequence[Candidate], share: float = DUPLICATE_OVERLAP) -> list[Candidate]:
    """The candidates without those that repeat one before them."""
    chosen: list[Candidate] = []
    for w in ranked:
        if all(term_overlap(w, other) < share for other in chosen):
            chosen.append(w)
    return chosen


def diversify(archive: Archive, ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """The first so many candidates, at most half of one outlet; see `provenance.diversify`."""
    return provenance.diversify(archive, ranked, most, lambda w: w.hit.article)


def sort_by_day(chosen: Sequence[Candidate], *, newest: bool = False) -> list[Candidate]:
    """Candidates in the order of the days of their articles."""
    return sorted(chosen, key=lambda w: (publication_day(w.hit), w.hit.article.id), reverse=newest)
