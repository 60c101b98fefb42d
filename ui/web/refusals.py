"""Responses that refuse a request before anything works on it."""

from __future__ import annotations

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

REFUSALS = frozenset({401, 403, 408, 413, 421, 429, 503})
"""Statuses that are counted: what was asked was not looked at."""


def refusal(scope: Scope, status: int, words: str) -> Response:
    """A refusal: in the API's shape under its paths, and as Gradio's scripts read one under
    theirs."""
    if scope["path"].startswith(("/api/", "/v1/", "/mcp")):
        problem = {"message": words, "type": "invalid_request_error", "param": None, "code": None}
        return JSONResponse({"error": problem}, status)
    if scope["path"].startswith("/gradio_api/"):
        return JSONResponse({"detail": words, "error": words}, status)
    return PlainTextResponse(words, status)
