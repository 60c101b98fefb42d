"""Items and rows are read, candidate and quoted under what they stand under."""

from __future__ import annotations

import pytest

from chatbot.answering.excerpts import excerpt
from chatbot.language.list_items import lead_of, list_under

LETTERS = """\
The ministry sent letters on Monday.

The countries that got letters include:

Freedonia (25%)

Sylvania (36%)

Everyone else waits.\
"""

TABLE = """\
Rates by country are these.

Country | Rate, adjusted
Freedonia | 19%
Sylvania | 41%\
"""

NESTED = """\
(a) Each agency shall:
(i) report to the board; and
(ii) do the following:
(A) count the crates; and
(B) weigh them.
(b) Nothing here is new.\
"""


@pytest.mark.parametrize(
    ("body", "item", "lead"),
    [
        (LETTERS, "Sylvania (36%)", "The countries that got letters include:"),
        (LETTERS, "Everyone else waits.", None),
        (LETTERS, "The ministry sent letters on Monday.", None),
        (TABLE, "Sylvania | 41%", "Country | Rate, adjusted"),
        (TABLE, "Country | Rate, adjusted", None),
        (NESTED, "(ii) do the following:", "(a) Each agency shall:"),
        (NESTED, "(B) weigh them.", "(ii) do the following:"),
        (NESTED, "(b) Nothing here is new.", None),
    ],
)
def test_what_an_item_stands_under(body: str, item: str, lead: str | None) -> None:
    start = body.index(item)
    found = lead_of(body, start, start + len(item))
    assert (body[found[0] : found[1]] if found else None) == lead


def test_what_a_sentence_announces_is_quoted_with_it() -> None:
    lead = "The countries that got letters include:"
    start = LETTERS.index(lead)
    end = start + len(lead)
    last = list_under(LETTERS, start, end)
    assert LETTERS[end:last] == "\n\nFreedonia (25%)\n\nSylvania (36%)"
    assert excerpt(LETTERS, (start, end)).spans == ((start, last),)
    assert list_under(LETTERS, 0, LETTERS.index(".") + 1) is None


def test_an_initial_ends_no_sentence() -> None:
    body = "Then Mr. Rufus T. Firefly of Freedonia came to town. He stayed for a year."
    start = body.index("He stayed")
    assert excerpt(body, (start, len(body))).spans == ((0, len(body)),)


def test_a_text_that_is_announced_is_quoted_to_its_first_stop() -> None:
    body = "On Tuesday the president signed into law:\n\nH.R. 972, the Zoo Act. It opens zoos.\n"
    end = body.index(":") + 1
    ((start, last),) = excerpt(body, (0, end)).spans
    assert body[start:last].endswith("signed into law:\n\nH.R. 972, the Zoo Act.")


def test_initials_and_hours_begin_no_lead() -> None:
    body = "I, RUFUS T. FIREFLY, do at 12:01 a.m. on Monday proclaim as follows:\n\n(1) Peace;\n"
    start = body.index("(1)")
    assert lead_of(body, start, len(body) - 1) == (0, body.index(":\n") + 1)
