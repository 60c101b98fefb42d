"""The generative answerer: a chat model's reply as verified claims, sentence by sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from chatbot.answering.provenance import main_outlets
from chatbot.generative.attribution import attributed_claim, with_source
from chatbot.generative.failures import Kind, ModelFailed
from chatbot.generative.guardrails import LeakDetector, is_other_language, is_refusal
from chatbot.generative.model_call import ModelCall
from chatbot.generative.prompts import answer_prompt, question_prompt
from chatbot.generative.reply import SentenceStream, parse_sentence
from chatbot.generative.rewriting import ModelRewriting, QueryReader
from chatbot.generative.settings import ChatSettings
from chatbot.generative.sources import Source, new_key, prompt_sources
from chatbot.language.phrases import phrases
from chatbot.values import Answer, Claim, Query
from vectorstore import Archive, Hit

log = logging.getLogger(__name__)

MOST_SENTENCES = 16
"""Sentences of a reply that are read; the prompt asks for twelve at most."""

Check = Callable[[Claim], Sequence[str]]
"""What is wrong with a claim, in words; nothing if its citations support it."""


class Fallback(Protocol):
    """The answerer that takes over where the model fails: the extractive one."""

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]: ...

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer: ...

    def prompt_hits(self, query: Query, hits: Sequence[Hit]) -> Sequence[Hit]: ...


@dataclass
class _ReplyState:
    """A question and its reply so far: what it may cite, and what became of its sentences.

    `nothing` is the key by which the model says that no source answers; `said` counts the
    sentences, and of these `failed` those that were not accepted, `uncited` those without a key,
    and `foreign` those in another language than the question's.
    """

    query: Query
    sources: dict[str, Source]
    nothing: str
    leaks: LeakDetector
    urls: frozenset[str]
    reply: str = ""
    said: int = 0
    texts: set[str] = field(default_factory=set)
    accepted: list[Claim] = field(default_factory=list)
    marked: list[Claim] = field(default_factory=list)
    failed: int = 0
    uncited: int = 0
    foreign: int = 0
    found_nothing: bool = False


class Generative:
    """Answers in a model's words from the hits; holds nothing between questions.

    A claim is a sentence of the reply that its citations support; the others are left out,
    or come marked with what is wrong. If the model fails, or nothing stands, `fallback`
    answers, and the answer's notice says why.
    """

    def __init__(
        self,
        archive: Archive,
        model: BaseChatModel,
        settings: ChatSettings,
        *,
        fallback: Fallback,
        check: Check,
    ) -> None:
        self._archive, self._model, self._settings = archive, model, settings
        self._fallback, self._check = fallback, check

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yields a claim at a time as its sentence is complete, and empty parts in between."""
        if not query.question or not hits:
            return
        state, messages = self._prepare(query, self._fallback.prompt_hits(query, hits))
        call = ModelCall(self._model, messages, self._settings)
        failed: ModelFailed | None = None
        try:
            yield from self._read(state, call)
        except ModelFailed as error:
            failed = error
        yield Answer(usage=call.usage)
        if state.found_nothing and not state.accepted:
            yield Answer(notice=_phrase(query, "nothing"))
        elif kind := self._outcome(state, failed, declined=call.declined):
            yield from self._take_over(state, hits, kind, failed)
        elif state.failed and self._settings.on_failure == "drop":
            name = "left_out" if state.failed == 1 else "left_out_many"
            yield Answer(notice=_phrase(query, name, count=state.failed))

    def reading(self, read: QueryReader) -> ModelRewriting:
        """What reads questions, with the model's help where one follows on from another."""
        return ModelRewriting(read, self._model, self._settings)

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer:
        """Says that the archive does not hold the answer, and what was looked for."""
        return self._fallback.abstain(query, hits)

    def _prepare(self, query: Query, hits: Sequence[Hit]) -> tuple[_ReplyState, list[BaseMessage]]:
        sources = prompt_sources(hits, main_outlets(self._archive), self._settings.context_chars)
        keys = {s.key: s for s in sources}
        while (nothing := new_key()) in keys:
            pass
        rules = answer_prompt(query, list(keys), nothing, self._settings.instructions)
        question = question_prompt(query, sources, self._settings.context_chars)
        state = _ReplyState(
            query=query,
            sources=keys,
            nothing=nothing,
            leaks=LeakDetector(rules, question),
            urls=frozenset(s.hit.article.url for s in sources if s.hit.article.url),
        )
        return state, [SystemMessage(rules), HumanMessage(question)]

    def _read(self, state: _ReplyState, call: ModelCall) -> Iterator[Answer]:
        """Claims as they come; raises ModelFailed. A half sentence before a failure is lost."""
        sentences = SentenceStream()
        with closing(call.__iter__()) as pieces:
            for piece in pieces:
                if piece is None:
                    yield Answer()
                    continue
                state.reply += piece
                for sentence in sentences.feed(piece):
                    yield from self._judge(state, sentence)
        yield from self._judge(state, sentences.rest())

    def _judge(self, state: _ReplyState, sentence: str) -> Iterator[Answer]:
        """What becomes of a sentence: a claim that stands, one that is marked, or nothing."""
        said = parse_sentence(sentence, state.sources.keys() | {state.nothing}, state.urls)
        if state.nothing in said.keys:
            state.found_nothing = True
            return
        if not any(c.isalnum() for c in said.text):
            return
        state.said += 1
        if state.said > MOST_SENTENCES:
            raise ModelFailed("endless")
        if said.text in state.texts:  # a model that goes round in circles
            return
        state.texts.add(said.text)
        if state.leaks(said.text):
            state.failed += 1
            return
        if is_other_language(state.query.question, said.text):
            state.foreign += 1
            state.failed += 1
            return
        if not said.keys:
            said = with_source(self._archive, said, state.sources)
        state.uncited += not said.keys
        claim = attributed_claim(self._archive, said, state.sources)
        wrong = tuple(self._check(claim))
        if not wrong:
            yield from (Answer(claims=(c,)) for c in (*state.marked, claim))
            state.marked.clear()
            state.accepted.append(claim)
            return
        state.failed += 1
        if self._settings.on_failure == "mark":
            marked = Claim(text=claim.text, citations=(), written=True, failures=wrong)
            if state.accepted:
                yield Answer(claims=(marked,))
            else:  # shown only if anything stands
                state.marked.append(marked)

    def _outcome(
        self, state: _ReplyState, failed: ModelFailed | None, *, declined: bool
    ) -> Kind | None:
        """Why the articles' own sentences have to answer; None if the reply does."""
        if failed:
            return failed.kind
        if state.accepted:
            return None
        if declined or is_refusal(state.reply):
            return "refused"
        if not state.said:
            return "empty"
        if state.foreign == state.said:
            return "language"
        return "uncited" if state.uncited == state.said else "unsupported"

    def _take_over(
        self, state: _ReplyState, hits: Sequence[Hit], kind: Kind, failed: ModelFailed | None
    ) -> Iterator[Answer]:
        """The extractive answer, behind a notice; what stands of the reply is kept."""
        log.info("the extractive answer takes over: %s", kind)
        query, kept = state.query, state.accepted
        wait = failed.wait if failed else None
        why = _phrase(query, "busy_wait", wait=round(wait)) if wait else _phrase(query, kind)
        if kept and kind == "endless":
            yield Answer(notice=f"{why} {_phrase(query, 'kept')}")
            return
        quoted = {(c.article.id, c.start) for claim in kept for c in claim.citations}
        parts = [
            part
            for part in self._fallback(query, hits)
            if any((c.article.id, c.start) not in quoted for x in part.claims for c in x.citations)
        ]
        then = ("kept_then" if parts else "kept") if kept else ("instead" if parts else "")
        yield Answer(notice=f"{why} {_phrase(query, then)}" if then else why)
        yield from parts


def _phrase(query: Query, name: str, **values: object) -> str:
    return str(phrases(query.language)["model"][name]).format(**values)
