"""A server answers its own user's command line, and nobody else gains anything by that."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ui.operations.local import DONE, Away, Stopped, ask, publish
from ui.operations.local_server import FILE, LOCK, Server, find
from ui.operations.local_wire import Message

pytestmark = pytest.mark.skipif(os.name != "posix", reason="users' rights to files are POSIX's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "archive"
    made.mkdir(mode=0o755)
    (made / "ledger.sqlite3").write_bytes(b"a ledger")
    return made


def echo(message: Message) -> Iterator[Message]:
    yield {"line": [message["question"], ""]}
    yield {"end": DONE}


def found(folder: Path) -> Server:
    server = find(folder)
    assert server is not None
    return server


def test_a_command_finds_the_server_and_is_answered_until_it_ends(folder: Path) -> None:
    assert find(folder) is None
    with publish(folder, echo):
        server = found(folder)
        for text in ("Who?", "누가?", "x" * 16_000):
            messages = list(ask(server, {"question": text}))
            assert messages == [{"line": [text, ""]}, {"end": DONE}]
    assert find(folder) is None
    assert not (folder / FILE).exists()
    with pytest.raises(Away):
        list(ask(server, {"question": "Who?"}))


def test_the_file_and_the_lock_are_for_their_owner_alone(folder: Path) -> None:
    with publish(folder, echo):
        assert find(folder)
        for name in (FILE, LOCK):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_one_server_of_an_archive_answers(folder: Path) -> None:
    with publish(folder, echo):
        first = found(folder)
        with publish(folder, echo):
            assert find(folder) == first
        assert find(folder) == first


def test_what_others_could_have_read_or_exchanged_is_left_aside(folder: Path) -> None:
    with publish(folder, echo):
        server = found(folder)
        (folder / FILE).chmod(0o640)
        assert find(folder) is None
        (folder / FILE).chmod(0o600)
        assert find(folder) == server
        folder.chmod(0o777)
        assert find(folder) is None
        folder.chmod(0o755)
        (folder / FILE).rename(folder / "elsewhere")
        (folder / FILE).symlink_to(folder / "elsewhere")
        assert find(folder) is None
        if os.geteuid() == 0:
            (folder / FILE).unlink()
            (folder / "elsewhere").rename(folder / FILE)
            os.chown(folder / FILE, 12345, 12345)
            assert find(folder) is None


def test_nothing_is_left_where_others_could_write(folder: Path) -> None:
    folder.chmod(0o777)
    with publish(folder, echo):
        assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    "other",
    [{"version": "0.0.1"}, {"host": "another"}, {"archive": [1, 2]}, {"settings": "others"}],
)
def test_a_server_that_would_answer_otherwise_is_left_aside(
    folder: Path, other: dict[str, object]
) -> None:
    with publish(folder, echo):
        server = found(folder)
        (folder / FILE).write_text(json.dumps(asdict(replace(server, **other))))  # type: ignore[arg-type]
        assert find(folder) is None


def test_a_server_with_other_settings_is_left_aside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with publish(folder, echo):
        monkeypatch.setenv("DATELINE_RERANKER", "a-model")
        assert find(folder) is None
        monkeypatch.delenv("DATELINE_RERANKER")
        assert find(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"port": 1}', '{"port": 1, "more": 2}'])
def test_a_file_that_says_something_else_is_left_aside(folder: Path, content: str) -> None:
    with publish(folder, echo):
        (folder / FILE).write_text(content)
        assert find(folder) is None


def test_a_copy_of_the_archive_has_no_server(folder: Path, tmp_path: Path) -> None:
    with publish(folder, echo):
        shutil.copytree(folder, tmp_path / "copy")
        (tmp_path / "copy" / FILE).chmod(0o600)
        assert find(tmp_path / "copy") is None


def test_a_killed_server_leaves_nothing_that_is_asked(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from ui.operations.local import publish\n"
        f"with publish(Path({str(folder)!r}), lambda message: iter(())):\n"
        "    print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        assert find(folder)
        child.kill()
    assert (folder / FILE).exists()
    assert find(folder) is None
    with publish(folder, echo):
        assert list(ask(found(folder), {"question": "Who?"}))[-1] == {"end": DONE}


def test_another_program_at_the_port_is_told_nothing(folder: Path) -> None:
    heard: list[bytes] = []
    with publish(folder, echo), socket.create_server(("127.0.0.1", 0)) as other:
        server = replace(found(folder), port=other.getsockname()[1])

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b'{"nonce": "00", "proof": "00"}\n')
                heard.append(connection.recv(65536))

        listening = threading.Thread(target=answer)
        listening.start()
        with pytest.raises(Away, match="another program"):
            list(ask(server, {"question": "a secret question"}))
        listening.join()
    assert b"secret" not in b"".join(heard)
    assert server.secret.encode() not in b"".join(heard)
    assert heard[-1] == b""


@pytest.mark.parametrize(
    "said",
    [
        b'{"nonce": "00"}\n{"proof": "00", "asked": {"question": "Who?"}}\n',
        b'{"nonce": "00"}\n{"asked": {"question": "Who?"}}\n',
        b"GET / HTTP/1.1\r\n\r\n",
        b"[]\n",
        b"",
    ],
)
def test_who_does_not_know_the_secret_is_not_answered(folder: Path, said: bytes) -> None:
    heard = b""
    with publish(folder, echo):
        address = ("127.0.0.1", found(folder).port)
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(said)
            while part := connection.recv(65536):
                heard += part
        assert list(ask(found(folder), {"question": "Who?"}))
    assert b"Who?" not in heard


def test_an_answer_that_breaks_off_is_told_from_one_that_never_came(folder: Path) -> None:
    def half(message: Message) -> Iterator[Message]:
        if message["question"] == "some":
            yield {"line": ["The beginning.", ""]}
        raise ValueError

    with publish(folder, half):
        with pytest.raises(Stopped):
            list(ask(found(folder), {"question": "some"}))
        with pytest.raises(Away):
            list(ask(found(folder), {"question": "none"}))
