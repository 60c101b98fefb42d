"""The printed page that an article is, where it comes from a paged document."""

from __future__ import annotations

import re

_PAGE = re.compile(r"#page=([\w.-]{1,20})$")


def page_of(path: str) -> str:
    """The page that an article's path names as RFC 8118 does, or "".

    >>> page_of("gazette.pdf#page=A4")
    'A4'
    """
    found = _PAGE.search(path)
    return found[1] if found else ""
