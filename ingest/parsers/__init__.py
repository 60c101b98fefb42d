"""What other people's documents hold: feeds, pages, links, news items, printed pages, mails.

Each module has `parse(data, *, url="", …)`, a pure function of bytes that returns values of
JSON and raises ValueError, with a reason for people, for what it cannot use. They are meant
to run in the sandbox's children, by these names.
"""

from __future__ import annotations

PARSERS = ("feed", "sitemap", "page", "links", "news", "pdf", "epub", "docx", "mail")

__all__ = ["PARSERS"]
