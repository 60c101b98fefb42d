"""The tree of Dateline's errors. Each message is for the person who meets it.

DatelineError
├── ArchiveError          the archive as a whole
│   ├── ArchiveDamaged    the ledger is not whole, or gone where there was one
│   ├── ArchiveEmpty      nothing has been ingested yet
│   ├── ArchiveFull       it has reached its quota
│   ├── ArchiveLocked     another process is writing
│   ├── ArchiveTooNew     made by a later Dateline
│   └── ModelMismatch     the archive's vectors come from another embedding model
├── EmbeddingError        the embedding model is missing or not what it claims to be
├── IndexAway             the server of an index does not answer; nothing is lost by it
├── IndexDamaged          an index does not match what was sealed; it can be rebuilt
└── InputError            what the user named cannot be used
"""


class DatelineError(Exception):
    """Base of all errors that are meant for the user; `str()` says what to do."""


class ArchiveError(DatelineError):
    """The archive cannot be used as asked."""


class ArchiveDamaged(ArchiveError):
    """The ledger is not whole, or gone where there was one; it is not written to."""


class ArchiveEmpty(ArchiveError):
    """Nothing has been ingested yet."""


class ArchiveFull(ArchiveError):
    """The archive has reached its quota, and takes nothing more in."""


class ArchiveLocked(ArchiveError):
    """Another process holds the archive's write lock."""


class ArchiveTooNew(ArchiveError):
    """The archive was written by a later version of Dateline."""


class ModelMismatch(ArchiveError):
    """The archive's vectors come from another embedding model."""


class EmbeddingError(DatelineError):
    """The embedding model is missing, or not what it claims to be."""


class IndexAway(DatelineError):
    """The server that holds an index does not answer; nothing is lost by it."""


class IndexDamaged(DatelineError):
    """An index on disk does not match what was sealed; it can be rebuilt."""


class InputError(DatelineError):
    """What the user named (a path, a date, a file) cannot be used."""
