"""The answer to one turn, streamed from the chain."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ingest.logs import request_id
from ui.web.actions import REQUESTS
from ui.web.filters import filters_from
from ui.web.session import Session
from ui.web.settings import LENGTHS
from ui.web.turns import Turn, history
from vectorstore import DatelineError

log = logging.getLogger(__name__)


def stream_turn(
    chain: Any, turn: Turn, past: Sequence[Turn], options: Mapping[str, Any], session: Session
) -> Iterator[Turn]:
    """The turn as its answer grows; the last one is done, or has failed with a note that says
    why. Closing this closes the chain's stream, whatever it does.

    `past` are the turns before it, `options` what the page sent with the question: `filters`,
    `length`, `request` (the kind of request to answer it as) and `request_id`.
    """
    given = options.get("filters")
    filters = filters_from(given) if isinstance(given, dict) else None
    cited = next((c for t in reversed(past) if (c := t.answer.citations)), ())
    inputs: dict[str, Any] = {"question": turn.question, "history": history(past)}
    length = options.get("length")
    inputs |= {"today": None, "unread": turn.unread, "cited": cited, "filters": filters or None}
    inputs["length"] = length if length in LENGTHS else None
    inputs["request"] = kind if (kind := options.get("request")) in REQUESTS else None
    request_id.set(name := options.get("request_id", ""))
    try:
        with closing(chain.stream(inputs)) as parts:
            for part in parts:
                turn = replace(turn, answer=turn.answer + part)
                yield turn
        yield replace(turn, progress="done")
    except DatelineError as exc:
        yield replace(turn, progress="failed", note=str(exc))
    except SQLAlchemyError:
        log.exception("the ledger cannot be read", extra={"request": name})
        yield replace(turn, progress="failed", note=session.words("without_ledger"))
    except Exception:
        log.exception("an answer failed", extra={"turn": turn.number, "request": name})
        yield replace(turn, progress="failed", note=session.words("failed"))
