"""The topic of a request: its words without those that only name the kind of request.

"Timeline of the car tariffs" is searched as "the car tariffs". The words are data in
`lexicon/requests.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from chatbot.understanding.generic_terms import without_generic_terms
from chatbot.values import Request
from vectorstore import question_terms

TOPIC_REQUESTS: tuple[Request, ...] = ("timeline", "summary", "news")
"""Kinds of requests that are about a topic; without one, about all of the archive."""


def has_topic(text: str, request: Request, language: str) -> bool:
    """Whether a request names a topic to search, and not only "the talks" or "everything"."""
    rest = request_topic(text, request, language)
    rest = without_generic_terms(_request_words()["vague", language].sub(" ", rest))
    return any(len(t) > 1 for t in question_terms(rest))


def request_topic(text: str, request: Request, language: str) -> str:
    """A request without the words that name its kind ("timeline of", "how often", "정리해줘").

    The whole request is returned where nothing else is in it, and for kinds without such words.
    """
    pattern = _request_words().get((request, language))
    if not pattern:
        return text
    if request == "count":
        return pattern.sub(" ", text).strip() or text
    rest = _request_words()["any", language].sub(" ", text)
    rest = " ".join(pattern.sub(" ", rest).split()).strip(" ?!.,:;")
    return rest if question_terms(rest) else text


@cache
def _request_words() -> dict[tuple[str, str], re.Pattern[str]]:
    table = tomllib.loads((files("chatbot") / "lexicon" / "requests.toml").read_text("utf-8"))
    return {
        (kind, language): re.compile(pattern, re.IGNORECASE)
        for language, kinds in table["asking"].items()
        for kind, pattern in kinds.items()
    }
