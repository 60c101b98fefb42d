"""Stories in the ledger: each live article is grouped with its near-copies once, as it comes.

Pairs of copies are stored; a story is what they connect, named by its smallest article id.
So it does not matter in which order the articles came (but where a text has over COMPARED
copies), and one that changes or leaves takes only its own pairs along. Nothing is kept in
memory: a new article looks up the articles that share one of its bands, and is compared
with those alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from vectorstore.ledger import copies, schema
from vectorstore.ledger.copies import Print
from vectorstore.ledger.queries import batches

UNSURE = 0.15
"""How much an estimated Jaccard similarity may be too low: over three deviations."""

COMPARED = 60
"""Articles that a new one is compared with at most, those that seem most alike: a text that is
repeated under ten thousand URLs must not cost their square."""

a, v = schema.articles.c, schema.versions.c
signatures, bands, pairs = schema.signatures, schema.bands, schema.copies


def join(c: Connection, article: str) -> None:
    """Give a live article its signature, and the story of its copies; it must have none yet."""
    row = c.execute(_printed(article)).one()
    own = _print(row, row.body)
    size = len(own.shingles)
    long_enough = size >= copies.SHORTEST
    minhash = copies.signature(own.shingles) if long_enough else np.zeros(0, dtype=np.uint32)
    values = {"article": article, "minhash": minhash.tobytes(), "size": size}
    c.execute(signatures.insert().values(**values))
    if not long_enough:
        return
    hashes = copies.bands(minhash)
    alike = [(copies.estimated(minhash, _signature(o.minhash)), o) for o in _met(c, hashes, own)]
    met = [
        other
        for estimate, other in sorted(alike, key=lambda x: (-x[0], x[1].id))
        if estimate >= copies.ALIKE - UNSURE and copies.may_be_copies(own, _print(other, ""))
    ][:COMPARED]
    c.execute(bands.insert(), [{"hash": h, "article": article} for h in hashes])
    found = [o.id for o in met if copies.are_copies(own, _print(o, _body(c, o.id, o.version)))]
    if found:
        both = [{"one": x, "other": y} for f in found for x, y in ((article, f), (f, article))]
        c.execute(pairs.insert(), both)
        _unite(c, [article, *found])


def leave(c: Connection, article: str) -> None:
    """Take an article out of its story, which may fall apart; nothing if it was in none."""
    held = c.scalar(select(signatures.c.minhash).where(signatures.c.article == article))
    if held is None:
        return
    c.execute(signatures.delete().where(signatures.c.article == article))
    if not held:
        return
    hashes = copies.bands(_signature(held))
    here = (bands.c.article == article) & bands.c.hash.in_(hashes)
    c.execute(bands.delete().where(here))
    others = list(c.scalars(select(pairs.c.other).where(pairs.c.one == article)))
    c.execute(pairs.delete().where(pairs.c.one == article))
    for batch in batches(others):
        c.execute(pairs.delete().where(pairs.c.one.in_(batch), pairs.c.other == article))
    story = c.scalar(select(a.story).where(a.id == article))
    if story:
        _name(c, [article], "")
        _reunite(c, list(c.scalars(select(a.id).where(a.story == story))))


def ungrouped(c: Connection, limit: int) -> list[str]:
    """Live articles that have not been given a signature yet, by id."""
    missing = signatures.c.article.is_(None)
    query = select(a.id).outerjoin(signatures, signatures.c.article == a.id)
    return list(
        c.scalars(query.where(missing, a.withdrawn_at.is_(None)).order_by(a.id).limit(limit))
    )


def count_ungrouped(c: Connection) -> int:
    """How many live articles have no signature yet."""
    live = select(func.count()).where(a.withdrawn_at.is_(None))
    return (c.scalar(live) or 0) - (c.scalar(select(func.count()).select_from(signatures)) or 0)


def _printed(article: str) -> Any:
    joined = schema.articles.join(schema.versions, (v.article == a.id) & (v.version == a.version))
    columns = (a.version, a.outlet, a.source, a.published_day, v.headline, v.body)
    return select(*columns).select_from(joined).where(a.id == article)


def _print(row: Any, body: str) -> Print:
    return Print(row.headline, body, row.outlet or row.source, row.published_day)


def _met(c: Connection, hashes: Sequence[int], own: Print) -> Sequence[Any]:
    """The articles that share a band with these, of days on which copies are published."""
    near = select(bands.c.article).where(bands.c.hash.in_(hashes))
    joined = schema.articles.join(schema.versions, (v.article == a.id) & (v.version == a.version))
    query = (
        select(
            a.id, a.version, a.outlet, a.source, a.published_day, v.headline, signatures.c.minhash
        )
        .select_from(joined.join(signatures, signatures.c.article == a.id))
        .where(a.id.in_(near))
    )
    if own.day is not None:
        days = a.published_day.between(own.day - copies.NEAR_DAYS, own.day + copies.NEAR_DAYS)
        query = query.where(days | a.published_day.is_(None))
    return c.execute(query).all()


def _body(c: Connection, article: str, version: str) -> str:
    here = (v.article == article) & (v.version == version)
    return str(c.scalar(select(v.body).where(here)))


def _signature(stored: bytes) -> copies.Signature:
    return np.frombuffer(stored, dtype=np.uint32)


def _unite(c: Connection, members: Sequence[str]) -> None:
    """Make one story of these articles and of the stories that they are in."""
    stories: set[str] = set()
    for batch in batches(members):
        stories.update(c.scalars(select(a.story).where(a.id.in_(batch), a.story != "")))
    name = min([*members, *stories])
    for old in stories - {name}:
        c.execute(schema.articles.update().where(a.story == old).values(story=name))
    _name(c, members, name)


def _reunite(c: Connection, members: Collection[str]) -> None:
    """Name anew what is still connected of a story that lost a member."""
    others: dict[str, list[str]] = {m: [] for m in members}
    for batch in batches(list(members)):
        for one, other in c.execute(select(pairs).where(pairs.c.one.in_(batch))):
            others[one].append(other)
    seen: set[str] = set()
    for member in members:
        if member in seen:
            continue
        group, waiting = {member}, [member]
        while waiting:
            new = set(others.get(waiting.pop(), ())) - group
            group |= new
            waiting += new
        seen |= group
        _name(c, group, min(group) if len(group) > 1 else "")


def _name(c: Connection, members: Iterable[str], story: str) -> None:
    for batch in batches(list(members)):
        c.execute(schema.articles.update().where(a.id.in_(batch)).values(story=story))
