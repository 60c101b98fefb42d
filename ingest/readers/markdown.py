"""Markdown files with YAML front matter: an article each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from ingest import decode, fields, markup, text
from ingest.readers.file import File
from ingest.values import Problem

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every scalar stays as it is written: a date keeps its offset, a number its zeros."""

_OPEN = re.compile(r"\s*---[ \t]*\r?\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$\n?", re.MULTILINE)
MAX_FRONT_MATTER = 200_000
MAX_DEPTH = 50


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The article of a Markdown file, headed by its front matter, else by its first `#`."""
    whole = decode.whole(file.open)
    values, source = _front_matter(whole)
    roles = fields.by_role(values, "front matter", file.reading.columns)
    roles.pop("body", None)
    roles.pop("path", None)
    marked = markup.markdown(source)
    headline, parts = _headline(marked, roles)
    body = text.body_of(parts)
    made = headline or file.title
    yield from fields.article(
        roles, body, file.place(whole), headline=made, now=file.now, reading=file.reading
    )


def _headline(marked: markup.Marked, roles: dict[str, list[fields.Named]]) -> tuple[str, list[str]]:
    """The first h1, and the paragraphs without it where it is the article's headline."""
    if marked.title is None:
        return "", marked.paragraphs
    title = text.line(marked.paragraphs[marked.title])
    given = roles.get("headline")
    if given and fields.plain(given[0][1]) != title:
        return title, marked.paragraphs
    return title, marked.paragraphs[: marked.title] + marked.paragraphs[marked.title + 1 :]


def _front_matter(source: str) -> tuple[dict[str, object], str]:
    """The front matter's values and the text after it; raises Unreadable if it is broken."""
    opened = _OPEN.match(source)
    if opened is None:
        return {}, source
    first = source.count("\n", 0, opened.end()) + 1
    closed = _CLOSE.search(source, opened.end())
    if closed is None or closed.start() - opened.end() > MAX_FRONT_MATTER:
        raise decode.Unreadable("front matter that `---` opens is never closed", first - 1)
    try:
        values = _yaml(source[opened.end() : closed.start()])
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        raise decode.Unreadable(f"front matter is not YAML: {_reason(error)}", line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise decode.Unreadable(f"front matter is not YAML: {error}", first) from error
    if isinstance(values, dict):
        return values, source[closed.end() :]
    if isinstance(values, str) and values:
        return {}, source  # two rules around a paragraph, not front matter
    if values:
        raise decode.Unreadable("front matter is not a list of `key: value`", first)
    return {}, source[closed.end() :]


def _yaml(source: str) -> object:
    """The values, after a look at their depth: libyaml's composer recurses until it crashes."""
    depth = 0
    for event in yaml.parse(source, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError("it is nested too deep")
    return yaml.load(source, _Loader)  # noqa: S506  strings, lists and dicts only


def _reason(error: yaml.MarkedYAMLError) -> str:
    reason = error.problem or "it cannot be read"
    if "mapping values are not allowed" in reason:
        reason += " (a value with `: ` in it needs quotes)"
    return reason
