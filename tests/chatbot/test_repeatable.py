"""The same question is read and weighed alike in every process, whatever its hashes are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import article, put
from vectorstore import Archive

ASK = """
import sys
from datetime import date
from chatbot.reading.query_terms import QueryTerms
from chatbot.understanding.query import understand
from vectorstore import Archive, terms
with Archive.open(sys.argv[1]) as archive:
    for question in ("한국의 대미 투자액은 얼마인가요?", "How did the US and Korea split a deal?"):
        query = understand({"question": question, "today": date(2025, 8, 1)})
        query_terms = QueryTerms(archive, query)
        print(query, query_terms.wordings)
        for article in archive.recent():
            have = query_terms.matched(terms(article.body))
            print(query_terms.coverage(have), query_terms.matched_rarity(have))
            print(query_terms.name_coverage(have))
"""
SEEDS = ("0", "1", "2")
"""Of the hashes of strings, which decide on the order of sets."""


@pytest.mark.long
def test_a_question_is_weighed_alike_in_every_process(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        put(
            opened,
            [
                article("a.md", "Seoul will invest $350 billion in the United States."),
                article("b.md", "The Republic of Korea invests in American ships.\n\nJapan too."),
                article("c.md", "Washington terminated the agreement with South Korea."),
            ],
        )
    said = {
        subprocess.run(
            [sys.executable, "-c", ASK, str(tmp_path / "archive")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in SEEDS
    }
    assert len(said) == 1
    assert said.pop().decode().count("Query(") == 2
