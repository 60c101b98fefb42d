"""A running `dateline serve` answers the command line of its own user.

A server has everything loaded, a command would load it first. So the server leaves beside the
archive a file for its user alone, with a loopback port and a secret, and holds a lock as long as it
lives. A command of the same user that finds the file, and the lock held, asks there. Each side
proves that it knows the secret (HMAC of both sides' nonces), the server first; the secret itself
never crosses the wire, and what listens where a server was before learns nothing.

Another user can neither read the file nor put one in its place: what others own, may read or
could have exchanged is left aside. Only the user whose archive it is, and the administrator, gain
anything, and nothing that reading the folder would not give them.

`publish` is the server's side, `asked` and `local_server.find` are the command's, which imports
little.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ui.operations.local_server import FILE, Server, described, is_ours, leave, lock_of
from ui.operations.local_wire import Message, Wire, proof, proved, receive, send

log = logging.getLogger(__name__)

HANDSHAKE = 1.0
"""Seconds in which each side has proved itself."""

ANSWER = 300.0
"""Seconds between two lines of an answer: a chat model may take its time."""

AT_ONCE = 8
"""Questions from commands that are answered at the same time."""

Answering = Callable[[Message], Iterator[Message]]
"""From what a command asks to the messages that answer it; the last one has `end`."""

DONE, DECLINED, REFUSED, FAILED = "done", "declined", "refused", "failed"
"""How an answer ends: whole; not for this server; with an error of the user's; with one of ours."""


class Away(Exception):
    """No server answers at the address, or not one that knows the secret."""


class Stopped(Exception):
    """The server went away in the middle of an answer."""


def ask(server: Server, question: Message) -> Iterator[Message]:
    """Ask; the messages that answer, the last of which has `end`.

    Raises Away before the first message if nobody answers who knows the secret, and Stopped if
    the answer breaks off.
    """
    mine = secrets.token_hex(16)
    address = ("127.0.0.1", server.port)
    try:
        with (
            socket.create_connection(address, timeout=HANDSHAKE) as connection,
            connection.makefile("rwb") as wire,
        ):
            send(wire, {"nonce": mine})
            met = receive(wire)
            theirs = str(met.get("nonce", ""))
            if not proved(met, server.secret, "server", mine, theirs):
                raise Away("what answers at its port is another program")
            own = proof(server.secret, "command", mine, theirs)
            send(wire, {"proof": own, "asked": question})
            connection.settimeout(ANSWER)
            yield from _answer(wire)
    except (OSError, ValueError) as error:
        raise Away(str(error) or type(error).__name__) from error


def _answer(wire: Wire) -> Iterator[Message]:
    begun = False
    while True:
        try:
            message = receive(wire, limit=None)
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
    if os.name != "posix" or not is_ours(folder):
        raise PermissionError(f"others could write to {folder}")
    stack.enter_context(
        lock_of(folder).acquire(timeout=HANDSHAKE)
    )  # a command may look at it just now
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=AT_ONCE))
    stack.callback(_close, listening)
    secret = secrets.token_hex(32)
    server = described(folder, listening.getsockname()[1], secret)
    leave(folder, server)
    stack.callback((folder / FILE).unlink, missing_ok=True)
    work = (listening, secret, answering)
    threading.Thread(target=_accept, args=work, daemon=True, name="commands").start()


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
        late = threading.Timer(HANDSHAKE, _close, (connection,))
        late.daemon = True
        late.start()
        try:
            with connection.makefile("rwb") as wire:
                met = _handshake(wire, secret)
                late.cancel()
                for message in answering(met) if met is not None else ():
                    send(wire, message)
        finally:
            late.cancel()
            places.release()


def _close(connection: socket.socket) -> None:
    """End a connection, or the waiting for one, whatever another thread does with it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _handshake(wire: Wire, secret: str) -> Message | None:
    """What a command asks that knows the secret."""
    mine = secrets.token_hex(16)
    theirs = str(receive(wire).get("nonce", ""))
    send(wire, {"nonce": mine, "proof": proof(secret, "server", theirs, mine)})
    said = receive(wire)
    if not proved(said, secret, "command", theirs, mine):
        return None
    question: Message = said["asked"]
    return question
