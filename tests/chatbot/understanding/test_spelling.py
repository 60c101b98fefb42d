from __future__ import annotations

from chatbot.understanding.query import understand
from vectorstore import Archive


def test_slips_are_read_as_the_articles_spell_them_and_told(spelled: Archive) -> None:
    query = understand("What did Lutnik say of semicondutors?", spelled)
    assert query.text == "What did Lutnick say of semiconductors?"
    assert query.respelt == (("Lutnik", "Lutnick"), ("semicondutors", "semiconductors"))
    assert "Read Lutnik as Lutnick." in query.notes


def test_right_words_stay(spelled: Archive) -> None:
    asked = "What did Lutnick say of hammers in Ruritania?"
    query = understand(asked, spelled)
    assert (query.text, query.respelt) == (asked, ())


def test_another_language_is_not_misspelt_english(spelled: Archive) -> None:
    asked = "semicondutors Lutnic Hanhwa Lockheet praissed"
    assert understand(asked, spelled).text == asked
