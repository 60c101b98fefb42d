"""Sources of a prompt: capped passages as inert data, each under an opaque key."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chatbot.answering.provenance import cap_by_origin
from chatbot.generative.sanitization import neutralize
from vectorstore import Hit

LETTERS = "bcdfghjkmnpqrstvwxz23456789"
"""Keys are made of these: no vowels, so no words; no letters that look like digits."""

KEY_LENGTH = 5
"""After the first letter, so 27⁵ = 14 million keys, drawn anew for each question: article
text cannot name the key of a source."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage under the key that the model knows it by."""

    key: str
    hit: Hit

    def element(self, limit: int) -> str:
        """The passage for a prompt: who published it and when, then its text, all inert."""
        article = self.hit.article
        published = article.published.iso[:10] if article.published else "unknown"
        about = {"outlet": article.outlet or "unknown", "published": published}
        about["headline"] = article.headline
        said = " ".join(f'{name}="{_attribute(value)}"' for name, value in about.items())
        return f'<source key="{self.key}" {said}>\n{neutralize(self.hit.text)[:limit]}\n</source>'


def new_key() -> str:
    """A new opaque key, such as s7f3kq."""
    return "s" + "".join(secrets.choice(LETTERS) for _ in range(KEY_LENGTH))


def prompt_sources(hits: Sequence[Hit], main: Collection[str], characters: int) -> list[Source]:
    """The sources of a question: as many capped hits as fit, each under a key of its own."""
    found: list[Source] = []
    used: set[str] = set()
    for hit in cap_by_origin(hits, main):
        size = len(hit.text)
        if found and size > characters:
            break
        while (name := new_key()) in used:
            pass
        used.add(name)
        found.append(Source(name, hit))
        characters -= size
    return found


def _attribute(text: str) -> str:
    return " ".join(neutralize(text).replace('"', "”").split())[:200]
