"""Where a served dense index is, and what it is asked with: `[dense]` of `archive.toml`.

    [dense]
    url = "https://chroma.example.org"     # or DATELINE_CHROMA_URL
    token_env = "DATELINE_CHROMA_TOKEN"    # the variable that holds the token
    header = "Authorization"               # or "X-Chroma-Token"
    tenant = "default_tenant"
    database = "default_database"
    collection = "newsroom"                # begins the names of the collections
    ca = "/etc/ssl/private-ca.pem"         # who vouches for the server's certificate

The token itself is never in the file, in the URL, in a log or in a message.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vectorstore.errors import InputError

FILE = "archive.toml"
URL = "DATELINE_CHROMA_URL"
TOKEN = "DATELINE_CHROMA_TOKEN"  # noqa: S105 - the name of a variable
BEARER = "authorization"
PORTS = {"http": 8000, "https": 443}
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,100}[a-zA-Z0-9]")
"""What a collection's name may begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A Chroma server, and how it is asked."""

    url: str
    token: str = field(default="", repr=False)
    header: str = "Authorization"
    tenant: str = "default_tenant"
    database: str = "default_database"
    collection: str = ""
    ca: str = ""

    @property
    def tls(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or PORTS[parts.scheme]

    @property
    def root(self) -> str:
        """The server's URL with its port, without a slash at its end."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{urlsplit(self.url).scheme}://{name}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What a request says of who asks; nothing without a token."""
        if not self.token:
            return {}
        bearer = "Bearer " if self.header.casefold() == BEARER else ""
        return {self.header: bearer + self.token}

    @property
    def in_the_clear(self) -> bool:
        """Whether the token crosses a network unencrypted."""
        return bool(self.token) and not self.tls and not _loopback(self.host)


def serving(folder: Path) -> Serving | None:
    """The server of the archive in a folder; None where its dense index is embedded.

    The environment's URL wins over the file's. Raises InputError if a setting cannot be used.
    """
    said = _table(folder / FILE)
    url = os.environ.get(URL, "") or said.pop("url", "")
    said.pop("url", None)
    if not url:
        return None
    token = os.environ.get(said.pop("token_env", TOKEN), "")
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise InputError("the token of the Chroma server has characters that no header may have")
    made = Serving(url=url, token=token, **said)
    _check(made)
    return made


def _table(path: Path) -> dict[str, str]:
    """The file's `[dense]`, checked to hold only texts of known names."""
    try:
        said: Any = tomllib.loads(path.read_text("utf-8")).get("dense", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    known = {f.name for f in fields(Serving)} - {"token"} | {"token_env"}
    if not isinstance(said, dict) or not all(isinstance(v, str) for v in said.values()):
        raise InputError(f"{path}: [dense] takes settings whose values are texts")
    if "token" in said:
        raise InputError(
            f"{path}: a token does not belong into a file: put it into the environment as {TOKEN}, "
            'or name another variable by token_env = "…"'
        )
    if more := said.keys() - known:
        raise InputError(
            f"{path}: [dense] has no {', '.join(sorted(more))}; it has {', '.join(sorted(known))}"
        )
    return dict(said)


def _check(made: Serving) -> None:
    try:
        parts = urlsplit(made.url)
        fine = parts.scheme in PORTS and parts.hostname and made.port
        fine = fine and not (parts.path.strip("/") or parts.query or parts.fragment)
    except ValueError:
        fine = False
    if not fine or parts.username is not None or parts.password is not None:
        raise InputError(
            "the URL of the Chroma server is to be http://HOST:PORT or https://HOST:PORT, without "
            f"a path, a user or a password; a token comes from the environment ({TOKEN})"
        )
    if made.collection and not NAME.fullmatch(made.collection):
        raise InputError(
            "the collection of [dense] is to be of 3 to 102 letters, digits, dots, hyphens and "
            "underscores, and to begin and end with a letter or digit"
        )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
