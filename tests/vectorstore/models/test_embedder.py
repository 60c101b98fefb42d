from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from vectorstore import Archive, EmbeddingError, ModelMismatch, Settings
from vectorstore.models import e5, loading, packed
from vectorstore.models.batches import padded
from vectorstore.models.embedder import Embedder, Text
from vectorstore.models.pooling import mean_pooled, pool, quantize
from vectorstore.models.properties import Properties, properties
from vectorstore.models.states import States
from vectorstore.settings import EMBEDDED_MODEL, OLD_EMBEDDED_MODEL

FIRST = "Seoul will invest $350 billion."
BODY = f"{FIRST} The tariff falls to 15 percent. Rice stays closed."
SPANS = ((0, 31), (32, 66), (67, 85))
TEXT = Text(BODY, SPANS, "Deal struck")


INTERRUPTED = """
import os, signal, sys
from vectorstore.models.embedder import Embedder, Text

class CtrlC:
    def find_spec(self, name, *_):
        if name == "torch.autograd":
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
sys.meta_path.insert(0, CtrlC())
embedder, made = Embedder(), []
try:
    made += embedder.embed([Text("One.", ((0, 4),))])
except KeyboardInterrupt:
    made += embedder.embed([Text("One.", ((0, 4),))])
    print("interrupted, and", len(made))
"""


@pytest.fixture(scope="module", params=[EMBEDDED_MODEL, OLD_EMBEDDED_MODEL])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return Embedder(request.param)


@pytest.fixture(scope="module")
def old() -> Embedder:
    return Embedder(OLD_EMBEDDED_MODEL)


def test_one_pass_gives_unit_vectors_for_passage_and_sentences(embedder: Embedder) -> None:
    ((_, made),) = embedder.embed([TEXT])
    assert made.passage.shape == (embedder.dim,)
    assert made.sentences.shape == (3, embedder.dim)
    assert np.allclose(np.linalg.norm(made.sentences, axis=1), 1, atol=1e-5)
    money = made.sentences @ embedder.query("How much money will Korea put in?")
    assert int(money.argmax()) == 0


def test_passage_vectors_are_those_of_sentence_transformers(old: Embedder) -> None:
    ((_, made),) = old.embed([TEXT])
    plain = sentence_transformer(old).encode([TEXT.framed[0]], normalize_embeddings=True)[0]
    assert float(made.passage @ plain) > 0.999


def test_batches_of_unlike_lengths_come_back_in_place(embedder: Embedder) -> None:
    texts = [Text("word " * n, ((0, 5 * n - 1),)) for n in (90, 3, 40, 1, 200)]
    made = dict(embedder.embed(texts))
    for i, text in enumerate(texts):
        alone = dict(embedder.embed([text]))[0]
        assert float(made[i].passage @ alone.passage) > 0.999


def test_sentences_beyond_the_window_still_have_a_vector(embedder: Embedder) -> None:
    long = "tariff " * 400 + "Ends here."
    ((_, made),) = embedder.embed([Text(long, ((0, 2800), (2800, 2810)))])
    assert np.allclose(np.linalg.norm(made.sentences, axis=1), 1, atol=1e-4)


def test_int8_keeps_the_cosine(embedder: Embedder) -> None:
    ((_, made),) = embedder.embed([TEXT])
    query = embedder.query("tariff")
    small = quantize(made.sentences).astype(np.float32) @ query / 127
    assert np.abs(small - made.sentences @ query).max() < 0.01


def test_weights_that_are_not_the_published_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "OLD_SHA256", "0" * 64)
    with pytest.raises(EmbeddingError, match="not the published ones"):
        Embedder(OLD_EMBEDDED_MODEL).query("x")
    monkeypatch.setattr(e5, "SHA256", "0" * 64)
    with pytest.raises(EmbeddingError, match="not the published ones"):
        e5.read()


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="DATELINE_MODEL"):
        Embedder(str(tmp_path)).query("x")


def test_any_model_in_a_folder_loads_and_is_not_mixed(tmp_path: Path, old: Embedder) -> None:
    copy = tmp_path / "model"
    shutil.copytree(loading.old_embedded_folder(), copy)
    other = Embedder(str(copy))
    assert float(other.query("tariff") @ old.query("tariff")) > 0.999
    Archive.open(tmp_path / "a", create=True).close()
    with pytest.raises(ModelMismatch, match="DATELINE_MODEL"):
        Archive.open(tmp_path / "a", settings=Settings(model=str(copy)))


def test_only_plainly_mean_pooled_models_are_pooled_in_one_pass(old: Embedder) -> None:
    st = sentence_transformer(old)
    assert mean_pooled(st)
    transformer, pooling = st[0], st[1]
    from sentence_transformers.models import Dense, Pooling

    first = Pooling(384, pooling_mode="cls")
    assert not mean_pooled(SentenceTransformer(modules=[transformer, first]))
    narrow = Dense(384, 128)
    assert not mean_pooled(SentenceTransformer(modules=[transformer, pooling, narrow]))


def test_sentences_can_be_encoded_apart(embedder: Embedder) -> None:
    apart = Embedder(embedder.model, late_chunking=False)
    ((_, one),), ((_, two),) = embedder.embed([TEXT]), apart.embed([TEXT])
    assert float(one.passage @ two.passage) > 0.999
    ((_, alone),) = apart.embed([Text(FIRST, ((0, len(FIRST)),))])
    assert float(two.sentences[0] @ alone.passage) > 0.999
    assert apart.identity != embedder.identity


def test_questions_have_the_vectors_that_the_model_gives_them() -> None:
    embedder = Embedder(OLD_EMBEDDED_MODEL)
    asked = ["Who?", "What did Seoul and Washington agree on for cars, chips and ships?"]
    model = sentence_transformer(embedder)
    wanted = model.encode(asked, normalize_embeddings=True, show_progress_bar=False)
    assert (embedder.queries(asked) * wanted).sum(axis=1).min() > 0.99999


def test_weights_are_packed_for_a_question_and_not_for_many_words() -> None:
    embedder = Embedder()
    states = states_of(embedder)
    if states._packed is None:
        pytest.skip("this build of PyTorch cannot pack weights")
    used = [type(m).__name__ for m in states._packed.modules()]
    assert "Packed" in used
    assert "Linear" not in used
    asked = embedder._tokenized(["Who signed the agreement on cars?"])[0].ids
    few, many = padded([asked], 0), padded([asked] * 40, 0)
    assert not torch.equal(states.of_questions(*few), states._plain(*few))
    assert torch.equal(states.of_questions(*many), states._plain(*many))


@pytest.mark.parametrize("operation", ["linear_prepack_fp16", "linear_dynamic_fp16"])
def test_without_the_packing_a_question_has_the_plain_model(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    wanted, states = embedder.query("Who signed?"), states_of(embedder)
    monkeypatch.setattr(torch.ops.quantized, operation, _missing, raising=False)
    asked = embedder._tokenized([embedder.properties.query + "Who signed?"])
    ids, mask = padded([one.ids for one in asked], embedder._loaded.padding)
    vector = pool(states.of_questions(ids, mask), mask)[0].numpy()
    assert states._packed is None
    assert float(vector @ wanted) > 0.99999


def test_archives_of_one_process_share_the_embedded_model() -> None:
    assert Embedder()._loaded is Embedder()._loaded
    assert Embedder()._loaded.states is Embedder()._loaded.states


def test_packed_weights_that_turn_the_vectors_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = torch.ops.quantized.linear_prepack_fp16
    monkeypatch.setattr(
        torch.ops.quantized, "linear_prepack_fp16", lambda w, b: pack(w.round(decimals=1), b)
    )
    assert states_of(Embedder())._packed is None


def test_packed_layers_share_all_other_weights(embedder: Embedder) -> None:
    plain = embedder._loaded.network
    made = packed.packed(plain)
    if made is None:
        pytest.skip("this build of PyTorch cannot pack weights")
    held = {id(p) for p in plain.parameters()}
    assert all(id(p) in held for p in made.parameters())


def states_of(embedder: Embedder) -> States:
    model = embedder._loaded
    return States(model.tokenizer, model.network, model.padding)


def sentence_transformer(embedder: Embedder) -> SentenceTransformer:
    st = embedder._loaded.st
    assert st is not None
    return st


def _missing(*_: object) -> None:
    raise RuntimeError("this build has no such operation")


@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a POSIX signal")
def test_ctrl_c_while_the_model_is_loaded_leaves_it_usable() -> None:
    words = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == "interrupted, and 1\n", done.stderr


LOADING = """
import os, signal, threading
from vectorstore.models.embedder import Embedder, Text

class Slow(Embedder):
    def _load(self):
        os.kill(os.getpid(), signal.SIGINT)
        go_on.wait()

signal.signal(signal.SIGINT, signal.default_int_handler)
go_on = threading.Event()
try:
    list(Slow().embed([Text("One.", ((0, 4),))]))
except KeyboardInterrupt:
    print("not waited for")
"""


def test_ctrl_c_does_not_wait_for_a_model_that_is_being_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADING], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "not waited for\n", done.stderr


@pytest.mark.parametrize(
    ("name", "query"),
    [
        (EMBEDDED_MODEL, "query: "),
        ("intfloat/multilingual-e5-small", "query: "),
        ("models/e5-tries/all-MiniLM", ""),
        (OLD_EMBEDDED_MODEL, ""),
    ],
)
def test_what_a_model_wants_goes_by_its_own_name(name: str, query: str) -> None:
    assert properties(name).query == query
    assert properties(OLD_EMBEDDED_MODEL).english


def test_prompts_that_a_model_declares_are_used(old: Embedder) -> None:
    st = SentenceTransformer(modules=list(sentence_transformer(old)))
    st.prompts = {"query": "ask: ", "document": "tell: "}
    assert properties("some/model", st) == Properties("ask: ", "tell: ")
