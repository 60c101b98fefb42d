"""Texts to tokens, by a tokenizer that several models and threads share."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

Text = str | tuple[str, str]


class Tokens:
    """A tokenizer of the tokenizers library; what it is set to holds for one call only."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[Text], longest: int) -> list[Any]:
        """The encodings of texts, or of pairs of texts, of `longest` tokens at most: ids, offsets,
        and which text of a pair a token is of. Of a pair the longer text is cut."""
        with self._lock:
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(longest, strategy="longest_first")
            found: list[Any] = self._tokenizer.encode_batch(list(texts))
        return found

    def vocabulary(self) -> frozenset[str]:
        """All pieces of words that it knows."""
        return frozenset(self._tokenizer.get_vocab())
