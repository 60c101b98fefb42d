"""The topic of a question as a noun phrase, to be put into suggested questions.

There is no parser behind it: it takes the longest run of content words that the passages found
contain, too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from chatbot.understanding.rewriting import capitalized_names, topic_words
from chatbot.values import Query
from vectorstore import Hit, terms

WORD = r"\w+"


def topic_phrase(query: Query, hits: Sequence[Hit]) -> str:
    """A noun phrase of the question whose words the hits contain; "" if there is none.

    In Korean it is what stands before the first particle. Where a verb could be part of the
    phrase, less is taken.
    """
    texts = lexicon(query.language)
    if query.language == "ko":
        found = re.match(texts["topic"], query.question)
        return found[1] if found else ""
    read = "\n".join(f"{h.article.headline}\n{h.text}" for h in hits)
    known, plain = {*terms(read)}, _spaced(read)
    best = ""
    for run, open_ in _runs(query.question):
        words = _trimmed(_noun_phrase(query.question, run, plain if open_ else None))
        phrase = " ".join(words)
        topical = len(topic_words(phrase)) > 1 or any(w[0].isupper() for w in words)
        in_hits = all(t in known for w in topic_words(phrase) for t in terms(w))
        if topical and in_hits and len(topic_words(phrase)) > len(topic_words(best)):
            best = phrase
    return best


def _runs(question: str) -> Iterator[tuple[list[str], bool]]:
    """The runs of words between those that end a topic, and whether a mark ends them: then a
    verb may be their last word."""
    ends, run = {*lexicon("en")["ends"].split()}, list[str]()
    for token in re.findall(r"[^\s?!.,;:“”\"()]+(?:[.,]\d+)*|[?!.,;:“”\"()]", question):
        mark = not re.match(r"[\w$€£₩]", token)
        if token.lower() in ends or mark:
            yield run, mark
            run = []
        else:
            run.append(token)
    yield run, True


def _noun_phrase(question: str, run: Sequence[str], read: str | None) -> Sequence[str]:
    """A run without the verb that may stand in it; its last word is taken for one unless it
    stands so in what was read (None: it is none)."""
    texts = lexicon("en")
    words, lower = list(run), question.lower()
    determiners = {*texts["determiners"].split()}
    places = [i for i, word in enumerate(words) if word.lower() in determiners]
    if re.search(texts["asks_what_does"], lower):
        if places and places[-1] > 0:
            words = words[places[-1] :]
        elif not places and words[:1] != capitalized_names(f"x {words[0]}" if words else ""):
            return []
    verb = len(words) > 1 and words[-1].islower() and not re.match(texts["asks_what_is"], lower)
    if read and verb and _spaced(" ".join(words[-2:])) not in read:
        words = words[:-1]
    return words


def _spaced(text: str) -> str:
    """The words of a text, small, each with a space before and behind it."""
    return f" {' '.join(re.findall(WORD, text.lower()))} "


def _trimmed(words: Sequence[str]) -> list[str]:
    """The words without those at their ends that only join."""
    texts, kept = lexicon("en"), list(words)
    joining = {*texts["inside"].split()}
    determiners = {*texts["determiners"].split()}
    while kept and kept[-1].lower() in joining:
        kept.pop()
    while kept and kept[0].lower() in joining - determiners:
        kept.pop(0)
    return kept


@cache
def lexicon(language: str) -> dict[str, Any]:
    """The texts of a language in `lexicon/followups.toml`."""
    path = files("chatbot") / "lexicon" / "followups.toml"
    found: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))[language]
    return found
