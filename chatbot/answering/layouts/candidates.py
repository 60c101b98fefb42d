"""Candidates for layouts: sentences that stand alone, or one sentence for each story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatbot.answering import provenance
from chatbot.answering.changes import publication_day
from chatbot.answering.excerpts import POINTS_BACK
from chatbot.answering.quotation import NAMED, quote, quotes_overlap
from chatbot.answering.selection import DUPLICATE_OVERLAP, term_overlap
from chatbot.language.phrases import EDITORIAL_NOTE, is_name_list, is_uninformative, language_of
from chatbot.reading.candidates import FEATURES, Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.values import Citation, Claim, Query, Request
from vectorstore import Archive, Filters, Hit, SearchQuery, Sentence, terms

READ = 24
"""Passages that are read for a request whose answer has many parts."""

SEARCHED: dict[Request, int] = {
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

STORIES = 30
"""Stories, the nearest first, of which a sentence is looked for."""

TOPIC_SHARE = 0.5
"""Share of a topic, by rarity, that an article's headline and the passage found must have, beside
the most that any has."""

HALF = 0.5
"""Share of a topic's words that some article must have."""

OPENS = 3
"""Passages of an article among which its first is looked for."""

AS_MUCH = 0.75
"""How much of the topic an article's opening has, beside its nearest sentence, to stand for it."""

WORDS = {"en": (6, 60), "ko": (3, 45)}
"""Words of a sentence that stands on its own in a list: fewer say too little, more too much."""


BROKEN = re.compile(r"(?:Subject|Re|Sec(?:tion)?|Note|Source|Contact)\b[.:]|[^\w“\"'(]|[a-z]{2}")
"""How a line begins that is no sentence: a heading, the rest of one that was cut."""

STORY_SHARE = 0.65
"""How much a story must be about the topic, beside the one that is most."""


def read_candidates(
    archive: Archive, query: Query, hits: Sequence[Hit], most: int = READ
) -> list[Candidate]:
    """The candidates of the first hits that can stand alone.

    Where some have all names of the question around them, those alone.
    """
    query_terms = QueryTerms(archive, query)
    ranked = [
        w
        for w in score_candidates(archive, query_terms, hits, most)
        if stands_alone(w.sentence.text)
    ]
    return [w for w in ranked if w.name_coverage == 1] or ranked


def stands_alone(text: str) -> bool:
    """Whether a sentence can be read without its neighbours."""
    few, many = WORDS[language_of(text)]
    return (
        few <= len(text.split()) <= many
        and not EDITORIAL_NOTE.search(text)
        and not text.rstrip('”"’ ').endswith(("?", ":"))
        and not BROKEN.match(text)
        and not is_name_list(text)
        and not is_uninformative(text)
    )


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """How much a story is about a topic.

    `coverage` is the share of the topic's terms in the headline and the nearest hit, weighted by
    rarity; `plain_coverage` the unweighted one; `relevance` ranks the stories.
    """

    hit: Hit
    coverage: float
    plain_coverage: float
    relevance: float


def story_candidates(archive: Archive, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """One sentence for each story about the query's topic, the most relevant story first.

    It is the first sentence of the article that says as much of the topic as any other there. An
    article whose headline and passage have little of the topic is left out; the list is empty if
    no article in the question's language has half of it.
    """
    query_terms = QueryTerms(archive, query)
    top = max((h.score for h in hits), default=1.0) or 1.0
    best: dict[str, StoryMatch] = {}
    for match in (t for h in hits if (t := _story_match(query_terms, h, top))):
        key = match.hit.article.story or match.hit.article.id
        if key not in best or match.relevance > best[key].relevance:
            best[key] = match
    ranked = sorted(best.values(), key=lambda t: -t.relevance)[:STORIES]
    own = [t.plain_coverage for t in ranked if language_of(t.hit.text) == query.language]
    if not ranked or (own and max(own) < HALF):
        return []
    most = max(t.coverage for t in ranked)
    kept = [t for t in ranked if t.coverage >= TOPIC_SHARE * most]
    opening = _openings(archive, [t.hit for t in kept], query.filters)
    found = [_sentence(query_terms, t, opening.get(t.hit.article.id)) for t in kept]
    sentences = [w for w in found if w]
    return deduplicate([w for w in sentences if w.weight >= STORY_SHARE * sentences[0].weight])


def _story_match(query_terms: QueryTerms, hit: Hit, top: float) -> StoryMatch | None:
    """How much a hit is about the topic; None where it lacks a name of it."""
    headline = query_terms.matched(terms(hit.article.headline))
    said = query_terms.matched({*headline, *terms(hit.text)})
    if language_of(hit.text) == query_terms.query.language and query_terms.name_coverage(said) < 1:
        return None
    share = query_terms.coverage(said)
    plain = max((len(said & set(w)) / len(w) for w in query_terms.wordings if w), default=0.0)
    relevance = share + query_terms.coverage(headline) / 2 + hit.score / top + hit.dense
    return StoryMatch(hit, share, plain, relevance)


def _openings(archive: Archive, hits: Sequence[Hit], filters: Filters) -> dict[str, Hit]:
    """The first of the passages of each hit's article, those near to its headline."""
    queries = [
        SearchQuery(text=h.article.headline, filters=replace(filters, articles=(h.article.id,)))
        for h in hits
        if h.start > 0 and h.article.headline
    ]
    first = {h.article.id: h for h in hits}
    for hit in archive.search(queries, k=OPENS * len(queries)) if queries else ():
        if hit.start < first[hit.article.id].start:
            first[hit.article.id] = hit
    return first


def _sentence(query_terms: QueryTerms, match: StoryMatch, opening: Hit | None) -> Candidate | None:
    """The sentence that stands for a story: its opening, if that is as much about the topic."""
    own = [(match.hit, s) for s in match.hit.sentences if stands_alone(s.text)]
    first = [(opening, s) for s in opening.sentences[:2] if stands_alone(s.text)] if opening else []
    plain = [pair for pair in own if not POINTS_BACK.search(pair[1].text)] or own
    best = max(plain, key=lambda pair: pair[1].score, default=None)

    def share(pair: tuple[Hit, Sentence]) -> float:
        return query_terms.coverage(query_terms.matched(terms(pair[1].text)))

    if first and (best is None or share(first[0]) >= AS_MUCH * share(best)):
        best = first[0]
    if best is None:
        return None
    hit, sentence = best
    terms_ = frozenset(terms(sentence.text))
    return Candidate(hit, sentence, match.relevance, 1.0, (1.0,) * len(FEATURES), terms_, terms_)


def candidate_claims(query: Query, chosen: Sequence[Candidate], **more: Any) -> Iterator[Claim]:
    """The candidates as claims, without those that are quoted already.

    A claim of the same article as the one before does not name it again. `more` goes to `quote`.
    """
    before, said = "", list[Citation]()
    for w in chosen:
        own = {"without": NAMED} if w.hit.article.id == before else {}
        claim = quote(w, query.language, quoted=said, **more | own)
        if all(any(quotes_overlap(c, other) for other in said) for c in claim.citations):
            continue
        said += claim.citations
        before = w.hit.article.id
        yield claim


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
