"""An archive with a history ranks as one that was made afresh from its current texts."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from vectorstore import Archive, Article, Passage

WORDS = "harbour permit tariff steel budget strike minister vote rain bridge school union".split()
QUESTIONS = ("Who granted the harbour permit?", "steel tariff", "When is the bridge vote?")


def article(number: int, body: str) -> Article:
    return Article(key=f"test:{number}", headline=f"Report {number}", body=body, outlet="Gazette")


def passages(body: str) -> tuple[Passage, ...]:
    """One passage a sentence."""
    found, at = [], 0
    for part in body.split(". "):
        end = at + len(part)
        found.append(Passage(at, end, ((at, end),)))
        at = end + 2
    return tuple(found)


def write(archive: Archive, articles: list[Article]) -> None:
    with archive.writing():
        list(archive.add((a, passages(a.body)) for a in articles))
        archive.index()


def scores(archive: Archive) -> dict[tuple[str, str, str], float]:
    """What each passage scores for each question; vectors differ in their last bits by the batch
    that they were made in."""
    return {
        (question, hit.article.headline, hit.text): pytest.approx(hit.score, abs=0.01)
        for question in QUESTIONS
        for hit in archive.search(question, k=30)
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_history_changes_no_score(tmp_path: Path, seed: int) -> None:
    chooser = random.Random(seed)

    def body() -> str:
        some = [" ".join(chooser.sample(WORDS, 5)) for _ in range(chooser.randint(1, 4))]
        return ". ".join(some)

    current = {n: article(n, body()) for n in range(chooser.randint(2, 7))}
    with Archive.open(tmp_path / "edited", create=True) as edited:
        write(edited, list(current.values()))
        for _ in range(chooser.randint(2, 8)):
            n = chooser.choice(list(current))
            current[n] = replace(current[n], body=body())
            write(edited, [current[n]])
        with Archive.open(tmp_path / "fresh", create=True) as fresh:
            write(fresh, list(current.values()))
            assert scores(edited) == scores(fresh)
            assert edited.rarity(WORDS) == fresh.rarity(WORDS)
            assert edited.respelt(["harbuor"]) == fresh.respelt(["harbuor"])
