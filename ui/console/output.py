"""What the command line shows: progress bars, answers, hits, reports."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ui.console.progress import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from chatbot import Answer
    from vectorstore import Hit, StoredArticle, Why
    from vectorstore import Progress as Report_

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

PROBLEMS_SHOWN = 20
"""Problems listed one by one; the rest is counted."""


def plain(text: str) -> str:
    """Text without control and invisible characters, so that it cannot steer a terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"})


def moment_text(moment: datetime | None) -> str:
    """A moment in the time zone of this machine, to the minute; "never" if there is none."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never"


def one_line(text: str) -> str:
    """Text as it may stand in a table: harmless, and in one line."""
    return " ".join(plain(text).split())


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows in aligned columns, never cut: the last column, the long one, runs on."""
    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(head, *cells, strict=True)]
    for number, row in enumerate([list(head), *cells]):
        padded = [set_cell_size(cell, w) for cell, w in zip(row, widths, strict=True)][:-1]
        text = "  ".join([*padded, row[-1]]).rstrip()
        out.print(text, markup=False, style="bold" if number == 0 else None)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")


@contextmanager
def progress_bar() -> Iterator[Report_]:
    """A bar with count, rate and time left on stderr; a `Progress` callback to drive it.

    Where stderr is no terminal, a line every few seconds says the same.
    """
    if not err.is_terminal:
        with lines(lambda said: err.print(said, markup=False)) as told:
            yield told
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)  # type: ignore[arg-type]

        yield show


def card(article: StoredArticle) -> str:
    """One line that names an article: outlet, date, headline, and where it is."""
    day = article.published.iso[:10] if article.published else "date unknown"
    from vectorstore import page_of

    page = page_of(article.path)
    printed = page and f"p. {page}"
    part = "in part" if article.partial else ""
    parts = [article.outlet, day, article.headline, printed, part, article.url or article.path]
    return plain(" · ".join(p for p in parts if p))


Line = tuple[str, str]
"""A line to print, and its style as rich names it."""


def show_lines(lines: Iterable[Line]) -> None:
    """Print lines as they come."""
    for text, style in lines:
        out.print(text, markup=False, style=style or None)


def show_stream(parts: Iterable[Answer]) -> Answer:
    """An answer as it arrives, then its sources and what it took; returns the whole."""
    whole: list[Answer] = []
    show_lines(answer_lines(parts, whole))
    return whole[0]


def answer_lines(parts: Iterable[Answer], whole: list[Answer] | None = None) -> Iterator[Line]:
    """The lines of an answer as it arrives, harmless to a terminal; puts it into `whole`."""
    answer: Answer | None = None
    heading = ""
    for part in parts:
        answer = answer + part if answer else part
        if part.notice:
            yield plain(part.notice), "italic"
        if part.message and not part.abstained:
            yield plain(part.message), ""
        for claim in part.claims:
            if claim.heading and claim.heading != heading:
                yield plain(claim.heading), "bold"
            heading = claim.heading
            unsupported = "" if claim.supported else "(not supported by the articles) "
            own = replace(part, claims=(replace(claim, heading=""),), message="")
            yield unsupported + plain(own.text), ""
        if part.abstained:
            yield plain(part.text), ""
    if answer is None:
        raise RuntimeError("the chain yielded nothing")
    yield from _source_lines(answer)
    if answer.usage:
        yield plain(str(answer.usage)), "dim"
    if whole is not None:
        whole.append(answer)


def _source_lines(answer: Answer) -> Iterator[Line]:
    """The numbered articles behind an answer, or the nearest where there is none."""
    if answer.citations:
        yield "", ""
    for c in answer.citations:
        yield f"[{c.number}] {card(c.article)}", "dim"
    if answer.abstained and answer.nearest:
        yield "", ""
        shown = {h.article.id: h.article for h in answer.nearest}
        for article in list(shown.values())[:3]:
            yield f"  ~ {card(article)}", "dim"


def show_hits(hits: Sequence[Hit]) -> None:
    """Hits with their scores, best first."""
    for rank, hit in enumerate(hits, 1):
        scores = (
            f"score {hit.score:.2f}  meaning {hit.dense or 0:.2f}  words {hit.lexical or 0:.1f}"
            f"  article {hit.article.id}"
        )
        out.print(f"{rank}. {card(hit.article)}", markup=False, style="bold")
        out.print(f"   {scores}", markup=False, style="dim")
        if hit.why:
            out.print(f"   {one_line(explanation(hit.why))}", markup=False, style="dim")
        out.print(plain(hit.text), markup=False)
        if hit.also:
            names = dict.fromkeys(a.outlet or a.url for a in hit.also)
            out.print(f"   also ran in {one_line(', '.join(names))}", markup=False, style="dim")
        out.print()


def show_figures(found: Mapping[str, Mapping[str, float]]) -> None:
    """Retrieval by category; nothing where no question has gold."""
    shown = ("n", "found@5", "mrr", "ndcg@10", "article found@5", "ms")
    for category, means in found.items():
        parts = [f"{name} {means[name]:.4g}" for name in shown if name in means]
        out.print(one_line(f"{category}: {'  '.join(parts)}"), markup=False)


def explanation(found: Why) -> str:
    """In one line: the places in the indexes, what adds up to the score, and the filters."""
    places = [f"{place}. by {index}" for index, place in found.ranks.items()]
    parts = [f"{name} {value:+.3f}" for name, value in found.parts.items()]
    filters = found.query.filters
    held = [f"{f.name} {value}" for f in fields(filters) if (value := getattr(filters, f.name))]
    said = [", ".join(places), " ".join(parts), "only " + ", ".join(held) if held else ""]
    return "; ".join(part for part in said if part)
