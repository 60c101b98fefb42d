"""What tells a command of the running server of its archive: a file for one user alone, and a lock.

`local` says what for, and why it can be trusted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import platform
import secrets
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.operations.local_wire import LINE

if TYPE_CHECKING:
    from filelock import FileLock

FILE, LOCK = "serving.json", "serving.lock"
"""Beside the ledger: where the server is asked, and the lock that it holds while it lives."""

LEDGER = "ledger.sqlite3"

PLAIN_CHAT = "DATELINE_CHAT_MODEL"
SHAPING = ("DATELINE_MODEL", "DATELINE_RERANKER", "DATELINE_NLI", "DATELINE_CHROMA_URL")
"""Settings of the environment, with those of a chat model, that an answer depends on."""


@dataclass(frozen=True, slots=True)
class Server:
    """What the file says. `archive` and `host` tell its archive and machine, `settings` those of
    its environment, by a digest that the secret goes into."""

    port: int
    secret: str
    version: str
    archive: list[int]
    host: str
    settings: str


def find(folder: Path) -> Server | None:
    """The server of the archive in a folder, if one runs here that would answer as this process
    does: of the same user, version and settings. None where anything is otherwise."""
    try:
        server = _read(folder)
        own = described(folder, server.port, server.secret)
    except (OSError, ValueError, TypeError, AttributeError):  # no file, or of another shape
        return None
    return server if server == own and _lives(folder) else None


def _read(folder: Path) -> Server:
    """The file, if this user owns it and nobody else may read it, in a folder in which nobody
    could have exchanged it."""
    if os.name != "posix" or not is_ours(folder):
        raise PermissionError(folder)
    descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, encoding="utf-8") as file:
        found = os.fstat(descriptor)
        private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid != os.geteuid():
            raise PermissionError(folder / FILE)
        return Server(**json.loads(file.read(LINE)))


def leave(folder: Path, server: Server) -> None:
    """Write the file, whole at once and for this user alone from its first byte."""
    aside = folder / f"{FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(server)))
    aside.replace(folder / FILE)


def is_ours(folder: Path) -> bool:
    """Whether a folder is this user's or the administrator's, and not everybody's to write."""
    found = folder.stat()
    return found.st_uid in {os.geteuid(), 0} and not found.st_mode & stat.S_IWOTH


def lock_of(folder: Path) -> FileLock:
    """The lock that a server holds: others may not even look at it, so that none can hold it."""
    from filelock import FileLock

    return FileLock(folder / LOCK, timeout=0, thread_local=False, mode=0o600)


def _lives(folder: Path) -> bool:
    """Whether the process that left the file still runs."""
    from filelock import Timeout

    try:
        with lock_of(folder):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def described(folder: Path, port: int, secret: str) -> Server:
    """A server that this process could be, at this port."""
    ledger = (folder / LEDGER).stat()
    return Server(
        port=port,
        secret=secret,
        version=_version(),
        archive=[ledger.st_dev, ledger.st_ino],
        host=_host(),
        settings=_settings(secret),
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dateline")
    except PackageNotFoundError:
        return ""


def _host() -> str:
    """This machine, and the network that its loopback is of: a container has its own."""
    try:
        network = os.readlink("/proc/self/ns/net")
    except OSError:
        network = ""
    return f"{platform.node()} {network}".strip()


def _settings(secret: str) -> str:
    chat = sorted(n for n in os.environ if n.startswith("DATELINE_CHAT_") and n != PLAIN_CHAT)
    said = [[name, os.environ.get(name, "")] for name in (*SHAPING, *chat)]
    return hmac.new(secret.encode(), json.dumps(said).encode(), hashlib.sha256).hexdigest()
