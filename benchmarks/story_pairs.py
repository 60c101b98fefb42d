"""Pairs of articles that are copies of one another, and pairs that only look alike.

Copies are White House documents that stand under two URLs, texts that two desks of the sample
run, and edits of real articles (`edits`). Look-alikes share words, but are two texts.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

from benchmarks.edits import EDITS
from vectorstore import Article
from vectorstore.ledger import copies
from vectorstore.ledger.copies import Print

Pair = tuple[str, Print, Print, bool]
"""What kind of pair, the two, and whether they are copies."""

ELSEWHERE = "Harbour Courier"


def printed(article: Article, outlet: str = "") -> Print:
    day = article.published and article.published.day.toordinal()
    return Print(article.headline, article.body, outlet or article.outlet, day)


def two_urls(white: list[Article]) -> Iterator[Pair]:
    """White House documents under one headline and day, but two URLs; and their text is one."""
    named = defaultdict(list)
    for article in white:
        named[frozenset(w.casefold() for w in copies.words(article.headline))].append(article)
    for group in named.values():
        for a, b in combinations(group, 2):
            opening = [copies.words(x.body)[:12] for x in (a, b)]
            if abs(day(a) - day(b)) <= 3 and opening[0] == opening[1]:
                yield "copy: two URLs", printed(a), printed(b), True


def desks(sample: list[Article]) -> Iterator[Pair]:
    """Articles of the sample that were written as one text run by two of its desks."""
    for a, b in combinations(sample, 2):
        if two_desks(a, b):
            yield "copy: two desks", printed(a), printed(b), True


def two_desks(a: Article, b: Article) -> bool:
    """Whether two articles of the sample are one text run by two of its desks."""
    stems = sorted((a.path[11:].removesuffix(".md"), b.path[11:].removesuffix(".md")))
    return stems[1] == f"{stems[0]}-business"


def edited(white: list[Article], sample: list[Article]) -> Iterator[Pair]:
    """Edits of real articles as another outlet would print them within two days."""
    chance = random.Random(1)  # noqa: S311
    fit = [a for a in white if 150 <= len(a.body.split()) <= 1_500]
    chosen = chance.sample(fit, 150) + sample
    for article in chosen:
        for name, edit in EDITS.items():
            other = chance.choice(chosen)
            body = edit(article.body.split("\n\n"), other.body.split("\n\n"), chance)
            headline = " ".join(chance.sample(article.headline.split(), 2))
            when = day(article) + chance.randrange(3)
            copy = Print(headline, "\n\n".join(body), ELSEWHERE, when)
            yield f"copy: {name}", printed(article), copy, True


def look_alikes(
    white: list[Article], register: list[Article], sample: list[Article]
) -> Iterator[Pair]:
    """Pairs that share words, but are two texts: by headline, day or document number."""
    for name, a, b in _look_alikes(white, register, sample):
        yield f"alike: {name}", printed(a), printed(b), False
        yield f"alike, other outlet: {name}", printed(a), printed(b, ELSEWHERE), False


def _look_alikes(
    white: list[Article], register: list[Article], sample: list[Article]
) -> Iterator[tuple[str, Article, Article]]:
    for a, b in sharing(white, 0.15):
        one, two = (
            frozenset(copies.words(re.sub(r"20\d\d", "", x.headline.casefold()))) for x in (a, b)
        )
        if one == two and abs(day(a) - day(b)) > 200:
            yield "another year", a, b
        elif abs(day(a) - day(b)) <= 3 and not (one <= two or two <= one or misprint(a, b)):
            yield "same days", a, b
    for a, b in combinations(sample, 2):
        if a.outlet != b.outlet and abs(day(a) - day(b)) <= 3 and not two_desks(a, b):
            yield "two desks", a, b
    chance = random.Random(2)  # noqa: S311
    forms = [
        (a, b)
        for a, b in sharing(chance.sample(register, 4_000), 0.4)
        if copies.words(a.body) != copies.words(b.body)
    ]
    for a, b in chance.sample(forms, min(3_000, len(forms))):
        yield "forms", a, b


def misprint(a: Article, b: Article) -> bool:
    """One document twice, its headline corrected: a copy, though its headlines differ."""
    headlines = SequenceMatcher(None, a.headline.casefold(), b.headline.casefold())
    return copies.similarity(printed(a), printed(b))[1] > 0.98 and headlines.ratio() > 0.9


def sharing(group: list[Article], least: float) -> Iterator[tuple[Article, Article]]:
    """The pairs of a group of which the shorter text shares this much with the longer."""
    prints = [printed(a) for a in group]
    where = defaultdict(list)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for i, one in enumerate(prints):
        if len(one.shingles) >= copies.SHORTEST:
            for shingle in one.shingles:
                where[shingle].append(i)
    for found in where.values():
        if len(found) <= 200:
            for pair in combinations(found, 2):
                counts[pair] += 1
    for (i, j), shared in counts.items():
        if shared >= least * min(len(prints[i].shingles), len(prints[j].shingles)):
            yield group[i], group[j]


def day(article: Article) -> int:
    return article.published.day.toordinal() if article.published else 0
