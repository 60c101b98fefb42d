"""Answer types: what a question asks for (who, when, how much, why, a list, yes or no, …).

They are told by patterns in `lexicon/answer_types.toml`, an English and a Korean one for each
type. Many types may fit a question; the most telling comes first.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import cast

from chatbot.values import Kind

HANGUL = re.compile("[\uac00-\ud7a3]")


def kinds_of(question: str) -> tuple[Kind, ...]:
    """All answer types of a question, the most telling first; ("what",) where no pattern matches.

    A question in Korean is read by its Korean words alone. "Who signed it, and when?" is
    ("when", "who").
    """
    korean = bool(HANGUL.search(question))
    text = question.strip().rstrip("?!. ") if korean else question.strip()
    found = [name for name, english, ko in _table() if (ko if korean else english).search(text)]
    return tuple(found) or ("what",)


@cache
def _table() -> tuple[tuple[Kind, re.Pattern[str], re.Pattern[str]], ...]:
    data = tomllib.loads((files("chatbot") / "lexicon" / "answer_types.toml").read_text("utf-8"))
    ask = data["ask"]
    return tuple(
        (
            cast(Kind, row["name"]),
            re.compile(row["en"].replace("{ask}", ask), re.IGNORECASE),
            re.compile(row["ko"]),
        )
        for row in data["kind"]
    )
