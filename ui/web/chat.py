"""The conversation as HTML: each turn a question, what was searched, and cited claims."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from chatbot import UNSEARCHED, Answer, Citation, Claim, Message
from ui.web.events import Event, events_html, events_of
from ui.web.filters import chips_html, filters_json
from ui.web.reader import page_html
from ui.web.sources import article_path, card_id, section_html
from ui.wording.text import esc, language_of
from ui.wording.words import Words

Stage = Literal["asking", "done", "stopped", "failed"]

TIP_CHARS = 320
"""Characters of a quote in the card that a citation shows when it is pointed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and what came of it.

    `note` is ours (too long, stopped, failed). `shown` and `cards` are the HTML of a turn
    that is finished. `asked` and `message` are the ids of the question and the answer in the
    store, 0 if they are not kept; `said` is the reader's feedback on the answer; `unread`
    names what was not to be read in the question.
    """

    number: int
    question: str
    answer: Answer = field(default_factory=Answer)
    progress: Stage = "asking"
    note: str = ""
    asked: int = 0
    message: int = 0
    said: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    shown: str = field(default="", repr=False)
    cards: str = field(default="", repr=False)


Turns = tuple[Turn, ...]


def finished(turn: Turn, w: Words) -> Turn:
    """A turn with its HTML, and without the passages that nobody looks at again."""
    answer = replace(turn.answer, nearest=turn.answer.nearest if turn.answer.abstained else ())
    turn = replace(turn, answer=answer, events=turn.events or events_of(turn.answer))
    return replace(turn, shown=_turn_html(turn, w), cards=_cards_html(turn, w))


def history(turns: Sequence[Turn]) -> list[Message]:
    """The turns that were answered, as the chain takes them."""
    messages: list[Message] = []
    for turn in turns:
        if turn.answer.text:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer.text})
    return messages


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
    claims = "".join(_claims_html(turn, w))
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
        f"{_note_html(str(answer.usage or ''))}</div>{_waiting_html(turn, w)}{_foot_html(turn, w)}"
        "</section>"
    )


def _answer_lang(answer: Answer) -> str:
    return answer.query.language if answer.query and answer.query.language == "ko" else "en"


def _lead_html(claim: Claim) -> str:
    """The amount or date that was asked for, in bold before its sentence."""
    return f'<strong class="dl-lead">{esc(claim.lead)}</strong> — ' if claim.lead else ""


def _claims_html(turn: Turn, w: Words) -> Iterator[str]:
    """The claims, under their headings if they have any; the sides of a comparison beside one
    another."""
    answer = turn.answer
    groups = [(head, list(own)) for head, own in groupby(answer.claims, lambda c: c.heading)]
    beside = len(groups) > 1 and bool(answer.query and answer.query.request == "comparison")
    yield '<div class="dl-sides">' if beside else ""
    for heading, claims in groups:
        yield '<div class="dl-side">' if beside else ""
        yield f'<h3 class="dl-heading">{esc(heading)}</h3>' if heading else ""
        yield from (_claim_html(turn.number, claim, w) for claim in claims)
        yield "</div>" if beside else ""
    yield "</div>" if beside else ""


def _claim_html(turn: int, claim: Claim, w: Words) -> str:
    """A claim with its citations; one whose check failed says so before it is read."""
    chips = "".join(_chip_html(turn, cited, w) for cited in claim.citations)
    cited = f'<span class="dl-chips">{chips}</span>' if chips else ""
    if claim.supported:
        return f'<p class="dl-claim">{_lead_html(claim)}{esc(claim.text)}{cited}</p>'
    why = "; ".join(esc(failure) for failure in claim.failures)
    return (
        f'<p class="dl-claim is-unsupported"><strong class="dl-verdict">{w("unsupported")}'
        f'</strong> {esc(claim.text)}{cited}<span class="dl-why">'
        f"{w('unsupported_label', why=why)}</span></p>"
    )


def _chip_html(turn: int, cited: Citation, w: Words) -> str:
    article = cited.article
    named = (esc(article.outlet) or w("outlet_unknown"), w.dated(article.published))
    about = ", ".join(filter(None, (*named, page_html(article, w))))
    quote = cited.quote[:TIP_CHARS] + ("…" if len(cited.quote) > TIP_CHARS else "")
    headline = esc(article.headline) or w("untitled")
    return (
        f'<a class="dl-chip" href="{article_path(article, (cited.start, cited.end))}" '
        f'data-card="{card_id(turn, cited.number)}" '
        f'data-cite="{about}: {headline}" data-url="{esc(article.url)}" '
        f'aria-label="{w("citation_of", n=cited.number, about=about)}">{cited.number}'
        f'<span class="dl-tip" aria-hidden="true"><span class="dl-tip-meta">{about}</span>'
        f'<span class="dl-tip-quote" lang="{language_of(quote)}">{esc(quote)}</span>'
        f'<span class="dl-tip-head">{headline}</span></span></a>'
    )


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


def _foot_html(turn: Turn, w: Words) -> str:
    """What can be done with a finished turn."""
    if turn.progress == "asking":
        return ""
    answer, acts = turn.answer, []
    if answer.abstained and answer.nearest:
        acts.append(_act("sources", w("nearest_articles")))
    elif answer.claims:
        articles = {(c.article.id, c.article.version) for c in answer.citations}
        acts.append(_act("sources", w.count("sources", len(articles))))
        acts.append(_act("copy", w("copy")))
        acts.append(_act("timeline", w("timeline_of")))
    acts += [_act("retry", w("retry")), _act("edit", w("edit"))]
    return (
        f'{_other_ways_html(turn, w)}<p class="dl-turn-foot">{"".join(acts)}</p>'
        f"{_feedback_html(turn, w)}"
        f"{_follow_ups_html(turn.follow_ups or answer.suggested, w)}"
    )


def _other_ways_html(turn: Turn, w: Words) -> str:
    """The same request answered in other ways: as a timeline, as a list, in summary."""
    query = turn.answer.query
    if query is None or query.request in UNSEARCHED:
        return ""
    buttons = "".join(
        f'<button type="button" class="dl-plain" data-act="as" data-request="{kind}" '
        f'aria-current="{"true" if kind == query.request else "false"}">{w("as_" + kind)}</button>'
        for kind in WAYS
    )
    label = w("laid_out_as")
    return f'<p class="dl-ways" role="group" aria-label="{label}"><span>{label}</span>{buttons}</p>'


WAYS = ("fact", "list", "timeline", "summary")
"""The kinds of requests that a reader can have an answer laid out as."""


def _act(act: str, label: str) -> str:
    return f'<button type="button" class="dl-plain" data-act="{act}">{label}</button>'


def _feedback_html(turn: Turn, w: Words) -> str:
    if not turn.message:
        return ""
    buttons = "".join(
        f'<button type="button" class="dl-plain" data-act="feedback" data-kind="{kind}" '
        f'aria-pressed="{"true" if kind in turn.said else "false"}">{w(key)}</button>'
        for kind, key in FEEDBACK
    )
    return (
        f'<div class="dl-feedback" role="group" aria-label="{w("feedback")}">'
        f"<span>{w('feedback')}</span>{buttons}"
        '<span class="dl-thanks" role="status"></span></div>'
    )


FEEDBACK = (
    ("right", "feedback_right"),
    ("wrong citation", "feedback_wrong"),
    ("missing", "feedback_missing"),
)
"""What a reader can say of an answer, as the store names it, and in words."""


def _follow_ups_html(questions: Sequence[str], w: Words) -> str:
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="dl-example" data-act="ask" lang="{language_of(q)}">'
        f"{esc(q)}</button></li>"
        for q in questions
    )
    return f'<div class="dl-next"><h3>{w("follow_ups")}</h3><ul>{buttons}</ul></div>'
