"""What is counted and measured of the answers, for Prometheus; see docs/reliability.md.

A registry is an app's own, so that two apps of one process do not count for each other.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from vectorstore import Archive, DatelineError, InputError
from vectorstore.quota import quota

log = logging.getLogger(__name__)

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the buckets that times are counted in; 1.5 s is the promise (R2)."""

STAGES = {"understand": "understand", "retrieve": "retrieve", "answer and verify": "answer"}
"""The chain's stages by the names of their runs."""

RESULTS = ("new", "changed", "updated", "unchanged", "withdrawn", "failed")

KEPT = 15.0
"""Seconds for which what is read from the ledger and the disk stays as it is."""

Load = Callable[[], dict[str, int]]
"""How many questions are in which state just now."""


class Metrics:
    """The registry of one app, and the counters that its answers turn."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "dateline_questions",
            "Questions by the way they came and what became of them.",
            ("route", "outcome"),
            registry=self.registry,
        )
        self.stages = self._times("dateline_stage_seconds", "Time by stage.", ("stage",))
        self.answers = self._times(
            "dateline_answer_seconds", "Time to the whole answer.", ("route",)
        )
        self.first = self._times(
            "dateline_first_part_seconds", "Time until the passages are found.", ("route",)
        )
        self.answering = Gauge(
            "dateline_questions_answering", "Questions being answered now.", registry=self.registry
        )
        self.failed = Counter(
            "dateline_failed_verifications",
            "Claims that their check did not let through.",
            registry=self.registry,
        )
        self.refused = Counter(
            "dateline_refused_requests",
            "Requests refused before they were worked on, by status.",
            ("status",),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _times(self, name: str, said: str, labels: Sequence[str]) -> Histogram:
        return Histogram(name, said, labels, buckets=SECONDS, registry=self.registry)

    def refuse(self, status: int) -> None:
        """Count a request that was refused with this status."""
        self.refused.labels(str(status)).inc()

    def false(self, _failures: Sequence[str]) -> None:
        """Count a claim that failed its check; for `build_chain(on_false=…)`."""
        self.failed.inc()


class StageTimer(BaseCallbackHandler):
    """Times the stages of one answer as LangChain runs them."""

    def __init__(self, metrics: Metrics) -> None:
        self.seconds: dict[str, float] = {}
        self._metrics = metrics
        self._begun: dict[Any, tuple[str, float]] = {}

    def on_chain_start(self, *_: Any, run_id: Any, **named: Any) -> None:
        if stage := STAGES.get(named.get("name") or ""):
            self._begun[run_id] = stage, time.perf_counter()

    def on_chain_end(self, *_: Any, run_id: Any, **_named: Any) -> None:
        stage, begun = self._begun.pop(run_id, ("", 0.0))
        if stage:
            took = self.seconds[stage] = time.perf_counter() - begun
            self._metrics.stages.labels(stage).observe(took)


class ArchiveCollector(Collector):
    """What the ledger, the indexes and the disk say when they are asked, at most every
    `KEPT` seconds: lag, freshness and results by source, room, queue."""

    def __init__(self, archive: Archive, load: Load | None) -> None:
        self._archive, self._load = archive, load
        self._found: tuple[float, list[GaugeMetricFamily]] | None = None

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is asked when it is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = time.monotonic()
        if self._found is None or now - self._found[0] > KEPT:
            self._found = now, list(self._read())
        yield from self._found[1]
        for state, count in (self._load() if self._load else {}).items():
            yield _gauge(f"dateline_questions_{state}", f"Questions {state} now.", count)

    def _read(self) -> Iterator[GaugeMetricFamily]:
        archive = self._archive
        try:
            status, states = archive.status(), archive.sources()
        except (DatelineError, SQLAlchemyError, OSError):
            log.exception("the archive could not be read for its metrics")
            yield _gauge("dateline_ledger_readable", "Whether the ledger can be read.", 0)
            return
        yield _gauge("dateline_ledger_readable", "Whether the ledger can be read.", 1)
        yield _gauge("dateline_articles", "Live articles.", status.articles)
        yield _gauge("dateline_passages", "Live passages.", status.passages)
        yield _gauge("dateline_index_lag_articles", "Stored, not searchable.", status.unindexed)
        yield _gauge("dateline_dense_damaged", "Whether a segment is left out.", archive.lame)
        yield _gauge("dateline_archive_bytes", "What the archive takes.", status.bytes_on_disk)
        try:
            if limit := quota():
                yield _gauge("dateline_archive_quota_bytes", "What the archive may take.", limit)
        except InputError:  # `dateline doctor` says so
            log.warning("the quota is no size, and not among the metrics", exc_info=True)
        free = shutil.disk_usage(archive.path).free
        yield _gauge("dateline_disk_free_bytes", "Free where the archive lies.", free)
        yield _gauge("dateline_model_loaded", "The embedding model.", archive.embedder.ready)
        yield from _of_sources(states)


def _of_sources(states: Sequence[Any]) -> Iterator[GaugeMetricFamily]:
    def family(name: str, said: str, *more: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"dateline_{name}", said, labels=["source", *more])

    held = family("source_articles", "Live articles of a source.")
    success = family("source_last_success_timestamp_seconds", "When it was last read to the end.")
    new = family("source_last_new_timestamp_seconds", "When something new last came.")
    failed = family("source_last_run_failed", "Whether its last run failed as a whole.")
    results = family("ingest_articles", "What became of the articles of its last run.", "result")
    for state in states:
        held.add_metric([state.name], state.articles)
        for gauge, moment in ((success, state.last_success), (new, state.last_new)):
            if moment is not None:
                gauge.add_metric([state.name], moment.timestamp())
        if (run := state.last_run) is not None:
            failed.add_metric([state.name], float(bool(run.error)))
            for name in RESULTS:
                results.add_metric([state.name, name], getattr(run, name))
    yield from (held, success, new, failed, results)


def _gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, value=float(value))
