"""Sentences and passages."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from ingest.passages import LONGEST, cost, cut
from ingest.sentences import sentences
from tests.ingest.conftest import read_all

SENTENCES = [
    "The U.S. President met Mr. Han at 9 a.m. on Tuesday.⏎They spoke for an hour.",
    "It fell in the U.S.⏎The rest of the world rose.",
    "Gov. Smith, Sen. Lee and Rep. Kim came.⏎Dr. Cho of St. Louis did not.",
    "Samsung Electronics Co. Ltd. and Hyundai Motor Co. invest.⏎LG Corp. does too.",
    "Apple Inc. rose 3.5% to $1.2 billion.⏎Sales grew.",
    "See No. 5 and Nos. 6 and 7, Sec. 232, Art. II, and Fig. 3.⏎No.⏎We will not.",
    "Signed on Jan. 5, 2025, and Feb. 6.⏎It holds.",
    "Donald J. Trump and Robert F. Kennedy, Jr. agreed.⏎J. D. Vance watched.",
    "Under 19 U.S.C. 2483 and 50 U.S.C. 1701 et seq. the duty stands.⏎It applies to all.",
    "Goods, e.g. cars, i.e. vehicles, etc. are hit.⏎So are parts.",
    "Section 1.  Purpose.⏎It is the policy of the United States.",
    "Sec. 2.  Definitions.⏎(a)  The term “import” means entry.⏎(b)  It includes trade.",
    "1. Strengthen borders.⏎Then go on.",
    "He said, “We agree.”⏎She said: “Why?” and left.",
    "“Why?” he asked.⏎“Because.”⏎Then he left.",
    "(Applause.)⏎Thank you.⏎Thank you!",
    "Well… maybe not.⏎But...⏎The end came.",
    "Wait ... and see.⏎Wow!⏎Really?!⏎Yes.",
    "It ended.[12]⏎The next began.4⏎Then the third.",
    "Heading 9903.01.43 applies.⏎Visit www.ai.gov for more.",
    "THE PRESIDENT:  Yes.⏎MR. MUSK:  No.",
    "Smith v. Jones was decided.⏎Jones lost.",
    "He lives in Washington, D.C. and works there.⏎She lives in New York.",
    "한국과 미국은 관세 협상을 타결했다.⏎관세율은 15%다.⏎언제부터 적용되나?⏎8월 7일부터다.",
    "“합의는 성공적이었다.”⏎그는 이렇게 말했다.⏎“좋은 결과”라고 했다.",
    "대통령은 “끝났다.”고 말했다.⏎정부는 2025. 7. 31. 발표했다.",
    "세율은 3.5%에서 15.0%로 올랐어요.⏎왜 그럴까요?⏎미국이 요구했죠!",
    "協議は終わった。⏎「合意した。」⏎次は何か？⏎分からない。",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences(marked: str) -> None:
    parts = marked.split("⏎")
    glue = "" if "。" in marked else " "
    body = glue.join(parts)
    assert [body[a:b] for a, b in sentences(body)] == parts


def test_a_line_always_ends_a_sentence() -> None:
    body = "A heading\n\nKorea | 15%\nJapan | 15%\n\nand so on, at 3 p.m. today"
    assert [body[a:b] for a, b in sentences(body)] == [
        "A heading", "Korea | 15%", "Japan | 15%", "and so on, at 3 p.m. today",
    ]  # fmt: skip


def test_what_has_no_word_goes_with_its_neighbour() -> None:
    body = "Sec. 2. . Definitions. *\n\n. . . And then."
    assert [body[a:b] for a, b in sentences(body)] == [
        "Sec. 2. .",
        "Definitions. *",
        ". . . And then.",
    ]


def covers(body: str) -> None:
    """Every character that is no space is in exactly one sentence, of exactly one passage."""
    at = 0
    for passage in cut(body):
        spans = passage.sentences
        assert (passage.start, passage.end) == (spans[0][0], spans[-1][1])
        for start, end in spans:
            assert body[at:start].strip() == ""
            assert body[start:end] == body[start:end].strip() != ""
            at = end
    assert body[at:].strip() == ""


ALPHABET = [
    "word", "Word", "U.S.", "3.5", "No.", ".", "…", "?", "!”", "(", "\n", "\n\n", " ", " ", " ",
    "다.", "한국", "。", ";", ", ", "1.", "|", "x" * 300, "’", "\u3000", "Sec.", "a" * 2_000,
]  # fmt: skip


def test_every_character_is_in_one_sentence_of_any_text() -> None:
    chance = random.Random(7)
    for length in (0, 1, 2, 3, 10, 50, 400):
        for _ in range(60):
            covers("".join(chance.choices(ALPHABET, k=length)))


def test_passages_fit_the_window_and_prefer_paragraphs() -> None:
    paragraph = " ".join(f"Sentence number {n} says something of the talks." for n in range(7))
    body = "\n\n".join([paragraph] * 6)
    passages = cut(body)
    assert all(cost(body[p.start : p.end]) <= LONGEST for p in passages)
    assert all(body.startswith("Sentence number 0", p.start) for p in passages)
    covers(body)


def test_a_heading_stays_with_what_it_heads() -> None:
    long = "It says a good deal about the talks between the two sides. " * 12
    body = f"{long.strip()}\n\nWhat comes next\n\n{long.strip()}"
    heads = [p for p in cut(body) if body[p.start : p.end].startswith("What comes next")]
    assert len(heads) == 1
    assert len(heads[0].sentences) > 1


def test_a_short_end_joins_the_passage_before() -> None:
    body = "It says a good deal about the talks between the two sides. " * 13 + "\n\nThe end."
    assert len(cut(body)) == 1


def test_a_sentence_that_is_too_long_is_cut_at_separators() -> None:
    body = "; ".join(f"clause {n} about the duties of the Secretary of Commerce" for n in range(60))
    spans = [span for p in cut(body) for span in p.sentences]
    assert len(spans) > 1
    assert all(cost(body[a:b]) <= LONGEST for a, b in spans)
    assert all(body[b - 1] == ";" for _, b in spans[:-1])
    covers(body)


def test_korean_passages_are_shorter_in_characters() -> None:
    body = "한국과 미국은 관세 협상을 계속하기로 했다고 정부가 밝혔다. " * 60
    sizes = [p.end - p.start for p in cut(body.strip())]
    assert 80 <= max(sizes) <= 400
    covers(body)


def test_no_text_has_no_passages() -> None:
    assert cut("") == cut(" \n\n ") == ()


@pytest.mark.parametrize(
    "body", ["x" * 300_000, "a. " * 100_000, "." * 300_000, "a\n" * 100_000, "a, " * 100_000]
)
def test_cutting_is_linear(body: str) -> None:
    started = time.process_time()
    covers(body)
    assert time.process_time() - started < 6


@pytest.mark.shared
def test_real_articles_are_covered_and_fit(shared_dir: Path) -> None:
    articles, _ = read_all(shared_dir / "archives/white-house/presidential-actions/2025-07")
    assert len(articles) > 20
    for article in articles:
        covers(article.body)
        for passage in cut(article.body):
            assert cost(article.body[passage.start : passage.end]) <= LONGEST
