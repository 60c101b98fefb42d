"""A model's reply as it streams, cut into whole sentences with their source keys.

A sentence is given out when it and the keys after it are complete. Links, images, HTML and
numbers in brackets are taken out, whoever wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chatbot.generative.sanitization import strip_invisible
from chatbot.generative.sources import KEY_LENGTH, LETTERS

_OPEN, _CLOSE = r"[\[(（［【〔]", r"[\])）］】〕]"
_KEY = rf"s[{LETTERS}]{{{KEY_LENGTH}}}"
KEYS = re.compile(
    rf"\s*{_OPEN}(?:sources?\s*[:：]?\s*|key\s*[=:]?\s*)?\W*{_KEY}(?:\W+(?:and\s+)?{_KEY})*\W*?{_CLOSE}"
    rf"|(?<![A-Za-z0-9]){_KEY}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Keys in brackets of any kind, several at once, or bare."""

ONE_KEY = re.compile(rf"(?<![A-Za-z0-9]){_KEY}(?![A-Za-z0-9])", re.IGNORECASE)

LONGEST = 1_500
"""Characters after which a sentence without an end is cut."""

THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
"""What a reasoning model thinks aloud is no part of its answer."""

_END = re.compile(r"\n+|(?:[.!?…]+|[。！？]+)[\"'”’»)」』*_]*")
_MARKER = re.compile(
    rf"\s*[\[［【〔][^\[\]［］【】〔〕\n]{{0,80}}[\]］】〕][.。]?"
    rf"|\s*[(（]\W*{_KEY}[^()（）\n]{{0,60}}[)）][.。]?|\s*{_KEY}(?=\W)[.。]?",
    re.IGNORECASE,
)
_HALF = re.compile(
    rf"\s*(?:{_OPEN}[^\])）］】〕\n]{{0,80}})?$|\s*s[{LETTERS}]{{0,{KEY_LENGTH}}}$", re.IGNORECASE
)
"""A marker, and what may become one when more arrives."""

_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|St|No|Nos|vs|Inc|Corp|Co|Ltd|Jr|Sr|Art"
    r"|Sec|Fig|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|approx|est|a\.m|p\.m|e\.g|i\.e)"
    r"|(?:\b[A-Za-z]\.)*\b[A-Za-z])\.$"
)

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)?|\[[^\[\]]*\])")
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*(?:>|$)")
_URL = re.compile(
    r"\bwww\.[^\s<>\"”’)\]]*"
    r"|(?:\b[a-z][a-z0-9+.-]{1,20}:/{1,}|\b(?:javascript|data|mailto|tel|file|vbscript):)"
    r"[^\s<>\"”’)\]]+"
    r"|(?<![@\w])(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/[^\s<>\"”’)\]]*"
    r"|\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\s*[\[［【〔]\s*\^?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*(?:†[^\]】]*)?\s*[\]］】〕]"
)
_MARKUP = re.compile(
    r"^\s*(?:#{1,6}\s+|[-*+•]\s+|\d{1,2}[.)]\s+|>\s*)+|\*\*|__|~~|`+", re.MULTILINE
)
_EMPTY = re.compile(r"(?<!\])\(\s*\)|\[\s*\]")
_LEAD = re.compile(r"^\s*(?:sources?|citations?|references?|출처)\s*[:：].*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplySentence:
    """A sentence of a reply without its keys, and the known keys in their order."""

    text: str
    keys: tuple[str, ...]


class SentenceStream:
    """Cuts a stream of text into sentences, each with the keys that stand after it."""

    def __init__(self) -> None:
        self._raw, self._taken = "", 0

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that are complete with this piece."""
        self._raw += piece
        text = THOUGHT.sub("", self._raw)
        if "<" in (tail := text[-12:]):  # perhaps the beginning of a thought
            text = text[: len(text) - len(tail) + tail.index("<")]
        while (end := _sentence_end(text, self._taken)) is not None:
            sentence, self._taken = text[self._taken : end], end
            if sentence.strip():
                yield sentence

    def rest(self) -> str:
        """What is left when the stream has ended."""
        text = THOUGHT.sub("", self._raw)
        left, self._taken = text[self._taken :], len(text)
        return left


def _sentence_end(text: str, start: int) -> int | None:
    """Where the first sentence from `start` ends, keys included; None if it may go on."""
    for match in _END.finditer(text, start):
        first = match.group()[0]
        if first == "." and _ABBREVIATED.search(text, start, match.start() + 1):
            continue
        end = match.end()
        while marker := _MARKER.match(text, end):  # on the next line, too
            end = marker.end()
        if _HALF.match(text, end):
            break
        if first in "\n。！？" or text[end].isspace() or end > match.end():
            return end
    return start + LONGEST if len(text) - start > LONGEST else None


def parse_sentence(
    sentence: str, known: Collection[str], urls: Collection[str] = ()
) -> ReplySentence:
    """A sentence of a reply, sanitized, with its known keys; unknown keys are dropped."""
    text = strip_invisible(sentence)
    found = [m.group().casefold() for m in ONE_KEY.finditer(text)]
    keys = tuple(dict.fromkeys(k for k in found if k in known))
    text = KEYS.sub("", text)
    before = ""
    while before != text:  # what is taken out may leave the like behind
        before = text
        text = _NUMBERED.sub("", text)
        text = _IMAGE_OR_LINK.sub(r"\1", text)
        text = _TAG.sub("", text)
        text = _URL.sub(lambda m: m.group() if m.group().rstrip(".,;") in urls else "", text)
        text = _EMPTY.sub("", _MARKUP.sub("", text))
    text = _LEAD.sub("", text)
    text = text.replace("[", "(").replace("]", ")").replace("<", "‹").replace(">", "›")
    text = re.sub(r"\s+(?=[.,;:!?。](?:\s|$))", "", text)
    text = re.sub(r"(?<!\.)\.\.$", ".", text.strip())  # "the U.S. [key]."
    return ReplySentence(" ".join(text.split()), keys)
