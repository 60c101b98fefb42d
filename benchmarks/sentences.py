"""Sentence vectors from one pass over the passage, against sentences encoded apart.

    python benchmarks/sentences.py SHARED

For each answerable English question of eval/gold/dev.jsonl: the sentences of the gold
articles are ranked by their cosine to the question, once with the vectors pooled from the
passage's own token states (late chunking), once encoded one by one. Reported: how often
the first, or one of the first three, overlaps the gold span; and passages a second.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import numpy as np

from ingest import articles, cut
from vectorstore import Article
from vectorstore.models.embedder import Embedded, Embedder, Text


def texts(article: Article) -> list[tuple[int, Text]]:
    """Each passage's start in the body, and the text to embed."""
    found = []
    for p in cut(article.body):
        spans = tuple((a - p.start, b - p.start) for a, b in p.sentences)
        found.append((p.start, Text(article.body[p.start : p.end], spans, article.headline)))
    return found


def words(text: str) -> set[str]:
    text = re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text)
    return set(re.findall(r"\w+", text.lower()))


def covers(sentence: str, span: str) -> bool:
    """Half of the gold span's words, as the scorer asks of a quote."""
    want = words(span)
    return len(want & words(sentence)) >= 0.5 * len(want)


def main() -> None:
    root = Path(sys.argv[1])
    archive = root / "archives" / "white-house"
    gold = [json.loads(x) for x in (root / "eval/gold/dev.jsonl").read_text().splitlines()]
    gold = [g for g in gold if g["gold"] and not re.search("[가-힣]", g["question"])]
    paths = sorted({span["path"] for g in gold for span in g["gold"]})
    read = {p: next(iter(articles([archive / p]))) for p in paths}
    passages = {p: texts(a) for p, a in read.items() if isinstance(a, Article)}
    flat = [(p, i, text) for p, found in passages.items() for i, (_, text) in enumerate(found)]
    for name, late in (("one pass", True), ("apart", False)):
        embedder = Embedder(late_chunking=late)
        embedder.query("warm up")
        began = time.perf_counter()
        made: dict[tuple[str, int], Embedded] = {}
        for at in range(0, len(flat), 256):
            part = flat[at : at + 256]
            for i, embedded in embedder.embed([t for _, _, t in part]):
                made[part[i][:2]] = embedded
        rate = len(flat) / (time.perf_counter() - began)
        ranks = [rank(embedder, g, archive, passages, made) for g in gold]
        first, third = (np.mean([r <= n for r in ranks]) for n in (1, 3))
        mrr = np.mean([1 / r for r in ranks])
        print(
            f"{name:9} {len(gold)} questions, {len(flat)} passages: gold sentence first "
            f"{first:.2f}, in three {third:.2f}, MRR {mrr:.3f}; {rate:.1f} passages/s"
        )


def rank(embedder, item, archive, passages, made) -> float:  # type: ignore[no-untyped-def]
    """The rank of the first sentence of the gold articles that covers a gold span."""
    query = embedder.query(item["question"])
    scored = []
    for path in {g["path"] for g in item["gold"]}:
        raw = (archive / path).read_text("utf-8")
        spans = [raw[g["start"] : g["end"]] for g in item["gold"] if g["path"] == path]
        for i, (_, text) in enumerate(passages[path]):
            scores = made[path, i].sentences @ query
            for (a, b), score in zip(text.sentences, scores, strict=True):
                hit = any(covers(text.text[a:b], s) for s in spans)
                scored.append((float(score), hit))
    scored.sort(key=lambda s: -s[0])
    return next((n for n, (_, hit) in enumerate(scored, 1) if hit), float("inf"))


if __name__ == "__main__":
    main()
