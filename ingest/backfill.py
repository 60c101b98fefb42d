"""A backfill on a Ray cluster: files are read and passages embedded by any number of workers.

This process lists the files, settles which article is which, cuts passages, and stores: the one
writer, in the order of the files, so that the archive is the one that a run of its own would have
made. What a worker does is a task without side effects; one that is killed is done again, and
costs no more. The workers see the files under the same paths and have the same Dateline.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ingest import backfill_tasks as tasks
from ingest.boilerplate import passages as cut
from ingest.fields import Draft
from ingest.files import STANDARD_INPUT, listing
from ingest.identity import IdentityResolver
from ingest.pipeline import Run, check
from ingest.readers import File
from ingest.reading import AS_GUESSED, Reading
from ingest.values import Problem, Report, Withdrawal
from vectorstore import Archive, Article, InputError, Passage, Progress, Span, no_progress
from vectorstore.models.embedder import Embedded, Text

FILES_A_TASK, BYTES_A_TASK = 64, 16_000_000
"""Files that one task reads: so many, or so large together; a larger one alone."""

AHEAD = 2
"""Tasks of each kind that wait for every processor of the cluster."""

AGAIN = 3
"""How often a task is done again whose worker or machine was lost."""


def backfill(
    archive: Archive,
    paths: Sequence[Path | str],
    *,
    address: str,
    reading: Reading = AS_GUESSED,
    progress: Progress = no_progress,
) -> Report:
    """Ingest files and folders as `pipeline.run` does, with the workers of a Ray cluster.

    `address` is HOST:PORT of the cluster's head, "auto" for the one that this machine belongs
    to, or "local" for this machine's processors. Raises InputError where there is no Ray or no
    cluster, and what `pipeline.run` raises.
    """
    named = check(paths)
    if any(str(path) == STANDARD_INPUT for path in named):
        raise InputError("standard input cannot be read by other machines: name files or folders")
    progress("Looking", 0, 0)
    found = listing(named, reading=reading)
    with cluster(address) as ray:
        workers = Workers(ray, archive)
        return Run(archive, progress, workers).take(found, workers.read(found.files))


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """Ray, connected for as long as this lasts."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise InputError("this needs Ray: pip install 'dateline[ray]'") from error
    if "://" in address:
        raise InputError(
            f"{address}: name the cluster's head as HOST:PORT, from a machine of the cluster"
        )
    try:
        own = {"include_dashboard": False} if address == "local" else {}
        ray.init(address=address, log_to_driver=False, configure_logging=False, **own)
    except (ConnectionError, ValueError, TimeoutError, RuntimeError) as error:
        raise InputError(f"there is no Ray cluster at {address}: {error}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


class Workers:
    """The cluster's workers, as what reads files and what embeds passages."""

    def __init__(self, ray: Any, archive: Archive) -> None:
        self._ray, self._archive = ray, archive
        self.ahead = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._spans: dict[str, tuple[Span, ...]] = {}
        # Without backpressure: a reader that waits would keep its processor from the embedders
        self._reading = ray.remote(max_retries=AGAIN, num_returns="streaming")(tasks.read)
        self._embedding = ray.remote(max_retries=AGAIN)(tasks.embed)

    def read(self, files: Sequence[File]) -> Iterator[Article | Problem | Withdrawal]:
        """What `ingest.files.read` reads, in the same order."""
        identities, waiting = IdentityResolver(), deque[tuple[list[File], Any]]()
        groups = _groups(files)
        while True:
            while len(waiting) < self.ahead and (group := next(groups, None)):
                waiting.append((group, self._reading.remote(group, tasks.release())))
            if not waiting:
                return
            group, parts = waiting.popleft()
            yield from identities.resolve(self._items(group, parts))

    def cut(self, article: Article) -> tuple[Passage, ...]:
        """The passages of an article as its outlet is known so far."""
        self._spans[article.id] = self._archive.boilerplate(article)
        return cut(self._archive, article)

    def current(self, article: Article, passages: Sequence[Passage]) -> Sequence[Passage]:
        known = self._spans.pop(article.id, None) == self._archive.boilerplate(article)
        return passages if known else cut(self._archive, article)

    def submit(self, texts: Sequence[Text], model: str) -> Any:
        if not texts:
            return lambda: ()
        ref = self._embedding.remote(list(texts), model, tasks.release())

        def wait() -> list[tuple[int, Embedded]]:
            found: list[tuple[int, Embedded]] = self._got(ref)
            return found

        return wait

    # -- inside ---------------------------------------------------------------------

    def _items(
        self, group: list[File], parts: Any
    ) -> Iterator[tuple[File, Draft | Problem | Withdrawal]]:
        for ref in parts:
            for number, item in self._got(ref):
                yield group[number], item

    def _got(self, ref: Any) -> Any:
        """A task's result; InputError in words for one that failed again and again."""
        failures = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except failures.RayTaskError as error:
            raise error.as_instanceof_cause() from None
        except failures.RayError as error:
            raise InputError(
                f"a task was lost with its worker {AGAIN + 1} times: what was stored stays, and "
                f"the next run goes on ({error})"
            ) from error


def _groups(files: Sequence[File]) -> Iterator[list[File]]:
    """The files in runs for one task each."""
    group: list[File] = []
    size = 0
    for file in files:
        try:
            own = file.path.stat().st_size
        except OSError:
            own = 0  # reported when it is read
        if group and (len(group) >= FILES_A_TASK or size + own > BYTES_A_TASK):
            yield group
            group, size = [], 0
        group.append(file)
        size += own
    if group:
        yield group
