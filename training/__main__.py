"""Train what ships: `python -m training [embedding|reader|average] …`; see README.md."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.numpy import save_file
from tqdm import tqdm

from training import corpus, embedding, reading
from training.cases import cases
from training.mining import Pool
from vectorstore.models import trained
from vectorstore.models.embedder import Embedder
from vectorstore.models.encoder import upper

SEED = 7

WHAT = ("all", "embedding", "reader", "average")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", choices=("all", "embedding", "reader", "average"), nargs="?", default="all"
    )
    parser.add_argument("--out", type=Path, default=trained.folder())
    parser.add_argument("--questions", type=int, default=0, help="as many only, for a curve")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", type=float, default=0.0, help="stop each training then")
    parser.add_argument("--words", action="store_true", help="hard negatives by words alone")
    parser.add_argument("--further", action="store_true", help="start the reader from what ships")
    parser.add_argument("--other", type=Path, help="average the reader that ships with this one")
    parser.add_argument("--share", type=float, default=0.5, help="what the other one counts")
    parser.add_argument(
        "--fresh",
        nargs="+",
        default=[],
        help="how the names of batches begin that are shown whole, with as many others",
    )
    args = parser.parse_args()
    if args.what == "average":
        own, other = trained.layers(trained.READER), trained.unpack(args.other.read_bytes())
        write(args.out, trained.READER, average(own, other, args.share))
        return
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    chooser = random.Random(args.seed + args.further)
    questions = list(corpus.questions("train"))
    chooser.shuffle(questions)
    if args.fresh:
        own = [q for q in questions if q.batch.startswith(tuple(args.fresh))]
        others = [q for q in questions if q not in own]
        questions = own + others[: len(own)]
    questions = questions[: args.questions or None]
    keys = {k for q in questions for k in (q.key, *q.beside, *(k for k, _, _ in q.answers))}
    batches = {key.split("-")[0] for key in keys}
    passages = {k: p for k, p in corpus.passages().items() if k.split("-")[0] in batches}
    embedder = None if args.words else Embedder()
    pool = Pool.of(passages, embedder)
    negatives = pool.negatives(questions, embedder)
    print(f"{len(questions)} questions, {len(passages)} passages", flush=True)
    common: dict[str, Any] = {"device": device, "seconds": args.seconds}
    if args.what in ("all", "embedding"):
        rows = embedding.examples(questions, negatives, passages)
        with _Bar("embedding") as note:
            network = embedding.train(
                rows, epochs=args.epochs, rate=args.rate or 4e-5, note=note, **common
            )
        write(args.out, trained.EMBEDDER, upper(network.state_dict(), trained.FROZEN))
    if args.what in ("all", "reader"):
        rounds = [cases(questions, negatives, passages, chooser) for _ in range(args.epochs)]
        found = trained.READER if args.further else trained.EMBEDDER
        start = trained.layers(found) if (trained.folder() / found).exists() else None
        with _Bar("reader") as note:
            network, head = reading.train(
                rounds, rate=args.rate or 1e-4, note=note, start=start, **common
            )
        found = upper(network.state_dict(), trained.FROZEN)
        found |= {f"head.{k}": v for k, v in head.state_dict().items()}
        write(args.out, trained.READER, found)


def average(own: dict[str, Any], other: dict[str, Any], share: float) -> dict[str, Any]:
    """The weights between those of two readers of which one was trained on from the other: better
    on what each was trained for than either (Wortsman et al. 2022, arXiv:2109.01903)."""
    return {key: (1 - share) * value + share * other[key] for key, value in own.items()}


def write(folder: Path, name: str, tensors: dict[str, Any]) -> None:
    """Pack tensors into a file, and note its digest beside it."""
    save_file(trained.pack({k: v.cpu() for k, v in tensors.items()}), folder / name)
    place = folder / "digests.json"
    noted = json.loads(place.read_text()) if place.exists() else {}
    noted[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    place.write_text(json.dumps(noted, indent=1, sort_keys=True) + "\n")


class _Bar:
    """A progress bar that shows the loss, and prints a line now and then for a log."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> Any:
        self.bar, self.began = tqdm(desc=self.name, disable=None), time.monotonic()

        def note(step: int, total: int, loss: float) -> None:
            self.bar.total = total
            self.bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            self.bar.update()
            if self.bar.disable and step % 25 == 0:
                spent = time.monotonic() - self.began
                print(f"{self.name} {step}/{total} loss {loss:.3f} {spent:.0f} s", flush=True)

        return note

    def __exit__(self, *_: object) -> None:
        self.bar.close()


if __name__ == "__main__":
    main()
