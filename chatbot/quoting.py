"""A sentence of a hit as a claim: attribution, exact quotes, and their citations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.offers import Offer
from chatbot.spans import quoted
from chatbot.values import Citation, Claim
from chatbot.weigh import Weighed
from chatbot.wording import attribution, phrases
from vectorstore import Archive

QUOTATION = re.compile(r"“[^“”]+”")
"""A quote that is a quotation already, and needs no marks of ours."""


def quote(
    weighed: Weighed,
    language: str,
    *,
    label: str = "",
    offer: Offer | None = None,
    whole: bool = False,
) -> Claim:
    """A sentence as a claim: what it offers in bold, attribution, and the exact quotes; of one
    that announces a list, the list too if the `whole` is wanted."""
    article, said = weighed.hit.article, phrases(language)
    found = quoted(article.body, (weighed.sentence.start, weighed.sentence.end), whole=whole)
    citations = tuple(
        Citation(number=0, article=article, start=a, end=b, quote=article.body[a:b])
        for a, b in found.spans
    )
    quotes = " ".join(
        c.quote if QUOTATION.fullmatch(c.quote) else f"{said['open']}{c.quote}{said['close']}"
        for c in citations
    )
    lead = attribution(article.outlet, article.published, language, found.speaker)
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
