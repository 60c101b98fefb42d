"""News items through the readers alone, without an archive or a model: rate and memory.

    python benchmarks/news_items.py [--items N] [--as files|zip|list|message] [--out FILE.json]

The items are made up: ninjs 2 with an HTML body of some 300 words (`files`: one a file in one
folder; `zip`: the same in an archive; `list`: one JSON list), or NewsML-G2 with NITF (`message`:
one news message). Memory is the process's own, after a tenth of the items and at the end; the
rate is of processor time, which others on the machine do not change.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from ingest.files import listing, read
from vectorstore import Article

WORDS = (
    "the ministry said talks tariff of cars would go on Monday in Seoul and a rate for steel was "
    "agreed after officials met exporters who had asked for relief from duties on parts"
).split()
NAR = "http://iptc.org/std/nar/2006-10-01/"


def paragraphs(chance: random.Random) -> str:
    """A body of some 300 words in six paragraphs."""
    return "".join(
        f"<p>{' '.join(chance.choices(WORDS, k=50)).capitalize()}.</p>" for _ in range(6)
    )


def ninjs(count: int) -> Iterator[str]:
    """Items of ninjs 2, as JSON."""
    chance = random.Random(count)  # noqa: S311
    for n in range(count):
        item = {
            "uri": f"urn:newsml:wire.example:20250731:{n}",
            "type": "text",
            "version": "1",
            "versioncreated": f"2025-07-{n % 28 + 1:02}T10:00:00+09:00",
            "pubstatus": "usable",
            "language": "en",
            "copyrightholder": "Wire",
            "by": "Kim Min",
            "headlines": [{"role": "main", "value": f"Talks go on, day {n}"}],
            "subjects": [{"name": "Trade"}],
            "bodies": [{"role": "main", "contenttype": "text/html", "value": paragraphs(chance)}],
        }
        yield json.dumps(item)


def messages(count: int) -> Iterator[str]:
    """The pieces of one news message."""
    chance = random.Random(count)  # noqa: S311
    yield f'<newsMessage xmlns="{NAR}"><itemSet>'
    for n in range(count):
        yield (
            f'<newsItem guid="urn:wire:{n}" version="1" xml:lang="en"><itemMeta>'
            '<itemClass qcode="ninat:text"/><provider><name>Wire</name></provider>'
            "<versionCreated>2025-07-31T10:00:00+09:00</versionCreated></itemMeta>"
            f"<contentMeta><headline>Talks go on, day {n}</headline></contentMeta><contentSet>"
            f"<inlineXML><nitf><body><body.content>{paragraphs(chance)}</body.content></body></nitf>"
            "</inlineXML></contentSet></newsItem>"
        )
    yield "</itemSet></newsMessage>"


def make(folder: Path, form: str, count: int) -> None:
    """Write the items into a folder."""
    if form == "files":
        for n, item in enumerate(ninjs(count)):
            (folder / f"{n:06}.ninjs").write_text(item)
    elif form == "zip":
        with zipfile.ZipFile(folder / "items.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for n, item in enumerate(ninjs(count)):
                archive.writestr(f"{n:06}.ninjs", item)
    elif form == "list":
        with (folder / "items.json").open("w") as out:
            for n, item in enumerate(ninjs(count)):
                out.write(("[" if n == 0 else ",\n") + item)
            out.write("]")
    else:
        with (folder / "items.xml").open("w") as out:
            out.writelines(messages(count))


def measured(folder: Path, count: int) -> dict[str, Any]:
    """Read the folder; rate, and memory in MB."""
    process, memory = psutil.Process(), []
    size = sum(path.stat().st_size for path in folder.iterdir())
    began, busy, articles = time.monotonic(), time.process_time(), 0
    for item in read(listing([folder]).files):
        if not isinstance(item, Article):
            raise RuntimeError(str(item))
        articles += 1
        if articles in {count // 10, count}:
            memory.append(process.memory_info().rss / 1e6)
    seconds, busy = time.monotonic() - began, time.process_time() - busy
    return {
        "articles": articles,
        "megabytes": round(size / 1e6, 1),
        "seconds": round(seconds, 1),
        "processor_seconds": round(busy, 1),
        "articles_per_processor_second": round(articles / busy),
        "memory_at_a_tenth_mb": round(memory[0]),
        "memory_at_the_end_mb": round(memory[-1]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    forms = ("files", "zip", "list", "message")
    parser.add_argument("--as", dest="form", choices=forms, default="files")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), asked.form, asked.items)
        found = {"form": asked.form, **measured(Path(folder), asked.items)}
    print(json.dumps(found, indent=2))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
