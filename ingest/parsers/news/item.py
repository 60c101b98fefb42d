"""What the news industry's formats say of one item, whichever of them it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ingest import keys, text

Named = tuple[str, str]
"""The name of a field, as its format has it, and its value as written."""

TEXT, PACKAGE = "text", "package"

KINDS = {
    "text": TEXT, "story": TEXT, "article": TEXT, "news": TEXT, "composite": PACKAGE,
    "package": PACKAGE, "picture": "picture", "photo": "picture", "image": "picture",
    "photograph": "picture", "still": "picture", "graphic": "graphic", "video": "video",
    "audio": "audio", "animation": "animation", "complexdata": "graphic", "data": "data",
    "event": "event", "planning": "planning item", "concept": "concept", "component": PACKAGE,
    "knowledge": "concept", "catalog": "catalog", "icon": "graphic", "live": "video",
}  # fmt: skip
"""What the formats call an item's kind, in lower case, and what we call it."""

_STATES = {
    "canceled": "canceled", "cancelled": "canceled", "cancel": "canceled", "killed": "canceled",
    "kill": "canceled", "withdrawn": "canceled", "deleted": "canceled", "withheld": "withheld",
}  # fmt: skip
_BASIC = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?"
)
_OWNER = re.compile(
    r"(?:copyright|\(c\)|©|[\s,;]|(?:19|20)\d\d(?:\s?[-–/]\s?(?:\d{4}|\d\d))?|\bby\b)+",
    re.IGNORECASE,
)
_OWNER_ENDS = re.compile(
    r"(?:[,;(|]| [-–—] |\.(?:\s|$)|\ball rights\b|\balle rechte\b)", re.IGNORECASE
)
_HOST = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)+", re.IGNORECASE)
_YEARS = re.compile(r"[\s,]+(?:19|20)\d\d(?:\s?[-–/]\s?\d{2,4})?\s*$")
_DAY = re.compile(r",? [A-Z][a-z]{2,8}\.? \d{1,2}$")
_DATELINE = re.compile(
    r"(?P<city>[A-Z\u00c0-\u00dc][A-Z\u00c0-\u00dc'’.\- ]{2,40}(?:, [A-Z][\w.\- ]{1,30})?)"
    r"(?:,? [A-Z][a-z]{2,8}\.? \d{1,2})?\s*\([A-Z][\w/ -]{1,20}\)\s*(?:\.?--|\.?[-–—_])\s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One item: an article if `kind` is TEXT, else what it is in a word.

    `uri` is its identity for good, `url` an address where people can read it. `body` has a
    blank line between paragraphs. `version` and `made` tell its states apart; `status` is
    "canceled" or "withheld" for one that its provider took back, else "". `embargoed` is when
    it may be shown. Dates are as written, with the name of their field. `number` counts the
    items of a document from 1. What is not said is "".
    """

    kind: str = TEXT
    uri: str = ""
    url: str = ""
    headline: str = ""
    byline: str = ""
    dateline: str = ""
    body: str = ""
    published: Named = ("", "")
    updated: Named = ("", "")
    language: str = ""
    outlet: str = ""
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    version: str = ""
    made: str = ""
    status: str = ""
    embargoed: str = ""
    number: int = 1

    def over(self, other: NewsItem) -> NewsItem:
        """This item, with the other's fields where it has none of its own."""
        names = ("headline", "byline", "dateline", "outlet", "language", "subjects", "places")
        more = {n: getattr(other, n) for n in names if not getattr(self, n)}
        if not self.published[1]:
            more["published"] = other.published
        return replace(self, **more)


def kind_of(name: str) -> str:
    """Our word for a kind as a format names it; its own where we have none."""
    plain = text.line(re.split(r"[:/#]", name.strip())[-1])[:40].lower()
    return KINDS.get(plain, plain)


def kind_with(kind: str, body: str) -> str:
    """The kind of an item with this text: a word that no standard has, and a package with a text
    of its own, are articles."""
    return TEXT if body and (kind == PACKAGE or kind not in KINDS.values()) else kind


def state_of(name: str) -> str:
    """ "canceled" or "withheld" for a publishing status that says so, else ""."""
    return _STATES.get(re.split(r"[:/#]", name.strip())[-1].lower(), "")


def names(found: Iterable[str | None]) -> tuple[str, ...]:
    """Names as lines of text, each once and none empty, in their order."""
    lines = (text.line(name)[:400] for name in found if name)
    return tuple(dict.fromkeys(name for name in lines if name))


def date(written: str | None) -> str:
    """A date as the rest of Dateline reads it: ISO 8601's basic form (`20250731T1908Z`), which
    these formats use, made its extended one."""
    value = text.line(written or "")
    if found := _BASIC.fullmatch(value):
        year, month, day, hour, minute, second, zone = found.groups()
        clock = f"T{hour}:{minute}:{second or '00'}{_zone(zone)}" if hour else ""
        return f"{year}-{month}-{day}{clock}"
    return value


def _zone(zone: str | None) -> str:
    if not zone or zone == "Z":
        return "+00:00" if zone else ""
    return f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"


def created(first: Named, version: Named) -> tuple[Named, Named]:
    """When an item was published and when it was changed, of when it and its version were made.

    A version that is the first changes nothing.
    """
    if not first[1]:
        return version, ("", "")
    return first, version if version[1] and version[1] != first[1] else ("", "")


def owner(notice: str) -> str:
    """Who holds the copyright, by a notice like `Copyright 2025 The Agency - all rights …`."""
    value = text.line(notice)
    begun = _OWNER.match(value)
    rest = value[begun.end() :] if begun else ""
    ends = _OWNER_ENDS.search(rest)
    return _YEARS.sub("", rest[: ends.start()] if ends else rest).strip(" .")[:100]


def dateline_in(body: str) -> str:
    """The place that a text begins with, as wire copy does: `GROSSETO, Italy (AP) -- …`."""
    found = _DATELINE.match(body)
    return _DAY.sub("", found["city"].strip(" ,")) if found else ""


def party(name: str) -> str:
    """The name of a provider; of one that is named by its host the outlet we know there, or ""."""
    if not _HOST.fullmatch(name):
        return name
    known = keys.outlet_of(f"https://{name.lower()}/")
    return known if known != name.lower().removeprefix("www.") else ""


def best(renditions: Iterable[tuple[int, NewsItem]]) -> NewsItem:
    """Of several renditions of one text, each with a rank, one of the highest rank; but a lower
    one where that is much longer."""
    found = [pair for pair in renditions if pair[1].body]
    longest = max((len(item.body) for _, item in found), default=0)
    near = [pair for pair in found if len(pair[1].body) >= 0.8 * longest]
    return max(near, key=lambda pair: pair[0], default=(0, NewsItem()))[1]


def without_headline(paragraphs: list[str], headline: str) -> list[str]:
    """The paragraphs, without a first one that repeats the headline."""
    if paragraphs and headline and text.line(paragraphs[0]) == text.line(headline):
        return paragraphs[1:]
    return paragraphs


def of_json(fields: dict[str, Any]) -> NewsItem:
    """The item whose fields went through JSON, which makes lists of tuples."""
    read: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
    return NewsItem(**read)
