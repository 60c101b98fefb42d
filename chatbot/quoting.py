"""A sentence of a hit as a claim: attribution, exact quotes, and their citations."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from chatbot.offers import Offer
from chatbot.spans import quoted, trimmed
from chatbot.values import Citation, Claim
from chatbot.weigh import Weighed
from chatbot.wording import attribution, phrases
from vectorstore import Archive

NAMED = ("outlet", "day")
"""What an attribution goes without where the claim before is of the same article."""

QUOTATION = re.compile(r"“.+”|\".+\"", re.DOTALL)
"""A quote that has marks at both its ends, and needs none of ours."""


def quote(
    weighed: Weighed,
    language: str,
    *,
    label: str = "",
    offer: Offer | None = None,
    without: Collection[str] = (),
) -> Claim:
    """A sentence as a claim: what it offers in bold, attribution, and the exact quotes.

    The attribution goes `without` its "day", or its "outlet" and "day" (never without who speaks),
    where a reader has just been told.
    """
    article, said = weighed.hit.article, phrases(language)
    found = quoted(article.body, (weighed.sentence.start, weighed.sentence.end))
    citations = tuple(
        Citation(number=0, article=article, start=a, end=b, quote=article.body[a:b])
        for a, b in (trimmed(article.body, s) for s in found.spans)
    )
    quotes = " ".join(
        c.quote if QUOTATION.fullmatch(c.quote) else f"{said['open']}{c.quote}{said['close']}"
        for c in citations
    )
    outlet = "" if "outlet" in without else article.outlet
    published = None if "day" in without else article.published
    lead = attribution(outlet, published, language, found.speaker)
    return Claim(
        text=f"{said['label_' + label] if label else ''}{lead}{quotes}",
        citations=citations,
        lead=offer.text if offer else "",
    )


def changed(archive: Archive, citations: Sequence[Citation]) -> bool:
    """Whether a cited passage was not yet in an earlier version of its article."""
    for article in {c.article.id for c in citations}:
        earlier = [v for v in archive.versions(article) if not v.current]
        if any(
            c.quote not in v.body for v in earlier for c in citations if c.article.id == article
        ):
            return True
    return False


def within(one: Citation, other: Citation) -> bool:
    """Whether most of a quote, or of the other, is in both."""
    if one.article.id != other.article.id:
        return False
    common = min(one.end, other.end) - max(one.start, other.start)
    return common > 0.5 * min(one.end - one.start, other.end - other.start)
