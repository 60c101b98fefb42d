"""Inputs of any size: how fast they are ingested, and whether memory stays flat.

    python -m benchmarks.large_inputs [--files N] [--lines BYTES] [--warc BYTES] [--beside BYTES]
                                      [--in FOLDER]

Makes up a folder of N ninjs files, a JSON Lines file and a web archive of so many bytes (500M, 1G),
and ingests each into a new archive in a process of its own. `--beside` is what stands with each
article, as in exports and crawls: the page's HTML in its row, a picture after its page. Vectors are
looked up by a text's checksum, so what is measured is all but the embedding model. Memory is the
resident memory of that process and its children, looked at five times a second: the peak when a
quarter of the articles was read, when all were stored, and while the indexes were written. Exit
status 1 if the peak grew by more than 25 % after the first quarter. With fewer than some thousands
of articles it says nothing, as the first quarter is start-up.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from ingest import run
from vectorstore import Archive
from vectorstore.models.embedder import Embedded, Embedder, Text

SEED = 5
FLAT = 1.25
"""Growth of the peak after the first quarter up to which memory counts as flat: segments that are
merged, and what Python keeps for later, come and go."""

LOOK = 0.2
IMAGE = ("Content-Type", "image/jpeg")
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}
NAMES = (
    "harbour tariff minister council ferry budget union court bridge factory river school".split()
)
VERBS = "approved delayed named rejected opened counted visited repaired".split()
TABLE = np.random.default_rng(SEED).normal(size=(997, 384)).astype(np.float32)
TABLE /= np.linalg.norm(TABLE, axis=1, keepdims=True)


def articles() -> Iterator[tuple[str, list[str]]]:
    """Headlines and paragraphs without end, no two alike: 2 to 3 kB each."""
    chance, number = random.Random(SEED), 0  # noqa: S311
    while True:
        number += 1
        paragraphs = [
            " ".join(_sentence(chance, number) for _ in range(4))
            for _ in range(chance.randint(6, 9))
        ]
        yield f"The {chance.choice(NAMES)} of district {number}", paragraphs


def _sentence(chance: random.Random, number: int) -> str:
    first, second = chance.sample(NAMES, 2)
    amount = chance.randint(2, 90_000)
    return f"The {first} of district {number} {chance.choice(VERBS)} {amount:,} {second} plans."


def ninjs_files(folder: Path, count: int) -> int:
    """So many ninjs files; how many articles they hold."""
    folder.mkdir()
    for number, (headline, paragraphs) in zip(range(count), articles(), strict=False):
        item = {
            "uri": f"urn:made:{number}",
            "type": "text",
            "version": "1",
            "versioncreated": "2026-01-02T03:04:05Z",
            "provider": "Made Wire",
            "headlines": [{"role": "main", "value": headline}],
            "bodies": [{"role": "text", "value": "\n\n".join(paragraphs)}],
            "subjects": [{"name": f"Subject {number % 300}"}],
        }
        (folder / f"{number:07}.json").write_text(json.dumps(item), encoding="utf-8")
    return count


def json_lines(path: Path, size: int, beside: int) -> int:
    """A JSON Lines file of about so many bytes; how many articles it holds."""
    count, html = 0, "<p>x</p>" * (beside // 8)
    with path.open("w", encoding="utf-8") as file:
        for count, (headline, paragraphs) in enumerate(articles(), start=1):
            row = {"id": count, "title": headline, "text": "\n\n".join(paragraphs), "page": html}
            file.write(json.dumps(row) + "\n")
            if file.tell() >= size:
                break
    return count


def web_archive(path: Path, size: int, beside: int) -> int:
    """A WARC file of about so many bytes; how many pages it holds."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    around = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(60))
    count, picture = 0, random.Random(SEED).randbytes(beside)  # noqa: S311
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for count, (headline, paragraphs) in enumerate(articles(), start=1):
            text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
            page = (
                f"<html><head><title>{headline}</title></head><body><nav><ul>{around}</ul></nav>"
                f"<article><h1>{headline}</h1>{text}</article></body></html>"
            ).encode()
            kind = [("Content-Type", "text/html; charset=utf-8")]
            headers = StatusAndHeaders("200 OK", kind, protocol="HTTP/1.1")
            address = f"https://made.example/{count}"
            record = writer.create_warc_record(
                address, "response", payload=io.BytesIO(page), http_headers=headers
            )
            writer.write_record(record)
            if picture:
                headers = StatusAndHeaders("200 OK", [IMAGE], protocol="HTTP/1.1")
                record = writer.create_warc_record(
                    f"{address}.jpg", "response", payload=io.BytesIO(picture), http_headers=headers
                )
                writer.write_record(record)
            if file.tell() >= size:
                break
    return count


def looked_up(_self: Embedder, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
    """Vectors by checksum, in place of the embedding model's."""
    for number, one in enumerate(texts):
        at = zlib.crc32(one.text.encode())
        rows = TABLE[[(at + n) % len(TABLE) for n in range(len(one.sentences))]]
        yield number, Embedded(TABLE[at % len(TABLE)], rows)


class Watch:
    """The peak of resident memory, of this process and its children, by stage."""

    def __init__(self, expected: int) -> None:
        self.expected, self.read, self.stage = expected, 0, "quarter"
        self.peaks: dict[str, float] = {}
        self.began: dict[str, float] = {"quarter": time.monotonic()}
        threading.Thread(target=self._look, daemon=True).start()

    def progress(self, what: str, _done: int, _total: int) -> None:
        """A run's own progress, which says what it is at."""
        if what == "Reading":
            self.read += 1
            if self.read > self.expected / 4:
                self._turn("reading")
        elif what.startswith("Indexing"):
            self._turn("indexing")

    def _turn(self, stage: str) -> None:
        if stage not in self.began:
            self.stage = stage
            self.began[stage] = time.monotonic()

    def _look(self) -> None:
        process = psutil.Process()
        while True:
            held = 0
            for one in (process, *process.children(recursive=True)):
                try:
                    held += one.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
            self.peaks[self.stage] = max(self.peaks.get(self.stage, 0.0), held / 1e6)
            time.sleep(LOOK)


def ingest(path: Path, into: Path, expected: int) -> dict[str, Any]:
    """What an ingest of a path comes to, in this process."""
    Embedder.embed = looked_up  # type: ignore[method-assign]
    watch = Watch(expected)
    with Archive.open(into, create=True) as archive:
        report = run(archive, [path], progress=watch.progress)
    ended, began = time.monotonic(), watch.began
    reading = began.get("indexing", ended) - began["quarter"]
    return {
        "articles": report.articles,
        "failed": report.failed,
        "reading_s": round(reading, 1),
        "indexing_s": round(ended - began.get("indexing", ended), 1),
        "peaks_mb": {name: round(peak) for name, peak in watch.peaks.items()},
    }


def measured(name: str, path: Path, expected: int, folder: Path) -> bool:
    """Ingest a path in a process of its own, print what it took; whether memory was flat."""
    words = ["--ingest", str(path), "--into", str(folder / "archive"), "--expected", str(expected)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large_inputs", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    peaks = found["peaks_mb"]
    grown = peaks.get("reading", peaks["quarter"]) / peaks["quarter"]
    size = sum(p.stat().st_size for p in ([path] if path.is_file() else path.iterdir()))
    print(
        f"{name}: {size / 1e6:,.0f} MB, {found['articles']:,} articles of {expected:,}; "
        f"{found['articles'] / max(found['reading_s'], 0.1):,.0f} a second, then "
        f"{found['indexing_s']} s of indexing; peak {peaks['quarter']:,} MB at a quarter, "
        f"{peaks.get('reading', 0):,} MB at the end ({grown:.2f}), "
        f"{peaks.get('indexing', 0):,} MB indexing",
        flush=True,
    )
    return grown <= FLAT


def number(written: str) -> int:
    """`500M` in bytes."""
    unit = UNITS.get(written[-1:].upper())
    return int(float(written[:-1]) * unit) if unit else int(written)


def main() -> None:
    """Make each input, ingest it, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=1_000, help="ninjs files, 0 for none")
    parser.add_argument("--lines", type=number, default=10**7, help="bytes of JSON Lines")
    parser.add_argument("--warc", type=number, default=10**7, help="bytes of the web archive")
    parser.add_argument("--beside", type=number, default=0, help="bytes with each article")
    parser.add_argument("--in", dest="folder", type=Path, help="where to make them")
    for name in ("--ingest", "--into"):
        parser.add_argument(name, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--expected", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ingest:
        print(json.dumps(ingest(args.ingest, args.into, args.expected)))
        return
    inputs: dict[str, tuple[str, Callable[[Path, int], int], int]] = {
        "ninjs files": ("wire", ninjs_files, args.files),
        "JSON Lines": ("rows.jsonl", partial(json_lines, beside=args.beside), args.lines),
        "WARC": ("pages.warc", partial(web_archive, beside=args.beside), args.warc),
    }
    flat = True
    for name, (file, make, size) in inputs.items():
        if size:
            with tempfile.TemporaryDirectory(dir=args.folder) as folder:
                path = Path(folder) / file
                flat &= measured(name, path, make(path, size), Path(folder))
    sys.exit(not flat)


if __name__ == "__main__":
    main()
