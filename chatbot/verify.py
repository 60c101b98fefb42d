"""Nothing is shown before it is checked against the article it cites.

Checked for each citation: the article is still in the archive in the version that was
read; the quote stands in that version's body at exactly its offsets; the claim contains
the quote; and every number of the claim is in what it cites. A claim that fails any of
these is dropped.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from chatbot.values import Citation, Claim
from vectorstore import Archive

log = logging.getLogger(__name__)

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def holds(archive: Archive, claim: Claim) -> bool:
    """Whether a claim stands: every citation is true, and the numbers are in them."""
    return bool(claim.citations) and not failures(archive, claim)


def failures(archive: Archive, claim: Claim) -> list[str]:
    """What is wrong with a claim, in words; empty if it holds."""
    found = [f for c in claim.citations if (f := _false(archive, c))]
    if not claim.citations:
        found.append("the claim cites nothing")
    found += [
        f"the quote [{c.number}] is not in the claim"
        for c in claim.citations
        if c.quote not in claim.text
    ]
    if missing := _numbers(claim.text) - _cited_numbers(claim.citations):
        found.append(f"not in the cited text: {', '.join(sorted(missing))}")
    if found:
        log.warning("claim dropped: %s", "; ".join(found))
    return found


def _false(archive: Archive, citation: Citation) -> str:
    try:
        stored = archive.article(citation.article.id)
    except KeyError:
        return f"the article of [{citation.number}] is not in the archive"
    if not stored.current:
        return f"the article of [{citation.number}] was withdrawn"
    if stored.version != citation.article.version:
        return f"the article of [{citation.number}] has changed since it was read"
    if not citation.quote or stored.body[citation.start : citation.end] != citation.quote:
        return f"the quote [{citation.number}] is not in the article at its offsets"
    return ""


def _cited_numbers(citations: Sequence[Citation]) -> set[str]:
    """Numbers of the quotes and of the dates that an attribution is made of."""
    text = " ".join(c.quote for c in citations)
    for c in citations:
        text += f" {c.article.outlet}"
        if day := c.article.published and c.article.published.day:
            text += f" {day.year} {day.month} {day.day}"
    return _numbers(text)


def _numbers(text: str) -> set[str]:
    return {m.replace(",", "") for m in NUMBER.findall(text)}
