"""Identity resolution: which drafts of one run are the same article, and each article's key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from ingest.claims import Claim, Claims
from ingest.fields import Draft
from ingest.readers import File
from ingest.values import Problem, Withdrawal
from vectorstore import Article

PROBLEMS_LISTED = 100
"""Problems listed one by one for a file; the rest of them are counted."""


class IdentityResolver:
    """Makes drafts articles, in the order of the files of one run, each identity taken once."""

    def __init__(self) -> None:
        self._claims = Claims()

    def resolve(
        self, items: Iterable[tuple[File, Draft | Problem | Withdrawal]]
    ) -> Iterator[Article | Problem | Withdrawal]:
        """Each file's articles and its first PROBLEMS_LISTED problems; the others are counted.

        A file's drafts stand together.
        """
        for file, group in groupby(items, key=itemgetter(0)):
            yield from _limited(file, (item for _, item in group), self._claims)


def _limited(
    file: File,
    items: Iterable[Draft | Problem | Withdrawal],
    claims: Claims,
) -> Iterator[Article | Problem | Withdrawal]:
    """A file's articles and its first PROBLEMS_LISTED problems; the others are counted."""
    problems = unlisted = failed = 0
    for draft in items:
        for item in _resolved(draft, claims) if isinstance(draft, Draft) else [draft]:
            counts = isinstance(item, Problem) and not (item.duplicate or item.kind)
            problems += counts
            if isinstance(item, Problem) and counts and problems > PROBLEMS_LISTED:
                unlisted += 1
                failed += item.fatal
            else:
                yield item
    if unlisted:
        reason = f"{unlisted:,} more problems in this file are not listed"
        yield Problem(file.shown, None, reason, fatal=failed > 0, entries=failed)


def _resolved(draft: Draft, claims: Claims) -> Iterator[Article | Problem]:
    """The article under the key that is its own in this run; `claims` has those taken."""
    article, place = draft.article, draft.place
    own = _state(article) if article.revision else article.id
    claim = Claim(article.version, article.partial, place.shown)
    first = claims.get(own)
    gated = article.url and first and (first.partial or article.partial)
    if first is None or (gated and first.version != article.version):
        claims.put(own, claim)  # the archive keeps the fuller of the two
        yield article
        return
    if first.version == article.version:
        reason = f"is the same article as one in {first.shown}: left out"
        yield Problem(place.shown, place.line, reason, fatal=False, duplicate=True)
        return
    what, name = ("URL", "file name") if article.url else ("id", "line")
    reason = (
        f"has the same {what} as an article in {first.shown}, but other text: kept by its {name}"
    )
    yield Problem(place.shown, place.line, reason, fatal=False)
    kept = replace(article, key=place.spare)
    claims.put(kept.id, claim)
    yield kept


def _state(article: Article) -> str:
    """What names one state of an article that its newsroom counts."""
    counted = article.revision
    return f"{article.id} {counted.version} {counted.made} {article.version}"
