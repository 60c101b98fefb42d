"""Plain text: paragraphs, headlines, language."""

import pytest

from ingest import text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One ends.\nTwo ends.\n\nThree.", ["One ends.", "Two ends.", "Three."]),
        ("This is wrapped\nat a width\nas mail is.\n\nNext\nparagraph.",
         ["This is wrapped at a width as mail is.", "Next paragraph."]),
        ("a\r\n\r\nb\u2028c\x0bd", ["a", "b c d"]),
        ("  \n \n", []),
        ("x" * 101 + "\nand\nmore\nlines", ["x" * 101, "and", "more", "lines"]),
    ],
)  # fmt: skip
def test_paragraphs(source: str, expected: list[str]) -> None:
    assert text.paragraphs(source) == expected


def test_opening_is_the_first_sentence_cut_at_a_word() -> None:
    assert text.opening("Talks in the U.S. end today. More.") == "Talks in the U.S. end today"
    long = "SEOUL: South Korea’s acting President Han Duck-soo expressed optimism on Tuesday that"
    long += " upcoming talks"
    made = text.opening(long)
    assert (
        made
        == "SEOUL: South Korea’s acting President Han Duck-soo expressed optimism on Tuesday that…"
    )
    assert len(text.opening("한" * 200)) == text.HEADLINE_LENGTH
    assert (
        text.opening("한미 양국이 관세 협상을 서울에서 시작했다. 다음 회의")
        == "한미 양국이 관세 협상을 서울에서 시작했다"
    )


@pytest.mark.parametrize(
    ("sample", "language"),
    [
        ("Seoul and Washington", "en"),
        ("한미 관세 협상 KORUS FTA", "ko"),
        ("米韓関税交渉", ""),
        ("123", ""),
    ],
)
def test_language_by_script(sample: str, language: str) -> None:
    assert text.language_of(sample) == language


def test_text_has_nothing_unseen() -> None:
    hidden = "".join(
        map(chr, [0, 7, 0x1B, 0x9B, 0xAD, 0x200D, 0x202E, 0x2066, 0xD800, 0xE0041, 0xFE0F])
    )
    assert text.line(f"a{hidden}b \t\n c") == "ab c"
