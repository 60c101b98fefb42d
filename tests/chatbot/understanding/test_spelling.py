from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.understanding.query import understand
from tests.conftest import NEWS, article, put
from vectorstore import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    spelled = article("chips.md", "Lutnick praised the semiconductors of Hanwha and Lockheed.")
    with Archive.open(tmp_path_factory.mktemp("spelling") / "archive", create=True) as opened:
        put(opened, [*NEWS, spelled])
        yield opened


def test_slips_are_read_as_the_articles_spell_them_and_told(archive: Archive) -> None:
    query = understand("What did Lutnik say of semicondutors?", archive)
    assert query.text == "What did Lutnick say of semiconductors?"
    assert query.respelt == (("Lutnik", "Lutnick"), ("semicondutors", "semiconductors"))
    assert "Read Lutnik as Lutnick." in query.notes


def test_right_words_stay(archive: Archive) -> None:
    asked = "What did Lutnick say of hammers in Ruritania?"
    query = understand(asked, archive)
    assert (query.text, query.respelt) == (asked, ())


def test_another_language_is_not_misspelt_english(archive: Archive) -> None:
    asked = "semicondutors Lutnic Hanhwa Lockheet praissed"
    assert understand(asked, archive).text == asked
