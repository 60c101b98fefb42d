"""For who keeps it running: `/healthz` (lives), `/readyz` (can answer), `/metrics`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from ui.api.errors import Unauthorised, admit, as_problem, refused
from ui.operations.access import Access
from ui.operations.metrics import Metrics
from ui.store import Forbidden
from vectorstore import Archive, DatelineError


def add_probes(app: FastAPI, archive: Archive, metrics: Metrics, access: Access) -> None:
    """Serve the three; `/metrics` asks for a token where the API does."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, bool]:  # waits for no thread
        return {"ok": True}

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        missing, without = readiness(archive)
        body = {"ready": not missing, "missing": missing, "without": without}
        return JSONResponse(body, 503 if missing else 200)

    @app.get("/metrics", include_in_schema=False)
    def scraped(request: Request) -> Response:
        try:
            admit(access, request.scope)
        except (Unauthorised, Forbidden) as error:
            status, problem = as_problem(error)
            return refused(status, problem.message, kind=problem.type)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def readiness(archive: Archive) -> tuple[list[str], list[str]]:
    """What is missing to answer at all, and what is answered without for the time being."""
    missing, without = [], []
    try:
        if archive.is_empty():
            missing.append("articles")
    except (DatelineError, SQLAlchemyError, OSError):
        missing.append("ledger")
    without += archive.without()
    if not (archive.embedder.ready or archive.embedder.trouble):
        missing.append("embedding model")  # it is being loaded
    if "lexical index" in without and {"dense index", "embedding model"} & set(without):
        missing += [part for part in without if part != "writing"]
    return missing, without
