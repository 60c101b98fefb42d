"""The query: a question as read, with all that was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chatbot.language.calendar import Period
from chatbot.values.intents import Kind, Length, Request
from chatbot.values.usage import Usage
from vectorstore import Filters, Wording

LIST_DAYS, DAYS = 130, 2
"""Days of the longest period that a list is confined to; and of one that is told, too, by what
is published on the next day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched: the question as read, with all that was found in it.

    `text` goes to the indexes; `today` is the day that "last week" counts from;
    `language` is "ko" or "en". What else was read:

    - `request`: what kind of request it is ("fact", "list", "timeline", …), which decides how
      it is answered;
    - `kinds`: what is asked for, the most telling first ("when", "how much", …);
    - `recency`: how much newer passages are preferred: "strong" for a question about now,
      "none" for one that names a day or a period, else "weak";
    - `periods`: the first and last day of each period that is named;
    - `carried`: terms taken over from earlier turns of the conversation, and `follows`, the
      question that they come from;
    - `parts`: the questions that a comparison or a question of several parts is made of,
      each searched on its own; empty for a plain question;
    - `wordings`: other words that are searched as well, each with its weight;
    - `names`: groups of names of the same person, body or outlet;
    - `outlets`: outlets whose reporting is asked for, moved up and not the only ones;
    - `respelt`: words of the question that no article has, each with what it was read as;
    - `notes`: how the question was read, in sentences for the reader;
    - `beyond`: spans of the article asked about ("what else does [2] say?") that were quoted
      and are not to be again;
    - `digest`: whether it names a period and no topic: what it wants is a list of what happened;
    - `length`: whether the answer is to be "short", "normal" or "long";
    - `usage`: what a chat model was used for to read it.
    """

    question: str
    text: str
    filters: Filters
    today: date
    language: str
    request: Request = "fact"
    kinds: tuple[Kind, ...] = ("what",)
    recency: Literal["strong", "weak", "none"] = "weak"
    periods: tuple[tuple[date, date], ...] = ()
    carried: tuple[str, ...] = ()
    follows: str = ""
    parts: tuple[str, ...] = ()
    wordings: tuple[Wording, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    outlets: tuple[str, ...] = ()
    respelt: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    beyond: tuple[tuple[int, int], ...] = ()
    digest: bool = False
    length: Length = "normal"
    usage: Usage | None = None

    @property
    def searched_for(self) -> str:
        """What a reader is told that was searched; its parts where it has some, and of a turn
        that leans on an earlier one its own words: a note tells which."""
        return "; ".join(self.parts) or (self.question if self.follows else self.text)

    @property
    def readings(self) -> tuple[str, ...]:
        """The question in each language that it is searched in; any of them may be answered."""
        return (self.text, *(w.text for w in self.wordings if w.weight >= 1))

    @property
    def within(self) -> Period | None:
        """The period whose articles alone are searched for a list of what happened in it.

        None where no period is named, something else is asked for, or the period is longer than
        LIST_DAYS (or than DAYS, where the question has no answer type but "what"). A period of
        DAYS or less has the day after it added, when it is reported.
        """
        if not self.periods:
            return None
        first, last = min(p[0] for p in self.periods), max(p[1] for p in self.periods)
        days = (last - first).days
        longest = DAYS if self.kinds == ("what",) else LIST_DAYS
        covers_period = {"what happened", "list"} & {*self.kinds} or self.kinds == ("what",)
        covers_period = covers_period or self.request in (
            "news",
            "list",
            "count",
            "summary",
            "timeline",
            "change",
        )
        if not covers_period or days > longest:
            return None
        return first, last + timedelta(days=1 if days <= DAYS else 0)

    @property
    def kind(self) -> Kind:
        """What the question asks for above all."""
        return self.kinds[0]
