"""A row of a file that holds many articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest import fields, text
from ingest.readers import extracted
from ingest.readers.file import File
from ingest.reading import listed
from ingest.values import Problem


def article_of(
    file: File, number: int, row: Mapping[str, object], kind: str, *, word: str = ""
) -> Iterator[fields.Draft | Problem]:
    """The article of a row's fields; `kind` says what these are ("column", "JSON key").

    `number` is the line it starts on, or counts rows as `word` says ("item").
    """
    row = extracted.plain(row)
    roles = fields.by_role(row, kind, file.reading.columns)
    place = file.row(number, roles, word)
    if "body" not in roles:
        yield Problem(place.shown, place.line, _no_text(file, row))
        return
    name = roles["body"][0][0]
    value = "\n\n".join(value for other, value in roles["body"] if other == name)
    body = fields.plain_body(value)
    yield from fields.article(
        roles, body, place, headline=text.opening(body), now=file.now, reading=file.reading
    )


def _no_text(file: File, row: Mapping[str, object]) -> str:
    looked = file.reading.columns.get("body") or f"{', '.join(fields.ROLES['body'][:5])} …"
    return f"has no text (looked for {looked}; it has: {listed(map(str, row))})"
