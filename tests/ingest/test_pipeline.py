"""Runs into a real archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import Report, add_sample, boilerplate, pipeline, run
from vectorstore import Archive, ArchiveLocked, InputError

HEAD = "---\ntitle: {0}\nurl: https://e.com/{0}\npublished: 2025-04-2{1}\n---\n"
TALKS = "Han Duck-soo said that the talks in Washington are about tariffs and shipbuilding."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        yield opened


@pytest.fixture
def news(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    (made / "a.md").write_text(HEAD.format("alpha", 1) + TALKS)
    (made / "b.md").write_text(HEAD.format("beta", 2) + "The price of rice rose again in Busan.")
    (made / "c.odt").write_text("x")
    (made / "d.md").write_text("")
    return made


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.updated, report.unchanged


def test_a_run_makes_articles_searchable(archive: Archive, news: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    report = run(archive, [news], progress=lambda *call: seen.append(call))
    assert counts(report) == (2, 0, 0, 0)
    assert (report.files, report.not_articles, report.articles) == (3, 1, 2)
    assert [str(p) for p in report.problems] == [f"{news / 'd.md'}: is empty"]
    assert not report.interrupted
    assert ("Reading", 2, 3) in seen
    hit = archive.search("What are the talks in Washington about?", k=1)[0]
    assert (hit.article.headline, hit.text) == ("alpha", TALKS)
    assert hit.article.url == "https://e.com/alpha"


def test_the_same_again_is_neither_cut_nor_embedded(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(archive, [news])

    def never(work: object) -> Iterator[None]:
        assert not work, "this was done before"
        return iter(())

    monkeypatch.setattr(boilerplate, "cut", never)
    monkeypatch.setattr(archive.embedder, "embed", never)
    assert counts(run(archive, [news])) == (0, 0, 0, 2)


def test_changed_text_is_changed_and_other_dates_are_an_update(
    archive: Archive, news: Path
) -> None:
    run(archive, [news])
    (news / "a.md").write_text(HEAD.format("alpha", 1) + "The talks were called off.")
    (news / "b.md").write_text(HEAD.format("beta", 3) + "The price of rice rose again in Busan.")
    assert counts(run(archive, [news])) == (0, 1, 1, 0)
    assert archive.search("talks", k=1)[0].text == "The talks were called off."


def test_each_file_of_one_run_has_a_record_of_its_own(archive: Archive, news: Path) -> None:
    (news / "e.jsonl").write_text(
        '{"title": "gamma", "text": "Rice.", "url": "https://e.com/g"}\n'
        '{"title": "delta", "text": "Ships.", "url": "https://e.com/d"}\n'
        '{"title": 1'
    )
    report = run(archive, [news / name for name in ("a.md", "d.md", "e.jsonl")])
    assert (report.new, len(report.problems)) == (3, 2)
    kept = {run.source.rpartition("/")[2]: run for run in archive.runs()}
    shares = {name: (run.new, run.failed, len(run.reasons)) for name, run in kept.items()}
    assert shares == {"a.md": (1, 0, 0), "d.md": (0, 1, 1), "e.jsonl": (2, 1, 1)}


def test_an_address_is_no_path() -> None:
    with pytest.raises(InputError, match=r"https://a\.test/1 is no file: `dateline sources add"):
        pipeline.check(["https://a.test/1"])


def test_missing_paths_are_all_named_before_anything_is_written(
    archive: Archive, news: Path
) -> None:
    with pytest.raises(InputError, match=r"nowhere, .*gone\.md: no such file or folder"):
        run(archive, [news, news / "nowhere", news / "gone.md"])
    assert archive.status().articles == 0


def test_an_interrupted_run_keeps_and_publishes_what_is_stored(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.writing.EMBED_AT_ONCE", 1)
    real = boilerplate.cut

    def stops(body: str) -> object:
        if "rice" in body:
            raise KeyboardInterrupt
        return real(body)

    monkeypatch.setattr(boilerplate, "cut", stops)
    report = run(archive, [news])
    assert report.interrupted
    assert counts(report) == (1, 0, 0, 0)
    assert archive.search("talks", k=1)[0].article.headline == "alpha"
    monkeypatch.setattr(boilerplate, "cut", real)
    assert counts(run(archive, [news])) == (1, 0, 0, 1)


def test_ctrl_c_while_publishing_is_reported_and_the_next_run_publishes(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("vectorstore.index.indexer.Indexer.follow", stops)
        report = run(archive, [news])
    assert (report.interrupted, counts(report)) == (True, (2, 0, 0, 0))
    assert archive.status().unindexed == 2
    assert counts(run(archive, [news])) == (0, 0, 0, 2)
    assert archive.status().unindexed == 0


def test_one_writer_at_a_time(archive: Archive, news: Path) -> None:
    with Archive.open(archive.path) as other, other.writing(), pytest.raises(ArchiveLocked):
        run(archive, [news])
    assert counts(run(archive, [news])) == (2, 0, 0, 0)


@pytest.mark.long
def test_the_sample_is_the_same_wherever_it_is_installed(archive: Archive) -> None:
    report = add_sample(archive)
    assert report.new == report.files > 50
    assert not report.problems
    keys = archive.keys(pipeline.SAMPLE)
    assert all(key == f"sample:{path}" for path, key in keys.items())
    assert counts(add_sample(archive)) == (0, 0, 0, report.new)
