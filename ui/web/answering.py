"""What the page's buttons do, with an archive and a chain behind them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from chatbot import Answer
from ingest.logs import request_id
from ui.api.gradio import scope_of
from ui.operations.access import caller_of
from ui.store import Store
from ui.web.chat import WAYS, Turn, history, log_html
from ui.web.filters import filters_from, read_wanted
from ui.web.frame import footer_html, masthead_html, welcome_html
from ui.web.kept import turns_of
from ui.web.requests import named, owner
from ui.web.session import Session
from ui.web.settings import LENGTHS
from ui.web.sources import panel_html
from ui.web.suggesting import Suggesting
from ui.wording.words import Words, chosen
from vectorstore import Archive, DatelineError, InputError, Status

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
    suggesting: Suggesting = field(default_factory=Suggesting)

    def load(self, kept: str, session: Session, request: gr.Request) -> tuple[Update, ...]:
        """The page as a reader opens it, in their language, with the conversation it was in."""
        w = self._meet(session, request)
        self._take_up(kept, session)
        return (
            masthead_html(self._status(), _now(), w, caller_of(scope_of(request))),
            self.footer(session),
            log_html(w),
            panel_html(w),
            session.shown(),
            welcome_html(w),
            gr.update(label=w("question"), placeholder=w("question_hint")),
            gr.update(value=w("ask")),
            gr.update(value=w("stop")),
            gr.update(value=w("new_conversation")),
        )

    def _meet(self, session: Session, request: gr.Request) -> Words:
        """Learns whose conversation it is, and the language that they read."""
        w = chosen(request.cookies, request.headers.get("accept-language", ""))
        session.speak(w)
        session.owner = owner(scope_of(request), request.cookies)
        return w

    def _follow(self, kept: object, session: Session, request: gr.Request) -> bool:
        """Takes up what another node has answered, where this one had not been asked before or
        was passed over since; whether it has."""
        if not session.owner:
            self._meet(session, request)
        if not (self.store and session.owner and isinstance(kept, str) and kept):
            return False
        try:
            newest = self.store.newest(session.owner, kept)
        except SQLAlchemyError:
            log.exception("a kept conversation cannot be read")
            return False
        behind = session.kept != kept or session.newest() < newest
        return behind and self._take_up(kept, session)

    def ask(
        self, question: str, wanted: str, session: Session, request: gr.Request | None = None
    ) -> Iterator[Updates]:
        """Streams the answer into the session's last turn, part by part.

        `wanted` is what the page adds as JSON: a `question` in place of the box's, the
        `filters` in force, the number of a turn that this one `replaces`, and the version of
        the conversation that has been `seen`, with the id that it is `kept` under.
        """
        asked = read_wanted(wanted) | {"request_id": named(request.headers) if request else ""}
        changed = not _still(session, request)
        own = asked.get("question")
        question = (own if isinstance(own, str) and own else question).strip()
        if not question:
            return
        followed = request is not None and self._follow(asked.get("kept"), session, request)
        replaces = asked.get("replaces")
        replaces = replaces if isinstance(replaces, int) and not followed else 0
        past = [t for t in session.turns if not replaces or t.number < replaces]
        too_long = len(question.encode()) > MAX_QUESTION
        run = session.begin(
            question[:200] + " …" if too_long else question, replaces, asked.get("seen")
        )
        if run is None:
            return
        unread = asked.get("unread")
        unread = tuple(str(u) for u in unread[:9]) if isinstance(unread, list) else ()
        turn = replace(session.turns[-1], unread=unread)
        if changed or too_long:
            note = session.words("account_changed" if changed else "too_long")
            session.update(replace(turn, progress="failed", note=note), run)
            yield self._shown(session, box="")
        else:
            yield from self._answered(turn, past, asked, session, run)
        yield NOTHING

    def _answered(
        self,
        turn: Turn,
        past: Sequence[Turn],
        asked: Mapping[str, Any],
        session: Session,
        run: int,
    ) -> Iterator[Updates]:
        """The turn as it grows, is kept, and gets questions to go on with."""
        yield self._shown(session, box="")
        with self.suggesting.answering():
            for part in self._turns(turn, past, asked, session):
                turn = part
                if not session.update(turn, run):
                    return
                yield self._shown(session)
            self._keep(session, run)
        yield gr.skip(), session.shown(), self.footer(session)
        if self._suggest(turn, session, run):
            yield self._shown(session)

    def resume(self, kept: str, session: Session, request: gr.Request | None = None) -> Updates:
        """Takes up a conversation that was kept."""
        if request is not None and not session.owner:
            self._meet(session, request)
        _still(session, request)
        self._take_up(kept, session)
        return self._shown(session, box="")

    def _take_up(self, kept: str, session: Session) -> bool:
        if not (self.store and session.owner and kept):
            return False
        try:
            messages = self.store.messages(session.owner, kept)
        except InputError:  # deleted, or another browser's
            return False
        except SQLAlchemyError:
            log.exception("a kept conversation cannot be read")
            return False
        session.show(turns_of(messages, self.archive), kept)
        return True

    def _keep(self, session: Session, run: int) -> None:
        """Puts the last turn into the store, in place of those that it replaced."""
        if not (self.store and session.owner) or run != session.run or not session.turns:
            return
        turn, store, owner = session.turns[-1], self.store, session.owner
        if turn.progress != "done":
            return
        try:
            if not session.kept:
                session.kept = store.create(owner).id
            for gone in session.replaced:
                store.cut(owner, session.kept, gone)
            asked, message = store.append(owner, session.kept, turn.question, turn.answer)
        except (DatelineError, SQLAlchemyError):
            log.exception("a conversation could not be kept")
            return
        session.replaced = ()
        session.update(replace(turn, asked=asked, message=message or 0), run)

    def _suggest(self, turn: Turn, session: Session, run: int) -> bool:
        """Adds what may be asked next to the last turn, once its answer is there."""
        if turn.progress != "done":
            return False
        ask, answer = self._answer_of(turn.answer), turn.answer
        found = self.suggesting.after(self.archive, answer, ask, gone=lambda: run != session.run)
        return bool(found) and session.update(replace(session.turns[-1], follow_ups=found), run)

    def _answer_of(self, answer: Answer) -> Callable[[str], Answer]:
        """Answers further questions within an answer's filters, without a model."""
        chain = self.plain or self.chain
        chain, filters = (
            getattr(chain, "inner", chain),
            answer.query.filters if answer.query else None,
        )

        def ask(question: str) -> Answer:
            found: Answer = chain.invoke({"question": question, "filters": filters})
            return found

        return ask

    def _turns(
        self, turn: Turn, past: Sequence[Turn], asked: Mapping[str, Any], session: Session
    ) -> Iterator[Turn]:
        """The turn as it grows; closing this closes the chain's stream, whatever it does."""
        given = asked.get("filters")
        filters = filters_from(given) if isinstance(given, dict) else None
        cited = next((c for t in reversed(past) if (c := t.answer.citations)), ())
        inputs: dict[str, Any] = {"question": turn.question, "history": history(past)}
        length = asked.get("length")
        inputs |= {"today": None, "unread": turn.unread, "cited": cited, "filters": filters or None}
        inputs["length"] = length if length in LENGTHS else None
        inputs["request"] = kind if (kind := asked.get("request")) in WAYS else None
        request_id.set(named_ := asked.get("request_id", ""))
        try:
            chain = self.plain if self.plain and asked.get("model") == "none" else self.chain
            with closing(chain.stream(inputs)) as parts:
                for part in parts:
                    turn = replace(turn, answer=turn.answer + part)
                    yield turn
            yield replace(turn, progress="done")
        except DatelineError as exc:
            yield replace(turn, progress="failed", note=str(exc))
        except SQLAlchemyError:
            log.exception("the ledger cannot be read", extra={"request": named_})
            yield replace(turn, progress="failed", note=session.words("without_ledger"))
        except Exception:
            log.exception("an answer failed", extra={"turn": turn.number, "request": named_})
            yield replace(turn, progress="failed", note=session.words("failed"))

    def stop(self, session: Session, request: gr.Request | None = None) -> Update:
        """Keeps what has arrived. The stream ends at its next part; one that is on its way when
        the button is pressed is older than this, and the page leaves it."""
        session.end()
        _still(session, request)
        return session.shown()

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
        return gr.skip() if box is None else box, session.shown(), gr.skip()


def _still(session: Session, request: gr.Request | None) -> bool:
    """Whether who asks is whose conversation the tab shows. If not, as after a logout or once the
    user has been removed, it is forgotten, and what comes next is the asker's. A conversation
    that is nobody's is kept nowhere, and stays with its tab."""
    if request is None or not session.owner:
        return True
    found = owner(scope_of(request), request.cookies)
    if found == session.owner:
        return True
    session.end(forget=True)
    session.owner = found
    return False


def _now() -> datetime:
    return datetime.now().astimezone()
