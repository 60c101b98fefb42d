"""What a program asks of the API, as pydantic models: the shapes that OpenAPI and MCP show."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chatbot import Request
from ui.api.strict import Strict

LONGEST = 16 * 1024
"""Bytes of UTF-8 in a question (RELIABILITY.md, S10)."""

Short = Annotated[str, StringConstraints(max_length=200)]


class Narrowed(Strict):
    """What the sources are narrowed to; what is left out admits everything."""

    since: date | None = Field(None, description="Published on this day or later.")
    until: date | None = Field(None, description="Published on this day or earlier.")
    as_of: date | None = Field(
        None, description="As known on this day: nothing published later is seen."
    )
    outlets: list[Short] = Field(
        [], max_length=50, description="Names of outlets, letter case ignored."
    )
    languages: list[Short] = Field([], max_length=20, description='Language codes, like "ko".')
    subjects: list[Short] = Field(
        [], max_length=50, description="Subjects as newsrooms name them, letter case ignored."
    )
    places: list[Short] = Field(
        [], max_length=50, description="Places as newsrooms name them, letter case ignored."
    )


class Said(Strict):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=64 * 1024)


class Cited(Strict):
    """A citation of the answer before."""

    number: int
    article: Short
    start: int = 0
    end: int = 0


class Ask(Narrowed):
    """A question, with the conversation that it belongs to."""

    question: str = Field(
        min_length=1, max_length=LONGEST, description="In English or Korean, at most 16 kB."
    )
    history: list[Said] = Field([], max_length=100, description="Earlier messages, oldest first.")
    length: Literal["short", "normal", "long"] = "normal"
    request: Request | None = Field(
        None, description="What kind of request it is taken for; the likeliest, if left out."
    )
    cited: list[Cited] = Field(
        [],
        max_length=100,
        description='The citations of the answer before, for "what else does [2] say?".',
    )
    stream: bool = Field(False, description="Send events as the answer grows (text/event-stream).")
