"""Where an article lives and who published it: canonical URLs, file URIs, outlets."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

_TRACKING = ("utm_", "mc_")
_TRACKING_NAMES = frozenset({"fbclid", "gclid", "dclid", "msclkid", "igshid", "yclid", "twclid"})
_PORTS = {"http": 80, "https": 443}
_LEGAL = "%/:=&?~#+!$,;'@()*[]"


def canonical(url: str) -> str:
    """The one spelling of a URL that names an article, or "" if it is not http or https.

    Scheme and host in lower case (other scripts as punycode), no user name, fragment, default
    port or tracking parameters; the path as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
        port = parts.port
        path, query = (
            quote(part, safe=_LEGAL) for part in (parts.path or "/", _untracked(parts.query))
        )
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def key_of(url: str) -> str:
    """The canonical URL, or the URL itself where it has none."""
    return canonical(url) or url


def _untracked(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _tracks(part))


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name.startswith(_TRACKING) or name in _TRACKING_NAMES


def file_uri(path: Path) -> str:
    """The file URI of the resolved path."""
    return path.resolve().as_uri()


def text_path(path: Path) -> str:
    """The path with forward slashes, safe to store: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def host_of(url: str) -> str:
    """The host that a URL names, in lower case; "" where it names none, or is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets around what is no address of IPv6
        return ""


@cache
def _outlets() -> dict[str, str]:
    table = files("ingest").joinpath("outlets.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines() if row and not row.startswith("#"))
    return {row[0]: row[1] for row in rows}


def outlet_of(url: str) -> str:
    """Who publishes at this URL: by outlets.tsv, else its host without `www.`, else ""."""
    host = host_of(url)
    known, labels = _outlets(), host.split(".")
    for start in range(len(labels) - 1):
        if name := known.get(".".join(labels[start:])):
            return name
    return host.removeprefix("www.")
