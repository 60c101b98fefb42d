"""Ingest: files to articles, articles to passages, passages into an archive.

>>> from ingest import run
>>> from vectorstore import Archive
>>> with Archive.open("archive", create=True) as archive:  # doctest: +SKIP
...     report = run(archive, ["articles/"])
"""

from ingest.files import articles
from ingest.passages import cut
from ingest.pipeline import SAMPLE, add_sample, check, drop_sample, run, sample_unfinished
from ingest.values import Problem, Report

__all__ = [
    "SAMPLE",
    "Problem",
    "Report",
    "add_sample",
    "articles",
    "check",
    "cut",
    "drop_sample",
    "run",
    "sample_unfinished",
]
