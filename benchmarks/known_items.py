"""Known-item questions made from an archive itself, without any model.

From sentences drawn at random (seeded) come four kinds of questions, each with that
sentence as its gold:

words     some of its content words, in order
retold    the same with words replaced by others of like meaning (substitutes.tsv)
placed    fewer of its words, with some of its article's headline
misspelt  some of its words, two of them with a slip of the keyboard
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from vectorstore import Archive, StoredArticle
from vectorstore.index.analyzer import STOP_WORDS

PER_KIND = 100
SEED = 7
FEWEST, MOST = 9, 34
"""Words of a sentence that is taken."""

WORD = re.compile(r"[A-Za-z][\w'’-]*|\d[\d,.]*\d|\d")
SHORTEST_SLIP = 5
"""Letters of a word that gets a slip."""

Kind = Callable[[list[str], list[str], random.Random], list[str]]


@cache
def substitutes() -> dict[str, list[str]]:
    """For each word, others that may stand for it."""
    found: dict[str, list[str]] = {}
    text = Path(__file__).with_name("substitutes.tsv").read_text(encoding="utf-8")
    for line in text.split("\n"):
        group = line.split("\t")
        for word in group:
            found.setdefault(word, []).extend(w for w in group if w != word)
    return found


def made(archive: Path, per_kind: int = PER_KIND, seed: int = SEED) -> list[dict[str, Any]]:
    """Questions in the gold format over the English articles of an archive."""
    chance = random.Random(seed)  # noqa: S311
    rows: list[dict[str, Any]] = []
    with Archive.open(archive) as opened:
        ids = sorted(opened._ledger.live_articles("en"))
        for name, kind in KINDS.items():
            count = 0
            while count < per_kind:
                article = opened.article(chance.choice(ids))
                if row := _question(article, kind, chance):
                    count += 1
                    rows.append({"id": f"{name}-{count:03}", "category": name, **row})
    return rows


def content(text: str) -> list[str]:
    """The words of a text that are no stop words."""
    return [w for w in WORD.findall(text) if w.lower() not in STOP_WORDS]


def _question(article: StoredArticle, kind: Kind, chance: random.Random) -> dict[str, Any] | None:
    sentences = re.findall(r"[A-Z“\"][^.!?\n|]+[.!?]", article.body)
    fit = [s for s in sentences if FEWEST <= len(s.split()) <= MOST and len(content(s)) >= 6]
    if not fit:
        return None
    sentence = chance.choice(fit)
    words = kind(content(sentence), content(article.headline), chance)
    if len(words) < 3:
        return None
    gold = {"path": article.path, "quote": sentence, "group": 0}
    return {"question": " ".join(words), "gold": [gold]}


def _some(words: list[str], share: float, chance: random.Random) -> list[str]:
    """A share of the words, at least three, in their order."""
    count = min(len(words), max(3, round(share * len(words))))
    return [words[i] for i in sorted(chance.sample(range(len(words)), count))]


def _words(own: list[str], _headline: list[str], chance: random.Random) -> list[str]:
    return _some(own, 0.5, chance)


def _retold(own: list[str], _headline: list[str], chance: random.Random) -> list[str]:
    """All that can be replaced is; and few of the rest are kept. Nothing if too few can."""
    known = substitutes()
    told = [
        (chance.choice(known[w.lower()]), True) if w.lower() in known else (w, False) for w in own
    ]
    if sum(new for _, new in told) < 3:
        return []
    return [w for w, new in told if new or chance.random() < 0.35]


def _placed(own: list[str], headline: list[str], chance: random.Random) -> list[str]:
    return _some(own, 0.25, chance) + _some(headline, 0.4, chance) if headline else []


def _misspelt(own: list[str], _headline: list[str], chance: random.Random) -> list[str]:
    kept = _some(own, 0.5, chance)
    long = [i for i, w in enumerate(kept) if len(w) >= SHORTEST_SLIP and w.isalpha()]
    if len(long) < 2:
        return []
    for i in chance.sample(long, 2):
        at = chance.randrange(1, len(kept[i]) - 1)
        word = kept[i]
        kept[i] = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at] + word[at:],
            )
        )
    return kept


KINDS: dict[str, Kind] = {
    "words": _words,
    "retold": _retold,
    "placed": _placed,
    "misspelt": _misspelt,
}
