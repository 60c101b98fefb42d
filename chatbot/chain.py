"""The chain of all steps, as one LangChain runnable.

It understands the question, retrieves hits from the archive, has an answerer make claims of
them, verifies each claim against the articles that it cites, and numbers the citations.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from chatbot.answering.answerer import Extractive
from chatbot.answering.digest import digest
from chatbot.answering.layouts import archive_questions
from chatbot.answering.layouts.candidates import RETRIEVED_HITS
from chatbot.answering.layouts.small_talk import SMALL_TALK, small_talk_answer
from chatbot.answering.provenance import PER_ORIGIN, admission
from chatbot.language.phrases import phrases
from chatbot.understanding.citation_followups import without_quoted
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from chatbot.values import SHORT, Answer, Citation, Claim, Inputs, Query, Request
from chatbot.verification.claims import check
from chatbot.verification.entailment import Entails, configured_entailment
from vectorstore import Archive, EmbeddingError, Hit

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from chatbot.generative import ChatSettings

log = logging.getLogger(__name__)

RETRIEVED = 20
"""Passages retrieved for a question."""

UNSEARCHED: tuple[Request, ...] = (*SMALL_TALK, "archive")
"""Kinds of requests that are answered without a search, and without a model."""

LAYOUT_PER_ORIGIN: dict[Request, int] = dict.fromkeys(("timeline", "change", "news", "summary"), 8)
LAYOUT_PER_ORIGIN |= dict.fromkeys(("list", "count", "archive"), 1_000)
"""Passages of one outlet in an answer that lays many out, at most: of steps half (see
`provenance.diversify`); of a list all, where each line says whose it is."""

Found = tuple[Query, Sequence[Hit]]


class Answerer(Protocol):
    """What turns a query and its hits into parts of an answer."""

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]: ...

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer: ...


def build_chain(  # noqa: PLR0913
    archive: Archive,
    *,
    k: int = RETRIEVED,
    model: str | BaseChatModel | None = None,
    settings: ChatSettings | None = None,
    answerer: Answerer | None = None,
    on_failure: Literal["drop", "mark"] | None = None,
    entails: Entails | None = None,
    on_false: Callable[[tuple[str, ...]], None] | None = None,
) -> Runnable[Inputs, Answer]:
    """A runnable from `{"question": …, "history": […]}` to an `Answer`.

    `invoke`, `stream`, `batch` and their async forms. A stream begins with a part that has
    the query and the nearest passages; then a part for each claim, or one that abstains;
    the parts add up to what `invoke` returns. Raises InputError for wrong inputs.

    A claim that fails its check is dropped, or with `on_failure="mark"` kept with its
    `failures`, without those of its citations that are false; if none holds, the answerer
    abstains. `entails` is an entailment model for the check (default: what DATELINE_NLI names);
    `on_false` is told the failures of each claim that fails it.

    A `model`, "provider:name" or any LangChain chat model, writes the answers, with the
    `settings` given or else those of the environment; without one nothing leaves the machine.
    It also restates questions that follow on from earlier ones. Its stream has empty parts
    where the model keeps a reader waiting.
    """
    entails = entails or configured_entailment()
    active_answerer = answerer or _answerer(archive, model, settings, on_failure, entails)
    model_reader = getattr(active_answerer, "reading", None)
    rule_reader: Callable[[Inputs | str], Query] = partial(understand, archive=archive)
    read = model_reader(rule_reader) if model_reader else rule_reader

    def checked(claim: Claim) -> Claim | None:
        if claim.failures:  # the answerer has looked, and marked it
            return claim
        verdict = check(archive, claim, entails=entails)
        if not verdict and on_false:
            on_false(verdict.failures)
        if verdict or on_failure == "mark":
            true = tuple(c for c in claim.citations if c not in verdict.false)
            return replace(claim, citations=true, failures=verdict.failures)
        return None

    def retrieve(query: Query) -> Found:
        if query.request in UNSEARCHED:
            return query, ()
        if query.digest:
            return query, digest(archive, query)
        most = max(k, RETRIEVED_HITS.get(query.request, k))
        hits = archive.search(search_queries(query), k=most, explain=bool(query.parts))
        return query, without_quoted(query, hits) if query.beyond else hits

    def answer(found: Iterator[Found]) -> Iterator[Answer]:
        for query, hits in found:
            try:
                yield from verified(query, hits)
            except EmbeddingError as error:  # the search itself has answered, by words
                log.error("answering with what was found alone: %s", error)
                yield Answer(abstained=True, message=phrases(query.language)["search_only"])

    def verified(query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        yield Answer(query=query, nearest=tuple(hits), usage=query.usage)
        numbers: dict[Citation, int] = {}
        cap = LAYOUT_PER_ORIGIN.get(query.request, PER_ORIGIN)
        admits, answered, shown = admission(archive, hits, cap), False, 0
        if query.request in UNSEARCHED:
            answer_directly = (
                small_talk_answer
                if query.request in SMALL_TALK
                else archive_questions.archive_answer
            )
            answers = answer_directly(archive, query)
        else:
            answers = active_answerer(query, hits)
        for part in answers:
            admitted = [claim for claim in part.claims if admits(claim)]
            claims = tuple(c for claim in admitted if (c := checked(claim)))
            if claims or not part.claims:
                yield replace(part, claims=tuple(_numbered(c, numbers) for c in claims))
            answered = answered or any(c.supported for c in claims)
            answered = answered or part.abstained or query.request in UNSEARCHED
            shown += len(claims)
            if query.length == "short" and shown >= SHORT:
                break
        if not answered:
            yield active_answerer.abstain(query, hits)

    return (
        RunnableLambda(read).with_config(run_name="understand")
        | RunnableLambda(retrieve).with_config(run_name="retrieve")
        | RunnableGenerator(answer, _async(answer)).with_config(run_name="answer and verify")
    )


def _answerer(
    archive: Archive,
    model: str | BaseChatModel | None,
    settings: ChatSettings | None,
    on_failure: Literal["drop", "mark"] | None,
    entails: Entails | None,
) -> Answerer:
    """The extractive answerer, or the generative one with it behind."""
    extractive = Extractive(archive)
    if not model and not (settings and settings.model):
        return extractive
    from chatbot.generative import ChatSettings, generative

    settings = settings or ChatSettings.from_environment()
    settings = replace(settings, on_failure=on_failure or settings.on_failure)

    def wrong(claim: Claim) -> tuple[str, ...]:
        return check(archive, claim, entails=entails).failures

    return generative(archive, model, settings, fallback=extractive, check=wrong)


def _numbered(claim: Claim, numbers: dict[Citation, int]) -> Claim:
    """A claim whose citations are numbered as they are shown; the same quote keeps its own."""
    cited = []
    for citation in claim.citations:
        place = replace(citation, number=0)
        cited.append(replace(place, number=numbers.setdefault(place, len(numbers) + 1)))
    return replace(claim, citations=tuple(cited))


def _async(
    answer: Callable[[Iterator[Found]], Iterator[Answer]],
) -> Callable[[AsyncIterator[Found]], AsyncIterator[Answer]]:
    """The same over async iterators, working in a thread so that the loop stays free."""

    async def run(found: AsyncIterator[Found]) -> AsyncIterator[Answer]:
        async for item in found:
            parts = answer(iter([item]))
            while (part := await asyncio.to_thread(next, parts, None)) is not None:
                yield part

    return run
