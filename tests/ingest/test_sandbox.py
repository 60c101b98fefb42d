"""The sandbox against parsers that hang, crash, fill memory, talk, connect and write."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest.sandbox import ParseFailed, Sandbox

PARSERS = "tests.ingest.sandbox_parsers"
LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Children with the real memory limit; parsers that answer at all do so at once."""
    with Sandbox(package=PARSERS) as opened:
        yield opened


@pytest.fixture(scope="module")
def hurried() -> Iterator[Sandbox]:
    """One child, two seconds a document."""
    with Sandbox(package=PARSERS, seconds=2, workers=1) as opened:
        yield opened


def refusal(sandbox: Sandbox, how: str, **options: str) -> str:
    """Why the document was refused."""
    with pytest.raises(ParseFailed) as caught:
        sandbox.parse("rude", how.encode(), **options)
    return str(caught.value)


def alive(pid: int) -> bool:
    """Whether the process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_document_and_its_options_arrive(sandbox: Sandbox) -> None:
    options: dict[str, Any] = {"url": "https://example.org/é", "deep": True, "limit": 3, "no": None}
    answer = sandbox.parse("polite", "관세 ☃".encode(), **options)
    assert (answer["text"], answer["options"]) == ("관세 ☃", options)


def test_documents_larger_than_a_pipe(sandbox: Sandbox) -> None:
    assert sandbox.parse("polite", b"x" * 5_000_000)["text"] == "x" * 5_000_000


def test_lone_surrogates_do_not_come_back(sandbox: Sandbox) -> None:
    assert sandbox.parse("polite", b"a\xed\xa0\x80b")["text"] == "a?b"


def test_a_refusal_keeps_the_child_and_has_no_control_characters(sandbox: Sandbox) -> None:
    before = sandbox.parse("polite", b"one")["pid"]
    with pytest.raises(ParseFailed, match=r"^it is no \[31m feed$"):
        sandbox.parse("polite", b"hopeless")
    assert sandbox.parse("polite", b"two")["pid"] == before


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("sleep", "took longer than 2 s"),
        ("exit", "crashed the parser (exit code 3)"),
        pytest.param("crash", "crashed the parser (SIGSEGV)", marks=LIMITED),
        pytest.param("long", "the parser's answer was not usable", marks=LIMITED),
    ],
)
def test_a_child_that_failed_is_replaced(hurried: Sandbox, how: str, reason: str) -> None:
    before = hurried.parse("polite", b"one")["pid"]
    assert refusal(hurried, how) == reason
    assert hurried.parse("polite", b"two")["pid"] != before
    assert not alive(before)


@LIMITED
@pytest.mark.parametrize("how", ["memory", "one block"])
def test_memory_is_limited(sandbox: Sandbox, how: str) -> None:
    assert refusal(sandbox, how) == "took more than 600 MB"
    assert sandbox.parse("rude", b"large") == 100 * 2**20


@LIMITED
def test_a_child_that_has_grown_is_replaced() -> None:
    with Sandbox(package=PARSERS, memory=250 * 2**20, workers=1) as sandbox:
        before = sandbox.parse("polite", b"one")["pid"]
        sandbox.parse("rude", b"large")
        assert sandbox.parse("polite", b"two")["pid"] != before


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("deep", "it is nested too deeply"),
        ("no JSON", "TypeError: Object of type set is not JSON serializable"),
    ],
)
def test_other_failures_are_told(sandbox: Sandbox, how: str, reason: str) -> None:
    assert refusal(sandbox, how) == reason


@pytest.mark.parametrize("how", ["connect", "resolve", "program", "shell", "fork"])
def test_a_parser_reaches_nothing(sandbox: Sandbox, how: str) -> None:
    assert "a parser may not do this" in refusal(sandbox, how)


def test_a_parser_writes_no_file(sandbox: Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert "a parser may not write" in refusal(sandbox, "write", path=str(target))
    assert not target.exists()


def test_what_a_parser_prints_is_lost(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert sandbox.parse("rude", b"talk") == ""
    assert capfd.readouterr() == ("", "")


def test_children_see_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    monkeypatch.setenv("HTTPS_PROXY", "http://canary.example")
    with Sandbox(package=PARSERS) as sandbox:
        assert "canary" not in str(sandbox.parse("polite", b"")["environment"])


def test_the_real_libraries_work_within_the_limits(sandbox: Sandbox) -> None:
    text = "Officials in Seoul said that the talks on tariffs would go on next week. " * 20
    page = f"<html><body><article><p>{text}</p></article></body></html>"
    assert sandbox.parse("real", page.encode()) == text.strip()


@pytest.mark.parametrize(
    "bomb",
    [
        b"<html><p " + b" ".join(b"a%d=1" % i for i in range(300_000)) + b">x",
        b"<html>" + b"<a href=/x>y</a>" * 300_000,
    ],
    ids=["attributes", "links"],
)
def test_bombs_that_hang_the_real_libraries_end(hurried: Sandbox, bomb: bytes) -> None:
    with pytest.raises(ParseFailed, match=r"took longer than 2 s|took more than 600 MB"):
        hurried.parse("real", bomb)
    assert hurried.parse("polite", b"next")["text"] == "next"


def test_only_named_parsers_run(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no parser 'os'"):
        sandbox.parse("os", b"")
    with pytest.raises(ParseFailed, match="the parser absent could not be loaded"):
        sandbox.parse("absent", b"")


def test_threads_share_a_few_children(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda i: sandbox.parse("polite", b"%d" % i), range(100)))
    assert [a["text"] for a in answers] == [str(i) for i in range(100)]
    assert len({a["pid"] for a in answers}) <= 2


def test_a_good_neighbour_of_bad_documents_is_parsed(hurried: Sandbox) -> None:
    bad = ["exit", "no JSON", "deep", "exit"]
    with ThreadPoolExecutor(4) as threads:
        good = [threads.submit(hurried.parse, "polite", b"%d" % i) for i in range(8)]
        for how in bad:
            refusal(hurried, how)
        assert [g.result()["text"] for g in good] == [str(i) for i in range(8)]


def test_children_are_recycled() -> None:
    with Sandbox(package=PARSERS, workers=1, recycle=2) as sandbox:
        pids = [sandbox.parse("polite", b"")["pid"] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_closing_ends_a_parse_under_way_and_all_children() -> None:
    sandbox = Sandbox(package=PARSERS, workers=2)
    pid = sandbox.parse("polite", b"")["pid"]
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(refusal(sandbox, "sleep")))
    thread.start()
    while sandbox._idle:  # until the thread has taken the child
        pass
    sandbox.close()
    thread.join(30)
    assert said == ["the sandbox was closed meanwhile"]
    assert not alive(pid)
    with pytest.raises(ValueError, match="closed"):
        sandbox.parse("polite", b"")


def test_none_starts_before_it_is_needed() -> None:
    with Sandbox(package=PARSERS) as sandbox:
        assert not sandbox._all


@LIMITED
def test_a_large_parent_does_not_wear_its_children_out() -> None:
    """getrusage's peak would begin with the parent's, and replace each child after a document."""
    held = bytearray(200 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    with Sandbox(package=PARSERS, memory=300 * 2**20, workers=1) as sandbox:
        pids = {sandbox.parse("polite", b"one")["pid"] for _ in range(3)}
    assert len(pids) == 1
    assert held
