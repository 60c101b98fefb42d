"""Which threshold tells copies from look-alikes, and what grouping costs.

    python benchmarks/stories.py ../shared [--time]

The set: real near-copies (White House documents that stand under two URLs), copies derived
from real articles as wires are edited (cut, re-headed, respelled, reworded, merged), and real
look-alikes: the same event written twice, proclamations of two years, and forms that are
filled in anew. Each look-alike is also tried as if another outlet had published it, which
takes the rule about headlines away. `--time` groups whole archives, without embedding.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations, product
from pathlib import Path

from ingest.files import listing, read
from vectorstore import Archive, Article
from vectorstore.ledger import copies
from vectorstore.ledger.copies import Print

Pair = tuple[str, Print, Print, bool]
"""What kind of pair, the two, and whether they are copies."""

SPELLINGS = dict(
    pair.split("/")
    for pair in "labor/labour center/centre defense/defence program/programme color/colour "
    "organization/organisation organizations/organisations recognize/recognise honor/honour "
    "favor/favour authorize/authorise neighbor/neighbour percent/per~cent".split()
)
WORDINGS = dict(
    pair.split("/")
    for pair in "said/stated announced/declared also/additionally will/would large/big "
    "many/numerous help/aid began/started ensure/make~sure provide/supply more~than/over "
    "because/since however/but including/among~them across/throughout".split()
)
ELSEWHERE = "Harbour Courier"
LEFT = "Reporting by the staff of the Harbour Courier; editing by the night desk."
PLEA = "Support our journalism. Subscribe to the Harbour Courier from two crowns a week."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--time", action="store_true")
    given = parser.parse_args()
    archives = given.shared / "archives"
    white = articles(archives / "white-house")
    register = articles(archives / "federal-register")
    sample = articles(Path(__file__).parents[1] / "ingest" / "sample")
    pairs = [*real(white), *desks(sample), *derived(white, sample), *alike(white, register, sample)]
    table(pairs)
    kinds(pairs)
    if given.time:
        for name, group in (("White House", white), ("Federal Register", register)):
            timed(name, group)


def articles(folder: Path) -> list[Article]:
    return [a for a in read(listing([folder]).files) if isinstance(a, Article)]


def printed(article: Article, outlet: str = "") -> Print:
    day = article.published and article.published.day.toordinal()
    return Print(article.headline, article.body, outlet or article.outlet, day)


# -- the set -------------------------------------------------------------------------


def real(white: list[Article]) -> Iterator[Pair]:
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
        if _desks(a, b):
            yield "copy: two desks", printed(a), printed(b), True


def _desks(a: Article, b: Article) -> bool:
    stems = sorted((a.path[11:].removesuffix(".md"), b.path[11:].removesuffix(".md")))
    return stems[1] == f"{stems[0]}-business"


def derived(white: list[Article], sample: list[Article]) -> Iterator[Pair]:
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


def alike(white: list[Article], register: list[Article], sample: list[Article]) -> Iterator[Pair]:
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
        if a.outlet != b.outlet and abs(day(a) - day(b)) <= 3 and not _desks(a, b):
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


# -- the edits -----------------------------------------------------------------------

Edit = Callable[[list[str], list[str], random.Random], list[str]]


def _cut(share: float) -> Edit:
    return lambda own, _, __: own[: max(2, round(len(own) * share))]


def _framed(own: list[str], _: list[str], __: random.Random) -> list[str]:
    return ["By Jon Quill", f"BUSAN (Courier) — {own[0]}", *own[1:], PLEA, LEFT]


def _swapped(words: dict[str, str], chance: random.Random, share: float) -> Callable[[str], str]:
    known = re.compile(r"\b(" + "|".join(w.replace("~", " ") for w in words) + r")\b")

    def swap(paragraph: str) -> str:
        return known.sub(
            lambda m: (
                words[m[0].replace(" ", "~")].replace("~", " ") if chance.random() < share else m[0]
            ),
            paragraph,
        )

    return swap


def _respelled(own: list[str], _: list[str], chance: random.Random) -> list[str]:
    return list(map(_swapped(SPELLINGS, chance, 1), own))


def _reworded(own: list[str], _: list[str], chance: random.Random) -> list[str]:
    swap = _swapped(WORDINGS, chance, 0.7)
    kept = (" ".join(s for s in re.split(r"(?<=[.!?]) ", p) if chance.random() > 0.08) for p in own)
    return [swap(paragraph) for paragraph in kept if paragraph]


def _merged(own: list[str], other: list[str], _: random.Random) -> list[str]:
    return [*own[: max(2, len(own) * 3 // 4)], *other[:2]]


def _all(own: list[str], other: list[str], chance: random.Random) -> list[str]:
    text = _cut(0.6)(own, other, chance)
    return _framed(_reworded(_respelled(text, other, chance), other, chance), other, chance)


EDITS: dict[str, Edit] = {
    "cut to 3/4": _cut(0.75),
    "cut to 1/2": _cut(0.5),
    "cut to 1/3": _cut(0.34),
    "byline, dateline, plea": _framed,
    "respelled": _respelled,
    "reworded": _reworded,
    "merged with another": _merged,
    "all of these": _all,
}

# -- the tables ----------------------------------------------------------------------


def table(pairs: list[Pair]) -> None:
    """Precision and recall of each threshold; * marks the one in use."""
    long_enough = [p for p in pairs if _size(p) >= copies.SHORTEST]
    rows = [
        (*copies.similarity(a, b), copies.clashes(a, b), _size((kind, a, b, yes)), yes)
        for kind, a, b, yes in long_enough
        if copies.may_be_copies(a, b)
    ]
    yes = sum(p[3] for p in long_enough)
    print(f"{yes:,} copies, {len(long_enough) - yes:,} look-alikes")
    print("contained  clashing  precision  recall     F1")
    for contained, clashing in product((0.4, 0.5, 0.6, 0.7, 0.8, 0.9), (0.0, 0.03, 0.06, 1.0)):
        said = [
            real
            for c, alike, clash, size, real in rows
            if c >= (max(contained, copies.BRIEF_CONTAINED) if size < copies.BRIEF else contained)
            and alike >= copies.ALIKE
            and clash <= clashing
        ]
        precision, recall = sum(said) / max(1, len(said)), sum(said) / yes
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        used = (contained, clashing) == (copies.CONTAINED, copies.CLASHING)
        figures = f"{precision:10.3f} {recall:7.3f} {f1:6.3f}"
        print(f"{contained:9.2f} {clashing:9.2f} {figures}{' *' if used else ''}")


def kinds(pairs: list[Pair]) -> None:
    """By kind, at the thresholds in use: how many are taken for copies, also by the bands."""
    by_kind = defaultdict(list)
    for pair in pairs:
        kind, a, b, _ = pair
        if _size(pair) >= copies.SHORTEST:
            said = copies.are_copies(a, b)
            by_kind[kind].append((said, said and bool({*_bands(a)} & {*_bands(b)})))
    print(f"\n{'kind':42} pairs  taken for copies  also met by a band")
    for kind, found in sorted(by_kind.items()):
        said, met = (sum(column) for column in zip(*found, strict=True))
        print(f"{kind:42} {len(found):5} {said:17} {met:19}")


def _size(pair: Pair) -> int:
    return min(len(pair[1].shingles), len(pair[2].shingles))


def _bands(one: Print) -> list[int]:
    return copies.bands(copies.signature(one.shingles))


def timed(name: str, group: Iterable[Article]) -> None:
    """Group a whole archive whose articles have no passages, so that nothing is embedded."""
    group = list(group)
    with tempfile.TemporaryDirectory() as folder, Archive.open(folder, create=True) as archive:
        with archive.writing():
            began = time.perf_counter()
            for _ in archive.add((a, ()) for a in group):
                pass
            took = time.perf_counter() - began
        stories = archive._ledger.stories()
        grouped, largest = sum(stories.values()), max(stories.values(), default=0)
        print(f"\n{name}: {len(group):,} articles in {took:.0f} s")
        print(f"{len(stories):,} stories of {grouped:,} articles, the largest of {largest}")


if __name__ == "__main__":
    sys.exit(main())
