"""Ingest side by side: Dateline and the plain LangChain tutorial pipeline, in one run.

    python benchmarks/ingest_speed.py FOLDER [--limit N] [--out FILE.json]

FOLDER holds Markdown articles. Each system runs in a process of its own, one after the
other, with the same embedding model. The tutorial pipeline is
RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings and
Chroma.from_documents; it needs `pip install -e '.[bench]'`. Dateline is run twice: the
second time it must write nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil


def dateline(source: Path, store: Path) -> dict[str, Any]:
    from ingest import run
    from vectorstore import Archive

    with Archive.open(store, create=True) as archive:
        report = run(archive, [source])
        found = archive.status()
    return {
        "documents": found.articles,
        "passages": found.passages,
        "written": report.new + report.changed + report.updated,
        "problems": sum(p.fatal for p in report.problems),
    }


def tutorial(source: Path, store: Path) -> dict[str, Any]:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from vectorstore.models.loading import old_embedded_folder

    documents = [
        Document(path.read_text("utf-8"), metadata={"source": str(path)})
        for path in sorted(source.rglob("*.md"))
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(documents)
    embeddings = HuggingFaceEmbeddings(model_name=str(old_embedded_folder()))
    Chroma.from_documents(chunks, embeddings, persist_directory=str(store))
    return {"documents": len(documents), "passages": len(chunks), "written": len(documents)}


SYSTEMS = {"dateline": dateline, "dateline again": dateline, "tutorial": tutorial}


def measured(name: str, source: Path, store: Path) -> dict[str, Any]:
    """Run one system here, and add seconds and size on disk."""
    began = time.perf_counter()
    found = SYSTEMS[name](source, store)
    found["seconds"] = round(time.perf_counter() - began, 1)
    size = sum(f.stat().st_size for f in store.rglob("*") if f.is_file())
    found["disk_mb"] = round(size / 1e6, 1)
    return found


def watched(command: list[str]) -> dict[str, Any]:
    """Run a command to its end; what it printed last, and the peak memory of its processes.

    The resident sets of the whole process tree are added up ten times a second.
    """
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        top = psutil.Process(running.pid)
        while running.poll() is None:
            with contextlib.suppress(psutil.Error):
                tree = [top, *top.children(recursive=True)]
                peak = max(peak, sum(p.memory_info().rss for p in tree))
            time.sleep(0.1)
        printed = running.stdout.read() if running.stdout else ""
    if running.returncode:
        sys.exit(f"{command} failed")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found | {"peak_mb": round(peak / 1e6)}


def subset(source: Path, limit: int | None, into: Path) -> Path:
    """The whole folder, or links to N of its articles spread evenly over it."""
    if limit is None:
        return source
    paths = sorted(source.rglob("*.md"))
    for path in paths[:: max(1, len(paths) // limit)][:limit]:
        link = into / path.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, link)
    return into


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("SYSTEM", "STORE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measured(args.one[0], args.folder, Path(args.one[1]))))
        return
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        source = subset(args.folder, args.limit, work / "articles")
        for name in SYSTEMS:
            store = work / name.split()[0]
            command = [sys.executable, __file__, str(source), "--one", name, str(store)]
            results[name] = watched(command)
            print(name.ljust(16), results[name], flush=True)
    ours, theirs = results["dateline"], results["tutorial"]
    for key in ("seconds", "peak_mb", "disk_mb"):
        print(f"{key}: Dateline {ours[key] / theirs[key]:.2f} x the tutorial pipeline's")
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
