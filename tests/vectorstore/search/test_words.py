from __future__ import annotations

from tests.conftest import SPELLED, put
from vectorstore import Archive


def test_what_is_known_or_common_is_not_respelt(spelled: Archive) -> None:
    asked = ["Lutnik", "semicondutors", "semiconductor", "hammers", "Zorblat"]
    # The third has the stem of a text's word, the fourth is English, though no text has it
    assert spelled.respelt(asked) == {"Lutnik": "lutnick", "semicondutors": "semiconductors"}


def test_without_its_list_the_terms_are_matched(empty: Archive) -> None:
    put(empty, [SPELLED])
    empty._lexical._words.clear()
    assert empty.respelt(["Lutnik"]) == {"Lutnik": "lutnick"}


def test_phrases_that_articles_have(spelled: Archive) -> None:
    asked = ["Hanwha and Lockheed", "Lockheed Hanwha", "…"]
    assert spelled.have_phrase(asked) == ["Hanwha and Lockheed"]
