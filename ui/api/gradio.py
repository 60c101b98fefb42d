"""`ask`, `search`, `article` and `timeline` by name in Gradio's own API (gradio_client)."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from ui.api.errors import Unauthorised, admit, as_problem
from ui.api.requests import Ask, Narrowed
from ui.api.service import Service
from ui.operations.access import Access
from ui.store import Forbidden

AT_ONCE = 20
"""Calls that run at the same time."""


def add_named(page: gr.Blocks, service: Service, access: Access) -> None:
    """Add the four to a page; days are text (YYYY-MM-DD), "" and [] admit everything.

    With a token set, a client sends it: `Client(url, headers={"Authorization": "Bearer …"})`.
    """

    async def ask(
        question: str,
        since: str = "",
        until: str = "",
        as_of: str = "",
        outlets: list[str] | None = None,
        request: gr.Request = None,  # type: ignore[assignment]
    ) -> dict[str, Any]:
        """Answer a question; each sentence has checked citations."""

        async def work() -> Any:
            asked = Ask(question=question, **_days(since, until, as_of), outlets=outlets or [])
            return await service.ask(asked)

        return await _answered(work, request, access)

    async def search(
        query: str,
        k: int = 10,
        since: str = "",
        until: str = "",
        outlets: list[str] | None = None,
        request: gr.Request = None,  # type: ignore[assignment]
    ) -> dict[str, Any]:
        """The passages that fit best."""

        async def work() -> Any:
            narrowed = Narrowed(**_days(since, until, ""), outlets=outlets or [])
            size = max(1, min(k, 100))
            return await to_thread(service.search, query, narrowed, k=size, explain=False)

        return await _answered(work, request, access)

    async def article(
        id: str,  # noqa: A002
        version: str = "",
        request: gr.Request = None,  # type: ignore[assignment]
    ) -> dict[str, Any]:
        """An article in full, with its versions."""

        async def work() -> Any:
            return await to_thread(service.article, id, version or None)

        return await _answered(work, request, access)

    async def timeline(
        topic: str,
        since: str = "",
        until: str = "",
        outlets: list[str] | None = None,
        request: gr.Request = None,  # type: ignore[assignment]
    ) -> dict[str, Any]:
        """What was reported of a topic when."""

        async def work() -> Any:
            narrowed = Narrowed(**_days(since, until, ""), outlets=outlets or [])
            return await to_thread(service.timeline, topic, narrowed, limit=24)

        return await _answered(work, request, access)

    verbs = {verb.__name__: verb for verb in (ask, search, article, timeline)}
    for event in page.fns.values():
        if event.api_name in verbs:  # an event of the page's own, which no client may call
            event.api_name = f"page_{event.api_name}"
    with page:
        for name, verb in verbs.items():
            api(verb, api_name=name, concurrency_limit=AT_ONCE, concurrency_id="named")


def _days(since: str, until: str, as_of: str) -> dict[str, Any]:
    return {"since": since or None, "until": until or None, "as_of": as_of or None}


def scope_of(request: gr.Request | None) -> Mapping[str, Any]:
    """The scope of the request that an event came with; nothing if it came with none."""
    inner = request.request if request else None
    return inner.scope if inner else {}


async def _answered(
    work: Callable[[], Awaitable[Any]], request: gr.Request | None, access: Access
) -> dict[str, Any]:
    """The result as JSON; an error as Gradio's clients show it."""
    try:
        admit(access, scope_of(request))
        done = await work()
    except ValidationError as error:
        raise gr.Error(f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}") from None
    except (Unauthorised, Forbidden) as error:
        raise gr.Error(as_problem(error)[1].message) from None
    except Exception as error:
        raise gr.Error(as_problem(error)[1].message) from None
    found: dict[str, Any] = done.model_dump(mode="json")
    return found
