"""The conversation as HTML: each turn a question, what was searched, and cited claims."""

from __future__ import annotations

import json
from dataclasses import replace

from chatbot import UNSEARCHED, Answer
from ui.web.actions import actions_html
from ui.web.claims import claims_html
from ui.web.events import events_html, events_of
from ui.web.filters import chips_html, filters_json
from ui.web.sources import section_html
from ui.web.turns import Turn, Turns
from ui.wording.text import esc, language_of
from ui.wording.words import Words


def finished(turn: Turn, w: Words) -> Turn:
    """A turn with its HTML, and without the passages that nobody looks at again."""
    answer = replace(turn.answer, nearest=turn.answer.nearest if turn.answer.abstained else ())
    turn = replace(turn, answer=answer, events=turn.events or events_of(turn.answer))
    return replace(turn, shown=_turn_html(turn, w), cards=_cards_html(turn, w))


def log_html(w: Words) -> str:
    """Where the page puts the turns; said aloud by a screen reader as claims arrive."""
    return f'<div role="log" id="dl-log" aria-label="{w("conversation")}"></div>'


def turns_html(turns: Turns, w: Words) -> str:
    """The turns, oldest first."""
    return "".join(turn.shown or _turn_html(turn, w) for turn in turns)


def cards_html(turns: Turns, w: Words) -> str:
    """The sources of each turn that has any; the page shows the last one's, or a chosen one's."""
    return "".join(turn.cards or _cards_html(turn, w) for turn in turns)


def _cards_html(turn: Turn, w: Words) -> str:
    if turn.answer.query is None and turn.progress != "asking":
        return ""
    events = events_html(turn.events, w)
    waiting = turn.progress == "asking"
    return section_html(turn.number, turn.answer, w, waiting=waiting, events=events)


def _turn_html(turn: Turn, w: Words) -> str:
    answer = turn.answer
    claims = "".join(claims_html(turn, w))
    lang = language_of(turn.question)
    query = answer.query
    narrowed = filters_json(query.filters) if query else "{}"
    searched = query if query and query.request not in UNSEARCHED else None
    return (
        f'<section class="dl-turn" data-turn="{turn.number}" data-progress="{turn.progress}" '
        f'data-message="{turn.message}" data-unread="{esc(" ".join(turn.unread))}" '
        f'data-filters="{esc(json.dumps(narrowed))}">'
        f'<h2 class="dl-question" lang="{lang}">{esc(turn.question)}</h2>'
        f"{chips_html(searched, turn.number, w) if searched else ''}"
        f'<div class="dl-answer" lang="{_answer_lang(answer)}">'
        f"{_note_html(answer.notice)}{_message_html(answer)}{claims}"
        f"{_note_html(str(answer.usage or ''))}</div>{_waiting_html(turn, w)}"
        f"{actions_html(turn, w)}</section>"
    )


def _answer_lang(answer: Answer) -> str:
    return answer.query.language if answer.query and answer.query.language == "ko" else "en"


def _message_html(answer: Answer) -> str:
    kind = "dl-abstained" if answer.abstained else "dl-message"
    lines = answer.message.splitlines()
    rows = "".join(f"<li>{esc(line[2:])}</li>" for line in lines if line.startswith("- "))
    said = " ".join(line for line in lines if not line.startswith("- "))
    rows = f'<ul class="dl-rows">{rows}</ul>' if rows else ""
    return f'<p class="{kind}">{esc(said)}</p>{rows}' if said else ""


def _note_html(text: str) -> str:
    """What a reader should know about an answer: that the model failed; what it took."""
    return f'<p class="dl-note" role="status">{esc(text)}</p>' if text else ""


def _waiting_html(turn: Turn, w: Words) -> str:
    if turn.progress != "asking":
        return _note_html(turn.note)
    doing = w("reading") if turn.answer.query else w("searching")
    return f'<p class="dl-waiting">{doing}<span aria-hidden="true"></span></p>'
