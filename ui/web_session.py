"""A reader's conversation, and what the page's buttons do with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import gradio as gr

from ui.web_chat import (
    Turn,
    conversation_html,
    finished,
    footer_html,
    history,
    masthead_html,
    panel_html,
)
from vectorstore import Archive, DatelineError

log = logging.getLogger(__name__)

MAX_QUESTION = 16 * 1024
"""Bytes of UTF-8 in a question (RELIABILITY.md, S10)."""

_TOO_LONG = (
    "This question is longer than Dateline can take (16 kB). Please ask in fewer words; "
    "for a long document, add it to the archive and ask about it."
)
_FAILED = "Something went wrong while answering. It has been logged; please ask again."
_STOPPED = "Stopped."

Update = Any
Updates = tuple[Update, Update, Update, Update]
"""New values of the question box, conversation, sources and footer, or `gr.skip()`."""


class Session:
    """One browser tab's conversation.

    `run` numbers its answers; only the newest may write, so that one that was stopped, or
    overtaken by the next question, ends before its next part.
    """

    def __init__(self) -> None:
        self.turns: tuple[Turn, ...] = ()
        self.run = 0
        self.lock = threading.Lock()

    def __deepcopy__(self, _memo: object) -> Session:
        """Gradio copies the first one for each tab."""
        return Session()

    def begin(self, question: str) -> int | None:
        """Adds a turn and returns its run's number; None if it is being answered already."""
        with self.lock:
            last = self.turns[-1] if self.turns else None
            if last and last.progress == "asking" and last.question == question:
                return None
            self._end()
            number = last.number + 1 if last else 1
            self.turns = (*self.turns, Turn(number=number, question=question))
            return self.run

    def update(self, turn: Turn, run: int) -> bool:
        """Puts a turn in place of the last one; False if the run is over."""
        turn = turn if turn.progress == "asking" else finished(turn)
        with self.lock:
            if run == self.run:
                self.turns = (*self.turns[:-1], turn)
            return run == self.run

    def end(self, *, forget: bool = False) -> None:
        """Ends the running answer where it is, and with `forget` the conversation."""
        with self.lock:
            self._end()
            if forget:
                self.turns = ()

    def _end(self) -> None:
        self.run += 1
        if self.turns and self.turns[-1].progress == "asking":
            stopped = finished(replace(self.turns[-1], progress="stopped", note=_STOPPED))
            self.turns = (*self.turns[:-1], stopped)


@dataclass(frozen=True, slots=True)
class Chat:
    """What the page does, with an archive and a chain behind it."""

    archive: Archive
    chain: Any

    def ask(self, question: str, session: Session) -> Iterator[Updates]:
        """Streams the answer into the session's last turn, part by part."""
        question = question.strip()
        if not question:
            return
        past = history(session.turns)
        too_long = len(question.encode()) > MAX_QUESTION
        run = session.begin(question[:200] + " …" if too_long else question)
        if run is None:
            return
        turn = session.turns[-1]
        if too_long:
            session.update(replace(turn, progress="failed", note=_TOO_LONG), run)
            yield self._shown(session, box="")
            return
        yield self._shown(session, box="")
        for part in self._turns(turn, past):
            going = session.update(part, run)
            yield self._shown(session)
            if not going:
                return
        yield gr.skip(), gr.skip(), gr.skip(), self.footer()

    def _turns(self, turn: Turn, past: Sequence[Any]) -> Iterator[Turn]:
        """The turn as it grows; closing this closes the chain's stream, whatever it does."""
        inputs = {"question": turn.question, "history": list(past), "today": None, "filters": None}
        try:
            with closing(self.chain.stream(inputs)) as parts:
                for part in parts:
                    turn = replace(turn, answer=turn.answer + part)
                    yield turn
            yield replace(turn, progress="done")
        except DatelineError as exc:
            yield replace(turn, progress="failed", note=str(exc))
        except Exception:
            log.exception("an answer failed", extra={"turn": turn.number})
            yield replace(turn, progress="failed", note=_FAILED)

    def stop(self, session: Session) -> tuple[Update, Update]:
        """Keeps what has arrived. The stream ends at its next part, and shows this again.

        Gradio's own `cancels` would drop that last word of the stream, and a part that was
        on its way when the button was pressed could then stay on the page.
        """
        session.end()
        return conversation_html(session.turns), panel_html(session.turns)

    def restart(self, session: Session) -> Updates:
        """Forgets the conversation."""
        session.end(forget=True)
        return self._shown(session, box="")

    def footer(self) -> str:
        return footer_html(self.archive.status(), _now())

    def masthead(self) -> str:
        return masthead_html(self.archive.status(), _now())

    def _shown(self, session: Session, box: Update = None) -> Updates:
        question = gr.skip() if box is None else box
        turns = session.turns
        return question, conversation_html(turns), panel_html(turns), gr.skip()


def _now() -> datetime:
    return datetime.now().astimezone()
