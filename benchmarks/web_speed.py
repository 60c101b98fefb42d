"""How soon a reader can type and an answer's first words are there, in Chromium; and what an
answer costs at the beginning of a conversation and after thirty others.

    python -m benchmarks.web_speed ARCHIVE [QUESTION …]

The archive is copied first, so that no question of the benchmark is kept beside it.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from chatbot import build_chain
from tests.ui.conftest import FLAGS
from tests.ui.pages import served
from vectorstore import Archive

ROUNDS = 10
LONG = 36
"""Turns of a long conversation."""

QUESTIONS = ("What happened to the workers detained in Georgia?", "Where will submarines be built?")

FIRST_WORDS = """async question => {
  const box = document.querySelector("#dl-question textarea");
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
  set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const turns = document.querySelectorAll(".dl-turn").length;
  const began = performance.now();
  document.getElementById("dl-ask").click();
  for (;;) {
    const turn = document.querySelectorAll(".dl-turn")[turns];
    if (turn && turn.querySelector(".dl-claim, .dl-abstained")) return performance.now() - began;
    await new Promise(requestAnimationFrame);
  }
}"""
"""From the click on Ask to the first sentence in the page, in ms."""


def main(folder: Path, questions: tuple[str, ...]) -> None:
    """Measures and prints medians and worst cases."""
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(folder, Path(aside) / "archive")
        with Archive.open(Path(aside) / "archive") as archive:
            archive.search("warm up", k=1)
            with served(archive, build_chain(archive)) as url, sync_playwright() as play:
                found = shutil.which("chromium")
                browser = play.chromium.launch(executable_path=found, args=FLAGS)
                _show("typing after opening", [_typing(browser, url) for _ in range(ROUNDS)])
                _show("first words", _first_words(browser, url, questions))
                costs = _costs(browser, url, questions)
                _show_costs("turns 3 to 8", costs[2:8])
                _show_costs(f"turns {LONG - 5} to {LONG}", costs[-6:])
                browser.close()


def _typing(browser: Any, url: str) -> float:
    page = browser.new_page()
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    page.wait_for_function("document.activeElement?.closest('#dl-question')")
    taken = (time.monotonic() - began) * 1000
    page.close()
    return taken


def _first_words(browser: Any, url: str, questions: tuple[str, ...]) -> list[float]:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector(".dl-footer")
    taken = []
    for n in range(ROUNDS + 1):
        taken.append(page.evaluate(FIRST_WORDS, questions[n % len(questions)]))
        page.wait_for_selector(".dl-turn:last-child:not([data-progress=asking])")
    return taken[1:]


def _costs(browser: Any, url: str, questions: tuple[str, ...]) -> list[tuple[float, float]]:
    """Of each answer of a long conversation: ms of the page's main thread, and KiB received."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector(".dl-footer")
    devtools, received = page.context.new_cdp_session(page), [0]
    devtools.send("Performance.enable")
    devtools.send("Network.enable")
    devtools.on("Network.dataReceived", lambda e: received.append(e["dataLength"]))
    spent = []
    for n in range(LONG):
        page.evaluate(FIRST_WORDS, questions[n % len(questions)])
        page.wait_for_selector(".dl-turn:last-child:not([data-progress=asking])")
        page.wait_for_timeout(700)  # for what may be asked next
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        busy = next(m["value"] for m in metrics if m["name"] == "TaskDuration")
        spent.append((busy * 1000, sum(received) / 1024))
    return [
        (ms - before_ms, kib - before_kib)
        for (before_ms, before_kib), (ms, kib) in itertools.pairwise([(0.0, 0.0), *spent])
    ]


def _show_costs(name: str, costs: list[tuple[float, float]]) -> None:
    busy, received = (statistics.median(each) for each in zip(*costs, strict=True))
    print(f"{name}: {busy:.0f} ms of the main thread, {received:.0f} KiB an answer (medians)")


def _show(name: str, taken: list[float]) -> None:
    print(f"{name}: median {statistics.median(taken):.0f} ms, worst {max(taken):.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or QUESTIONS)
