"""The reader: which sentence of a passage answers, whether any does, and with which words."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vectorstore import Archive, EmbeddingError
from vectorstore.models import trained
from vectorstore.models.reader import BUSY_CALLERS, UNREAD, Page, Read, Reader

TEXT = (
    "The port authority granted Halla Shipping a permit for a new berth on Monday. "
    "The permit runs for twelve years. The berth will cost 41 million won. "
    "Fishermen in Yeosu had protested against it."
)


def page(text: str, headline: str = "Halla Shipping gets a new berth") -> Page:
    spans = tuple((m.start(), m.end()) for m in re.finditer(r"\S[^.]*\.", text))
    return Page(text, spans, headline, "Harbour Gazette, 2 March 2026")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How much will Halla Shipping's berth cost?", 2, "41 million won"),
        ("For how long does Halla Shipping's permit run?", 1, "twelve years"),
        ("Who protested against the new berth?", 3, "Fishermen"),
        ("한라해운 선석의 비용은 얼마인가요?", 2, "41 million won"),
    ],
)
def test_the_sentence_that_answers_is_first(
    reader: Reader, question: str, sentence: int, words: str
) -> None:
    (read,) = reader.read(question, [page(TEXT)])
    assert int(read.scores.argmax()) == sentence
    start, end = read.spans[sentence]
    assert words in TEXT[start:end] or TEXT[start:end] in words


def test_a_page_is_read_once_for_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, passes = Reader(), list[int]()
    made = Reader._pass

    def counted(self: Reader, encodings: Any, pages: Any) -> Any:
        passes.append(len(pages))
        return made(self, encodings, pages)

    monkeypatch.setattr(Reader, "_pass", counted)
    other = page("The council of Yeosu met on Tuesday.", "Council meets")
    first = reader.read("Who met?", [page(TEXT), other])
    again = reader.read("Who met?", [other, page(TEXT), other])
    assert [list(read.scores) for read in again] == [list(first[i].scores) for i in (1, 0, 1)], (
        "and each has what was said of it"
    )
    assert sum(passes) == 2
    reader.read("Who protested?", [other])
    assert sum(passes) == 3, "another question is read anew"


def test_what_answers_is_likelier_than_what_does_not(reader: Reader) -> None:
    told, other = (
        reader.read(question, [page(TEXT)])[0].likelihood
        for question in ("How much will the berth cost?", "Who won the chess final in Oslo?")
    )
    assert told > 0.5
    assert other < 0.2
    assert 0 <= other < told <= 1


def test_a_passage_is_read_the_same_alone_and_among_others(reader: Reader) -> None:
    others = [page(TEXT[:40] + "."), page(TEXT * 3), page("Rain fell. Snow fell.", "Weather")]
    (alone,) = reader.read("Who got a permit?", [page(TEXT)])
    among = reader.read("Who got a permit?", [*others, page(TEXT)])[-1]
    assert np.abs(alone.scores - among.scores).max() < 0.3
    assert reader.read("Who got a permit?", []) == []


def test_sentences_behind_the_window_are_told_as_unread(reader: Reader) -> None:
    (read,) = reader.read("Who protested?", [page("It rained on the quay all day. " * 80 + TEXT)])
    assert read.scores[-1] == pytest.approx(UNREAD)
    assert all(a <= b for a, b in read.spans)


def test_it_is_busy_as_long_as_many_questions_wait_for_it() -> None:
    reader, go_on = Reader(), threading.Event()

    def slowly(_question: str, pages: Sequence[Page]) -> list[Read]:
        go_on.wait(60)
        return [Read(np.zeros(1, dtype=np.float32), ((0, 1),)) for _ in pages]

    reader._read = slowly  # type: ignore[method-assign]
    with ThreadPoolExecutor(BUSY_CALLERS) as people:
        first = [people.submit(reader.read, f"Who {n}?", [page(TEXT)]) for n in range(2)]
        assert not reader.busy
        last = people.submit(reader.read, "Who else?", [page(TEXT)])
        while not reader.busy:
            time.sleep(0.01)
        go_on.set()
        assert [len(asked.result()) for asked in (*first, last)] == [1, 1, 1]
    assert not reader.busy


def test_an_archive_reads_its_hits(newsroom: Archive) -> None:
    hits = newsroom.search("How much will Seoul invest?", k=4)
    reads = newsroom.read("How much will Seoul invest?", hits)
    assert [len(r.scores) for r in reads] == [len(h.sentences) for h in hits]
    best = max(zip(reads, hits, strict=True), key=lambda pair: float(pair[0].scores.max()))
    assert "$350 billion" in best[1].sentences[int(best[0].scores.argmax())].text


def test_weights_that_are_not_as_released_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.folder(), tmp_path / "weights")
    content = bytearray((tmp_path / "weights" / trained.READER).read_bytes())
    content[-1] ^= 1
    (tmp_path / "weights" / trained.READER).write_bytes(content)
    monkeypatch.setattr(trained, "folder", lambda: tmp_path / "weights")
    with pytest.raises(EmbeddingError, match="not as it was released"):
        trained.layers(trained.READER)
    trained.layers(trained.EMBEDDER)
