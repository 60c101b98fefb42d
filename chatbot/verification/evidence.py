"""Evidence: the text of a claim's citations, in which the parts of the claim are looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from chatbot.language.phrases import long_date
from chatbot.values import Citation

POINTING = re.compile(
    r"\b(?:he|she|it|they|his|her|its|their|him|them|this|that|these|those|the (?:two|pair|deal"
    r"|agreement|order|proclamation|company|president|minister|official|officials|leaders))\b"
    r"|^(?:그|이|양국|양측|두 )|그는|그녀는|이는|양국",
    re.IGNORECASE,
)
"""Words with which a sentence leans on what stands before it."""

BEFORE = 400
"""Characters before a quote, in its paragraph or the one before, where what it points back
to is looked for."""

_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-"})


@dataclass(frozen=True)
class Evidence:
    """The quotes of a claim's citations, and what their articles say about themselves."""

    citations: tuple[Citation, ...]

    @classmethod
    def of(cls, citations: Sequence[Citation]) -> Evidence:
        return cls(tuple(citations))

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """The quotes, the longest first."""
        return tuple(sorted({c.quote for c in self.citations}, key=len, reverse=True))

    @cached_property
    def headlines(self) -> tuple[str, ...]:
        """The headlines of the cited articles, where known."""
        return tuple({c.article.headline for c in self.citations} - {""})

    @cached_property
    def text(self) -> str:
        """All that is quoted, in the order of the citations."""
        return "\n".join(c.quote for c in self.citations)

    @cached_property
    def published(self) -> tuple[date, ...]:
        """The days the cited articles were published, where known."""
        return tuple(p.day for c in self.citations if (p := c.article.published))

    @cached_property
    def number_text(self) -> str:
        """The text in which a claim's numbers may stand: the quotes and the outlets' names."""
        return "\n".join([self.text, *(c.article.outlet for c in self.citations)])

    @cached_property
    def name_text(self) -> str:
        """The text in which a claim's names may stand.

        It has the quotes, and outlet, byline and headline of their articles; for a quote that
        refers back ("He said"), what stands just before it, too.
        """
        parts = [self.text]
        for c in self.citations:
            a = c.article
            parts += [a.outlet, a.byline, a.headline]
            if POINTING.search(c.quote):
                parts.append(a.body[max(0, c.start - BEFORE) : c.start])
        return "\n".join(parts)

    @cached_property
    def days(self) -> str:
        """The published days, in words."""
        return "\n".join(long_date(d, "en") for d in self.published)

    def says(self, words: str) -> bool:
        """Whether the quotes have these words, whatever their spaces and marks look like."""
        return normalized(words).strip(" .,;:") in normalized(self.text)


def normalized(text: str) -> str:
    """A text in lower case with plain quotation marks and single spaces, for comparing."""
    return _SPACE.sub(" ", text.translate(_MARKS)).strip().lower()
