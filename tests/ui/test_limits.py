"""Limits for all that grows: askers, waiting questions, conversations, the disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatbot import Answer, Claim
from tests.conftest import NEWS, article, put
from tests.ui.command import dateline
from tests.ui.serving import served
from ui.operations import limits, retention
from ui.operations.limits import Busy, Rate, Rates, Turnstile
from ui.store import Store
from ui.store import conversations as store_conversations
from vectorstore import Archive, ArchiveFull, InputError
from vectorstore.durable import size
from vectorstore.health import examine
from vectorstore.index import dense
from vectorstore.quota import making_room, quota


class Slow:
    """A chain that answers when it is let go."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)

    async def ainvoke(self, _inputs: Any) -> Answer:
        self.begun.release()
        await asyncio.to_thread(self.go.wait, 60)
        return Answer(claims=(Claim(text="Done.", citations=()),))

    async def astream(self, inputs: Any) -> AsyncIterator[Answer]:
        yield await self.ainvoke(inputs)


def test_a_full_queue_of_questions_is_a_polite_503_and_never_a_hang(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turnstile.__init__, "__defaults__", (2, 1, 60.0, 0, None))
    chain = Slow()

    def ask(base: str, **more: Any) -> httpx.Response:
        return httpx.post(f"{base}/api/v1/ask", json={"question": "x"} | more, timeout=90)

    with served(newsroom, chain) as base, ThreadPoolExecutor(3) as pool:
        inside = [pool.submit(ask, base) for _ in range(2)]
        assert all(chain.begun.acquire(timeout=60) for _ in range(2))
        waits = pool.submit(ask, base)
        while "dateline_questions_waiting 1.0" not in httpx.get(f"{base}/metrics").text:
            pass
        for more in ({}, {"stream": True}):
            refused = ask(base, **more)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert "try again" in refused.json()["error"]["message"]
        chain.go.set()
        assert [f.result().status_code for f in (*inside, waits)] == [200, 200, 200]


async def test_who_waits_too_long_is_told_so() -> None:
    stile = Turnstile(at_once=1, waiting=5, patience=0.01)
    async with stile.turn():
        with pytest.raises(Busy):
            async with stile.turn():
                pass
        assert stile.queued == 0
    async with stile.turn():
        pass


def test_a_rate_fills_again_and_is_each_ones_own() -> None:
    now = [0.0]
    rate = Rate(2, 60.0, clock=lambda: now[0])
    assert [rate.take("ann") for _ in range(3)] == [0, 0, 30]
    assert rate.take("bob") == 0
    now[0] = 30.0
    assert [rate.take("ann"), rate.take("ann")] == [0, 30]


def test_only_so_many_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KNOWN", 10)
    rate = Rate(1, 60.0)
    for n in range(100):
        rate.take(str(n))
    assert len(rate._held) == 10


def test_rates_are_set_by_name_and_nonsense_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Rates.from_environment(local=True) == Rates(None, None)
    served_to_others = Rates.from_environment(local=False)
    assert served_to_others.person is not None
    assert (served_to_others.person.count, served_to_others.person.seconds) == (60, 60.0)
    monkeypatch.setenv(limits.PERSON, "off")
    assert Rates.from_environment(local=False).person is None
    monkeypatch.setenv(limits.PERSON, "often")
    with pytest.raises(InputError, match="60/minute"):
        Rates.from_environment(local=True)


def test_a_person_and_an_address_ask_so_often_and_no_more(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.PERSON, "2/hour")
    monkeypatch.setenv(limits.ADDRESS, "4/hour")
    chain = Slow()
    chain.go.set()

    def asks(client: httpx.Client) -> httpx.Response:
        return client.post("/api/ask", json={"question": "x"})

    with served(newsroom, chain) as base:
        with httpx.Client(base_url=base) as ann, httpx.Client(base_url=base) as bob:
            ann.get("/")
            bob.get("/")
            assert [asks(ann).status_code for _ in range(3)] == [200, 200, 429]
            assert asks(bob).status_code == 200
            refused = asks(bob)  # the fifth from this address
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert "Please wait" in refused.json()["error"]["message"]
        assert httpx.get(f"{base}/api/v1/search", params={"q": "x"}).status_code == 429
        chat = httpx.post(f"{base}/gradio_api/queue/join", json={})
        assert chat.status_code == 429
        assert "Please wait" in chat.json()["detail"]  # which is what the chat shows
        assert httpx.get(f"{base}/healthz").status_code == 200
        assert httpx.get(f"{base}/api/v1/status").status_code == 200


def test_conversations_are_forgotten_after_their_days(empty: Archive) -> None:
    put(empty, NEWS[:1])
    store = Store.beside(empty)
    kept = store.create("ann", "old")
    store.append("ann", kept.id, "question", None)
    later = datetime.now(UTC) + timedelta(days=31)
    assert retention.forget(empty, 60, now=later) == 0
    assert retention.forget(empty, 30, now=later) == 1
    with pytest.raises(InputError):
        store.get("ann", kept.id)
    store.create("ann", "new")
    store.close()
    done = dateline("forget", "--older-than", "1", archive=empty.path)
    assert (done.returncode, "0 conversations" in done.stdout) == (0, True)


def test_the_server_forgets_by_itself(empty: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.beside(empty)
    store.create("ann", "old")
    done = threading.Event()
    old = datetime.now(UTC) + timedelta(days=9)

    def forget(archive: Archive, days: int) -> int:
        gone = before(archive, days, now=old)
        done.set()
        return gone

    before = retention.forget
    monkeypatch.setattr(retention, "forget", forget)
    monkeypatch.setenv(retention.KEEP_DAYS, "7")
    with retention.retaining(empty):
        assert done.wait(60)
    assert store.recent("ann") == []
    store.close()
    monkeypatch.setenv(retention.KEEP_DAYS, "a week")
    with pytest.raises(InputError, match="write it as 90"):
        retention.keep_days()


def test_one_person_keeps_so_many_conversations(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_conversations, "MOST_CONVERSATIONS", 3)
    store = Store.beside(empty)
    other = store.create("bob", "bob's")
    for n in range(5):
        store.create("ann", str(n))
    assert {k.name for k in store.recent("ann")} == {"2", "3", "4"}
    assert store.get("bob", other.id).name == "bob's"
    store.close()


def test_a_full_quota_answers_and_takes_nothing_in(
    empty: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(empty, NEWS)
    used = size(empty.path)

    def told() -> str:
        return next(f.state for f in examine(empty.path, quick=True) if f.check == "quota")

    for share, state in ((2.0, "ok"), (1.05, "warning"), (0.9, "error")):
        monkeypatch.setenv("DATELINE_QUOTA", f"{share * used / 1e6:.6f} MB")
        assert told() == state
    with pytest.raises(ArchiveFull, match="dateline rebuild"):
        put(empty, [article("more.md", "One more.")])
    assert empty.search("tariff")
    (tmp_path / "more.md").write_text("---\ntitle: More\n---\nOne more story on steel.\n")
    done = dateline("ingest", tmp_path / "more.md", archive=empty.path)
    assert done.returncode == 1
    assert "DATELINE_QUOTA allows" in done.stderr
    monkeypatch.setenv("DATELINE_QUOTA", "much")
    with pytest.raises(InputError, match="500 MB or 5 GB"):
        quota()


def test_what_is_advised_to_a_full_archive_makes_room(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [article(f"{n}.md", f"Story {n} of steel. " * 20, source="old") for n in range(60)]
    put(empty, old)
    put(empty, NEWS)
    uploads = empty.path / "uploads"
    uploads.mkdir()
    (uploads / "ingested.md").write_text("x" * 1000)
    with empty.writing():
        assert empty.withdraw("old") == 60
        empty.index()
    assert "dateline rebuild" in making_room(empty.path)
    assert str(uploads) in making_room(empty.path)
    before = size(empty.path)
    for later in (dense.RETIRED_SECONDS, 0):  # the second time, ten minutes have gone by
        monkeypatch.setattr(dense, "RETIRED_SECONDS", later)
        assert dateline("rebuild", archive=empty.path).returncode == 0
    assert size(empty.path) < before - 400_000
