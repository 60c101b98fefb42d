"""What monitoring gets: health, readiness, metrics, a structured log; and that no text is in it."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from chatbot import Answer, Claim
from ingest.logs import FORM, as_json, log_lines
from tests.conftest import NEWS, article, damage, put
from tests.ui.serving import served
from vectorstore import Archive, InputError, Settings

ASKED = "How much will Seoul invest in the canary shipyard?"
METRICS = {
    "dateline_questions",
    "dateline_questions_answering",
    "dateline_questions_waiting",
    "dateline_stage_seconds",
    "dateline_answer_seconds",
    "dateline_first_part_seconds",
    "dateline_failed_verifications",
    "dateline_refused_requests",
    "dateline_ledger_readable",
    "dateline_articles",
    "dateline_passages",
    "dateline_index_lag_articles",
    "dateline_dense_damaged",
    "dateline_archive_bytes",
    "dateline_disk_free_bytes",
    "dateline_model_loaded",
    "dateline_source_articles",
    "dateline_source_last_success_timestamp_seconds",
    "dateline_source_last_new_timestamp_seconds",
    "dateline_source_last_run_failed",
    "dateline_ingest_articles",
    "process_resident_memory_bytes",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """As ingested, so that its source has a run; its texts have a word that no log may have."""
    from ingest import run

    folder = tmp_path_factory.mktemp("probes")
    text = "Seoul will invest $350 billion in the canary shipyard, the company said on Monday."
    (folder / "a.md").write_text(f"---\ntitle: Canary\ndate: 2025-08-01\n---\n{text * 3}\n")
    with Archive.open(folder / "archive", create=True) as opened:
        run(opened, [folder / "a.md"])
        yield opened


@pytest.fixture(scope="module")
def base(archive: Archive) -> Iterator[str]:
    with served(archive) as address:
        yield address


def scraped(base: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Every sample by its name; fails where Prometheus would not read it."""
    response = httpx.get(f"{base}/metrics")
    assert response.status_code == 200
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(response.text):
        found.setdefault(family.name, [])
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_it_is_ready_once_its_model_is_loaded(archive: Archive) -> None:
    with Archive.open(archive.path) as again, served(again) as base:
        early = httpx.get(f"{base}/readyz")
        assert early.status_code == 503
        assert early.json()["missing"] == ["embedding model"]
        assert httpx.get(f"{base}/healthz").json() == {"ok": True}
        again.search("warm", k=1)
        assert httpx.get(f"{base}/readyz").json() == {"ready": True, "missing": [], "without": []}


def test_a_part_that_is_lost_is_named_and_both_are_not_ready(
    archive: Archive, tmp_path: Path
) -> None:
    shutil.copytree(archive.path, tmp_path / "copy")
    damage(next((tmp_path / "copy").rglob("vectors.npy")), "truncate")
    with Archive.open(tmp_path / "copy") as lame, served(lame) as base:
        lame.search("warm", k=1)
        one = httpx.get(f"{base}/readyz")
        assert (one.status_code, one.json()["without"]) == (200, ["dense index"])
        assert scraped(base)["dateline_dense_damaged"] == [({}, 1.0)]
        for path in (tmp_path / "copy" / "lexical").glob("*.term"):
            path.unlink()
        lame._lexical._index = None
        both = httpx.get(f"{base}/readyz")
        assert both.status_code == 503
        assert both.json()["missing"] == ["dense index", "lexical index"]


def test_an_empty_archive_lives_and_is_not_ready(empty: Archive) -> None:
    with served(empty) as base:
        assert httpx.get(f"{base}/healthz").status_code == 200
        assert "articles" in httpx.get(f"{base}/readyz").json()["missing"]


def test_every_metric_that_is_promised_is_there_and_counts(base: str, archive: Archive) -> None:
    before = scraped(base)
    assert set(before) >= METRICS
    for question in ("How much will Seoul invest?", "Who won the pangolin race in Bern?"):
        assert httpx.post(f"{base}/api/ask", json={"question": question}, timeout=120).is_success
    after = scraped(base)
    told = after["dateline_questions_total"]
    counted = {(labels["route"], labels["outcome"]): n for labels, n in told}
    assert sum(counted.values()) == 2, counted
    assert set(counted) <= {("api", "answered"), ("api", "abstained")}
    stages = {
        labels["stage"]: n
        for labels, n in after["dateline_stage_seconds_count"]
        if "stage" in labels
    }
    assert stages == {"understand": 2.0, "retrieve": 2.0, "answer": 2.0}
    new = [n for labels, n in after["dateline_ingest_articles"] if labels["result"] == "new"]
    assert new == [1.0]
    assert after["dateline_questions_answering"] == [({}, 0.0)]


class Failing:
    """A chain that does what its question says."""

    async def ainvoke(self, inputs: dict[str, str]) -> Answer:
        if inputs["question"] == "break":
            raise RuntimeError("broken")
        if inputs["question"] == "refuse":
            raise InputError("no")
        return Answer(claims=(Claim(text="Yes.", citations=()),))


def test_what_became_of_a_question_is_counted(newsroom: Archive) -> None:
    with served(newsroom, Failing()) as base:
        for question in ("break", "refuse", "answer"):
            httpx.post(f"{base}/api/ask", json={"question": question})
        found = scraped(base)["dateline_questions_total"]
    assert {labels["outcome"]: n for labels, n in found} == {
        "failed": 1.0,
        "refused": 1.0,
        "answered": 1.0,
    }


def test_what_is_refused_is_counted(base: str) -> None:
    assert httpx.post(f"{base}/api/ask", content=b"x" * 300_000).status_code == 413
    assert httpx.get(base, headers={"host": "evil.example"}).status_code == 421
    refused = {
        labels["status"]: n for labels, n in scraped(base)["dateline_refused_requests_total"]
    }
    assert (refused["413"], refused["421"]) == (1.0, 1.0)


def test_a_claim_that_fails_its_check_is_counted(newsroom: Archive) -> None:
    from chatbot import build_chain
    from ui.operations.metrics import Metrics

    metrics = Metrics()

    class Inventing:
        def __call__(self, query: object, hits: object) -> Iterator[Answer]:
            yield Answer(claims=(Claim(text="Nobody said this.", citations=()),))

        def abstain(self, query: object, hits: object) -> Answer:
            return Answer(abstained=True, message="No.")

    chain = build_chain(newsroom, answerer=Inventing(), on_false=metrics.false)  # type: ignore[arg-type]
    assert chain.invoke({"question": "What did Seoul say?"}).abstained
    assert metrics.registry.get_sample_value("dateline_failed_verifications_total") == 1.0


def test_metrics_ask_for_the_token_where_there_is_one(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_API_TOKEN", "right")
    with served(newsroom) as base:
        assert httpx.get(f"{base}/metrics").status_code == 401
        shown = {"Authorization": "Bearer right"}
        assert httpx.get(f"{base}/metrics", headers=shown).status_code == 200
        assert httpx.get(f"{base}/healthz").status_code == 200
        assert httpx.get(f"{base}/readyz").status_code in {200, 503}


def test_metrics_go_on_where_the_quota_is_no_size(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_QUOTA", "much")
    with served(newsroom) as base:
        found = scraped(base)
    assert found["dateline_disk_free_bytes"]
    assert "dateline_archive_quota_bytes" not in found


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What is logged at INFO as JSON while a test runs."""
    monkeypatch.setenv(FORM, "json")
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    levels = {n: logging.getLogger(n).level for n in ("", "ingest", "vectorstore", "ui", "chatbot")}
    log_lines()
    handler = root.handlers[-1]
    assert isinstance(handler, logging.StreamHandler)
    stream = StringIO()
    handler.setStream(stream)
    logging.getLogger("chatbot").setLevel(logging.INFO)
    yield stream
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_request_is_called_the_same_from_the_proxy_to_the_log(base: str, lines: StringIO) -> None:
    named = {"X-Request-ID": "proxy-7f3a"}
    body = {"question": ASKED}
    response = httpx.post(f"{base}/api/ask", json=body, headers=named, timeout=120)
    assert response.headers["x-request-id"] == "proxy-7f3a"
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    (one,) = [line for line in logged if line["message"] == "question"]
    assert (one["request"], one["route"], one["level"]) == ("proxy-7f3a", "api", "INFO")
    assert one["outcome"] in {"answered", "abstained"}
    assert one["retrieve_seconds"] >= 0
    own = httpx.get(f"{base}/healthz", headers={"X-Request-ID": "bad name"})
    assert re.fullmatch(r"[0-9a-f]{16}", own.headers["x-request-id"])


def test_no_question_and_no_text_is_logged(base: str, archive: Archive, lines: StringIO) -> None:
    from gradio_client import Client

    httpx.post(f"{base}/api/ask", json={"question": ASKED}, timeout=120)
    httpx.post(f"{base}/api/ask", json={"question": ASKED, "stream": True}, timeout=120)
    httpx.get(f"{base}/api/search", params={"q": ASKED}, timeout=120)
    message = {"messages": [{"role": "user", "content": ASKED}]}
    httpx.post(f"{base}/v1/chat/completions", json=message, timeout=120)
    Client(base, verbose=False).predict(ASKED, api_name="/ask")
    said = lines.getvalue()
    assert said.count('"question"') >= 4
    assert "canary" not in said.casefold()
    assert "350" not in said


def test_a_line_of_json_has_its_fields_and_its_error() -> None:
    try:
        raise ValueError("wrong")
    except ValueError:
        import sys

        record = logging.LogRecord(
            "ui.x", logging.ERROR, "f", 1, "told %s", ("so",), sys.exc_info()
        )
    record.source = "wire"
    line = json.loads(as_json().format(record))
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "ui.x", "told so")
    assert line["source"] == "wire"
    assert "ValueError: wrong" in line["exc_info"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", line["time"])


def test_alerts_and_dashboard_name_only_what_is_measured() -> None:
    import yaml

    folder = Path(__file__).resolve().parents[2] / "deploy"
    rules = yaml.safe_load((folder / "alerts.yml").read_text("utf-8"))
    board = json.loads((folder / "grafana.json").read_text("utf-8"))
    asked = [r["expr"] for g in rules["groups"] for r in g["rules"]]
    assert all(r["annotations"]["summary"] for g in rules["groups"] for r in g["rules"])
    asked += [t["expr"] for p in board["panels"] for t in p.get("targets", [])]
    assert len(asked) > 15
    known = METRICS | {f"{m}{end}" for m in METRICS for end in ("_total", "_bucket", "_count")}
    known |= {"process_start_time_seconds", "dateline_archive_quota_bytes"}
    used = {n for expr in asked for n in re.findall(r"\b(?:dateline|process)_\w+", expr)}
    assert used <= known, used - known


def test_the_archive_is_closed_to_a_wrong_model_and_says_so(tmp_path: Path) -> None:
    """A model that does not load: not ready, and the metrics go on."""
    with Archive.open(tmp_path / "a", create=True) as archive:
        put(archive, NEWS[:1])
    with Archive.open(tmp_path / "a", settings=Settings()) as archive:
        archive.embedder = type(archive.embedder)(str(tmp_path / "no-such-model"))
        with served(archive) as base:
            assert httpx.get(f"{base}/readyz").json()["missing"] == ["embedding model"]
            assert scraped(base)["dateline_model_loaded"] == [({}, 0.0)]
    assert os.environ.get(FORM) != "json"
    assert article("x", "y").id
