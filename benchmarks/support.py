"""Thresholds of the answerer and of the check, measured on pairs and questions.

    python benchmarks/support.py claims ARCHIVE [--sentences N]
    python benchmarks/support.py answers SAMPLE_ARCHIVE WHITE_HOUSE_ARCHIVE

`claims` takes sentences of an archive as evidence and makes claims of them: true ones (the
sentence shortened; the headline over its article's first sentence) and false ones (a number,
a date or a name swapped, the sentence denied, a sentence of another article). It prints how
many of each the check rejects.

`answers` asks benchmarks/questions.jsonl of two archives, and what can be answered once more
without the article that answers it; fits the model of chatbot/weigh.py; and prints, with
five-fold cross-validation, what each threshold answers and abstains from.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from chatbot import Citation, Claim, check
from chatbot.dates import dates
from chatbot.quantities import quantities
from chatbot.retrieve import searches
from chatbot.understand import understand
from chatbot.weigh import FEATURES, Scale, weigh
from vectorstore import Archive, StoredArticle

QUESTIONS = Path(__file__).with_name("questions.jsonl")
SENTENCE = re.compile(r"[A-Z][^\n]{60,260}?[.](?=\s|$)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+")
VERB = re.compile(r"\b(is|are|was|were|will|has|have|can|would|could)\b")
SEED = 7
SHOWN = 20
THRESHOLDS = (0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)


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


def _right(row: dict[str, Any], text: str) -> bool:
    plain = text.lower()
    return all(any(a.lower() in plain for a in one) for one in row["must"])


def examples(archive: Archive, rows: list[dict[str, Any]]) -> Iterator[tuple[str, str, list[Any]]]:
    """(question, "answerable", "unanswerable" or "removed", [(features, right)] best first)."""
    for row in rows:
        asked = {"question": row["question"], "today": date(2026, 11, 24)}
        query = understand(asked, archive=archive)
        hits = archive.search(searches(query), k=2 * SHOWN)
        kinds = {"answerable": hits} if row["path"] else {"unanswerable": hits}
        if row["path"]:
            stem = row["path"].removesuffix(".md")[:50]
            others = [h for h in hits if not Path(h.article.path).name.startswith(stem)]
            kinds["removed"] = [h for h in others if not _right(row, h.text)]
        for kind, found in kinds.items():
            weighed = weigh(Scale(archive, query), found[:SHOWN])
            held = kind == "answerable"
            yield (
                row["question"],
                kind,
                [(w.features, held and _right(row, w.sentence.text)) for w in weighed],
            )


def measure_answers(folders: dict[str, Path]) -> None:
    from sklearn.linear_model import LogisticRegression

    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    data = []
    for name, folder in folders.items():
        with Archive.open(folder) as archive:
            data += list(examples(archive, [r for r in rows if r["archive"] == name]))
    data = [d for d in data if d[2]]

    def fitted(part: list[Any]) -> Any:
        pairs = [p for _, _, found in part for p in found]
        model = LogisticRegression(max_iter=3000)
        return model.fit(np.array([f for f, _ in pairs]), np.array([r for _, r in pairs]))

    names = sorted({question for question, _, _ in data})
    random.Random(0).shuffle(names)  # noqa: S311
    scored: list[tuple[str, float, bool]] = []
    for fold in (set(names[i::5]) for i in range(5)):
        model = fitted([d for d in data if d[0] not in fold])
        for _, kind, found in (d for d in data if d[0] in fold):
            sure = model.predict_proba(np.array([f for f, _ in found]))[:, 1]
            best = np.argsort(-sure)[:3]
            scored.append((kind, float(sure[best[0]]), any(found[i][1] for i in best)))
    for t in THRESHOLDS:
        held = [s for s in scored if s[0] == "answerable"]
        right = np.mean([p >= t and ok for _, p, ok in held])
        silent = {k: np.mean([p < t for kind, p, _ in scored if kind == k]) for k, _, _ in scored}
        print(
            f"from {t:.2f}: right in three {right:.2f}; abstained: "
            + ", ".join(f"{k} {v:.2f}" for k, v in sorted(silent.items()))
        )
    model = fitted(data)
    print(f"intercept = {model.intercept_[0]:.2f}")
    for name, weight in zip(FEATURES, model.coef_[0], strict=True):
        print(f'"{name}" = {weight:.2f}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="what", required=True)
    pairs = commands.add_parser("claims")
    pairs.add_argument("archive", type=Path)
    pairs.add_argument("--sentences", type=int, default=150)
    questions = commands.add_parser("answers")
    questions.add_argument("sample", type=Path)
    questions.add_argument("white_house", type=Path)
    args = parser.parse_args()
    if args.what == "claims":
        with Archive.open(args.archive) as archive:
            measure_claims(archive, args.sentences)
    else:
        measure_answers({"sample": args.sample, "white-house": args.white_house})


if __name__ == "__main__":
    main()
