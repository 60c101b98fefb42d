from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.language.romanization import phonetic_key, spelling_variants
from chatbot.understanding.query import understand
from tests.conftest import article, put
from vectorstore import Archive

PEOPLE = (
    article("ahn.md", "Trade minister Ahn Duk-geun flew to Washington."),
    article("bae.md", "Bae Kyung-hwan spoke. So did Noh Dukgu of the union."),
    article("bae-ko.md", "배경환 차관이 말했다.", language="ko"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("people") / "archive", create=True) as opened:
        put(opened, PEOPLE)
        yield opened


@pytest.mark.parametrize(
    ("hangul", "spellings"),
    [
        ("안", "An Ahn"),
        ("덕", "Duk Deok"),
        ("이", "Lee Yi Rhee I"),
        ("박", "Park Pak Bak"),
        ("최", "Choi Choe"),
        ("정", "Jung Jeong Chung"),
        ("노", "Noh Roh No"),
        ("경", "Kyung Gyeong Kyeong"),
        ("우", "Woo U Wu"),
        ("희", "Hee Hui"),
        ("철", "Chul Cheol"),
        ("락", "Lac Rak"),
    ],
)
def test_spellings_of_a_syllable_sound_alike(hangul: str, spellings: str) -> None:
    assert {phonetic_key(s) for s in spellings.split()} == {phonetic_key(hangul)}


@pytest.mark.parametrize("word", ["tariff", "Trump", "deal", "the", "Strong", "안덕", ""])
def test_other_words_are_no_syllables(word: str) -> None:
    assert phonetic_key(word) == ""


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("What did Ahn Dukgeun say?", ("Ahn Dukgeun", "Ahn Duk-geun")),
        ("What did An Deok-geun say?", ("An Deok-geun", "Ahn Duk-geun")),
        ("Where did Deok-geun An fly?", ("Deok-geun An", "Ahn Duk-geun")),
        ("안덕근 장관은 어디에 갔나요?", ("안덕근", "Ahn Duk-geun")),
        ("Who is Pae Gyeong Hwan?", ("Pae Gyeong Hwan", "Bae Kyung-hwan", "배경환")),
        ("Who is Roh Deok-gu?", ("Roh Deok-gu", "Noh Dukgu")),
    ],
)
def test_names_are_found_as_the_articles_spell_them(
    archive: Archive, question: str, group: tuple[str, ...]
) -> None:
    assert spelling_variants(question, archive) == (group,)


def test_the_spelling_of_the_articles_and_other_names_need_no_other(archive: Archive) -> None:
    assert spelling_variants("Did Ahn Duk-geun meet Lee County's No Deal party?", archive) == ()


def test_a_name_in_another_spelling_finds_its_article(archive: Archive) -> None:
    query = understand("Who is Pae Gyeong-hwan?", archive)
    assert ("Pae Gyeong-hwan", "Bae Kyung-hwan", "배경환") in query.names
