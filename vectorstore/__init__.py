"""The archive: a ledger that is the one truth, two indexes that follow it, and search.

What is named here is imported when it is first used (PEP 562), so that a command which only
wants a setting or an error does not wait for SQLAlchemy and numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vectorstore.archive import Archive
    from vectorstore.errors import (
        ArchiveDamaged,
        ArchiveEmpty,
        ArchiveError,
        ArchiveFull,
        ArchiveLocked,
        ArchiveTooNew,
        DatelineError,
        EmbeddingError,
        IndexDamaged,
        InputError,
        ModelMismatch,
    )
    from vectorstore.filters import Filters
    from vectorstore.index.analyzer import question_terms, terms
    from vectorstore.index.vocabulary import Vocabulary
    from vectorstore.ledger.history import Change
    from vectorstore.ledger.runs import OUTCOMES, Page, Run, SourceState
    from vectorstore.ledger.schema import RUN_COUNTS
    from vectorstore.models.reader import Read
    from vectorstore.printed import page_of
    from vectorstore.query import SearchQuery, Why, Wording
    from vectorstore.revision import Revision
    from vectorstore.search.browse import Covered
    from vectorstore.settings import Settings, default_archive
    from vectorstore.values import (
        Article,
        Dated,
        Hit,
        Passage,
        Progress,
        Sentence,
        Span,
        Status,
        StoredArticle,
        no_progress,
    )

__all__ = [
    "OUTCOMES",
    "RUN_COUNTS",
    "Archive",
    "ArchiveDamaged",
    "ArchiveEmpty",
    "ArchiveError",
    "ArchiveFull",
    "ArchiveLocked",
    "ArchiveTooNew",
    "Article",
    "Change",
    "Covered",
    "Dated",
    "DatelineError",
    "EmbeddingError",
    "Filters",
    "Hit",
    "IndexDamaged",
    "InputError",
    "ModelMismatch",
    "Page",
    "Passage",
    "Progress",
    "Read",
    "Revision",
    "Run",
    "SearchQuery",
    "Sentence",
    "Settings",
    "SourceState",
    "Span",
    "Status",
    "StoredArticle",
    "Vocabulary",
    "Why",
    "Wording",
    "default_archive",
    "no_progress",
    "page_of",
    "question_terms",
    "terms",
]

_WHERE = {
    name: module
    for module, names in {
        "vectorstore.archive": "Archive",
        "vectorstore.errors": "ArchiveDamaged ArchiveEmpty ArchiveError ArchiveFull ArchiveLocked "
        "ArchiveTooNew DatelineError EmbeddingError IndexDamaged InputError ModelMismatch",
        "vectorstore.filters": "Filters",
        "vectorstore.index.analyzer": "question_terms terms",
        "vectorstore.index.vocabulary": "Vocabulary",
        "vectorstore.ledger.history": "Change",
        "vectorstore.ledger.runs": "OUTCOMES Page Run SourceState",
        "vectorstore.ledger.schema": "RUN_COUNTS",
        "vectorstore.models.reader": "Read",
        "vectorstore.printed": "page_of",
        "vectorstore.query": "SearchQuery Why Wording",
        "vectorstore.revision": "Revision",
        "vectorstore.search.browse": "Covered",
        "vectorstore.settings": "Settings default_archive",
        "vectorstore.values": "Article Dated Hit Passage "
        "Progress Sentence Span Status StoredArticle no_progress",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_WHERE[name]), name)
    return value
