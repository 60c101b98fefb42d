"""Where an archive is: a folder with its ledger, or a PostgreSQL ledger and a folder for a node.

An archive is named by a folder or by a PostgreSQL URL. In a folder, `archive.toml` may name a
ledger on a server; the folder then holds what this node makes of it: the indexes, and the
node's own files. Named by its URL, a ledger gets such a folder in the user's cache. A password
is in no path, message or log, and reaches child processes by their environment alone.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from vectorstore.errors import InputError
from vectorstore.settings import ARCHIVE, is_url

SETTINGS = "archive.toml"
"""The file in an archive's folder that says where its parts are, if not in the folder: `[ledger]`
with `url`; `[dense]` is for the dense index."""

LEDGER = "ledger.sqlite3"

SCHEMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


@dataclass(frozen=True, slots=True)
class Place:
    """An archive's folder, and the URL of its ledger, None for SQLite in the folder.

    `by_url` is whether the URL is what names it, and the folder follows from that.
    """

    folder: Path
    url: URL | None = None
    by_url: bool = False

    @classmethod
    def of(cls, named: str | Path) -> Place:
        """The place of an archive by its folder or PostgreSQL URL.

        Raises InputError for a URL or an `archive.toml` that cannot be used.
        """
        if is_url(str(named)):
            url = ledger_url(str(named))
            return cls(_cache(url), url, by_url=True)
        folder = Path(named).expanduser()
        own: object = declared(folder).get("ledger", {})
        path = folder / SETTINGS
        if not isinstance(own, dict) or own.keys() - {"url"}:
            raise InputError(f"{path}: [ledger] has `url`, and nothing else")
        said = own.get("url")
        if said is None:
            return cls(folder)
        if not isinstance(said, str):
            raise InputError(f"{path}: the ledger's `url` is a text in quotation marks")
        return cls(folder, ledger_url(said, f"{path}: "))

    def __str__(self) -> str:
        """What a person calls it: the folder, or the URL without its password and options."""
        return str(self.folder) if not self.by_url else shown(self.url)

    @property
    def ledger(self) -> str:
        """The ledger as a person calls it: its file, or its URL without password and options."""
        return str(self.folder / LEDGER) if self.url is None else shown(self.url)

    @property
    def words(self) -> list[str]:
        """How a child process is told the archive on its command line, which others can read."""
        return [] if self.by_url else ["--archive", str(self.folder)]

    @property
    def environment(self) -> dict[str, str]:
        """How it is told the rest: in its environment, which only its user can read."""
        if not self.by_url or self.url is None:
            return {}
        return {ARCHIVE: self.url.render_as_string(hide_password=False)}


def declared(folder: Path) -> dict[str, Any]:
    """The tables of a folder's `archive.toml`, none if there is no such file; raises InputError."""
    path = folder / SETTINGS
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None


def ledger_url(named: str, where: str = "") -> URL:
    """The URL of a PostgreSQL ledger for SQLAlchemy; `where` is where it was found, for errors.

    Raises InputError, which does not repeat the URL: it may hold a password.
    """
    try:
        url = make_url(named.strip())
    except (ArgumentError, ValueError):
        raise InputError(f"{where}the ledger's URL cannot be read: {FORM}") from None
    if url.drivername not in SCHEMES:
        raise InputError(f"{where}a ledger can be on PostgreSQL, not on {url.drivername}: {FORM}")
    if "@" in (url.host or ""):
        raise InputError(f"{where}write an @ in the password of the ledger's URL as %40")
    query = dict(url.query)
    if isinstance(password := query.pop("password", None), str):
        url = url.set(password=password)
    return url.set(drivername="postgresql+psycopg", query=query)


FORM = "write it as postgresql://USER@HOST/DATABASE"


def shown(url: URL | None) -> str:
    """A URL for people: who, where and which database."""
    if url is None:
        return ""
    bare = url.set(drivername="postgresql", query={})
    return URL.create(
        "postgresql", bare.username, None, bare.host, bare.port, bare.database
    ).render_as_string()


def _cache(url: URL) -> Path:
    """The folder of a ledger that is named by its URL, by a digest that no password goes into."""
    import platformdirs

    named = URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    digest = hashlib.sha256(named.encode()).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("dateline", appauthor=False)) / "ledgers" / digest
