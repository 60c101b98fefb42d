"""The settings view: what a reader chooses, kept in their browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from chatbot.values import Length
from ui.operations.access import Caller
from ui.wording.text import esc
from ui.wording.words import LANGUAGES, Words

OWN_NAMES = {"en": "English", "ko": "한국어"}
"""Each language by its own name, so that whoever is lost finds theirs."""

LENGTHS: tuple[str, ...] = get_args(Length)
"""Of answers: two sentences at most, the usual three to six, or up to twice as many."""


def settings_html(models: Sequence[str], w: Words, account: str = "") -> str:
    """The choices; scripts in the browser show and keep what is chosen.

    `models` are the chat models that this server was started with; `account` is what
    `account_html` makes.
    """
    languages = [(code, OWN_NAMES[code]) for code in LANGUAGES]
    themes = [
        ("system", w("settings_theme_system")),
        ("light", w("theme_light_label")),
        ("dark", w("theme_dark_label")),
    ]
    lengths = [(name, w("settings_" + name)) for name in LENGTHS]
    chosen = [*((name, esc(name)) for name in models), ("none", w("settings_model_none"))]
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_settings")}</h1>'
        f'<p class="dl-quiet">{w("settings_note")}</p><form class="dl-settings">'
        f"{_choice('language', w('settings_language'), languages)}"
        f"{_choice('theme', w('settings_theme'), themes)}"
        f"{_choice('length', w('settings_length'), lengths)}"
        f"{_choice('model', w('settings_model'), chosen)}"
        f'<p class="dl-quiet">{w("settings_model_note")}</p></form>{account}'
    )


def account_html(caller: Caller, w: Words, *, login: bool) -> str:
    """Who is logged in, as what, and the way in or out; nothing where nobody can log in."""
    if caller.way in {"login", "proxy"}:
        role = w(f"role_{caller.role}") if caller.role else "–"
        said = w("account_is", name=esc(caller.name), role=role)
        out = (
            '<form method="post" action="/logout" class="dl-field">'
            f'<button type="submit" class="dl-solid">{w("log_out")}</button></form>'
        )
        said = f"<p>{said}</p>{out if caller.way == 'login' else ''}"
    elif login:
        link = f'<a class="dl-go" href="/login">{w("log_in")}</a>'
        said = f'<p class="dl-quiet">{w("account_none")} {link}</p>'
    else:
        return ""
    return f'<h2 class="dl-view-head">{w("account")}</h2>{said}'


def _choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    radios = "".join(
        f'<label class="dl-check"><input type="radio" name="{name}" value="{value}">'
        f"<span>{text}</span></label>"
        for value, text in options
    )
    return f"<fieldset><legend>{label}</legend>{radios}</fieldset>"
