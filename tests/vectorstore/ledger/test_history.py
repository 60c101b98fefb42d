from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.conftest import article, put
from vectorstore import Archive, Change
from vectorstore.ledger.history import changes

OLD = "Seoul will pay $350 billion.\n\nThe rate is 25 percent from August. Both agreed.\n\nEnd."


def joined(found: list[Change], without: str) -> str:
    return "".join(c.text for c in found if c.kind != without)


def test_a_correction_shows_the_words_that_changed() -> None:
    new = OLD.replace("25", "15").replace("End", "Correction: it was wrong.\n\nEnd")
    assert changes(OLD, new) == [
        Change("same", "Seoul will pay $350 billion.\n\nThe rate is "),
        Change("gone", "25"),
        Change("new", "15"),
        Change("same", " percent from August. Both agreed.\n\n"),
        Change("new", "Correction: it was wrong.\n\n"),
        Change("same", "End."),
    ]


def test_a_rewritten_paragraph_is_shown_whole() -> None:
    new = OLD.replace("The rate is 25 percent from August. Both agreed.", "Nothing was said.")
    assert changes(OLD, new)[1:3] == [
        Change("gone", "The rate is 25 percent from August. Both agreed."),
        Change("new", "Nothing was said."),
    ]


def test_a_paragraph_that_grew_shows_the_new_sentence_alone() -> None:
    new = OLD.replace("billion.", "billion. Correction: it was wrong.")
    assert changes(OLD, new) == [
        Change("same", "Seoul will pay $350 billion."),
        Change("new", " Correction: it was wrong."),
        Change("same", OLD[OLD.index("\n\n") :]),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_both_texts_can_be_put_together_again(seed: int) -> None:
    chance = random.Random(seed)
    pieces = ["관세는 ", "the rate", " ", "\n\n", "15", "\n", ". ", "협상"]
    old, new = ("".join(chance.choices(pieces, k=chance.randrange(80))) for _ in range(2))
    found = changes(old, new)
    assert (joined(found, "new"), joined(found, "gone")) == (old, new)
    assert all(c.text for c in found)


def test_versions_are_in_the_order_in_which_they_were_current(empty: Archive) -> None:
    first = article("a.md", "The rate is 25 percent.")
    second = replace(first, body="The rate is 15 percent.", headline="Corrected")
    for each in (first, second):
        put(empty, [each], index=False)
    assert [v.version for v in empty.versions(first.id)] == [first.version, second.version]
    assert [v.current for v in empty.versions(first.id)] == [False, True]
    assert Change("new", "15") in empty.diff(first.id, first.version, second.version)
    put(empty, [first], index=False)
    versions = empty.versions(first.id)
    assert [v.version for v in versions] == [second.version, first.version], "back again"
    assert versions[1].since is not None
    assert versions[1].since >= versions[1].ingested
    assert empty.versions("none") == []
    with pytest.raises(KeyError):
        empty.diff(first.id, "none", first.version)


def test_a_withdrawn_article_says_when_and_is_live_again_when_it_comes_back(
    empty: Archive,
) -> None:
    first = article("a.md", "The rate is 25 percent.")
    put(empty, [first])
    with empty.writing():
        assert empty.withdraw_articles([first.id, "none"]) == 1
        assert empty.withdraw_articles([first.id]) == 0
        empty.index()
    gone = empty.article(first.id)
    assert gone.withdrawn is not None
    assert not gone.current
    assert empty.search("rate") == []
    assert not empty.known(first), "the same text is no longer stored as live"
    assert put(empty, [first]) == ["updated"]
    assert empty.article(first.id).withdrawn is None
    assert empty.search("rate")
