"""The headers of every response: what a browser may do with it."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from ui.operations.limits import RETRY_AFTER

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a form is sent with Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def policy(page: bytes = b"", *, gradio: bool = False) -> str:
    """A Content-Security-Policy that allows this page's own inline scripts by their hash.

    `gradio` adds what Gradio cannot do without: 'unsafe-eval', because gr.HTML compiles its
    template with `Function`, and inline styles, which Svelte sets. Handlers and scripts
    that come in with content stay forbidden.
    """
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self'{hashes}" + (" 'unsafe-eval'" if gradio else ""),
            "style-src 'self'" + (" 'unsafe-inline'" if gradio else ""),
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def with_headers(send: Send, csp: str) -> Send:
    """Sends with these headers and this policy, unless the response has a stricter one."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", csp)  # a page of ours may be stricter
            for name, value in _HEADERS.items():
                headers[name] = value
            if message["status"] == 503:
                headers.setdefault("Retry-After", str(RETRY_AFTER))
            for name in [n for n in headers if n.startswith("access-control-")]:
                del headers[name]
        await send(message)

    return wrapped
