"""The views beside the chat in a real Chromium: archive, timeline, filters, conversations,
sources, settings; each also by axe-core, in Korean, and at the width of a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import NEWS, article, put
from tests.ui.pages import Open, answered, ask, go
from vectorstore import Archive

pytestmark = pytest.mark.browser

HOSTILE = '<img src="http://canary.invalid/x" onerror="window.owned=1">'
WIRE = (
    "Negotiators from Seoul and Washington signed the shipbuilding memorandum in Geoje on Monday, "
    "and the two ministers said that work on the first dock begins in spring.\n\n"
    "The yard employs eleven thousand people and expects three thousand more by the end of next "
    "year. Unions asked for a written promise that no work would be moved abroad.\n\n"
    "Under the memorandum each side names five engineers to a council that meets every quarter, "
    "and the first vessel is to be delivered in four years, the ministers told reporters.\n"
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("views") / "archive", create=True) as opened:
        wire = {"headline": "Memorandum signed in Geoje", "published": "2025-09-01"}
        first = [
            *NEWS,
            *(article(f"{name}.md", WIRE, outlet=name, **wire) for name in ("Wire", "Daily")),
            article("rate.md", "The rate is 15 percent.", headline="Rate", outlet="Wire"),
            article("evil.md", HOSTILE, headline=HOSTILE, outlet=HOSTILE),
        ]
        put(opened, first, index=False)
        corrected = "The rate is 25 percent, the desk said."
        put(opened, [article("rate.md", corrected, headline="Rate", outlet="Wire")])
        yield opened


def test_the_archive_is_browsed_searched_and_read(open_page: Open) -> None:
    page = open_page()
    page.click(".dl-nav [data-view=archive]")
    page.wait_for_selector(".dl-item")
    heads = page.locator(".dl-item h2").all_inner_texts()
    assert heads[0].startswith("Memorandum")
    assert any(head.startswith("<img") for head in heads[-3:]), "undated ones come last, as text"
    page.fill("#dl-q", "docks in Philadelphia")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]:text('The best')")
    assert "Hanwha plans docks in Philadelphia" in page.locator(".dl-item h2").all_inner_texts()
    page.select_option("[name=outlets]", "Trade Desk")
    page.wait_for_function(
        "[...document.querySelectorAll('.dl-item .dl-outlet')]"
        ".every(outlet => outlet.textContent === 'Trade Desk')"
    )
    page.click(".dl-item a.dl-open")
    page.wait_for_selector("#dl-reader .dl-body mark")
    page.go_back()
    page.wait_for_selector(".dl-item h2:has-text('Hanwha plans docks')")
    assert page.evaluate("window.owned") is None


def test_an_article_shows_its_story_versions_and_what_changed(
    open_page: Open, archive: Archive
) -> None:
    page = open_page()
    go(page, "archive")
    page.click(".dl-item a:text('Memorandum')")
    page.wait_for_selector("#dl-story")
    assert "Also ran in" in page.inner_text("#dl-story")
    page.click("#dl-reader [data-act=back]")
    page.click(".dl-item a:text-is('Rate')")
    page.click("#dl-versions a:text('What changed')")
    page.wait_for_selector(".dl-diff ins")
    assert "15 percent." in page.inner_text(".dl-diff del")
    assert "25 percent" in page.inner_text(".dl-diff ins")


def test_a_bar_of_the_coverage_leads_to_its_articles(open_page: Open) -> None:
    page = open_page()
    go(page, "timeline")
    bar = page.locator(".dl-chart a").first
    assert re.match(
        r"week of 7 July 2025: 1 article \(Trade Desk 1\)", bar.get_attribute("aria-label")
    )
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".dl-item")
    assert page.locator(".dl-item h2").all_inner_texts() == [
        "Letter sets 25 percent tariff for Korea"
    ]
    page.click(".dl-narrowed a")
    page.wait_for_selector(".dl-item", state="detached")


def test_a_topic_by_date_cites_every_entry(open_page: Open) -> None:
    page = open_page()
    go(page, "timeline")
    page.fill("#dl-topic", "tariff on Korean goods")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dl-entry")
    days = page.locator(".dl-days h3").all_inner_texts()
    assert days[:2] == ["7 July 2025", "31 July 2025"]
    assert page.locator(".dl-entry").count() == page.locator(".dl-entry .dl-chip").count()
    page.locator(".dl-entry .dl-chip").first.click()
    page.wait_for_selector("#dl-reader mark")
    assert page.inner_text("#dl-reader mark") in page.locator(".dl-entry").first.inner_text()


def test_filters_narrow_an_answer_and_are_dropped_again(open_page: Open) -> None:
    page = open_page()
    page.click("[data-act=filter]")
    page.wait_for_selector("#dl-choose form")
    page.focus("[data-end=from]")
    page.keyboard.press("End")
    assert page.input_value("#dl-choose [name=since]") == "2025-09-01"
    page.click("[data-act=clear]")
    page.check("#dl-choose [value='Business Desk']")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.act") == "filter"
    ask(page, "How much will the company spend on docks?")
    answered(page)
    assert page.locator(".dl-searched li").all_inner_texts() == ["Business Desk\n×"]
    page.click(".dl-searched [data-act=drop]")
    page.wait_for_selector(".dl-searched li", state="detached")
    answered(page)
    assert page.locator(".dl-turn").count() == 1, "it takes the place of the first answer"
    assert page.locator("#dl-filters-bar li").count() == 0


def test_a_conversation_is_kept_named_found_shared_and_deleted(open_page: Open) -> None:
    page = open_page()
    ask(page, "How much will Seoul invest?")
    page.click(".dl-feedback button:text-is('Wrong citation')")
    page.wait_for_selector(".dl-feedback [aria-pressed=true]")
    page.reload()
    page.wait_for_selector(".dl-question:text-is('How much will Seoul invest?')")
    assert page.inner_text(".dl-feedback [aria-pressed=true]") == "Wrong citation"
    go(page, "conversations")
    page.click("[data-act=keep-rename]")
    page.keyboard.type("Money")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dl-said:text('Saved')")
    page.fill("#dl-c", "Money")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-act=resume]:text-is('Money')")
    page.click(".dl-kept summary")
    with page.expect_download() as download:
        page.click(".dl-kept a:text-is('JSON')")
    kept = json.loads(download.value.path().read_text("utf-8"))
    assert kept["messages"][0]["text"] == "How much will Seoul invest?"
    page.click("[data-act=keep-share]")
    link = page.wait_for_selector(".dl-said a").get_attribute("href")
    other = open_page()
    go(other, "conversations")
    assert other.locator("[data-act=resume]").count() == 0, "another browser has its own"
    other.goto(link)
    assert "$350 billion" in other.inner_text("body")
    page.click("[data-act=keep-delete]")
    page.click("[data-act=keep-delete]:text('for good')")
    page.wait_for_selector(".dl-kept", state="detached")


def test_an_answer_is_asked_again_edited_and_copied(open_page: Open) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "How much will Seoul invest?")
    page.click("[data-act=copy]")
    page.wait_for_selector("[data-act=copy]:text-is('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "$350 billion" in copied
    assert re.search(r"\[1\] Trade Desk, 31 July 2025: Deal lowers tariff", copied)
    page.click("[data-act=retry]")
    page.wait_for_selector(".dl-turn[data-turn='2']:not([data-progress=asking])")
    page.click("[data-act=edit]")
    assert page.input_value("#dl-question textarea") == "How much will Seoul invest?"
    ask(page, "What will Hanwha spend?")
    answered(page)
    assert page.locator(".dl-turn").count() == 1
    page.reload()
    page.wait_for_selector(".dl-turn")
    assert page.locator(".dl-question").all_inner_texts() == ["What will Hanwha spend?"]


def test_a_citation_shows_its_card_to_mouse_and_keyboard(open_page: Open) -> None:
    page = open_page()
    ask(page, "How much will Seoul invest?")
    answered(page)
    page.locator(".dl-chip").first.hover()
    card = page.locator(".dl-tip.is-shown")
    card.wait_for()
    for shown in ("Trade Desk, 31 July 2025", "$350 billion", "Deal lowers tariff"):
        assert shown in card.inner_text()
    page.keyboard.press("Escape")
    assert card.count() == 0


def test_files_are_added_by_an_operator(open_page: Open, tmp_path: Any) -> None:
    made = tmp_path / "quotas.md"
    made.write_text("---\ntitle: Quotas end\n---\nThe steel quota ends in Pohang this spring.\n")
    page = open_page()
    go(page, "sources")
    page.set_input_files("#dl-files", str(made))
    page.click(".dl-upload button")
    page.wait_for_selector(".dl-said:text('Done: 1 new')", timeout=240_000)
    go(page, "archive?q=steel+quota")
    page.wait_for_selector(".dl-item h2:has-text('Quotas end')")


def test_the_interface_speaks_korean_throughout(open_page: Open) -> None:
    page = open_page(locale="ko-KR")
    assert page.evaluate("document.documentElement.lang") == "ko"
    for view in ("conversations", "archive", "timeline", "sources", "settings"):
        go(page, view)
        assert re.search("[가-힣]", page.inner_text("#dl-view h1"))
    go(page, "settings")
    page.check("[name=language][value=en]")
    page.wait_for_selector(".dl-nav a:text-is('Archive')")
    assert page.get_attribute("#dl-question textarea", "placeholder") == "Ask the archive"


@pytest.mark.parametrize("view", ["archive", "timeline", "conversations", "sources", "settings"])
def test_no_view_scrolls_sideways_on_a_phone(open_page: Open, view: str) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    go(page, view)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: Open, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(color_scheme=scheme)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

    def check(where: str) -> None:
        found = axe.run(page, options=rules).response["violations"]
        serious = [v for v in found if v["impact"] in {"serious", "critical"}]
        shown = [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in serious]
        assert shown == [], where

    check("empty")
    ask(page, "How much will Seoul invest?")
    answered(page)
    page.locator(".dl-chip").first.click()
    page.wait_for_selector("#dl-reader mark")
    check("answer and article")
    page.click("[data-act=filter]")
    page.wait_for_selector("#dl-choose form")
    check("filters")
    page.keyboard.press("Escape")
    for view in (
        "archive",
        "timeline",
        "timeline?q=tariff",
        "conversations",
        "sources",
        "settings",
    ):
        go(page, view)
        check(view)
