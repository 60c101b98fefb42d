"""What the page's buttons do, with an archive and a chain behind them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from chatbot import Answer
from ui.api.gradio import scope_of
from ui.operations.access import caller_of
from ui.store import Store
from ui.web.filters import read_options
from ui.web.frame import footer_html, masthead_html, welcome_html
from ui.web.persistence import catch_up, keep_turn, take_up
from ui.web.requests import owner_of_request, request_id_of
from ui.web.session import Session
from ui.web.sources import panel_html
from ui.web.streaming import stream_turn
from ui.web.suggestions import Suggester
from ui.web.transcript import log_html
from ui.web.turns import Turn
from ui.wording.words import Words, words_for
from vectorstore import Archive, DatelineError, Status

log = logging.getLogger(__name__)

MAX_QUESTION = 16 * 1024
"""Bytes of UTF-8 in a question (RELIABILITY.md, S10)."""

Update = Any
Updates = tuple[Update, Update, Update]
"""New values of the question box, the conversation and the footer, or `gr.skip()`."""

NOTHING = (gr.skip(), gr.skip(), gr.skip())
"""The last of every stream. Gradio shows a stream's last values again when the stream ends,
which may be after the reader has asked on or begun a new conversation."""


def nothing_stale() -> tuple[int, int]:
    """Where no sources are declared, none needs attention."""
    return 0, 0


@dataclass(frozen=True, slots=True)
class Chat:
    """What the page does.

    `store` keeps conversations, if there is one. `plain` is the chain without a model, for
    who asks for none, where `chain` has one. `stale` says how many of all sources need
    attention.
    """

    archive: Archive
    chain: Any
    store: Store | None = None
    plain: Any = None
    stale: Callable[[], tuple[int, int]] = nothing_stale
    suggester: Suggester = field(default_factory=Suggester)

    def load(self, kept: str, session: Session, request: gr.Request) -> tuple[Update, ...]:
        """The page as a reader opens it, in their language, with the conversation it was in."""
        w = self._identify(session, request)
        take_up(self.store, self.archive, kept, session)
        return (
            masthead_html(self._status(), _now(), w, caller_of(scope_of(request))),
            self.footer(session),
            log_html(w),
            panel_html(w),
            session.html(),
            welcome_html(w),
            gr.update(label=w("question"), placeholder=w("question_hint")),
            gr.update(value=w("ask")),
            gr.update(value=w("stop")),
            gr.update(value=w("new_conversation")),
        )

    def _identify(self, session: Session, request: gr.Request) -> Words:
        """Learns whose conversation it is, and the language that they read."""
        w = words_for(request.cookies, request.headers.get("accept-language", ""))
        session.set_language(w)
        session.owner = owner_of_request(scope_of(request), request.cookies)
        return w

    def _catch_up(self, kept: object, session: Session, request: gr.Request) -> bool:
        """Takes up what another node has answered, where this one had not been asked before or
        was passed over since; whether it has."""
        if not session.owner:
            self._identify(session, request)
        return catch_up(self.store, self.archive, kept, session)

    def ask(
        self, question: str, wanted: str, session: Session, request: gr.Request | None = None
    ) -> Iterator[Updates]:
        """Streams the answer into the session's last turn, part by part.

        `wanted` is what the page adds as JSON: a `question` in place of the box's, the
        `filters` in force, the number of a turn that this one `replaces`, and the version of
        the conversation that has been `seen`, with the id that it is `kept` under.
        """
        options = read_options(wanted) | {
            "request_id": request_id_of(request.headers) if request else ""
        }
        changed = not _same_owner(session, request)
        own = options.get("question")
        question = (own if isinstance(own, str) and own else question).strip()
        if not question:
            return
        followed = request is not None and self._catch_up(options.get("kept"), session, request)
        replaces = options.get("replaces")
        replaces = replaces if isinstance(replaces, int) and not followed else 0
        past = [t for t in session.turns if not replaces or t.number < replaces]
        too_long = len(question.encode()) > MAX_QUESTION
        run = session.begin(
            question[:200] + " …" if too_long else question, replaces, options.get("seen")
        )
        if run is None:
            return
        unread = options.get("unread")
        unread = tuple(str(u) for u in unread[:9]) if isinstance(unread, list) else ()
        turn = replace(session.turns[-1], unread=unread)
        if changed or too_long:
            note = session.words("account_changed" if changed else "too_long")
            session.update(replace(turn, progress="failed", note=note), run)
            yield self._shown(session, box="")
        else:
            yield from self._answered(turn, past, options, session, run)
        yield NOTHING

    def _answered(
        self,
        turn: Turn,
        past: Sequence[Turn],
        options: Mapping[str, Any],
        session: Session,
        run: int,
    ) -> Iterator[Updates]:
        """The turn as it grows, is kept, and gets questions to go on with."""
        yield self._shown(session, box="")
        with self.suggester.answering():
            chain = self.plain if self.plain and options.get("model") == "none" else self.chain
            for part in stream_turn(chain, turn, past, options, session):
                turn = part
                if not session.update(turn, run):
                    return
                yield self._shown(session)
            keep_turn(self.store, session, run)
        yield gr.skip(), session.html(), self.footer(session)
        if self._suggest(turn, session, run):
            yield self._shown(session)

    def resume(self, kept: str, session: Session, request: gr.Request | None = None) -> Updates:
        """Takes up a conversation that was kept."""
        if request is not None and not session.owner:
            self._identify(session, request)
        _same_owner(session, request)
        take_up(self.store, self.archive, kept, session)
        return self._shown(session, box="")

    def _suggest(self, turn: Turn, session: Session, run: int) -> bool:
        """Adds what may be asked next to the last turn, once its answer is there."""
        if turn.progress != "done":
            return False
        ask, answer = self._answer_of(turn.answer), turn.answer
        found = self.suggester.after(self.archive, answer, ask, gone=lambda: run != session.run)
        return bool(found) and session.update(replace(session.turns[-1], follow_ups=found), run)

    def _answer_of(self, answer: Answer) -> Callable[[str], Answer]:
        """Answers further questions within an answer's filters, without a model."""
        chain = self.plain or self.chain
        chain = getattr(chain, "inner", chain)
        filters = answer.query.filters if answer.query else None

        def ask(question: str) -> Answer:
            found: Answer = chain.invoke({"question": question, "filters": filters})
            return found

        return ask

    def stop(self, session: Session, request: gr.Request | None = None) -> Update:
        """Keeps what has arrived. The stream ends at its next part; one that is on its way when
        the button is pressed is older than this, and the page leaves it."""
        session.end()
        _same_owner(session, request)
        return session.html()

    def restart(self, session: Session) -> Updates:
        """Begins a new conversation."""
        session.end(forget=True)
        return self._shown(session, box="")

    def footer(self, session: Session) -> str:
        status, without = self._status(), self.archive.without()
        warned, every = self.stale() if status else (0, 0)
        without += [] if status else ["ledger"]
        return footer_html(
            status, _now(), session.words, warned=warned, all_=every, without=without
        )

    def _status(self) -> Status | None:
        """What the archive holds; None where its ledger cannot be read."""
        try:
            return self.archive.status()
        except (SQLAlchemyError, DatelineError):
            log.exception("the ledger cannot be read")
            return None

    def _shown(self, session: Session, box: Update = None) -> Updates:
        return gr.skip() if box is None else box, session.html(), gr.skip()


def _same_owner(session: Session, request: gr.Request | None) -> bool:
    """Whether who asks is whose conversation the tab shows. If not, as after a logout or once the
    user has been removed, it is forgotten, and what comes next is the asker's. A conversation
    that is nobody's is kept nowhere, and stays with its tab."""
    if request is None or not session.owner:
        return True
    found = owner_of_request(scope_of(request), request.cookies)
    if found == session.owner:
        return True
    session.end(forget=True)
    session.owner = found
    return False


def _now() -> datetime:
    return datetime.now().astimezone()
