"""One tick of the simulated world in a process of its own, so that it can be killed.

python -m tests.site.crash ARCHIVE DAYS EVERY PLAIN TICK HOST=BASE…
"""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.collect import collect
from tests.site import driver
from tests.site.script import month
from vectorstore import Archive


class Elsewhere:
    """A world whose servers run in another process: its addresses and its time."""

    def __init__(self, days: int, every: float, plain: int, tick: int, places: list[str]) -> None:
        self.script = month(days, every=every, plain=plain)
        self.now = self.script.ticks[tick]
        self.bases = dict(place.split("=", 1) for place in places)
        self.hosts = tuple(base.removeprefix("http://") for base in self.bases.values())


def main(folder: str, days: str, every: str, plain: str, tick: str, *places: str) -> None:
    """Live through one tick, saying when it begins and ends."""
    world = Elsewhere(int(days), float(every), int(plain), int(tick), list(places))
    with Archive.open(Path(folder), create=True) as archive, driver.client(world) as client:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        collect(
            archive,
            driver.sources(world, world.now),
            settings=driver.settings(world),
            client=client,
            now=lambda: world.now,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
