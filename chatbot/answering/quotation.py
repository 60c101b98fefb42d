"""Quotation: a candidate sentence as a claim, with attribution, exact quotes and citations."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chatbot.answering.excerpts import answer_clause, excerpt, trim
from chatbot.language.phrases import attribution, phrases
from chatbot.reading.answer_spans import AnswerSpan
from chatbot.reading.candidates import Candidate
from chatbot.values import Citation, Claim
from vectorstore import Archive, Span

REPEATED_PARTS = ("outlet", "day")
"""What an attribution goes without where the claim before is of the same article."""

QUOTATION = re.compile(r"“.+”|\".+\"", re.DOTALL)
"""A quote that has marks at both its ends, and needs none of ours."""


def quote(  # noqa: PLR0913
    candidate: Candidate,
    language: str,
    *,
    label: str = "",
    answer_span: AnswerSpan | None = None,
    without: Collection[str] = (),
    quoted: Sequence[Citation] = (),
) -> Claim:
    """A candidate as a claim: its answer in bold, its attribution, and the exact quotes.

    The attribution goes `without` its "day", or its "outlet" and "day" (never without the
    speaker), where the reader has just been told. What the excerpt adds to the sentence is left
    out where it is `quoted` already.
    """
    article, words = candidate.hit.article, phrases(language)
    body = article.body
    found = excerpt(body, (candidate.sentence.start, candidate.sentence.end))
    spans = [trim(body, span) for span in found.spans]
    shown = [_clause(body, span, candidate) for span in spans]
    made = [Citation(number=0, article=article, start=a, end=b, quote=body[a:b]) for a, b in shown]
    new = [i for i, c in enumerate(made) if not any(quotes_overlap(c, other) for other in quoted)]
    kept = new or range(len(made))
    citations = tuple(made[i] for i in kept)
    quotes = " ".join(
        _marked(made[i].quote, (shown[i][0] > spans[i][0], shown[i][1] < spans[i][1]), words)
        for i in kept
    )
    outlet = "" if "outlet" in without else article.outlet
    published = None if "day" in without else article.published
    lead = attribution(outlet, published, language, found.speaker)
    return Claim(
        text=f"{words['label_' + label] if label else ''}{lead}{quotes}",
        citations=citations,
        lead=answer_span.text if answer_span else "",
    )


def _clause(body: str, span: Span, candidate: Candidate) -> Span:
    """Of a long sentence the clauses around the answer that the reader finds in it."""
    at = candidate.sentence.start
    if not candidate.answer or not (span[0] <= at < span[1]):
        return span
    return answer_clause(body, span, (at + candidate.answer[0], at + candidate.answer[1]))


def _marked(quote: str, cut: tuple[bool, bool], words: Mapping[str, Any]) -> str:
    """A quote in marks, with "…" where its sentence was cut, before or behind."""
    before, behind = ("… " if cut[0] else ""), (" …" if cut[1] else "")
    if QUOTATION.fullmatch(quote):
        return f"{before}{quote}{behind}"
    return f"{words['open']}{before}{quote}{behind}{words['close']}"


def changed(archive: Archive, citations: Sequence[Citation]) -> bool:
    """Whether a cited passage was not yet in an earlier version of its article."""
    for article in {c.article.id for c in citations}:
        earlier = [v for v in archive.versions(article) if not v.current]
        if any(
            c.quote not in v.body for v in earlier for c in citations if c.article.id == article
        ):
            return True
    return False


def quotes_overlap(one: Citation, other: Citation) -> bool:
    """Whether two quotes of an article have most of one of them in common."""
    if one.article.id != other.article.id:
        return False
    common = min(one.end, other.end) - max(one.start, other.start)
    return common > 0.5 * min(one.end - one.start, other.end - other.start)
