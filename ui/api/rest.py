"""The API for programs: REST with OpenAPI, OpenAI-compatible routes, and MCP.

All of it stands in the web chat's own app, behind its guard; `add_api` mounts it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import StreamingResponse

from chatbot import Answer
from ui.api.admin import admin_router
from ui.api.docs import add_docs
from ui.api.errors import add_handlers, admit, as_problem
from ui.api.mcp import mount_mcp
from ui.api.openai import openai_router
from ui.api.requests import LONGEST, Ask, Narrowed, Short
from ui.api.responses import (
    AnswerOut,
    ArticleOut,
    CoverageOut,
    ErrorOut,
    HealthOut,
    SearchOut,
    StatusOut,
    TimelineOut,
)
from ui.api.service import Service, answer_out
from ui.api.strict import known_parameters
from ui.operations.access import Access

VERSION, UNVERSIONED = "/api/v1", "/api"
"""The paths of this version, and those from before there were versions, which do the same."""

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "What was asked cannot be used"},
    401: {"model": ErrorOut, "description": "The token is missing, wrong or expired"},
    403: {"model": ErrorOut, "description": "The token's role may not do this"},
    422: {"model": ErrorOut, "description": "A value is not of its kind"},
}


def add_api(app: FastAPI, service: Service, access: Access) -> None:
    """Mount the API in an app, for whom `access` lets in."""

    def authorised(request: Request) -> None:
        admit(access, request.scope)

    guarded = [Depends(authorised), Depends(known_parameters)]
    add_docs(app, _router(service, access, VERSION, guarded))
    for prefix in (VERSION, UNVERSIONED):
        app.include_router(_router(service, access, prefix, guarded))
    add_handlers(app)
    mount_mcp(app, service, access)


def _router(service: Service, access: Access, prefix: str, guarded: list[Any]) -> APIRouter:
    """Every route, those of REST under a prefix; health asks for no token."""
    router = APIRouter()
    router.include_router(_rest(service), prefix=prefix, dependencies=guarded)
    router.add_api_route(
        f"{prefix}/health",
        service.health,
        response_model=HealthOut,
        name="health",
        tags=["archive"],
    )
    if prefix == VERSION:
        router.include_router(admin_router(service, access), prefix=prefix, responses=ERRORS)
        router.include_router(openai_router(service), prefix="/v1", dependencies=guarded)
    return router


Topic = Annotated[str, Query(min_length=1, max_length=LONGEST)]


def _narrowed(  # noqa: PLR0913, PLR0917
    since: Annotated[date | None, Query(description="Published on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Published on this day or earlier.")] = None,
    as_of: Annotated[date | None, Query(description="As known on this day.")] = None,
    outlet: Annotated[list[Short], Query(description="An outlet's name; can be repeated.")] = [],  # noqa: B006
    language: Annotated[list[Short], Query(description='Like "ko"; can be repeated.')] = [],  # noqa: B006
    subject: Annotated[list[Short], Query(description="A subject; can be repeated.")] = [],  # noqa: B006
    place: Annotated[list[Short], Query(description="A place; can be repeated.")] = [],  # noqa: B006
) -> Narrowed:
    return Narrowed(
        since=since,
        until=until,
        as_of=as_of,
        outlets=outlet,
        languages=language,
        subjects=subject,
        places=place,
    )


Filtered = Annotated[Narrowed, Depends(_narrowed)]


def _rest(service: Service) -> APIRouter:
    router = APIRouter(responses=ERRORS, tags=["archive"])

    @router.post("/ask", response_model=AnswerOut)
    async def ask(asked: Ask) -> Any:
        """Answer a question. With `stream` the response is text/event-stream: `query`, a
        `claim` for each sentence as it is found, then `answer` with the whole; or `error`."""
        if asked.stream:
            service.filters(asked)
            service.turnstile.refuse_if_full()
            return StreamingResponse(_events(service, asked), media_type="text/event-stream")
        return await service.ask(asked)

    @router.get("/search")
    def search(
        q: Topic,
        filtered: Filtered,
        k: Annotated[int, Query(ge=1, le=100, description="How many passages.")] = 10,
        explain: Annotated[bool, Query(description="Also say what the scores are.")] = False,
    ) -> SearchOut:
        """The passages that fit best, best first."""
        return service.search(q, filtered, k=k, explain=explain)

    @router.get("/articles/{article_id}", responses={404: {"model": ErrorOut}})
    def article(
        article_id: Short,
        version: Annotated[Short | None, Query(description="One of its versions.")] = None,
    ) -> ArticleOut:
        """An article in full, with its versions and the others of its story."""
        return service.article(article_id, version)

    @router.get("/timeline")
    def timeline(
        topic: Topic, filtered: Filtered, limit: Annotated[int, Query(ge=1, le=100)] = 24
    ) -> TimelineOut:
        """What was reported of a topic when: one quoted sentence a story."""
        return service.timeline(topic, filtered, limit=limit)

    @router.get("/coverage")
    def coverage(filtered: Filtered) -> list[CoverageOut]:
        """How many articles each outlet published in each month."""
        return service.coverage(filtered)

    @router.get("/status")
    def status() -> StatusOut:
        """What the archive holds, and how fresh it is."""
        return service.status()

    return router


async def _events(service: Service, asked: Ask) -> AsyncIterator[str]:
    """The answer as server-sent events; an error is the last of them."""
    whole = Answer()
    try:
        async for part in service.parts(asked):
            whole += part
            now = answer_out(Answer(query=part.query, claims=part.claims))
            if part.query is not None:
                yield _event("query", now.query)
            cited = [c.model_dump(mode="json") for c in now.citations]
            for claim in now.claims:
                own = [c for c in cited if c["number"] in claim.citations]
                yield _event("claim", claim.model_dump(mode="json") | {"citations": own})
        yield _event("answer", answer_out(whole).model_dump(mode="json"))
    except Exception as error:
        yield _event("error", as_problem(error)[1].model_dump())


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
