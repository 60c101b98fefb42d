"""Text on its way into the page: harmless, dated, and with addresses that cannot deceive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chatbot import Answer, Citation, Claim
from ui.web.chat import MAX_QUESTION, Chat
from ui.web.frame import footer_html
from ui.web.reader import body_html
from ui.web.session import Session
from ui.web.transcript import cards_html, finished, turns_html
from ui.web.turns import Turn, history
from ui.wording.text import clean, esc, paragraphs, safe_url
from ui.wording.words import words
from vectorstore import Dated, Status, StoredArticle

NOW = datetime(2025, 8, 1, 12, tzinfo=UTC)
EN = words("en")


def stored(body: str, **given: Any) -> StoredArticle:
    known: dict[str, Any] = dict.fromkeys(
        ("outlet", "byline", "language", "url", "source", "path"), ""
    )
    known |= {"id": "0" * 16, "version": "1" * 12, "headline": "H", "ingested": NOW}
    known |= {"published": None, "updated": None} | given
    return StoredArticle(body=body, **known)


def cited(body: str, quote: str, **given: Any) -> Answer:
    start = body.index(quote)
    one = Citation(
        number=1, article=stored(body, **given), start=start, end=start + len(quote), quote=quote
    )
    return Answer(claims=(Claim(text=quote, citations=(one,)),))


@pytest.mark.parametrize(
    "char",
    [
        *"\u202e\u2066\u200b\u200d\u2060\ufeff\u00ad\ufe0f\u3164\u115f\x00\x1b\x7f\u2028",
        "\U000e0041",
        "\U000e0101",
        "\ue000",
    ],
)
def test_what_cannot_be_seen_is_not_shown(char: str) -> None:
    assert clean(f"a{char}b") == "ab"


def test_what_can_be_seen_stays() -> None:
    text = "관세 15%\n\t“quoted” — naïve 日本 😀 ١٢ \u0600"
    assert clean(text) == text


def test_escaping_covers_elements_and_attributes() -> None:
    assert esc("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2025-07-31", "31 July 2025"),
        ("2025-07-31T19:08:24-04:00", "31 July 2025, 19:08 UTC−4"),
        ("2025-07-31T09:05:00+05:30", "31 July 2025, 09:05 UTC+5:30"),
        ("2025-07-31T09:05:00Z", "31 July 2025, 09:05 UTC"),
        ("2025-07-31T09:05:00", "31 July 2025, 09:05"),
    ],
)
def test_a_date_is_shown_as_its_source_gave_it(iso: str, shown: str) -> None:
    assert EN.dated(Dated(iso)) == shown
    assert EN.dated(None) == "date unknown"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (11_000, "3 hours ago")],
)
def test_ago(seconds: int, shown: str) -> None:
    assert EN.ago(NOW - timedelta(seconds=seconds), NOW) == shown


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/a?b=c&d=%20", "example.org"),
        ("http://аpple.com/", "xn--pple-43d.com"),
        ("https://한국.kr/뉴스", "xn--3e0b707e.kr"),
        ("https://[::1]:8080/x", "[::1]"),
    ],
)
def test_addresses_are_linked_with_their_true_host(url: str, host: str) -> None:
    link = safe_url(url)
    assert link is not None
    assert link[1] == host
    assert host in link[0]
    assert link[0].isascii()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/path",
        "https://good.org@evil.org/",
        "https://good.org\\@evil.org/",
        "https://exa\u200bmple.org/",
        "https://a b.org/",
        "http://[oops/",
        "https:///x",
        "file:///etc/passwd",
    ],
)
def test_other_addresses_are_not_linked(url: str) -> None:
    assert safe_url(url) is None


def test_paragraphs_stand_between_blank_lines() -> None:
    body = "\n One.\nStill one.\n \n\n\nTwo. \n\n"
    assert [body[a:b] for a, b in paragraphs(body)] == ["One.\nStill one.", "Two."]
    assert list(paragraphs(" \n\n ")) == []


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    body = "One two.\n\nThree four."
    html = body_html(stored(body), (4, 15))
    assert html.count("<mark>") == 2
    assert "<p>One <mark>two.</mark></p><p><mark>Three</mark> four.</p>" in html


def test_an_endless_paragraph_is_cut_around_the_quote() -> None:
    body = "word " * 5000 + "The quote. " + "word " * 5000
    turn = Turn(number=1, question="q", answer=cited(body, "The quote."))
    html = cards_html((turn,), EN)
    assert "<mark>The quote.</mark>" in html
    assert len(html) < 4000


def test_markup_in_any_field_stays_text() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    fields = ("headline", "outlet", "byline", "path", "url", "source", "id", "version", "language")
    answer = cited(evil + " body", evil, **dict.fromkeys(fields, evil))
    turn = Turn(number=1, question=evil, answer=answer, note=evil, progress="failed")
    html = turns_html((turn,), EN) + cards_html((turn,), EN)
    assert "<img" not in html
    assert 'href="' in html, "the citation's own link"


class Chain:
    """Answers with what a question names, or fails."""

    def stream(self, inputs: dict[str, Any]) -> Any:
        if "fail" in inputs["question"]:
            raise RuntimeError
        yield cited("It is so.", "It is so.")


def test_a_session_keeps_turns_and_only_the_newest_run_writes() -> None:
    session = Session()
    first = session.begin("one")
    assert first is not None
    assert session.begin("one") is None, "the same question is being answered"
    second = session.begin("two")
    assert second is not None
    assert not session.update(Turn(number=1, question="late"), first)
    assert session.update(Turn(number=2, question="two", progress="done"), second)
    assert [(t.number, t.progress) for t in session.turns] == [(1, "stopped"), (2, "done")]
    session.end(forget=True)
    assert session.turns == ()


def test_questions_too_long_and_failures_are_said_politely() -> None:
    status = SimpleNamespace(status=lambda: STATUS, without=list)
    chat, session = Chat(status, Chain()), Session()  # type: ignore[arg-type]
    list(chat.ask("x" * (MAX_QUESTION + 1), "", session))
    assert "16 kB" in session.turns[-1].note
    list(chat.ask("fail", "", session))
    assert "logged" in session.turns[-1].note
    list(chat.ask("  ", "", session))
    list(chat.ask("why?", "", session))
    assert [t.progress for t in session.turns] == ["failed", "failed", "done"]
    assert [m["content"] for m in history(session.turns)] == ["why?", "It is so. [1]"]


def test_a_finished_turn_lets_its_passages_go() -> None:
    turn = Turn(number=1, question="q", answer=cited("a b", "b"), progress="done")
    turn = finished(turn, EN)
    assert turn.answer.nearest == ()
    assert turn.shown in turns_html((turn,), EN)


STATUS = Status(
    articles=1234,
    versions=1300,
    passages=1,
    outlets=(("A", 1), ("", 2)),
    languages=(),
    first_published=None,
    last_published=None,
    last_ingested=NOW - timedelta(hours=3),
    model="m",
    unindexed=0,
    segments=1,
    bytes_on_disk=1,
)


def test_the_footer_says_how_fresh_the_archive_is() -> None:
    html = footer_html(STATUS, NOW, EN)
    for shown in ("1,234 articles", "1 outlet<", "updated 3 hours ago", 'title="2025-08-01 09:00'):
        assert shown in html


def test_a_claim_whose_check_failed_says_so() -> None:
    answer = cited("It is so.", "It is so.")
    claim = replace(answer.claims[0], failures=("7 is not in the cited text <b>",))
    turn = Turn(number=1, question="q", answer=Answer(claims=(claim,)), progress="done")
    html = turns_html((turn,), EN)
    assert "is-unsupported" in html
    assert "7 is not in the cited text &lt;b&gt;" in html
    assert "is-unsupported" not in turns_html((replace(turn, answer=answer),), EN)


def test_what_may_be_asked_next_are_buttons() -> None:
    answer = cited("It is so.", "It is so.")
    asked = ("What did <Wire> report on cars?", "관세에 대해 알려진 것은?")
    turn = Turn(number=1, question="q", answer=answer, progress="done", follow_ups=asked)
    html = finished(turn, EN).shown
    assert "Ask next" in html
    assert "What did &lt;Wire&gt; report on cars?</button>" in html
    assert 'lang="ko">관세에' in html
    assert "Ask next" not in finished(replace(turn, follow_ups=()), EN).shown


def test_what_was_asked_for_stands_in_bold_and_notices_are_said() -> None:
    answer = cited("It is so.", "It is so.")
    claim = replace(answer.claims[0], lead="<15%>")
    answer = replace(answer, claims=(claim,), notice="The <model> failed.")
    html = turns_html((Turn(number=1, question="q", answer=answer),), EN)
    assert '<strong class="dl-lead">&lt;15%&gt;</strong> — It is so.' in html
    assert "The &lt;model&gt; failed." in html
