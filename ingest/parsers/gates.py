"""Paywalls and registration gates: cut out of a text, and what they say of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from ingest import text
from ingest.parsers.wording import SHORT, weight

LONGEST = 320
"""Weight of the longest paragraph that can be a gate's: they are a sentence or two."""

PROSE = 80
"""Weight from which a paragraph that is no gate's counts as the article's text."""

GOES_ON = 400
"""Weight of text below a gate from which it cut nothing off: a plea in the middle of an article."""

MOST_GATES = 20
"""Gates that are looked for in a page; real ones have one or two."""

WHOLE_GATE = 900
"""Weight of the largest element that is taken for a gate as a whole."""

_BLOCKS = frozenset(
    "p div section article main aside li ul ol h1 h2 h3 h4 h5 h6 button form label td tr table "
    "blockquote figure header footer nav body".split()
)
_NEVER = frozenset({"body", "html", "article", "main"})
_ELSEWHERE = frozenset({"nav", "header", "footer", "head", "script", "style", "template"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_LEVELS = 5
"""Levels above a gate in which the text that it cuts off is looked for."""


@dataclass(frozen=True, slots=True)
class _Wording:
    gates: re.Pattern[str]
    letters: re.Pattern[str]
    reports: re.Pattern[str]
    beside: re.Pattern[str]
    marks: frozenset[str]


@cache
def _wording() -> _Wording:
    data = tomllib.loads(files("ingest.parsers").joinpath("gates.toml").read_text("utf-8"))

    def pattern(name: str) -> re.Pattern[str]:
        rows = [row.format_map(_Fragments(data["fragments"])) for row in data[name]]
        return re.compile("|".join(f"(?:{row})" for row in rows), re.IGNORECASE)

    marks = frozenset(data["marks"].split("|"))
    return _Wording(
        pattern("gates"), pattern("letters"), pattern("reports"), pattern("beside"), marks
    )


class _Fragments(dict[str, str]):
    """Fills in fragments, and leaves counts of regular expressions as they are."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def is_gate(words: str) -> bool:
    """Whether a paragraph is a gate's that says that the text is cut off here; a plea for a
    newsletter is none."""
    known = _wording()
    return _fits(known.gates, words) and not (
        _fits(known.letters, words) or _fits(known.reports, words)
    )


def _belongs(words: str) -> bool:
    """Whether a paragraph may stand in a gate: a price, a way to log in."""
    known = _wording()
    return is_gate(words) or (_fits(known.beside, words) and not _fits(known.reports, words))


def _fits(pattern: re.Pattern[str], words: str) -> bool:
    plain = words.strip(" \t'\"“”")
    return bool(words) and weight(words) <= LONGEST and bool(pattern.match(plain))


def without(paragraphs: Sequence[str]) -> tuple[list[str], bool]:
    """Paragraphs without gates, and whether one of these cut the text off."""
    gated = [number for number, words in enumerate(paragraphs) if is_gate(words)]
    if not gated:
        return list(paragraphs), False
    cut = set(gated)
    for number in gated:
        for step in (-1, 1):
            at = number + step
            while 0 <= at < len(paragraphs) and (at in cut or _belongs(paragraphs[at])):
                cut.add(at)
                at += step
    after = sum(weight(p) for n, p in enumerate(paragraphs) if n > max(cut))
    return [p for n, p in enumerate(paragraphs) if n not in cut], after < GOES_ON


def cut(tree: Any) -> bool:
    """Take the gates out of a page; whether one that readers see cut its article off.

    A gate is an element with a gate's words below a paragraph of text; those of a banner, or
    in the navigation of a site, are left to whoever looks for the article.
    """
    closed = False
    found = (leaf for leaf, words in list(_leaves(tree)) if is_gate(words))
    for leaf in islice(found, MOST_GATES):
        if not _elsewhere(leaf) and (scope := _scope(leaf)) is not None:
            closed |= not _hidden(leaf) and not _goes_on(scope, leaf)
            _drop(_whole(leaf))
    return closed


def open_text(tree: Any, selectors: Sequence[str]) -> bool:
    """Whether the parts of a page that its publisher declares as not free are there all the
    same, as text that the page delivers. Selectors that cannot be read select nothing."""
    from lxml.cssselect import CSSSelector

    found = 0
    for selector in selectors[:20]:
        try:
            parts = CSSSelector(selector[:500])(tree)
        except Exception:  # noqa: S112
            continue
        found += sum(weight(w) for part in parts for _, w in _leaves(part) if not _belongs(w))
    return found >= SHORT


def _leaves(tree: Any) -> Iterator[tuple[Any, str]]:
    """The innermost blocks, each with its text on one line."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag in _BLOCKS:
            if any(inner is not element and inner.tag in _BLOCKS for inner in element.iter()):
                continue
            yield element, text.line("".join(element.itertext())[:4_000])


def _elsewhere(element: Any) -> bool:
    return any(above.tag in _ELSEWHERE for above in element.iterancestors())


def _hidden(element: Any) -> bool:
    return any(
        _HIDDEN.search(one.get("style") or "") or one.get("hidden") is not None
        for one in (element, *element.iterancestors())
    )


def _scope(leaf: Any) -> Any:
    """The nearest element that has text of an article before this gate; None if none has."""
    for above, _ in zip(leaf.iterancestors(), range(_LEVELS), strict=False):
        if any(_prose(words) for _, words in _before(above, leaf)):
            return above
    return None


def _before(scope: Any, leaf: Any) -> Iterator[tuple[Any, str]]:
    for other, words in _leaves(scope):
        if other is leaf:
            return
        yield other, words


def _goes_on(scope: Any, leaf: Any) -> bool:
    passed, after = False, 0
    for other, words in _leaves(scope):
        if passed and _prose(words):
            after += weight(words)
        passed = passed or other is leaf
    return after >= GOES_ON


def _prose(words: str) -> bool:
    return weight(words) >= PROSE and not _belongs(words)


def _whole(leaf: Any) -> Any:
    """The largest element around a gate's words that is a gate by its name and has no text of
    the article before them; else the words' own element."""
    found = leaf
    for above in leaf.iterancestors():
        if above.tag in _NEVER or any(_prose(words) for _, words in _before(above, leaf)):
            break
        inside = sum(weight(words) for _, words in _leaves(above))
        if inside > WHOLE_GATE:
            break
        marks = f"{above.get('class') or ''} {above.get('id') or ''}"
        if not _wording().marks.isdisjoint(w.lower() for w in _WORD.findall(marks)):
            found = above
    return found


def _drop(element: Any) -> None:
    """Take an element out, and what stands beside it in the same words; its tail stays."""
    parent = element.getparent()
    if parent is None:
        return
    for step in (element.getnext, element.getprevious):
        beside = step()
        while beside is not None and isinstance(beside.tag, str) and _all_belong(beside):
            following = beside.getnext() if step == element.getnext else beside.getprevious()
            beside.drop_tree()
            beside = following
    element.drop_tree()


def _all_belong(element: Any) -> bool:
    words = [w for _, w in _leaves(element) if w]
    return bool(words) and all(_belongs(w) for w in words)
