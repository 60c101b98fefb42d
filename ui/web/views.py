"""The views' addresses: pages of the server, which the chat shows in its own frame too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse

from ui.operations.access import Caller, caller_of
from ui.store import Role
from ui.web.archive import ORDERS, ArchiveQuery, archive_html
from ui.web.facets import PLACES, SUBJECTS, facet_values_html
from ui.web.filters import DAYS, LISTS, filters_from
from ui.web.filters_form import filters_form_html
from ui.web.frame import page_html
from ui.web.reader import diff_html, reader_html
from ui.web.settings import account_html, settings_html
from ui.web.timeline import timeline_html
from ui.wording.text import esc
from ui.wording.words import Words, words_for
from vectorstore import Archive

LONGEST = 1_000
"""Characters of words to look for."""

View = Callable[[Archive, ArchiveQuery, Words], str]

_VIEWS: dict[str, tuple[str, View]] = {
    "archive": ("view_archive", archive_html),
    "timeline": ("view_timeline", timeline_html),
    "filters": ("filters", lambda archive, query, w: filters_form_html(archive, query.filters, w)),
    "subjects": (
        "filters_subjects",
        partial(facet_values_html, SUBJECTS),
    ),
    "places": ("filters_places", partial(facet_values_html, PLACES)),
}


def add_views(
    app: FastAPI,
    archive: Archive,
    head: str,
    *,
    models: Sequence[str] = (),
    login: Callable[[], bool] = bool,
) -> None:
    """Serve the archive's views, its articles and the settings, in the reader's language.

    `login` is whether there is anybody who may log in.
    """

    def page(request: Request, title: str, inner: str) -> HTMLResponse:
        w = words_of(request)
        kept = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}
        return HTMLResponse(page_html(title, inner, head, w), headers=kept)

    @app.get("/view/settings")
    def settings(request: Request) -> HTMLResponse:
        w = words_of(request)
        account = account_html(caller_of(request.scope), w, login=login())
        return page(request, w("view_settings"), settings_html(models, w, account))

    @app.get("/view/{name}")
    def view(name: str, request: Request) -> HTMLResponse:
        if name not in _VIEWS:
            raise HTTPException(404)
        w = words_of(request)
        title, made = _VIEWS[name]
        return page(request, w(title), made(archive, archive_query_of(request), w))

    @app.get("/article/{article_id}/{version}")
    def article(
        article_id: str, version: str, request: Request, start: int = 0, end: int = 0
    ) -> HTMLResponse:
        w = words_of(request)
        try:
            stored = archive.article(article_id, version)
        except KeyError:
            raise HTTPException(404, w("not_held")) from None
        span = (start, end) if 0 <= start < end <= len(stored.body) else None
        versions, story = archive.versions(article_id), archive.story(article_id)
        inner = reader_html(stored, span, w, versions=versions, story=story)
        return page(request, _title(stored.headline, w), inner)

    @app.get("/article/{article_id}/diff/{old}/{new}")
    def diff(article_id: str, old: str, new: str, request: Request) -> HTMLResponse:
        w = words_of(request)
        try:
            before, after = archive.article(article_id, old), archive.article(article_id, new)
            changed = archive.diff(article_id, old, new)
        except KeyError:
            raise HTTPException(404, w("not_held")) from None
        return page(request, w("what_changed"), diff_html(before, after, changed, w))


def words_of(request: Request) -> Words:
    """The words for a request's reader."""
    return words_for(request.cookies, request.headers.get("accept-language", ""))


def require_role(request: Request, needed: Role) -> Caller:
    """Who asks, who has this role; anybody else is refused, in words."""
    caller = caller_of(request.scope)
    if not caller.may(needed):
        w = words_of(request)
        raise HTTPException(403, w("role_needed", role=w(f"role_{needed}")))
    return caller


def archive_query_of(request: Request) -> ArchiveQuery:
    """What a view's address asks for; what makes no sense is left out."""
    asked = request.query_params
    many = {name: [v for v in asked.getlist(name) if v] for name in LISTS}
    days = {name: asked.get(name, "") for name in DAYS}
    page = asked.get("page", "1")
    text = asked.get("q", "")[:LONGEST]
    order = asked.get("order") or ("relevance" if text else "newest")
    return ArchiveQuery(
        text=text,
        filters=filters_from(days | many),
        order=order if order in ORDERS else "newest",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
    )


def _title(headline: str, w: Words) -> str:
    return esc(headline) or w("untitled")
