"""Markdown and HTML as a reader sees them."""

import time

import pytest

from ingest import markup, text


def body(source: str) -> str:
    return text.body_of(markup.markdown(source).paragraphs)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Wrapped\nlines are *one* **paragraph**.\n\nAnd `another`.",
         "Wrapped lines are one paragraph.\n\nAnd another."),
        ("imposed additional* ad valorem* duties", "imposed additional ad valorem duties"),
        ("5 * 3 is \\*not\\* emphasis, \\$5", "5 * 3 is *not* emphasis, $5"),
        ("[text](https://e.com/a_(b) \"t\") <https://e.com>", "text https://e.com"),
        ("![alt](a.png) words", "words"),
        ("[a](https://e.com/x#:~:text=(open): b", "a b"),
        ("# Head\nText\n\n## Sub", "Head\n\nText\n\nSub"),
        ("-   one\n    -   two\n\n    <!-- -->\n\n    -   three\n-   four\n    wrapped",
         "one\n\ntwo\n\nthree\n\nfour wrapped"),
        ("3.  c\n4.  d", "3. c\n\n4. d"),
        ("3.  c\n\n    more\n\n4.  d", "3. c\n\nmore\n\n4. d"),
        ("> quoted\n> text\n\n> [Loading…](https://x.com/1)", "quoted text"),
        ("a\n\n------\n\nb\n\n\\###", "a\n\nb"),
        ("line one  \nLine two  \nand on", "line one\nLine two and on"),
        ("<span style=\"a>b\">Sec</span>.\n<span>2</span>.", "Sec. 2."),
        ("M&amp;T &mdash; x\u00a0y 4<sup>th</sup>", "M&T — x y 4th"),
        ("z\u200be\u202ero\ufeff\u00ad \U000e0041wi\ufe0fdth e\u0301", "zero width é"),
        ("        Deeply indented text is no code.", "Deeply indented text is no code."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
    ],
)  # fmt: skip
def test_markdown_is_what_a_reader_sees(source: str, expected: str) -> None:
    assert body(source) == expected


def test_html_tables_and_figures_in_markdown() -> None:
    source = """Before.

<figure>
<img src="a.png" alt="not seen" />
<figcaption>A <em>caption</em></figcaption>
</figure>

<table>
<thead><tr class="header"><th><strong>Country</strong></th><th>Rate</th></tr></thead>
<tbody>
<tr><td>South Korea</td><td>15%<br />from August</td></tr>
<tr><td></td><td></td></tr>

<tr><td><p>European</p><p>Union</p></td><td><table><tr><td>in</td><td>ner</td></tr></table></td></tr>
</tbody></table>

After."""
    rows = "Country | Rate\nSouth Korea | 15% from August\nEuropean Union | in ner"
    assert body(source) == f"Before.\n\nA caption\n\n{rows}\n\nAfter."


def test_broken_html_loses_no_words() -> None:
    source = "<div><p>One<p>Two <b>three</div><td>four<table><tr><td>five<tr>six</p> seven < 8 > x"
    words = "One Two three four five six seven 8 x".split()
    assert [
        w for w in text.body_of(markup.from_html(source).paragraphs).split() if w.isalnum()
    ] == words


def test_scripts_and_comments_are_not_text() -> None:
    source = "a<script>if (a<b) x()</script><style>p{}</style><!-- c --><p>b<!-- never closed"
    assert text.body_of(markup.from_html(source).paragraphs) == "a\n\nb"


HOSTILE = {
    "brackets": "[" * 30_000,
    "links": "[a][" * 15_000,
    "images": "![" * 15_000,
    "stars": "a*" * 15_000,
    "tags": '<a "' * 15_000,
    "comments": "<!--" * 15_000,
    "quotes": "> " * 15_000 + "deep",
    "bullets": "- " * 15_000 + "deep",
    "spaces": " " * 30_000 + "deep",
    "breaks": " <br> " * 15_000,
    "tables": "<table><tr><td>" * 10_000,
    "attributes": "<p " + 'a="b" ' * 30_000 + ">deep",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_takes_no_long_time(source: str) -> None:
    started = time.process_time()
    found = body(source)
    assert time.process_time() - started < 4
    assert "deep" in found or "deep" not in source
