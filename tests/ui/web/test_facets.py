"""Subjects and places in a real Chromium: found, chosen, dropped again, in filters and views."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import NEWS, article, put
from tests.ui.pages import Open, answered, ask, go
from vectorstore import Archive, Article

pytestmark = pytest.mark.browser

DESKS = [f"Desk {number:02}" for number in range(40)]
"""Subjects, more than the filters list at once."""


def _desk(name: str, number: int) -> Article:
    """An article that its newsroom gave subjects and a place."""
    body = f"The harbour of Yeosu handled {number + 10} ferries in its winter week, the port said."
    subjects = (name, "Ports") if number < 3 else (name,)
    places = ("Yeosu", "South Jeolla") if number else ("yeosu",)
    fields = {"outlet": "Port Wire", "subjects": subjects, "places": places}
    return article(f"desk{number}.md", body, published="2025-07-09", **fields)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("names") / "archive", create=True) as opened:
        put(opened, [*NEWS, *(_desk(name, number) for number, name in enumerate(DESKS))])
        yield opened


def test_subjects_and_places_are_found_chosen_and_dropped_again(open_page: Open) -> None:
    page = open_page()
    page.click("[data-act=filter]")
    page.wait_for_selector("#dl-choose form")
    subjects = page.locator("[data-found=subjects] .dl-check")
    assert subjects.first.inner_text().split("\n") == ["Ports", "3"], "the most frequent first"
    assert "11 more" in page.inner_text("[data-found=subjects] [role=status]")
    assert page.locator("[data-found=places] .dl-check").first.inner_text().split() == [
        "Yeosu",
        "40",
    ]
    page.check("#dl-choose [value=Ports]")
    page.fill("[data-find=subjects]", "desk 39")
    page.wait_for_selector("#dl-choose [value='Desk 39']")
    assert subjects.all_inner_texts() == ["Ports\n3", "Desk 39\n1"], "what is chosen stays"
    page.check("#dl-choose [value='Desk 39']")
    page.uncheck("#dl-choose [value=Ports]")
    page.fill("[data-find=subjects]", "no such desk")
    page.wait_for_selector("[data-found=subjects] [role=status]:has-text('None has these words')")
    page.keyboard.press("Enter")
    page.check("#dl-choose [value=Yeosu]")
    page.click("#dl-choose [type=submit]")
    chosen = page.locator("#dl-filters-bar li").all_inner_texts()
    assert chosen == ["subject: Desk 39 ×", "place: Yeosu ×"]
    ask(page, "How many ferries did the harbour of Yeosu handle?")
    answered(page)
    assert "49 ferries" in page.inner_text(".dl-answer")
    searched = page.locator(".dl-searched li").all_inner_texts()
    assert searched == ["subject: Desk 39\n×", "place: Yeosu\n×"]
    page.reload()
    page.wait_for_selector("#dl-filters-bar li:has-text('place: Yeosu')")
    page.click(".dl-searched li:has-text('Desk 39') [data-act=drop]")
    page.wait_for_selector(".dl-searched li:has-text('Desk 39')", state="detached")
    answered(page)
    assert page.locator("#dl-filters-bar li").all_inner_texts() == ["place: Yeosu ×"]


def test_the_archive_and_its_timeline_are_narrowed_to_a_subject(open_page: Open) -> None:
    page = open_page()
    go(page, "archive")
    page.select_option("[name=subjects]", "Ports")
    page.wait_for_selector("#dl-view [role=status]:has-text('3 articles')")
    go(page, "timeline?subjects=Ports&places=Yeosu")
    page.wait_for_selector(".dl-narrowed a:text-is('subject: Ports ×')")
    assert page.locator(".dl-narrowed a").count() == 2
