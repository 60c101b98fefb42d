"""The extractive answerer: it selects, orders and quotes the sentences that answer.

No model writes anything. A claim is exact sentences after their outlet and date, and before
them, in bold, the amount or date that was asked for. If no sentence is likely enough to
answer, the answerer abstains and says what it looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from chatbot.answering.abstention import abstention_message
from chatbot.answering.changes import contradicting_candidate, publication_day
from chatbot.answering.excerpts import correction_after
from chatbot.answering.layouts import chronology as course
from chatbot.answering.layouts import lists
from chatbot.answering.layouts import positions as voices
from chatbot.answering.layouts import summaries as overview
from chatbot.answering.layouts.candidates import answer_candidates
from chatbot.answering.quotation import NAMED, changed, quote, quotes_overlap
from chatbot.answering.selection import (
    NEAR_BEST,
    LabelledCandidate,
    deduplicate,
    in_period,
    newest,
    with_changes,
    with_reason,
)
from chatbot.answering.subqueries import hits_of_subquery, subquery
from chatbot.language.phrases import phrases
from chatbot.reading.answerability import (
    ABSTENTION_THRESHOLD,
    PROMISING_HITS,
    SUFFICES,
    answerability,
)
from chatbot.reading.candidates import Candidate, leading_sentences, rerank, with_context
from chatbot.reading.event_triggers import lacks_event_trigger
from chatbot.reading.office_holders import requested_office
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.reading.type_matching import best_answer_span, has_answer_types
from chatbot.understanding.decomposition import original_wording
from chatbot.understanding.notes import period_text
from chatbot.understanding.request_topics import TOPIC_REQUESTS
from chatbot.values import SHORT, Answer, Citation, Claim, Kind, Length, Query, Request
from vectorstore import Archive, Hit

MOST: dict[Kind, int] = {"list": 4, "latest": 4, "what happened": 6, "compare": 4}
USUALLY = 3
"""Claims of an answer at most, by what is asked for."""

WORDS: dict[Length, int] = {"short": 80, "normal": 120, "long": 400}
"""Words of an answer from which nothing is added, by the length that is wanted."""

MOST_PARTS = 4
"""Claims at most of an answer to a question of several parts."""

EVENT_SHARE = 0.25
"""How likely, beside the best one, a further sentence must be in a list of what happened, where
each day adds something; NEAR_BEST holds for others."""

SHARE: dict[Length, float] = {"short": 1.0, "normal": 1.0, "long": 0.05}
"""How much of either is enough, by the length that is wanted."""

CONTRADICTION, WHY_CONTRADICTION = 0.02, 0.005
"""The same for a sentence that contradicts what the question takes for granted, and where it
asks why that is so: the words of such a question are less often the article's."""

TRIGGER_CANDIDATES = 5
"""Sentences, the likeliest first, of which one must have a trigger of the event asked about."""

SURE_LIKELIHOOD = 0.6
"""The likelihood from which an answer need not have what is asked for as far as patterns can tell
(an amount in the right unit, a date, a person, a place): those miss some ways to say it."""

LEAD = 0.15
"""The likelihood from which an amount or date stands in bold before its sentence. Of 68 on the
questions of docs/answers.md 41 were right; from here on, and with a name of the question near
it, 35 of 46."""


LAYOUTS: dict[Request, Callable[[Archive, Query, Sequence[Hit]], Iterator[Answer]]] = {
    "list": lists.list_answer,
    "count": lists.count_answer,
    "timeline": course.timeline,
    "change": course.timeline,
    "news": course.news,
    "summary": overview.summary,
    "positions": voices.positions,
    "reaction": voices.positions,
    "opinion": voices.opinions,
}
"""How requests are answered that are not for one fact. Where one yields nothing, the request is
answered as if it were for a fact."""


class Extractive:
    """Answers from exact sentences of the hits; holds nothing between questions."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yields a claim at a time, none if no sentence is likely enough to answer.

        A question of several parts has each answered from what was found for it; parts that
        the archive does not answer are named in a notice.
        """
        if query.digest:
            shown = leading_sentences(hits)[: _most(query, MOST["what happened"])]
            if shown and not query.periods:
                yield Answer(
                    message=_interpretation(query, [publication_day(w.hit) for w in shown])
                )
            yield from self._claims(query, [("", w) for w in shown], [])
            return
        if layout := LAYOUTS.get(query.request):
            laid = False
            for answer in () if query.beyond else layout(self._archive, query, hits):
                laid = True
                yield answer
            if laid:
                return
        if query.beyond or not query.parts:
            yield from self._whole(query, hits)
            return
        most = max(1, _most(query, MOST_PARTS) // len(query.parts))
        said, open_ = list[Citation](), list[str]()
        for part in query.parts:
            own, found, heading = subquery(query, part), hits_of_subquery(part, hits), ""
            if query.request == "comparison":
                heading = f"{part[:1].upper()}{part[1:]}"
                chosen = self._side(own, found, said)[:most]
            else:
                chosen = self.choose(*self._read(own, found))[:most]
            if not chosen:
                open_.append(part)
            yield from self._claims(own, chosen, said, heading)
        if said and open_:
            parts = "; ".join(original_wording(part, query.question) for part in open_)
            notice = phrases(query.language)["part_open"].format(parts=parts)
            yield Answer(notice=notice)
        elif not said:
            yield from self._claims(query, self.choose(*self._read(query, hits)), said)

    def _side(
        self, query: Query, hits: Sequence[Hit], quoted: Sequence[Citation]
    ) -> list[LabelledCandidate]:
        """A side of a comparison: what is said of it by its name, and not said of the other."""
        query_terms, ranked = self._read(query, hits)
        fresh = [w for w in ranked if not any(_quotes_sentence(c, w) for c in quoted)]
        own = [w for w in fresh if w.name_coverage == 1] or fresh
        nearest = answer_candidates(self._archive, query, hits)
        other = [w for w in nearest if not any(_quotes_sentence(c, w) for c in quoted)]
        return self.choose(query_terms, own) or [("", w) for w in other[:1]]

    def _whole(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        """The answer to a question that is not searched in parts; first the hits, as they stand
        now that they were read."""
        query_terms, ranked = self._read(query, hits)
        yield Answer(nearest=rerank(hits, ranked))
        chosen = self.further(query, ranked) if query.beyond else self.choose(query_terms, ranked)
        yield from self._claims(query, chosen, [])

    def _read(self, query: Query, hits: Sequence[Hit]) -> tuple[QueryTerms, list[Candidate]]:
        """The candidates of the hits that promise most. Where these may not answer, or a time is
        asked about, those of more hits, as they were found."""
        query_terms = QueryTerms(self._archive, query)
        if query.recency == "weak":
            ranked = score_candidates(self._archive, query_terms, hits, PROMISING_HITS)
            if answerability(query_terms, ranked) >= SUFFICES:
                return query_terms, ranked
        return query_terms, score_candidates(self._archive, query_terms, hits, as_found=True)

    def _claims(
        self,
        query: Query,
        chosen: Sequence[LabelledCandidate],
        quoted: list[Citation],
        heading: str = "",
    ) -> Iterator[Answer]:
        """The claims of chosen sentences but for what is said already; adds what they cite. One
        of the same article as the one before does not name it again."""
        before, words = "", 0
        for at, (label, candidate) in enumerate(chosen):
            if words >= WORDS[query.length]:
                return
            article = candidate.hit.article.id
            without = NAMED if article == before else ()
            claim = self._claim(
                query, candidate, label, lead=at == 0, without=without, quoted=quoted
            )
            if not all(any(quotes_overlap(c, other) for other in quoted) for c in claim.citations):
                quoted += claim.citations
                before, words = article, words + len(claim.text.split())
                yield Answer(claims=(replace(claim, heading=heading),))

    def material(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The hits as a model is to read them that writes the answer: first those that this
        answerer would quote, in that order, then the others as they were found."""
        cited = [c for part in self(query, hits) for claim in part.claims for c in claim.citations]
        first = [h for c in cited for h in hits if _cites_passage(c, h)]
        return list({h.passage_id: h for h in (*first, *hits)}.values())

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer:
        """Says that the archive does not hold the answer, and what was looked for."""
        return Answer(abstained=True, message=abstention_message(self._archive, query, hits))

    def further(self, query: Query, ranked: Sequence[Candidate]) -> list[LabelledCandidate]:
        """What else an article says, the sentences nearest to the question in their order."""
        chosen = deduplicate(ranked, _most(query, USUALLY), 0.0)
        return [("", w) for w in sorted(chosen, key=lambda w: w.sentence.start)]

    def choose(
        self, query_terms: QueryTerms, ranked: Sequence[Candidate]
    ) -> list[LabelledCandidate]:
        """The sentences of the answer in order with their labels, none if none is likely."""
        query = query_terms.query
        own = in_period(query_terms, ranked, query.within) if query.within else []
        if own and not lacks_event_trigger(query.question, [with_context(w) for w in own]):
            return [("", w) for w in self._events(query, own)]
        if not ranked:
            return []
        least = WHY_CONTRADICTION if query.kind == "why" else CONTRADICTION
        if (
            against := contradicting_candidate(query_terms, ranked)
        ) and against.likelihood >= least:
            return [("otherwise", against)]
        first = [w.sentence.text for w in ranked[:USUALLY]]
        likelihood = self._likelihood(query_terms, ranked)
        if likelihood < ABSTENTION_THRESHOLD or (
            likelihood < SURE_LIKELIHOOD and not has_answer_types(query, first)
        ):
            return []
        if query.kind == "what happened":
            return [("", w) for w in self._events(query, ranked)]
        most, every = _most(query, MOST.get(query.kind, USUALLY)), ranked
        if query.recency == "strong" or requested_office(query.question):
            ranked = newest(ranked)
        chosen = deduplicate(ranked, most, NEAR_BEST * SHARE[query.length])
        if not any(has_answer_types(query, [w.sentence.text]) for w in chosen):
            chosen += [w for w in ranked[:USUALLY] if has_answer_types(query, [w.sentence.text])][
                :1
            ]
        chosen.sort(key=lambda w: not has_answer_types(query, [w.sentence.text]))
        chosen = with_reason(query, chosen, ranked)
        return with_changes(query, chosen, every, most)

    def _likelihood(self, query_terms: QueryTerms, ranked: Sequence[Candidate]) -> float:
        """How likely the archive holds the answer."""
        first = ranked[:TRIGGER_CANDIDATES]
        best_coverage = max(w.sentence_name_coverage for w in first)
        if lacks_event_trigger(
            query_terms.query.question,
            [with_context(w) for w in first if w.sentence_name_coverage == best_coverage],
        ):
            return 0.0
        return answerability(query_terms, ranked)

    def _events(self, query: Query, ranked: Sequence[Candidate]) -> list[Candidate]:
        """What happened, a sentence for each article, by date."""
        found: dict[str, Candidate] = {}
        for candidate in deduplicate(ranked, len(ranked), EVENT_SHARE * SHARE[query.length]):
            found.setdefault(candidate.hit.article.id, candidate)
        most = _most(query, MOST["what happened"])
        return sorted(list(found.values())[:most], key=lambda w: publication_day(w.hit))

    def _claim(
        self, query: Query, candidate: Candidate, label: str, *, lead: bool, **more: Any
    ) -> Claim:
        sure = lead and not label and candidate.likelihood >= LEAD and candidate.name_coverage > 0
        article, end = candidate.hit.article, candidate.sentence.end
        sure = sure and correction_after(article.body, end) is None
        answer_span = (
            best_answer_span(query, candidate.sentence.text, candidate.answer) if sure else None
        )
        claim = quote(candidate, query.language, label=label, answer_span=answer_span, **more)
        if changed(self._archive, claim.citations):
            claim = replace(claim, text=f"{claim.text} {phrases(query.language)['changed']}")
        return claim


def _cites_passage(cited: Citation, hit: Hit) -> bool:
    """Whether a citation has some of a passage."""
    same = cited.article.id == hit.article.id
    return same and cited.start < hit.end and hit.start < cited.end


def _quotes_sentence(cited: Citation, candidate: Candidate) -> bool:
    """Whether a citation has some of a sentence."""
    sentence = candidate.sentence
    same = cited.article.id == candidate.hit.article.id
    return same and cited.start < sentence.end and sentence.start < cited.end


def _interpretation(query: Query, days: Sequence[date]) -> str:
    """How a request was taken that names no topic and no time."""
    name = "taken_as_all" if query.request in TOPIC_REQUESTS[:2] else "taken_as_newest"
    period = period_text((min(days), max(days)), query.language)
    return str(phrases(query.language)["requests"][name].format(period=period))


def _most(query: Query, usually: int) -> int:
    """Claims of an answer at most, by the length that is wanted: of a long one twice as many."""
    return {"short": min(SHORT, usually), "long": 2 * usually}.get(query.length, usually)
