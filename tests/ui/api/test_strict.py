"""What a program writes wrongly is told to it, and its documentation needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.ui.serving import served
from ui.api.openai import STEERING, ChatRequest
from vectorstore import Archive


@pytest.fixture(scope="module")
def address(newsroom: Archive) -> Iterator[str]:
    with served(newsroom) as base:
        yield base


def problem(response: httpx.Response) -> tuple[int, Any, str]:
    error = response.json()["error"]
    return response.status_code, error["param"], error["message"]


@pytest.mark.parametrize("path", ["/api/ask", "/api/v1/ask"])
@pytest.mark.parametrize(
    ("more", "param", "words"),
    [
        ({"filters": {"since": "2025-01-01"}}, "filters", "did you mean since, until, as_of"),
        ({"sinse": "2025-01-01"}, "sinse", "did you mean since?"),
        ({"outlet": ["Trade Desk"]}, "outlet", "did you mean outlets?"),
        ({"zzzz": 1}, "zzzz", "known are as_of, cited, history"),
        ({"history": [{"role": "user", "text": "x", "content": "y"}]}, "history.0.text", "content"),
        ({"cited": [{"number": 1, "article": "a", "begin": 0}]}, "cited.0.begin", "known are"),
    ],
)
def test_an_unknown_field_is_an_error_with_the_nearest_name(
    address: str, path: str, more: dict[str, Any], param: str, words: str
) -> None:
    status, named, message = problem(httpx.post(address + path, json={"question": "x"} | more))
    assert (status, named) == (422, param)
    assert words in message


@pytest.mark.parametrize(
    ("path", "param", "words"),
    [
        ("/api/v1/search?q=tariff&sence=2025-01-01", "sence", "did you mean since?"),
        ("/api/search?q=tariff&outlets=x", "outlets", "did you mean outlet?"),
        ("/api/v1/timeline?topic=x&filters=x", "filters", "since, until, as_of, outlet"),
        ("/api/v1/articles/abc?versoin=1", "versoin", "did you mean version?"),
        ("/api/v1/status?verbose=1", "verbose", "takes no parameters"),
    ],
)
def test_an_unknown_parameter_is_an_error_too(
    address: str, path: str, param: str, words: str
) -> None:
    status, named, message = problem(httpx.get(address + path))
    assert (status, named) == (422, param)
    assert words in message


def test_what_openai_clients_send_is_taken_and_what_nobody_knows_is_not(address: str) -> None:
    asked = {"messages": [{"role": "user", "content": "What is the tariff?"}]}
    fine = httpx.post(
        f"{address}/v1/chat/completions", json=asked | {"temperature": 0, "seed": 1}, timeout=120
    )
    assert fine.status_code == 200
    refused = httpx.post(f"{address}/v1/chat/completions", json=asked | {"as_off": "2025-01-01"})
    assert problem(refused)[:2] == (422, "as_off")
    assert "did you mean as_of?" in problem(refused)[2]


def test_the_fields_of_openai_are_those_of_its_package() -> None:
    from openai.types.chat.completion_create_params import CompletionCreateParamsBase

    theirs = set(CompletionCreateParamsBase.__annotations__)
    assert theirs - set(ChatRequest.model_fields) <= set(STEERING.split())


@pytest.mark.browser
def test_the_page_of_the_api_works_without_the_network(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith((address, "data:")) else wrong.append(r.url)
    )
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.goto(f"{address}/api/docs")
    page.wait_for_selector('[data-path="/api/v1/ask"]', timeout=60_000)
    assert page.locator('[data-path="/v1/chat/completions"]').count() == 1
    context.close()
    assert wrong == []


def test_only_the_files_of_the_page_are_served(address: str) -> None:
    assert "text/html" in httpx.get(f"{address}/api/v1/docs").headers["content-type"]
    assert httpx.get(f"{address}/api/docs/swagger-ui.css").status_code == 200
    for name in ("redoc.standalone.js", "..%2f__init__.py", "nothing"):
        assert httpx.get(f"{address}/api/docs/{name}").status_code == 404
