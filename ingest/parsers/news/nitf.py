"""NITF, the news industry text format (IPTC, 3.0 to 3.6): a document, or a piece of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest import markup, text
from ingest.parsers.news.elements import (
    XML_LANG,
    attribute,
    below,
    children,
    first,
    local,
    paragraphs,
    parser,
    words,
    words_without,
)
from ingest.parsers.news.item import (
    Named,
    NewsItem,
    created,
    date,
    dateline_in,
    kind_of,
    names,
    owner,
    state_of,
    without_headline,
)

_LOOKS = re.compile(r"<(?:nitf|body\.content|body\.head|block|hedline)\b")
_PROLOG = re.compile(
    r"\s*(?:<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*+(?:\[[^\]]*\])?[^>]*>|\s+)*", re.DOTALL
)
_NAMES = '<!DOCTYPE nitf SYSTEM "nitf.dtd">'
"""With a document type, whose file is never opened, `&mdash;` is a name and no fault."""

_COMMAS = re.compile(r"(?:\s*,)+\s*")
_WHOLE, _LEAD = "full_text", "lead_paragraph"
_SUBJECT = "tobject.subject"


def looks(source: str) -> bool:
    """Whether a text is NITF rather than HTML."""
    return _LOOKS.search(source[:5_000]) is not None


def of(source: str) -> NewsItem:
    """The item of NITF that stands in another format as text, whole or a piece; never raises."""
    inner = source[_PROLOG.match(source).end() :]  # type: ignore[union-attr]  # it matches ""
    for candidate in (inner, f"<body.content>{inner}</body.content>"):
        try:
            root = etree.fromstring(f"{_NAMES}{candidate}".encode(), parser())
        except (etree.XMLSyntaxError, ValueError):
            continue
        return read(root)
    return NewsItem(body=text.body_of(markup.from_html(source).paragraphs))


def read(root: Any) -> NewsItem:
    """The item of an `<nitf>` element, or of any that holds paragraphs."""
    if local(root) != "nitf":
        found = [p for part in _contents(root) or [root] for p in paragraphs(part)]
        return NewsItem(body=text.body_of(found))
    body_head, docdata = first(root, "body", "body.head"), first(root, "head", "docdata")
    hedline = first(body_head, "hedline")
    headline = words(first(hedline, "hl1")) or words(first(root, "head", "title"))
    written = [p for part in _contents(root) for p in paragraphs(part)]
    version, published, updated, made = _dates(root, docdata, body_head)
    dateline = first(body_head, "dateline")
    body = text.body_of(without_headline(written, headline))
    return NewsItem(
        kind=kind_of(_type(root)),
        uri=_identity(root, docdata, body_head),
        url=attribute(first(root, "head", "pubdata"), "ex-ref"),
        headline=headline,
        byline=byline(body_head) or words(first(root, "body", "body.end", "tagline")),
        dateline=", ".join(names([words(part) for part in children(dateline, "location")]))
        or words_without(dateline, "story.date")
        or dateline_in(body),
        body=body,
        published=published,
        updated=updated,
        language=attribute(root, XML_LANG, "lang", "baselang")
        or attribute(first(root, "body"), XML_LANG),
        outlet=_outlet(root, docdata, body_head),
        subjects=names(_subjects(root)),
        places=names(_places(root, docdata, dateline)),
        version=version,
        made=made,
        status=state_of(attribute(docdata, "management-status")),
        embargoed=date(attribute(first(docdata, "date.release"), "norm")),
    )


def replaced(root: Any) -> NewsItem | None:
    """Another document that this one takes back, as `management-doc-idref` names it."""
    docdata = first(root, "head", "docdata")
    target = attribute(docdata, "management-doc-idref")
    status = state_of(attribute(docdata, "management-idref-status"))
    if not (target and status):
        return None
    registry = attribute(first(docdata, "doc-id"), "regsrc")
    registry = registry or _outlet(root, docdata, first(root, "body", "body.head"))
    return NewsItem(uri=_named(target, registry), status=status)


def byline(head: Any) -> str:
    """The bylines above a text, each once; a title is set off from the name before it."""
    found = []
    for element in children(head, "byline"):
        if "normalized" in attribute(element, "class"):
            continue  # for sorting: `GREENHOUSE, LINDA`
        parts = [element.text or ""]
        for child in element:
            parts += [", " if local(child) == "byttl" else "", words(child), child.tail or ""]
        found.append(_COMMAS.sub(", ", text.line("".join(parts))).strip(" ,"))
    return ", ".join(dict.fromkeys(filter(None, found)))


def _contents(root: Any) -> list[Any]:
    """What holds the text; of blocks that repeat each other the whole one."""
    found = [root] if local(root) == "body.content" else list(below(root, "body.content"))
    for content in found:
        blocks = list(children(content, "block"))
        if any(attribute(b, "class") == _WHOLE for b in blocks):
            for block in blocks:
                if attribute(block, "class").endswith(_LEAD):
                    content.remove(block)
    return found


def _type(root: Any) -> str:
    """What the document is: `tobject.type` is of no standard list, so only media are believed."""
    said = attribute(first(root, "head", "tobject"), "tobject.type").lower()
    return said if said in {"photo", "picture", "video", "audio", "graphic"} else "text"


def _identity(root: Any, docdata: Any, head: Any) -> str:
    """The document's id, with who gave it."""
    doc = first(docdata, "doc-id")
    found, key = attribute(doc, "id-string"), attribute(first(docdata, "du-key"), "key")
    if not found or (key and found.startswith(key)):  # with the version after it
        found = key
    return _named(found, attribute(doc, "regsrc") or _outlet(root, docdata, head))


def _named(identity: str, registry: str) -> str:
    if not identity or re.match(r"(?:urn|tag|https?|nitf):", identity):
        return identity
    return f"nitf:{registry}:{identity}"


def _dates(root: Any, docdata: Any, head: Any) -> tuple[str, Named, Named, str]:
    """The version, when it was published and changed, and when this version was made."""
    key = first(docdata, "du-key")
    version = attribute(key, "version", "generation")
    issued = date(attribute(first(docdata, "date.issue"), "norm"))
    story = date(attribute(first(head, "dateline", "story.date"), "norm"))
    printed = date(attribute(first(root, "head", "pubdata"), "date.publication"))
    revised = [date(r.get("norm")) for r in children(first(root, "head"), "revision-history")]
    made = max([*filter(None, revised)], default="") or issued
    if version.isdigit() and int(version) > 1 and story:
        published, updated = created(("NITF story.date", story), ("NITF date.issue", issued))
        return version, published, updated, made
    released = date(attribute(first(docdata, "date.release"), "norm"))
    choices = {"date.issue": issued, "date.publication": printed, "date.release": released}
    choices["story.date"] = story
    published = next(((f"NITF {n}", v) for n, v in choices.items() if v), ("", ""))
    changed = ("NITF revision-history", made) if made not in {"", published[1]} else ("", "")
    return version, published, changed, made


def _outlet(root: Any, docdata: Any, head: Any) -> str:
    rights = first(head, "rights")
    choices = (
        attribute(first(root, "head", "pubdata"), "name"),
        attribute(first(docdata, "doc.copyright"), "holder"),
        words(first(rights, "rights.owner")),
        words(first(head, "distributor")),
        owner(words(rights)),
        attribute(first(docdata, "doc-id"), "regsrc"),
    )
    return next((text.line(c) for c in choices if c), "")


def _subjects(root: Any) -> Iterator[str]:
    head = first(root, "head")
    for subject in below(head, _SUBJECT):
        said = [attribute(subject, f"{_SUBJECT}.{n}") for n in ("type", "matter", "detail")]
        yield from said if any(said) else [attribute(subject, f"{_SUBJECT}.refnum")]
    for content in children(first(head, "docdata"), "identified-content"):
        for classifier in children(content, "classifier"):
            yield words(classifier) or attribute(classifier, "value")


def _places(root: Any, docdata: Any, dateline: Any) -> Iterator[str]:
    for event in children(docdata, "evloc"):
        yield words(event) or attribute(event, "city")
        for name in ("city", "state-prov", "county-dist", "iso-cc"):
            yield attribute(event, name)
    for content in children(docdata, "identified-content"):
        for place in children(content, "location", "evloc"):
            yield words(place) or attribute(place, "value", "city")
    for place in children(dateline, "location"):
        yield words(place)
