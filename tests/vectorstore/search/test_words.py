from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import NEWS, article, put
from vectorstore import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    spelled = article("chips.md", "Lutnick praised the semiconductors of Hanwha and Lockheed.")
    with Archive.open(tmp_path_factory.mktemp("words") / "archive", create=True) as opened:
        put(opened, [*NEWS, spelled])
        yield opened


def test_what_is_known_or_common_is_not_respelt(archive: Archive) -> None:
    asked = ["Lutnik", "semicondutors", "semiconductor", "hammers", "Zorblat"]
    # The third has the stem of a text's word, the fourth is English, though no text has it
    assert archive.respelt(asked) == {"Lutnik": "lutnick", "semicondutors": "semiconductors"}


def test_without_its_list_the_terms_are_matched(archive: Archive) -> None:
    archive._lexical._words.clear()
    archive._lexical._vocabulary = None
    assert archive.respelt(["Lutnik"]) == {"Lutnik": "lutnick"}


def test_phrases_that_articles_have(archive: Archive) -> None:
    asked = ["Hanwha and Lockheed", "Lockheed Hanwha", "…"]
    assert archive.have_phrase(asked) == ["Hanwha and Lockheed"]
