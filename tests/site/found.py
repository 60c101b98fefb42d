"""What an archive holds, in the words of `expect`, and a readable list of the differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime

from sqlalchemy import text

from tests.site.expect import Row
from tests.site.pieces import Script
from vectorstore import Archive, StoredArticle


def rows(archive: Archive, script: Script) -> dict[str, Row]:
    """Every article of the archive, withdrawn ones too, by key."""
    keys = _keys(archive)
    promos = {o.promo for o in script.outlets.values() if o.promo}
    found = {}
    for article_id, key in keys.items():
        article = archive.article(article_id)
        others = {keys[a.id] for a in archive.story(article_id)}
        found[key] = Row(
            key=key,
            source=article.source,
            outlet=article.outlet,
            language=article.language,
            headline=article.headline,
            byline=article.byline,
            body=without(article.body, promos),
            published=article.published.iso if article.published else "",
            updated=article.updated.iso if article.updated else "",
            versions=len(versions(archive, article_id, promos)),
            live=article.withdrawn is None,
            story=frozenset(others),
        )
    return found


def _keys(archive: Archive) -> dict[str, str]:
    """The ids and keys of all articles: there is no verb for this but the ledger itself."""
    with archive._ledger.engine.connect() as connection:
        found = connection.execute(text("SELECT id, key FROM articles"))
        return {row.id: row.key for row in found}


def versions(archive: Archive, article_id: str, promos: set[str]) -> list[StoredArticle]:
    """The versions that differ in more than an outlet's own paragraph."""
    different: dict[tuple[str, str, str], StoredArticle] = {}
    for version in archive.versions(article_id):
        body = without(version.body, promos)
        different[version.headline, version.byline, body] = version
    return list(different.values())


def without(body: str, promos: set[str]) -> str:
    """The body without the paragraphs that outlets put into everything."""
    return "\n\n".join(p for p in body.split("\n\n") if p not in promos)


def differences(expected: Mapping[str, Row], found: Mapping[str, Row]) -> list[str]:
    """A line for each field that is not as it must be: key, field, expected, found."""
    lines = [f"{key}: missing" for key in sorted(set(expected) - set(found))]
    lines += [f"{key}: must not be there" for key in sorted(set(found) - set(expected))]
    for key in sorted(set(expected) & set(found)):
        wanted, got = expected[key], _forgiven(expected[key], found[key])
        for field in fields(Row):
            want, have = getattr(wanted, field.name), getattr(got, field.name)
            if field.name in {"published", "updated"}:
                same = _same_date(want, have)
            else:
                same = want == have
            if not same:
                lines.append(f"{key}: {field.name}")
                lines[-1] += f"\n    expected {_short(want, have)}"
                lines[-1] += f"\n    found    {_short(have, want)}"
    return lines


def _forgiven(wanted: Row, got: Row) -> Row:
    """Atom and sitemaps must give a date of change: where nothing changed it is the published."""
    if not wanted.updated and got.updated and _same_date(wanted.published, got.updated):
        return replace(got, updated="")
    return got


def _same_date(one: str, other: str) -> bool:
    """Whether two ISO dates are one: the same day, or the same instant in whatever zone."""
    if len(one) != len(other) and 10 in {len(one), len(other)}:
        return False
    return one == other or (bool(one and other) and _instant(one) == _instant(other))


def _instant(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _short(value: object, other: object) -> str:
    """The value, from a little before where it begins to differ from the other."""
    if not isinstance(value, str) or not isinstance(other, str) or len(value) < 160:
        return repr(sorted(value) if isinstance(value, frozenset) else value)
    start = next((i for i, (a, b) in enumerate(zip(value, other, strict=False)) if a != b), 0)
    if value[:50] == other[:50] and start == 0:
        start = min(len(value), len(other))
    return f"({len(value)} characters) …{value[max(0, start - 40) : start + 80]!r}…"
