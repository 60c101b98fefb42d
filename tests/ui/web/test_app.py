"""The web chat in a real Chromium, over a real archive and a real server on loopback."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from chatbot import Answer, Citation, Claim, Query, build_chain
from tests.conftest import article, put
from tests.ui.pages import Open, answered, ask, served
from vectorstore import Archive, Filters

pytestmark = pytest.mark.browser

CANARY = "http://canary.invalid"
HOSTILE = (
    f'<img src="{CANARY}/a" onerror="window.owned=1"> <script>window.owned=1</script> '
    f"![x]({CANARY}/b.png) [click](javascript:window.owned=1) $$x$$ [1] 【2】 "
    "{{value}} ${window.owned=1} </mark></p></article> \u202eesrever\u200b and tariffs stay."
)
TALKS = (
    "Negotiators met in Washington on Tuesday.\n\n"
    "The tariff on Korean cars falls to 15 percent. It was 25 percent before.\n\n"
    "Shipyards in Geoje will build the vessels."
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("web") / "archive", create=True) as opened:
        put(
            opened,
            [
                article(
                    "talks.md",
                    TALKS,
                    headline="Car tariff falls",
                    outlet="Trade Desk",
                    byline="Jin Park",
                    published="2025-07-31",
                    url="https://example.org/cars",
                ),
                article(
                    "evil.md",
                    HOSTILE + "\n\n" + HOSTILE,
                    headline=f"<b onclick=owned()>H</b><img src={CANARY}/h onerror=owned()>",
                    outlet='<i>"Evil"</i>',
                    byline="<script>window.owned=1</script>",
                    url="javascript:window.owned=1",
                    published="2025-08-01T09:30:00+09:00",
                ),
            ],
        )
        yield opened


class Scripted:
    """A chain that says what a question names, at the pace of `step`; notes what was closed."""

    def __init__(self, archive: Archive) -> None:
        self.stored = {name: _stored(archive, name) for name in ("talks.md", "evil.md")}
        self.step = threading.Event()
        self.asked: list[Mapping[str, Any]] = []
        self.closed = 0

    def stream(self, inputs: Mapping[str, Any]) -> Iterator[Answer]:
        self.asked.append(inputs)
        question = inputs["question"]
        query = Query(
            question=question,
            text=question,
            filters=Filters(since=date(2025, 7, 1), outlets=("Trade Desk",)),
            today=date(2025, 8, 2),
            language="en",
        )
        try:
            yield Answer(query=query)
            if "endless" in question:
                for n in range(1000):
                    time.sleep(0.05)
                    yield Answer(claims=(Claim(text=f"Claim {n}.", citations=()),))
            name = "evil.md" if "evil" in question else "talks.md"
            yield Answer(claims=(self._claim(name),))
        finally:
            self.closed += 1

    def _claim(self, name: str) -> Claim:
        stored = self.stored[name]
        quote = HOSTILE if name == "evil.md" else "The tariff on Korean cars falls to 15 percent."
        start = stored.body.index(quote)
        end = start + len(quote)
        cited = Citation(number=1, article=stored, start=start, end=end, quote=quote)
        return Claim(text=quote, citations=(cited,))


def _stored(archive: Archive, name: str) -> Any:
    return archive.article(article(name, "").id)


@pytest.fixture(scope="module")
def chain(archive: Archive) -> Scripted:
    return Scripted(archive)


@pytest.fixture(scope="module")
def address(archive: Archive, chain: Scripted) -> Iterator[str]:
    with served(archive, chain, examples=["How far do car tariffs fall?"]) as url:
        yield url


def test_a_question_is_answered_and_its_citation_opens_at_the_quote(open_page: Open) -> None:
    page = open_page()
    ask(page, "How far do car tariffs fall?")
    answered(page)
    assert page.locator(".dl-searched li").all_inner_texts() == [
        "since 1 July 2025\n×",
        "Trade Desk\n×",
    ]
    assert page.input_value("#dl-question textarea") == ""
    page.click(".dl-chip")
    page.wait_for_selector("#dl-reader mark")
    read = page.locator("#dl-reader")
    assert read.locator("mark").inner_text() == "The tariff on Korean cars falls to 15 percent."
    for shown in ("Trade Desk", "31 July 2025", "Car tariff falls", "By Jin Park", "Ingested"):
        assert shown in read.inner_text()
    assert "Shipyards in Geoje" in read.inner_text()
    link = read.locator("a.dl-origin")
    assert link.get_attribute("href") == "https://example.org/cars"
    assert link.get_attribute("rel") == "noopener noreferrer"
    page.click("[data-act=back]")
    card = page.locator(".dl-card")
    assert "It was 25 percent before." in card.locator(".dl-context").inner_text()
    assert page.evaluate("document.activeElement.matches('.dl-chip')")


def test_nothing_of_gradios_is_asked_for_that_the_page_has_not_named(open_page: Open) -> None:
    page = open_page()
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)"
    )
    scripts = {path for path in loaded if re.fullmatch(r"/assets/[^/]+\.js", path)}
    named = page.locator("link[rel=modulepreload]").evaluate_all(
        "links => links.map((link) => new URL(link.href).pathname)"
    )
    assert len(scripts) > 10
    assert scripts <= set(named)


def test_the_real_chain_cites_what_the_archive_holds(open_page: Open, archive: Archive) -> None:
    with served(archive, build_chain(archive)) as url:
        page = open_page(url)
        ask(page, "What does the tariff on Korean cars fall to?")
        answered(page)
        page.locator(".dl-chip").first.click()
        page.wait_for_selector("#dl-reader mark")
        assert page.inner_text("#dl-reader mark") in TALKS
        ask(page, "Which university discovered penicillin in the nineteen twenties?")
        answered(page)
        assert page.locator(".dl-turn").last.locator(".dl-abstained").count() == 1
        nearest = page.locator(".dl-section:not([hidden])")
        assert "They are not an answer." in nearest.inner_text()
        assert 1 <= nearest.locator(".dl-card").count() <= 3


class Held:
    """The real chain, but what may be asked next is found only once it is let go."""

    def __init__(self, chain: Any) -> None:
        self.chain, self.let_go, self.asked = chain, threading.Event(), threading.Event()

    def stream(self, inputs: Any) -> Any:
        return self.chain.stream(inputs)

    def invoke(self, inputs: Any) -> Any:
        self.asked.set()
        self.let_go.wait(30)
        return self.chain.invoke(inputs)


def test_a_new_conversation_stays_new_while_the_last_one_winds_up(
    open_page: Open, archive: Archive
) -> None:
    chain = Held(build_chain(archive))
    with served(archive, chain) as url:
        page = open_page(url)
        ask(page, "What does the tariff on Korean cars fall to?")
        answered(page)
        assert chain.asked.wait(30)
        page.click("#dl-new")
        page.wait_for_selector(".dl-turn", state="detached")
        page.evaluate(
            """new MutationObserver(() => {
                window.back ||= !!document.querySelector("#dl-conversation .dl-turn");
            }).observe(document.body, { childList: true, subtree: true })"""
        )
        chain.let_go.set()
        page.wait_for_timeout(1500)
        assert page.evaluate("window.back") is None
        assert page.locator(".dl-turn").count() == 0


def test_hostile_article_text_stays_text(open_page: Open) -> None:
    page = open_page()
    ask(page, "evil <img src=x onerror=owned()>")
    answered(page)
    page.click(".dl-chip")
    page.wait_for_selector("#dl-reader mark")
    assert page.evaluate("window.owned") is None
    assert page.locator("#dl-app").locator("img, script, iframe, b, i, [onerror]").count() == 0
    assert page.locator("a.dl-origin").count() == 0, "a javascript: address is no link"
    assert page.locator(".dl-chip").count() == 1, "[1] in an article is no citation"
    shown = page.inner_text(".dl-claim")
    assert "![x](" in shown
    assert "{{value}} ${window.owned=1}" in shown
    assert not set("\u202e\u200b") & set(page.content())
    assert "1 August 2025, 09:30 UTC+9" in page.inner_text("#dl-reader")
    href = page.locator(".dl-chip").get_attribute("href")
    page.goto(page.url.rstrip("/") + href)
    assert page.locator("mark").first.inner_text().startswith("<img src=")
    assert page.evaluate("window.owned") is None


def test_keyboard_alone(open_page: Open) -> None:
    page = open_page()
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.type("How far?")
    page.keyboard.press("Shift+Enter")
    assert page.locator(".dl-turn").count() == 0
    page.keyboard.press("Enter")
    answered(page)
    for _ in range(30):
        if page.evaluate("document.activeElement.matches('.dl-chip')"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dl-reader mark")
    assert page.evaluate("document.activeElement.matches('#dl-reader h1')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.dl-chip')")


def test_enter_that_ends_a_korean_syllable_does_not_send(open_page: Open) -> None:
    page = open_page()
    page.fill("#dl-question textarea", "관세")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "율", "selectionStart": 1, "selectionEnd": 1})
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.locator(".dl-turn").count() == 0
    devtools.send("Input.insertText", {"text": "율"})
    page.keyboard.press("Enter")
    answered(page)
    assert page.inner_text(".dl-question") == "관세율"


def test_stop_keeps_what_came_and_ends_the_work(open_page: Open, chain: Scripted) -> None:
    page = open_page()
    ask(page, "endless?")
    page.wait_for_selector(".dl-claim")
    closed = chain.closed
    page.click("#dl-stop")
    page.wait_for_selector(".dl-turn[data-progress=stopped]")
    kept = page.locator(".dl-claim").count()
    page.wait_for_timeout(600)
    assert chain.closed == closed + 1
    assert page.locator(".dl-claim").count() == kept >= 1
    assert page.locator("#dl-ask").is_visible()
    ask(page, "endless again?")
    page.locator(".dl-claim").nth(kept).wait_for()
    page.click("#dl-new")
    page.wait_for_selector(".dl-turn", state="detached")
    page.click(".dl-example")
    answered(page)
    assert chain.asked[-1]["history"] == []
    assert page.locator(".dl-turn").count() == 1


def test_closing_the_tab_ends_the_work(open_page: Open, chain: Scripted) -> None:
    page = open_page()
    ask(page, "endless?")
    page.wait_for_selector(".dl-claim")
    closed = chain.closed
    page.close()
    deadline = time.monotonic() + 10
    while chain.closed == closed and time.monotonic() < deadline:
        time.sleep(0.05)
    assert chain.closed == closed + 1


def test_two_readers_do_not_meet(open_page: Open, chain: Scripted) -> None:
    first, second = open_page(), open_page()
    ask(first, "first reader")
    ask(second, "second reader")
    answered(first)
    answered(second)
    assert first.locator(".dl-question").all_inner_texts() == ["first reader"]
    ask(second, "and then")
    answered(second)
    said = [m["content"] for m in chain.asked[-1]["history"] if m["role"] == "user"]
    assert said == ["second reader"]


def test_a_later_answer_leaves_the_citations_of_an_earlier_one(open_page: Open) -> None:
    page = open_page()
    for question in ("How far?", "evil one"):
        ask(page, question)
        answered(page)
    page.locator(".dl-chip").first.click()
    page.wait_for_selector("#dl-reader mark")
    assert page.inner_text("#dl-reader mark").startswith("The tariff on")


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_has_a_sheet_and_no_sideways_scroll(open_page: Open, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True)
    over = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(over) <= 0
    ask(page, "evil one")
    answered(page)
    assert not page.locator("#dl-sources").is_visible()
    page.tap(".dl-chip")
    page.locator("#dl-reader mark").first.wait_for(state="visible")
    assert page.evaluate(over) <= 0
    page.tap("#dl-reader [data-act=close]")
    assert not page.locator("#dl-sources").is_visible()
    assert page.evaluate("document.activeElement.matches('.dl-chip')")


def test_a_question_over_16_kb_is_declined_before_it_is_sent(open_page: Open) -> None:
    page = open_page()
    page.fill("#dl-question textarea", "가" * 6000)
    page.keyboard.press("Enter")
    assert "18 kB of 16 kB" in page.inner_text("#dl-too-long")
    page.wait_for_timeout(300)
    assert page.locator(".dl-turn").count() == 0


def test_the_theme_follows_the_system_until_the_reader_chooses(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("[data-act=theme]")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    page.wait_for_selector(".dl-footer")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
