"""What the check of a written sentence rejects, measured on pairs made of an archive's own.

    python benchmarks/support.py ARCHIVE [--sentences N]

Takes sentences of an archive as evidence and makes claims of them: true ones (the sentence
shortened; the headline over its article's first sentence) and false ones (a number, a date or a
name swapped, the sentence denied, a sentence of another article). It prints how many of each the
check rejects.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from chatbot import Citation, Claim, check
from chatbot.language.dates import dates
from chatbot.language.quantities import quantities
from vectorstore import Archive, StoredArticle

SENTENCE = re.compile(r"[A-Z][^\n]{60,260}?[.](?=\s|$)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+")
VERB = re.compile(r"\b(is|are|was|were|will|has|have|can|would|could)\b")
SEED = 7


def evidence(archive: Archive, count: int) -> list[Citation]:
    """Sentences with a number or a name, one an article, in a fixed random order."""
    chooser, found = random.Random(SEED), []  # noqa: S311
    stored = archive.recent(10 * count)
    chooser.shuffle(stored)
    for article in stored:
        fits = [
            m
            for m in SENTENCE.finditer(article.body)
            if quantities(m.group()) or NAME.search(m.group())
        ]
        if article.language == "en" and fits:
            m = chooser.choice(fits)
            found.append(_cite(article, m.start(), m.end()))
    return found[:count]


def _cite(article: StoredArticle, start: int, end: int) -> Citation:
    quote = article.body[start:end]
    return Citation(number=1, article=article, start=start, end=end, quote=quote)


def claims(cited: Citation, other: Citation) -> Iterator[tuple[str, str, Citation]]:
    """(kind, text, what it cites); the kinds that begin with "true" are to hold."""
    text = cited.quote
    first = SENTENCE.search(cited.article.body)
    if first and len(cited.article.headline.split()) > 4:
        lead = _cite(cited.article, first.start(), first.end())
        yield "true: headline over its first sentence", cited.article.headline, lead
    if (cut := text.rfind(",")) > 60:
        yield "true: shortened", text[:cut] + ".", cited
    if found := quantities(text):
        swapped = f"{found[0].values[0] + 7:g}"
        number = re.sub(r"[\d.,]*\d|^\w+", swapped, found[0].text, count=1)
        yield "number swapped", text[: found[0].start] + number + text[found[0].end :], cited
    if days := [d for d in dates(text) if d.year]:
        moved = text.replace(str(days[0].year), str((days[0].year or 0) - 3), 1)
        yield "date swapped", moved, cited
    if (name := NAME.search(text)) and (theirs := NAME.search(other.article.body)):
        yield "name swapped", text.replace(name.group(), theirs.group()), cited
    if verb := VERB.search(text):
        yield "denied", f"{text[: verb.end()]} not{text[verb.end() :]}", cited
    yield "of another article", other.quote, cited


def measure_claims(archive: Archive, count: int) -> None:
    cites = evidence(archive, count)
    seen: dict[str, list[bool]] = {}
    why: dict[str, str] = {}
    for i, cited in enumerate(cites):
        for kind, text, quote in claims(cited, cites[(i + 1) % len(cites)]):
            verdict = check(archive, Claim(text=text, citations=(quote,), written=True))
            seen.setdefault(kind, []).append(not verdict)
            if verdict.failures:
                why.setdefault(kind, f"{text[:90]} | {verdict.failures[0][:90]}")
    true = [r for k, v in seen.items() if k.startswith("true") for r in v]
    false = [r for k, v in seen.items() if not k.startswith("true") for r in v]
    for kind, rejected in sorted(seen.items()):
        print(
            f"{kind:40} n {len(rejected):4}  rejected {np.mean(rejected):.2f}  {why.get(kind, '')}"
        )
    precision = sum(false) / max(1, sum(false) + sum(true))
    print(f"rejections: precision {precision:.3f}, recall {np.mean(false):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--sentences", type=int, default=150)
    args = parser.parse_args()
    with Archive.open(args.archive) as archive:
        measure_claims(archive, args.sentences)


if __name__ == "__main__":
    main()
