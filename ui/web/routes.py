"""The paths that are served, and which of them are probes or questions."""

from __future__ import annotations

PROBES = frozenset({"/healthz", "/readyz"})
"""Paths that answer whoever asks, also where nobody can be looked up."""

ASKING = ("/api/", "/v1/", "/mcp", "/gradio_api/queue/join")
SEARCHING = ("/search", "/timeline")
"""Paths whose requests with a body are questions, for the rates, and ends of those without."""

_EXACT = frozenset(
    {
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/mcp",
        "/login",
        "/logout",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/robots.txt",
        "/manifest.json",
    }
    | {f"/gradio_api/{name}" for name in ("queue/join", "queue/data", "cancel", "reset")}
    | {f"/gradio_api/{name}" for name in ("info", "app_id", "startup-events")}
)
_PREFIXES = (
    "/api/", "/v1/", "/share/", "/article/", "/view/", "/keep/", "/operate/", "/dateline/",
    "/assets/", "/static/", "/svelte/", "/gradio_api/heartbeat/",
)  # fmt: skip


def is_served(path: str) -> bool:
    """Whether there is anything for a browser or a program under this path."""
    return path in _EXACT or path.startswith(_PREFIXES)


def is_question(path: str, *, reads: bool) -> bool:
    """Whether a request counts as a question, for the rates; `reads` is whether it is a GET or
    HEAD, of which only searches count."""
    return path.startswith(ASKING) and (not reads or path.endswith(SEARCHING))
