"""Sources: where articles come from. Each kind is a small module; each source a declaration."""

from ingest.sources.declared import KINDS, Declared, Fetching, Source, read

__all__ = ["KINDS", "Declared", "Fetching", "Source", "read"]
