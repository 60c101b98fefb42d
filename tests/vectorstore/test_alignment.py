"""How near words come to those of another text."""

from __future__ import annotations

import numpy as np
import pytest

from vectorstore.alignment import aligned
from vectorstore.embedder import Embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_a_word_comes_nearest_to_itself(embedder: Embedder) -> None:
    texts = ["The tariff on cars falls.", "Penguins swim.", ""]
    read = aligned(embedder, "Which tariff, 15%?", texts)
    assert read is not None
    words, cosines = read
    assert words == ["Which", "tariff", "15%"]
    assert cosines.shape == (3, 3)
    tariff = cosines[1]
    assert tariff[0] > tariff[1] + 0.2
    assert np.all(np.abs(cosines) <= 1 + 1e-5)


def test_a_text_alone_and_beside_longer_ones_is_the_same(embedder: Embedder) -> None:
    long = "The ministers met in Geneva on Monday and will meet again in a week. " * 20
    alone, beside = (
        aligned(embedder, "cars", ["A car."]),
        aligned(embedder, "cars", ["A car.", long]),
    )
    assert alone is not None
    assert beside is not None
    assert beside[1][0, 0] == pytest.approx(alone[1][0, 0], abs=1e-4)


def test_nothing_to_read(embedder: Embedder) -> None:
    read = aligned(embedder, "?!", ["A car."])
    assert read is not None
    assert read[0] == []
    assert read[1].shape == (0, 1)
