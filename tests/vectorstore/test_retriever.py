from __future__ import annotations

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from vectorstore import Archive, Filters
from vectorstore.retriever import ArchiveRetriever


class TestStandard(RetrieversIntegrationTests):
    """langchain-tests' own tests for retrievers."""

    @pytest.fixture(autouse=True)
    def _archive(self, newsroom: Archive) -> None:
        TestStandard.archive = newsroom

    archive: Archive

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ArchiveRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"archive": self.archive}

    @property
    def retriever_query_example(self) -> str:
        return "tariff on Korean goods"


def test_documents_carry_where_they_stand(newsroom: Archive) -> None:
    found = newsroom.as_retriever(k=2).invoke("How much will Seoul invest?")
    assert len(found) == 2
    data = found[0].metadata
    assert data["outlet"] == "Trade Desk"
    assert data["published"] == "2025-07-31"
    body = newsroom.article(data["article_id"], data["version"]).body
    assert body[data["start"] : data["end"]] == found[0].page_content
    narrow = Filters(outlets=("Business Desk",))
    assert {
        d.metadata["outlet"] for d in newsroom.as_retriever(filters=narrow).invoke("tariff")
    } == {"Business Desk"}
