"""Items and rows are read, weighed and quoted under what they stand under."""

from __future__ import annotations

import pytest

from chatbot.listed import lead_of

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
