"""Answers measured on gold questions, with floors that CI holds.

    python benchmarks/quality.py SHARED [--archive DIR] [--check] [-v]

SHARED holds archives/white-house, seeds and eval/gold. The archives are built in DIR (a
temporary folder by default; an existing one is brought up to date), the questions are
asked through `dateline eval`, and eval/gold/score.py scores them. With --check, exit
status 1 if a figure is below its floor in benchmarks/floors.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SETS = {"dev": "archives/white-house", "seed_dev": "seeds"}
FLOORS = Path(__file__).with_name("floors.json")


def asked(shared: Path, name: str, work: Path) -> Path:
    """Ingest what a question set is about, ask the questions; the file of results."""
    dateline = [sys.executable, "-m", "ui"]
    archive = ["--archive", str(work / name)]
    subprocess.run([*dateline, "ingest", str(shared / SETS[name]), *archive], check=False)
    results = work / f"{name}.results.jsonl"
    questions = shared / "eval" / "gold" / f"{name}.jsonl"
    subprocess.run([*dateline, "eval", str(questions), "--out", str(results), *archive], check=True)
    return results


def scored(shared: Path, name: str, results: Path, verbose: bool) -> dict[str, float]:
    """The figures of the line ALL that score.py prints, by name."""
    gold = shared / "eval" / "gold"
    command = [sys.executable, str(gold / "score.py"), str(shared / SETS[name])]
    command += [str(gold / f"{name}.jsonl"), str(results), *(["-v"] if verbose else [])]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(f"\n{name}\n{printed}")
    rows = printed.splitlines()
    width = 19
    header = rows[0][21:]
    total = next(r for r in rows if r.startswith("ALL"))[21:]
    names = [header[i : i + width + 1].strip() for i in range(0, len(header), width + 1)]
    values = [total[i : i + width + 1].strip() for i in range(0, len(total), width + 1)]
    return {n: float(v.split()[0]) for n, v in zip(names, values, strict=True) if v != "-"}


def below(figures: dict[str, dict[str, float]]) -> list[str]:
    """What does not reach its floor; `at most` holds ceilings."""
    floors = json.loads(FLOORS.read_text())
    found = []
    for name, wanted in floors.items():
        for figure, floor in wanted["at least"].items():
            if figures[name][figure] < floor:
                found.append(f"{name}: {figure} is {figures[name][figure]}, floor {floor}")
        for figure, ceiling in wanted["at most"].items():
            if figures[name][figure] > ceiling:
                found.append(f"{name}: {figure} is {figures[name][figure]}, at most {ceiling}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = args.archive or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        figures = {
            name: scored(args.shared, name, asked(args.shared, name, work), args.verbose)
            for name in SETS
        }
    if args.check and (failures := below(figures)):
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
