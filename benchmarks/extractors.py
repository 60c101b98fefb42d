"""What several libraries find in an article page: its text, day of publication and byline.

newspaper4k is asked where it is installed; it needs an older python-dateutil than Dateline's other
packages do, so `pip install --no-deps newspaper4k` puts it beside them for this measurement.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; "" where nothing was, None where a library does not look for it."""

    body: str | None = None
    day: str | None = None
    names: tuple[str, ...] | None = None


Extract = Callable[[bytes, str], Found]


def by_dateline(page: bytes, url: str) -> Found:
    """What Dateline would store, nothing for what it refuses."""
    from ingest.parsers import page as parser

    try:
        found = parser.parse(page, url=url)
    except ValueError:
        return Found("", "", ())
    day = str((found["published"] or {}).get("value", ""))[:10]
    return Found(str(found["body"]), day, _names(str(found["byline"]).split(",")))


def by_trafilatura(page: bytes, url: str) -> Found:
    """trafilatura as it comes; its dates are htmldate's."""
    import trafilatura

    found = trafilatura.bare_extraction(page, url=url, include_comments=False, with_metadata=True)
    if found is None:
        return Found("", "", ())
    body = trafilatura.extract(page, include_comments=False) or ""
    return Found(body, found.date or "", _names((found.author or "").split(";")))


def by_htmldate(page: bytes, url: str) -> Found:
    """htmldate's first date, as it comes."""
    from htmldate import find_date

    return Found(day=find_date(page.decode("utf-8", "replace"), url=url, original_date=True) or "")


def by_newspaper(page: bytes, url: str) -> Found:
    """newspaper4k as it comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import newspaper

        article = newspaper.Article(url or "https://example.org/", fetch_images=False)
        article.download(input_html=page.decode("utf-8", "replace"))
        try:
            article.parse()
        except Exception:
            return Found("", "", ())
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Found(article.text, day, _names(article.authors))


def _names(written: list[str]) -> tuple[str, ...]:
    """Names for comparison: small letters, without "by" and what is no letter."""
    folded = (re.sub(r"^by ", "", " ".join(re.findall(r"\w+", n.casefold()))) for n in written)
    return tuple(dict.fromkeys(name for name in folded if name))


def names(written: str) -> tuple[str, ...]:
    """The names of a byline whose people are parted by `;`."""
    return _names(written.split(";"))


def extractors() -> Mapping[str, Extract]:
    """The libraries that are there, by name."""
    found: dict[str, Extract] = {"dateline": by_dateline, "trafilatura": by_trafilatura}
    if find_spec("newspaper"):
        found["newspaper4k"] = by_newspaper
    return found | {"htmldate": by_htmldate}
