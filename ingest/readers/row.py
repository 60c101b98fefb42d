"""A row of a file that holds many articles."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import fields, text
from ingest.readers.file import File
from ingest.values import Problem


def article_of(
    file: File, number: int, roles: dict[str, list[fields.Named]]
) -> Iterator[fields.Draft | Problem]:
    """The article of a row's fields; `number` is the line it starts on."""
    if "body" not in roles:
        looked = ", ".join(fields.ROLES["body"][:5])
        yield Problem(file.shown, number, f"has no text (looked for {looked} …)")
        return
    name = roles["body"][0][0]
    value = "\n\n".join(value for other, value in roles["body"] if other == name)
    body = fields.plain_body(value)
    place = file.row(number, roles)
    yield from fields.article(roles, body, place, headline=text.opening(body), now=file.now)
