"""Prompts: files in chatbot/prompts with $names that are filled in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Template


@cache
def layout_instructions() -> dict[str, str]:
    """How an answer is to be laid out, by the kind of the request."""
    text = (files("chatbot") / "prompts" / "layouts.toml").read_text("utf-8")
    return {kind: str(line) for kind, line in tomllib.loads(text).items()}


@cache
def template(name: str) -> Template:
    """The prompt in a file of chatbot/prompts."""
    return Template((files("chatbot") / "prompts" / name).read_text("utf-8"))


def prompt(name: str, **values: str) -> str:
    """A prompt with its names filled in; what is filled in is never read as a template."""
    return template(name).substitute(values).strip()
