"""What publishers' software writes around a text: teasers' ends, share lines, languages."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from ingest import text

LONG = 1_500
"""Weight from which a feed's description without a content element counts as the article."""

SHORT = 250
"""Weight below which a feed's content element does not: that is a sentence or two."""

_ENDING = 80
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_ELLIPSIS = re.compile(r"(?:…|\.{3,}|\[…\]|\[\.{3,}\]|\(…\)|⋯|\[&hellip;\])[\s>»→)\]]*$")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:$|[-_;,])")


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The lines of a data file of this package, without comments and empty ones."""
    listed = files("ingest.parsers").joinpath(name).read_text(encoding="utf-8")
    return tuple(row for row in listed.splitlines() if row and not row.startswith("#"))


@cache
def folded(name: str) -> frozenset[str]:
    """A data file's lines as `fold` gives them."""
    return frozenset(map(fold, phrases(name)))


def fold(line: str) -> str:
    """A line for comparison: lower case, without what stands at its edges but letters."""
    return _EDGES.sub("", line[:400].casefold().replace("’", "'"))


def weight(words: str) -> int:
    """The length of a text in Latin letters: a Hangul syllable says as much as two or three."""
    return len(words) + 3 * sum("가" <= letter <= "힣" for letter in words) // 2


def is_teaser(body: str) -> bool:
    """Whether a text ends as a teaser does: with an ellipsis or "Continue reading"."""
    last = body.rstrip().rpartition("\n")[2]
    if _ELLIPSIS.search(last[-_ENDING:]):
        return True
    return fold(last).endswith(tuple(folded("teasers.tsv"))) and (
        weight(last) <= _ENDING or fold(last[-_ENDING:]).endswith(_unmistakable())
    )


def divided(summary: str, content: str) -> tuple[str, str]:
    """The summary and the body of an entry with this description and this content element.

    Content is the body unless it is short or ends as a teaser does; a description is the
    body only if it is LONG, and no teaser.
    """
    if content and weight(content) >= SHORT and not is_teaser(content):
        return ("" if summary == content else summary), content
    longest = max(summary, content, key=len)
    if weight(longest) >= LONG and not is_teaser(longest):
        return "", longest
    return summary or content, ""


@cache
def _unmistakable() -> tuple[str, ...]:
    """Ends of at least two words; one word may end a sentence of an article."""
    return tuple(phrase for phrase in folded("teasers.tsv") if " " in phrase)


@cache
def _footers() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row})" for row in phrases("footers.tsv")), re.IGNORECASE)


def without_footers(paragraphs: list[str]) -> list[str]:
    """Paragraphs up to the line that feed software adds ("The post … appeared first on …")."""
    end = len(paragraphs)
    while end and len(paragraphs[end - 1]) < 500 and _footers().match(paragraphs[end - 1]):
        end -= 1
    return paragraphs[:end]


def language(declared: object) -> str:
    """`en` for `en-US`, `en_GB` or `EN`; "" for what is no language tag."""
    found = _LANGUAGE.match(text.line(declared)) if isinstance(declared, str) else None
    return found[1].lower() if found else ""
