"""Mails (.eml) and mailboxes (mbox), such as newsletters: an article each mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ingest import decode, fields
from ingest.decode import MAX_FILE, Unreadable
from ingest.fields import Place
from ingest.readers.file import File
from ingest.values import Problem

_ROLES = ("headline", "outlet", "published", "language", "url")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_CHUNK = 1 << 16
_NAMED = 5


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The article of a mail; raises Unreadable."""
    data = decode.content(file.open, "a mail")
    place = file.place(data)
    yield from _article(file, file.pages.document("mail", data), place)


def read_box(file: File) -> Iterator[fields.Draft | Problem]:
    """The articles of a mailbox, one mail at a time; one that is broken costs only itself."""
    for number, data in enumerate(_mails(file), start=1):
        shown = f"{file.shown}, mail {number:,}"
        if not data:
            reason = f"is over the limit of {MAX_FILE / 1e6:,.0f} MB for a mail: left out"
            yield Problem(shown, None, reason)
            continue
        key, where = f"{file.uri}#{number}", f"{file.relative}#{number}"
        place = Place(shown, None, key, key, file.source, where)
        try:
            found = file.pages.document("mail", data)
        except Unreadable as error:
            yield Problem(shown, None, error.reason)
            continue
        yield from _article(file, found, place)


def _mails(file: File) -> Iterator[bytes]:
    """The mails of an mbox file (RFC 4155), b"" for one over MAX_FILE bytes."""
    held: list[bytes] = []
    size, blank, begun = 0, True, False
    with closing(file.open()) as opened:
        while line := opened.readline(_CHUNK):
            if blank and line.startswith(b"From "):
                if begun:
                    yield _mail(held, size)
                held, size, begun = [], 0, True
            elif begun:
                size += len(line)
                if size <= MAX_FILE:
                    held.append(line)
                else:
                    held.clear()
            blank = not line.strip(b"\r\n")
    if begun:
        yield _mail(held, size)


def _mail(held: list[bytes], size: int) -> bytes:
    return b"" if size > MAX_FILE else _QUOTED.sub(rb"\1", b"".join(held))


def _article(file: File, found: dict[str, Any], place: Place) -> Iterator[fields.Draft | Problem]:
    """A mail's article, under the Message-ID that all its copies have (RFC 2392)."""
    if attached := found["attachments"]:
        named = ", ".join(attached[:_NAMED]) + (" …" if len(attached) > _NAMED else "")
        files = "an attached file" if len(attached) == 1 else f"{len(attached)} attached files"
        reason = f"has {files}, not read: {named}"
        yield Problem(place.shown, place.line, reason, fatal=False)
    if found["id"]:
        key = f"mid:{found['id']}"
        place = Place(place.shown, place.line, key, place.spare, place.source, place.path)
    roles = {role: [("mail", found[role])] for role in _ROLES if found[role]}
    yield from fields.article(
        roles, found["body"], place, headline=file.title, now=file.now, reading=file.reading
    )
