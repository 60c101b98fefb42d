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
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vectorstore.batches import ROWS, batches
from vectorstore.pooling import Floats, mean_pooled, pool, unit, within
from vectorstore.settings import EMBEDDED_MODEL
from vectorstore.states import States
from vectorstore.values import Span
from vectorstore.weights import load

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

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

    Raises EmbeddingError on first use if the model is missing or, for the embedded one,
    if its weights are not the published ones.
    """

    def __init__(self, model: str = EMBEDDED_MODEL, *, late_chunking: bool = True) -> None:
        self.model = model
        self._late = late_chunking
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
        """Embed passages in batches of like length; yields (position in `texts`, vectors)."""
        if not texts:
            return
        st = self._loaded
        if not (self._late and mean_pooled(st) and st.tokenizer.is_fast):
            yield from enumerate(self._one_by_one(texts))
            return
        tokens = self._tokenized(texts)
        _threads(os.cpu_count() or 1)
        for width, batch in batches([len(t["input_ids"]) for t in tokens]):
            yield from zip(batch, self._one_pass(texts, tokens, width, batch), strict=True)

    def query(self, text: str) -> Floats:
        """A question's unit vector, float32[dim]; see `queries`."""
        vector: Floats = self.queries([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> Floats:
        """The unit vectors of questions, float32[n, dim].

        On one thread: as fast as on two for a dozen words (17 ms to 16), and faster where
        three other processes keep two cores busy (53 ms to 130; medians). A mean-pooled
        model is called itself, which saves a seventh of that and gives the same numbers.
        """
        with self._lock:
            st = self._loaded
            _threads(1)
            if mean_pooled(st) and st.tokenizer.is_fast:
                return self._pooled(texts)
            vectors = st.encode_query(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    def tokens(
        self, texts: Sequence[str], longest: int
    ) -> list[tuple[npt.NDArray[Any], Floats]] | None:
        """The first tokens of each text: where they stand, int[n, 2] (0, 0 for none), and their
        vectors in context, float32[n, dim]; None if the model is not one that averages them."""
        with self._lock:
            st = self._loaded
            _threads(1)
            if not (mean_pooled(st) and st.tokenizer.is_fast):
                return None
            read = self._read(texts, min(longest, st.get_max_seq_length() or longest))
            states = self._states.of_questions(read).numpy()
        return list(zip(read["offset_mapping"].numpy(), states, strict=True))

    def _pooled(self, texts: Sequence[str]) -> Floats:
        tokens = self._read(texts, self._loaded.get_max_seq_length())
        pooled = pool(self._states.of_questions(tokens), tokens["attention_mask"])
        return np.asarray(pooled, dtype=np.float32)

    def _read(self, texts: Sequence[str], longest: int | None) -> Any:
        return self._loaded.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=longest,
            return_offsets_mapping=True,
            return_token_type_ids=True,
            return_tensors="pt",
        )

    def knows(self, word: str) -> bool:
        """Whether a word is whole in the model's vocabulary, as common words are."""
        return word.lower() in self._pieces or f"▁{word}" in self._pieces

    @cached_property
    def _pieces(self) -> frozenset[str]:
        return frozenset(self._loaded.tokenizer.get_vocab())

    @cached_property
    def dim(self) -> int:
        return int(self._loaded.get_embedding_dimension() or 0)

    @cached_property
    def identity(self) -> str:
        """Names the model and how it pools, so that vectors of two are never mixed."""
        return f"{self.model}{'' if self._late else '+apart'}"

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        """The model, loaded in a thread of its own, as Ctrl-C reaches the main one only: an import
        that is cut short stays broken, and what was fetched could not be stored any more.

        Whoever is interrupted here need not wait, and may come back for it.
        """
        try:
            return self._loading.result()
        except Exception:
            self.__dict__.pop("_loading", None)
            raise

    @cached_property
    def _loading(self) -> Future[SentenceTransformer]:
        found: Future[SentenceTransformer] = Future()

        def load() -> None:
            try:
                found.set_result(self._load())
            except BaseException as error:
                found.set_exception(error)

        threading.Thread(target=load, daemon=True, name=LOADING).start()
        return found

    def _load(self) -> SentenceTransformer:
        return load(self.model)

    @cached_property
    def _states(self) -> States:
        return States(self._loaded)

    def _tokenized(self, texts: Sequence[Text]) -> list[dict[str, Any]]:
        found: Any = self._loaded.tokenizer(
            [t.framed[0] for t in texts],
            truncation=True,
            max_length=self._loaded.get_max_seq_length(),
            return_offsets_mapping=True,
            return_token_type_ids=True,
        )
        return [{k: found[k][i] for k in found} for i in range(len(texts))]

    def _one_pass(
        self,
        texts: Sequence[Text],
        tokens: Sequence[dict[str, Any]],
        width: int,
        batch: Sequence[int],
    ) -> Iterator[Embedded]:
        rows = [tokens[i] for i in batch]
        rows += [rows[-1]] * (-len(rows) % ROWS)
        fields = ("input_ids", "attention_mask", "token_type_ids")
        padded: Any = self._loaded.tokenizer.pad(
            [{f: r[f] for f in fields} for r in rows],
            padding="max_length",
            max_length=width,
            return_tensors="pt",
        )
        states = self._states.of_passages(padded)
        whole = pool(states, padded["attention_mask"]).numpy()
        for row, i in enumerate(batch):
            text, lead = texts[i], texts[i].framed[1]
            offsets = np.array(tokens[i]["offset_mapping"]) - lead
            weights = within(offsets, text.sentences)
            sentences = unit(weights @ states[row, : len(offsets)].numpy())
            sentences[~weights.any(axis=1)] = whole[row]  # beyond the model's window
            yield Embedded(whole[row], sentences)

    def _one_by_one(self, texts: Sequence[Text]) -> list[Embedded]:
        st = self._loaded
        flat = [t.framed[0] for t in texts]
        flat += [t.text[a:b] for t in texts for a, b in t.sentences]
        encoded = st.encode_document(flat, normalize_embeddings=True, show_progress_bar=False)
        vectors = np.asarray(encoded, dtype=np.float32)
        made, at = [], len(texts)
        for i, text in enumerate(texts):
            n = len(text.sentences)
            made.append(Embedded(vectors[i], vectors[at : at + n]))
            at += n
        return made


def _threads(count: int) -> None:
    import torch

    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
