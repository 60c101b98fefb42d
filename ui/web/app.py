"""The web chat: Gradio's blocks, mounted in an ASGI app of ours, behind a guard.

>>> serve(Archive.open(path), port=7860)  # doctest: +SKIP
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from chatbot import build_chain
from ingest import SAMPLE
from ui.api.gradio import add_named
from ui.api.login import add_login, add_shares
from ui.api.rest import add_api
from ui.api.service import Service
from ui.operations.access import Access
from ui.operations.instrumentation import InstrumentedChain
from ui.operations.limits import Rates
from ui.operations.metrics import ArchiveCollector, Metrics
from ui.store import Store
from ui.web.admin_routes import add_admin_routes
from ui.web.chat import Chat
from ui.web.conversation_routes import add_conversation_routes
from ui.web.forwarded import ForwardedHeaders, host_names
from ui.web.guard import Guard
from ui.web.listening import address_of, listen
from ui.web.operator import Operator
from ui.web.page import EXAMPLES, build_page
from ui.web.probes import add_probes
from ui.web.serving import Assets, head, hints
from ui.web.source_routes import add_source_routes
from ui.web.views import add_views
from vectorstore import Archive

log = logging.getLogger(__name__)

SHUTDOWN = 2
"""Seconds that open pages get to finish: each holds a connection as long as it is open."""

WARM = "What did the minister say about the agreement, and when was it signed?"
"""Asked before the first reader asks: it is searched, read and answered as any other."""

MOST_CONNECTIONS = 2_000
"""Open connections, of which an open page holds one; more are refused at once (503)."""


class Served(NamedTuple):
    """What is served, and where: an archive, and the chains that answer, `plain` without a chat
    model."""

    address: str
    archive: Archive
    chain: InstrumentedChain
    plain: InstrumentedChain


def build_app(  # noqa: PLR0913
    archive: Archive,
    chain: Any,
    *,
    plain: Any = None,
    model: str | None = None,
    sources: Path | None = None,
    examples: Sequence[str] | None = None,
    hosts: Sequence[str] = (),
    local: bool = True,
    metrics: Metrics | None = None,
) -> ASGIApp:
    """The whole web application.

    `chain` is what `chatbot.build_chain` returns; if a `model` writes its answers, `plain` is
    the chain for readers who want none. `sources` is the file that declares the archive's
    sources. `examples` are questions to begin with; without any given, the sample archive has
    its own. `hosts` are the names it is reached by, besides localhost and IP addresses.
    `local` is whether only this machine reaches it: then no login is needed to operate it.
    `metrics` are those that `chain` counts its failed checks in.
    """
    if examples is None:
        examples = EXAMPLES if archive.keys(SAMPLE) else ()
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    ours = head()
    metrics = metrics or Metrics()
    store = Store.beside(archive)
    access = Access.from_environment(store, local=local)

    def can_log_in() -> bool:
        return access.operators.set

    service = Service(archive, InstrumentedChain(chain, metrics, "api"))
    add_probes(app, archive, metrics, access)
    add_api(app, service, access)
    add_shares(app, store)
    add_login(app, access.operators, store)
    operator = Operator(archive, sources or archive.path / "sources.toml")
    add_admin_routes(app, archive, access, ours)
    add_conversation_routes(app, store, ours)
    add_source_routes(app, operator, store, ours, login=can_log_in)
    add_views(app, archive, ours, models=[model] if model else [], login=can_log_in)
    asked = InstrumentedChain(chain, metrics, "chat")
    without = InstrumentedChain(plain, metrics, "chat") if plain else None
    page = build_page(Chat(archive, asked, store, without, operator.stale), examples)
    metrics.registry.register(
        ArchiveCollector(archive, lambda: {"waiting": len(page._queue) + service.turnstile.queued})
    )
    add_named(page, service, access)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )
    rates = Rates.from_environment(local=local)
    page_head = ours + hints()
    guard = Guard(
        Assets(app),
        hosts=tuple(hosts),
        head=page_head,
        refused=metrics.refuse,
        rates=rates,
        access=access,
    )
    return ForwardedHeaders(guard)


def serve(  # noqa: PLR0913
    archive: Archive,
    *,
    model: str | None = None,
    sources: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    hosts: Sequence[str] = (),
    ready: Callable[[Served], None] | None = None,
) -> None:
    """Answers questions in the browser until interrupted.

    On an address of this machine, and with no name that others reach it by, whoever asks from
    here may operate it without a login.

    `model` is a chat model that writes the answers, "provider:name"; `sources` declares where
    the archive's articles come from. `ready` is called, in a thread of its own, once everything
    that the first question needs is loaded. Raises InputError if the port is in use, the address
    is not this machine's, or the model cannot be set up.
    """
    with listen(host, port) as listening:
        any_ = {"", "0.0.0.0", "::"}  # noqa: S104
        named = (*hosts, *host_names(), *([] if host in any_ else [host.lower()]))
        metrics = Metrics()
        plain = build_chain(archive, on_false=metrics.false) if model else None
        chain = build_chain(archive, model=model, on_false=metrics.false)
        here = ipaddress.ip_address(listening.getsockname()[0]).is_loopback
        local = here and not (hosts or host_names())
        app = build_app(
            archive,
            chain,
            plain=plain,
            model=model,
            sources=sources,
            hosts=named,
            local=local,
            metrics=metrics,
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # `ForwardedHeaders` reads them, and remembers who sent them
            lifespan="on",
            timeout_graceful_shutdown=SHUTDOWN,
            limit_concurrency=MOST_CONNECTIONS,
        )
        address = address_of(host, listening.getsockname()[1])
        counted = (
            InstrumentedChain(chain, metrics, "command"),
            InstrumentedChain(plain or chain, metrics, "command"),
        )
        served = Served(address, archive, *counted)
        warming = (archive, plain or chain, partial(ready, served) if ready else None)
        threading.Thread(target=_warm, args=warming, daemon=True).start()
        uvicorn.Server(config).run(sockets=[listening])


def _warm(archive: Archive, chain: Any, ready: Callable[[], object] | None) -> None:
    """Load what a question needs (4-8 s), by asking one, then say so; the page is there already.

    The embedding model comes last: until it is loaded, `/readyz` says that there is more to come.
    """
    try:
        archive.reader.warm()
        archive.search("warm up", k=1)
        chain.invoke({"question": WARM})
    except Exception:
        log.warning("the archive could not be searched yet", exc_info=True)
    # What is loaded by now stays. Walking through it, the garbage collector stopped one answer in
    # some 150 for half a second to a second (600,000 objects; docs/retrieval.md)
    gc.collect()
    gc.freeze()
    if ready:
        ready()
