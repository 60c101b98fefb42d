"""How much of real article pages is extracted: Dateline's page parser beside plain trafilatura.

    python -m benchmarks.extraction [FOLDER] [--differences]

FOLDER is the article extraction benchmark of Zyte (181 news and other pages with the text of
each, ground-truth.json and html/*.gz). The measure is the benchmark's own: runs of four words
that extraction and truth share, a page's counts scaled to one; precision and recall are means
over pages, and F1 is of these. ± is 1.96 standard deviations of 1,000 bootstrap samples.
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
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "shared/pages/article-extraction-benchmark"
SAMPLES = 1_000
_WORD = re.compile(r"\w+")

Extract = Callable[[bytes, str], str]
Shares = tuple[float, float, float]
"""Of a page's shingles: both have, only the extraction has, only the truth has; sum 1."""


def by_dateline(page: bytes, url: str) -> str:
    """The body that Dateline would store, "" for what it refuses."""
    from ingest.parsers import page as parser

    try:
        return str(parser.parse(page, url=url)["body"])
    except ValueError:
        return ""


def by_trafilatura(page: bytes, _url: str) -> str:
    """What trafilatura extracts as it comes."""
    import trafilatura

    return trafilatura.extract(page, include_comments=False) or ""


EXTRACTORS: Mapping[str, Extract] = {"dateline": by_dateline, "trafilatura": by_trafilatura}


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
    found: dict[str, dict[str, Shares]] = {}
    print(f"{'':14}{'F1':>16}{'precision':>16}{'recall':>16}{'seconds':>10}")
    for name, extract in EXTRACTORS.items():
        extract(b"<p>warm</p>", "")
        start = time.perf_counter()
        texts = extracted(options.folder, extract)
        seconds = time.perf_counter() - start
        found[name] = {page: compare(truth[page][1], text) for page, text in texts.items()}
        _show(name, list(found[name].values()), seconds)
    for path in sorted((options.folder / "output").glob("*.json")):
        output = json.loads(path.read_text("utf-8"))
        output = output.get("output", output)
        shares = [compare(truth[p][1], output[p].get("articleBody") or "") for p in truth]
        _show(f"({path.stem})", shares, None)
    if options.differences:
        _differences(found, truth)


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
