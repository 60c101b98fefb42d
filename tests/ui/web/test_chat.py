"""What the page's buttons do, without a browser: a real archive and the real chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from chatbot import build_chain
from tests.conftest import SHIPYARD, put
from ui.store import Store
from ui.store.owner import COOKIE, new_session
from ui.web.chat import Chat
from ui.web.session import Session
from ui.web.transcript import cards_html
from vectorstore import Archive


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    with Archive.open(tmp_path_factory.mktemp("chat") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield Chat(opened, build_chain(opened))


def asked(chat: Chat, session: Session, question: str, **wanted: Any) -> list[str]:
    """The conversation's HTML at each step."""
    return [str(shown[1]) for shown in chat.ask(question, json.dumps(wanted), session)]


def visit(cookies: dict[str, str]) -> gr.Request:
    """What a browser sends with an event."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    scope = {"type": "http", "headers": [(b"cookie", cookie.encode())]}
    return gr.Request(Request(scope))


def test_a_question_goes_on_at_a_node_that_was_not_asked_before(chat: Chat, tmp_path: Path) -> None:
    store = Store(tmp_path / "conversations.db")
    one, two = replace(chat, store=store), replace(chat, store=store)
    reader = visit({COOKIE: new_session(), "dateline-lang": "ko"})
    here, there = Session(), Session()

    def ask(node: Chat, session: Session, question: str, **wanted: Any) -> None:
        list(node.ask(question, json.dumps(wanted), session, reader))

    ask(one, here, "Who opened a dock at the Philly Shipyard?")
    kept = here.kept
    assert kept
    seen = here.version + 60_000  # a clock that is ahead
    ask(two, there, "What else does [1] say?", kept=kept, seen=seen)
    assert [turn.question for turn in there.turns] == [
        "Who opened a dock at the Philly Shipyard?",
        "What else does [1] say?",
    ]
    assert {c.article.id for c in there.turns[1].answer.citations} == {
        here.turns[0].answer.citations[0].article.id
    }
    assert there.version > seen
    assert there.words.language("ko") == here.words.language("ko")
    ask(one, here, "What did the Philly Shipyard lose?", kept=kept, replaces=1)
    assert len(here.turns) == 3, "what another node has added is not replaced unseen"
    assert len(store.messages(here.owner, kept)) == 6
    stranger = Session()
    list(two.ask("Who?", json.dumps({"kept": kept}), stranger, visit({COOKIE: new_session()})))
    assert len(stranger.turns) == 1
    store.close()


def test_what_may_be_asked_next_comes_after_the_answer(chat: Chat) -> None:
    session = Session()
    steps = asked(chat, session, "Who opened a dock at the Philly Shipyard?")
    done = [step for step in steps if 'data-progress="done"' in step]
    assert "Ask next" not in done[0]
    assert "Ask next" in done[-1]
    question = session.turns[-1].follow_ups[0]
    asked(chat, session, question)
    assert not session.turns[-1].answer.abstained


def test_nothing_is_suggested_while_somebody_waits_for_an_answer(chat: Chat) -> None:
    session = Session()
    with chat.suggester.answering():
        asked(chat, session, "Who opened a dock at the Philly Shipyard?")
    assert session.turns[-1].answer.claims
    assert session.turns[-1].follow_ups == ()


def test_the_end_of_a_stream_shows_nothing_again(chat: Chat) -> None:
    for question in ("Who opened a dock at the Philly Shipyard?", "word " * 5000):
        *_, last = chat.ask(question, "{}", Session())
        assert last == (gr.skip(),) * 3


def test_an_article_is_asked_for_more_by_its_number(chat: Chat) -> None:
    session = Session()
    asked(chat, session, "Who opened a dock at the Philly Shipyard?")
    first = session.turns[-1].answer
    asked(chat, session, "What else does [1] say?", length="short")
    more = session.turns[-1].answer
    assert {c.article.id for c in more.citations} == {first.citations[0].article.id}
    assert not {c.quote for c in more.citations} & {c.quote for c in first.citations}
    assert more.query is not None
    assert more.query.length == "short"
    asked(chat, session, "What did the Philly Shipyard lose?", length="endless")
    assert session.turns[-1].progress == "done"


def test_the_events_of_an_answer_stand_beside_it_by_date(chat: Chat) -> None:
    session = Session()
    asked(chat, session, "Who opened a dock at the Philly Shipyard?")
    events = session.turns[-1].events
    days = [e.published.day for e in events]
    assert len(days) > 1
    assert days == sorted(days)
    assert [e.numbers for e in events if e.headline == "Dock opens"] == [(1,)]
    panel = cards_html(session.turns, session.words)
    assert panel.index("In order of time") < panel.index("2 May 2025") < panel.index("20 October")
    assert panel.count('<li class="dl-event is-cited">') == 1
