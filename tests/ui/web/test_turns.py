"""The conversation as the page keeps it: what the server sends of it, and what stays in place."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from chatbot import Answer, build_chain
from tests.conftest import SHIPYARD, put
from tests.ui.pages import Open, answered, ask, served
from ui.web.chat import Chat
from ui.web.session import Session
from vectorstore import Archive

DOCK, YARD = "Who opened a dock at the Philly Shipyard?", "What happened at the Philly Shipyard?"
"""Answered in one claim, with a question to go on with; and in two."""

STATE = """() => ({
    copied: document.querySelector("[data-turn='1'] [data-act=copy]").textContent,
    pressed: document.querySelectorAll("[data-turn='1'] [aria-pressed=true]").length,
    thanks: document.querySelector("[data-turn='1'] .dl-thanks").textContent.length > 0,
    focus: document.activeElement.closest("[data-turn]")?.dataset.turn,
    tips: document.querySelectorAll("[data-turn='1'] .dl-tip.is-shown").length,
})"""
TOUCHED = {"copied": "Copied", "pressed": 1, "thanks": True, "focus": "1", "tips": 1}

WATCH = """() => {
    window.changes = [];
    const turn = (node) => (node.closest ? node : node.parentElement)?.closest("[data-turn]");
    new MutationObserver((records) => {
        for (const r of records) window.changes.push([turn(r.target)?.dataset.turn, r.type]);
    }).observe(document.querySelector("[role=log]"), {
        childList: true, subtree: true, characterData: true,
    });
}"""
"""Notes what changes in the conversation, by the turn that it changes in."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("turns") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield opened


class Paced:
    """The real chain; after each claim it waits to `go` on, and to `suggest` too."""

    def __init__(self, archive: Archive) -> None:
        self.chain, self.go, self.suggest = (
            build_chain(archive),
            threading.Event(),
            threading.Event(),
        )
        self.go.set()
        self.suggest.set()

    def stream(self, inputs: Any) -> Iterator[Answer]:
        for part in self.chain.stream(inputs):
            yield part
            if part.claims:
                self.go.wait(60)

    def invoke(self, inputs: Any) -> Any:
        self.suggest.wait(60)
        return self.chain.invoke(inputs)


@pytest.fixture(scope="module")
def chain(archive: Archive) -> Paced:
    return Paced(archive)


@pytest.fixture(scope="module")
def address(archive: Archive, chain: Paced) -> Iterator[str]:
    with served(archive, chain) as url:
        yield url


def values(chat: Chat, session: Session, question: str, **wanted: Any) -> list[str]:
    """What the page is sent while a question is answered, that has seen all until then."""
    wanted = {"seen": session.version} | wanted
    return [
        shown
        for _, shown, _ in chat.ask(question, json.dumps(wanted), session)
        if isinstance(shown, str)
    ]


def numbers(value: str) -> list[list[int]]:
    """The numbers of the turns in a value, and of those with cards."""
    return [
        [int(n) for n in re.findall(rf'<section class="{name}" data-turn="(\d+)"', value)]
        for name in ("dl-turn", "dl-section")
    ]


def test_a_streamed_value_has_one_turn_however_long_the_conversation(archive: Archive) -> None:
    chat, session = Chat(archive, build_chain(archive)), Session()
    for n in range(1, 6):
        sent = values(chat, session, DOCK if n % 2 else YARD)
        assert [numbers(value) for value in sent] == [[[n], [n]]] * len(sent)
        assert len(sent) > 3
    for value in values(chat, session, YARD, replaces=4):
        assert numbers(value) == [[6], [6]]
        assert 'data-from="4"' in value


def test_a_page_that_has_missed_something_is_sent_everything(archive: Archive) -> None:
    chat, session = Chat(archive, build_chain(archive)), Session()
    values(chat, session, DOCK)
    seen = session.version
    values(chat, session, YARD)
    for value in values(chat, session, DOCK, seen=seen) + values(chat, session, DOCK, seen=None):
        assert 'data-from="0"' in value
        assert numbers(value)[0][:2] == [1, 2]
    begun = session.begin("never answered", 0, session.version)
    assert begun
    assert numbers(values(chat, session, DOCK)[0])[0] == [5, 6], "the one that it ends goes along"
    assert numbers(chat.stop(session))[0] == [1, 2, 3, 4, 5, 6]


@pytest.mark.browser
def test_what_a_reader_has_done_stays_while_the_next_answer_comes(
    open_page: Open, chain: Paced
) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(  # the label stays until something takes it away
        "() => { const later = setTimeout; "
        "window.setTimeout = (f, ms, ...a) => ms === 1600 ? 0 : later(f, ms, ...a); }"
    )
    chain.suggest.clear()
    ask(page, DOCK)
    page.click("[data-act=copy]")
    page.click(".dl-feedback button:text-is('Wrong citation')")
    page.wait_for_selector(".dl-feedback [aria-pressed=true]")
    page.wait_for_selector("[data-act=copy]:text-is('Copied')")
    page.focus("[data-turn='1'] .dl-claim .dl-chip")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(STATE) == TOUCHED
    chain.suggest.set()
    page.wait_for_selector(".dl-next")
    assert page.evaluate(STATE) == TOUCHED, "after a suggestion"
    chain.go.clear()
    page.evaluate("q => dateline.ask(q)", YARD)
    first = page.wait_for_selector("[data-turn='2'] .dl-claim")
    page.focus("[data-turn='1'] .dl-claim .dl-chip")
    page.evaluate(WATCH)
    chain.go.set()
    page.locator("[data-turn='2'] .dl-claim").nth(1).wait_for()
    answered(page)
    still = page.evaluate(STATE) | {"tips": 1}  # a page that scrolls closes tips
    assert still == TOUCHED, "after the next answer"
    assert first.evaluate("claim => claim.isConnected"), "a claim that came stays as it is"
    assert {turn for turn, _ in page.evaluate("window.changes")} == {"2"}
    page.click("#dl-new")
    page.wait_for_selector(".dl-turn", state="detached")
    ask(page, DOCK)
    page.wait_for_selector(".dl-feedback")
    assert page.locator("[aria-pressed=true]").count() == 0, "another conversation"


HOLDER = "document.querySelector('#dl-turns template').parentNode"


@pytest.mark.browser
def test_a_value_that_comes_twice_or_late_changes_nothing(open_page: Open, chain: Paced) -> None:
    page = open_page()
    chain.go.clear()
    ask(page, YARD)
    page.wait_for_selector(".dl-claim")
    page.evaluate(f"window.late = {HOLDER}.cloneNode(true)")
    chain.go.set()
    answered(page)
    page.wait_for_selector(".dl-feedback")
    page.evaluate(f"window.twice = {HOLDER}.cloneNode(true)")
    page.evaluate(WATCH)
    for value in ("twice", "late"):
        page.evaluate(f"{HOLDER}.replaceWith(window.{value})")
        page.wait_for_timeout(50)
    assert page.evaluate("window.changes") == []
    assert page.locator(".dl-section .dl-card").count() > 0
    ask(page, DOCK)
    answered(page)
    assert page.locator(".dl-question").all_inner_texts() == [YARD, DOCK]


@pytest.mark.browser
def test_values_that_are_skipped_lose_nothing(open_page: Open) -> None:
    page = open_page(locale="ko-KR")
    ask(page, DOCK)
    page.wait_for_selector(".dl-next")
    page.evaluate("window.held = dateline.redrawn.splice(0)")
    for number, question in ((2, YARD), (3, DOCK)):
        page.evaluate("q => dateline.ask(q)", question)
        page.wait_for_function(
            f"{HOLDER}.firstChild.content.querySelector("
            f"'.dl-turn[data-turn=\"{number}\"][data-progress=done] .dl-feedback')"
        )
    assert page.locator(".dl-turn").count() == 1
    page.evaluate("() => { dateline.redrawn.push(...held); document.body.append(''); }")
    page.locator(".dl-turn").nth(2).wait_for()
    page.click("[data-turn='2'] [data-act=retry]")
    page.wait_for_selector("[data-turn='4'] .dl-feedback")
    assert page.locator("#dl-log .dl-question").all_inner_texts() == [DOCK, YARD]
    page.reload()
    page.wait_for_selector(".dl-turn")
    assert page.locator("#dl-log .dl-question").all_inner_texts() == [DOCK, YARD]
    assert page.locator("#dl-cards .dl-section").count() == 2
    assert page.get_attribute("#dl-log", "aria-label") == "대화"
