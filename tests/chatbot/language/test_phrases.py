"""What is said around quotes."""

from __future__ import annotations

import pytest

from chatbot.language.phrases import is_name_list, is_uninformative


@pytest.mark.parametrize("text", ["Donald J. Trump Anthony Albanese", "United States of America:"])
def test_a_line_of_names_alone_says_nothing(text: str) -> None:
    assert is_name_list(text)


@pytest.mark.parametrize(
    "text",
    ["Korea (25%)", "Lee met Trump.", "GOODS EXEMPT FROM DUTY", "세율은 15%다.", "30 percent"],
)
def test_a_line_that_says_something(text: str) -> None:
    assert not is_name_list(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("THE SECRETARY OF STATE", True),
        ("THE WHITE HOUSE,", True),
        ("No summary provided.", True),
        ("Talks failed again on Monday.", False),
        ("It is 15%.", False),
        ("Lee met Trump.", False),
        ("협상이 타결됐다.", False),
    ],
)
def test_a_line_that_says_nothing(text: str, expected: bool) -> None:
    assert is_uninformative(text) is expected
