from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.command import dateline

HEAVY = tuple(
    "torch gradio chromadb sentence_transformers langchain_core sqlalchemy apscheduler httpx "
    "tomlkit trafilatura feedparser pyarrow datasketch".split()
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three files, ingested by the command line."""
    folder = tmp_path_factory.mktemp("news")
    (folder / "deal.md").write_text(
        "---\ntitle: Deal struck\noutlet: Trade Desk\ndate: '2025-07-31'\n---\n\n"
        "Seoul will invest $350 billion in the United States. The tariff falls to 15 percent.\n"
    )
    (folder / "docks.txt").write_text("Hanwha plans docks\n\nTwo docks will be built for $5 bn.\n")
    (folder / "evil.md").write_text(
        '---\ntitle: "Pangolin \\e[31mred"\n---\n\nThe pangolin\x1b[2J quota \u202eis 7 tons.\n'
    )
    made = folder.parent / "archive"
    done = dateline("ingest", folder, archive=made)
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["sources", "list", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["dateline", *{words!r}]
from ui.cli.main import main
try:
    main()
except SystemExit:
    pass
print([m for m in {HEAVY!r} if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_missing_path_is_said_before_anything_is_made(tmp_path: Path) -> None:
    """In a process of its own, as users call it."""
    command = [sys.executable, "-m", "ui", "ingest", str(tmp_path / "nowhere")]
    command += ["--archive", str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "no such file or folder" in done.stderr
    assert not (tmp_path / "a").exists()


def test_problems_are_listed_with_file_and_line_and_the_rest_is_ingested(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text("Good\n\nThis one is fine.\n")
    (tmp_path / "in" / "rows.jsonl").write_text('{"title": "A", "text": "Fine."}\n{broken\n')
    (tmp_path / "in" / "empty.md").write_text("")
    done = dateline(
        "ingest", tmp_path / "in", "--problems", tmp_path / "p.txt", archive=tmp_path / "a"
    )
    assert done.returncode == 3
    assert "2 new" in done.stdout
    assert "Done: 4 entries: 2 new" in done.stdout
    assert "2 failed" in done.stdout
    assert "rows.jsonl, line 2" in done.stderr
    assert "empty.md" in (tmp_path / "p.txt").read_text()
    again = dateline("ingest", tmp_path / "in", archive=tmp_path / "a")
    assert "0 new, 0 changed, 0 updated, 2 unchanged" in again.stdout


@pytest.mark.parametrize(
    "words",
    [["ask", "x"], ["chat"], ["search", "x"], ["status"], ["rebuild"], ["eval", "q", "--out", "r"]],
)
def test_without_an_archive_every_command_says_what_to_do(tmp_path: Path, words: list[str]) -> None:
    done = dateline(*words, archive=tmp_path / "none")
    assert done.returncode == 4
    assert "dateline ingest" in done.stderr
    assert "Traceback" not in done.stderr


def test_ask_answers_with_sources(archive: Path) -> None:
    done = dateline("ask", "How much will Seoul invest?", archive=archive)
    assert done.returncode == 0
    assert "“Seoul will invest $350 billion in the United States.” [1]" in done.stdout
    assert "[1] Trade Desk · 2025-07-31 · Deal struck · deal.md" in done.stdout


def test_ask_as_json_and_as_of(archive: Path) -> None:
    done = dateline("ask", "How much will Seoul invest?", "--json", archive=archive)
    assert json.loads(done.stdout)["cited"][0]["path"] == "deal.md"
    early = dateline("ask", "How much will Seoul invest?", "--as-of", "2025-07-01", archive=archive)
    assert "$350 billion" not in early.stdout
    wrong = dateline("ask", "x", "--as-of", "July", archive=archive)
    assert (wrong.returncode, "2025-07-31" in wrong.stderr) == (1, True)


def test_article_text_cannot_steer_the_terminal(archive: Path) -> None:
    for words in (["ask", "What is the pangolin quota?"], ["search", "pangolin"]):
        done = dateline(*words, archive=archive)
        assert "angolin" in done.stdout
        assert not {"\x1b", "\u202e"} & set(done.stdout)


def test_chat_carries_the_conversation(archive: Path) -> None:
    asked = "How much will Seoul invest?\nAnd what does the tariff fall to?\n\n"
    done = dateline("chat", archive=archive, stdin=asked)
    assert done.returncode == 0
    assert "15 percent" in done.stdout


def test_search_filters_and_names_the_outlets(archive: Path) -> None:
    done = dateline("search", "docks", "--outlet", "trade desk", "--explain", archive=archive)
    assert "Deal struck" in done.stdout
    assert "1. by meaning" in done.stdout
    assert "only outlets ('Trade Desk',)" in " ".join(done.stdout.split())
    assert "Hanwha" not in done.stdout
    wrong = dateline("search", "docks", "--outlet", "BBC", archive=archive)
    assert (wrong.returncode, "Trade Desk" in wrong.stderr) == (1, True)


def test_search_reads_slips_as_the_articles_spell_them(archive: Path) -> None:
    done = dateline("search", "hanwa shipyrad", archive=archive)
    assert "Read hanwa as hanwha." in done.stdout
    assert "Hanwha" in done.stdout


def test_status_and_rebuild(archive: Path) -> None:
    done = dateline("status", archive=archive)
    assert "articles         3 (3 versions)" in done.stdout
    assert "3 passages are searchable" in dateline("rebuild", archive=archive).stdout
    assert "350" in dateline("search", "invest", archive=archive).stdout


@pytest.mark.long
def test_the_sample_can_be_taken_out_and_comes_back_whole(tmp_path: Path) -> None:
    """Serve finishes a sample that was begun, and finishes an index that was begun."""
    from ingest import SAMPLE, add_sample
    from ui.cli.serve import prepare
    from vectorstore import Archive

    with Archive.open(tmp_path / "a", create=True) as opened:
        whole = add_sample(opened).new
        with opened.writing():
            opened._ledger.withdraw(opened._ledger.ids(SAMPLE)[: whole // 2])
        prepare(opened)
        assert opened.status().articles == whole
        opened._lexical.clear()
        opened._dense.clear()
        assert opened.status().unindexed
        prepare(opened)
        assert opened.status().unindexed == 0
        assert opened.search("tariff")
    done = dateline("ingest", "--drop-sample", archive=tmp_path / "a")
    assert f"{whole} sample articles taken out" in done.stdout
    assert dateline("ask", "x", archive=tmp_path / "a").returncode == 4


def test_a_damaged_ledger_is_a_message(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_bytes(b"not a database, but long enough to look" * 99)
    done = dateline("ask", "x", archive=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "ledger" in done.stderr


def test_a_port_in_use_is_said_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        done = dateline("serve", "--port", port, archive=tmp_path / "a")
    assert done.returncode == 1
    assert f"{port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "a").exists()


def test_eval_writes_what_the_scorer_reads(archive: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    asked = {
        "id": "q1",
        "as_of": "2025-08-01",
        "history": [],
        "question": "What will Seoul invest?",
    }
    questions.write_text(
        json.dumps(asked) + "\n\n" + json.dumps(asked | {"id": "q2", "as_of": "2025-01-01"})
    )
    done = dateline("eval", questions, "--out", tmp_path / "r.jsonl", "--archive", archive)
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, (tmp_path / "r.jsonl").read_text().splitlines())
    assert first["cited"][0]["path"] == "deal.md"
    assert first["retrieved"][0]["path"] == "deal.md"
    assert first["abstained"] is False
    assert first["ms"] > 0
    assert "deal.md" not in {p["path"] for p in second["retrieved"]}
    questions.write_text('{"id": 1}')
    bad = dateline("eval", questions, "--out", tmp_path / "r.jsonl", archive=archive)
    assert (bad.returncode, "line 1" in bad.stderr) == (1, True)
