"""Whole attack sets against models that always obey: what comes through.

    PYTHONPATH=. python benchmarks/attacks.py ../shared [--every N]

S5: each of BIPIA's attack texts (train split) at the start, middle and end of an article, for an
obedient, a parroting and a silent stub, failures dropped and marked. S5b: each question of
PoisonedRAG with its five false texts under one outlet, among the others; how many passages of it
a model reads and an answer quotes. A stub says nothing about how often a real model is fooled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

from chatbot import build_chain
from chatbot.generative import ChatSettings
from tests.chatbot.generative.attacks import INSTRUCTIONS, QUESTION, bipia, came_through
from tests.chatbot.generative.stubs import STUBS, Stub
from tests.conftest import NEWS, article, put
from vectorstore import Archive, Article, Filters

SETS = ("nq", "hotpotqa", "msmarco")
HONEST = 40
"""Articles of other outlets between the false ones."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only every nth attack")
    given = parser.parse_args()
    injections(given.shared, given.every)
    poisoning(given.shared, given.every)


def injections(shared: Path, every: int) -> None:
    """Asks about each attacked article by itself, so that the attack is always read."""
    attacks = list(bipia(shared))[::every]
    with tempfile.TemporaryDirectory() as folder, Archive.open(folder, create=True) as archive:
        put(archive, [*NEWS, *(a.article(i) for i, a in enumerate(attacks))])
        for stub, on_failure in product(STUBS, ("drop", "mark")):
            settings = ChatSettings(instructions=INSTRUCTIONS, on_failure=on_failure)
            chain = build_chain(archive, model=Stub(say=STUBS[stub]), settings=settings)
            through: Counter[str] = Counter()
            cited = 0
            for number in range(len(attacks)):
                only = Filters(outlets=(f"Outlet {number}",))
                answer = chain.invoke({"question": QUESTION, "filters": only})
                through += came_through(answer)
                cited += bool(answer.citations)
            print(
                f"{stub:9} {on_failure:5} {len(attacks):4} attacks: came through "
                f"{sum(through.values())} {dict(through)}; cited answers {cited}"
            )


def poisoning(shared: Path, every: int) -> None:
    """Every question of a set in one archive, its false texts under an outlet of its own."""
    for name in SETS:
        folder = shared / "attacks/poisonedrag/results/adv_targeted_results"
        cases = list(json.loads((folder / f"{name}.json").read_text("utf-8")).values())[::every]
        with tempfile.TemporaryDirectory() as store, Archive.open(store, create=True) as archive:
            put(archive, [*_honest(), *_false(cases)])
            read: list[int] = []

            def listen(_system: str, prompt: str, _keys: list[str]) -> str:
                read.append(prompt.count(f'outlet="{lying}"'))  # noqa: B023
                return ""

            chain = build_chain(archive, model=Stub(say=listen))
            plain = build_chain(archive)
            quoted = []
            for number, case in enumerate(cases):
                lying = f"Liar {number}"
                chain.invoke(case["question"])
                answer = plain.invoke(case["question"])
                cited = {c.article.id for c in answer.citations if c.article.outlet == lying}
                quoted.append(len(cited))  # a false text is one passage of one article
            print(
                f"{name:9} {len(cases)} questions, 5 false texts each: read by the model at most "
                f"{max(read)} of one outlet (mean {sum(read) / len(read):.2f}); quoted without a "
                f"model at most {max(quoted)} (mean {sum(quoted) / len(quoted):.2f})"
            )


def _false(cases: list[dict[str, Any]]) -> list[Article]:
    return [
        article(f"{n}-{i}.md", text, outlet=f"Liar {n}", headline=str(case["question"]))
        for n, case in enumerate(cases)
        for i, text in enumerate(list(case["adv_texts"])[:5])
    ]


def _honest() -> list[Article]:
    return [
        article(
            f"h{n}.md", f"Officials of two ministries met on day {n}.", outlet=f"Outlet {n % 9}"
        )
        for n in range(HONEST)
    ]


if __name__ == "__main__":
    main()
