"""The settings view: what a reader chooses, kept in their browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from chatbot.values import Length
from ui.wording.text import esc
from ui.wording.words import LANGUAGES, Words

OWN_NAMES = {"en": "English", "ko": "한국어"}
"""Each language by its own name, so that whoever is lost finds theirs."""

LENGTHS: tuple[str, ...] = get_args(Length)
"""Of answers: two sentences at most, the usual three to six, or up to twice as many."""


def settings_html(models: Sequence[str], w: Words) -> str:
    """The choices; scripts in the browser show and keep what is chosen.

    `models` are the chat models that this server was started with.
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
        f'<p class="dl-quiet">{w("settings_model_note")}</p></form>'
    )


def _choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    radios = "".join(
        f'<label class="dl-check"><input type="radio" name="{name}" value="{value}">'
        f"<span>{text}</span></label>"
        for value, text in options
    )
    return f"<fieldset><legend>{label}</legend>{radios}</fieldset>"
