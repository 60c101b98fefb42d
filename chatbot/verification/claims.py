"""Claim verification: no claim is shown before it is checked against the articles it cites.

`check` looks at one claim and says what is wrong with it; docs/answers.md tells readers what
that covers, what it does not, and how often it errs. Checked, in this order:

1. each citation: the article is in the archive in the version that was read, and the quote
   stands in its body at exactly its offsets;
2. what the claim puts in quotation marks is in what it cites, word for word; a claim that no
   model wrote holds each of its quotes, and may name its articles by their headlines;
3. every number with its unit, every date and every name of the claim is in what it cites;
4. the claim does not deny what it cites, nor turn it round ("raised" for "lowered");
5. a sentence that a model wrote is about what it cites, by its meaning (`entailment`),
   and follows from it, where an entailment model is configured.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatbot.language.quantities import missing_quantities
from chatbot.values import Citation, Claim
from chatbot.verification.dates import missing_dates
from chatbot.verification.entailment import Entails, unsupported_reasons
from chatbot.verification.evidence import Evidence
from chatbot.verification.names import missing_names
from chatbot.verification.polarity import contradictions
from vectorstore import Archive

log = logging.getLogger(__name__)

QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^」]+)」")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of a claim found: nothing, if it is supported.

    `failures` say what is wrong, in words; `false` are those of its citations that are not
    true to their articles, and so must not be shown as citations at all.
    """

    failures: tuple[str, ...] = ()
    false: tuple[Citation, ...] = ()

    @property
    def supported(self) -> bool:
        return not self.failures

    def __bool__(self) -> bool:
        return self.supported


def check(archive: Archive, claim: Claim, *, entails: Entails | None = None) -> Verdict:
    """Whether a claim is true to what it cites, and if not, why.

    `entails` gives the probability that a premise entails a hypothesis (see
    `entailment.entailment`); it is asked only about sentences that a model wrote.
    """
    if not claim.citations:
        return Verdict(("the claim cites nothing",))
    untrue = {c: f for c in claim.citations if (f := _citation_failure(archive, c))}
    true = [c for c in claim.citations if c not in untrue]
    found = list(untrue.values())
    if true:
        found += _claim_failures(archive, claim, Evidence.of(true), entails)
    if found:
        log.debug("claim not supported: %s", "; ".join(found))
    return Verdict(tuple(found), tuple(untrue))


def holds(archive: Archive, claim: Claim) -> bool:
    """Whether a claim holds: every citation is true, and its evidence supports it."""
    return check(archive, claim).supported


def failures(archive: Archive, claim: Claim) -> list[str]:
    """What is wrong with a claim, in words; empty if it holds."""
    return list(check(archive, claim).failures)


def _claim_failures(
    archive: Archive, claim: Claim, evidence: Evidence, entails: Entails | None
) -> Iterator[str]:
    if not claim.written:
        for c in claim.citations:
            if c.quote not in claim.text:
                yield f"the quote [{c.number}] is not in the claim"
    own = f"{claim.lead} {claim.text}" if claim.lead else claim.text
    allowed = evidence.quotes if claim.written else (*evidence.quotes, *evidence.headlines)
    for quote in allowed:
        own = own.replace(quote, " ")
    for match in QUOTED.finditer(own):
        said = next(g for g in match.groups() if g)
        if " " in said.strip(" …") and not evidence.says(said):
            yield f"in quotation marks, but not in the cited text: “{said.strip()}”"
    for kind, found in (
        ("number", list(missing_quantities(own, evidence.number_text))),
        ("date", list(missing_dates(own, evidence))),
        ("name", list(missing_names(own, evidence, whole=not claim.written))),
    ):
        if found:
            yield f"{kind} not in the cited text: {', '.join(dict.fromkeys(found))}"
    if claim.written:
        yield from contradictions(own, evidence)
        yield from unsupported_reasons(archive.embedder, own, evidence, entails)


def _citation_failure(archive: Archive, citation: Citation) -> str:
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
