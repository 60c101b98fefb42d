"""`dateline ask`, `chat`, `search` and `eval`: what is asked of an archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.shared import (
    ArchiveOption,
    AsJson,
    Day,
    ModelOption,
    open_archive,
    parse_day,
    print_json,
)

if TYPE_CHECKING:
    from vectorstore import Archive, Filters

Count = Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")]


def ask(
    question: Annotated[str, typer.Argument(help="In English or Korean.", show_default=False)],
    archive: ArchiveOption = None,
    as_of: Day = None,
    model: ModelOption = None,
    as_json: AsJson = False,
    server: Annotated[
        bool,
        typer.Option(
            "--server/--no-server",
            help="Let a `dateline serve` of this archive answer, if you have one running here.",
        ),
    ] = True,
) -> None:
    """Answer one question, with its sources."""
    from ui.cli.delegation import ask_server

    if server and ask_server(archive, question, as_of=as_of, model=model, as_json=as_json):
        return
    inputs: dict[str, Any] = {"question": question, "today": parse_day(as_of)}
    with open_archive(archive) as store:
        store.embedder.begin()
        from chatbot import build_chain
        from ui.console import output as console

        chain = build_chain(store, model=model)
        if not as_json:
            console.show_stream(chain.stream(inputs))
            return
        answer = chain.invoke(inputs)
    from chatbot.evaluation.question_sets import result_row

    print_json(result_row(answer))


def chat(archive: ArchiveOption = None, as_of: Day = None, model: ModelOption = None) -> None:
    """Talk with the archive in the terminal. An empty line or Ctrl-D ends it."""
    from chatbot import build_chain
    from ui.console import output as console

    today = parse_day(as_of)
    with open_archive(archive) as store:
        chain = build_chain(store, model=model)
        history: list[dict[str, str]] = []
        console.out.print(f"{store.status().articles:,} articles. Ask; an empty line ends.")
        while question := _typed("> "):
            inputs: dict[str, Any] = {"question": question, "history": history, "today": today}
            answer = console.show_stream(chain.stream(inputs))
            history += [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer.text},
            ]


def search(
    text: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    archive: ArchiveOption = None,
    k: Count = 5,
    since: Day = None,
    until: Day = None,
    as_of: Day = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet; can be repeated.")
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option(help="Only this subject, as newsrooms name it; repeatable.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Only this place, as newsrooms name it; repeatable.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each passage stands where it does.")
    ] = False,
) -> None:
    """Show the passages that fit best, with their scores."""
    from chatbot.understanding.spelling import correct_spelling, correction_notes
    from ui.console import output as console

    with open_archive(archive) as store:
        filters = replace(
            _filters(store, since, until, as_of, outlet or []),
            subjects=tuple(subject or ()),
            places=tuple(place or ()),
        )
        text, slips = correct_spelling(text, store)
        hits = store.search(text, k=k, filters=filters, explain=explain)
    for line in correction_notes(slips, "en"):
        console.out.print(line, markup=False)
    if not hits:
        console.out.print("Nothing found.")
    console.show_hits(hits)


def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON Lines, gold format.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the results go.")],
    archive: ArchiveOption = None,
    files: Annotated[
        Path | None, typer.Option(help="The folder in whose files the gold's offsets count.")
    ] = None,
) -> None:
    """Ask every question of a set; write what was retrieved and cited, and how well."""
    from chatbot.evaluation.metrics import mean_metrics
    from chatbot.evaluation.question_sets import evaluate as run
    from chatbot.evaluation.question_sets import measure
    from ui.console import output as console

    with open_archive(archive) as store, console.progress_bar() as progress:
        count = run(store, questions, out, progress=progress)
    console.out.print(f"{count} questions asked; results in {out}", markup=False)
    console.show_figures(mean_metrics(measure(questions, out, files)))


def _filters(
    store: Archive, since: str | None, until: str | None, as_of: str | None, outlets: list[str]
) -> Filters:
    from vectorstore import Filters, InputError

    known = {name.casefold(): name for name in store.outlets()}
    if unknown := [o for o in outlets if o.casefold() not in known]:
        names = ", ".join(list(known.values())[:20])
        raise InputError(f"no outlet {unknown[0]!r} in the archive; there are: {names}")
    return Filters(
        since=parse_day(since),
        until=parse_day(until),
        as_of=parse_day(as_of),
        outlets=tuple(known[o.casefold()] for o in outlets),
    )


def _typed(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        return ""
