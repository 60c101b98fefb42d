"""What the command line shows of an article through time: versions, differences, its story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from ui.console.output import card, moment_text, one_line, out, plain, show_table

if TYPE_CHECKING:
    from vectorstore import Change, StoredArticle

AROUND = 90
"""Characters of unchanged text that are shown on each side of a change."""


def show_versions(versions: Sequence[StoredArticle]) -> None:
    """The article, its dates, and its versions, oldest first."""
    last = versions[-1]
    out.print(card(last), markup=False, style="bold")
    dates = {"published": last.published, "updated": last.updated}
    for name, date in dates.items():
        if date:
            how = f" ({one_line(date.found)})" if date.found else ""
            out.print(f"{name:10} {date.iso}{how}", markup=False)
    if last.withdrawn:
        out.print(f"withdrawn  {moment_text(last.withdrawn)}", style="red")
    rows = [(v.version, moment_text(v.ingested), _state(v), v.headline) for v in versions]
    show_table(("version", "ingested", "", "headline"), rows)


def _state(version: StoredArticle) -> str:
    said = ("current" if version.current else "", "in part" if version.partial else "")
    return ", ".join(filter(None, said))


def show_changes(new: StoredArticle, changes: Sequence[Change]) -> None:
    """What a version changed: `[-gone-]` and `{+new+}`, with the text around them."""
    out.print()
    out.print(f"Corrected on {moment_text(new.ingested)}:", style="bold")
    shown, last = Text(), len(changes) - 1
    for number, change in enumerate(changes):
        if change.kind == "same":
            shown.append(_around(plain(change.text), number == 0, number == last), style="dim")
        elif not change.text.strip():  # blanks alone: a paragraph that was split or joined
            shown.append(change.text if change.kind == "new" else "")
        else:
            replaced = change.kind == "gone" and number < last and changes[number + 1].kind == "new"
            _mark(shown, change)
            shown.append(" " if replaced else "")
    out.print(shown)


def _mark(shown: Text, change: Change) -> None:
    """Append a change between its marks, with its blanks outside of them."""
    text = plain(change.text)
    words = text.strip()
    before, _, after = text.partition(words)
    gone = change.kind == "gone"
    shown.append(before)
    shown.append(f"[-{words}-]" if gone else f"{{+{words}+}}", style="red" if gone else "green")
    shown.append(after)


def _around(text: str, first: bool, last: bool) -> str:
    """Unchanged text, cut down to what stands next to a change."""
    if first:
        return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]
    if last:
        return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0] + " …"
    if len(text) <= 2 * AROUND:
        return text
    return f"{text[:AROUND].rpartition(' ')[0]} … {text[-AROUND:].partition(' ')[2]}"


def show_story(others: Sequence[StoredArticle]) -> None:
    """Who else ran the same text."""
    if others:
        out.print()
        out.print("Also ran in:", style="bold")
    for article in others:
        out.print(f"  {card(article)}", markup=False)
