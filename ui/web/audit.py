"""The audit log as HTML, a page at a time, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from ui.exports.text import cell
from ui.store import Deed, Store
from ui.web.health import wide_html
from ui.wording.text import esc
from ui.wording.words import Words

PAGE = 50
"""Deeds on a page."""

LONGEST = 200
"""Characters of a word to look for."""

COLUMNS = ("time", "actor", "way", "role", "deed", "target", "request")


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What deeds are looked for: of whom, of what, from and to which day, before which id."""

    who: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> AuditQuery:
        """As an address says; what makes no sense is left out."""
        before = asked.get("before", "")
        return cls(
            asked.get("who", "").strip()[:LONGEST],
            asked.get("what", "").strip()[:LONGEST],
            _day(asked.get("since", "")),
            _day(asked.get("until", "")),
            int(before) if before.isdecimal() and len(before) < 16 else None,
        )

    def deeds(self, store: Store, limit: int, before: int | None = None) -> list[Deed]:
        """The deeds, the newest first; days are this machine's, the last one counts whole."""
        return store.find_deeds(
            who=self.who,
            what=self.what,
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until + timedelta(days=1)) if self.until else None,
            before=before or self.before,
            limit=limit,
        )

    def query_string(self, before: int | None = None) -> str:
        """The words of an address that asks for the same, or for what was earlier."""
        said = {"who": self.who, "what": self.what, "since": self.since, "until": self.until}
        return urlencode({k: v for k, v in (said | {"before": before}).items() if v})


def audit_html(store: Store, query: AuditQuery, w: Words) -> str:
    """A page of deeds with what narrows them, and the way to the earlier ones."""
    deeds = query.deeds(store, PAGE + 1)
    rows = "".join(_row_html(deed, w) for deed in deeds[:PAGE])
    names = ("audit_time", "audit_who", "audit_way", "user_role", "audit_deed", "audit_on")
    head = "".join(f'<th scope="col">{w(n)}</th>' for n in (*names, "audit_request"))
    table = wide_html(f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>", w("view_audit"))
    export = f'<a class="dl-go" href="/operate/audit.csv?{esc(query.query_string())}" download>'
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_audit")}</h1>'
        f'<p class="dl-quiet">{w("audit_note")}</p>{_form_html(query, w)}'
        f'<p class="dl-quiet">{export}{w("audit_csv")}</a></p>'
        + (table if rows else f'<p class="dl-quiet">{w("audit_none")}</p>')
        + _pages_html(deeds, query, w)
    )


def _row_html(deed: Deed, w: Words) -> str:
    at = deed.time.astimezone()
    cells = [esc(deed.actor), w(f"way_{deed.way}"), w(f"role_{deed.role}") if deed.role else ""]
    cells += [esc(deed.deed), esc(deed.target), f'<span class="dl-path">{esc(deed.request)}</span>']
    shown = "".join(f"<td>{one}</td>" for one in cells)
    moment = f'<time datetime="{at.isoformat(timespec="seconds")}">{w.moment(at)}</time>'
    return f'<tr><th scope="row">{moment}</th>{shown}</tr>'


def _form_html(query: AuditQuery, w: Words) -> str:
    texts = "".join(
        f'<label>{w(label)}<input type="search" name="{name}" value="{esc(value)}" '
        f'maxlength="{LONGEST}"></label>'
        for name, label, value in (
            ("who", "audit_who", query.who),
            ("what", "audit_what", query.what),
        )
    )
    days = "".join(
        f'<label>{w(label)}<input type="date" name="{name}" value="{value or ""}"></label>'
        for name, label, value in (
            ("since", "filters_from", query.since),
            ("until", "filters_to", query.until),
        )
    )
    return (
        '<form class="dl-form dl-narrow" method="get" action="/view/audit" role="search">'
        f'{texts}{days}<button type="submit" class="dl-solid">{w("search")}</button></form>'
    )


def _pages_html(deeds: Sequence[Deed], query: AuditQuery, w: Words) -> str:
    links = []
    if query.before:
        at = esc(f"/view/audit?{query.query_string()}")
        links.append(f'<a class="dl-go" href="{at}">{w("audit_newest")}</a>')
    if len(deeds) > PAGE:
        at = esc(f"/view/audit?{query.query_string(deeds[PAGE - 1].id)}")
        links.append(f'<a class="dl-go" rel="next" href="{at}">{w("audit_earlier")}</a>')
    return f'<p class="dl-pages">{"".join(links)}</p>' if links else ""


def audit_csv(store: Store, query: AuditQuery, at_once: int = 1_000) -> Iterator[str]:
    """All deeds that are looked for, the newest first, part by part; no cell is a formula."""
    yield _lines([COLUMNS])
    before = None
    while deeds := query.deeds(store, at_once, before):
        yield _lines([[_value(deed, name) for name in COLUMNS] for deed in deeds])
        before = deeds[-1].id


def _value(deed: Deed, name: str) -> str:
    found = getattr(deed, name)
    return cell(found.isoformat(timespec="seconds") if name == "time" else str(found))


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()
