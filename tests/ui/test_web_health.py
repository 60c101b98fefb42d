"""The Sources view: what it says of each source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.freshness import Freshness
from ui.web_health import sources_html
from ui.web_words import words
from vectorstore import Run, SourceState

NOW = datetime(2025, 8, 1, 12, tzinfo=UTC)
EN = words("en")


def test_a_source_that_fails_was_last_read_when_it_last_succeeded() -> None:
    run = Run(source="wire", started=NOW, ended=NOW, error="answers 404")
    two = NOW - timedelta(hours=2)
    for success, said in ((two, EN.ago(two, NOW)), (None, EN("source_never"))):
        state = SourceState(
            name="wire", articles=3, last_run=run, last_success=success, last_new=success
        )
        one = Freshness(name="wire", source=None, state=state)
        assert f"<td>{said}</td>" in sources_html([one], [], EN, NOW, may=False)
