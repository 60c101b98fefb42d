"""Inputs that went wrong once, with the right results (faults/ beside the project)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot import build_chain
from ingest import run
from vectorstore import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        yield opened


def test_a_corrected_article_answers_as_before(
    archive: Archive, tmp_path: Path, shared: Path
) -> None:
    source = (shared / "faults" / "edited" / "potters.md").read_text("utf-8")
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "other.md").write_text(
        "---\ntitle: The harbour fee\ndate: 2026-01-04\n---\nThe port raised its fee to 40 won.\n"
    )
    for year in ("1986", "1985", "1984"):
        (folder / "potters.md").write_text(source.replace("1986", year), encoding="utf-8")
        run(archive, [folder])
        answer = build_chain(archive).invoke({"question": "When was An Dae-sik born?"})
        assert year in answer.text


def test_a_claim_is_not_told_without_the_sentence_that_corrects_it(
    archive: Archive, shared: Path
) -> None:
    run(archive, [shared / "faults" / "correction-next.md"])
    answer = build_chain(archive).invoke({"question": "How many sailors are at the Jinhae base?"})
    assert "9,300" in answer.text
