"""Plain text: what is removed from it, where its paragraphs are, and its language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

# Control, zero-width and bidirectional characters, tags, variation selectors, Hangul
# fillers, surrogates and private use: nobody sees them, and they can hide text (RELIABILITY S7).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffc\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]+"
)
_SPACES = re.compile(r"\s+")
_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_VISIBLE = re.compile(r"\w")
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]」』]*$")
_FIRST_SENTENCE = re.compile(r".{20,}?[.!?。](?=[\"'”’)\]」』]*(?:\s|$))")

WRAP_WIDTH = 100
"""No line of hard-wrapped text is longer than this; mail and pandoc wrap at 72 to 80."""

HEADLINE_LENGTH = 90
"""Characters of a headline that is made from a body's first sentence."""


def visible(text: str) -> str:
    """The text in NFC without characters that a reader cannot see; newlines become `\\n`."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNSEEN.sub("", _NEWLINES.sub("\n", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def line(text: str) -> str:
    """The text as one line: visible characters, single spaces."""
    return _SPACES.sub(" ", visible(text)).strip()


def body_of(paragraphs: Iterable[str]) -> str:
    """The paragraphs that hold a letter or a digit, with a blank line between them."""
    return "\n\n".join(part for part in paragraphs if _VISIBLE.search(part))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of plain text: blocks between blank lines, or lines where it is not wrapped.

    Text counts as hard-wrapped where no line is over WRAP_WIDTH and most lines that others
    follow in their block do not end like a sentence; only then are lines joined.
    """
    lines = [_SPACES.sub(" ", part).strip() for part in visible(text).split("\n")]
    if not _wrapped(lines):
        return [part for part in lines if part]
    blocks: list[list[str]] = [[]]
    for part in lines:
        if part:
            blocks[-1].append(part)
        elif blocks[-1]:
            blocks.append([])
    return [" ".join(block) for block in blocks if block]


def _wrapped(lines: list[str]) -> bool:
    followed = [here for here, after in pairwise(lines) if here and after]
    if not followed or max(map(len, lines)) > WRAP_WIDTH:
        return False
    return 2 * sum(not _SENTENCE_END.search(here) for here in followed) > len(followed)


def ends_sentence(part: str) -> bool:
    """Whether a line or paragraph ends with a mark that ends a sentence."""
    return _SENTENCE_END.search(part) is not None


def plain_headline(source: str, parts: list[str]) -> str | None:
    """The first line of plain text, if it stands alone and looks like a headline.

    `parts` are the source's paragraphs.
    """
    alone = re.match(r"\s*\S.*\n[^\S\n]*\n", source)
    if len(parts) < 2 or not alone or line(alone.group()) != parts[0]:
        return None
    first = parts[0]
    return first if len(first) <= 120 and not _SENTENCE_END.search(first) else None


def opening(text: str) -> str:
    """The first sentence, shortened at a word boundary to HEADLINE_LENGTH characters with `…`."""
    first = text.split("\n", 1)[0]
    if found := _FIRST_SENTENCE.match(first[: 10 * HEADLINE_LENGTH]):
        first = found.group()
    if len(first) <= HEADLINE_LENGTH:
        return first.rstrip(".。")
    cut = first[: HEADLINE_LENGTH - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > HEADLINE_LENGTH // 2 else cut).rstrip(" ,;:—–-") + "…"


def language_of(text: str) -> str:
    """`ko` or `en` by script, `""` for any other.

    This is simple on purpose: every Latin-script language counts as English, which is what
    the embedding model and the stemmer know. A source that declares its language is believed.
    """
    sample = text[:20_000]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return ""
    if hangul_share(sample) > 0.2:
        return "ko"
    return "en" if len(_LATIN.findall(sample)) > letters / 2 else ""


def hangul_share(text: str) -> float:
    """Hangul syllables as a share of all letters."""
    letters = sum(map(str.isalpha, text))
    return len(_HANGUL.findall(text)) / letters if letters else 0.0
