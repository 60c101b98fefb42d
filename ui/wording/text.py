"""Text for the web page: made harmless, then escaped; and addresses that cannot deceive.

Everything that comes from an article or a reader passes `esc` on its way into the page.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

from vectorstore import Span

_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
"""Format characters (Unicode Cf) with a glyph of their own: Arabic and Syriac number signs."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks without a glyph: grapheme joiner, Hangul fillers, Khmer vowels, braille."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def clean(text: str) -> str:
    """Text without what cannot be seen: controls, bidi, zero-width, tags, variation selectors.

    Line breaks and tabs stay. Offsets change, so cut a quote out before cleaning it.
    """
    return "".join(c for c in text.replace("\r\n", "\n") if _shown(c))


def _shown(char: str) -> bool:
    if char in "\n\t" or char in _VISIBLE_FORMATS:
        return True
    if char in _BLANK_LETTERS or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0100":
        return False
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def esc(text: str) -> str:
    """`clean` text as HTML, inert in elements and in quoted attributes."""
    return html.escape(clean(text), quote=True)


def language_of(text: str, known: str = "") -> str:
    """A BCP 47 tag for a `lang` attribute: the known one, else "ko" or "en" by script."""
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", known):
        return known
    return "ko" if _HANGUL.search(text) else "en"


def paragraphs(body: str) -> Iterator[Span]:
    """Offsets of the body's paragraphs: what stands between blank lines."""
    start = 0
    for low, high in (*(m.span() for m in _BLANK_LINE.finditer(body)), (len(body),) * 2):
        text = body[start:low].lstrip()
        if text:
            first = low - len(text)
            yield first, first + len(text.rstrip())
        start = high


def zone_text(offset: timedelta | None) -> str:
    """` UTC+9`, ` UTC−3:30`; nothing for a time without a zone."""
    if offset is None:
        return ""
    if not offset:
        return " UTC"
    minutes = round(abs(offset.total_seconds()) / 60)
    hours = f"{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
    return f" UTC{'−' if offset < timedelta(0) else '+'}{hours}"


def safe_url(url: str) -> tuple[str, str] | None:
    """An address fit for a link and the host to show for it, or None.

    http and https only, no user name, no invisible or control characters; the host in
    punycode, so that look-alike letters show as what they are.
    """
    if not url or clean(url) != url or re.search(r"\s|\\", url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    ascii_host = _ascii_host(host)
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not ascii_host:
        return None
    netloc = ascii_host + (f":{port}" if port else "")
    path, query, fragment = (
        quote(part, safe="/%:=&?~+!$,;'@()*[]")
        for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, netloc, path, query, fragment)), ascii_host


def _ascii_host(host: str) -> str:
    if re.fullmatch(r"[0-9a-f:.]+", host) and ":" in host:
        return f"[{host}]"
    labels = []
    for label in unicodedata.normalize("NFKC", host).split("."):
        coded = label if label.isascii() else "xn--" + label.encode("punycode").decode()
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", coded):
            return ""
        labels.append(coded)
    return ".".join(labels)
