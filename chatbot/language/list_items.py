"""Items of lists and rows of tables, and the text that introduces them.

An item such as "Korea (25%)" says something only together with its lead-in ("The countries
that got letters today include:"), and a row of a table only with the table's head. The
lead-in is found here, so that it can be scored and quoted along with the item.
"""

from __future__ import annotations

import re

from vectorstore import Span

BACK = 12_000
"""Characters above an item in which what it belongs to is looked for."""

LONGEST_ITEM = 220
"""Characters of an item at most; a longer line without an end mark is a paragraph."""

LONGEST_LEAD = 400
"""Characters of a lead at most that is quoted along."""

LONGEST_LIST = 900
"""Characters of a list that is quoted whole."""

ITEM = re.compile(
    r"^\s*[“\"]?(?:(?P<dash>[-*•·–])|\(?(?:(?P<number>\d{1,2})|(?P<roman>[ivx]{1,4})"
    r"|(?P<letter>[a-z])|(?P<capital>[A-Z]))[.)])\s"
)
LED_BY = {
    "": ("",),
    "dash": ("", "number", "letter", "roman", "capital"),
    "number": ("", "letter", "roman"),
    "letter": ("", "number"),
    "roman": ("", "number", "letter"),
    "capital": ("", "number", "letter", "roman"),
}
"""How the sentence may be marked that items of a kind stand under."""

ABBREVIATED = "".join(
    rf"(?<!\b{short}\.)" for short in "[A-Z] Mr Ms Mrs Dr St No Sen Rep Gov Gen Sec [ap].m".split()
)
"""What a point may stand behind without ending a sentence."""
BOUNDARY = re.compile(
    ABBREVIATED + r"(?:(?<=[.!?])|(?<=[.!?][”\"’)]))\s+(?=[“\"'(A-Z0-9\uac00-\ud7a3])"
)
"""Where a sentence ends and another begins."""

ENDS = re.compile(r"[.!?…。]['’”\")\]]*$")
CELL = " | "


def lead_of(body: str, start: int, end: int) -> Span | None:
    """The span of the lead-in of an item or table row at a span; None for other sentences.

    For an item it is the sentence above the list that ends with a colon; for a row it is the
    table's first row.
    """
    line, stop = _line(body, start)
    item = body[line:stop]
    if CELL in item:
        return _head(body, line)
    if not (ITEM.match(item) or _short(item)) or end < stop - 1:
        return None
    return _lead(body, line)


def list_under(body: str, start: int, end: int) -> int | None:
    """The end of the list that the sentence at a span introduces with a colon; None if none.

    A list longer than LONGEST_LIST characters is cut after an item. Of running text below the
    colon the first sentence is taken.
    """
    if not body[start:end].endswith(":"):
        return None
    last, at = None, end
    while at < len(body) and at - start < LONGEST_LIST:
        line = at + len(body[at:]) - len(body[at:].lstrip())
        stop = _line(body, line)[1] if line < len(body) else line
        if line == stop or lead_of(body, line, stop) != (start, end):
            break
        last = at = stop
    return last or _sentence_under(body, end)


def _sentence_under(body: str, end: int) -> int | None:
    """Where the first sentence of the paragraph below ends, if it is none of a list."""
    line = end + len(body[end:]) - len(body[end:].lstrip())
    text = body[line : _line(body, line)[1]] if line < len(body) else ""
    found = BOUNDARY.search(text)
    last = line + (found.start() if found else len(text))
    return last if text and last - line <= LONGEST_LEAD and not text.endswith(":") else None


def _line(body: str, at: int) -> Span:
    stop = body.find("\n", at)
    return body.rfind("\n", 0, at) + 1, len(body) if stop < 0 else stop


def _short(line: str) -> bool:
    """Whether a line reads as an item although nothing marks it as one."""
    bare = line.strip()
    return 0 < len(bare) <= LONGEST_ITEM and not ENDS.search(bare) and not bare.endswith(":")


def _above(body: str, line: int) -> Span | None:
    """The line above, empty ones passed over."""
    end = len(body[:line].rstrip())
    return (body.rfind("\n", 0, end) + 1, end) if end else None


def _head(body: str, line: int) -> Span | None:
    """The first row of the table that a row stands in; None for that row itself."""
    first, at = line, line
    while (above := _above(body, at)) and line - above[0] < BACK:
        if CELL not in body[above[0] : above[1]]:
            break
        first = at = above[0]
    return None if first == line else (first, _line(body, first)[1])


def _lead(body: str, line: int) -> Span | None:
    """The sentence above a list that announces it with a colon.

    Lines between are items too: of the same kind, or of lists within.
    """
    own, at = _kind(body[line : _line(body, line)[1]]), line
    while (above := _above(body, at)) and line - above[0] < BACK:
        text, at = body[above[0] : above[1]], above[0]
        if text.endswith(":"):
            inside = BOUNDARY.finditer(text)
            start = max((above[0] + m.end() for m in inside), default=above[0])
            if _kind(body[start : above[1]]) in LED_BY[own]:
                return (start, above[1]) if above[1] - start <= LONGEST_LEAD else None
        kind = _kind(text)
        if CELL in text or not (kind if own else not kind and _short(text)):
            return None
    return None


def _kind(line: str) -> str:
    """How a line is marked as an item: "dash", "number", …; "" if it is not."""
    match = ITEM.match(line)
    return str(match.lastgroup) if match else ""
