"""The view of kept conversations as HTML: their list, the search among them, and their actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ui.exports.formats import FORMATS
from ui.store import Conversation
from ui.wording.text import esc, language_of
from ui.wording.words import Words

FORMAT_NAMES = {"markdown": "Markdown", "html": "HTML", "pdf": "PDF", "json": "JSON"}


def conversations_html(kept: Iterable[Conversation], text: str, w: Words, now: datetime) -> str:
    """All of a reader's conversations, the last one first, and the search among them."""
    items = "".join(_item_html(one, w, now) for one in kept)
    nothing = w("none_found") if text else w("conversations_none")
    found = f'<ul class="dl-list">{items}</ul>' if items else f'<p class="dl-quiet">{nothing}</p>'
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_conversations")}</h1>'
        '<form class="dl-form" method="get" action="/view/conversations" role="search">'
        f'<div class="dl-find"><label class="dl-sr" for="dl-c">{w("conversations_search")}</label>'
        f'<input id="dl-c" type="search" name="q" value="{esc(text)}" '
        f'placeholder="{w("conversations_search")}"><button type="submit">{w("search")}</button>'
        f'</div></form><p class="dl-quiet">{w("conversations_note")}</p>{found}'
    )


def _item_html(one: Conversation, w: Words, now: datetime) -> str:
    name = esc(one.name) or w("untitled")
    forms = "".join(
        f'<li><a href="/keep/{esc(one.id)}/export/{form}" download>{FORMAT_NAMES[form]}</a></li>'
        for form in FORMATS
    )
    share = "unshare" if one.shared else "share"
    return (
        f'<li class="dl-item dl-kept" data-kept="{esc(one.id)}"><h2 class="dl-headline" '
        f'lang="{language_of(one.name)}"><button type="button" data-act="resume">{name}</button>'
        f'</h2><p class="dl-meta"><span>{w.ago(one.updated, now)}</span></p>'
        f'<div class="dl-kept-acts">{_act("rename", w("conversation_rename"))}'
        f"{_act(share, w('conversation_' + share))}{_act('delete', w('conversation_delete'))}"
        f"<details><summary>{w('conversation_export')}</summary><ul>{forms}</ul></details></div>"
        '<p class="dl-said" role="status"></p></li>'
    )


def _act(act: str, label: str) -> str:
    return f'<button type="button" class="dl-plain" data-act="keep-{act}">{label}</button>'
