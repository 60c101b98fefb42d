"""An article through time: its versions, and what one changed in another, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from vectorstore.values import StoredArticle

if TYPE_CHECKING:
    from vectorstore.ledger.ledger import Ledger

Kind = Literal["same", "gone", "new"]

_PARAGRAPH = re.compile(r".*?(?:\n\n+|\Z)", re.DOTALL)
_WORD = re.compile(r"\S+|\s+")

REWRITTEN = 0.35
"""Paragraphs with a smaller share of words in common are shown whole, not word by word."""

MOST_PAIRS = 4_000_000
"""Words of one side times words of the other that are compared word by word: about 2 s."""


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that two versions share, or that is gone or new in the later one."""

    kind: Kind
    text: str


class History:
    """An archive's articles through time, and beside one another."""

    _ledger: Ledger

    def versions(self, article_id: str) -> list[StoredArticle]:
        """An article in each of its versions, oldest first; empty if there is none."""
        return self._ledger.versions(article_id)

    def story(self, article_id: str) -> list[StoredArticle]:
        """The other articles of its story, the earliest published first; empty if alone."""
        return self._ledger.story(article_id)

    def diff(self, article_id: str, old_version: str, new_version: str) -> list[Change]:
        """What one version of an article changed in another, word by word, in reading order.

        Headline, byline and body are compared as paragraphs of one text. Raises KeyError.
        """
        old, new = (
            self._ledger.article(article_id, version) for version in (old_version, new_version)
        )
        return changes(whole(old), whole(new))


def whole(article: StoredArticle) -> str:
    """What a version is compared by: its headline, byline and body, as paragraphs."""
    return "\n\n".join(part for part in (article.headline, article.byline, article.body) if part)


def changes(old: str, new: str) -> list[Change]:
    """How one text became another, in reading order.

    What is same and gone, joined, is the old text; what is same and new is the new one.
    """
    before, after = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    found: list[Change] = []
    gone = new = ""
    for kind, text in [*((c.kind, c.text) for c in _compared(before, after)), ("same", "")]:
        if kind == "same" and (gone or new) and text.isspace():
            gone, new = gone + text, new + text  # a space between two changes is no news
        elif kind == "same":
            kept = _shared_end(gone, new)
            found += _replaced(gone.removesuffix(kept), new.removesuffix(kept))
            gone = new = ""
            if found and found[-1].kind == "same":
                found[-1] = Change("same", found[-1].text + kept + text)
            elif kept + text:
                found.append(Change("same", kept + text))
        elif kind == "gone":
            gone += text
        else:
            new += text
    return found


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """By paragraphs first, then by words in those that were replaced."""
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, new = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal":
            yield Change("same", gone)
        elif tag == "replace":
            yield from _by_words(_WORD.findall(gone), _WORD.findall(new))
        else:
            yield from _replaced(gone, new)


def _by_words(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    too_much = len(before) * len(after) > MOST_PAIRS
    if too_much or matcher.quick_ratio() < REWRITTEN or matcher.ratio() < REWRITTEN:
        yield from _replaced("".join(before), "".join(after))
        return
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, new = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal":
            yield Change("same", gone)
        else:
            yield from _replaced(gone, new)


def _shared_end(gone: str, new: str) -> str:
    """The blanks that both end with: a paragraph that grew keeps its end."""
    blanks = new[len(new.rstrip()) :]
    while not gone.endswith(blanks):
        blanks = blanks[1:]
    return blanks


def _replaced(gone: str, new: str) -> Iterator[Change]:
    if gone:
        yield Change("gone", gone)
    if new:
        yield Change("new", new)
