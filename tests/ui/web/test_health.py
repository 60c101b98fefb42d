"""The Sources view: what it says of each source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.freshness import Freshness
from ui.web.health import sources_html
from ui.wording.words import words
from vectorstore import OUTCOMES, Run, SourceState

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


def test_what_became_of_every_entry_is_shown_and_adds_up() -> None:
    counts = dict(zip(OUTCOMES, (3, 1, 0, 1_200, 2, 4, 5, 6), strict=True))
    run = Run(source="wire", started=NOW, ended=NOW, announced=1_219, checked=2, **counts)
    assert run.accounted == run.announced + run.checked
    shown = sources_html([], [run], EN, NOW, may=False)
    assert (
        "1,219 entries, 2 known pages: 3 new, 1 changed, 1,200 unchanged, 2 duplicate, "
        "4 not an article, 5 failed, 6 left for the next run" in shown
    )
    korean = sources_html([], [run], words("ko"), NOW, may=False)
    assert "기사 아님 4" in korean
    assert "다음 수집으로 미룸 6" in korean
    broken = replace(run, error="answers 404", reasons=("a page answers 403",))
    shown = sources_html([], [broken], EN, NOW, may=False)
    assert EN("run_failed", error="answers 404") in shown
    assert "1,219 entries" in shown
    nothing = sources_html([], [Run(source="wire", started=NOW, ended=NOW)], EN, NOW, may=False)
    assert EN("run_nothing") in nothing
