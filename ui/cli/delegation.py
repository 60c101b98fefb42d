"""A question of the command line: asked of a running server of the archive, or answered here.

Both give the same: the lines to print, or the values for JSON.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.cli.shared import archive_named, parse_day, print_json
from ui.operations.local import DECLINED, DONE, FAILED, REFUSED, Answering, Away, Stopped, ask
from ui.operations.local_server import find
from ui.operations.local_wire import Message

if TYPE_CHECKING:
    from ui.web.app import Served

log = logging.getLogger(__name__)


def ask_server(
    named: str | None, question: str, *, as_of: str | None, model: str | None, as_json: bool
) -> bool:
    """Have a running server of the archive answer, and print what it says; False where there is
    none, or it does not answer, which is said on stderr.

    Raises InputError as answering here would, and DatelineError if the answer breaks off.
    """
    from vectorstore import DatelineError
    from vectorstore.settings import is_url

    archive = archive_named(named)
    server = None if is_url(str(archive)) else find(Path(archive).expanduser())
    if server is None:
        return False
    told: Message = {"question": question, "model": model or None, "json": as_json}
    told["as_of"] = str(parse_day(as_of) or "")
    try:
        return _shown(ask(server, told))
    except Away as error:
        _fell_back(str(error))
        return False
    except Stopped:
        raise DatelineError(
            "the running server stopped in the middle of its answer: ask again, or with --no-server"
        ) from None


def _shown(messages: Iterator[Message]) -> bool:
    """Print the messages as they come; whether they were an answer."""
    from ui.console import output as console
    from vectorstore import InputError

    for message in messages:
        if "line" in message:
            console.show_lines([(message["line"][0], message["line"][1])])
        elif "values" in message:
            print_json(message["values"])
        elif message["end"] == REFUSED:
            raise InputError(message["why"])
        elif message["end"] == FAILED:
            _fell_back(message["why"])
    return bool(message["end"] == DONE)


def _fell_back(why: str) -> None:
    sys.stderr.write(f"dateline: the running server did not answer ({why}); answering without it\n")


def answering(served: Served, model: str | None) -> Answering:
    """What a server says to a command; a question for another chat model than its own is declined,
    and so is every one while there is nothing to search."""

    def answer(message: Message) -> Iterator[Message]:
        wanted = message["model"]
        if wanted not in {None, model or None} or served.archive.is_empty():
            yield {"end": DECLINED}
            return
        chain = served.chain if wanted else served.plain
        today = date.fromisoformat(message["as_of"]) if message["as_of"] else None
        inputs = {"question": message["question"], "today": today}
        yield from _ended(_messages(chain, inputs, as_json=bool(message["json"])))

    return answer


def _ended(messages: Iterator[Message]) -> Iterator[Message]:
    """The messages, and how they ended."""
    from vectorstore import InputError

    begun = False
    try:
        for message in messages:
            yield message
            begun = True
    except InputError as error:
        yield {"end": REFUSED, "why": str(error)}
    except Exception as error:
        log.exception("a question of the command line was not answered")
        if begun:
            raise ValueError("nothing more comes") from error
        yield {"end": FAILED, "why": type(error).__name__}
    else:
        yield {"end": DONE}


def _messages(chain: Any, inputs: dict[str, Any], *, as_json: bool) -> Iterator[Message]:
    from chatbot.evaluation.question_sets import result_row
    from ui.console import output as console

    if not as_json:
        for line in console.answer_lines(chain.stream(inputs)):
            yield {"line": line}
        return
    whole = None
    for part in chain.stream(inputs):
        whole = whole + part if whole else part
    if whole is not None:
        yield {"values": result_row(whole)}
