"""The answer: a list of claims, as a reader sees it and as a LangChain message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block

from chatbot.values.claims import Citation, Claim
from chatbot.values.query import Query
from chatbot.values.usage import Usage, total_usage
from vectorstore import Hit

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
            usage=total_usage(self.usage, other.usage),
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
