"""What all exports share: the document, its sources in words, and text made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ui.store.snapshot import Json
from ui.wording.text import clean, safe_url
from ui.wording.words import Words, words
from vectorstore import Dated, page_of

_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r\n]")
"""What a spreadsheet may take for a formula, at the start of a cell (OWASP, CSV injection)."""

_MARKDOWN = re.compile(
    r"[\\`*_\[\]<>&$~|@!]|:(?=//)|(?<=www)\.|^[#+\-=:]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d{4})[.)]"
)
"""What Markdown may take for more than text: also addresses, which GitHub's makes links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is exported: `messages` are `{"role", "text", "created", "answer"}`, oldest first.

    `words` are those of our own labels, in the language of who exports.
    """

    name: str
    created: datetime
    messages: tuple[Json, ...]
    words: Words = field(default_factory=lambda: words("en"), repr=False)

    @property
    def title(self) -> str:
        return visible(self.name) or self.words("conversation")

    @property
    def dated(self) -> str:
        """When it was made, as `31 July 2025, 14:05 UTC`."""
        return f"{self.words.day(self.created.date())}, {self.created:%H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Source:
    """A cited source in words; `link` is an address fit for a link, or ""."""

    number: int
    outlet: str
    headline: str
    dates: str
    link: str
    quote: str


def sources(answer: Json, w: Words) -> list[Source]:
    """The sources of an answer's snapshot, in the order of their numbers."""
    return [_source(cited, w) for cited in sorted(answer["citations"], key=lambda c: c["number"])]


def _source(cited: Json, w: Words) -> Source:
    article = cited["article"]
    link = safe_url(article["url"])
    return Source(
        number=cited["number"],
        outlet=visible(article["outlet"]) or w("outlet_unknown"),
        headline=visible(article["headline"]) or w("untitled"),
        dates=dates(article, w),
        link=link[0] if link else "",
        quote=visible(cited["quote"]),
    )


def dates(article: Json, w: Words) -> str:
    """`p. 4, published 31 July 2025, updated 1 August 2025, in the archive since …`."""
    published, updated = (_dated(article.get(name)) for name in ("published", "updated"))
    page = page_of(article.get("path") or "")
    said = [w("on_page", n=page)] if page else []
    said += [w("published_on", day=w.dated(published)) if published else w("date_unknown")]
    if updated and updated != published:
        said.append(w("updated_on", day=w.dated(updated)))
    if since := article.get("since") or article.get("ingested"):
        said.append(w("archived_on", day=w.day(datetime.fromisoformat(since).date())))
    if article.get("partial"):
        said.append(w("partial"))
    return ", ".join(said)


def _dated(saved: Json | None) -> Dated | None:
    return Dated(**saved) if saved else None


def check_failed(claim: Json) -> bool:
    """Whether a claim is shown although its check found something wrong."""
    return bool(claim.get("failures")) or not claim["citations"]


def opening(answer: Json) -> list[str]:
    """What Dateline itself says before the claims of an answer."""
    return [answer["message"]] if answer["claims"] and answer.get("message") else []


def remarks(answer: Json) -> list[str]:
    """What Dateline itself says of an answer: that there is none, or how it came about."""
    names = ("notice",) if answer["claims"] else ("message", "notice")
    return [said for name in names if (said := answer.get(name))]


def claims_with_headings(answer: Json) -> Iterator[tuple[str, Json]]:
    """The claims, each with the heading that begins before it, "" where none does."""
    before = ""
    for claim in answer["claims"]:
        heading = claim.get("heading") or ""
        yield heading if heading != before else "", claim
        before = heading


def visible(text: str) -> str:
    """Text without control, invisible and bidi characters; line breaks and tabs stay."""
    return clean(text)


def cell(text: str) -> str:
    """A cell of a table: never a formula, an apostrophe stands before what looks like one."""
    shown = visible(text.replace("\r", "\n"))
    return f"'{shown}" if _FORMULA.match(shown) else shown


def markdown(text: str) -> str:
    """Plain text as Markdown that shows exactly it, on one line: no link, image or HTML."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(visible(text).split()))
