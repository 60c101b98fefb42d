"""The archive: a ledger that is the one truth, two indexes that follow it, and search."""

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
    Filters,
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
