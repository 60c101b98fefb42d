"""What the page loads: our scripts and styles as one file each, and Gradio's from memory.

A page of Gradio's asks for sixty small files in five rounds, each round known only when the
one before has run. Here they come compressed from memory, and the page names them all at
once. On loopback a reader can type after half the time (benchmarks/web_speed.py).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gradio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = Path(__file__).with_name("assets")
THEIRS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"

STYLES = ("dateline.css", "dateline-views.css")
SCRIPTS = (
    "dateline.js",
    "dateline-reader.js",
    "dateline-filters.js",
    "dateline-chat.js",
    "dateline-turns.js",
    "dateline-views.js",
    "dateline-keep.js",
    "dateline-operate.js",
    "dateline-access.js",
    "dateline-settings.js",
)
FILES = {
    "dateline.css": ("text/css", STYLES),
    "dateline.js": ("text/javascript", SCRIPTS),
    "favicon.svg": ("image/svg+xml", ("favicon.svg",)),
}
"""What is served under /dateline/: its kind, and the files that it is made of, in order."""

KINDS = {".js": "text/javascript", ".css": "text/css"}

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
"""For addresses that name their content: ours by a hash behind it, Gradio's in their names."""

COMPONENTS = ("html", "textbox", "button", "column", "row", "state", "form")
"""Of Gradio, what the page is made of."""


Bodies = tuple[bytes, bytes]
"""A file as it is, and compressed."""


@dataclass(frozen=True, slots=True)
class Assets:
    """ASGI middleware that answers for our files, and for Gradio's in its place."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a file that there is; anything else goes on."""
        found = _found(scope["path"]) if scope["type"] == "http" else None
        await (_response(scope, *found) if found else self.app)(scope, receive, send)


def _found(path: str) -> tuple[Bodies, str] | None:
    """The file at an address, and its kind."""
    folder, _, name = path.rpartition("/")
    if folder == "/dateline" and name in FILES:
        return _ours(name), FILES[name][0]
    kind = KINDS.get(Path(name).suffix)
    if folder == "/assets" and kind and name in _their_names():
        return _theirs(name), kind
    return None


def head() -> str:
    """What every page loads of ours; the hash in an address is the content's own."""
    tags = {
        "dateline.css": '<link rel="stylesheet" href="{}">',
        "dateline.js": '<script src="{}"></script>',
        "favicon.svg": '<link rel="icon" href="{}" type="image/svg+xml">',
    }
    return "".join(
        tag.format(f"/dateline/{name}?v={hashlib.sha256(_ours(name)[0]).hexdigest()[:12]}")
        for name, tag in tags.items()
    )


def hints() -> str:
    """Links that tell a browser at once which of Gradio's files the page will ask for."""
    tags = {
        ".js": '<link rel="modulepreload" crossorigin href="/assets/{}">',
        ".css": '<link rel="preload" as="style" crossorigin href="/assets/{}">',
    }
    return "".join(tags[Path(name).suffix].format(name) for name in needed())


@cache
def needed() -> tuple[str, ...]:
    """The names of Gradio's scripts and styles that the page needs, by what they import.

    Read from the built files, as Vite writes them; what it writes otherwise some day is not
    found, and the browser finds it out by itself as it does without us.
    """
    page = (THEIRS.parent / "index.html").read_text("utf-8")
    roots = re.findall(r"assets/([\w.-]+\.(?:js|css))", page)
    frame = [name for root in roots for name in _listed(root)]
    core = next((name for name in frame if name.startswith("core-")), "")
    wanted = [*roots, *frame]
    for name in frame:
        wanted += _chosen(name, r"import\([`\"]\./Blocks-.*?mapDeps\([^)]*\)")
    for component in COMPONENTS:
        wanted += _chosen(core, rf"[,{{]{component}:\{{[^}}]*\}}")
    return tuple(name for name in _with_imports(wanted) if Path(name).suffix in KINDS)


def _with_imports(names: Iterable[str]) -> list[str]:
    """The names, and what their scripts import."""
    found: dict[str, None] = {}
    todo = list(names)[::-1]
    while todo:
        name = todo.pop()
        if name not in found and name in _their_names():
            found[name] = None
            todo += re.findall(r'(?:from|import)\s*["`]\./([\w.-]+\.js)["`]', _text(name))
    return list(found)


def _chosen(name: str, place: str) -> list[str]:
    """What a script loads at a place of its text, by that place's numbers in its list."""
    found, listed = re.search(place, _text(name)), _listed(name)
    numbers = re.findall(r"mapDeps\(\[([\d,]+)\]", found[0]) if found else []
    return [listed[int(n)] for several in numbers for n in several.split(",")]


def _listed(name: str) -> list[str]:
    """What a script may load later, as it lists it at its beginning."""
    table = re.search(r"m\.f=\[([^\]]*)\]", _text(name))
    return re.findall(r'"\./([\w.-]+)"', table[1]) if table else []


def _text(name: str) -> str:
    return (THEIRS / name).read_text("utf-8") if name.endswith(".js") else ""


@cache
def _their_names() -> frozenset[str]:
    return frozenset(path.name for path in THEIRS.iterdir() if path.is_file())


@cache
def _ours(name: str) -> Bodies:
    body = b"\n".join((HERE / part).read_bytes() for part in FILES[name][1])
    return body, gzip.compress(body)


@cache
def _theirs(name: str) -> Bodies:
    body = (THEIRS / name).read_bytes()
    return body, gzip.compress(body)


def _response(scope: Scope, bodies: Bodies, kind: str) -> Response:
    small = "gzip" in Headers(scope=scope).get("accept-encoding", "")
    headers = FOREVER | ({"Content-Encoding": "gzip"} if small else {})
    return Response(bodies[small], media_type=kind, headers=headers)
