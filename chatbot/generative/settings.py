"""Settings of the chat model: how it is reached and what it may cost.

They come from Python or from DATELINE_CHAT_… environment variables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, cast, get_args
from urllib.parse import urlsplit

from vectorstore import InputError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OnFailure = Literal["mark", "drop"]
Expand = Literal["", "multi", "hyde"]

PREFIX = "DATELINE_CHAT_"
"""Every setting has a variable: DATELINE_CHAT_MODEL, DATELINE_CHAT_BASE_URL, …"""

EXTRAS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google_genai": "google",
    "ollama": "ollama",
}
"""Providers that `pip install "dateline[…]"` has an extra for."""

NO_KEY = "none"
"""Sent to a server of your own that asks for no key, because the client insists on one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """What a chat model is asked with. Keys are never shown: they are not in the repr.

    - `model`: `provider:model`, as LangChain's `init_chat_model` takes it;
    - `base_url`: of an OpenAI-compatible server (llama.cpp, vLLM, LM Studio, a proxy);
    - `api_key`: if the provider's own variable (`OPENAI_API_KEY`, …) is not to be used;
    - `timeout`: seconds for one whole answer, waits and retries included;
    - `retries`: further attempts after 429, a server's error or a refused connection;
    - `max_tokens`: of a reply; `temperature`: left to the model if None;
    - `context_chars`: characters of article text that a question may bring along;
    - `instructions`: your own words that are added to the prompt (a house style, say);
    - `on_failure`: what fails the checks is left out ("drop") or shown as unsupported ("mark");
    - `expand`: "multi" or "hyde" asks the model for more to search for (one more call);
    - `price_in`, `price_out`: of a million tokens, in `currency`; no cost without them.
    """

    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout: float = 60.0
    retries: int = 2
    max_tokens: int = 2_000
    temperature: float | None = None
    context_chars: int = 12_000
    instructions: str = ""
    on_failure: OnFailure = "drop"
    expand: Expand = ""
    price_in: float | None = None
    price_out: float | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        for name, allowed in (("on_failure", OnFailure), ("expand", Expand)):
            if getattr(self, name) not in get_args(allowed):
                choices = " or ".join(repr(c) for c in get_args(allowed))
                raise InputError(f"{name} is {choices}, not {getattr(self, name)!r}")
        for name in ("timeout", "max_tokens", "context_chars"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, not {getattr(self, name)!r}")
        if self.retries < 0:
            raise InputError(f"retries cannot be {self.retries}")

    def __repr__(self) -> str:
        """The settings that differ from the defaults, without any secret."""
        shown = []
        for f in fields(self):
            value = getattr(self, f.name)
            if value == f.default:
                continue
            if f.name == "api_key":
                value = "***"
            elif f.name == "base_url":
                value = self.host
            shown.append(f"{f.name}={value!r}")
        return f"ChatSettings({', '.join(shown)})"

    @property
    def host(self) -> str:
        """Scheme, host and port of the base URL, without a user's name or password."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if self.base_url else ""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **given: Any
    ) -> ChatSettings:
        """The settings that DATELINE_CHAT_… variables name; what is `given` wins.

        Raises InputError for a value that is not of its kind.
        """
        env = os.environ if environment is None else environment
        found: dict[str, Any] = {}
        for f in fields(cls):
            name = PREFIX + f.name.upper()
            if not (text := env.get(name, "").strip()):
                continue
            kind = "float" if "float" in str(f.type) else str(f.type)
            try:
                found[f.name] = {"int": int, "float": float}.get(kind, str)(text)
            except ValueError:
                raise InputError(f"{name} is a number, not {text!r}") from None
        return cls(**found | {k: v for k, v in given.items() if v is not None})

    def load(self) -> BaseChatModel:
        """The chat model; raises InputError if it or its package is not there."""
        provider, _, name = self.model.partition(":")
        if not name:
            raise InputError(
                f"a chat model is named provider:model, such as openai:NAME or ollama:NAME, "
                f"not {self.model!r}"
            )
        try:
            from langchain.chat_models import init_chat_model

            made = init_chat_model(name, model_provider=provider, **self._options(provider))
        except ImportError as error:
            extra = EXTRAS.get(provider)
            how = f'pip install "dateline[{extra}]"' if extra else str(error)
            raise InputError(f"the package for {provider} models is not installed: {how}") from None
        except Exception as error:
            # The message may name what was given, the key among it: only its first line's
            # kind is told
            raise InputError(
                f"the chat model {self.model!r} cannot be set up ({type(error).__name__}). Check "
                "its name and that the provider's key is set, such as OPENAI_API_KEY"
            ) from None
        return cast("BaseChatModel", made)

    def _options(self, provider: str) -> dict[str, Any]:
        """What the provider's class takes; retries are Dateline's own, within `timeout`."""
        options: dict[str, Any] = {
            "temperature": self.temperature,
            "base_url": self.base_url or None,
        }
        if provider == "ollama":
            options["num_predict"] = self.max_tokens
            options["client_kwargs"] = {"timeout": self.timeout}
        else:
            options |= {"max_tokens": self.max_tokens, "timeout": self.timeout, "max_retries": 0}
        if provider == "openai":
            options["stream_usage"] = True
            if self.base_url and not os.environ.get("OPENAI_API_KEY"):
                options["api_key"] = NO_KEY
        if self.api_key:
            options["api_key"] = self.api_key
        return {k: v for k, v in options.items() if v is not None}
