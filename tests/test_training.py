"""The questions that the models were trained with are what their card says."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import save

from training.__main__ import average
from vectorstore.models import trained

DATA = Path(__file__).parent.parent / "training" / "data"


def rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


@pytest.fixture(scope="module")
def passages() -> dict[str, Any]:
    return {p["k"]: p for p in rows("passages")}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return list(rows("questions"))


def test_every_answer_stands_in_the_sentence_that_it_is_said_to(
    passages: dict[str, Any], questions: list[dict[str, Any]]
) -> None:
    for question in questions:
        assert (question["kind"] == "miss") == (not question["answers"])
        for answer in question["answers"]:
            passage = passages[answer["passage"]]
            start, end = passage["sentences"][answer["sentence"]]
            assert answer["start"] < answer["end"]
            assert start - 1 <= answer["start"]
            assert answer["end"] <= end + 1 <= len(passage["text"]) + 1


def test_no_document_is_in_two_splits(
    passages: dict[str, Any], questions: list[dict[str, Any]]
) -> None:
    splits: dict[str, set[str]] = {}
    for question in questions:
        splits.setdefault(passages[question["k"]]["document"], set()).add(question["split"])
    both = {d for d, found in splits.items() if "test" in found and len(found) > 1}
    assert not both


def test_there_are_as_many_of_each_kind_as_the_figures_need(
    questions: list[dict[str, Any]],
) -> None:
    counts = Counter(q["split"] for q in questions)
    assert counts["train"] >= 12_000
    assert counts["test"] >= 400
    test = [q for q in questions if q["split"] == "test"]
    assert sum(q["kind"] == "miss" for q in test) >= 150
    assert sum(any("가" <= c <= "힣" for c in q["q"]) for q in test) >= 60


def test_nothing_is_about_what_is_kept_out(passages: dict[str, Any], shared: Path) -> None:
    kept = set((shared / "reader" / "kept-out.txt").read_text().split("\n"))
    for line in (shared / "eval" / "gold" / "dev.jsonl").read_text().splitlines():
        kept |= {gold["path"] for gold in json.loads(line)["gold"]}
    assert not kept & {p["document"] for p in passages.values()}


def test_an_average_lies_between_two_readers_by_its_share() -> None:
    own, other = {"head.near": torch.tensor([10.0, -4.0])}, {"head.near": torch.tensor([0.0, 1.0])}
    assert torch.allclose(average(own, other, 0.0)["head.near"], own["head.near"])
    assert torch.allclose(average(own, other, 0.6)["head.near"], torch.tensor([4.0, -1.0]))


def test_what_is_packed_is_unpacked_to_within_a_step_of_its_scale() -> None:
    torch.manual_seed(3)
    held = {"rows": torch.randn(5, 40), "bias": torch.randn(40)}
    found = trained.unpack(save(trained.pack(held)))
    assert set(found) == set(held)
    step = held["rows"].abs().amax(dim=1, keepdim=True) / 127
    assert bool(((found["rows"] - held["rows"]).abs() <= step * 0.51).all())
    assert torch.allclose(found["bias"], held["bias"], atol=2e-3)
