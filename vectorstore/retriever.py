"""The archive as a LangChain retriever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from vectorstore.filters import Filters
from vectorstore.printed import page_of
from vectorstore.values import Hit


@runtime_checkable
class Searchable(Protocol):
    """What a retriever asks: an archive, or what searches as one."""

    def search(
        self, asked: str, *, k: int = 10, filters: Filters | None = None
    ) -> Sequence[Hit]: ...


class ArchiveRetriever(BaseRetriever):
    """Retrieves the k best passages as Documents, best first.

    `retriever.invoke(question, k=3, filters=Filters(…))` overrides both for one call.
    A Document's id is the passage's; its metadata has article_id, version, headline,
    outlet, byline, language, url, path, page (of a printed document), published, updated
    (ISO 8601 or None), start, end (offsets in the article's body) and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archive: Searchable
    k: int = Field(default=8, ge=1)
    filters: Filters = Filters()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: Filters | None = None,
    ) -> list[Document]:
        hits = self.archive.search(query, k=k or self.k, filters=filters or self.filters)
        return [document(hit) for hit in hits]


def document(hit: Hit) -> Document:
    """A hit as a LangChain Document."""
    article = hit.article
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "version": article.version,
        "headline": article.headline,
        "outlet": article.outlet,
        "byline": article.byline,
        "language": article.language,
        "url": article.url,
        "path": article.path,
        "page": page_of(article.path),
        "published": article.published and article.published.iso,
        "updated": article.updated and article.updated.iso,
        "start": hit.start,
        "end": hit.end,
        "score": hit.score,
    }
    return Document(id=hit.passage_id, page_content=hit.text, metadata=metadata)
