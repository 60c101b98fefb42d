"""JSON files: one article, a list of them, or an object with such a list somewhere in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest import decode, fields
from ingest.parsers.news import ninjs, ninjs_items
from ingest.readers import huge_json, news
from ingest.readers.extracted import by_publisher, is_body
from ingest.readers.file import File
from ingest.readers.row import article_of
from ingest.reading import Mapped, Reading, listed, values_at
from ingest.values import Problem, Withdrawal

KIND = "JSON key"
LISTS = (
    "articles", "items", "entries", "posts", "stories", "news", "docs", "documents", "results",
    "records", "rows", "hits", "data", "response", "feed", "_source",
)  # fmt: skip
"""Where programs keep lists of articles (news APIs, JSON Feed, Elasticsearch), best first."""

_DEPTH = 3


def parse(source: str) -> Any:
    """The value of a JSON text; raises ValueError with a reason for people."""
    try:
        return json.loads(source)
    except RecursionError:
        reason = "nested too deep"
    except ValueError as error:
        reason = str(error).splitlines()[0]
    raise ValueError(f"is not JSON: {reason}")


def read(file: File) -> Iterator[fields.Draft | Problem | Withdrawal]:
    """The articles of a JSON file, in their order; raises Unreadable if there are none.

    A file of over MAX_FILE bytes is never held: the items of its list are read one at a time.
    """
    with file.open() as opened:
        data = opened.read(decode.MAX_FILE + 1)
    if len(data) > decode.MAX_FILE:
        del data
        yield from _each(file, huge_json.items(file.open, LISTS))
        return
    if not data.strip():
        raise decode.Unreadable("is empty")
    try:
        value = parse(decode.decoded(data))
    except ValueError as error:
        hint = ""
        if str(error).startswith("is not JSON: Extra data"):
            hint = " (an article a line is JSON Lines: name the file .jsonl)"
        raise decode.Unreadable(f"{error}{hint}") from error
    rows = _rows(value, file.reading, _DEPTH)
    if not rows:
        raise decode.Unreadable(_no_rows(value, file.reading))
    if isinstance(value, dict) and len(rows) == 1 and rows[0] is value:
        items = news.in_value(file, value, 1)
        yield from items or article_of(file, 1, value, KIND, word="item")
        return
    yield from _each(file, rows)


def _each(file: File, rows: Iterable[Any]) -> Iterator[fields.Draft | Problem | Withdrawal]:
    mapped = Mapped(file.reading)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            yield Problem(f"{file.shown}, item {number}", None, "is not a JSON object `{…}`")
        elif items := news.in_value(file, row, number):
            yield from items
        else:
            own = row["_source"] if isinstance(row.get("_source"), dict) else row
            mapped.note(own)
            yield from article_of(file, number, own, KIND, word="item")
    for fault in mapped.faults():
        yield Problem(file.shown, None, fault, fatal=False)


def _rows(value: object, reading: Reading, depth: int) -> list[Any]:
    """The articles in a value: its items, itself, or those of the best list below it."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not depth:
        return []
    if ninjs.is_item(value) or _is_article(value, reading):
        return [value]
    lower = {str(name).lower(): child for name, child in value.items()}
    for name in LISTS:
        if rows := _rows(lower.get(name), reading, depth - 1):
            return rows
    if value and all(isinstance(v, dict) and _is_article(v, reading) for v in value.values()):
        return [{"id": name, **child} for name, child in value.items()]
    return [value] if any(True for _ in ninjs_items(value)) else by_publisher(value)


def _is_article(value: Mapping[str, object], reading: Reading) -> bool:
    if name := reading.columns.get("body"):
        return any(isinstance(part, str) for part in values_at(value, name))
    return any(
        fields.role_of(str(name)) == "body" and (isinstance(part, str) or is_body(part))
        for name, part in value.items()
    )


def _no_rows(value: object, reading: Reading) -> str:
    if isinstance(value, list):
        return "holds no articles: its list is empty"
    if not isinstance(value, dict):
        return "holds no articles: it is neither an object `{…}` nor a list `[…]`"
    text = reading.columns.get("body") or ", ".join(fields.ROLES["body"][:5]) + " …"
    return (
        f"holds no articles: it has neither a text ({text}) nor a list of articles "
        f"({', '.join(LISTS[:5])} …); it has: {listed(map(str, value))}"
    )
