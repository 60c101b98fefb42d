"""The socket that the web chat listens on, and its address."""

from __future__ import annotations

import errno
import os
import socket

from vectorstore import InputError


def check_port(host: str, port: int) -> None:
    """Raises InputError if `serve` could not listen there; for asking before long work."""
    listen(host, port).close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises InputError if the port is in use, or the address is not
    this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(socket.SOMAXCONN)
    except OSError as exc:
        listening.close()
        if exc.errno == errno.EADDRINUSE:
            message = f"Port {port} is in use. Choose another, for example: --port {port + 1}"
        else:
            message = f"Cannot listen on {host}, port {port}: {exc.strerror}"
        raise InputError(message) from exc
    return listening


def address_of(host: str, port: int) -> str:
    """The URL under which a browser on this machine finds what listens there."""
    name = {"": "localhost", "0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
