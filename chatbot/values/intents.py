"""What a question asks for: its answer types, its kind of request, the length that is wanted."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "latest",
    "what happened",
    "how much",
    "when",
    "why",
    "compare",
    "list",
    "who",
    "where",
    "yes or no",
    "how",
    "what",
]
"""What a question asks for: its answer type."""

Request = Literal[
    "fact",
    "definition",
    "list",
    "count",
    "comparison",
    "change",
    "timeline",
    "summary",
    "now",
    "news",
    "positions",
    "reaction",
    "cause",
    "opinion",
    "archive",
    "dateline",
    "greeting",
    "task",
    "nothing",
]
"""What kind of request a text is."""

Length = Literal["short", "normal", "long"]
"""How long an answer is wanted."""

SHORT = 2
"""Claims of a short answer at most, whoever writes it."""
