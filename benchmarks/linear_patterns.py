"""Patterns that read text of others take time in its length, and not in its square.

    python -m benchmarks.linear_patterns [--check]

Prints how many times as long each takes for eight times the text it would be slow over. With
--check, exit status 1 if one takes as long as if its time grew with the square.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from chatbot.answering.layouts import archive_scope, speakers
from chatbot.generative import guardrails
from chatbot.reading import answer_spans, office_holders
from chatbot.understanding import event_dates, rewriting, translation
from ingest import sentences
from ingest.parsers import bylines, html, layout, links
from ingest.parsers.news import documents

SHORT, TIMES, RUNS = 300, 8, 5
MOST = 24
"""Eight times the text takes about eight times as long where time is linear, and 64 times where
it is quadratic."""


def _all(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: [m.span() for m in pattern.finditer(text)]


def _root(text: str) -> object:
    return documents._ROOT.match(text.encode())


def _holders(text: str) -> object:
    return list(office_holders._holders_near(text, {"president"}))


HOSTILE: dict[str, tuple[Callable[[str], object], str, str, str]] = {
    "links slug": (_all(links._SLUG), "", "a", ""),
    "code without a digit": (_all(guardrails._CODE), "", "a", ""),
    "code without a letter": (_all(guardrails._CODE), "", "1", " "),
    "hyphen at a line's end": (_all(layout._HYPHEN), "", "a", " "),
    "marks that end no sentence": (_all(sentences._STOP), "", "!", "a"),
    "address in a byline": (_all(bylines._MAIL), "", "a", " @"),
    "charset": (_all(html._CHARSET), "charset=", " ", "\0"),
    "document type": (_root, "", "<!DOCTYPE a[a]", ""),
    "particles": (_all(rewriting.PARTICLES), "", "은", "x"),
    "amount": (_all(translation.AMOUNT), "", "1", "x"),
    "event in Korean": (_all(event_dates.AROUND_KO), "", "가", ""),
    "name": (_all(answer_spans.NAME), "", "B", ""),
    "place in Korean": (_all(answer_spans.PLACE), "", "가", ""),
    "owner": (_all(office_holders.OWNER), "", "a-", ""),
    "title before an office": (_holders, "", "B", " president"),
    "offices": (_holders, "", "president ", ""),
    "speaker's position": (_all(speakers.ASKS_SPEAKER), "", "a", ""),
    "topic in Korean": (_all(archive_scope.ABOUT_KO), "", "가", ""),
}
"""What reads a text, and what text it would be slow over: how it begins, what is repeated in it,
and how it ends."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    slow = []
    for case, (work, begin, unit, end) in HOSTILE.items():
        short, long = (begin + unit * n + end for n in (SHORT, TIMES * SHORT))
        times = _seconds(work, long) / _seconds(work, short)
        print(f"{case:40}{times:8.1f}", flush=True)
        slow += [case] * (times >= MOST)
    if args.check and slow:
        sys.exit(f"more than {MOST} times as long for {TIMES} times the text: {', '.join(slow)}")


def _seconds(work: Callable[[str], object], text: str) -> float:
    """What it takes at the median; as often in one run as a clock can tell."""

    def run() -> float:
        begun = process_time()
        for _ in range(repeats):
            work(text)
        return (process_time() - begun) / repeats

    repeats = 1
    while run() * repeats < 0.001:
        repeats *= 4
    return median(run() for _ in range(RUNS))


if __name__ == "__main__":
    main()
