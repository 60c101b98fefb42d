"""Prompts: files in chatbot/prompts with $names that are filled in.

The two that a question is answered from are made here of the query and its sources.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template

from chatbot.generative.sources import Source
from chatbot.language.phrases import long_date
from chatbot.values import Query

LANGUAGES = {"ko": "Korean", "en": "the language of the question"}
"""What the answer is to be written in, by the language of the question."""


@cache
def layout_instructions() -> dict[str, str]:
    """How an answer is to be laid out, by the kind of the request."""
    text = (files("chatbot") / "prompts" / "layouts.toml").read_text("utf-8")
    return {kind: str(line) for kind, line in tomllib.loads(text).items()}


@cache
def template(name: str) -> Template:
    """The prompt in a file of chatbot/prompts."""
    return Template((files("chatbot") / "prompts" / name).read_text("utf-8"))


def prompt(name: str, **values: str) -> str:
    """A prompt with its names filled in; what is filled in is never read as a template."""
    return template(name).substitute(values).strip()


def answer_prompt(query: Query, keys: Sequence[str], nothing: str, instructions: str) -> str:
    """The rules of an answer, with the operator's own `instructions` after them.

    `keys` are those of the sources, of which two stand as examples; the key `nothing` is what the
    model answers where no source tells.
    """
    rules = prompt(
        "answer.md",
        language=f"in {LANGUAGES.get(query.language, LANGUAGES['en'])}",
        example=keys[0],
        example2=keys[-1],
        nothing=f"[{nothing}]",
    )
    return f"{rules}\n\n{instructions}".strip()


def question_prompt(query: Query, sources: Sequence[Source], characters: int) -> str:
    """The question with its sources, which share the `characters` evenly; none is cut to less than
    its passage."""
    share = characters // len(sources)
    return prompt(
        "question.md",
        sources="\n".join(s.element(max(share, len(s.hit.text))) for s in sources),
        today=long_date(query.today, "en"),
        as_of=_as_of(query),
        question=query.question,
        searched=_searched(query),
        layout=_layout(query),
    )


def _as_of(query: Query) -> str:
    day = query.filters.as_of
    if day is None or day == query.today:
        return ""
    return f" Only what was known on {long_date(day, 'en')} counts."


def _layout(query: Query) -> str:
    """How the answer is to be laid out; "" for a question for a fact."""
    wish = layout_instructions().get(query.request)
    return f"\nThe layout: {wish}" if wish else ""


def _searched(query: Query) -> str:
    """What the question was read as, where that is more than its own words."""
    if query.text.split() == query.question.split():
        return ""
    return f"\nIt follows on from an earlier question and was searched as: {query.text}"
