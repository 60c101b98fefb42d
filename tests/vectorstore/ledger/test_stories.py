from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tests.conftest import article, put
from tests.vectorstore.texts import text
from vectorstore import Archive, Article, Filters

PARTS = [text(n) for n in range(12)]
DAYS = ["2026-03-01", "2026-03-02", "2026-03-03"]


def run(name: str, parts: Sequence[str], day: int = 0) -> Article:
    """An article of the outlet `name` with these paragraphs."""
    body = "\n\n".join(parts)
    return article(f"{name}.md", body, headline=f"{name} reports", outlet=name, published=DAYS[day])


WIRE = run("Wire", PARTS[:8])
CUT = run("Paper", [f"SEOUL — {PARTS[0]}", *PARTS[1:4]], 1)
OWN = run("Site", [*PARTS[:8], "Only the Site knows of the seventeen pangolins in Ulsan."], 2)
OTHER = run("Other", [text(n) for n in range(30, 38)])
STORY = [WIRE, CUT, OWN]


def store(archive: Archive, articles: Sequence[Article]) -> None:
    """Into the ledger only, without passages, so that nothing is embedded."""
    with archive.writing():
        for _ in archive.add((a, ()) for a in articles):
            pass


def grouped(archive: Archive, articles: Sequence[Article]) -> list[str]:
    return [archive.article(a.id).story for a in articles]


def test_copies_are_one_story_and_others_are_alone(empty: Archive) -> None:
    store(empty, [*STORY, OTHER])
    name = min(a.id for a in STORY)
    assert grouped(empty, [*STORY, OTHER]) == [name, name, name, ""]
    assert [a.outlet for a in empty.story(CUT.id)] == ["Wire", "Site"], "the earliest first"
    assert empty.story(OTHER.id) == []


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_does_not_matter(tmp_path: Path, seed: int) -> None:
    chain = [
        run("A", PARTS[:6]),
        run("B", [*PARTS[:6], *PARTS[6:10]]),
        run("C", [*PARTS[4:10], *PARTS[10:]]),
        OTHER,
        run("D", [text(n) for n in range(30, 37)]),
    ]
    order = random.Random(seed).sample(chain, len(chain))
    with Archive.open(tmp_path / "archive", create=True) as archive:
        store(archive, order)
        names = [min(a.id for a in chain[:3])] * 3 + [min(a.id for a in chain[3:])] * 2
        assert grouped(archive, chain) == names
        archive._ledger.withdraw([chain[1].id])
        assert grouped(archive, chain) == ["", "", "", *names[3:]]


def test_who_held_a_story_together_leaves_and_comes_back(empty: Archive) -> None:
    left, right = run("Left", PARTS[:7]), run("Right", PARTS[5:])
    both = run("Both", PARTS)
    store(empty, [left, right, both])
    assert len(set(grouped(empty, [left, right, both]))) == 1
    with empty.writing():
        empty.withdraw_articles([both.id])
    assert grouped(empty, [left, right, both]) == ["", "", ""]
    store(empty, [both])
    assert len(set(grouped(empty, [left, right, both])) - {""}) == 1


def test_a_changed_version_is_grouped_anew_and_versions_are_no_story(empty: Archive) -> None:
    store(empty, [WIRE, CUT])
    rewritten = replace(CUT, body=OTHER.body)
    store(empty, [rewritten, OTHER])
    assert grouped(empty, [WIRE]) == [""]
    assert grouped(empty, [CUT, OTHER]) == [min(CUT.id, OTHER.id)] * 2
    store(empty, [replace(WIRE, body=WIRE.body + "\n\nIt was corrected.")])
    assert grouped(empty, [WIRE]) == [""]


def test_what_was_stored_before_there_were_stories_is_grouped_by_the_next_index(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(empty, [*STORY, OTHER])
    expected = grouped(empty, [*STORY, OTHER])
    with empty._ledger.engine.begin() as c:
        for table in ("signatures", "bands", "copies", "appearances"):
            c.execute(sql(f"DELETE FROM {table}"))  # noqa: S608
        c.execute(sql("UPDATE articles SET story = ''"))
    monkeypatch.setattr("vectorstore.ledger.ledger.GROUPED_AT_ONCE", 3)
    seen: list[tuple[str, int, int]] = []

    def killed(*call: object) -> None:
        raise SystemExit(str(call))

    with empty.writing():
        with pytest.raises(SystemExit):
            empty.group(progress=killed)
        empty.index(progress=lambda *call: seen.append(call))
        assert ("Grouping", 1, 1) in seen, "three were done before it was killed"
        assert grouped(empty, [*STORY, OTHER]) == expected
        seen.clear()
        empty.group(progress=lambda *call: seen.append(call))
    assert not seen


def test_a_text_with_very_many_copies_is_compared_with_a_few(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.ledger.stories.COMPARED", 3)
    many = [run(f"Outlet {n}", PARTS[:6]) for n in range(20)]
    store(empty, many)
    assert len(set(grouped(empty, many))) == 1
    with empty._ledger.engine.connect() as c:
        assert c.scalar(sql("SELECT count(*) FROM copies")) == 2 * (1 + 2 + 3 * 17)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("copied") / "archive", create=True)
    put(archive, [OWN, CUT, WIRE, OTHER])
    return archive


def test_a_search_returns_once_what_copies_say(copied: Archive) -> None:
    hits = copied.search(PARTS[1], k=20)
    assert [h.article.outlet for h in hits if PARTS[1] in h.text] == ["Wire"], "the earliest"
    assert hits[0].text == PARTS[1]
    assert [a.outlet for a in hits[0].also] == ["Paper", "Site"]
    late = next(h for h in copied.search(PARTS[6], k=20) if h.text == PARTS[6])
    assert [a.outlet for a in late.also] == ["Site"], "the Paper cut it"


def test_what_one_copy_alone_says_is_a_hit_of_its_own(copied: Archive) -> None:
    hit = copied.search("pangolins in Ulsan", k=3)[0]
    assert (hit.article.outlet, hit.also) == ("Site", ())


def test_copies_are_named_only_if_the_filters_admit_them(copied: Archive) -> None:
    def found(**given: object) -> tuple[str, list[str]]:
        hit = copied.search(PARTS[1], k=1, filters=Filters(**given))[0]  # type: ignore[arg-type]
        return hit.article.outlet, [a.outlet for a in hit.also]

    assert found(as_of=date(2026, 3, 1)) == ("Wire", [])
    assert found(as_of=date(2026, 3, 2)) == ("Wire", ["Paper"])
    assert found(outlets=("Paper", "Site")) == ("Paper", ["Site"])
