"""What is said around quotes."""

from __future__ import annotations

import pytest

from chatbot.wording import bare


@pytest.mark.parametrize("text", ["Donald J. Trump Anthony Albanese", "United States of America:"])
def test_a_line_of_names_alone_says_nothing(text: str) -> None:
    assert bare(text)


@pytest.mark.parametrize(
    "text",
    ["Korea (25%)", "Lee met Trump.", "GOODS EXEMPT FROM DUTY", "세율은 15%다.", "30 percent"],
)
def test_a_line_that_says_something(text: str) -> None:
    assert not bare(text)
