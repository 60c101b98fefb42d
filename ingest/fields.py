"""What sources call things: front matter keys, JSON keys and CSV columns as an article's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ingest import keys, markup, text
from ingest.dates import dated
from ingest.reading import AS_GUESSED, Reading, values_at
from ingest.values import Problem
from vectorstore import Article, Dated

ROLES: dict[str, tuple[str, ...]] = {
    "headline": ("headline", "title", "ogtitle", "name"),
    "published": (
        "published", "publishedtime", "publishedat", "publishedon", "articlepublishedtime",
        "datepublished", "publishdate", "publisheddate", "publishingdate", "publicationdate",
        "pubdate", "date", "datetime", "time", "timestamp", "created", "createdat",
    ),
    "updated": (
        "updated", "updatedtime", "updatedat", "modified", "modifiedtime", "modifiedat",
        "articlemodifiedtime", "datemodified", "dateupdated", "lastmod", "lastmodified",
        "lastupdated",
    ),
    "byline": ("byline", "author", "authors", "creator", "dccreator", "articleauthor", "reporter"),
    "outlet": (
        "outlet", "publisher", "sitename", "ogsitename", "metasitename", "sourcename", "source",
        "newspaper", "publication",
    ),
    "url": (
        "url", "canonical", "canonicalurl", "canonicallink", "sourceurl", "link", "ogurl",
        "permalink",
    ),
    "language": ("language", "lang", "inlanguage", "locale", "metalang"),
    "body": (
        "body", "articlebody", "text", "plaintext", "fulltext", "contenttext", "contenthtml",
        "content", "contents", "article", "summary", "description", "abstract",
    ),
    "path": ("path", "file", "filename"),
    "id": ("id", "doc", "docid", "guid", "uuid", "documentnumber"),
}  # fmt: skip
"""For each of our words the names sources use, the best first; compare `_plain` spellings."""

_ROLE_OF = {name: role for role, names in ROLES.items() for name in names}
_RANK = {name: rank for names in ROLES.values() for rank, name in enumerate(names)}
_LANGUAGES = {"english": "en", "korean": "ko", "한국어": "ko", "영어": "en", "kr": "ko"}
_NOTHING = frozenset({"", "null", "none", "~", "nan", "n/a"})
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-fA-F]{1,6}|[a-zA-Z]{2,31});")

NAME_LENGTH = 60
"""Characters of a field's name that are told; a file may call its own as it likes."""

_NO_COLUMNS: Mapping[str, str] = MappingProxyType({})

Named = tuple[str, str]
"""A name as the source spells it, and its value as one line of text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: for problems, for its key, and for its `source` and `path`.

    `key` is the article's where it has no URL, `spare` where that is taken.
    """

    shown: str
    line: int | None
    key: str
    spare: str
    source: str
    path: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An article, and the key it takes instead if another article has its URL already."""

    article: Article
    place: Place


def role_of(name: str) -> str | None:
    """Which of our words a source's name stands for, whatever its case and punctuation."""
    return _ROLE_OF.get(_plain(name))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def by_role(
    fields: Mapping[str, object], kind: str, columns: Mapping[str, str] = _NO_COLUMNS
) -> dict[str, list[Named]]:
    """Each role's names and values, best name first, without empty ones.

    `kind` says where the fields stand ("front matter", "JSON key", "column"). `columns`
    gives the names of some roles; these have no others then.
    """
    found: dict[str, list[Named]] = {}
    for role, name in columns.items():
        for part in values_at(fields, name):
            found.setdefault(role, []).extend((f"{kind}: {name}", v) for v in _values(part))
    taken = set(columns.values())
    names = [
        name
        for name in fields
        if isinstance(name, str) and name not in taken and role_of(name) not in {None, *columns}
    ]
    for name in sorted(names, key=lambda name: _RANK[_plain(name)]):
        for value in _values(fields[name]):
            told = text.line(name)[:NAME_LENGTH]
            found.setdefault(role_of(name) or "", []).append((f"{kind}: {told}", value))
    return {role: values for role, values in found.items() if values}


def _values(value: object) -> Iterator[str]:
    """The values in a field; of `[{"name": …}]`, as JSON-LD has authors, the names."""
    for item in value if isinstance(value, list) else [value]:
        part = item.get("name", "") if isinstance(item, dict) else item
        if isinstance(part, str | int | float) and not isinstance(part, bool):
            whole = str(part)
            if whole.strip().lower() not in _NOTHING:
                yield whole


def article(  # noqa: PLR0913
    roles: dict[str, list[Named]],
    body: str,
    place: Place,
    *,
    headline: str,
    now: datetime,
    reading: Reading = AS_GUESSED,
) -> Iterator[Draft | Problem]:
    """The article of these fields and this body, and what was wrong with its fields.

    `headline` is used where the fields have none, and so are `reading`'s outlet and language.
    """
    if not body:
        yield Problem(place.shown, place.line, "has no text below its headline: left out")
        return
    found = Found(roles, place, now, reading.earliest)
    published, updated = found.date("published"), found.date("updated")
    url, declared = found.url(), text.line(found.first("language")).lower()
    yield from found.problems
    byline = ", ".join(dict.fromkeys(plain(v) for _, v in roles.get("byline", ())))
    yield Draft(
        Article(
            key=url or place.key,
            headline=plain(found.first("headline")) or headline,
            body=body,
            source=place.source,
            path=text.line(found.first("path")) or place.path,
            outlet=plain(found.first("outlet")) or reading.outlet or keys.outlet_of(url),
            byline=re.sub(r"^by\s+", "", byline, flags=re.IGNORECASE),
            language=_language(declared) or reading.language or text.language_of(body),
            url=url,
            published=published,
            updated=updated,
        ),
        place,
    )


class Found:
    """Reads single values out of the roles, and notes what was wrong with them."""

    def __init__(
        self, roles: dict[str, list[Named]], place: Place, now: datetime, earliest: int
    ) -> None:
        self.roles, self.place, self.now, self.earliest = roles, place, now, earliest
        self.problems: list[Problem] = []

    def first(self, role: str) -> str:
        return next((value for _, value in self.roles.get(role, ())), "")

    def date(self, role: str) -> Dated | None:
        """The most precise date of a role: an instant before a day, then the better name."""
        good: list[Dated] = []
        for name, value in self.roles.get(role, ()):
            if date := dated(value, name, now=self.now, earliest=self.earliest):
                good.append(date)
            else:
                self._note(f"{name} is no possible date: {text.line(value)[:60]!r}")
        return min(good, key=lambda date: date.date_only, default=None)

    def url(self) -> str:
        for name, value in self.roles.get("url", ()):
            if url := keys.canonical(text.line(value)):
                return url
            self._note(f"{name} is no http(s) URL, left out: {text.line(value)[:60]!r}")
        return ""

    def _note(self, reason: str) -> None:
        self.problems.append(Problem(self.place.shown, self.place.line, reason, fatal=False))


def plain(value: str) -> str:
    """One line of text of a field that may hold HTML."""
    if markup.has_tags(value):
        return text.line(" ".join(markup.from_html(value).paragraphs))
    return text.line(html.unescape(value) if _ENTITY.search(value) else value)


def plain_body(value: str) -> str:
    """The body of a row: plain text, or HTML made plain."""
    if markup.has_tags(value):
        return text.body_of(markup.from_html(value).paragraphs)
    return text.body_of(text.paragraphs(html.unescape(value) if _ENTITY.search(value) else value))


def _language(declared: str) -> str:
    found = re.match(r"[a-z]{2,3}(?![a-z])", declared)
    return _LANGUAGES.get(declared) or (_LANGUAGES.get(found[0], found[0]) if found else "")
