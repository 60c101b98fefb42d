"""The API described: the OpenAPI file, and a page of it that needs nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response

from ui.store.snapshot import Json

ABOUT = (
    "Ask a news archive. Every sentence of an answer carries citations that were checked: an "
    "exact quote, at its exact place, with outlet and date."
)
ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
"""Of the package fastapi-offline, which carries Swagger UI."""

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Dateline: the API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head><body>
<noscript>This page needs JavaScript; <a href="/api/v1/openapi.json">the OpenAPI file</a> does not.
</noscript><main id="api"></main><script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script></body></html>"""
_START = """SwaggerUIBundle({url: "/api/v1/openapi.json", dom_id: "#api", deepLinking: true,
  validatorUrl: null, tryItOutEnabled: true});"""


def add_docs(app: FastAPI, router: APIRouter) -> None:
    """Serve `/api/v1/openapi.json` (and `/api/openapi.json`), and `/api/docs`."""
    described: Json = {}

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    @app.get("/api/openapi.json", include_in_schema=False)
    def openapi() -> Json:
        if not described:
            described.update(
                get_openapi(title="Dateline", version="1", summary=ABOUT, routes=router.routes)
            )
        return described

    @app.get("/api/v1/docs", include_in_schema=False)
    @app.get("/api/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _CSP})

    @app.get("/api/docs/{name}", include_in_schema=False)
    def asset(name: str) -> Response:
        if name == "start.js":
            return Response(_START, media_type="text/javascript")
        if name not in ASSETS:
            raise HTTPException(404)
        found = Path(str(files("fastapi_offline") / "static")) / name
        return FileResponse(found, media_type=ASSETS[name])
