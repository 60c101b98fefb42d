"""NewsML-G2 (IPTC): news items, and what else may stand in a news message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest import fields, keys, text
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
    kind_with,
    names,
    owner,
    party,
    state_of,
    without_headline,
)

ITEMS = {
    "newsItem": TEXT,
    "packageItem": PACKAGE,
    "conceptItem": "concept",
    "knowledgeItem": "concept",
    "planningItem": "planning item",
    "catalogItem": "catalog",
}
"""The items of NewsML-G2, and what each is where its class says no more."""

_MARKUP = ("nitf", "html", "body", "div", "section", "article", "p")
_PLACES = frozenset({"geoarea", "poi", "place", "location"})


def read(root: Any) -> NewsItem:
    """The item of one of the ITEMS."""
    meta, content = first(root, "itemMeta"), first(root, "contentMeta")
    inner = _inner(root)
    headline = _headline(meta, content) or inner.headline
    body = text.body_of(without_headline(inner.body.split("\n\n"), headline))
    guid = attribute(root, "guid")
    version_made = date(words(first(meta, "versionCreated")))
    published, updated = created(
        next(
            (
                (f"NewsML-G2 {name}", date(words(element)))
                for part, name in ((meta, "firstCreated"), (content, "contentCreated"))
                if (element := first(part, name)) is not None
            ),
            ("", ""),
        ),
        ("NewsML-G2 versionCreated", version_made),
    )
    located = [_name(place).rpartition(":")[2] for place in children(content, "located")]
    own = NewsItem(
        kind=kind_with(_kind(root, meta), inner.body),
        uri=guid,
        url=_address(meta, guid),
        headline=headline,
        byline=words(first(content, "by")) or inner.byline or _creators(content),
        dateline=words(first(content, "dateline")) or ", ".join(names(located)),
        body=body,
        published=published,
        updated=updated,
        language=_language(root, content),
        outlet=_outlet(root, meta, content),
        subjects=names(_subjects(content, places=False)),
        places=names([*located, *_broader(content), *_subjects(content, places=True)]),
        version=attribute(root, "version"),
        made=version_made,
        status=state_of(_code(first(meta, "pubStatus"))),
        embargoed=date(words(first(meta, "embargoed"))),
    )
    return own.over(inner)


def _kind(root: Any, meta: Any) -> str:
    name = local(root)
    said = _code(first(meta, "itemClass"))
    if any(True for _ in below(first(root, "contentSet"), "events")):
        return "event"
    if name == "conceptItem":
        said = _code(first(root, "concept", "type"))
    return kind_of(said) if said else ITEMS[name]


def _inner(root: Any) -> NewsItem:
    """The text, and what NITF in it says of itself; of several renditions the longest, marked-up
    ones before plain ones."""
    found: list[NewsItem] = []
    for part in children(first(root, "contentSet"), "inlineXML", "inlineData"):
        if local(part) == "inlineData":
            found.append(NewsItem(body=_data(part)))
            continue
        marked = next(iter(children(part, *_MARKUP)), None)
        if marked is not None and local(marked) == "nitf":
            found.append(nitf.read(marked))
        elif marked is not None:
            bodies = list(below(part, "body")) or [part]
            found.append(NewsItem(body=text.body_of(paragraphs(bodies[0]))))
        elif any(True for _ in below(part, "p")) or not any(True for _ in children(part)):
            found.append(NewsItem(body=text.body_of(paragraphs(part))))
    whole = best((item.body.count("\n\n"), item) for item in found)
    return whole if whole.body or not found else found[0]


def _data(part: Any) -> str:
    """Inline data: text or markup in characters; what is encoded (base64) is no text."""
    written = "".join(part.itertext())
    kind = attribute(part, "contenttype").lower()
    if attribute(part, "encoding") or (
        kind and not kind.startswith(("text/", "application/xhtml"))
    ):
        return nitf.of(written).body if "nitf" in kind else ""
    return nitf.of(written).body if nitf.looks(written) else fields.plain_body(written)


def _headline(meta: Any, content: Any) -> str:
    lines = list(children(content, "headline"))
    main = [h for h in lines if attribute(h, "role").rpartition(":")[2] in {"", "main", "headline"}]
    return next(filter(None, map(words, [*main, *lines])), "") or words(first(meta, "title"))


def _creators(content: Any) -> str:
    return ", ".join(names(_name(creator, coded=False) for creator in children(content, "creator")))


def _code(element: Any) -> str:
    return attribute(element, "qcode", "uri", "literal")


def _name(element: Any, *, coded: bool = True) -> str:
    """The name of a concept; where it has none its literal, and, `coded`, its code."""
    found = [n for n in children(element, "name") if words(n)]
    english = [n for n in found if attribute(n, XML_LANG).lower().startswith("en")]
    if found:
        return words((english or found)[0])
    literal = attribute(element, "literal")
    return literal or (attribute(element, "qcode", "uri") if coded else "")


def _outlet(root: Any, meta: Any, content: Any) -> str:
    """The provider, else who holds the copyright, else the source; by name before by code or
    host."""
    rights = first(root, "rightsInfo")
    choices = (
        first(meta, "provider"),
        first(rights, "copyrightHolder"),
        first(content, "infoSource"),
    )
    named = [party(_name(c, coded=False)) for c in choices if c is not None]
    coded = [attribute(choice, "qcode").rpartition(":")[2] for choice in choices]
    hosts = [_name(choices[0], coded=False) if choices[0] is not None else ""]
    hosts += [keys.host_of(attribute(c, "uri")) for c in choices]
    notice = owner(words(first(rights, "copyrightNotice")))
    credit = words(first(content, "creditline"))
    choices_in_words = [*named, notice, credit, *coded, *(h.removeprefix("www.") for h in hosts)]
    return next((name for name in choices_in_words if name), "")


def _language(root: Any, content: Any) -> str:
    part = next(iter(children(first(root, "contentSet"), "inlineXML", "inlineData")), None)
    return (
        attribute(first(content, "language"), "tag")
        or attribute(part, XML_LANG)
        or attribute(root, XML_LANG)
    )


def _is_place(subject: Any) -> bool:
    said = attribute(subject, "type", "typeuri")
    return said.replace("#", ":").replace("/", ":").rpartition(":")[2].lower() in _PLACES


def _subjects(content: Any, *, places: bool) -> Iterator[str]:
    for subject in children(content, "subject"):
        if _is_place(subject) is places:
            yield _name(subject)
            if places:
                yield from (_name(part, coded=False) for part in children(subject, "broader"))


def _broader(content: Any) -> Iterator[str]:
    for place in children(content, "located"):
        yield from (_name(part, coded=False) for part in children(place, "broader"))


def _address(meta: Any, guid: str) -> str:
    """Where people can read it: the item's own address, else a link that says so."""
    if guid.startswith(("http://", "https://")):
        return guid
    for link in children(meta, "link"):
        if attribute(link, "rel").rpartition(":")[2].lower() in {"canonical", "hascanonical"}:
            return attribute(link, "href")
    return ""
