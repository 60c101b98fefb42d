"""Questions about the archive itself, answered from the ledger.

They ask for outlets, counts, the newest or oldest articles, corrections, and what came in.
Articles are named by their headline, each with a citation of its first sentence, so that it can
be opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from chatbot.answering.layouts.archive_scope import limits_of, outlets_named, topic_of
from chatbot.answering.layouts.candidates import most_similar_sentence
from chatbot.answering.layouts.small_talk import archive_summary, article_count, example_questions
from chatbot.language.list_items import BOUNDARY
from chatbot.language.phrases import attribution, long_date, phrases
from chatbot.values import SHORT, Answer, Citation, Claim, Length, Query
from vectorstore import Archive, Filters, StoredArticle, terms

NAMED_ARTICLES: dict[Length, int] = {"short": SHORT, "normal": 6, "long": 20}
"""Articles that are named, by the length of the answer that is wanted."""

SEARCHED = 200
"""Passages that are looked through to count the articles that have some words."""

RECENT = 7
"""Days that what "came in lately" is told of."""

ASPECTS = {
    "corrected": r"\bcorrect(?:ed|ions?)\b|\bchanged\b|\brevis\w+|\bretract\w*|\bamended\b"
    r"|\bedited\b|정정|수정|바뀐|변경",
    "arrived": r"\b(?:came|come|coming|added|ingested|arrived?|new)"
    r" (?:in|today|since|this|lately)\b"
    r"|\blast (?:update|ingest|refresh)\w*|\bwhen .{0,30}\bupdated\b|\bup to date\b|\badded\b"
    r"|들어온|추가된|추가됐|갱신|업데이트",
    "oldest": r"\b(?:oldest|earliest|first)\b|\bhow far back\b|\bgo(?:es)? back\b"
    r"|가장 오래|제일 오래|언제부터|첫 기사",
    "newest": r"\b(?:newest|latest|most recent|last)\b|최신|가장 최근|제일 최근|마지막",
    "count": r"\bhow many\b|\bnumber of\b|\bcount\b|\bhow much\b|몇|건수|얼마나|개수",
    "outlets": r"\b(?:outlets?|newspapers?|papers|publishers?|media|sources?|agenc(?:y|ies))\b"
    r"|매체|언론|신문|출처",
}
"""What is asked about an archive, the first that fits."""


def archive_answer(archive: Archive, query: Query) -> Iterator[Answer]:
    """The answer to a question about the archive itself."""
    aspect = next(
        (k for k, p in ASPECTS.items() if re.search(p, query.question, re.IGNORECASE)), ""
    )
    yield from HANDLERS.get(aspect, _whole)(archive, query)


def _whole(archive: Archive, query: Query) -> Iterator[Answer]:
    """What it holds of an outlet that is named, or in all."""
    outlets = outlets_named(archive, query)
    if outlets or query.periods or topic_of(archive, query):
        yield from _count(archive, query)
        return
    message = archive_summary(archive.status(), query.language)
    yield Answer(message=message, suggested=example_questions(archive, query.language))


def _outlets(archive: Archive, query: Query) -> Iterator[Answer]:
    if topic_of(archive, query) or limits_of(archive, query)[0].outlets:
        yield from _count(archive, query)
        return
    texts = phrases(query.language)["requests"]
    rows = []
    covered = archive.coverage(query.filters)
    for name in dict.fromkeys([*archive.outlets(), *(c.outlet for c in covered)]):
        own = [c for c in covered if c.outlet == name]
        known = [c.day for c in own if c.day]
        if own:
            period = (
                texts["span"].format(
                    first=long_date(min(known), query.language),
                    last=long_date(max(known), query.language),
                )
                if known
                else ""
            )
            count = article_count(sum(c.articles for c in own), query.language)
            row = texts["outlet_row"].format(
                outlet=name or texts["no_outlet"], articles=count, span=period
            )
            rows.append(row.rstrip(", "))
    n = texts["one_outlet"] if len(rows) == 1 else texts["many_outlets"].format(n=len(rows))
    most = NAMED_ARTICLES["long"] if query.length != "long" else len(rows)
    lines = [texts["outlets"].format(outlets=n), *(f"- {row}" for row in rows[:most])]
    if len(rows) > most:
        lines.append(texts["shown"].format(shown=most, n=len(rows)))
    yield Answer(message="\n".join(lines))


def _count(archive: Archive, query: Query) -> Iterator[Answer]:
    texts = phrases(query.language)["requests"]
    filters, limits = limits_of(archive, query)
    topic = topic_of(archive, query)
    if topic:
        found = _articles_with(archive, topic, filters)
        words = texts["count_of"].format(words=topic, n=len(found), limits=limits)
        yield Answer(message=words)
        yield from _named(archive, query, found, words=frozenset(terms(topic)))
        return
    n = archive.matching(filters)
    if not n:
        yield Answer(message=_none(archive, query, limits))
        return
    yield Answer(
        message=texts["count"].format(articles=article_count(n, query.language), limits=limits)
    )
    if limits:
        yield from _named(
            archive, query, archive.browse(filters, limit=NAMED_ARTICLES[query.length])
        )


def _newest(archive: Archive, query: Query) -> Iterator[Answer]:
    yield from _extreme(archive, query, "newest")


def _oldest(archive: Archive, query: Query) -> Iterator[Answer]:
    yield from _extreme(archive, query, "oldest")


def _extreme(archive: Archive, query: Query, which: str) -> Iterator[Answer]:
    filters, limits = limits_of(archive, query)
    many = re.search(r"\barticles|\bstories|\bpieces|기사들", query.question, re.IGNORECASE)
    found = archive.browse(
        filters, limit=NAMED_ARTICLES[query.length] if many else 1, oldest=which == "oldest"
    )
    if not found:
        yield Answer(message=_none(archive, query, limits))
        return
    texts = phrases(query.language)["requests"]
    yield Answer(message=texts[which].format(limits=limits))
    yield from _named(archive, query, found)


def _corrected(archive: Archive, query: Query) -> Iterator[Answer]:
    texts = phrases(query.language)["requests"]
    filters, limits = limits_of(archive, query)
    found = archive.changed(filters, limit=SEARCHED)
    if not found:
        yield Answer(message=texts["corrected_none"].format(limits=limits))
        return
    yield Answer(message=texts["corrected"].format(n=len(found)))

    def when(a: StoredArticle) -> str:
        last = a.updated.day if a.updated else a.since.date() if a.since else query.today
        return str(texts["changed_on"].format(day=long_date(last, query.language)))

    yield from _named(archive, query, found, note=when)


def _arrived(archive: Archive, query: Query) -> Iterator[Answer]:
    texts = phrases(query.language)["requests"]
    status = archive.status()
    last = status.last_ingested.date() if status.last_ingested else query.today
    since = query.periods[0][0] if query.periods else None
    first = since or max(query.today, last) - timedelta(RECENT - 1)
    day = long_date(first, query.language)
    found = archive.arrived(datetime.combine(first, time.min, UTC), query.filters, limit=SEARCHED)
    if not found:
        updated = texts["last_update"].format(day=long_date(last, query.language))
        yield Answer(message=texts["arrived_none"].format(day=day, last_update=updated))
        return
    n = f"{SEARCHED}+" if len(found) == SEARCHED else str(len(found))
    articles = texts["articles"].format(n=n) if n != "1" else texts["article"]
    yield Answer(message=texts["arrived"].format(day=day, articles=articles))
    yield from _named(archive, query, found)


HANDLERS: dict[str, Callable[[Archive, Query], Iterator[Answer]]] = {
    "corrected": _corrected,
    "arrived": _arrived,
    "oldest": _oldest,
    "newest": _newest,
    "count": _count,
    "outlets": _outlets,
}


def _articles_with(archive: Archive, topic: str, filters: Filters) -> list[StoredArticle]:
    """The articles that have all of some words, and those with hyphens whole, the newest first."""
    wanted, whole = {*terms(topic)}, re.findall(r"\w+(?:-\w+)+", topic.lower())
    hits = archive.search(topic, k=SEARCHED, filters=filters)
    known = {h.article.id: h.article for h in hits}
    texts = {id_: f"{a.headline}\n{a.body}" for id_, a in known.items()}
    have = [
        known[id_]
        for id_, text in texts.items()
        if wanted <= {*terms(text)} and all(word in text.lower() for word in whole)
    ]
    return sorted(have, key=lambda a: a.published.iso if a.published else "", reverse=True)


def _none(archive: Archive, query: Query, limits: str) -> str:
    texts = phrases(query.language)["requests"]
    summary = archive_summary(archive.status(), query.language)
    return str(texts["none"].format(limits=limits, holds=summary))


def _named(
    archive: Archive,
    query: Query,
    articles: Sequence[StoredArticle],
    note: Callable[[StoredArticle], str] = lambda _: "",
    words: frozenset[str] = frozenset(),
) -> Iterator[Answer]:
    """Articles by outlet, day and headline, each with its opening as the citation, or with the
    sentence that has most of some words."""
    texts = phrases(query.language)["requests"]
    most = NAMED_ARTICLES[query.length]
    claims = tuple(article_claim(a, query.language, note(a), words) for a in articles[:most])
    yield Answer(claims=claims)
    if len(articles) > most:
        yield Answer(notice=texts["shown"].format(shown=most, n=len(articles)))


def article_claim(
    article: StoredArticle, language: str, note: str = "", words: frozenset[str] = frozenset()
) -> Claim:
    """An article as a claim: its headline, with its first words as the cited quote, or the
    sentence that has most of some words."""
    body, (start, end) = article.body, (0, len(article.body))
    if words:
        start, end = most_similar_sentence(body, words)
    else:
        first = body.partition("\n")[0]
        stop = BOUNDARY.search(first)
        end = stop.start() if stop else len(first)
    lead = attribution(article.outlet, article.published, language)
    text = f"{lead}{article.headline} — “{body[start:end]}”"
    cited = Citation(number=0, article=article, start=start, end=end, quote=body[start:end])
    return Claim(text=text, citations=(cited,), heading=note)
