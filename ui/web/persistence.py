"""The conversation of a session and the one that the store keeps: taken up again, and kept turn by
turn."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from ui.store import Kept, Store, restored
from ui.web.session import Session
from ui.web.turns import Turn
from vectorstore import Archive, DatelineError, InputError

log = logging.getLogger(__name__)


def take_up(store: Store | None, archive: Archive, kept: str, session: Session) -> bool:
    """Shows the conversation of the id `kept` in the session; False where it cannot be had."""
    if not (store and session.owner and kept):
        return False
    try:
        messages = store.messages(session.owner, kept)
    except InputError:  # deleted, or another browser's
        return False
    except SQLAlchemyError:
        log.exception("a kept conversation cannot be read")
        return False
    session.show(turns_of(messages, archive), kept)
    return True


def catch_up(store: Store | None, archive: Archive, kept: object, session: Session) -> bool:
    """Takes up what another node has answered, where this one had not been asked before or was
    passed over since; whether it has. `kept` is what the page sent as the conversation's id."""
    if not (store and session.owner and isinstance(kept, str) and kept):
        return False
    try:
        newest = store.newest(session.owner, kept)
    except SQLAlchemyError:
        log.exception("a kept conversation cannot be read")
        return False
    behind = session.kept != kept or session.newest() < newest
    return behind and take_up(store, archive, kept, session)


def keep_turn(store: Store | None, session: Session, run: int) -> None:
    """Puts the last turn into the store, in place of those that it replaced."""
    if not (store and session.owner) or run != session.run or not session.turns:
        return
    turn, owner = session.turns[-1], session.owner
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


def turns_of(messages: Sequence[Kept], archive: Archive) -> tuple[Turn, ...]:
    """A kept conversation's turns, to be shown again as they were."""
    turns: list[Turn] = []
    for kept in messages:
        if kept.role == "user":
            turns.append(
                Turn(number=len(turns) + 1, question=kept.text, progress="done", asked=kept.id)
            )
        elif turns and kept.answer is not None:
            said = tuple(str(f["kind"]) for f in kept.feedback)
            turns[-1] = Turn(
                number=turns[-1].number,
                question=turns[-1].question,
                answer=restored(kept.answer, archive),
                progress="done",
                asked=turns[-1].asked,
                message=kept.id,
                said=said,
            )
    return tuple(turns)
