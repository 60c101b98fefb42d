"""Whatever a model writes, in whatever pieces: nothing is lost, and nothing acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.generative.reply import LONGEST, THOUGHT, SentenceStream, parse_sentence
from chatbot.generative.sanitization import neutralize, strip_invisible
from tests.fuzzing import examples, texts

KEY, OTHER = "sbcdfg", "sxyz23"
KNOWN = "https://example.org/a"

WRITTEN = (
    f"[{KEY}]", f"【{OTHER}】", f"({KEY}, {OTHER})", KEY, "s", "sbc", "[", "]", "(", ")", "[1]",
    "[^2]",
    "[a](b)", "![x](http://evil.example/p.png)", "<think>", "</think>", "<thinking>", "<", "<b>",
    "</b", ">", "**", "__", "`", "~~", "# ", "- ", "1. ", "> ", "Source: ", "출처: ", ". ",
    ".\n", "? ",
    "! ", "。", "… ", "U.S. ", "Mr. ", "The tariff is 15 percent", "관세는 15퍼센트다", KNOWN,
    "http:",
    "//evil.example/x", "www.", "evil.", "example/x", "javascript:", "alert(1)", "a@b.example",
)  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> list[str]:
    """A reply, in pieces."""
    whole = draw(texts(WRITTEN)) * draw(st.sampled_from((1, 1, 1, 3, 60)))
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


@examples(200, 20_000)
@given(streams())
def test_a_stream_loses_no_word_and_repeats_none(pieces: list[str]) -> None:
    stream, given_out = SentenceStream(), list[str]()
    for piece in pieces:
        given_out += stream.feed(piece)
    given_out.append(stream.rest())
    whole = THOUGHT.sub("", "".join(pieces))
    assert "".join("".join(given_out).split()) == "".join(whole.split())
    assert all(len(one) <= LONGEST + 200 or "[" in one or "(" in one for one in given_out[:-1])


@examples(300, 30_000)
@given(texts(WRITTEN))
@example("evil.**example/x")
@example("evil.[]example/x")
@example("java``script:alert(1)")
@example("[[[a](b)](c)](d)")
@example("[" * 1_500)
@example("(s" * 750)
def test_what_a_sentence_shows_is_text_alone(written: str) -> None:
    said = parse_sentence(written, {KEY}, {KNOWN})
    assert set(said.keys) <= {KEY}
    assert not set("[]<>") & set(said.text)
    assert said.text == " ".join(strip_invisible(said.text).split())
    for word in said.text.split():
        assert not re.search(r"(?<!\w)[a-z]+://", word.replace(KNOWN, ""), re.IGNORECASE)
        assert not re.search(r"(?<!\w)javascript:\w", word, re.IGNORECASE)
        assert "evil.example/" not in word
    assert len(said.text) <= 2 * len(written)


@examples(100, 5_000)
@given(texts(WRITTEN))
def test_what_goes_into_a_prompt_is_inert_and_stays_so(written: str) -> None:
    once = neutralize(written)
    assert not set("[]<>`【】") & set(once)
    assert neutralize(once) == once


@pytest.mark.parametrize("end", ["", "</thin", "</think"])
def test_a_thought_that_does_not_end_is_no_answer(end: str) -> None:
    stream = SentenceStream()
    told = [*stream.feed("It is so. <think>But "), *stream.feed(f"perhaps not.{end}")]
    assert "".join([*told, stream.rest()]).strip() == "It is so."
