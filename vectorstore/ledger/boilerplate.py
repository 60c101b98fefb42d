"""Boilerplate in the ledger: paragraphs that recur in an outlet's articles, and say nothing.

Every live article's short paragraphs are counted as it comes, under its outlet. One that
stands in enough different stories is boilerplate from then on, for good, so that nothing
flaps; the articles that were cut with it before are marked stale, to be cut anew. Bodies
stay as they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Connection, case, func, select

from vectorstore.ledger import schema
from vectorstore.ledger.queries import batches
from vectorstore.values import Span

LONGEST = 400
"""Characters of a paragraph that can be boilerplate. The longest formula that recurs in White
House orders has 334."""

EDGE = 6
"""Paragraphs at the beginning and at the end that can be boilerplate however short they are;
between them "Yes." and "Thank you." are somebody's answer."""

FEWEST_WORDS = 5
"""Words of a paragraph that can be boilerplate anywhere."""

COUNTED = 40
"""Paragraphs that are counted from each end of an article."""

FEW, HALF = 5, 0.5
LEAST, SHARE, ENOUGH = 8, 0.05, 60
"""A paragraph is boilerplate in 5 % of an outlet's articles, at least 8, or in 60 of them, or
in 5 where these are half of a young outlet's. Each story counts once. Of 2,248
White House documents the formulas of orders and proclamations reach that (160 to 413 of
them); what recurs next (47) is a section's heading, and real content stops at 14."""

FIGURE_SHARE = 0.3
"""A paragraph with a figure may be an answer however often it is repeated, as agencies do
with a story's background: it must be in 30 %."""

RESEMBLES = 0.5
"""Share of words in common that makes a paragraph another wording of the boilerplate that
stood in its place."""

a, p = schema.articles.c, schema.passages.c
seen, known = schema.appearances, schema.boilerplate

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a body; `digest` names it in its outlet, None if it cannot recur."""

    start: int
    end: int
    text: str
    digest: int | None


def paragraphs(outlet: str, body: str) -> list[Paragraph]:
    """All paragraphs of a body, with the digests of those that can be boilerplate."""
    found = [(m.start(), m.end(), m.group()) for m in _PARAGRAPH.finditer(body)]
    last = len(found)
    return [
        Paragraph(start, end, text, _digest(outlet, text) if _fit(text, i, last) else None)
        for i, (start, end, text) in enumerate(found)
    ]


def join(c: Connection, article: str) -> None:
    """Count a live article's paragraphs, which may make some boilerplate; it must not be in."""
    row = c.execute(_texts().where(a.id == article)).one()
    outlet = row.outlet or row.source
    own = paragraphs(outlet, row.body)
    digests = {x.digest: x.text for x in own if x.digest is not None}
    if not digests:
        return
    c.execute(seen.insert(), [{"digest": d, "article": article} for d in digests])
    held = are_known(c, digests)
    new = _recurring(c, row, {d: text for d, text in digests.items() if d not in held})
    if new:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [{"digest": d, "outlet": outlet, "text": digests[d], "since": now} for d in new]
        c.execute(known.insert(), rows)
        where = a.id.in_(select(seen.c.article).where(seen.c.digest.in_(new)))
        c.execute(schema.articles.update().where(where).values(stale=True))
    left_out = _left_out(own, held)
    if left_out and _overlap(c, article, row.version, left_out):
        c.execute(schema.articles.update().where(a.id == article).values(stale=True))


def leave(c: Connection, article: str) -> None:
    """Count an article's paragraphs no longer."""
    c.execute(seen.delete().where(seen.c.article == article))


def spans(c: Connection, outlet: str, body: str) -> tuple[Span, ...]:
    """The paragraphs of a body that are boilerplate; none if nothing else would be left."""
    own = paragraphs(outlet, body)
    return _left_out(own, are_known(c, [x.digest for x in own if x.digest is not None]))


def same_but_for_it(c: Connection, outlet: str, old: str, new: str) -> bool:
    """Whether two bodies differ in boilerplate alone, or in another wording of it."""
    before, after = paragraphs(outlet, old), paragraphs(outlet, new)
    held = are_known(c, [x.digest for x in (*before, *after) if x.digest is not None])
    if not held:
        return False
    texts = [x.text for x in before], [x.text for x in after]
    for tag, i, j, k, m in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        gone, came = before[i:j], after[k:m]
        if tag == "equal":
            continue
        unknown = [x for x in came if x.digest not in held]
        if any(x.digest not in held for x in gone):
            return False
        if not all(any(_resembles(x.text, y.text) for y in gone) for x in unknown):
            return False
    return True


def are_known(c: Connection, digests: Collection[int]) -> set[int]:
    """Those of these digests that are boilerplate."""
    found: set[int] = set()
    for batch in batches(list(digests)):
        found.update(c.scalars(select(known.c.digest).where(known.c.digest.in_(batch))))
    return found


def _fit(text: str, place: int, count: int) -> bool:
    from_edge = min(place, count - 1 - place)
    wordy = len(text.split()) >= FEWEST_WORDS
    return len(text) <= LONGEST and from_edge < COUNTED and (wordy or from_edge < EDGE)


def _digest(outlet: str, text: str) -> int:
    plain = f"{outlet}\0{' '.join(text.casefold().split())}"
    made = hashlib.blake2b(plain.encode(), digest_size=8).digest()
    return int.from_bytes(made, "little", signed=True)


def _texts() -> Any:
    t = schema.versions
    current = (t.c.article == a.id) & (t.c.version == a.version)
    columns = (a.outlet, a.source, a.version, t.c.body)
    return select(*columns).select_from(schema.articles.join(t, current))


def _recurring(c: Connection, row: Any, digests: dict[int, str]) -> list[int]:
    """Those of an article's paragraphs that stand in enough stories of its outlet."""
    stories = func.count(func.distinct(case((a.story == "", a.id), else_=a.story)))
    counted: dict[int, int] = {}
    for batch in batches(list(digests)):
        query = select(seen.c.digest, stories).join(schema.articles, a.id == seen.c.article)
        query = query.where(seen.c.digest.in_(batch)).group_by(seen.c.digest)
        counted.update((d, n) for d, n in c.execute(query.having(stories >= FEW)))
    if not counted:
        return []
    own = (a.outlet == row.outlet) if row.outlet else (a.outlet == "") & (a.source == row.source)
    # So many that more would not change what is needed, as an outlet may have any number
    most = int(max(ENOUGH / SHARE, max(counted.values()) / FIGURE_SHARE)) + 1
    some = select(a.id).where(own).limit(most).subquery()
    total = c.scalar(select(func.count()).select_from(some)) or 0
    return [d for d, n in counted.items() if n >= _needed(digests[d], total)]


def _needed(text: str, articles: int) -> float:
    usual = max(LEAST, (FIGURE_SHARE if re.search(r"\d", text) else SHARE) * articles)
    if not re.search(r"\d", text):
        usual = min(ENOUGH, usual)
    return min(usual, max(FEW, HALF * articles))


def _left_out(own: Iterable[Paragraph], held: set[int]) -> tuple[Span, ...]:
    listed = list(own)
    found = [x for x in listed if x.digest in held]
    return tuple((x.start, x.end) for x in found) if len(found) < len(listed) else ()


def _overlap(c: Connection, article: str, version: str, left_out: Sequence[Span]) -> bool:
    """Whether a passage of this version reaches into what is to be left out."""
    here = (p.article == article) & (p.version == version)
    cut = c.execute(select(p.start, p.end).where(here)).all()
    return any(start < b and end > a for start, end in cut for a, b in left_out)


def _resembles(one: str, other: str) -> bool:
    words = one.casefold().split(), other.casefold().split()
    return SequenceMatcher(None, *words, autojunk=False).ratio() >= RESEMBLES
