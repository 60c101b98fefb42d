"""A PostgreSQL server of the machine's own package, on loopback, for as long as a test session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

PASSWORD = "t0p s3cret/word"  # noqa: S105
USER = "dateline"

_numbers = count()


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest that is installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


class Server:
    """A running server; `stop` and `start` are for tests of what happens meanwhile."""

    def __init__(self, bin_: Path, folder: Path) -> None:
        self.bin, self.folder = bin_, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(secret, "postgres")
        # Sorted as a person would, so that what needs the order of code points has to ask for it
        locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        auth = ["--auth=scram-sha-256", f"--pwfile={secret}", f"--username={USER}"]
        self._run("initdb", "-D", str(folder / "data"), "--encoding=UTF8", *locale, *auth)
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories='' "
        options += "-c fsync=off -c full_page_writes=off -c max_connections=50"
        log = str(self.folder / "log")
        data = ["-D", str(self.folder / "data"), "-l", log]
        self._run("pg_ctl", *data, "-o", options, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        secret = quote(PASSWORD, safe="")
        return f"postgresql://{USER}:{secret}@127.0.0.1:{self.port}/{database}"

    def new(self) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(_numbers)}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def sql(self, database: str, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _run(self, name: str, *words: str) -> None:
        command = [str(self.bin / name), *words]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.folder, timeout=120
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


@contextmanager
def running() -> Iterator[Server]:
    """A server, stopped and gone in the end; skips where PostgreSQL is not installed."""
    found = binaries()
    if found is None:
        reason = "needs PostgreSQL's server: apt install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    pytest.importorskip("psycopg", reason="needs psycopg: pip install 'dateline[postgres]'")
    folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-"))
    try:
        server = Server(found, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
