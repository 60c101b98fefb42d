"""Query understanding in one call: `understand` makes a `Query` of a question and its history.

It calls the other modules of this package in order: the standalone question, the kind of
request, the answer types, the periods, the outlets, the subquestions and the expansions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar, get_args

from chatbot.language.periods import TimeMention
from chatbot.language.phrases import language_of
from chatbot.language.romanization import spelling_variants
from chatbot.language.synonyms import expand_abbreviations, name_groups
from chatbot.understanding.answer_types import kinds_of
from chatbot.understanding.citation_followups import earlier_quotes, restrict_to_citation
from chatbot.understanding.comparisons import comparison_sides
from chatbot.understanding.decomposition import subquestions
from chatbot.understanding.event_dates import ArchiveEvents, EventLookup
from chatbot.understanding.generic_terms import asks_for_digest
from chatbot.understanding.notes import notes
from chatbot.understanding.outlets import OutletConstraint, outlet_constraint, without_outlets
from chatbot.understanding.request_topics import TOPIC_REQUESTS, has_topic, request_topic
from chatbot.understanding.requests import REQUESTS, classify_request
from chatbot.understanding.rewriting import StandaloneQuestion, standalone_question
from chatbot.understanding.spelling import correct_spelling
from chatbot.understanding.temporal_intent import (
    as_of_day,
    asks_for_now,
    mentioned_periods,
    recency_preference,
    resolved_time_mentions,
)
from chatbot.understanding.turns import turns_of
from chatbot.understanding.wordings import search_text, without_event_words
from chatbot.values import Inputs, Kind, Length, Query, Request
from vectorstore import Archive, Filters, InputError

T = TypeVar("T")

STANDALONE_REQUESTS = ("nothing", "task", "dateline", "archive", "greeting")
"""Kinds of requests that do not lean on earlier turns."""

STANDALONE_LIKELIHOOD = 0.8
"""How likely a turn that reads as leaning on earlier ones must be to be one of these."""

LONGEST_QUESTION = 4_000
"""Characters of a question that are searched; the rest is cut off."""


def understand(inputs: Inputs | str, archive: Archive | None = None) -> Query:
    """Read `{"question": …, "history": […], "today": date, "filters": Filters}`.

    Only the question is required; a plain string is one. History is any message list that
    LangChain accepts. Nothing published after `today`, after the filters' `as_of`, or after
    a day that the question names as such ("as of 3 March") is seen: the earliest counts.
    With an archive, events are looked up in it ("since the election"). `unread` names what is
    not to be taken from the question: "as_of", "periods"; `length` is how long the answer is
    to be; `cited` are the citations of the answer before, for a question about one of them;
    `request` is the kind of request that it is to be taken for, instead of the likeliest.
    Raises InputError where something is not of its kind.
    """
    if isinstance(inputs, str):
        inputs = {"question": inputs}
    if not isinstance(inputs, dict) or not isinstance(inputs.get("question"), str):
        raise InputError('the chain takes {"question": "…", "history": […]}')
    today, filters = _input(inputs, "today", date), _input(inputs, "filters", Filters)
    if isinstance(today, datetime):
        today = today.date()
    limits = filters or Filters()
    if today:
        limits = replace(limits, as_of=min(today, limits.as_of or today))
    question = " ".join(inputs["question"].split())[:LONGEST_QUESTION]
    question, slips = correct_spelling(question, archive) if archive else (question, ())
    turns = turns_of(inputs.get("history") or [])
    standalone = standalone_question(question, turns, now=asks_for_now(question))
    day = today or date.today()  # noqa: DTZ011 (the asker's own day)
    query = _query(question, standalone, limits, day, archive, inputs.get("request"))
    query = replace(query, respelt=slips)
    query = _unread(query, limits, inputs.get("unread") or ())
    query = replace(query, notes=notes(query), length=_length(inputs.get("length")))
    return restrict_to_citation(query, standalone.cited, earlier_quotes(inputs))


def _request(
    given: object, question: str, standalone: StandaloneQuestion, archive: Archive | None
) -> Request:
    """The kind of request: as given, else by the words; a turn that carries its topic from
    earlier ones is a request of the articles whatever its own words are."""
    if given:
        if given not in REQUESTS:
            raise InputError(f"request is one of {', '.join(REQUESTS)}, not {given!r}")
        return given
    leaning = bool(standalone.carried or standalone.earlier_question or standalone.cited)
    own = archive.embedder if archive else None
    kind = classify_request(question, sure=STANDALONE_LIKELIHOOD if leaning else 0.0, embedder=own)
    return "fact" if leaning and kind == "nothing" else kind


def _length(given: object) -> Length:
    if given not in (None, *get_args(Length)):
        raise InputError(f"length is one of {', '.join(get_args(Length))}, not {given!r}")
    return given or "normal"  # type: ignore[return-value]


def _unread(query: Query, given: Filters, unread: Collection[str]) -> Query:
    """The query without what its reader does not want to be read in the question."""
    if "as_of" in unread:
        query = replace(query, filters=replace(query.filters, as_of=given.as_of))
    if "periods" in unread:
        query = replace(query, periods=(), recency="weak")
    return query


def _query(  # noqa: PLR0913, PLR0917
    question: str,
    standalone: StandaloneQuestion,
    limits: Filters,
    day: date,
    archive: Archive | None,
    given: object,
) -> Query:
    request = _request(given, question, standalone, archive)
    if request in STANDALONE_REQUESTS:
        standalone = StandaloneQuestion(question)
    events = ArchiveEvents(archive, limits) if archive else None
    said = _time_mentions(question, standalone, day, events)
    named_periods = tuple(mentioned_periods(said))
    kinds = kinds_of(standalone.text if standalone.replaced else question)
    if kinds[0] == "latest" and request in ("fact", "now") and not given:
        request = "news"
    language = language_of(question)
    filters = _filters([question, *standalone.earlier_questions], limits, day, events)
    named_there = _names(standalone.text, archive, filters)
    sources = outlet_constraint(question, archive.outlets()) if archive else OutletConstraint()
    follows = bool(standalone.carried or standalone.earlier_question)
    digest = not follows and (
        (request != "archive" and asks_for_digest(question, kinds, day, sources.outlets))
        or (request in TOPIC_REQUESTS and not has_topic(question, request, language))
    )
    request_text = request_topic(without_event_words(standalone.text, kinds), request, language)
    if sources.outlets and request != "fact":
        request_text = without_outlets(request_text, sources.outlets)
    english = archive is not None and archive.embedder.properties.english
    text, wordings = (question, ()) if digest else search_text(request_text, kinds, english)
    if sources.only:
        chosen = Filters(outlets=sources.outlets, languages=sources.languages)
        filters = filters.over(chosen)
    return Query(
        question=question,
        text=text,
        filters=filters,
        today=day,
        language=language,
        request="news" if digest and request not in TOPIC_REQUESTS else request,
        kinds=kinds,
        recency="strong"
        if request in ("now", "news") and not named_periods
        else recency_preference(question, named_periods),
        periods=named_periods,
        carried=standalone.carried,
        follows=standalone.earlier_question
        if standalone.carried and not standalone.replaced
        else "",
        parts=_parts(standalone.text, request, kinds, said),
        wordings=wordings,
        names=named_there,
        outlets=() if sources.only else sources.outlets,
        digest=digest,
    )


def _parts(
    text: str, request: Request, kinds: tuple[Kind, ...], mentions: list[TimeMention]
) -> tuple[str, ...]:
    """The sides of a comparison, or the parts of a question that has several."""
    language = language_of(text)
    sides = comparison_sides(text, language) if request == "comparison" else ()
    return sides or subquestions(text, kinds, mentions, language)


def _names(text: str, archive: Archive | None, filters: Filters) -> tuple[tuple[str, ...], ...]:
    known = name_groups(text)
    if not archive:
        return known
    known_names = {name for group in known for name in group}
    spelt = tuple(group for group in spelling_variants(text, archive) if not known_names & {*group})
    return known + expand_abbreviations(text, archive, filters) + spelt


def _time_mentions(
    question: str, standalone: StandaloneQuestion, day: date, events: EventLookup | None
) -> list[TimeMention]:
    """What is said of time: by the question, else by the one that it leans on."""
    own = resolved_time_mentions(
        standalone.text if standalone.replaced else question, day, events=events
    )
    if own or not standalone.earlier_question or asks_for_now(question):
        return own
    return resolved_time_mentions(standalone.earlier_question, day, events=events)


def _input(inputs: Inputs, name: str, kind: type[T]) -> T | None:
    value = inputs.get(name)
    if value is not None and not isinstance(value, kind):
        raise InputError(f"{name} is a {kind.__name__}, not {value!r}")
    return value


def _filters(
    questions: Sequence[str], given: Filters, day: date, events: EventLookup | None
) -> Filters:
    """The given filters, as of the earliest of what was given and said."""
    said = next((d for text in questions if (d := as_of_day(text, day, events))), None)
    known = [d for d in (given.as_of, said) if d]
    return replace(given, as_of=min(known, default=None))
