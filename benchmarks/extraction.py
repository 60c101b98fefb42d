"""What is found in real article pages, by Dateline and others: texts, days and bylines.

    python -m benchmarks.extraction [FOLDER] [--differences]

FOLDER is the article extraction benchmark of Zyte (181 news and other pages with the text of
each, ground-truth.json and html/*.gz). The measure is the benchmark's own: runs of four words
that extraction and truth share, a page's counts scaled to one; precision and recall are means
over pages, and F1 is of these. ± is 1.96 standard deviations of 1,000 bootstrap samples.

Days of publication and bylines are those of `datelines.tsv`, read by hand off 111 of the pages, of
which the last 36 were set apart. A day is right if it is that day; one day beside it is counted
apart, as a page's metadata often have the time in UTC and its text in the zone of its readers. A
byline is right with all of its names and no others.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks import extractors
from benchmarks.extractors import Found

FOLDER = Path(__file__).parents[2] / "shared/pages/article-extraction-benchmark"
SAMPLES = 1_000
SEEN = 75
"""Pages of `datelines.tsv` that were looked at while Dateline's rules for dates were written."""
_WORD = re.compile(r"\w+")

Extract = Callable[[bytes, str], str]
Shares = tuple[float, float, float]
"""Of a page's shingles: both have, only the extraction has, only the truth has; sum 1."""


def by_dateline(page: bytes, url: str) -> str:
    """The body that Dateline would store, "" for what it refuses."""
    return extractors.by_dateline(page, url).body or ""


def pages(folder: Path) -> dict[str, tuple[str, str]]:
    """The URL and the true text of each page by its name."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    return {name: (row.get("url", ""), row["articleBody"]) for name, row in truth.items()}


def extracted(folder: Path, extract: Extract, names: Sequence[str] | None = None) -> dict[str, str]:
    """What an extractor makes of each page."""
    return {
        name: extract(gzip.decompress((folder / f"html/{name}.html.gz").read_bytes()), url)
        for name, (url, _) in pages(folder).items()
        if names is None or name in names
    }


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words; one shorter run for a shorter text."""
    words = _WORD.findall(text)
    runs = (tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))
    return Counter(run for run in runs if run)


def compare(truth: str, text: str) -> Shares:
    """How an extraction overlaps with the truth."""
    wanted, got = shingles(truth), shingles(text)
    counts = ((wanted & got).total(), (got - wanted).total(), (wanted - got).total())
    whole = sum(counts) or 1
    return counts[0] / whole, counts[1] / whole, counts[2] / whole


def scores(found: Sequence[Shares]) -> tuple[float, float, float]:
    """F1, precision and recall over pages."""
    precision = statistics.mean(both / (both + more) for both, more, _ in found if both + more)
    recall = statistics.mean(both / (both + less) for both, _, less in found if both + less)
    return 2 * precision * recall / (precision + recall), precision, recall


def spread(found: Sequence[Shares]) -> list[float]:
    """1.96 standard deviations of each score over bootstrap samples."""
    chance = random.Random(1)  # noqa: S311
    samples = [scores(chance.choices(found, k=len(found))) for _ in range(SAMPLES)]
    return [1.96 * statistics.stdev(values) for values in zip(*samples, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--differences", action="store_true", help="where the two differ most")
    options = parser.parse_args()
    truth = pages(options.folder)
    read = {name: pages_read(options.folder, ex) for name, ex in extractors.extractors().items()}
    found: dict[str, dict[str, Shares]] = {}
    print(f"{'':14}{'F1':>16}{'precision':>16}{'recall':>16}{'seconds':>10}")
    for name, (results, seconds) in read.items():
        texts = {page: one.body for page, one in results.items() if one.body is not None}
        if texts:
            found[name] = {page: compare(truth[page][1], text) for page, text in texts.items()}
            _show(name, list(found[name].values()), seconds)
    for path in sorted((options.folder / "output").glob("*.json")):
        output = json.loads(path.read_text("utf-8"))
        output = output.get("output", output)
        shares = [compare(truth[p][1], output[p].get("articleBody") or "") for p in truth]
        _show(f"({path.stem})", shares, None)
    known, results = datelines(), {name: results for name, (results, _) in read.items()}
    for rows, title in ((list(known)[:SEEN], "seen"), (list(known)[SEEN:], "set apart")):
        _datelines({page: known[page] for page in rows}, results, title)
    if options.differences:
        _differences(found, truth)


def pages_read(folder: Path, extract: extractors.Extract) -> tuple[dict[str, Found], float]:
    """What a library finds in each page, and the seconds that it took."""
    extract(b"<html><body><p>warm</p></body></html>", "")
    start = time.perf_counter()
    found = {
        name: extract(gzip.decompress((folder / f"html/{name}.html.gz").read_bytes()), url)
        for name, (url, _) in pages(folder).items()
    }
    return found, time.perf_counter() - start


def datelines() -> dict[str, tuple[str, str]]:
    """The day and byline of pages by the start of their names, "" where they are left out."""
    rows = (Path(__file__).with_name("datelines.tsv")).read_text("utf-8").splitlines()
    cells = (row.split("\t") for row in rows if not row.startswith("#"))
    return {name: (day.strip("-"), "" if by == "-" else by) for name, day, by in cells}


def day_outcome(truth: str, day: str) -> str:
    """What a day that was found is worth."""
    if not day:
        return "none"
    apart = abs((date.fromisoformat(day) - date.fromisoformat(truth)).days)
    return "right" if apart == 0 else "a day off" if apart == 1 else "wrong"


def byline_outcome(truth: str, found: Sequence[str]) -> str:
    """What names that were found are worth."""
    wanted = set(extractors.names(truth))
    if not found:
        return "none"
    if wanted == set(found):
        return "right"
    return "with more" if all(any(w in f for f in found) for w in wanted) else "wrong"


def _datelines(
    truth: Mapping[str, tuple[str, str]], read: Mapping[str, dict[str, Found]], which: str
) -> None:
    for title, kinds in (
        ("days", ("right", "a day off", "wrong", "none")),
        ("bylines", ("right", "with more", "wrong", "none")),
    ):
        print(f"\n{f'{title}, {which}':20}" + "".join(f"{kind:>12}" for kind in kinds))
        for name, results in read.items():
            counts = Counter(_outcomes(truth, results, title))
            if counts:
                print(f"{name:20}" + "".join(f"{counts[kind]:>12}" for kind in kinds))


def _outcomes(
    truth: Mapping[str, tuple[str, str]], results: Mapping[str, Found], title: str
) -> list[str]:
    said = []
    for page, one in results.items():
        day, byline = truth.get(page[:6], ("", ""))
        if title == "days" and day and one.day is not None:
            said.append(day_outcome(day, one.day))
        elif title == "bylines" and byline and one.names is not None:
            said.append(byline_outcome(byline, one.names))
    return said


def _show(name: str, shares: Sequence[Shares], seconds: float | None) -> None:
    cells = (f"{s:.3f} ± {d:.3f}" for s, d in zip(scores(shares), spread(shares), strict=True))
    print(f"{name:14}", *(f"{cell:>15}" for cell in cells), f"{seconds:9.1f}" if seconds else "")


def _differences(found: dict[str, dict[str, Shares]], truth: dict[str, tuple[str, str]]) -> None:
    """The pages where the two differ most, and by how much."""

    def gain(page: str) -> float:
        return found["dateline"][page][0] - found["trafilatura"][page][0]

    ranked = sorted(truth, key=gain)
    better = sum(gain(page) > 0.001 for page in truth)
    worse = sum(gain(page) < -0.001 for page in truth)
    print(f"Dateline is better on {better}, worse on {worse} of {len(truth)} pages")
    for page in [*ranked[:12], *ranked[-12:]]:
        print(f"{gain(page):+.3f}  {page[:8]}  {truth[page][0][:90]}")


if __name__ == "__main__":
    main()
