"""What every programmatic way in does: ask, search, article, timeline, status.

REST, the OpenAI-compatible routes, MCP and Gradio's API all come here, so that they say the
same and refuse the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import date
from typing import Any

from chatbot import Answer
from chatbot.answering.timeline import timeline
from chatbot.language.phrases import language_of
from chatbot.understanding.citation_followups import EarlierQuote
from chatbot.understanding.spelling import correct_spelling, correction_notes
from ui.api.requests import LONGEST, Ask, Cited, Narrowed
from ui.api.responses import (
    AnswerOut,
    ArticleCard,
    ArticleOut,
    CitationOut,
    CoverageOut,
    Event,
    HealthOut,
    HitOut,
    Near,
    SearchOut,
    SentenceOut,
    StatusOut,
    TimelineOut,
)
from ui.operations.limits import Turnstile
from ui.store.snapshot import Json, citation, plain, snapshot
from ui.wording.text import safe_url
from vectorstore import Archive, Filters, Hit, InputError, StoredArticle, page_of

COVERED = 2_000
"""Rows of coverage in one response."""


class NotFound(InputError):
    """The archive does not hold what was asked for."""


class Service:
    """An archive and a chain, asked by programs."""

    def __init__(self, archive: Archive, chain: Any) -> None:
        self.archive, self.chain = archive, chain
        self.turnstile = Turnstile()

    async def ask(self, asked: Ask) -> AnswerOut:
        """The whole answer; raises InputError, and Busy where too many are asking."""
        inputs = self._inputs(asked)
        async with self.turnstile.turn():
            answer: Answer = await self.chain.ainvoke(inputs)
        return answer_out(answer)

    async def parts(self, asked: Ask) -> AsyncIterator[Answer]:
        """The answer's parts as they come; they add up to the whole. Raises as `ask` does."""
        inputs = self._inputs(asked)
        async with (
            self.turnstile.turn(),
            aclosing(self.chain.astream(inputs)) as stream,
        ):
            async for part in stream:
                yield part

    def search(self, text: str, narrowed: Narrowed, *, k: int, explain: bool) -> SearchOut:
        """The k passages that fit best; raises InputError."""
        filters = self.filters(narrowed)
        text, slips = correct_spelling(_sized(text), self.archive)
        hits = self.archive.search(text, k=k, filters=filters, explain=explain)
        found = [_hit(hit, explain=explain) for hit in hits]
        return SearchOut(query=text, notes=correction_notes(slips, language_of(text)), hits=found)

    def article(self, article_id: str, version: str | None = None) -> ArticleOut:
        """An article in its current or the given version; raises NotFound."""
        try:
            stored = self.archive.article(article_id, version)
        except KeyError:
            raise NotFound("the archive does not hold this article") from None
        return ArticleOut(
            **card(stored).model_dump(),
            text=stored.body,
            versions=cards(self.archive.versions(stored.id)),
            story_articles=cards(a for a in self.archive.story(stored.id) if a.id != stored.id),
        )

    def timeline(self, topic: str, narrowed: Narrowed, *, limit: int) -> TimelineOut:
        """What was reported of a topic when; raises InputError."""
        filters = self.filters(narrowed)
        entries = timeline(self.archive, _sized(topic), filters=filters, limit=limit)
        answer = snapshot_citations(entry.citation for entry in entries)
        events = [
            Event(
                day=entry.day,
                headline=entry.citation.article.headline,
                outlet=entry.citation.article.outlet,
                citation=cited,
                also=cards(entry.also),
            )
            for entry, cited in zip(entries, answer, strict=True)
        ]
        return TimelineOut(topic=topic, events=events)

    def coverage(self, narrowed: Narrowed) -> list[CoverageOut]:
        """Articles by month and outlet, the earliest first."""
        counts: Counter[tuple[str, str]] = Counter()
        for row in self.archive.coverage(self.filters(narrowed)):
            counts[(f"{row.day:%Y-%m}" if row.day else "", row.outlet)] += row.articles
        rows = sorted(counts.items(), key=lambda item: (not item[0][0], item[0]))
        return [
            CoverageOut(month=month or None, outlet=outlet, articles=n)
            for (month, outlet), n in rows[:COVERED]
        ]

    def status(self) -> StatusOut:
        """What the archive holds, and how fresh it is."""
        return StatusOut(**asdict(self.archive.status()))

    def health(self) -> HealthOut:
        """Whether there is anything to ask."""
        articles = self.archive.status().articles
        return HealthOut(ok=articles > 0, articles=articles)

    def filters(self, narrowed: Narrowed) -> Filters:
        """The filters, with outlets by their exact names; raises InputError for unknown ones."""
        if narrowed.since and narrowed.until and narrowed.since > narrowed.until:
            raise InputError(f"since {narrowed.since} is later than until {narrowed.until}")
        outlets: tuple[str, ...] = ()
        if narrowed.outlets:
            known = {name.casefold(): name for name in self.archive.outlets()}
            if unknown := [o for o in narrowed.outlets if o.casefold() not in known]:
                names = ", ".join(list(known.values())[:20])
                raise InputError(f"no outlet {unknown[0]!r} in the archive; there are: {names}")
            outlets = tuple(known[o.casefold()] for o in narrowed.outlets)
        return Filters(
            since=narrowed.since,
            until=narrowed.until,
            as_of=narrowed.as_of,
            outlets=outlets,
            languages=tuple(narrowed.languages),
            subjects=tuple(narrowed.subjects),
            places=tuple(narrowed.places),
        )

    def _inputs(self, asked: Ask) -> Json:
        return {
            "question": _sized(asked.question),
            "history": [said.model_dump() for said in asked.history],
            "filters": self.filters(asked),
            "length": asked.length,
            "request": asked.request,
            "cited": [self._quoted(c) for c in asked.cited] or None,
        }

    def _quoted(self, cited: Cited) -> EarlierQuote:
        headline = self.article(cited.article).headline
        return EarlierQuote(cited.number, cited.article, headline, cited.start, cited.end)


def _sized(text: str) -> str:
    if not text.strip():
        raise InputError("there is no question: write what you want to know")
    if len(text.encode(errors="replace")) > LONGEST:
        raise InputError("the question is longer than 16 kB: ask in fewer words")
    return text


def answer_out(answer: Answer) -> AnswerOut:
    """An answer as the API gives it; what is new to answers goes along."""
    return from_snapshot(snapshot(answer))


def from_snapshot(saved: Json) -> AnswerOut:
    """The same of a snapshot, with its sources as they were."""
    cited = [_cited(c) for c in saved["citations"]]
    near = [
        Near(article=_card(p["article"]), **{n: p[n] for n in ("text", "start", "end")})
        for p in saved["nearest"]
    ]
    return AnswerOut(**saved | {"citations": cited, "nearest": near})


def snapshot_citations(cited: Iterable[Any]) -> list[CitationOut]:
    """Citations with the words around them."""
    return [_cited(citation(c)) for c in cited]


def _cited(saved: Json) -> CitationOut:
    rest = {name: value for name, value in saved.items() if name != "text"}
    return CitationOut(**rest | {"article": _card(saved["article"])})


def cards(articles: Iterable[StoredArticle]) -> list[ArticleCard]:
    """Articles without their text."""
    return [card(article) for article in articles]


def card(article: StoredArticle) -> ArticleCard:
    """An article without its text."""
    return _card(plain(article))


def _card(saved: Mapping[str, Any]) -> ArticleCard:
    dates = {n: (saved.get(n) or {}).get("iso") for n in ("published", "updated")}
    link = safe_url(saved["url"])
    page = {"url": link[0] if link else "", "page": f"/article/{saved['id']}/{saved['version']}"}
    printed = page_of(saved.get("path") or "")
    return ArticleCard(**{**saved, **dates, **page, "printed": printed})


def _hit(hit: Hit, *, explain: bool) -> HitOut:
    shown = HitOut(
        text=hit.text,
        start=hit.start,
        end=hit.end,
        score=hit.score,
        article=card(hit.article),
        also=cards(hit.also),
    )
    if explain:
        shown.dense, shown.lexical, shown.why = hit.dense, hit.lexical, plain(hit.why)
        shown.sentences = [SentenceOut(**asdict(s)) for s in hit.sentences]
    return shown


def narrowed(
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    outlets: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> Narrowed:
    """Filters from separate values."""
    return Narrowed(
        since=since, until=until, as_of=as_of, outlets=list(outlets), languages=list(languages)
    )
