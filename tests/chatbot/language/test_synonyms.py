"""Other words beside a question's own, and how the reading is told to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from chatbot.language.synonyms import expand_abbreviations, name_groups, resolve_capitals, synonyms
from chatbot.understanding.query import understand
from tests.conftest import NEWS, article, put
from vectorstore import Archive, Filters


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    spelled = article(
        "bank.md", "The Export-Import Bank of Mars (EIBM) will lend to yards in Busan."
    )
    with Archive.open(tmp_path_factory.mktemp("names") / "archive", create=True) as opened:
        put(opened, [*NEWS, spelled])
        yield opened


def test_synonyms_stand_beside_and_never_repeat() -> None:
    found = synonyms("Which deal was axed?")
    assert {"agreement", "framework", "terminated"} <= set(found)
    assert "deal" not in found
    assert synonyms("zzz") == ()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did MOTIE say?", "Ministry of Trade, Industry and Energy"),
        ("What did the ministry of trade, industry and energy say?", "MOTIE"),
        ("Who is Ahn Dukgeun?", "안덕근"),
        ("안덕근 장관은 무엇을 말했나요?", "Ahn Duk-geun"),
        ("Does the KORUS quota apply?", "한미 FTA"),
    ],
)
def test_names_of_the_same(question: str, name: str) -> None:
    assert any(name in group for group in name_groups(question))


@pytest.mark.parametrize("question", ["Did ice melt?", "Who sent us there?", "a motive"])
def test_a_word_is_no_abbreviation(question: str) -> None:
    assert name_groups(question) == ()


def test_a_capital_stands_for_its_country() -> None:
    assert resolve_capitals("What did Tokyo offer?") == "What did Japan offer?"
    assert resolve_capitals("What did Hanwha offer?") == ""


def test_an_unknown_abbreviation_is_spelled_out_by_the_archive(archive: Archive) -> None:
    found = expand_abbreviations("What will EIBM lend?", archive, Filters())
    assert found == (("EIBM", "Export-Import Bank of Mars"),)
    assert expand_abbreviations("What will XQZ lend?", archive, Filters()) == ()


def test_the_reader_is_told_how_the_question_was_read(archive: Archive) -> None:
    history = [{"role": "user", "content": "What did Hanwha promise in July 2025?"}]
    asked = {"question": "And what was known on 3 March 2025?", "history": history}
    query = understand(asked | {"today": date(2026, 1, 1)}, archive)
    told = " ".join(query.notes)
    assert "Hanwha" in told
    assert "3 March 2025" in told
    korean = understand({"question": "자동차 관세는 지금 몇 퍼센트인가요?"}, archive)
    assert any("영어로도" in note for note in korean.notes)
    assert understand("Who wrote it down?", archive).notes == ()


def test_only_an_outlet_is_a_filter_and_given_filters_win(archive: Archive) -> None:
    query = understand("What will Hanwha spend? Only from Business Desk", archive)
    assert query.filters.outlets == ("Business Desk",)
    given = Filters(outlets=("Trade Desk",))
    asked = {"question": "Only from Business Desk: what will it spend?", "filters": given}
    assert understand(asked, archive).filters.outlets == ("Trade Desk",)
