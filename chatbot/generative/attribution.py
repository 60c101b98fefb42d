"""Attribution: from a sentence of the model and the sources it names to a claim with quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chatbot.generative.reply import ReplySentence
from chatbot.generative.sources import Source
from chatbot.values import Citation, Claim
from vectorstore import Archive, Hit, Sentence, question_terms, terms

MOST_QUOTES = 2
"""Sentences quoted from one source for one claim."""

ADDED_SHARE = 0.15
"""Share of a claim's words and numbers that a further quote must add."""

SOURCE_COVERAGE = 0.6
"""Share of a sentence's words and numbers, by rarity, that a source must have to be cited for it
where the model named none."""

NUMBER_WEIGHT = 3.0
"""A number counts as much as this many words where the sentence to quote is chosen."""

_CAPITAL = re.compile(r"\b[A-Z][\w’'-]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def attributed_claim(archive: Archive, said: ReplySentence, sources: Mapping[str, Source]) -> Claim:
    """A sentence of the model as a claim; each source gives the sentences that say most of it.

    The quotes stand in the archive's own text at their offsets. A source that has nothing of the
    sentence is still quoted with what is closest, for the check to judge.
    """
    wanted = _candidates(archive, said.text)
    found: list[Citation] = []
    for key in said.keys:
        hit = sources[key].hit
        for sentence in _chosen(archive, hit, wanted, said.text):
            citation = Citation(
                number=0,
                article=hit.article,
                start=sentence.start,
                end=sentence.end,
                quote=sentence.text,
            )
            if citation not in found:
                found.append(citation)
    return Claim(text=said.text, citations=tuple(found), written=True)


def with_source(
    archive: Archive, sentence: ReplySentence, sources: Mapping[str, Source]
) -> ReplySentence:
    """A sentence without a source, given the source that says most of it; unchanged if none does.

    Small models forget the keys; the check then judges the sentence as any other.
    """
    wanted = _candidates(archive, sentence.text)
    total = sum(wanted.values())
    if not total:
        return sentence
    shares = {key: _term_matches(source.hit, wanted) / total for key, source in sources.items()}
    best = max(shares, key=lambda key: shares[key], default="")
    if not best or shares[best] < SOURCE_COVERAGE or _unnamed(sentence.text, sources[best].hit):
        return sentence
    return replace(sentence, keys=(best,))


def _unnamed(text: str, hit: Hit) -> bool:
    """Whether a word with a capital is not in a passage, nor in what it stands under."""
    article = hit.article
    have = set(terms(f"{hit.text} {article.headline} {article.outlet} {article.byline}"))
    return any(not have.issuperset(question_terms(name)) for name in _CAPITAL.findall(text))


def _term_matches(hit: Hit, wanted: Mapping[str, float]) -> float:
    """How much of the terms and numbers a sentence of a passage, or two side by side, have."""
    have = [set(terms(s.text)) | {f"#{n}" for n in _numbers(s.text)} for s in hit.sentences]
    headline = set(terms(hit.article.headline))
    pairs = [own | other for own, other in zip(have, [*have[1:], set()], strict=True)]
    return max(
        (sum(w for t, w in wanted.items() if t in pair | headline) for pair in pairs), default=0.0
    )


def _candidates(archive: Archive, text: str) -> dict[str, float]:
    """The terms and numbers of a sentence, and how much each tells."""
    rarity = archive.rarity(question_terms(text))
    return rarity | {f"#{n}": NUMBER_WEIGHT for n in _numbers(text)}


def _chosen(
    archive: Archive, hit: Hit, wanted: Mapping[str, float], text: str
) -> Sequence[Sentence]:
    """The best sentence of a passage, and a second one if it adds what the first lacks."""
    total = sum(wanted.values()) or 1.0
    have = {s: set(terms(s.text)) | {f"#{n}" for n in _numbers(s.text)} for s in hit.sentences}
    chosen: list[Sentence] = []
    covered: set[str] = set()
    while len(chosen) < MOST_QUOTES:

        def gain(s: Sentence) -> float:
            return sum(w for t, w in wanted.items() if t in have[s] - covered)  # noqa: B023

        left = [s for s in hit.sentences if s not in chosen]
        if not left:
            break
        best = max(left, key=lambda s: (gain(s), s.score))
        if chosen and gain(best) < ADDED_SHARE * total:
            break
        if not chosen and not gain(best):  # no word in common: another language
            best = _nearest(archive, left, text)
        chosen.append(best)
        covered |= have[best]
    return sorted(chosen, key=lambda s: s.start)


def _nearest(archive: Archive, sentences: Sequence[Sentence], text: str) -> Sentence:
    """The sentence that means most nearly the same, by the archive's own vectors."""
    vector = archive.embedder.query(text)
    return max(sentences, key=lambda s: float(archive.embedder.query(s.text) @ vector))


def _numbers(text: str) -> set[str]:
    return {m.replace(",", "") for m in _NUMBER.findall(text)}
