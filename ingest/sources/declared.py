"""`sources.toml`: where an archive's articles come from, declared and not coded.

    [fetch]
    contact = "desk@example.org"

    [sources.ustr]
    kind = "feed"
    url = "https://ustr.gov/rss.xml"
    every = "2h"

`read` gives the declarations; `add` and `remove` edit the file and keep its comments.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.reading import Reading
from ingest.sources.validation import check_keys, duration, number, texts
from vectorstore import InputError

KINDS = ("feed", "sitemap", "list", "pages", "files")
"""What a source is: a feed, a news sitemap, a page that lists articles, single article
URLs, or files and folders on this machine."""

FULL_TEXT = ("auto", "feed", "page")
"""Where the body comes from: the feed if it has it, always the feed, or always the page."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One declared source.

    `url` is a feed's, sitemap's or list page's, or several for `pages`; `path` names files
    or folders for `files`, tables of links for `list`. `every` is the time between two runs,
    unless `cron` (five fields, in `timezone`) says when. `include` and `exclude` are regular
    expressions over article URLs. `limit` bounds the articles fetched in one run, so that it ends.
    `earliest` is the first year a date may lie in. A vanished article is withdrawn after
    `withdrawn_after` checks that found it gone. `columns` maps our words (headline, body,
    published, …) to the columns or keys of a table.
    """

    name: str
    kind: str
    urls: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    outlet: str = ""
    language: str = ""
    enabled: bool = True
    every: timedelta = timedelta(hours=1)
    cron: str = ""
    timezone: str = "UTC"
    jitter: timedelta = timedelta(minutes=1)
    full_text: str = "auto"
    include: str = ""
    exclude: str = ""
    limit: int = 200
    earliest: int = 1990
    recheck: timedelta = timedelta(days=30)
    withdrawn_after: int = 3
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How Dateline fetches: who answers for it, how slowly, and from where it may.

    `contact` (an address or URL) goes into the User-Agent. `gap` is in seconds between two
    requests to one host. `allow_private` names hosts (`host` or `host:port`) that may be
    fetched although their address is not public. `hosts` is how many are asked at once.
    """

    contact: str = ""
    gap: float = 1.0
    deadline: float = 30.0
    hosts: int = 8
    allow_private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that a `sources.toml` says."""

    path: Path
    fetch: Fetching
    sources: tuple[Source, ...]

    def chosen(self, names: Sequence[str] = ()) -> tuple[Source, ...]:
        """The sources of these names, or all that are switched on; raises InputError."""
        if not names:
            return tuple(s for s in self.sources if s.enabled)
        known = {s.name: s for s in self.sources}
        if unknown := [n for n in names if n not in known]:
            raise InputError(
                f"no source {unknown[0]!r} in {self.path}; there are: {', '.join(known) or 'none'}"
            )
        return tuple(known[n] for n in names)


def read(path: Path) -> Declared:
    """The declarations of a file; raises InputError that says what is wrong and where."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"there is no {path}: make one with `dateline sources add URL`, "
            "or a ready one for the Korea–US talks with `dateline sources init`"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from None
    return declared(data, path)


def declared(data: Mapping[str, Any], path: Path) -> Declared:
    """The declarations in parsed TOML; `path` is for messages and relative paths."""
    if unknown := sorted(set(data) - {"fetch", "defaults", "sources"}):
        raise InputError(
            f"{path}: unknown table [{unknown[0]}]; known are fetch, defaults, sources.NAME"
        )
    tables = {name: data.get(name, {}) for name in ("fetch", "defaults", "sources")}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise InputError(f"{path}: {name} must be a table, [{name}]")
    defaults = tables["defaults"]
    sources = [_source(name, table, defaults, path) for name, table in tables["sources"].items()]
    return Declared(path=path, fetch=_fetching(tables["fetch"], path), sources=tuple(sources))


def _fetching(table: Mapping[str, Any], path: Path) -> Fetching:
    place = f"{path}, [fetch]"
    check_keys(table, {f.name for f in fields(Fetching)}, place)
    values = dict(table)
    if "allow_private" in values:
        opened = texts(values["allow_private"], place, "allow_private")
        if wrong := [name for name in opened if "/" in name]:
            raise InputError(f'{place}: allow_private names hosts ("h.example"), not {wrong[0]!r}')
        values["allow_private"] = tuple(opened)
    texts(values.get("contact", ""), place, "contact")
    for name, (kind, least) in {
        "gap": (float, 0.0),
        "deadline": (float, 1.0),
        "hosts": (int, 1),
    }.items():
        if name in values:
            values[name] = kind(number(values[name], place, name, least))
    return Fetching(**values)


_WORDS = {"kind", "outlet", "language", "cron", "timezone", "full_text", "include", "exclude"}
_LENGTHS = {"every", "jitter", "recheck"}
_COUNTS = {"limit": 1, "earliest": 1, "withdrawn_after": 1}
_NEEDED = {"files": "a path (a file or folder)", "list": "a url, or the path of a table of links"}
_KEYS = _WORDS | _LENGTHS | set(_COUNTS) | {"url", "path", "enabled", "columns"}


def _source(name: str, own: Any, defaults: Mapping[str, Any], path: Path) -> Source:
    place = f"{path}, [sources.{name}]"
    if not NAME.fullmatch(name):
        raise InputError(f"{place}: a name is lower-case letters, digits, `.`, `_` and `-`")
    if not isinstance(own, dict):
        raise InputError(f"{place} must be a table")
    table = {**defaults, **own}
    check_keys(table, _KEYS, place)
    values: dict[str, Any] = {"name": name}
    for key, value in table.items():
        if key in _WORDS:
            values[key] = texts(value, place, key)[0]
        elif key in _LENGTHS:
            values[key] = duration(value, f"{place}: {key}")
        elif key in _COUNTS:
            values[key] = int(number(value, place, key, _COUNTS[key]))
    values["urls"] = tuple(texts(table.get("url", []), place, "url"))
    paths = texts(table.get("path", []), place, "path")
    values["paths"] = tuple(path.parent / Path(p).expanduser() for p in paths)
    values["enabled"] = table.get("enabled", True)
    if not isinstance(values["enabled"], bool):
        raise InputError(f"{place}: enabled must be true or false, without quotation marks")
    values["columns"] = _columns(table.get("columns", {}), place)
    return _checked(values, place)


def _checked(values: dict[str, Any], place: str) -> Source:
    kind = values.setdefault("kind", "files" if values["paths"] else "feed")
    if kind not in KINDS:
        raise InputError(f"{place}: kind {kind!r} is none of {', '.join(KINDS)}")
    given = {"files": values["paths"], "list": values["urls"] or values["paths"]}
    if not given.get(kind, values["urls"]):
        raise InputError(f"{place}: needs {_NEEDED.get(kind, 'a url')}")
    if values["urls"] and values["paths"]:
        raise InputError(f"{place}: has a url and a path: make two sources of them")
    for url in values["urls"]:
        if not re.match(r"https?://[^/\s]", url):
            raise InputError(f"{place}: {url!r} is no http(s) URL")
    if not re.fullmatch("([a-z]{2})?", values.get("language", "")):
        raise InputError(f'{place}: language must be two letters, such as "ko"')
    if values.get("full_text", "auto") not in FULL_TEXT:
        raise InputError(f"{place}: full_text is none of {', '.join(FULL_TEXT)}")
    for key in ("include", "exclude"):
        try:
            re.compile(values.get(key, ""))
        except re.error as error:
            raise InputError(f"{place}: {key} is no regular expression: {error}") from None
    try:
        ZoneInfo(values.get("timezone", "UTC"))
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"{place}: no time zone {values['timezone']!r}; write Asia/Seoul"
        ) from None
    if values.get("cron") and len(values["cron"].split()) != 5:
        raise InputError(f"{place}: cron needs five fields: minute hour day month weekday")
    return Source(**values)


def _columns(table: Any, place: str) -> Mapping[str, str]:
    if not isinstance(table, dict):
        raise InputError(f'{place}: columns must be a table: {{ body = "artikel" }}')
    try:
        return Reading(columns=table).columns
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
