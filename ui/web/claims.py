"""The claims of an answer as HTML: each sentence with its citations, and what its check found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from chatbot import Citation, Claim
from ui.web.reader import page_html
from ui.web.sources import article_path, card_id
from ui.web.turns import Turn
from ui.wording.text import esc, language_of
from ui.wording.words import Words

TIP_CHARS = 320
"""Characters of a quote in the card that a citation shows when it is pointed at."""


def claims_html(turn: Turn, w: Words) -> Iterator[str]:
    """The claims, under their headings if they have any; the sides of a comparison beside one
    another."""
    answer = turn.answer
    groups = [(head, list(own)) for head, own in groupby(answer.claims, lambda c: c.heading)]
    beside = len(groups) > 1 and bool(answer.query and answer.query.request == "comparison")
    yield '<div class="dl-sides">' if beside else ""
    for heading, claims in groups:
        yield '<div class="dl-side">' if beside else ""
        yield f'<h3 class="dl-heading">{esc(heading)}</h3>' if heading else ""
        yield from (_claim_html(turn.number, claim, w) for claim in claims)
        yield "</div>" if beside else ""
    yield "</div>" if beside else ""


def _claim_html(turn: int, claim: Claim, w: Words) -> str:
    """A claim with its citations; one whose check failed says so before it is read."""
    chips = "".join(_chip_html(turn, cited, w) for cited in claim.citations)
    cited = f'<span class="dl-chips">{chips}</span>' if chips else ""
    if claim.supported:
        return f'<p class="dl-claim">{_lead_html(claim)}{esc(claim.text)}{cited}</p>'
    why = "; ".join(esc(failure) for failure in claim.failures)
    return (
        f'<p class="dl-claim is-unsupported"><strong class="dl-verdict">{w("unsupported")}'
        f'</strong> {esc(claim.text)}{cited}<span class="dl-why">'
        f"{w('unsupported_label', why=why)}</span></p>"
    )


def _lead_html(claim: Claim) -> str:
    """The amount or date that was asked for, in bold before its sentence."""
    return f'<strong class="dl-lead">{esc(claim.lead)}</strong> — ' if claim.lead else ""


def _chip_html(turn: int, cited: Citation, w: Words) -> str:
    article = cited.article
    named = (esc(article.outlet) or w("outlet_unknown"), w.dated(article.published))
    about = ", ".join(filter(None, (*named, page_html(article, w))))
    quote = cited.quote[:TIP_CHARS] + ("…" if len(cited.quote) > TIP_CHARS else "")
    headline = esc(article.headline) or w("untitled")
    return (
        f'<a class="dl-chip" href="{article_path(article, (cited.start, cited.end))}" '
        f'data-card="{card_id(turn, cited.number)}" '
        f'data-cite="{about}: {headline}" data-url="{esc(article.url)}" '
        f'aria-label="{w("citation_of", n=cited.number, about=about)}">{cited.number}'
        f'<span class="dl-tip" aria-hidden="true"><span class="dl-tip-meta">{about}</span>'
        f'<span class="dl-tip-quote" lang="{language_of(quote)}">{esc(quote)}</span>'
        f'<span class="dl-tip-head">{headline}</span></span></a>'
    )
