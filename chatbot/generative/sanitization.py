"""Sanitization: article text as plain data, with no markup, citation or delimiter of ours.

It is for what goes into a prompt, and for what a model makes of it. What is quoted is never
changed: quotes are cut from the article itself.
"""

from __future__ import annotations

import re
import unicodedata

_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
"""Format characters (Unicode Cf) with a glyph of their own."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks without a glyph: fillers, joiners, braille blank."""

_BRACKETS = str.maketrans(
    {
        **dict.fromkeys("[［【〔〖〚⟦❲⦋", "("),
        **dict.fromkeys("]］】〕〗〛⟧❳⦌", ")"),
        "<": "‹",
        ">": "›",
        "＜": "‹",
        "＞": "›",
        "`": "'",
    }
)
"""Citations, links and tags are made of these; an article says the same without them."""

_LABEL = re.compile(
    r"\b(?P<word>sources?|citations?|references?|cited from|출처|참고|인용)\s*[:：]\s*",
    re.IGNORECASE,
)


def strip_invisible(text: str) -> str:
    """Text without invisible characters: controls, bidi marks, zero-width ones, tags, selectors.

    The result is in NFC; line breaks stay, tabs become spaces.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in text if _seen(c))


def neutralize(text: str) -> str:
    """Article text for a prompt, in which nothing can act.

    Invisible characters, brackets of citations and links, and tags are taken out or replaced, and
    so is a "Source:" that would look like one of ours.
    """
    text = strip_invisible(text).translate(_BRACKETS)
    return _LABEL.sub(lambda m: f"{m['word']} — ", text)


def _seen(char: str) -> bool:
    if char == "\n" or char in _VISIBLE_FORMATS:
        return True
    if char in _BLANK_LETTERS or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0100":
        return False
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
