"""The embedding model: passages, their sentences and questions become unit vectors.

For a mean-pooled model one forward pass over a passage gives its token states; pooled
over the passage they are its vector, pooled over each sentence a vector of that sentence
in its context ("late chunking", Günther et al. 2024, arXiv:2409.04701). Other models
encode passage and sentences one by one.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vectorstore.errors import EmbeddingError
from vectorstore.models.batches import ROWS, batches, padded
from vectorstore.models.loading import Model, load
from vectorstore.models.memory import tune_runtime
from vectorstore.models.pooling import Floats, pool, unit, within
from vectorstore.models.properties import KNOWN, Properties
from vectorstore.models.states import threads
from vectorstore.settings import EMBEDDED_MODEL
from vectorstore.values import Span

AGAIN = 30.0
"""Seconds after which a model that could not be loaded is tried again."""

LOADING = "load-model"
"""The name of the thread that loads a model."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is embedded: a passage, its sentences' spans in it, and what it stands under."""

    text: str
    sentences: tuple[Span, ...]
    context: str = ""

    @property
    def digest(self) -> str:
        """32 hex digits: the same text, context and sentences have the same vectors."""
        parts = (self.context, self.text, repr(self.sentences))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def framed(self) -> tuple[str, int]:
        """The text behind its context, and where it starts there."""
        lead = f"{self.context}\n" if self.context else ""
        return lead + self.text, len(lead)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A passage's vector, float32[dim], and its sentences', float32[n, dim]; unit length."""

    passage: Floats
    sentences: Floats


class Embedder:
    """Any sentence-transformers model by name or folder; loaded when first used.

    Passages are embedded on `threads` processors, by default on all. Raises EmbeddingError on
    first use if the model is missing or, for the embedded one, if its weights are not the
    published ones.
    """

    def __init__(
        self,
        model: str = EMBEDDED_MODEL,
        *,
        late_chunking: bool = True,
        threads: int | None = None,
    ) -> None:
        self.model = model
        self._threads = threads or os.cpu_count() or 1
        self._late = late_chunking
        self._lock = threading.Lock()
        self._trouble: tuple[float, str] | None = None

    def embed(self, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
        """Embed passages in batches of like length; yields (position in `texts`, vectors)."""
        if not texts:
            return
        if not (self._late and self._loaded.network):
            yield from enumerate(self._one_by_one(texts))
            return
        lead = self._loaded.properties.passage
        tokens = self._tokenized([lead + text.framed[0] for text in texts])
        threads(self._threads)
        for width, batch in batches([len(t.ids) for t in tokens]):
            yield from zip(batch, self._one_pass(texts, tokens, width, batch), strict=True)

    def query(self, text: str) -> Floats:
        """A question's unit vector, float32[dim]; see `queries`."""
        vector: Floats = self.queries([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> Floats:
        """The unit vectors of questions, float32[n, dim].

        On one thread: as fast as on two for a dozen words (17 ms to 16), and faster where
        three other processes keep two cores busy (53 ms to 130; medians).
        """
        with self._lock:
            model = self._loaded
            threads(1)
            asked = [model.properties.query + text for text in texts]
            if model.network:
                ids, mask = padded([one.ids for one in self._tokenized(asked)], model.padding)
                pooled = pool(self._loaded.states.of_questions(ids, mask), mask)
                return np.asarray(pooled, dtype=np.float32)
            st: Any = model.st
            vectors = st.encode(asked, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    @property
    def properties(self) -> Properties:
        """Prefixes and range of the model."""
        return KNOWN.get(self.model) or self._loaded.properties

    def knows(self, word: str) -> bool:
        """Whether a word is whole in the model's vocabulary, as common words are."""
        return word.lower() in self._pieces or f"▁{word}" in self._pieces

    @cached_property
    def _pieces(self) -> frozenset[str]:
        model = self._loaded
        if model.tokenizer:
            return model.tokenizer.vocabulary()
        return frozenset(model.st.tokenizer.get_vocab() if model.st else ())

    @cached_property
    def dim(self) -> int:
        return self._loaded.dim

    @cached_property
    def identity(self) -> str:
        """Names the model and how it pools, so that vectors of two are never mixed."""
        return f"{self.model}{'' if self._late else '+apart'}"

    @cached_property
    def _loaded(self) -> Model:
        """The model, loaded in a thread of its own, as Ctrl-C reaches the main one only: an import
        that is cut short stays broken, and what was fetched could not be stored any more.

        Whoever is interrupted here need not wait, and may come back for it.
        """
        if self._trouble and time.monotonic() < self._trouble[0]:
            raise EmbeddingError(self._trouble[1])
        try:
            return self._loading.result()
        except Exception as error:
            self.__dict__.pop("_loading", None)
            self._trouble = time.monotonic() + AGAIN, str(error)
            raise

    @property
    def trouble(self) -> str:
        """Why the model could not be loaded when it was last tried; "" if it was not so."""
        return self._trouble[1] if self._trouble and not self.ready else ""

    @property
    def ready(self) -> bool:
        """Whether the model is loaded; False while it loads, and where it cannot be."""
        begun: Future[Model] | None = self.__dict__.get("_loading")
        return begun is not None and begun.done() and begun.exception() is None

    def begin(self) -> None:
        """Begin to load the model, for who has other things to do meanwhile."""
        _ = self._loading

    @cached_property
    def _loading(self) -> Future[Model]:
        found: Future[Model] = Future()

        def load() -> None:
            try:
                found.set_result(self._load())
            except BaseException as error:
                found.set_exception(error)

        threading.Thread(target=load, daemon=True, name=LOADING).start()
        return found

    def _load(self) -> Model:
        tune_runtime()
        return load(self.model)

    def _tokenized(self, texts: Sequence[str]) -> list[Any]:
        """The tokens of texts, as many as the model reads: ids, and offsets in the text."""
        model = self._loaded
        return model.tokenizer(texts, model.window) if model.tokenizer else []

    def _one_pass(
        self, texts: Sequence[Text], tokens: Sequence[Any], width: int, batch: Sequence[int]
    ) -> Iterator[Embedded]:
        model = self._loaded
        rows = [tokens[i].ids for i in batch]
        rows += [rows[-1]] * (-len(rows) % ROWS)
        ids, mask = padded(rows, model.padding, width)
        states = self._loaded.states.of_passages(ids, mask)
        whole = pool(states, mask).numpy()
        for row, i in enumerate(batch):
            text, lead = texts[i], len(model.properties.passage) + texts[i].framed[1]
            offsets = np.array(tokens[i].offsets) - lead
            weights = within(offsets, text.sentences)
            sentences = unit(weights @ states[row, : len(offsets)].numpy())
            sentences[~weights.any(axis=1)] = whole[row]  # beyond the model's window
            yield Embedded(whole[row], sentences)

    def _one_by_one(self, texts: Sequence[Text]) -> list[Embedded]:
        model = self._loaded
        flat = [t.framed[0] for t in texts]
        flat += [t.text[a:b] for t in texts for a, b in t.sentences]
        vectors = self._apart([model.properties.passage + text for text in flat])
        made, at = [], len(texts)
        for i, text in enumerate(texts):
            n = len(text.sentences)
            made.append(Embedded(vectors[i], vectors[at : at + n]))
            at += n
        return made

    def _apart(self, texts: Sequence[str]) -> Floats:
        """The unit vectors of whole texts."""
        model = self._loaded
        if model.st:
            found = model.st.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
            return np.asarray(found, dtype=np.float32)
        tokens = self._tokenized(texts)
        made = np.zeros((len(texts), model.dim), dtype=np.float32)
        for width, batch in batches([len(t.ids) for t in tokens]):
            ids, mask = padded([tokens[i].ids for i in batch], model.padding, width)
            made[batch] = pool(self._loaded.states.of_passages(ids, mask), mask).numpy()
        return made
