"""The conversation as HTML: each turn a question, what was searched, and cited claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from chatbot import Answer, Citation, Message, Query
from ui.web_sources import (
    article_path,
    body_html,
    byline_html,
    card_id,
    meta_html,
    origin_html,
    section_html,
    sources_html,
)
from ui.web_text import ago_text, count_text, dated_text, day_text, esc, language_of
from vectorstore import Span, Status, StoredArticle

Stage = Literal["asking", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and what came of it.

    `note` is ours (too long, stopped, failed). `shown` and `cards` are the HTML of a turn
    that is finished.
    """

    number: int
    question: str
    answer: Answer = field(default_factory=Answer)
    progress: Stage = "asking"
    note: str = ""
    shown: str = field(default="", repr=False)
    cards: str = field(default="", repr=False)


Conversation = tuple[Turn, ...]


def finished(turn: Turn) -> Turn:
    """A turn with its HTML, and without the passages that nobody looks at again."""
    answer = replace(turn.answer, nearest=turn.answer.nearest if turn.answer.abstained else ())
    turn = replace(turn, answer=answer)
    return replace(turn, shown=_turn_html(turn), cards=_cards_html(turn))


def history(turns: Conversation) -> list[Message]:
    """The turns that were answered, as the chain takes them."""
    messages: list[Message] = []
    for turn in turns:
        if turn.answer.text:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer.text})
    return messages


def conversation_html(turns: Conversation) -> str:
    """All turns, oldest first; said aloud by a screen reader as claims arrive."""
    shown = "".join(turn.shown or _turn_html(turn) for turn in turns)
    return f'<div role="log" aria-label="Conversation">{shown}</div>'


def panel_html(turns: Conversation) -> str:
    """The sources of every turn that has any; the page shows the last one's, or a chosen one's."""
    return sources_html("".join(turn.cards or _cards_html(turn) for turn in turns))


def _cards_html(turn: Turn) -> str:
    if turn.answer.query is None and turn.progress != "asking":
        return ""
    return section_html(turn.number, turn.answer, waiting=turn.progress == "asking")


def _turn_html(turn: Turn) -> str:
    answer = turn.answer
    claims = "".join(
        f'<p class="dl-claim">{esc(claim.text)}{_chips_html(turn.number, claim.citations)}</p>'
        for claim in answer.claims
    )
    lang = language_of(turn.question)
    return (
        f'<section class="dl-turn" data-turn="{turn.number}" data-progress="{turn.progress}">'
        f'<h2 class="dl-question" lang="{lang}">{esc(turn.question)}</h2>'
        f'{_searched_html(answer.query)}<div class="dl-answer" lang="{_answer_lang(answer)}">'
        f"{claims}{_message_html(answer)}</div>{_waiting_html(turn)}{_foot_html(turn)}</section>"
    )


def _answer_lang(answer: Answer) -> str:
    return answer.query.language if answer.query and answer.query.language == "ko" else "en"


def _chips_html(turn: int, citations: Sequence[Citation]) -> str:
    chips = "".join(_chip_html(turn, citation) for citation in citations)
    return f'<span class="dl-chips">{chips}</span>' if chips else ""


def _chip_html(turn: int, cited: Citation) -> str:
    article = cited.article
    about = f"{esc(article.outlet) or 'Outlet unknown'}, {dated_text(article.published)}"
    return (
        f'<a class="dl-chip" href="{article_path(article, (cited.start, cited.end))}" '
        f'data-card="{card_id(turn, cited.number)}" title="{about}" '
        f'aria-label="Citation {cited.number}: {about}">{cited.number}</a>'
    )


def _message_html(answer: Answer) -> str:
    if not answer.message:
        return ""
    kind = "dl-abstained" if answer.abstained else "dl-message"
    return f'<p class="{kind}">{esc(answer.message)}</p>'


def _searched_html(query: Query | None) -> str:
    if query is None:
        return ""
    what = "Searched the archive"
    if query.text.split() != query.question.split():
        what = f"Searched for <q>{esc(query.text)}</q>"
    return f'<p class="dl-searched">{" · ".join([what, *_filter_texts(query)])}</p>'


def _filter_texts(query: Query) -> list[str]:
    f, texts = query.filters, []
    if f.since and f.until:
        same = f.since == f.until
        texts.append(day_text(f.since) if same else f"{day_text(f.since)} to {day_text(f.until)}")
    elif f.since:
        texts.append(f"since {day_text(f.since)}")
    elif f.until:
        texts.append(f"until {day_text(f.until)}")
    if f.as_of:
        texts.append(f"as known on {day_text(f.as_of)}")
    return [*texts, *(esc(outlet) for outlet in f.outlets)]


def _waiting_html(turn: Turn) -> str:
    if turn.progress != "asking":
        return f'<p class="dl-note" role="status">{esc(turn.note)}</p>' if turn.note else ""
    doing = "Reading" if turn.answer.query else "Searching"
    return f'<p class="dl-waiting">{doing}<span aria-hidden="true"></span></p>'


def _foot_html(turn: Turn) -> str:
    if turn.progress == "asking":
        return ""
    if turn.answer.abstained and turn.answer.nearest:
        label = "Nearest articles"
    elif turn.answer.claims:
        articles = {(c.article.id, c.article.version) for c in turn.answer.citations}
        label = count_text(len(articles), "source")
    else:
        return ""
    return (
        '<p class="dl-turn-foot"><button type="button" class="dl-plain" '
        f'data-act="sources" data-turn="{turn.number}">{label}</button></p>'
    )


def masthead_html(status: Status, now: datetime) -> str:
    """The name over a thin rule, with the day and what the archive spans."""
    span = ""
    if status.first_published and status.last_published:
        span = f"Archive {day_text(status.first_published)} – {day_text(status.last_published)}"
    day = f"{now:%A}, {day_text(now.date())}"
    return (
        '<header class="dl-masthead"><h1>Dateline</h1><div class="dl-strip">'
        f"<span>{day}</span>"
        f'<span class="dl-span">{span}</span></div>'
        '<div class="dl-tools"><button type="button" class="dl-plain" data-act="theme" '
        'aria-label="Dark theme" aria-pressed="false">Dark</button></div></header>'
    )


def footer_html(status: Status, now: datetime) -> str:
    """How fresh the archive is: what it holds, its newest article, its last ingest."""
    parts = [
        count_text(status.articles, "article"),
        count_text(sum(1 for name, _ in status.outlets if name), "outlet"),
    ]
    if status.last_published:
        parts.append(f"newest {day_text(status.last_published)}")
    if status.last_ingested:
        exact = status.last_ingested.isoformat(sep=" ", timespec="seconds")
        ago = ago_text(status.last_ingested, now)
        parts.append(f'<time datetime="{exact}" title="{exact}">updated {ago}</time>')
    else:
        parts.append("not yet updated")
    items = "".join(f"<li>{part}</li>" for part in parts)
    return f'<footer class="dl-footer"><ul aria-label="The archive">{items}</ul></footer>'


def article_page_html(article: StoredArticle, span: Span | None, head: str) -> str:
    """An article as a page of its own: where a citation leads in a new tab."""
    lang = language_of(article.headline + article.body[:200], article.language)
    headline = esc(article.headline) or "Untitled"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{headline} · Dateline</title>{head}</head>"
        '<body class="dl-page"><header class="dl-page-head"><a href="/">Dateline</a></header>'
        f'<main>{meta_html(article)}<h1 class="dl-headline" lang="{lang}">{headline}</h1>'
        f"{byline_html(article)}{body_html(article, span)}"
        f'<p class="dl-links">{origin_html(article)}</p></main></body></html>'
    )
