from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from tests.conftest import NEWS, article, put
from vectorstore import Archive, Page, Run
from vectorstore.ledger import runs as module

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=9)))
HOUR = timedelta(hours=1)


def test_pages_are_kept_as_they_went_in(empty: Archive) -> None:
    page = Page(
        url="https://e.com/a",
        source="desk",
        article=NEWS[0].id,
        etag='W/"1"',
        status=200,
        checked=NOON,
        next_check=NOON + HOUR,
    )
    other = Page(url="https://e.com/b", source="wire", missed=2, changed=NOON)
    empty.put_pages([page, other])
    assert empty.page(page.url) == page
    assert empty.pages("desk") == {page.url: page}
    assert empty.page("https://e.com/none") is None
    empty.put_pages([replace(page, status=304, etag="")])
    assert empty.page(page.url) == replace(page, status=304, etag="")


def test_runs_come_newest_first_and_a_noted_start_becomes_the_run(empty: Archive) -> None:
    started = Run(source="desk", started=NOON)
    empty.note_run(started)
    assert not empty.runs("desk")[0].ok, "it has not ended"
    done = replace(started, ended=NOON + HOUR, new=3, failed=1, reasons=("a: 한 줄",))
    later = Run(source="wire", started=NOON + HOUR, ended=NOON + 2 * HOUR, error="no network")
    empty.note_run(done)
    empty.note_run(later)
    assert empty.runs() == [later, done]
    assert empty.runs("desk") == [done]
    assert empty.runs(limit=1) == [later]
    assert (done.ok, later.ok) == (True, False)


def test_old_runs_make_room(empty: Archive, monkeypatch: object) -> None:
    monkeypatch.setattr(module, "RUNS_KEPT", 3)  # type: ignore[attr-defined]
    for hour in range(5):
        empty.note_run(Run(source="desk", started=NOON + hour * HOUR))
        empty.note_run(Run(source="wire", started=NOON))
    assert [run.started for run in empty.runs("desk")] == [NOON + h * HOUR for h in (4, 3, 2)]
    assert len(empty.runs("wire")) == 1


def test_sources_say_how_they_do(empty: Archive) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    put(empty, NEWS[:2], index=False)
    put(empty, [replace(NEWS[2], source="wire")], index=False)
    good = Run(source="test", started=NOON, ended=NOON + HOUR, new=2)
    bad = Run(source="test", started=NOON + HOUR, ended=NOON + 2 * HOUR, error="HTTP 500")
    empty.note_run(good)
    empty.note_run(bad)
    empty.set_source_state("silent", {"etag": "1"})
    silent, test, wire = empty.sources()
    assert (silent.name, silent.articles, silent.last_run) == ("silent", 0, None)
    assert (test.articles, test.last_run, test.last_success) == (2, bad, good.ended)
    assert test.last_new is not None
    assert test.last_new >= before
    assert (wire.articles, wire.last_success) == (1, None)
    assert len(empty.arrivals("test")) == 2
    assert empty.source_state("silent") == {"etag": "1"}
    assert empty.source_state("never") == {}
    assert empty.status().last_ingested == good.ended, "a run that failed ingested nothing"


def test_a_changed_article_arrived_once(empty: Archive) -> None:
    first = article("a.md", "The rate is 25 percent.")
    put(empty, [first], index=False)
    arrived = empty.arrivals("test")
    put(empty, [replace(first, body="The rate is 15 percent.")], index=False)
    assert empty.arrivals("test") == arrived
