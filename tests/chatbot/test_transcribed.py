from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import build_chain
from chatbot.hangul import is_foreign, is_korean_name, may_be_foreign
from chatbot.korean import in_english
from chatbot.loanwords import cost, hangul_keys, latin_keys, sounds
from chatbot.transcribed import transcribed
from chatbot.understand import understand
from tests.conftest import article, put
from vectorstore import Archive

NEWS = (
    article("files.md", "The Epstein Files Transparency Act was signed on 19 November 2025."),
    article("chair.md", "Kevin Warsh was nominated to chair the Federal Reserve."),
    article("fury.md", "Operation Epic Fury began on 28 February. The fully washed pure car won."),
    article("steel.md", "Nippon Steel bought the company. It is still there."),
    article("ko.md", "베네딕토 주교가 서울에 왔다.", language="ko"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("foreign") / "archive", create=True) as opened:
        put(opened, NEWS)
        yield opened


@pytest.mark.parametrize(
    ("hangul", "word"),
    [
        ("엡스타인", "epstein"),
        ("고서치", "gorsuch"),
        ("포드", "ford"),
        ("허커비", "huckabee"),
        ("앨커트래즈", "alcatraz"),
        ("위트코프", "witkoff"),
        ("린지", "lindsey"),
        ("맥도널드", "mcdonald"),
        ("매킨리", "mckinley"),
        ("블링컨", "blinken"),
        ("피츠제럴드", "fitzgerald"),
    ],
)
def test_a_word_is_heard_in_its_transcription(hangul: str, word: str) -> None:
    heard = sounds(hangul)
    assert hangul_keys(heard) & latin_keys(word)
    assert cost(heard, word) < 0.5


@pytest.mark.parametrize("word", ["eastern", "obtain", "steep", "epstei", "epsteins"])
def test_other_words_are_not(word: str) -> None:
    assert cost(sounds("엡스타인"), word) > 0.5


@pytest.mark.parametrize(
    ("question", "read", "text"),
    [
        ("엡스타인 파일은 언제 공개됐나?", ("엡스타인", "Epstein"), "Epstein files release"),
        ("케빈 워시는 누구인가?", ("케빈 워시", "Kevin Warsh"), "Kevin Warsh"),
        ("에픽 퓨리 작전은?", ("에픽 퓨리", "Epic Fury"), "Epic Fury operation"),
        ("닛폰스틸의 인수", ("닛폰스틸", "Nippon Steel"), "Nippon Steel acquisition"),
    ],
)
def test_names_are_read_as_the_articles_spell_them(
    archive: Archive, question: str, read: tuple[str, str], text: str
) -> None:
    found = transcribed(question, archive)
    assert found.read == (read,)
    assert not found.unread
    assert text in in_english(found.text)[0]


@pytest.mark.parametrize(
    "question",
    ["퓨리는 언제 나왔나?", "스틸은 얼마인가?", "그림은 어디에 있나?", "세금을 얼마나 내렸나?"],
)
def test_a_word_that_several_fit_or_none_is_not_read(archive: Archive, question: str) -> None:
    assert transcribed(question, archive).read == ()


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("바르셀로나 항구는 얼마나 큰가?", ("바르셀로나",)),
        ("손흥민은 몇 골을 넣었나?", ("손흥민",)),
        ("베네딕토 주교는 어디에 왔나?", ()),
        ("떨어진 집값을 되돌린 까닭은 무엇으로 설명했나?", ()),
        ("누가 그 법안에 반대했나?", ()),
    ],
)
def test_names_that_no_article_has_stay_unread(
    archive: Archive, question: str, unread: tuple[str, ...]
) -> None:
    assert transcribed(question, archive).unread == unread


def test_names_that_are_known_already_are_left_alone(archive: Archive) -> None:
    assert transcribed("손흥민은 몇 골을 넣었나?", archive, {"손흥민"}).unread == ()


def test_what_was_read_is_searched_and_told(archive: Archive) -> None:
    query = understand("케빈 워시는 언제 지명됐나?", archive)
    assert any("Kevin Warsh" in reading for reading in query.readings)
    assert any("케빈 워시" in note and "Kevin Warsh" in note for note in query.notes)


def test_what_is_unread_is_not_answered_from_the_rest(archive: Archive) -> None:
    chain = build_chain(archive)
    answer = chain.invoke({"question": "카라바조 파일 공개법은 언제 서명됐나?", "history": []})
    assert answer.abstained
    assert "카라바조" in answer.message.split("어느 기사에도 없는 말")[1]
    read = chain.invoke({"question": "엡스타인 파일 공개법은 언제 서명됐나?", "history": []})
    assert "19 November 2025" in read.text


def test_what_kind_of_word_it_is() -> None:
    assert all(map(is_foreign, ("엡스타인", "바르셀로나", "스위프트")))
    assert not any(map(is_foreign, ("행정명령", "것으로", "빠르게", "이")))
    assert not may_be_foreign("있었나")
    assert is_korean_name(("손흥민은", "손흥민"))
    assert not is_korean_name(("이민자",))
