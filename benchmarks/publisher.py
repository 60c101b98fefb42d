"""Publishes an article a second into an archive; changes and withdraws earlier ones.

    python -m benchmarks.publisher ARCHIVE [--seconds 60]

Prints a line of JSON for each, once it can be found: its `word`, which no other article has, its
id (`article`), the versions that are `gone` since, and the monotonic clock (`at`). `load` runs it
beside its users.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from ingest.boilerplate import passages
from ingest.process import lower_priority
from vectorstore import Archive, Article, Dated

SEED = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    publish(given.archive, given.seconds)


def publish(path: Path, seconds: float) -> None:
    """Publishes for so many seconds, behind the chat in priority as a scheduled run is."""
    lower_priority()
    chance = random.Random(SEED)  # noqa: S311 (whatever repeats)
    published: list[Article] = []
    with Archive.open(path) as archive:
        until, number = float("inf"), 0
        while time.monotonic() < until:
            number += 1
            if number == 2:  # the model is loaded, and the users begin
                until = time.monotonic() + seconds
            word = f"zq{number:04}{chance.randrange(10**6)}"
            new = made(f"load:{number}", word, "first")
            gone: list[tuple[str, str]] = []
            with archive.writing(30):
                batch = [new]
                if published and number % 3 == 0:
                    old = published.pop()
                    batch.append(made(old.key, old.headline.split()[-1], f"changed {number}"))
                    gone.append((old.id, old.version))
                list(archive.add((a, passages(archive, a)) for a in batch))
                if published and number % 4 == 0:
                    old = published.pop(0)
                    archive.withdraw_articles([old.id])
                    gone.append((old.id, old.version))
                archive.index()
            published.append(new)
            acknowledgement = {
                "word": word,
                "article": new.id,
                "gone": gone,
                "at": time.monotonic(),
            }
            print(json.dumps(acknowledgement), flush=True)
            time.sleep(0.5)


def made(key: str, word: str, what: str) -> Article:
    body = (
        f"The {word} agreement on tariffs was signed in Seoul, officials said ({what}).\n\n"
        f"Negotiators from both countries said the {word} text sets quotas for steel and cars."
    )
    return english(key, f"Officials sign agreement {word}", body, "load", "2025-11-20")


def english(key: str, headline: str, body: str, source: str, day: str) -> Article:
    """An article in English that an outlet published on a day."""
    return Article(
        key=key,
        headline=headline,
        body=body,
        outlet=f"{source.title()} Desk",
        language="en",
        source=source,
        path=key,
        published=Dated(day, "made"),
    )


if __name__ == "__main__":
    main()
