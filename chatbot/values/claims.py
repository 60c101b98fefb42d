"""Claims and citations: the sentences of an answer, and the exact quotes that they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from vectorstore import StoredArticle


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
