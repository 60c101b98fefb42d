from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from tests.conftest import article
from tests.vectorstore.texts import text
from vectorstore import Archive, Article, Passage

PLEA = "Subscribe to the Courier for the stories that matter to you."
FIGURE = "The rate for Korean goods has been 15 percent since August."


def run(number: int, *more: str, outlet: str = "Courier") -> Article:
    """An article of two paragraphs of its own, and these."""
    body = "\n\n".join([text(number), text(number + 500), *more])
    day = f"2026-03-{number % 28 + 1:02}"
    headline = f"{text(number)[:20]} {number}"
    return article(f"{outlet}{number}", body, outlet=outlet, headline=headline, published=day)


def store(archive: Archive, articles: Sequence[Article]) -> list[str]:
    """Into the ledger only; each with one passage that is its whole body."""
    with archive.writing():
        items = ((a, ()) for a in articles)
        return [o for _, o in archive.add(items)]


def left_out(archive: Archive, item: Article) -> list[str]:
    return [item.body[a:b] for a, b in archive.boilerplate(item)]


def test_what_recurs_in_an_outlet_is_left_out_there_and_nowhere_else(empty: Archive) -> None:
    store(empty, [run(n, PLEA) for n in range(4)])
    assert left_out(empty, run(9, PLEA)) == [], "four may be chance"
    store(empty, [run(n, f"  {PLEA.upper()}") for n in range(4, 8)])
    assert left_out(empty, run(9, PLEA)) == [PLEA]
    assert left_out(empty, run(9, PLEA, outlet="Herald")) == []


def test_in_a_large_outlet_it_takes_more(empty: Archive) -> None:
    store(empty, [run(n) for n in range(100)] + [run(n, PLEA) for n in range(100, 107)])
    assert left_out(empty, run(9, PLEA)) == []
    store(empty, [run(n, PLEA) for n in range(107, 110)])
    assert left_out(empty, run(9, PLEA)) == [PLEA]


def test_a_paragraph_with_a_figure_may_be_an_answer(empty: Archive) -> None:
    store(empty, [run(n) for n in range(40)] + [run(n, FIGURE, PLEA) for n in range(40, 52)])
    assert left_out(empty, run(99, FIGURE, PLEA)) == [PLEA]


def test_short_answers_in_the_middle_stay(empty: Archive) -> None:
    talk = [[text(1000 + 10 * n + i) for i in range(10)] for n in range(12)]
    items = [run(n, *t[:4], "Thank you.", *t[4:], PLEA) for n, t in enumerate(talk)]
    store(empty, items)
    assert left_out(empty, items[0]) == [PLEA]


def test_copies_of_one_story_count_once(empty: Archive) -> None:
    body = [text(n) for n in range(6)]
    copies = [
        article(f"c{n}", "\n\n".join([*body, PLEA]), outlet="Courier", headline="Talks end")
        for n in range(9)
    ]
    store(empty, copies)
    assert len(empty.story(copies[0].id)) == 8
    assert left_out(empty, run(9, PLEA)) == []


def test_an_article_that_is_nothing_else_is_kept_whole(empty: Archive) -> None:
    store(empty, [run(n, PLEA) for n in range(9)])
    assert left_out(empty, article("x", PLEA, outlet="Courier")) == []


def test_what_is_boilerplate_stays_so_and_what_leaves_is_not_counted(empty: Archive) -> None:
    items = [run(n, PLEA) for n in range(4)]
    store(empty, items)
    with empty.writing():
        empty.withdraw("test")
    store(empty, [run(n, PLEA) for n in range(10, 14)])
    assert left_out(empty, run(9, PLEA)) == [], "four of them are withdrawn"
    store(empty, items)
    assert left_out(empty, run(9, PLEA)) == [PLEA]
    with empty.writing():
        empty.withdraw("test")
    assert left_out(empty, run(9, PLEA)) == [PLEA]


@pytest.fixture
def courier(empty: Archive) -> Archive:
    """An archive that knows PLEA as the Courier's boilerplate."""
    store(empty, [run(n, PLEA) for n in range(9)])
    return empty


def test_a_new_wording_of_it_is_no_correction(courier: Archive) -> None:
    seq = courier._ledger.last_seq()
    other = "Subscribe to the Courier for all the stories that matter most."
    for body in (
        run(3, other).body,
        run(3).body,
        run(3, PLEA, PLEA).body,
    ):
        assert courier.known(replace(run(3), body=body))
        assert store(courier, [replace(run(3), body=body)]) == ["unchanged"]
    assert courier._ledger.last_seq() == seq
    assert len(courier.versions(run(3).id)) == 1


def test_other_dates_beside_it_are_an_update_that_keeps_the_text(courier: Archive) -> None:
    first = run(3, PLEA)
    assert store(courier, [replace(run(3), language="ko")]) == ["updated"]
    stored = courier.article(first.id)
    assert (stored.version, stored.body, stored.language) == (first.version, first.body, "ko")
    assert store(courier, [replace(run(3), language="ko")]) == ["unchanged"]


def test_a_change_of_anything_else_is_a_correction(courier: Archive) -> None:
    added = "Correction: the rate is another one than was written here."
    for new in (run(3, PLEA, added), run(3, added), replace(run(3), headline="New")):
        assert not courier.known(new)
    assert store(courier, [run(3, added)]) == ["changed"]


def test_articles_cut_too_early_are_stale_until_they_are_cut_anew(courier: Archive) -> None:
    assert {a.id for a in courier.stale(99)} == {run(n).id for n in range(5)}, "when it was found"
    item = run(20, PLEA)
    with courier.writing():
        whole = (Passage(0, len(item.body), ((0, len(item.body)),)),)
        for _ in courier.add([(item, whole)]):
            pass
        assert item.id in {a.id for a in courier.stale(99)}, "cut before it was known"
        stale = courier.stale(99)
        moved = [m for _, m in courier.recut((a, ()) for a in stale)]
        assert sum(moved) == 1
        assert courier.stale(99) == []
        assert [m for _, m in courier.recut((a, ()) for a in stale)] == [False] * len(stale)


def test_recut_leaves_alone_what_changed_meanwhile(courier: Archive) -> None:
    old = courier.article(run(3).id)
    store(courier, [run(3, "Another end of the story than was told.")])
    with courier.writing():
        assert [m for _, m in courier.recut([(old, ())])] == [False]


def test_nothing_is_counted_that_is_long_or_far_inside(empty: Archive) -> None:
    long = " ".join(text(n) for n in range(700, 704))
    inside = [text(n) for n in range(1000, 1100)]
    store(empty, [run(1, long, *inside[:50], PLEA, *inside[50:])])
    with empty._ledger.engine.connect() as c:
        assert c.scalar(sql("SELECT count(*) FROM appearances")) == 79
