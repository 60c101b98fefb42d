"""URLs as documents write them: made absolute, and compared by site."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from ingest import keys, text

MAX_URL = 4_000
"""Characters of the longest URL that is taken; browsers and servers stop at 2,000 to 8,000."""

_SPACES = re.compile(r"[\t\r\n]+")


def absolute(value: object, base: str = "") -> str:
    """The URL relative to `base` without invisible characters, "" if it is not http(s)."""
    if not isinstance(value, str) or len(value) > MAX_URL:
        return ""
    written = text.visible(_SPACES.sub("", value)).strip().replace(" ", "%20")
    if not written:
        return ""
    try:
        joined = urljoin(base, written)
        parts = urlsplit(joined)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return ""
    except ValueError:
        return ""
    return parts.scheme + joined[len(parts.scheme) :]


@lru_cache(maxsize=10_000)
def site(host: str) -> str:
    """The part of a host name that one owner registered: `yna.co.kr` for `en.yna.co.kr`.

    By the public suffix list that comes with `tld`; a host it does not know is its own site.
    """
    from tld import get_tld

    found = get_tld(f"https://{host}/", as_object=True, fail_silently=True)
    return str(getattr(found, "fld", "") or host)


def same_site(one: str, other: str) -> bool:
    """Whether two absolute URLs belong to one registered name."""
    hosts = [urlsplit(url).hostname or "" for url in (one, other)]
    return all(hosts) and site(hosts[0]) == site(hosts[1])


def is_home(url: str) -> bool:
    """Whether a URL names a site's front page."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def canonical(value: object, page: str) -> str:
    """A page's own statement of its address, "" where that cannot be believed.

    It must be on the same site as `page` (or the site that an AMP cache's URL names), and
    not a front page, unless the page is one itself.
    """
    stated = keys.canonical(absolute(value, page))
    if not stated or (is_home(stated) and not (page and is_home(page))):
        return ""
    if page and not same_site(stated, page):
        host = (urlsplit(stated).hostname or "").removeprefix("www.")
        if not (_amp_cache(page) and host in page.replace("-", ".")):
            return ""
    return stated


def _amp_cache(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host.endswith(".cdn.ampproject.org") or (
        site(host) == "google.com" and parts.path.startswith("/amp/")
    )
