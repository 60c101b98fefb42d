"""A running `dateline serve` answers the command line of its own user.

A server has everything loaded, a command would load it first. So the server leaves beside the
archive a file for its user alone, with a loopback port and a secret, and holds a lock as long as it
lives. A command of the same user that finds the file, and the lock held, asks there. Each side
proves that it knows the secret (HMAC of both sides' nonces), the server first; the secret itself
never crosses the wire, and what listens where a server was before learns nothing.

Another user can neither read the file nor put one in its place: what others own, may read or
could have exchanged is left aside. Only the user whose archive it is, and the administrator, gain
anything, and nothing that reading the folder would not give them.

`publish` is the server's side, `find` and `asked` are the command's, which imports little.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
import platform
import secrets
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from filelock import FileLock

log = logging.getLogger(__name__)

FILE, LOCK = "serving.json", "serving.lock"
"""Beside the ledger: where the server is asked, and the lock that it holds while it lives."""

LEDGER = "ledger.sqlite3"

LINE = 64 * 1024
"""Bytes of what a command sends at most; a question has 16 kB."""

MEET = 1.0
"""Seconds in which each side has proved itself."""

ANSWER = 300.0
"""Seconds between two lines of an answer: a chat model may take its time."""

AT_ONCE = 8
"""Questions from commands that are answered at the same time."""

PLAIN_CHAT = "DATELINE_CHAT_MODEL"
SHAPING = ("DATELINE_MODEL", "DATELINE_RERANKER", "DATELINE_NLI", "DATELINE_CHROMA_URL")
"""Settings of the environment, with those of a chat model, that an answer depends on."""

Message = dict[str, Any]
Answering = Callable[[Message], Iterator[Message]]
"""From what a command asks to the messages that answer it; the last one has `end`."""

DONE, DECLINED, REFUSED, FAILED = "done", "declined", "refused", "failed"
"""How an answer ends: whole; not for this server; with an error of the user's; with one of ours."""


class Wire(Protocol):
    """A connection as a file."""

    def readline(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class Away(Exception):
    """No server answers at the address, or not one that knows the secret."""


class Stopped(Exception):
    """The server went away in the middle of an answer."""


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
        own = _described(folder, server.port, server.secret)
    except (OSError, ValueError, TypeError, AttributeError):  # no file, or of another shape
        return None
    return server if server == own and _lives(folder) else None


def asked(server: Server, question: Message) -> Iterator[Message]:
    """Ask; the messages that answer, the last of which has `end`.

    Raises Away before the first message if nobody answers who knows the secret, and Stopped if
    the answer breaks off.
    """
    mine = secrets.token_hex(16)
    address = ("127.0.0.1", server.port)
    try:
        with (
            socket.create_connection(address, timeout=MEET) as connection,
            connection.makefile("rwb") as wire,
        ):
            _send(wire, {"nonce": mine})
            met = _receive(wire)
            theirs = str(met.get("nonce", ""))
            if not _proved(met, server.secret, "server", mine, theirs):
                raise Away("what answers at its port is another program")
            proof = _proof(server.secret, "command", mine, theirs)
            _send(wire, {"proof": proof, "asked": question})
            connection.settimeout(ANSWER)
            yield from _answer(wire)
    except (OSError, ValueError) as error:
        raise Away(str(error) or type(error).__name__) from error


def _answer(wire: Wire) -> Iterator[Message]:
    begun = False
    while True:
        try:
            message = _receive(wire, limit=None)
        except (OSError, ValueError) as error:
            if begun:
                raise Stopped from error
            raise
        begun = True
        yield message
        if "end" in message:
            return


@contextmanager
def publish(folder: Path, answering: Answering) -> Iterator[None]:
    """Answer commands on this archive until left; does nothing where that cannot be: on a system
    without users' rights to files, in a folder that cannot be written or that others could write
    to, or where another server answers already."""
    with contextlib.ExitStack() as stack:
        try:
            _begin(folder, answering, stack)
        except OSError as error:
            log.info("commands on this archive answer by themselves: %s", error)
            stack.close()
        yield


def _begin(folder: Path, answering: Answering, stack: contextlib.ExitStack) -> None:
    if os.name != "posix" or not _ours(folder):
        raise PermissionError(f"others could write to {folder}")
    stack.enter_context(_lock(folder).acquire(timeout=MEET))  # a command may look at it just now
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=AT_ONCE))
    stack.callback(_cut, listening)
    secret = secrets.token_hex(32)
    server = _described(folder, listening.getsockname()[1], secret)
    _leave(folder, json.dumps(asdict(server)))
    stack.callback((folder / FILE).unlink, missing_ok=True)
    work = (listening, secret, answering)
    threading.Thread(target=_accept, args=work, daemon=True, name="commands").start()


# -- the file ---------------------------------------------------------------------------


def _read(folder: Path) -> Server:
    """The file, if this user owns it and nobody else may read it, in a folder in which nobody
    could have exchanged it."""
    if os.name != "posix" or not _ours(folder):
        raise PermissionError(folder)
    descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, encoding="utf-8") as file:
        found = os.fstat(descriptor)
        private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid != os.geteuid():
            raise PermissionError(folder / FILE)
        return Server(**json.loads(file.read(LINE)))


def _leave(folder: Path, text: str) -> None:
    """Write the file, whole at once and for this user alone from its first byte."""
    aside = folder / f"{FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(folder / FILE)


def _ours(folder: Path) -> bool:
    """Whether a folder is this user's or the administrator's, and not everybody's to write."""
    found = folder.stat()
    return found.st_uid in {os.geteuid(), 0} and not found.st_mode & stat.S_IWOTH


def _lock(folder: Path) -> FileLock:
    """The lock that a server holds: others may not even look at it, so that none can hold it."""
    from filelock import FileLock

    return FileLock(folder / LOCK, timeout=0, thread_local=False, mode=0o600)


def _lives(folder: Path) -> bool:
    """Whether the process that left the file still runs."""
    from filelock import Timeout

    try:
        with _lock(folder):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _described(folder: Path, port: int, secret: str) -> Server:
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


# -- the wire ---------------------------------------------------------------------------


def _accept(listening: socket.socket, secret: str, answering: Answering) -> None:
    places = threading.BoundedSemaphore(AT_ONCE)
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # closed
            return
        if not places.acquire(blocking=False):
            connection.close()
            continue
        threading.Thread(
            target=_serve, args=(connection, secret, answering, places), daemon=True
        ).start()


def _serve(
    connection: socket.socket, secret: str, answering: Answering, places: threading.Semaphore
) -> None:
    """One connection; closed without a word where the other side does not prove itself in time."""
    with connection, contextlib.suppress(OSError, ValueError):
        connection.settimeout(ANSWER)
        late = threading.Timer(MEET, _cut, (connection,))
        late.daemon = True
        late.start()
        try:
            with connection.makefile("rwb") as wire:
                met = _meet(wire, secret)
                late.cancel()
                for message in answering(met) if met is not None else ():
                    _send(wire, message)
        finally:
            late.cancel()
            places.release()


def _cut(connection: socket.socket) -> None:
    """End a connection, or the waiting for one, whatever another thread does with it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _meet(wire: Wire, secret: str) -> Message | None:
    """What a command asks that knows the secret."""
    mine = secrets.token_hex(16)
    theirs = str(_receive(wire).get("nonce", ""))
    _send(wire, {"nonce": mine, "proof": _proof(secret, "server", theirs, mine)})
    said = _receive(wire)
    if not _proved(said, secret, "command", theirs, mine):
        return None
    question: Message = said["asked"]
    return question


def _proof(secret: str, whose: str, command: str, server: str) -> str:
    """That one side knows the secret, for the two nonces of this meeting."""
    told = f"{whose} {command} {server}".encode()
    return hmac.new(bytes.fromhex(secret), told, hashlib.sha256).hexdigest()


def _proved(said: Message, secret: str, whose: str, command: str, server: str) -> bool:
    proof = _proof(secret, whose, command, server)
    return hmac.compare_digest(str(said.get("proof", "")).encode(), proof.encode())


def _send(wire: Wire, message: Message) -> None:
    wire.write(json.dumps(message).encode() + b"\n")
    wire.flush()


def _receive(wire: Wire, limit: int | None = LINE) -> Message:
    """The next message; raises ValueError if it is none, or longer than the limit."""
    line = wire.readline(-1 if limit is None else limit)
    if not line.endswith(b"\n"):
        raise ValueError("the connection was closed")
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message
