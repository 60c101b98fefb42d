"""Suggested questions: what a reader may ask next, made of an answer and its hits.

A question is suggested only if the archive answers it with what it asks for, and with
something that was not quoted yet.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chatbot.language.phrases import long_date, phrases
from chatbot.understanding.rewriting import capitalized_names
from chatbot.understanding.topic_phrases import lexicon, topic_phrase
from chatbot.values import Answer, Citation, Query
from vectorstore import Archive, Hit, question_terms, terms

MOST_SUGGESTIONS = 3
"""Questions that are suggested at most."""

NEAREST = 10
"""Hits that questions are made of."""

SECONDS = 3.0
"""How long may be spent on finding out which questions are answered; about 0.3 s each."""

RARE = 0.3
"""Rarity (0 in every passage, 1 in one) of a name that is worth a question of its own."""

Ask = Callable[[str], Answer]
Fits = Callable[[Citation], bool]


def follow_ups(
    archive: Archive,
    answer: Answer,
    ask: Ask,
    *,
    seconds: float = SECONDS,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Up to three questions that the archive answers with what the answer has not quoted.

    `ask` answers a question that stands on its own, without a model. What has been found
    by then is all once `stop` says so. Nothing follows an answer without claims.
    """
    if not (answer.claims and answer.query):
        return ()
    until, quoted, found = time.monotonic() + seconds, list(answer.citations), list[str]()
    hits = answer.nearest[:NEAREST]
    for question, fits in candidate_questions(archive, answer.query, answer.citations, hits):
        if len(found) == MOST_SUGGESTIONS or time.monotonic() > until or stop():
            break
        cited = ask(question).citations
        new = [c for c in cited if fits(c) and not any(_same(c, t) for t in quoted)]
        if new:
            found.append(question)
            quoted += new
    return tuple(found)


def candidate_questions(
    archive: Archive, query: Query, cited: Sequence[Citation], hits: Sequence[Hit]
) -> Iterator[tuple[str, Fits]]:
    """Questions that might be suggested, each with a check of what must be cited for it.

    They ask what was reported later or earlier, for a timeline, about a name, and what another
    outlet says.
    """
    texts, topic, language = lexicon(query.language), topic_phrase(query, hits), query.language
    known, found = _days(cited), _days(hits)
    last, first = max(known, default=date.max), min(known, default=date.min)
    read = "\n".join(h.text for h in hits)
    others = [
        (texts["name"].format(name=_with_article(name, read, language)), _naming(name))
        for name in salient_names(archive, query, cited, hits)
    ]
    if topic and max(found, default=last) > last:
        question = texts["since"].format(topic=topic, date=long_date(last, language))
        yield question, lambda c: _day(c) > last
    if topic and query.request != "timeline":
        yield texts["timeline"].format(topic=topic), lambda c: True
    yield from others[:1]
    if topic and (outlet := _another(query, cited, hits)):
        question = texts["outlet"].format(topic=topic, outlet=outlet)
        yield question, lambda c: c.article.outlet == outlet
    yield from others[1:2]
    if topic and min(found, default=first) < first:
        question = texts["before"].format(topic=topic, date=long_date(first, language))
        yield question, lambda c: date.min < _day(c) < first


def salient_names(
    archive: Archive, query: Query, cited: Sequence[Citation], hits: Sequence[Hit]
) -> list[str]:
    """Names that the quotes and the hits have at least twice and the question does not.

    They have several words each; the rarest comes first.
    """
    question_words = {*question_terms(query.question), *question_terms(query.text)}
    question_words |= {t for h in hits for t in terms(h.article.outlet)}
    months = {m.lower() for m in phrases("en")["months"]}
    counts = Counter(n for h in hits for n in full_names(h.text))
    found: list[str] = []
    for texts in ([c.quote for c in cited], [h.text for h in hits]):
        own = {n for text in texts for n in full_names(text) if 1 < len(n.split()) <= 4}
        fit = [n for n in own if counts[n] > 1 and not {*terms(n)} & question_words]
        fit = [n for n in fit if not {w.lower() for w in n.split()} & months]
        rarity = archive.rarity({t for n in fit for t in terms(n)})
        rarest = {n: min(rarity[t] for t in terms(n)) for n in fit}
        found += sorted((n for n in fit if rarest[n] >= RARE), key=lambda n: (-rarest[n], n))
    return list(dict.fromkeys(found))


def full_names(text: str) -> list[str]:
    """The full names of a text, without parts of longer names and without titles' words."""
    whole = [re.sub(r"['’]s?$", "", n) for n in capitalized_names(text)]
    kept = []
    for name in dict.fromkeys(whole):
        own = re.escape(name)
        more = rf"[A-Z][\w.’'-]* {own}\b|\b{own},? [“\"]?[A-Z](?:\.|[a-z])"
        if not re.search(more, text):
            kept.append(name)
    return kept


def _with_article(name: str, read: str, language: str) -> str:
    """ "the Supreme Court", if it is written so more often than not."""
    alone, article = (len(re.findall(rf"{start}{re.escape(name)}", read)) for start in ("", "the "))
    return f"the {name}" if language == "en" and 2 * article > alone else name


def _naming(name: str) -> Fits:
    return lambda c: {*terms(name)} <= {*terms(f"{c.article.headline}\n{c.article.body}")}


def _days(sources: Sequence[Citation] | Sequence[Hit]) -> list[date]:
    return [p.day for s in sources if (p := s.article.published)]


def _day(cited: Citation) -> date:
    return cited.article.published.day if cited.article.published else date.min


def _another(query: Query, cited: Sequence[Citation], hits: Sequence[Hit]) -> str:
    """The first outlet found that is neither cited nor asked about."""
    known = {c.article.outlet for c in cited} | {*query.filters.outlets, *query.outlets}
    return next((n for h in hits if (n := h.article.outlet) and n not in known), "")


def _same(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end
