"""Boilerplate leaves the passages, and stays away, of a real archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from ingest import boilerplate
from ingest.boilerplate import passages, settle
from tests.conftest import article
from tests.vectorstore.texts import text
from vectorstore import Archive, Article

PLEA = "Subscribe to the Courier for the stories that matter to you."


def run(number: int) -> Article:
    body = f"{text(number)}\n\n{PLEA}\n\nIt concerns pangolin {number}. {text(number + 500)}"
    return article(f"{number}", body, outlet="Courier", headline=f"Report {text(number)}")


def ingest(archive: Archive, articles: Sequence[Article]) -> None:
    """As a run does."""
    with archive.writing():
        unknown = (a for a in articles if not archive.known(a))
        for _ in archive.add((a, passages(archive, a)) for a in unknown):
            pass
        settle(archive)
        archive.index()


@pytest.fixture(scope="module")
def courier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Twelve articles, ingested in two runs; the plea becomes boilerplate in the first."""
    path = tmp_path_factory.mktemp("courier") / "archive"
    with Archive.open(path, create=True) as archive:
        ingest(archive, [run(n) for n in range(8)])
        ingest(archive, [run(n) for n in range(12)])
        yield archive


def test_passages_are_cut_around_it(courier: Archive) -> None:
    item = run(99)
    found = passages(courier, item)
    assert [item.body[p.start : p.end] for p in found] == item.body.split(f"\n\n{PLEA}\n\n")
    for passage in found:
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end


def test_it_is_neither_found_nor_cited_but_stays_in_the_body(courier: Archive) -> None:
    hits = courier.search("Subscribe to the Courier for the stories", k=50)
    assert len(hits) == 24
    assert not any("Subscribe" in hit.text for hit in hits)
    assert all(PLEA in hit.article.body for hit in hits)
    assert courier.search("pangolin 3", k=1)[0].article.id == run(3).id


def test_what_is_settled_stays_so(courier: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before, passages_before = courier._ledger.last_seq(), courier.status().passages
    monkeypatch.setattr(courier.embedder, "embed", lambda texts: iter(()) if not texts else 1 / 0)
    ingest(courier, [run(n) for n in range(12)])
    assert (courier._ledger.last_seq(), courier.status().passages) == (before, passages_before)


def test_a_run_settles_so_much_and_the_next_goes_on(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boilerplate, "SETTLED_A_RUN", 3)
    path = tmp_path_factory.mktemp("bounded") / "archive"
    with Archive.open(path, create=True) as archive, archive.writing():
        for _ in archive.add((a, boilerplate.cut(a.body)) for a in [run(n) for n in range(8)]):
            pass
        seen: list[tuple[str, int, int]] = []
        assert settle(archive, lambda *call: seen.append(call)) == 3
        assert seen[-1] == ("Leaving out boilerplate", 3, 3)
        assert [settle(archive), settle(archive), settle(archive)] == [3, 2, 0]
