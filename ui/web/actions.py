"""What a reader can do with a finished turn, as HTML: look at its sources, copy it, ask it again,
have it laid out another way, give feedback, or ask a follow-up question."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot import UNSEARCHED
from ui.web.turns import Turn
from ui.wording.text import esc, language_of
from ui.wording.words import Words

REQUESTS = ("fact", "list", "timeline", "summary")
"""The kinds of requests that a reader can have an answer laid out as."""

FEEDBACK = (
    ("right", "feedback_right"),
    ("wrong citation", "feedback_wrong"),
    ("missing", "feedback_missing"),
)
"""What a reader can say of an answer, as the store names it, and in words."""


def actions_html(turn: Turn, w: Words) -> str:
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
        f'{_layouts_html(turn, w)}<p class="dl-turn-foot">{"".join(acts)}</p>'
        f"{_feedback_html(turn, w)}"
        f"{_follow_ups_html(turn.follow_ups or answer.suggested, w)}"
    )


def _layouts_html(turn: Turn, w: Words) -> str:
    """The same request answered in other ways: as a timeline, as a list, in summary."""
    query = turn.answer.query
    if query is None or query.request in UNSEARCHED:
        return ""
    buttons = "".join(
        f'<button type="button" class="dl-plain" data-act="as" data-request="{kind}" '
        f'aria-current="{"true" if kind == query.request else "false"}">{w("as_" + kind)}</button>'
        for kind in REQUESTS
    )
    label = w("laid_out_as")
    return f'<p class="dl-ways" role="group" aria-label="{label}"><span>{label}</span>{buttons}</p>'


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


def _follow_ups_html(questions: Sequence[str], w: Words) -> str:
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="dl-example" data-act="ask" lang="{language_of(q)}">'
        f"{esc(q)}</button></li>"
        for q in questions
    )
    return f'<div class="dl-next"><h3>{w("follow_ups")}</h3><ul>{buttons}</ul></div>'
