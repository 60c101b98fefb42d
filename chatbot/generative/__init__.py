"""Generative answering: a chat model writes, and only what its sources support is shown.

What comes in is a query with its hits and a chat model; what goes out are claims with their
citations, or the extractive answer with a notice why. Read `answerer` first.
"""

from __future__ import annotations

from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from chatbot.generative.answerer import Check, Fallback, Generative
from chatbot.generative.settings import ChatSettings
from vectorstore import Archive

__all__ = ["ChatSettings", "Generative", "generative"]


def generative(
    archive: Archive,
    model: str | BaseChatModel | None = None,
    settings: ChatSettings | None = None,
    *,
    fallback: Fallback,
    check: Check,
) -> Generative:
    """The generative answerer for a model: "provider:name", or any LangChain chat model.

    Without `settings` those of the environment count; a `model` that is given wins.
    Raises InputError if the model cannot be set up.
    """
    settings = settings or ChatSettings.from_environment()
    if isinstance(model, BaseChatModel):
        settings = replace(settings, model="")
        return Generative(archive, model, settings, fallback=fallback, check=check)
    settings = replace(settings, model=model or settings.model)
    return Generative(archive, settings.load(), settings, fallback=fallback, check=check)
