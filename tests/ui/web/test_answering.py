"""What the page's buttons do, without a browser: a real archive and the real chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from chatbot import build_chain
from tests.conftest import SHIPYARD, put
from ui.web.answering import Chat
from ui.web.chat import cards_html
from ui.web.session import Session
from vectorstore import Archive


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    with Archive.open(tmp_path_factory.mktemp("chat") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield Chat(opened, build_chain(opened))


def asked(chat: Chat, session: Session, question: str, **wanted: Any) -> list[str]:
    """The conversation's HTML at each step."""
    return [str(shown[1]) for shown in chat.ask(question, json.dumps(wanted), session)]


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
    with chat.suggesting.answering():
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
