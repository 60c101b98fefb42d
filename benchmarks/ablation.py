"""What each rule of the answerer is worth: the same questions with one of them switched off.

    python -m benchmarks.ablation SHARED --archive DIR [--split dev] [--every 3] [--only NAME …]

The questions and archives are those of set_aside (which makes the archives); `--every 3` asks
each third. What the reader says of a passage, and what a search finds, is kept from one run to
the next, so that a run costs little more than the rules. The first row has everything on; each
other one says how much is lost (or won) without its rule. `right`, `first` and `abstained` are
as in set_aside.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.set_aside import Asked, archives, ask, figures, rows
from chatbot import build_chain
from vectorstore import Archive, Hit, Read


def _same(text: str, *_: Any, **__: Any) -> tuple[str, tuple[str, ...]]:
    return text, ()


def _none(*_: Any, **__: Any) -> None:
    return None


def _nothing(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _false(*_: Any, **__: Any) -> bool:
    return False


def _true(*_: Any, **__: Any) -> bool:
    return True


def _chosen(_: Any, chosen: Any, *__: Any) -> list[Any]:
    return list(chosen)


def _labelled(_: Any, chosen: Any, __: Any, most: int) -> list[Any]:
    return [("", w) for w in chosen][:most]


def _as_they_are(ranked: Any) -> list[Any]:
    return list(ranked)


Patch = tuple[str, Callable[..., Any]]

RULES: dict[str, Sequence[Patch]] = {
    "respelling": [("chatbot.understanding.query.correct_spelling", _same)],
    "names in other spellings": [("chatbot.understanding.query.spelling_variants", _nothing)],
    "names spelled out": [("chatbot.understanding.query.expand_abbreviations", _nothing)],
    "names of one thing": [("chatbot.understanding.query.name_groups", _nothing)],
    "synonyms searched beside": [("chatbot.understanding.wordings.expansions", _nothing)],
    "synonyms and word forms candidate": [
        ("chatbot.reading.query_terms.synonym_terms", lambda *_: {})
    ],
    "glossary: Korean to English": [
        ("chatbot.understanding.wordings.translate_to_english", lambda *_: ("", ()))
    ],
    "glossary: English to Korean": [
        ("chatbot.understanding.wordings.translate_to_korean", _nothing)
    ],
    "what is asked for must be there": [
        ("chatbot.answering.answer_selection.has_answer_types", _true)
    ],
    "event triggers": [("chatbot.answering.answer_selection.lacks_event_trigger", _false)],
    "contradicted presuppositions": [
        ("chatbot.answering.answer_selection.contradicting_candidate", _none)
    ],
    "the reason beside": [("chatbot.answering.answer_selection.with_reason", _chosen)],
    "other values and amendments": [("chatbot.answering.answer_selection.with_changes", _labelled)],
    "office holders": [("chatbot.answering.answer_selection.requested_office", _false)],
    "newest for now": [("chatbot.answering.answer_selection.newest", _as_they_are)],
    "sentences of a period": [("chatbot.answering.answer_selection.in_period", lambda *_: [])],
    "parts of a question": [("chatbot.understanding.query.subquestions", _nothing)],
    "kinds of requests": [("chatbot.understanding.query._request", lambda *_: "fact")],
    "lists and counts that may be meant": [("chatbot.understanding.requests.MAYBE", 2.0)],  # type: ignore[list-item]
    "corrections beside": [("chatbot.answering.excerpts.correction_after", _none)],
    "events as landmarks": [("chatbot.understanding.query.ArchiveEvents", _none)],
}


class Kept:
    """Searches and reads of archives, kept by what was asked."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, str, str], Read] = {}
        self._found: dict[Any, list[Hit]] = {}
        self._search, self._reader = Archive.search, Archive.read

    def search(self, archive: Archive, *args: Any, **kwargs: Any) -> list[Hit]:
        key = id(archive), repr(args), repr(sorted(kwargs.items()))
        if key not in self._found:
            self._found[key] = self._search(archive, *args, **kwargs)
        return list(self._found[key])

    def read(self, archive: Archive, question: str, hits: Sequence[Hit]) -> list[Read]:
        keys = [(id(archive), question, h.passage_id) for h in hits]
        new = [(k, h) for k, h in zip(keys, hits, strict=True) if k not in self._read]
        reads = self._reader(archive, question, [h for _, h in new])
        self._read |= {k: r for (k, _), r in zip(new, reads, strict=True)}
        return [self._read[k] for k in keys]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    questions, passages = rows(args.split)
    questions = questions[:: args.every]
    with ExitStack() as stack:
        kept = Kept()
        read = lambda *a: kept.read(*a)  # noqa: E731, PLW0108 (a method)
        stack.enter_context(patch.object(Archive, "read", read))
        found = lambda *a, **k: kept.search(*a, **k)  # noqa: E731, PLW0108 (a method)
        stack.enter_context(patch.object(Archive, "search", found))
        opened = {
            name: stack.enter_context(Archive.open(folder))
            for name, folder in archives(args.shared, args.archive).items()
        }

        def run() -> dict[str, float]:
            asked: list[Asked] = []
            for name, archive in opened.items():
                chain = build_chain(archive)
                own = [q for q in questions if passages[q["k"]]["source"] == name]
                asked += [ask(chain, q, passages) for q in own]
            return figures(asked)

        run()
        whole = run()
        names = ("right", "first", "wrongly", "abstained", "ms")
        print(f"{'':38}" + "".join(f"{n:>11}" for n in names))
        print(f"{'everything on':38}" + "".join(f"{whole[n]:>11}" for n in names), flush=True)
        for rule in args.only or RULES:
            with ExitStack() as off:
                for target, made in RULES[rule]:
                    off.enter_context(patch(target, made))
                found = run()
            lost = {n: round(found[n] - whole[n], 3) for n in names}
            print(f"{rule:38}" + "".join(f"{lost[n]:>+11}" for n in names), flush=True)


if __name__ == "__main__":
    main()
