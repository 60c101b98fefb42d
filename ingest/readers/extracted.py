"""What the extractors trafilatura, newspaper4k and Fundus write, in the words of other rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_ADDRESS = re.compile(r"https?://[^/\s]", re.IGNORECASE)


def plain(row: Mapping[str, object]) -> Mapping[str, object]:
    """A row with its body as text, its authors as a list and its address as `url`.

    Fundus has a body of a summary and sections, and its address beside the page's HTML.
    Trafilatura calls the address `source`, parts authors by `;` and begins the text with the
    headline. Other rows are left as they are.
    """
    changed: dict[str, object] = {}
    if isinstance(body := row.get("body"), Mapping) and _sectioned(body):
        changed["body"] = "\n\n".join(_paragraphs(body))
    if isinstance(page := row.get("html"), Mapping) and not row.get("url"):
        changed["url"] = page.get("responded_url") or page.get("requested_url")
        changed["html"] = None
    source = row.get("source")
    if isinstance(source, str) and _ADDRESS.match(source.strip()):
        changed["source"] = row.get("source-hostname") or row.get("sitename")
        changed["url"] = row.get("url") or source
    if "fingerprint" in row and "hostname" in row:
        changed |= dict(_trafilatura(row))
    return {**row, **changed} if changed else row


def _trafilatura(row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    author, title, body = (row.get(name) for name in ("author", "title", "text"))
    if isinstance(author, str):
        yield "author", [name.strip() for name in author.split(";")]
    if isinstance(title, str) and isinstance(body, str):
        first, _, rest = body.partition("\n")
        if rest.strip() and first.strip() == title.strip():
            yield "text", rest


def by_publisher(value: Mapping[str, object]) -> list[object]:
    """The articles of a crawl that Fundus saved, lists by the publisher's name; else none."""
    rows: list[object] = []
    for name, articles in value.items():
        if not isinstance(articles, list) or not all(isinstance(a, Mapping) for a in articles):
            return []
        rows += [{"publisher": name, **a} for a in articles]
    return rows if any(isinstance(r, Mapping) and is_body(r.get("body")) for r in rows) else []


def is_body(value: object) -> bool:
    """Whether a value is the body of an article as Fundus writes it."""
    return isinstance(value, Mapping) and _sectioned(value)


def _sectioned(body: Mapping[str, object]) -> bool:
    return isinstance(body.get("sections"), list)


def _paragraphs(body: Mapping[str, object]) -> Iterator[str]:
    """The summary, and each section's headline and paragraphs."""
    yield from _texts(body.get("summary"))
    sections = body["sections"]
    for section in sections if isinstance(sections, list) else ():
        if isinstance(section, Mapping):
            yield from _texts(section.get("headline"))
            yield from _texts(section.get("paragraphs"))


def _texts(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, str) and part.strip():
            yield part
