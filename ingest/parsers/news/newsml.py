"""NewsML 1.0 to 1.2 (IPTC): the news items of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest import fields, text
from ingest.parsers.news import nitf
from ingest.parsers.news.elements import (
    XML_LANG,
    attribute,
    below,
    children,
    first,
    local,
    paragraphs,
    words,
)
from ingest.parsers.news.item import (
    PACKAGE,
    TEXT,
    NewsItem,
    best,
    created,
    date,
    kind_of,
    names,
    owner,
    party,
    state_of,
    without_headline,
)

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FORMAL = "FormalName"
_MAIN = frozenset({"main", "body", "main text", "maintext", "story", "text", "article"})
_ASIDE = frozenset(
    "headline contact caption summary abstract stylesheet logo quicklook teaser slug".split()
)


def read(root: Any) -> NewsItem:
    """The item of a `<NewsItem>`: its first text, with what its components say of it."""
    identifier = first(root, "Identification", "NewsIdentifier")
    management = first(root, "NewsManagement")
    way, inner = _text(root)
    headline = next(filter(None, map(words, _near(way, "HeadLine"))), "") or inner.headline
    made = date(words(first(management, "ThisRevisionCreated")))
    published, updated = created(
        ("NewsML FirstCreated", date(words(first(management, "FirstCreated")))),
        ("NewsML ThisRevisionCreated", made),
    )
    own = NewsItem(
        kind=_kind(root, inner),
        uri=_identity(identifier),
        headline=headline,
        byline=next(filter(None, map(words, _near(way, "ByLine"))), ""),
        dateline=next(filter(None, map(words, _near(way, "DateLine"))), ""),
        body=text.body_of(without_headline(inner.body.split("\n\n"), headline)),
        published=published,
        updated=updated,
        language=next((v for e in _near(way, "Language") if (v := attribute(e, _FORMAL))), "")
        or attribute(root, XML_LANG),
        outlet=_outlet(way, identifier),
        subjects=names(_subjects(way)),
        places=names(_places(way)),
        version=words(first(identifier, "RevisionId")),
        made=made,
        status=state_of(attribute(first(management, "Status"), _FORMAL)),
        embargoed=_embargo(management),
    )
    return own.over(inner)


def _text(root: Any) -> tuple[list[Any], NewsItem]:
    """The components around the main text, the innermost first, and that text."""
    found: list[tuple[int, NewsItem]] = []
    ways: list[list[Any]] = []
    for content in below(root, "ContentItem"):
        way = [up for up in content.iterancestors() if local(up) == "NewsComponent"]
        if (rank := _rank(content, way)) is not None and (item := _content(content)).body:
            found.append((rank, item))
            ways.append(way)
    if not found:
        return list(children(root, "NewsComponent"))[:1], NewsItem()
    highest = max(rank for rank, _ in found)
    if not highest:  # captions and contacts are no article
        return ways[0], NewsItem()
    whole = best((item.body.count("\n\n"), item) for rank, item in found if rank == highest)
    return ways[[item for _, item in found].index(whole)], whole


def _rank(content: Any, way: list[Any]) -> int | None:
    """How much a content item is the text itself, by the role of its component; None for media
    and style sheets."""
    style = {attribute(first(content, n), _FORMAL).lower() for n in ("MimeType", "Format")}
    if _medium(content) not in {"", TEXT} or style & {"text/css", "css"}:
        return None
    role = attribute(first(way[0], "Role"), _FORMAL).lower() if way else ""
    if role in _MAIN:
        return 2
    return 0 if role in _ASIDE else 1


def _content(content: Any) -> NewsItem:
    """The text of a content item's data: NITF, HTML, or characters."""
    for data in below(content, "DataContent", "InlineData"):
        document = next(iter(below(data, "nitf", "body.content")), None)
        if document is not None:
            return nitf.read(document)
        if list(children(data)):
            body = next(iter(below(data, "body")), data)
            return NewsItem(body=text.body_of(paragraphs(body)))
        written = "".join(data.itertext())
        if nitf.looks(written):
            return nitf.of(written)
        return NewsItem(body=fields.plain_body(written))
    return NewsItem()


def _medium(content: Any) -> str:
    said = attribute(first(content, "MediaType"), _FORMAL)
    return kind_of(said) if said else ""


def _kind(root: Any, inner: NewsItem) -> str:
    """Text where there is some; else the medium of what it has; a list of items is a package."""
    if inner.body:
        return TEXT
    media = [m for content in below(root, "ContentItem") if (m := _medium(content))]
    if media and TEXT not in media:
        return media[0]
    if any(True for _ in below(root, "NewsItemRef")):
        return PACKAGE
    return "concept" if first(root, "TopicSet") is not None else TEXT


def _near(way: list[Any], name: str) -> Iterator[Any]:
    """Elements of a name in the metadata of components, those of the innermost first."""
    for component in way:
        for part in children(
            component,
            "NewsLines",
            "DescriptiveMetadata",
            "AdministrativeMetadata",
            "RightsMetadata",
        ):
            yield from below(part, name)


def _identity(identifier: Any) -> str:
    """What all revisions of an item share; its public identifier has the revision in it."""
    parts = [words(first(identifier, n)) for n in ("ProviderId", "DateId", "NewsItemId")]
    if all(parts):
        return f"urn:newsml:{':'.join(parts)}"
    return words(first(identifier, "PublicIdentifier"))


def _party(way: list[Any], name: str) -> str:
    for element in _near(way, name):
        for named in below(element, "Party"):
            if said := attribute(named, _FORMAL):
                return said
    return ""


def _outlet(way: list[Any], identifier: Any) -> str:
    choices = (
        party(_party(way, "Provider")),
        next(filter(None, map(words, _near(way, "CopyrightHolder"))), ""),
        next((owner(words(e)) for e in _near(way, "CopyrightLine")), ""),
        _party(way, "Source"),
        next(filter(None, map(words, _near(way, "CreditLine"))), ""),
        words(first(identifier, "ProviderId")),
    )
    return next((choice for choice in choices if choice), "")


def _subjects(way: list[Any]) -> Iterator[str]:
    for code in _near(way, "SubjectCode"):
        for element in code:
            if local(element) in {"Subject", "SubjectMatter", "SubjectDetail"}:
                yield next(filter(None, map(words, children(element, "Comment"))), "") or attribute(
                    element, _FORMAL
                )
    for keyword in _near(way, "KeywordLine"):
        yield words(keyword)


def _places(way: list[Any]) -> Iterator[str]:
    for location in _near(way, "Location"):
        for element in below(location, "Property"):
            if not _NUMBER.fullmatch(value := attribute(element, "Value")):
                yield value


def _embargo(management: Any) -> str:
    """When the status becomes usable, for an item that is under embargo."""
    if attribute(first(management, "Status"), _FORMAL).lower() != "embargoed":
        return ""
    return date(words(first(management, "StatusWillChange", "DateAndTime")))
