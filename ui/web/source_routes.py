"""The addresses of the operator's view: how the sources do, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Body, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse

from ui.operations.access import Caller, caller_of
from ui.store import Role, Store
from ui.web.frame import page_html
from ui.web.health import preview_html, sources_html
from ui.web.operator import Operator
from ui.web.views import require_role, words_of
from vectorstore import DatelineError

Values = Annotated[dict[str, Any], Body()]

RUNS = 30
"""Runs listed, the newest."""


def add_source_routes(
    app: FastAPI, operator: Operator, store: Store, head: str, *, login: Callable[[], bool]
) -> None:
    """Serve the sources' health to everybody, and the work on them to editors.

    `login` is whether there is anybody who may log in.
    """

    def allowed(request: Request) -> Caller:
        return require_role(request, Role.editor)

    @app.get("/view/sources")
    def sources(request: Request) -> HTMLResponse:
        w, now = words_of(request), datetime.now(UTC)
        may = caller_of(request.scope).may(Role.editor)
        problem = ""
        try:
            found = operator.freshness(now)
        except DatelineError as error:
            found, problem = [], str(error)
        runs = operator.archive.runs(limit=RUNS)
        inner = sources_html(found, runs, w, now, may=may, login=login(), problem=problem)
        kept = {"Cache-Control": "no-store"}
        return HTMLResponse(page_html(w("view_sources"), inner, head, w), headers=kept)

    @app.get("/operate/state")
    def state(request: Request) -> JSONResponse:
        allowed(request)
        return JSONResponse(operator.state())

    @app.post("/operate/test")
    def test(request: Request, values: Values) -> HTMLResponse:
        caller, url = allowed(request), _text(values, "url")
        found = _or_refused(lambda: operator.test(url))
        caller.record(store, "source tried", urlsplit(url).netloc)
        w = words_of(request)
        return HTMLResponse(page_html(w("test_source"), preview_html(found, w), head, w))

    @app.post("/operate/{verb}")
    def operate(verb: str, request: Request, values: Values) -> JSONResponse:
        caller = allowed(request)
        if verb == "run":
            _or_refused(lambda: operator.run(_names(values)))
            caller.record(store, "sources read", ", ".join(_names(values)) or "all")
        elif verb == "add":
            url, outlet = _text(values, "url"), _text(values, "outlet")
            name = _or_refused(lambda: operator.add(url, outlet))
            caller.record(store, "source added", name)
            return JSONResponse({"name": name})
        elif verb == "take":
            _or_refused(lambda: operator.take(_names(values)))
            caller.record(store, "files ingested", f"{len(_names(values))} files")
        else:
            raise HTTPException(404)
        return JSONResponse(operator.state())

    @app.post("/operate/upload/{name}")
    async def upload(name: str, request: Request, at: int = 0) -> JSONResponse:
        allowed(request)
        part = await request.body()
        _or_refused(lambda: operator.put(name, at, part))
        return JSONResponse({"at": at + len(part)})


def _or_refused(do: Callable[[], Any]) -> Any:
    """The result of what an operator asks for; what cannot be done is refused in words."""
    try:
        return do()
    except (DatelineError, OSError) as error:
        raise HTTPException(409, str(error)) from None


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, "")).strip()[:2_000]


def _names(values: Mapping[str, Any]) -> list[str]:
    given = values.get("names", [])
    return [str(name) for name in given[:200]] if isinstance(given, list) else []
