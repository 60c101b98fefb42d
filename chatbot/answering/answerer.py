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
from chatbot.answering.answer_selection import (
    CLAIM_LIMITS,
    claim_limit,
    select_answer,
    select_unquoted,
)
from chatbot.answering.changes import publication_day
from chatbot.answering.excerpts import correction_after
from chatbot.answering.layouts import chronology, lists, positions, summaries
from chatbot.answering.layouts.candidates import answer_candidates
from chatbot.answering.quotation import REPEATED_PARTS, changed, quote, quotes_overlap
from chatbot.answering.selection import LabelledCandidate
from chatbot.answering.subqueries import hits_of_subquery, subquery
from chatbot.language.phrases import phrases
from chatbot.reading.answerability import PROMISING_HITS, SUFFICIENT_LIKELIHOOD, answerability
from chatbot.reading.candidates import Candidate, leading_sentences, rerank
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.reading.type_matching import best_answer_span
from chatbot.understanding.decomposition import original_wording
from chatbot.understanding.notes import period_text
from chatbot.understanding.request_topics import TOPIC_REQUESTS
from chatbot.values import Answer, Citation, Claim, Length, Query, Request
from vectorstore import Archive, Hit

WORD_LIMITS: dict[Length, int] = {"short": 80, "normal": 120, "long": 400}
"""Words of an answer from which nothing is added, by the length that is wanted."""

PARTS_CLAIM_LIMIT = 4
"""Claims at most of an answer to a question of several parts."""

LEAD_LIKELIHOOD = 0.15
"""The likelihood from which an amount or date stands in bold before its sentence. Of 68 on the
questions of docs/answers.md 41 were right; from here on, and with a name of the question near
it, 35 of 46."""


LAYOUTS: dict[Request, Callable[[Archive, Query, Sequence[Hit]], Iterator[Answer]]] = {
    "list": lists.list_answer,
    "count": lists.count_answer,
    "timeline": chronology.timeline,
    "change": chronology.timeline,
    "news": chronology.news,
    "summary": summaries.summary,
    "positions": positions.positions,
    "reaction": positions.positions,
    "opinion": positions.opinions,
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
            shown = leading_sentences(hits)[: claim_limit(query, CLAIM_LIMITS["what happened"])]
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
        most = max(1, claim_limit(query, PARTS_CLAIM_LIMIT) // len(query.parts))
        said, open_ = list[Citation](), list[str]()
        for part in query.parts:
            own, found, heading = subquery(query, part), hits_of_subquery(part, hits), ""
            if query.request == "comparison":
                heading = f"{part[:1].upper()}{part[1:]}"
                chosen = self._side(own, found, said)[:most]
            else:
                chosen = select_answer(*self._read(own, found))[:most]
            if not chosen:
                open_.append(part)
            yield from self._claims(own, chosen, said, heading)
        if said and open_:
            parts = "; ".join(original_wording(part, query.question) for part in open_)
            notice = phrases(query.language)["part_open"].format(parts=parts)
            yield Answer(notice=notice)
        elif not said:
            yield from self._claims(query, select_answer(*self._read(query, hits)), said)

    def _side(
        self, query: Query, hits: Sequence[Hit], quoted: Sequence[Citation]
    ) -> list[LabelledCandidate]:
        """The sentences about one side of a comparison: those that name it, and are not among
        those quoted for the other side."""
        query_terms, ranked = self._read(query, hits)
        fresh = [w for w in ranked if not any(_quotes_sentence(c, w) for c in quoted)]
        own = [w for w in fresh if w.name_coverage == 1] or fresh
        nearest = answer_candidates(self._archive, query, hits)
        other = [w for w in nearest if not any(_quotes_sentence(c, w) for c in quoted)]
        return select_answer(query_terms, own) or [("", w) for w in other[:1]]

    def _whole(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        """The answer to a question that is not searched in parts, after the hits in the order of
        their best sentences."""
        query_terms, ranked = self._read(query, hits)
        yield Answer(nearest=rerank(hits, ranked))
        chosen = (
            select_unquoted(query, ranked) if query.beyond else select_answer(query_terms, ranked)
        )
        yield from self._claims(query, chosen, [])

    def _read(self, query: Query, hits: Sequence[Hit]) -> tuple[QueryTerms, list[Candidate]]:
        """The candidates of the hits that promise most. Where these may not answer, or a time is
        asked about, those of more hits, as they were found."""
        query_terms = QueryTerms(self._archive, query)
        if query.recency == "weak":
            ranked = score_candidates(self._archive, query_terms, hits, PROMISING_HITS)
            if answerability(query_terms, ranked) >= SUFFICIENT_LIKELIHOOD:
                return query_terms, ranked
        return query_terms, score_candidates(self._archive, query_terms, hits, as_found=True)

    def _claims(
        self,
        query: Query,
        chosen: Sequence[LabelledCandidate],
        quoted: list[Citation],
        heading: str = "",
    ) -> Iterator[Answer]:
        """The chosen sentences as claims, each in a part of the answer.

        A claim whose quotes are all among `quoted` is left out; what the others cite is added to
        `quoted`. A claim of the same article as the one before does not name it again.
        """
        before, words = "", 0
        for at, (label, candidate) in enumerate(chosen):
            if words >= WORD_LIMITS[query.length]:
                return
            article = candidate.hit.article.id
            without = REPEATED_PARTS if article == before else ()
            claim = self._claim(
                query, candidate, label, lead=at == 0, without=without, quoted=quoted
            )
            if not all(any(quotes_overlap(c, other) for other in quoted) for c in claim.citations):
                quoted += claim.citations
                before, words = article, words + len(claim.text.split())
                yield Answer(claims=(replace(claim, heading=heading),))

    def prompt_hits(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the order in which a chat model is to read them: first those that this
        answerer would quote, in that order, then the others as they were found."""
        cited = [c for part in self(query, hits) for claim in part.claims for c in claim.citations]
        first = [h for c in cited for h in hits if _cites_passage(c, h)]
        return list({h.passage_id: h for h in (*first, *hits)}.values())

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer:
        """Says that the archive does not hold the answer, and what was looked for."""
        return Answer(abstained=True, message=abstention_message(self._archive, query, hits))

    def _claim(
        self, query: Query, candidate: Candidate, label: str, *, lead: bool, **more: Any
    ) -> Claim:
        likely = candidate.likelihood >= LEAD_LIKELIHOOD and candidate.name_coverage > 0
        sure = lead and not label and likely
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
    """The sentence that says how a request was taken that names no topic and no time: of all
    days, or of the newest."""
    name = "taken_as_all" if query.request in TOPIC_REQUESTS[:2] else "taken_as_newest"
    period = period_text((min(days), max(days)), query.language)
    return str(phrases(query.language)["requests"][name].format(period=period))
