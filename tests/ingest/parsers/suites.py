"""The expectations of three feed parsers' own test files, as Dateline's fields.

A `Wish` is one thing that a suite expects of one file where Dateline has a field for it.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ingest import dates, text

HOST = "http://127.0.0.1:8097/"
"""Where feedparser's test server serves its files."""


@dataclass(frozen=True)
class Wish:
    """`field` of entry number `entry` (None: of the feed) should be `value`."""

    file: str
    field: str
    entry: int | None
    value: Any


@dataclass(frozen=True)
class Case:
    """A file of a suite, how it was served, and what is expected of it."""

    file: str
    path: Path
    url: str
    content_type: str
    wishes: tuple[Wish, ...]
    unused: int
    """Expectations about things that Dateline has no field for."""


# feedparser ---------------------------------------------------------------------------

_KEYS = {
    "title": "headline", "link": "url", "id": "id", "guid": "id", "published": "published",
    "issued": "published", "published_parsed": "published", "issued_parsed": "published",
    "updated": "updated", "updated_parsed": "updated", "modified": "updated",
    "modified_parsed": "updated", "date": "updated", "date_parsed": "updated",
    "created": "created", "created_parsed": "created",
    "author": "byline", "summary": "text", "description": "text", "language": "language",
    "publisher": "outlet",
}  # fmt: skip


def feedparser_cases(folder: Path) -> Iterator[Case]:
    """The cases of every file below `folder` that says what it expects."""
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".xml", ".json"}):
        head = _decoded(path.read_bytes()[:20_000])
        found = re.search(r"Expect:\s*(.*?)\s*-->", head, re.DOTALL)
        if found is None:
            continue
        name = str(path.relative_to(folder))
        headers = dict(re.findall(r"^\s*Header:\s*([\w-]+):[ \t]*(.*?)\s*$", head, re.MULTILINE))
        location = headers.get("Content-Location", "")
        url = urljoin(HOST, location) if not location.startswith("javascript") else HOST
        wishes = list(_expected(name, found[1]))
        yield Case(
            name, path, url, headers.get("Content-Type", headers.get("Content-type", "")),
            tuple(w for w in wishes if w), sum(w is None for w in wishes),
        )  # fmt: skip


def _decoded(data: bytes) -> str:
    """The comment in any encoding: each is a superset of ASCII, a Unicode one, or EBCDIC."""
    for codec in ("utf-8", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        try:
            if "Expect:" in (whole := data[: len(data) // 4 * 4].decode(codec, "ignore")):
                return whole
        except UnicodeError:
            continue
    plain = data.decode("latin-1")
    return plain if "Expect:" in plain else data.decode("cp037")


def _expected(name: str, expression: str) -> Iterator[Wish | None]:
    """What an expression claims; None for each claim that is not about a field of ours."""
    try:
        tree = ast.parse(" ".join(expression.split()), mode="eval").body
    except (SyntaxError, ValueError):
        yield None
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        if isinstance(part, ast.BoolOp):
            yield from (_claim(name, p) for p in part.values)
        elif not isinstance(part, ast.UnaryOp | ast.Constant):  # `not bozo`, `1`
            yield _claim(name, part)


def _claim(name: str, part: ast.expr) -> Wish | None:
    if not isinstance(part, ast.Compare) or not isinstance(part.ops[0], ast.Eq):
        return None
    try:
        value = _constant(part.comparators[-1])
    except ValueError:
        return None
    path = list(_path(part.left))
    if path[:1] == ["feed"]:
        field = _OF_FEED.get(_field(path[1:]), "") if len(path) == 2 or path[1] == "title" else ""
        return Wish(name, field, None, value) if field else None
    if path[:1] == ["entries"] and len(path) > 2:
        field = _field(path[2:])
        return Wish(name, field, int(path[1]), value) if field else None
    return None


_OF_FEED = {"headline": "title", "url": "url", "language": "language"}


def _constant(node: ast.expr) -> Any:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _constant(node.left) + _constant(node.right)
    return ast.literal_eval(node)


def _path(node: ast.expr) -> Iterator[Any]:
    if isinstance(node, ast.Subscript):
        yield from _path(node.value)
        yield ast.literal_eval(node.slice)
    elif isinstance(node, ast.Attribute):
        yield from _path(node.value)
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
    else:
        yield "?"


def _field(path: list[Any]) -> str:  # noqa: PLR0911
    """Our name for feedparser's path, "" if we have none."""
    match path:
        case [str(key)]:
            return _KEYS.get(key, "")
        case ["title_detail", "value"]:
            return "headline"
        case ["summary_detail" | "description_detail", "value"] | ["content", 0, "value"]:
            return "text"
        case ["author_detail", "name"] | ["authors", 0, "name"]:
            return "name"
        case ["author_detail", "email"] | ["authors", 0, "email"]:
            return "email"
        case ["source", "title"]:
            return "outlet"
        case ["title_detail" | "summary_detail", "language"] | ["content", 0, "language"]:
            return "language"
    return ""


# gofeed -------------------------------------------------------------------------------


def gofeed_cases(folder: Path) -> Iterator[Case]:
    """The cases of every file below `folder` with a .json beside it."""
    for path in sorted(folder.rglob("*.xml")):
        beside = path.with_suffix(".json")
        if beside.exists():
            yield _gofeed_case(folder, path, beside)
    for path in sorted(folder.rglob("*_expected.json")):
        yield _gofeed_case(folder, path.with_name(path.name.replace("_expected", "")), path)


def _gofeed_case(folder: Path, path: Path, expectation: Path) -> Case:
    name = str(path.relative_to(folder))
    expected = json.loads(expectation.read_text())
    wishes = [w for w in _gofeed_feed(name, expected) if w.value not in (None, "")]
    return Case(name, path, HOST, "", tuple(wishes), 0)


def _gofeed_feed(name: str, feed: dict[str, Any]) -> Iterator[Wish]:
    yield Wish(name, "title", None, feed.get("title"))
    yield Wish(name, "language", None, feed.get("language"))
    yield Wish(name, "url", None, feed.get("home_page_url") or _link(feed))
    for number, item in enumerate(feed.get("items") or feed.get("entries") or ()):
        for field, value in _gofeed_item(item):
            yield Wish(name, field, number, value)


def _gofeed_item(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    guid = item.get("guid") or item.get("id")
    yield "headline", item.get("title")
    yield "id", guid.get("value") if isinstance(guid, dict) else guid
    yield "url", item.get("url") or _link(item)
    for ours, theirs in (("published", "published"), ("updated", "updated")):
        yield ours, item.get(f"{theirs}Parsed") or item.get(theirs)
    yield "published", item.get("pubDateParsed") or item.get("pubDate")
    yield "published", item.get("date_published")
    yield "updated", item.get("date_modified")
    for part in ("description", "summary", "content_text", "content_html"):
        yield "text", item.get(part)
    content = item.get("content")
    yield "text", content.get("value") if isinstance(content, dict) else content
    for person in item.get("authors") or [item.get("author")]:
        if isinstance(person, dict):
            yield "name", person.get("name")
        else:
            yield "byline", person
    yield "language", item.get("language")


def _link(item: dict[str, Any]) -> Any:
    links = item.get("links") or ()
    for link in links:
        if isinstance(link, dict) and link.get("rel", "alternate") == "alternate":
            return link.get("href")
    return item.get("link")


# rss-parser ---------------------------------------------------------------------------


def rss_parser_cases(folder: Path) -> Iterator[Case]:
    """The cases of the input files with an output."""
    for path in sorted((folder / "input").iterdir()):
        output = folder / "output" / f"{path.stem}.json"
        if output.exists():
            feed = json.loads(output.read_bytes().decode("utf-8", "replace"))["feed"]
            wishes = [w for w in _rss_parser_feed(path.name, feed) if w.value not in (None, "")]
            yield Case(path.name, path, HOST, "", tuple(wishes), 0)


def _rss_parser_feed(name: str, feed: dict[str, Any]) -> Iterator[Wish]:
    yield Wish(name, "title", None, feed.get("title"))
    yield Wish(name, "url", None, feed.get("link"))
    yield Wish(name, "language", None, feed.get("language"))
    for number, item in enumerate(feed["items"]):
        for field, value in (
            ("headline", item.get("title")),
            ("url", item.get("link")),
            ("id", item.get("guid") or item.get("id")),
            ("either", item.get("isoDate")),
            ("byline", item.get("creator") or item.get("author")),
            ("text", item.get("content:encoded") or item.get("content")),
            ("text", item.get("summary")),
        ):
            yield Wish(name, field, number, value if isinstance(value, str) else None)


# Comparing ----------------------------------------------------------------------------


def meets(wish: Wish, feed: dict[str, Any]) -> bool:  # noqa: PLR0911
    """Whether a parsed feed is as a wish says, markup and white space aside."""
    if wish.entry is None:
        return _same(wish.field, wish.value, feed[wish.field])
    if wish.entry >= len(feed["entries"]):
        return False
    entry = feed["entries"][wish.entry]
    match wish.field:
        case "text":
            got = [entry["summary"], entry["body"]]
            return any(_same("text", wish.value, text) for text in got)
        case "created" | "either" | "updated":
            return any(_same("date", wish.value, entry[f]) for f in ("published", "updated"))
        case "published":
            return _same("date", wish.value, entry["published"])
        case "name":
            return bare(wish.value) in bare(entry["byline"])
        case "email":
            return bare(wish.value) in bare(entry["byline"]) or "@" not in entry["byline"]
    return _same(wish.field, wish.value, entry[wish.field])


def _same(field: str, wanted: Any, got: str) -> bool:
    if wanted is None:
        return not got
    if field == "date":
        return _moment(wanted) == _moment(got)
    if field == "language":
        return str(wanted).replace("_", "-").lower().partition("-")[0] == got
    if field == "url":
        return got in {urljoin(HOST, str(wanted).strip()), bare(str(wanted))}
    wish = bare(str(wanted))
    if "\ufffd" in wish:  # two of the outputs were damaged before they were stored
        return re.fullmatch(re.escape(wish).replace("\ufffd", ".{0,2}"), _close(got)) is not None
    return wish in {_close(got), bare(got)} or _MARKS.sub("", wish) == _MARKS.sub("", bare(got))


_MARKS = re.compile(r"[\d.|]|-{9,}")
"""What Dateline adds (a list's numbers, bars between cells) and leaves out (ruled lines)."""


def _close(value: str) -> str:
    return re.sub(r"\s+", "", value)


def bare(value: str) -> str:
    """A value as a reader sees it, without white space."""
    shown = re.sub(r"(?is)<(script|style)\b.*?</\1>", "", value)
    shown = re.sub(r"(?s)<!--.*?-->|</?[a-zA-Z!?/][^<>]*>", "", shown)
    return _close(text.visible(html.unescape(html.unescape(shown))))


def _moment(value: Any) -> Any:
    """A date as an instant in UTC, without its zone if it has none."""
    if isinstance(value, tuple | list):
        return datetime(*value[:6], tzinfo=UTC)
    iso = dates.parse(value)
    if iso is None:
        return value
    moment = datetime.fromisoformat(iso)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def files(folders: Iterable[Path]) -> list[Path]:
    """All files of the suites but licences."""
    return sorted(p for f in folders for p in f.rglob("*") if p.is_file() and p.name != "LICENSE")
