"""What a model may answer from: a few passages of each origin, as data, under opaque keys."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatbot.neutral import inert
from vectorstore import Hit, StoredArticle

PER_ARTICLE = 2
"""Passages of one article that a question is answered from (RELIABILITY.md, S5b)."""

PER_ORIGIN = 2
"""Passages of one outlet, so that no flood of articles outvotes the others (S5b). An outlet
that is most of the archive is not a flood, and only its articles are counted."""

MOST = 0.5
"""Share of an archive's articles from which an outlet is most of it."""

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
        return f'<source key="{self.key}" {said}>\n{inert(self.hit.text)[:limit]}\n</source>'


def key() -> str:
    """A new opaque key, such as s7f3kq."""
    return "s" + "".join(secrets.choice(LETTERS) for _ in range(KEY_LENGTH))


def origin(article: StoredArticle) -> str:
    """Who an article comes from: its outlet, else its site, else the source it was read from."""
    return article.outlet or urlsplit(article.url).hostname or article.source


def capped(hits: Iterable[Hit], main: Iterable[str] = ()) -> Iterator[Hit]:
    """The hits, best first, with at most so many of one article and of one origin.

    `main` are the outlets that are most of the archive; they have no cap of their own.
    """
    taken: Counter[str] = Counter()
    free = set(main)
    for hit in hits:
        article, outlet = f"article {hit.article.id}", f"origin {origin(hit.article)}"
        over = origin(hit.article) not in free and taken[outlet] >= PER_ORIGIN
        if taken[article] >= PER_ARTICLE or over:
            continue
        taken.update((article, outlet))
        yield hit


def sources_of(hits: Sequence[Hit], main: Iterable[str], characters: int) -> list[Source]:
    """The sources of a question: as many capped hits as fit, each under a key of its own."""
    found: list[Source] = []
    used: set[str] = set()
    for hit in capped(hits, main):
        size = len(hit.text)
        if found and size > characters:
            break
        while (name := key()) in used:
            pass
        used.add(name)
        found.append(Source(name, hit))
        characters -= size
    return found


def _attribute(text: str) -> str:
    return " ".join(inert(text).replace('"', "”").split())[:200]
