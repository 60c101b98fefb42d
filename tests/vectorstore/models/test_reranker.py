"""A cross-encoder that is made on the spot: its order counts, and it is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import NEWS, put
from vectorstore import Archive, EmbeddingError, Settings
from vectorstore.index.analyzer import TOKEN
from vectorstore.models.reranker import RERANKER_WEIGHT, Reranker


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One layer of random weights over the words of the articles."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("cross") / "encoder"
    folder.mkdir()
    found = {m.group().lower() for a in NEWS for m in TOKEN.finditer(a.body)}
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(found)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=1,
        initializer_range=2.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_the_first_hits_stand_as_the_reranker_has_them(model: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as plain:
        put(plain, NEWS)
        before = plain.search("tariffs on cars", k=5)
    with Archive.open(tmp_path / "archive", settings=Settings(reranker=str(model))) as archive:
        hits = archive.search("tariffs on cars", k=5, explain=True)
    own = Reranker(str(model)).scores("tariffs on cars", [hit.text for hit in hits])
    told = [hit.why.parts["reranked"] for hit in hits if hit.why]
    assert told == pytest.approx([RERANKER_WEIGHT * score for score in own], abs=1e-4)
    assert max(own) - min(own) > 0.01
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert {h.passage_id for h in hits} == {h.passage_id for h in before}
    assert [h.passage_id for h in hits] != [h.passage_id for h in before]


def test_a_reranker_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="DATELINE_RERANKER"):
        Reranker(str(tmp_path)).scores("x", ["y"])
