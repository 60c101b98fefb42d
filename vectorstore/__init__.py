"""The archive: a ledger that is the one truth, two indexes that follow it, and search."""

from vectorstore.analyzer import question_terms, terms
from vectorstore.archive import Archive
from vectorstore.browse import Covered
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
from vectorstore.history import Change
from vectorstore.models.reader import Read
from vectorstore.printed import page_of
from vectorstore.query import SearchQuery, Why, Wording
from vectorstore.records import OUTCOMES, Page, Run, SourceState
from vectorstore.revision import Revision
from vectorstore.schema import RUN_COUNTS
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
from vectorstore.vocabulary import Vocabulary

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
