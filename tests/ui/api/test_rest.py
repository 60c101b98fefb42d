"""The API as real clients use it: httpx, openai, gradio_client and an MCP client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client as GradioClient
from gradio_client.exceptions import AppError
from mcp.client.client import Client as McpClient
from openai import AuthenticationError, BadRequestError, OpenAI

from chatbot import build_chain
from tests.conftest import article, put
from tests.ui.serving import served
from ui.api.openai import inert
from ui.store import Store
from ui.store.owner import owner_of
from vectorstore import Archive

TARIFF = "What is the tariff on Korean goods in the deal?"
QUOTE = "The tariff on Korean goods will be 15 percent"
TOKEN = "correct-horse-battery"  # noqa: S105 (a test's own)


@pytest.fixture(scope="module")
def base(newsroom: Archive) -> Iterator[str]:
    with served(newsroom) as address:
        yield address


@pytest.fixture(scope="module")
def locked(newsroom: Archive) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_API_TOKEN", TOKEN)
        patch.setenv("DATELINE_LOGIN", "ed:hunter2")
        with served(newsroom) as address:
            yield address


@pytest.fixture(scope="module")
def http(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=120) as client:
        yield client


def message(response: httpx.Response) -> str:
    return str(response.json()["error"]["message"])


def test_ask_answers_with_checked_quotes(http: httpx.Client, newsroom: Archive) -> None:
    answer = http.post("/api/ask", json={"question": TARIFF}).json()
    cited = answer["citations"][0]
    stored = newsroom.article(cited["article"]["id"], cited["article"]["version"])
    assert stored.body[cited["start"] : cited["end"]] == cited["quote"]
    assert QUOTE in cited["quote"]
    assert cited["article"]["published"] == "2025-07-31"
    assert answer["claims"][0]["citations"] == [1]
    assert answer["claims"][0]["failures"] == []
    page = http.get(cited["article"]["page"], params={"start": 0, "end": 5})
    assert page.status_code == 200


def test_ask_streams_events(http: httpx.Client) -> None:
    asked = {"question": TARIFF, "stream": True}
    with http.stream("POST", "/api/ask", json=asked) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        text = "".join(response.iter_text())
    events = [block.split("\n") for block in text.strip().split("\n\n")]
    names = [lines[0].removeprefix("event: ") for lines in events]
    assert names[0] == "query"
    assert names[-1] == "answer"
    assert "claim" in names
    claim = json.loads(events[names.index("claim")][1].removeprefix("data: "))
    assert QUOTE in claim["citations"][0]["quote"]


def test_filters_and_history_count(http: httpx.Client) -> None:
    before = http.post("/api/ask", json={"question": TARIFF, "as_of": "2025-07-10"}).json()
    assert all(c["article"]["published"] < "2025-07-11" for c in before["citations"])
    ships = http.post("/api/ask", json={"question": TARIFF, "outlets": ["business desk"]}).json()
    assert {c["article"]["outlet"] for c in ships["citations"]} <= {"Business Desk"}
    history = [
        {"role": "user", "content": "What will Hanwha Philly Shipyard build?"},
        {"role": "assistant", "content": "Docks."},
    ]
    later = http.post("/api/ask", json={"question": "How much will it cost?", "history": history})
    assert "Hanwha" in json.dumps(later.json()["query"])


def test_an_abstention_shows_what_came_nearest(http: httpx.Client) -> None:
    answer = http.post("/api/ask", json={"question": "Who discovered penicillin?"}).json()
    assert answer["abstained"]
    assert answer["claims"] == answer["citations"] == []
    assert answer["message"]


def test_search_explains(http: httpx.Client) -> None:
    plain = http.get("/api/search", params={"q": "shipyard docks", "k": 2}).json()
    assert len(plain["hits"]) == 2
    assert plain["hits"][0]["article"]["headline"] == "Hanwha plans docks in Philadelphia"
    assert plain["hits"][0]["dense"] is None
    shown = http.get("/api/search", params={"q": "shipyard docks", "explain": True}).json()
    assert shown["hits"][0]["dense"] > 0
    assert shown["hits"][0]["sentences"]
    assert shown["hits"][0]["why"]
    none = http.get("/api/search", params={"q": "docks", "until": "2020-01-01"}).json()
    assert none["hits"] == []


def test_a_misspelt_search_is_read_and_told(http: httpx.Client) -> None:
    found = http.get("/api/search", params={"q": "Hanwah", "k": 1}).json()
    assert found["query"] == "Hanwha"
    assert found["notes"] == ["Read Hanwah as Hanwha."]
    assert "Hanwha" in found["hits"][0]["text"]


def test_an_article_in_full(http: httpx.Client) -> None:
    found = http.get("/api/search", params={"q": "shipyard"}).json()["hits"][0]["article"]
    whole = http.get(f"/api/articles/{found['id']}").json()
    assert whole["text"].startswith("Hanwha Philly Shipyard")
    assert [v["version"] for v in whole["versions"]] == [found["version"]]
    missing = http.get("/api/articles/0000")
    assert missing.status_code == 404
    assert "does not hold" in message(missing)


def test_a_timeline_is_dated_and_cited(http: httpx.Client) -> None:
    events = http.get("/api/timeline", params={"topic": "tariff on Korean goods"}).json()["events"]
    assert [e["day"] for e in events] == sorted(e["day"] for e in events)
    assert any(QUOTE in e["citation"]["quote"] for e in events)
    coverage = http.get("/api/coverage").json()
    assert {"month": "2025-07", "outlet": "Trade Desk", "articles": 2} in coverage


def test_status_and_health(http: httpx.Client, newsroom: Archive) -> None:
    assert http.get("/api/health").json() == {"ok": True, "articles": 5}
    assert http.get("/api/status").json()["passages"] == newsroom.status().passages


def test_what_cannot_be_used_is_explained(http: httpx.Client) -> None:
    for asked, words in (
        ({"question": "x", "outlets": ["Nowhere Post"]}, "there are: Trade Desk"),
        ({"question": "x", "since": "2025-02-02", "until": "2025-01-01"}, "is later than"),
        ({"question": " "}, "write what you want to know"),
        ({"question": "한" * 6000}, "16 kB"),
        ({"question": "x" * 17_000}, "question: String should have at most"),
        ({"question": "x", "as_of": "yesterday"}, "as_of: "),
        ({}, "question: Field required"),
    ):
        response = http.post("/api/ask", json=asked)
        assert response.status_code in {400, 422}, asked
        assert words in message(response)
    assert http.post("/api/ask", content=b"{").status_code == 422
    assert http.post("/api/ask", content=b"x" * 1_000_000).status_code == 413
    assert "too long" in message(http.post("/v1/chat/completions", content=b"x" * 1_000_000))
    assert http.get("/api/search", params={"q": "x", "k": 5000}).status_code == 422


def test_openapi_describes_every_path(http: httpx.Client) -> None:
    described = http.get("/api/v1/openapi.json")
    paths = described.json()["paths"]
    for path in ("ask", "search", "articles/{article_id}", "timeline", "coverage", "status"):
        assert f"/api/v1/{path}" in paths
    assert {"/api/v1/health", "/v1/models", "/v1/chat/completions"} <= set(paths)
    assert "Korean" in described.text
    assert http.get("/api/openapi.json").json() == described.json()


def test_the_paths_from_before_versions_do_the_same(http: httpx.Client) -> None:
    for path in ("status", "coverage", "health", "search?q=tariff&k=2", "timeline?topic=tariff"):
        old, new = http.get(f"/api/{path}"), http.get(f"/api/v1/{path}")
        assert (old.status_code, new.status_code) == (200, 200), path
        same = [
            {**r.json(), "bytes_on_disk": 0} if path == "status" else r.json() for r in (old, new)
        ]
        assert same[0] == same[1], path
    asked = [http.post(f"{p}/ask", json={"question": TARIFF}).json() for p in ("/api", "/api/v1")]
    assert asked[0]["text"] == asked[1]["text"]


def test_the_openai_package(base: str) -> None:
    client = OpenAI(base_url=f"{base}/v1", api_key="none", max_retries=0)
    assert [m.id for m in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    done = client.chat.completions.create(
        model="dateline",
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": TARIFF}],
        extra_body={"as_of": "2025-12-31"},
    )
    said = done.choices[0].message
    assert said.content
    assert said.annotations
    note = said.annotations[0]
    link = note.url_citation
    assert QUOTE in said.content[link.start_index : link.end_index]
    assert said.content[: link.end_index].endswith("[1]")
    assert link.title == "Deal lowers tariff to 15 percent"
    assert httpx.get(link.url).status_code == 200
    extra: Any = note.model_extra
    assert extra["dateline"]["quote"].startswith(QUOTE)
    assert done.usage
    assert done.usage.total_tokens == 0
    with pytest.raises(BadRequestError, match="last message"):
        client.chat.completions.create(
            model="dateline", messages=[{"role": "assistant", "content": "x"}]
        )


def test_the_openai_package_streams(base: str) -> None:
    client = OpenAI(base_url=f"{base}/v1", api_key="none", max_retries=0)
    stream = client.chat.completions.create(
        model="dateline",
        messages=[{"role": "user", "content": TARIFF}],
        stream=True,
        stream_options={"include_usage": True},
    )
    content, notes, finish, usage = "", [], None, None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            content += choice.delta.content or ""
            notes += (choice.delta.model_extra or {}).get("annotations") or []
            finish = choice.finish_reason or finish
    assert finish == "stop"
    assert usage is not None
    link = notes[0]["url_citation"]
    assert QUOTE in content[link["start_index"] : link["end_index"]]


def test_articles_stay_plain_text_in_markdown() -> None:
    hostile = "![x](http://e/b.png) [1] <b> `c` \\[2] \u202ea\u200b"
    assert inert(hostile) == r"\!\[x\](http://e/b.png) \[1\] \<b> \`c\` \\\[2\] a"


def test_gradio_client(base: str) -> None:
    client = GradioClient(base, verbose=False)
    answer = client.predict(TARIFF, api_name="/ask")
    assert QUOTE in answer["citations"][0]["quote"]
    hits = client.predict("shipyard docks", 3, api_name="/search")["hits"]
    whole = client.predict(hits[0]["article"]["id"], api_name="/article")
    assert whole["text"].startswith("Hanwha")
    assert client.predict("tariff", api_name="/timeline")["events"]
    with pytest.raises(AppError, match="since"):
        client.predict("tariff", "yesterday", api_name="/timeline")


def test_an_mcp_client(base: str) -> None:
    async def talk() -> None:
        async with McpClient(f"{base}/mcp") as client:
            tools = (await client.list_tools()).tools
            assert {t.name for t in tools} == {"ask", "search", "article", "timeline"}
            assert all(t.description and t.output_schema for t in tools)
            answer = await client.call_tool("ask", {"question": TARIFF})
            assert answer.structured_content
            assert QUOTE in answer.structured_content["citations"][0]["quote"]
            found = await client.call_tool("search", {"query": "shipyard docks", "k": 2})
            assert found.structured_content
            card = found.structured_content["hits"][0]["article"]
            whole = await client.call_tool("article", {"id": card["id"]})
            assert whole.structured_content
            assert whole.structured_content["text"].startswith("Hanwha")
            events = await client.call_tool("timeline", {"topic": "tariff"})
            assert events.structured_content
            assert events.structured_content["events"]
            wrong = await client.call_tool("article", {"id": "0000"})
            assert wrong.is_error

    asyncio.run(talk())


def test_with_a_token_set_nothing_answers_without_it(locked: str) -> None:
    for path in ("/api/status", "/api/search?q=x", "/v1/models"):
        bare = httpx.get(locked + path)
        assert bare.status_code == 401, path
        assert "DATELINE_API_TOKEN" in message(bare)
        assert TOKEN not in bare.text
        wrong = httpx.get(locked + path, headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        right = httpx.get(locked + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
        assert right.status_code == 200
    assert httpx.post(f"{locked}/mcp", json={}).status_code == 401
    assert httpx.get(f"{locked}/api/health").status_code == 200
    client = OpenAI(base_url=f"{locked}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(AuthenticationError):
        client.models.list()
    assert list(OpenAI(base_url=f"{locked}/v1", api_key=TOKEN).models.list())
    with pytest.raises(AppError, match="Authorization"):
        GradioClient(locked, verbose=False).predict("x", api_name="/ask")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    known = GradioClient(locked, verbose=False, headers=headers)
    assert known.predict("docks", api_name="/search")["hits"]


def test_a_login_opens_and_wrong_passwords_are_throttled(locked: str) -> None:
    with httpx.Client(base_url=locked, timeout=60) as client:
        assert "<form" in client.get("/login").text
        right = client.post("/login", data={"name": "ed", "password": "hunter2"})
        assert right.status_code == 303
        assert "HttpOnly" in right.headers["set-cookie"]
        wrong = {"name": "ed", "password": "hunter3"}
        tried = [client.post("/login", data=wrong).status_code for _ in range(8)]
        assert tried == [403] * 5 + [429] * 3
        late = client.post("/login", data={"name": "ed", "password": "hunter2"})
        assert late.status_code == 429
        assert int(late.headers["retry-after"]) > 0
        assert "hunter" not in late.text


def test_without_a_login_there_is_no_form(base: str) -> None:
    assert httpx.get(f"{base}/login").headers["location"] == "/"


def test_a_share_shows_its_sources_as_they_were(empty: Archive) -> None:
    put(
        empty, [article("a.md", "The tariff on cars is 25 percent.", headline="<b>Old", outlet="A")]
    )
    with served(empty) as address, httpx.Client(base_url=address, timeout=120) as client:
        client.get("/")
        owner = owner_of(dict(client.cookies))
        store = Store.beside(empty)
        kept = store.create(owner)
        question = "What is the tariff on cars?"
        store.append(owner, kept.id, question, build_chain(empty).invoke({"question": question}))
        token = store.share(owner, kept.id)
        put(empty, [article("a.md", "The tariff on cars is 15 percent now.", headline="New")])
        shown = httpx.get(f"{address}/share/{token}")
        assert "The tariff on cars is 25 percent." in shown.text
        assert "&lt;b&gt;Old" in shown.text
        assert "<script" not in shown.text
        assert "script-src" not in shown.headers["content-security-policy"]
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert shown.headers["cache-control"] == "no-store"
        store.unshare(owner, kept.id)
        assert httpx.get(f"{address}/share/{token}").status_code == 404
        assert httpx.get(f"{address}/share/{token[:-1]}x").status_code == 404
        store.close()


def test_ask_goes_on_from_a_citation_and_at_a_length(http: httpx.Client) -> None:
    first = http.post("/api/ask", json={"question": TARIFF, "length": "short"}).json()
    cited = [
        {"article": c["article"]["id"], **{n: c[n] for n in ("number", "start", "end")}}
        for c in first["citations"]
    ]
    history = [
        {"role": "user", "content": TARIFF},
        {"role": "assistant", "content": first["text"]},
    ]
    asked = {"question": "What else does [1] say?", "history": history, "cited": cited}
    more = http.post("/api/ask", json=asked).json()
    assert {c["article"]["id"] for c in more["citations"]} == {cited[0]["article"]}
    assert not {c["quote"] for c in more["citations"]} & {c["quote"] for c in first["citations"]}
    asked["cited"][0]["article"] = "nowhere"
    assert http.post("/api/ask", json=asked).status_code == 404
    assert http.post("/api/ask", json=asked | {"length": "endless"}).status_code == 422
