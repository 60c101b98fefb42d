"""Markdown and HTML as a reader sees them: words without markup, link targets and images.

Markdown is made HTML by markdown-it, and one walk over the tags makes HTML text. The walk is
our own because it must be linear on hostile input: lxml takes over 20 s for a tag with
300,000 attributes (RELIABILITY.md), and drops what is nested deeper than 256 elements.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from ingest import text

MAX_NESTING = 100
"""Levels of lists and quotes that markdown-it follows; deeper ones are flattened first."""

_TOO_DEEP = re.compile(
    r"^((?:[ \t]{0,200}(?:>|[-*+](?=[ \t]))){40})(?:[ \t]*(?:>|[-*+](?=[ \t])))+", re.MULTILINE
)
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_TAG_LENGTH = 4_000
_HAS_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|table|tr|td|blockquote|figure|img)\b[^<>]*>",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol "
    "option p pre section summary table tbody tfoot thead title ul video audio".split()
)
_UNREAD = frozenset({"script", "style", "template", "svg", "iframe", "noembed", "noframes"})
_PLACEHOLDERS = frozenset({"Loading…", "Loading..."})
"""What stands where a page would have loaded somebody else's post."""

_BREAK = "\x0b"
_SPACES = re.compile(rf"[^\S{_BREAK}]+")
_PARAGRAPH = re.compile(rf"{_BREAK} ?{_BREAK}[ {_BREAK}]*")
_SOFT_BREAK = re.compile(rf"(?<![.!?:;,”\" ]) ?{_BREAK} ?(?=[a-z])")
_BROKEN_LINK = re.compile(r"\[([^\[\]]{0,500})\]\((?:https?|mailto):\S+")
"""A link that Markdown does not see as one, because its target has a lone bracket."""

_NUMBERED = re.compile(r"\d{1,10}\. \s*")
_MANY_BRACKETS = 1_000


@dataclass(frozen=True, slots=True)
class Marked:
    """The paragraphs of a marked-up text, and which of them is its first h1 (None: no h1)."""

    paragraphs: list[str]
    title: int | None = None


@dataclass(slots=True)
class _Page:
    """The text so far: finished paragraphs, the open one, and the open table's rows."""

    paragraphs: list[str] = field(default_factory=list)
    title: int | None = None
    open: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    tables: int = 0
    ordinals: list[int | None] = field(default_factory=list)

    def finish(self) -> None:
        """Close the open paragraph; within a table this is a space only."""
        if self.tables:
            self.open.append(" ")
            return
        joined, self.open = _SPACES.sub(" ", "".join(self.open)), []
        for part in _PARAGRAPH.split(joined):
            unbroken = _SOFT_BREAK.sub(" ", _BROKEN_LINK.sub(r"\1", part))
            lines = filter(None, map(text.line, unbroken.split(_BREAK)))
            if (whole := "\n".join(lines)) and whole not in _PLACEHOLDERS:
                self.paragraphs.append(whole)

    def finish_cell(self) -> None:
        if cell := text.line("".join(self.open).replace(_BREAK, " ")):
            self.row.append(cell)
        self.open = []

    def finish_row(self) -> None:
        self.finish_cell()
        if self.row:
            self.rows.append(" | ".join(self.row))
        self.row = []

    def finish_table(self) -> None:
        self.finish_row()
        if self.rows:
            self.paragraphs.append("\n".join(self.rows))
        self.rows = []


def markdown(source: str) -> Marked:
    """The text of Markdown with inline HTML. Linear in the source's length."""
    return from_html(_parser().render(_calm(_TOO_DEEP.sub(r"\1 ", source))))


def _calm(source: str) -> str:
    """The source with brackets as entities where a block has so many that no link is meant.

    markdown-it takes quadratic time over them: 20,000 `[a][` take 6 s.
    """
    if source.count("[") <= _MANY_BRACKETS:
        return source
    blocks = source.split("\n\n")
    return "\n\n".join(
        block.replace("[", "&#91;") if block.count("[") > _MANY_BRACKETS else block
        for block in blocks
    )


def has_tags(source: str) -> bool:
    """Whether the text holds tags of HTML, and not just `<` and `>`."""
    return _HAS_TAG.search(source) is not None


def from_html(source: str) -> Marked:
    """The text of an HTML document or fragment, broken or not. Linear in its length.

    A paragraph, heading, list item or caption is a paragraph each; a table is one, with a
    line for each row and ` | ` between cells; `<br>` is a line break.
    """
    page, position, size = _Page(), 0, len(source)
    while position < size:
        found = _TAG_START.search(source, position)
        start = found.start() if found else size
        if start > position:
            page.open.append(html.unescape(source[position:start]))
        position = _after_tag(page, source, start) if found else size
    page.tables = 0
    if page.rows or page.row:
        page.finish_table()
    page.finish()
    return Marked(page.paragraphs, page.title)


def _after_tag(page: _Page, source: str, start: int) -> int:
    """Take the tag or comment at `start` into account; returns where the text goes on."""
    if source.startswith("<!--", start):
        return _past(source, "-->", start)
    tag = _TAG.match(source, start, start + _TAG_LENGTH)
    if tag is None:
        head = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)").match(source, start, start + 40)
        end = _past(source, ">", start)
        if head and end < len(source):
            _take(page, head[2].lower(), closing=bool(head[1]), tag=head[0])
        return end
    name, closing = tag[2].lower(), bool(tag[1])
    if name in _UNREAD and not closing:
        return _past(source, ">", _past(source, f"</{name}", tag.end()))
    _take(page, name, closing=closing, tag=tag[0])
    return tag.end()


def _past(source: str, mark: str, start: int) -> int:
    """Just after the next `mark`; the end of the text if there is none."""
    end = source.find(mark, start)
    return len(source) if end < 0 else end + len(mark)


def _take(page: _Page, name: str, *, closing: bool, tag: str) -> None:
    if name in {"td", "th", "tr", "table"} and (page.tables or name == "table"):
        _take_table(page, name, closing=closing)
    elif name == "br":
        page.open.append(_BREAK)
    elif name in _BLOCKS:
        if name == "p" and _NUMBERED.fullmatch("".join(page.open[-2:])):
            return  # an item's number stands before its first paragraph, not above it
        page.finish()
        _take_list(page, name, closing=closing, tag=tag)
        if name == "h1" and not page.tables:
            _take_title(page, closing=closing)


def _take_table(page: _Page, name: str, *, closing: bool) -> None:
    """Rows of the outermost table; what is nested in a cell becomes words of that cell."""
    if name == "table":
        if not closing and not page.tables:
            page.finish()
        page.tables = max(0, page.tables + (-1 if closing else 1))
        if page.tables == 0:
            page.finish_table()
    elif page.tables > 1:
        page.open.append(" ")
    elif name == "tr":
        page.finish_row()
    else:
        page.finish_cell()


def _take_list(page: _Page, name: str, *, closing: bool, tag: str) -> None:
    """A numbered item keeps the number that a reader sees; a bullet is not kept."""
    if name in {"ol", "ul"}:
        if closing:
            del page.ordinals[-1:]
        else:
            first = re.search(r"\bstart=\"?(\d{1,9})", tag)
            page.ordinals.append((int(first[1]) if first else 1) if name == "ol" else None)
    elif name == "li" and not closing and page.ordinals and page.ordinals[-1] is not None:
        page.open.append(f"{page.ordinals[-1]}. ")
        page.ordinals[-1] += 1


def _take_title(page: _Page, *, closing: bool) -> None:
    if not closing and page.title is None:
        page.title = len(page.paragraphs)
    elif closing and page.title == len(page.paragraphs):
        page.title = None


@cache
def _parser() -> MarkdownIt:
    """CommonMark with tables, without code blocks (news indents lists, not code)."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(
        ["table", "strikethrough"]
    )
    parser.disable("code")
    # Targets are dropped, so encoding them is not worth the fifth of the time that it takes.
    vars(parser).update(normalizeLink=str, normalizeLinkText=str, validateLink=bool)
    parser.inline.ruler2.before("fragments_join", "lone_stars", _drop_lone_stars)
    return parser


def _drop_lone_stars(state: StateInline) -> None:
    """Emphasis that did not pair (`additional* ad valorem* duties`) leaves no stars behind.

    Only a star between two spaces is meant as one; an escaped star is another kind of token.
    """
    tokens = state.tokens
    for here, token in enumerate(tokens):
        if token.type == "text" and token.content == "*":
            before = tokens[here - 1].content[-1:] if here else ""
            after = tokens[here + 1].content[:1] if here + 1 < len(tokens) else ""
            if not (before == after == " "):
                token.content = ""
