"""The values that pass between the steps: `Query`, `Answer`, `Claim`, `Citation`.

`understanding` makes a `Query` of a question; the answerers make an `Answer` of a query and its
hits. An answer is a list of claims, and each claim cites exact spans of articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, TypedDict

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block

from chatbot.language.calendar import Period
from vectorstore import Filters, Hit, StoredArticle, Wording

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
"""What a question asks for."""

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

LIST_DAYS, DAYS = 130, 2
"""Days of the longest period that a list is confined to; and of one that is told, too, by what
is published on the next day."""

SHORT = 2
"""Claims of a short answer at most, whoever writes it."""


class Message(TypedDict):
    """One turn of a conversation, as chat libraries write it."""

    role: str
    content: str


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
        """The period whose articles alone a list is of: of what happened, or was, in a time
        that the question names, if it is not as long as a year."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An exact quote: `article.body[start:end] == quote`, checked before it is shown."""

    number: int
    article: StoredArticle
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of an answer, as shown, without its citation numbers.

    `written` is whether a model wrote it; else it is Dateline's words around exact quotes.
    `failures` say, in words, what the check against its citations found wrong. `lead` is
    the amount or date that was asked for, as the quote has it, to stand in bold before the
    text; "" where none was, or where several could be meant. `heading` is what it stands under
    in an answer that is laid out in groups, the same for each of a group.
    """

    text: str
    citations: tuple[Citation, ...]
    written: bool = False
    failures: tuple[str, ...] = ()
    lead: str = ""
    heading: str = ""

    @property
    def supported(self) -> bool:
        """Whether the check found nothing wrong with it."""
        return not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a chat model was used for: calls, tokens as it counted them, and their cost.

    `cost` is in the currency of the prices that the settings give; None without prices. Tokens
    are None where the model reported none. `str(usage)` is a line for a reader.
    """

    model: str
    calls: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    currency: str = ""

    def __add__(self, other: Usage) -> Usage:
        costs = [c for c in (self.cost, other.cost) if c is not None]
        return replace(
            self,
            calls=self.calls + other.calls,
            input_tokens=_added(self.input_tokens, other.input_tokens),
            output_tokens=_added(self.output_tokens, other.output_tokens),
            cost=sum(costs) if costs else None,
        )

    def __str__(self) -> str:
        paid = "" if self.cost is None else f" · {self.cost:.4f} {self.currency}".rstrip()
        if self.input_tokens is None or self.output_tokens is None:
            return f"{self.model}{paid}"
        tokens = f"{self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        return f"{self.model} · {tokens}{paid}"


def _added(one: int | None, other: int | None) -> int | None:
    """A sum of what is known."""
    return one if other is None else other if one is None else one + other


GAP = "\n\n"
"""What stands between two claims in an answer's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or a part of one while it streams; parts add up (`+`) to the whole.

    `text` is what a reader sees: the `message`, which is what Dateline itself says, and each
    claim with its citation numbers. If `abstained`, there are no claims, the message says that
    the archive does not hold the answer, and `nearest` are the closest passages (also filled
    for an answer: the passages retrieved, best first). `suggested` are questions that may be
    asked next. `notice` is what a reader should know about how the answer came about (a
    model that failed, sentences that were left out); `usage` what a model was used for.
    """

    query: Query | None = None
    claims: tuple[Claim, ...] = ()
    abstained: bool = False
    message: str = ""
    nearest: tuple[Hit, ...] = field(default=(), repr=False)
    notice: str = ""
    usage: Usage | None = None
    suggested: tuple[str, ...] = ()

    def __add__(self, other: Answer) -> Answer:
        return replace(
            self,
            query=other.query or self.query,
            claims=self.claims + other.claims,
            abstained=self.abstained or other.abstained,
            message=self.message + other.message,
            nearest=other.nearest or self.nearest,
            notice=" ".join(n for n in (self.notice, other.notice) if n),
            usage=_sum(self.usage, other.usage),
            suggested=self.suggested + other.suggested,
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order of their numbers, each once."""
        seen = {c.number: c for claim in self.claims for c in claim.citations}
        return tuple(seen[n] for n in sorted(seen))

    @property
    def text(self) -> str:
        return GAP.join(text for text, _ in self._blocks())

    def _blocks(self) -> Iterator[tuple[str, Claim | None]]:
        """The message, the headings and the claims as they are read, each claim with itself."""
        if self.message:
            yield self.message, None
        if self.abstained:
            return
        heading = ""
        for claim in self.claims:
            if claim.heading and claim.heading != heading:
                yield f"**{claim.heading}**", None
            heading = claim.heading
            yield _numbered(claim), claim

    def to_message(self) -> AIMessage:
        """The answer as a LangChain message whose citations are standard annotations.

        Each is a `langchain_core.messages.content.Citation`: indices of its claim in the
        text, the exact quote, the article's title and URL; in its extras the number, the
        article's id, and the offsets, so that a history can be asked about a citation; and
        `partial` where only a part of the article was to be had.
        """
        notes, at = [], 0
        for text, claim in self._blocks():
            end = at + len(text)
            for c in claim.citations if claim else ():
                title, url = c.article.headline, c.article.url or None
                part: dict[str, Any] = {"partial": True} if c.article.partial else {}
                notes.append(
                    create_citation(
                        title=title,
                        url=url,
                        start_index=at,
                        end_index=end,
                        cited_text=c.quote,
                        number=c.number,
                        article=c.article.id,
                        start=c.start,
                        end=c.end,
                        **part,
                    )
                )
            at = end + len(GAP)
        block = create_text_block(self.text, annotations=list(notes))
        return AIMessage(content=[dict(block)])


def _numbered(claim: Claim) -> str:
    numbers = "".join(f"[{c.number}]" for c in claim.citations)
    text = f"**{claim.lead}** — {claim.text}" if claim.lead else claim.text
    return f"{text} {numbers}" if numbers else text


def _sum(one: Usage | None, other: Usage | None) -> Usage | None:
    return one + other if one and other else one or other


History = Sequence[Message]
Inputs = dict[str, Any]
