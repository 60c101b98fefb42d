from __future__ import annotations

import pytest

from vectorstore.index.vocabulary import Vocabulary, words

KNOWN = Vocabulary({"george": 9, "semiconductors": 3, "tariffs": 50, "tarifas": 1, "halls": 2})


def test_words_are_whole_and_latin() -> None:
    assert words("Korea’s 36,000 tariffs, café and 관세 on K-pop") == ["korea", "tariffs", "cafe"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Goerge", "george"),  # letters that changed places
        ("georgge", "george"),
        ("semicondutors", "semiconductors"),
        ("semicondutosr", "semiconductors"),  # two slips in a long word
        ("tariifs", "tariffs"),
        ("hulls", ""),  # a short word in which a letter is another is another word
        ("jeorge", ""),  # the first letter stands
        ("abc", ""),
    ],
)
def test_the_nearest_word(typed: str, meant: str) -> None:
    assert KNOWN.nearest(typed) == meant
