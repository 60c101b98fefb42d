"""What the API answers, as pydantic models: the shapes that OpenAPI and MCP show.

Offsets are characters of the article's body, the end exclusive.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ArticleCard(BaseModel):
    """An article's version without its text; dates are days or instants, as the source has it."""

    id: str
    version: str
    headline: str
    outlet: str = Field(description='"" if it is unknown.')
    byline: str
    language: str
    url: str = Field(description='The original, "" if there is none that is fit for a link.')
    page: str = Field(description="Where Dateline shows it, a path on this server.")
    printed: str = Field("", description='The printed page that it is ("4", "A1"); "" if none.')
    published: str | None
    updated: str | None
    ingested: datetime
    current: bool = Field(description="Whether this version is the one that is searched.")
    partial: bool = Field(
        False, description="Whether the text is only what stood before a paywall or another gate."
    )
    story: str = Field(description='Names the near-copies it belongs to; "" if it is alone.')
    dateline: str = Field("", description="Where it says that it was written.")
    subjects: list[str] = Field([], description="As its newsroom names them.")
    places: list[str] = Field([], description="As its newsroom names them.")


class CitationOut(BaseModel):
    """An exact quote: `text[start:end]` of this version of the article is `quote`."""

    model_config = ConfigDict(extra="allow")

    number: int
    quote: str
    start: int
    end: int
    before: str = Field(description="The words of its paragraph before the quote.")
    after: str = Field(description="The words of its paragraph after the quote.")
    article: ArticleCard


class ClaimOut(BaseModel):
    """A sentence of the answer, with the numbers of its citations."""

    model_config = ConfigDict(extra="allow")

    text: str
    citations: list[int]
    lead: str = Field("", description="The amount or day that was asked for, as the text says it.")
    heading: str = Field("", description="What it stands under, in an answer laid out in groups.")
    written: bool = Field(False, description="Whether a model wrote it.")
    failures: list[str] = Field([], description="What its check found wrong, empty if it holds.")


class Near(BaseModel):
    """A passage that came near, although it is not an answer."""

    text: str
    start: int
    end: int
    article: ArticleCard


class AnswerOut(BaseModel):
    """An answer: claims whose citations were checked, or a message that there is none."""

    model_config = ConfigDict(extra="allow")

    text: str = Field(description="What a reader sees: the message, and claims with [n].")
    abstained: bool = Field(description="Whether the archive does not hold the answer.")
    message: str
    claims: list[ClaimOut]
    suggested: list[str] = Field([], description="Questions that may be asked next.")
    citations: list[CitationOut]
    nearest: list[Near] = Field(description="If it abstained: what came nearest.")
    query: dict[str, Any] | None = Field(description="How the question was read.")


class SentenceOut(BaseModel):
    """A sentence of a hit; `score` is its cosine to the text."""

    text: str
    start: int
    end: int
    score: float


class HitOut(BaseModel):
    """A passage, best first."""

    text: str
    start: int
    end: int
    score: float
    article: ArticleCard
    also: list[ArticleCard] = Field(description="Others that ran the same story.")
    dense: float | None = Field(None, description="Explained: cosine to the text.")
    lexical: float | None = Field(None, description="Explained: BM25 score.")
    sentences: list[SentenceOut] = Field([], description="Explained: its sentences.")
    why: Any = Field(None, description="Explained: what its place is made of.")


class SearchOut(BaseModel):
    """The passages that fit; `notes` say which words were read as others."""

    query: str
    notes: list[str] = []
    hits: list[HitOut]


class ArticleOut(ArticleCard):
    """An article with its text, its versions and the others of its story."""

    text: str
    versions: list[ArticleCard]
    story_articles: list[ArticleCard]


class Event(BaseModel):
    """What was reported of a topic on a day: one story, quoted."""

    day: date
    headline: str
    outlet: str
    citation: CitationOut
    also: list[ArticleCard] = []


class TimelineOut(BaseModel):
    """A topic over time, the earliest event first."""

    topic: str
    events: list[Event]


class CoverageOut(BaseModel):
    """How many articles an outlet published in a month; `month` is None where unknown."""

    month: str | None
    outlet: str
    articles: int


class StatusOut(BaseModel):
    """What the archive holds, and how fresh it is."""

    articles: int
    versions: int
    passages: int
    outlets: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    first_published: date | None
    last_published: date | None
    last_ingested: datetime | None
    model: str
    unindexed: int = Field(description="Articles stored but not searchable yet.")
    segments: int
    bytes_on_disk: int


class HealthOut(BaseModel):
    """Whether questions can be answered."""

    ok: bool
    articles: int


class Problem(BaseModel):
    """An error: what happened, and what to do."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorOut(BaseModel):
    """The body of every response that is an error."""

    error: Problem
