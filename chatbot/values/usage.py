"""Usage: what a chat model was used for, in calls, tokens and money."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a chat model was used for: calls, tokens as it counted them, and their cost.

    `cost` is in the currency of the prices that the settings give; None without prices. Tokens
    are None where the model reported none. `str(usage)` is a line for a reader.
    """

    model: str
    calls: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    currency: str = ""

    def __add__(self, other: Usage) -> Usage:
        costs = [c for c in (self.cost, other.cost) if c is not None]
        return replace(
            self,
            calls=self.calls + other.calls,
            input_tokens=_added(self.input_tokens, other.input_tokens),
            output_tokens=_added(self.output_tokens, other.output_tokens),
            cost=sum(costs) if costs else None,
        )

    def __str__(self) -> str:
        paid = "" if self.cost is None else f" · {self.cost:.4f} {self.currency}".rstrip()
        if self.input_tokens is None or self.output_tokens is None:
            return f"{self.model}{paid}"
        tokens = f"{self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        return f"{self.model} · {tokens}{paid}"


def _added(one: int | None, other: int | None) -> int | None:
    """A sum of what is known."""
    return one if other is None else other if one is None else one + other


def total_usage(one: Usage | None, other: Usage | None) -> Usage | None:
    """The usage of two parts together; None if neither used a model."""
    return one + other if one and other else one or other
