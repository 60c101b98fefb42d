"""A real Chromium for the tests that drive the web chat."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.pages import Open

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


PATIENCE = 120_000
"""Milliseconds to wait for what must come; a shared machine can be slow."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
    with playwright.sync_playwright() as play:
        if found is None and not Path(play.chromium.executable_path).exists():
            reason = "needs Chromium: apt install chromium, or playwright install chromium"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        launched = play.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


LEFT = re.compile(r"^AbortError: (?:signal is|BodyStreamBuffer was) aborted|errored out\.\s*$")
"""What Gradio's client says of a stream that ends because its page is left, by a reload or at
the end of a test: what is looked for after an answer may still be under way."""


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Open]:
    """Opens the chat in a browser of its own; afterwards nothing may have left or complained."""
    contexts, wrong = [], []

    def opened(url: str = address, **options: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on(
            "response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status == 404 else None
        )
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda r: None if r.url.startswith(url) else wrong.append(r.url))
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.on("dialog", lambda d: (wrong.append(d.message), d.dismiss()))
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.goto(url)
        page.wait_for_selector(".dl-footer")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [w for w in wrong if not LEFT.search(w)] == []
