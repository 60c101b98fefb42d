"""Operators' views in a real Chromium; and what an open tab shows once its user is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import NEWS, put
from tests.ui.pages import Open, answered, ask, go
from ui.store import Role, Store
from vectorstore import Archive

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("operators") / "archive", create=True) as opened:
        put(opened, NEWS)
        yield opened


@pytest.fixture(scope="module", autouse=True)
def store(archive: Archive) -> Iterator[Store]:
    """The archive's store, which has an operator before the page is served."""
    opened = Store.beside(archive)
    opened.add_user("op", Role.operator, PASSWORD)
    yield opened
    opened.close()


def enter(page: Any, address: str, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("button")
    page.wait_for_selector(".dl-footer")


@pytest.fixture
def log_in(open_page: Open, address: str, store: Store) -> Callable[[str, Role], Any]:
    """The page of a new user of this name and role, who has logged in."""

    def logged_in(name: str, role: Role) -> Any:
        store.add_user(name, role, PASSWORD)
        page = open_page()
        enter(page, address, name)
        return page

    return logged_in


def ask_and_read(page: Any) -> None:
    ask(page, "How much will Seoul invest?")
    answered(page)


def row(page: Any, name: str) -> Any:
    """The row of this name, once what was changed last is shown."""
    page.wait_for_selector(".dl-accounts:not([aria-busy])")
    return page.locator(f".dl-accounts tr:has(th:has-text('{name}'))")


def test_an_operator_manages_users_and_tokens_and_finds_the_deeds(
    open_page: Open, address: str, store: Store
) -> None:
    page = open_page()
    assert page.locator(".dl-nav [data-view=access]").count() == 0, "a reader sees none of it"
    enter(page, address, "op")
    page.click(".dl-nav [data-view=access]")
    page.wait_for_selector(".dl-accounts")
    page.fill("[action='/operate/users/add'] [name=name]", "bob")
    page.click("[action='/operate/users/add'] button")
    secret = page.wait_for_selector(".dl-once input").input_value()
    row(page, "bob").wait_for()
    other = open_page()
    enter(other, address, "bob", secret)
    row(page, "bob").locator("select").select_option("editor")
    row(page, "bob").locator("[action$=change] button").click()
    page.wait_for_selector(".dl-once:has-text('Changed for bob.')")
    assert store.user("bob").role is Role.editor  # type: ignore[union-attr]
    page.fill("[action='/operate/tokens/add'] [name=name]", "wire")
    page.click("[action='/operate/tokens/add'] button")
    assert page.wait_for_selector(".dl-once input").input_value().startswith("dateline_")
    row(page, "wire").wait_for()
    for name, verb in (("wire", "revoke"), ("bob", "remove")):
        button = row(page, name).locator(f"[action$={verb}] button")
        button.click()
        row(page, name).locator("button:has-text('for good?')").click()
        page.wait_for_selector(f".dl-once:has-text('Changed for {name}.')")
    row(page, "bob").wait_for(state="detached")
    page.click(".dl-nav [data-view=audit]")
    page.wait_for_selector("#dl-view td:text-is('user removed')")
    page.fill("#dl-view [name=what]", "token")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dl-view td:text-is('user removed')", state="detached")
    assert page.locator("#dl-view td:text-is('token revoked')").count() == 1
    with page.expect_download() as download:
        page.click("#dl-view [download]")
    assert "token revoked" in download.value.path().read_text("utf-8")


def test_what_is_typed_while_a_change_is_told_stays(
    log_in: Callable[[str, Role], Any], store: Store
) -> None:
    page = log_in("chief", Role.operator)
    store.add_user("dan", Role.reader, PASSWORD)
    go(page, "access")
    held: list[Any] = []
    page.route("**/view/access*", lambda route: held.append(route))  # noqa: PLW0108
    row(page, "dan").locator("select").select_option("editor")
    row(page, "dan").locator("[action$=change] button").click()
    page.wait_for_selector(".dl-once:has-text('Changed for dan.')")
    page.fill("[action='/operate/tokens/add'] [name=name]", "wire")
    store.add_user("fay", Role.reader, PASSWORD)
    held[0].continue_()
    row(page, "fay").wait_for()
    assert page.input_value("[action='/operate/tokens/add'] [name=name]") == "wire"


def test_a_removed_users_open_tab_is_signed_out_and_shows_nothing_of_theirs(
    log_in: Callable[[str, Role], Any], store: Store
) -> None:
    page = log_in("ann", Role.reader)
    ask_and_read(page)
    go(page, "conversations")
    page.wait_for_selector("[data-act=resume]")
    store.remove_user("ann")
    page.click("[data-act=resume]")
    page.wait_for_selector(".dl-masthead[data-account^=anonymous]", state="attached")
    page.wait_for_selector(".dl-turn", state="detached")
    go(page, "conversations")
    assert page.locator("[data-act=resume]").count() == 0


def test_a_question_from_a_removed_users_tab_is_not_theirs_any_more(
    log_in: Callable[[str, Role], Any], store: Store
) -> None:
    page = log_in("eve", Role.reader)
    ask_and_read(page)
    page.evaluate("dateline.lookAtAccount = () => {}")  # a page whose scripts do not look
    store.remove_user("eve")
    ask(page, "What will Hanwha spend?")
    page.wait_for_selector(".dl-turn .dl-note:has-text('login has ended')")
    assert page.locator(".dl-turn").count() == 1


def test_a_lowered_role_takes_the_views_from_an_open_tab(
    log_in: Callable[[str, Role], Any], store: Store
) -> None:
    page = log_in("olga", Role.operator)
    page.wait_for_selector(".dl-nav [data-view=audit]")
    store.change_user("olga", role=Role.reader)
    go(page, "archive")
    page.wait_for_selector(".dl-masthead[data-account='login olga reader']", state="attached")
    assert page.locator(".dl-nav [data-view=audit]").count() == 0


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("view", ["access", "audit"])
def test_operators_views_fit_and_have_no_barrier(
    open_page: Open, address: str, view: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(viewport={"width": width, "height": 800}, locale="ko-KR")
    enter(page, address, "op")
    go(page, view)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = axe.run(page, options=rules).response["violations"]
    shown = [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found]
    assert shown == []
