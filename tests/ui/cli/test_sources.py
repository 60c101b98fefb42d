"""`dateline sources …`, `status`, `runs`, `history`, and `ingest` of declared sources."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest.freshen import collecting
from ingest.sources.declared import read
from ingest.values import Problem
from tests.conftest import NEWS, article, put
from tests.ui.command import dateline
from vectorstore import Archive, Run

DECLARED = """
[sources.wire]
url = "http://wire.test/rss"
[sources.ministry]
url = "http://ministry.test/rss"
every = "6h"
[sources.paper]
url = ["http://paper.test/1", "http://paper.test/2"]
kind = "pages"
cron = "30 2 * * *"
timezone = "Asia/Seoul"
enabled = false
"""
NOW = datetime.now(UTC)


@dataclass
class Report:
    source: str
    run: Run
    problems: tuple[Problem, ...] = ()


@dataclass
class Answer:
    ok: bool
    kind: str = "feed"
    entries: int = 0
    newest: datetime | None = None
    reason: str = ""


@dataclass
class Found:
    url: str
    kind: str
    title: str = ""
    entries: tuple[str, ...] = ()
    feeds: tuple[tuple[str, str], ...] = ()
    article: Any = None
    passages: int = 0
    problems: tuple[str, ...] = ()


@dataclass
class Outside(ModuleType):
    """What `ingest.collect` would find out there: an answer for each source and URL."""

    asked: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__("ingest.collect")

    def collect(self, _archive: Archive, sources: Sequence[Any], **_: Any) -> list[Report]:
        self.asked += [source.name for source in sources]
        return [
            Report(
                source.name,
                self.runs.get(source.name, Run(source=source.name, started=NOW, ended=NOW)),
                tuple(Problem("http://x.test/1", None, "answers 500") for _ in range(2)),
            )
            for source in sources
        ]

    def check(self, source: Any, **_: Any) -> Answer:
        return self.answers.get(source.name, Answer(ok=True, entries=20, newest=NOW))

    def preview(self, url: str, **_: Any) -> Found:
        return self.found[url]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    made = Outside()
    monkeypatch.setitem(sys.modules, "ingest.collect", made)
    return made


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with declared sources, and no archive in it yet."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "sources.toml").write_text(DECLARED)
    return tmp_path / "a"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive: the wire has two articles and is fine, the ministry's feed fails."""
    folder = tmp_path_factory.mktemp("made") / "a"
    with Archive.open(folder, create=True) as opened:
        put(opened, [replace(a, source="wire") for a in NEWS[:2]], index=False)
        put(opened, [replace(NEWS[2], source="by-hand")], index=False)
        run = Run(source="wire", started=NOW - timedelta(minutes=2), ended=NOW, new=2, failed=5)
        opened.note_run(replace(run, reasons=tuple(f"page {n} answers 500" for n in range(5))))
        opened.note_run(replace(run, source="ministry", new=0, reasons=(), error="answers\n404"))
    (folder / "sources.toml").write_text(DECLARED)
    return folder


@pytest.fixture
def filled(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(made, tmp_path / "filled"))


def test_list_shows_sources_before_there_is_an_archive(archive: Path) -> None:
    done = dateline("sources", "list", archive=archive)
    assert done.returncode == 0
    head, wire, ministry, paper = done.stdout.splitlines()
    assert head.split() == "source kind on every last success new where warning".split()
    assert wire.split()[:5] == ["wire", "feed", "yes", "1h", "never"]
    assert ministry.split()[3] == "6h"
    assert "30 2 * * * (Asia/Seoul)" in paper
    assert "http://paper.test/1 and 1 more" in paper
    assert not (archive / "ledger.sqlite3").exists()


def test_list_shows_how_sources_do(filled: Path) -> None:
    done = dateline("sources", "list", archive=filled)
    assert "the last run failed: answers 404" in done.stdout
    rows = json.loads(dateline("sources", "list", "--json", archive=filled).stdout)
    assert [row["name"] for row in rows] == ["wire", "ministry", "paper"]
    assert rows[0]["new"] == 2
    assert rows[0]["warning"] == ""
    assert rows[1]["last_run"]["error"] == "answers\n404"


@pytest.mark.usefixtures("outside")
def test_without_a_file_everything_says_how_to_make_one(tmp_path: Path) -> None:
    for words in (["sources", "list"], ["sources", "check"], ["schedule"], ["ingest", "--due"]):
        done = dateline(*words, archive=tmp_path)
        assert done.returncode == 1
        assert "dateline sources init" in done.stderr
    done = dateline("ingest", archive=tmp_path)
    assert done.returncode == 2
    assert "sources" in done.stderr


def test_init_writes_the_ready_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = tmp_path / "ready.toml"
    ready.write_text(DECLARED)
    monkeypatch.setattr("ingest.sources.edit.STARTER", str(ready))
    done = dateline("sources", "init", archive=tmp_path / "new")
    assert (done.returncode, "3 sources, 2 switched on" in done.stdout) == (0, True)
    assert "[fetch] contact" in done.stdout
    assert (tmp_path / "new" / "sources.toml").read_text() == DECLARED
    again = dateline("sources", "init", archive=tmp_path / "new")
    assert (again.returncode, "already" in again.stderr) == (1, True)


def test_the_file_can_be_named(archive: Path, tmp_path: Path) -> None:
    named = tmp_path / "own.toml"
    named.write_text('[sources.own]\nurl = "http://own.test/"\n')
    done = dateline("sources", "list", "--sources", named, archive=archive)
    assert "own" in done.stdout
    assert "wire" not in done.stdout


def test_add_finds_a_sites_feed_and_a_name(archive: Path, outside: Outside) -> None:
    site, feed = "https://www.example.org/news/", "https://www.example.org/feed"
    outside.found[site] = Found(site, "list", feeds=((feed, "News"), (feed + "2", "")))
    done = dateline("sources", "add", site, "--every", "2h", "--outlet", "Ex", archive=archive)
    assert (done.returncode, f"Added example (feed) to {archive}" in done.stdout) == (0, True)
    text = (archive / "sources.toml").read_text()
    assert text.startswith(DECLARED)
    assert f'[sources.example]\nkind = "feed"\nurl = "{feed}"' in text
    assert 'every = "2h"' in text
    page = "https://www.example.org/a"
    outside.found[page] = Found(page, "page")
    done = dateline("sources", "add", page, archive=archive)
    assert "Added example-2 (pages)" in done.stdout
    again = dateline("sources", "add", site, archive=archive)
    assert (again.returncode, "already, as 'example'" in again.stderr) == (1, True)


def test_add_with_a_kind_asks_nobody_and_checks_first(archive: Path) -> None:
    done = dateline("sources", "add", "nowhere", "--kind", "feed", archive=archive)
    assert (done.returncode, "is no http(s) URL" in done.stderr) == (1, True)
    words = ["sources", "add", "https://e.test/s.xml", "--kind", "sitemap", "--name", "wire"]
    done = dateline(*words, archive=archive)
    assert (done.returncode, "choose another --name" in done.stderr) == (1, True)
    done = dateline(*words[:-1], "e", "--every", "soon", archive=archive)
    assert (done.returncode, 'write "30m", "2h"' in done.stderr) == (1, True)
    assert (archive / "sources.toml").read_text() == DECLARED
    assert dateline(*words[:-1], "e", archive=archive).returncode == 0


def test_remove_keeps_the_rest(archive: Path) -> None:
    done = dateline("sources", "remove", "ministry", archive=archive)
    assert (done.returncode, "its articles stay" in done.stdout) == (0, True)
    assert "ministry" not in (archive / "sources.toml").read_text()
    done = dateline("sources", "remove", "ministry", archive=archive)
    assert (done.returncode, "there are: wire, paper" in done.stderr) == (1, True)


def test_check_says_which_answer(archive: Path, outside: Outside) -> None:
    done = dateline("sources", "check", archive=archive)
    assert (done.returncode, "2 of 2 sources answer" in done.stdout) == (0, True)
    outside.answers["ministry"] = Answer(ok=False, reason="answers 404")
    done = dateline("sources", "check", archive=archive)
    assert done.returncode == 3
    assert "1 of 2 sources answer" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.startswith("ministry"))
    assert "FAILED" in row
    assert "answers 404" in row
    done = dateline("sources", "check", "paper", archive=archive)
    assert (done.returncode, "1 of 1" in done.stdout) == (0, True)
    assert dateline("sources", "check", "nobody", archive=archive).returncode == 1


def test_test_shows_the_article_a_page_would_become(archive: Path, outside: Outside) -> None:
    url = "https://e.test/a"
    body = "Seoul will invest.\x1b[2J\n\n" + "Talks go on. " * 100
    shown = article("a", body, headline="Deal", outlet="Desk", published="2025-07-31", url=url)
    outside.found[url] = Found(url, "page", article=shown, passages=3, problems=("no byline",))
    done = dateline("sources", "test", url, archive=archive)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == f"{url} is an article"
    for line in ("headline     Deal", "byline       --missing byline--", "passages     3"):
        assert line in lines
    assert "published    2025-07-31 (found in: test)" in lines
    assert "\x1b" not in done.stdout
    assert f"… ({len(body) - 1:,} characters)" in done.stdout
    assert "no byline" in done.stderr
    outside.found[url] = Found(url, "page", problems=("has no text",))
    assert dateline("sources", "test", url, archive=archive).returncode == 3


def test_test_shows_what_a_list_has(archive: Path, outside: Outside) -> None:
    url = "https://e.test/feed"
    outside.found[url] = Found(
        url, "feed", title="E", entries=tuple(f"News {n}" for n in range(30))
    )
    done = dateline("sources", "test", url, archive=archive)
    assert done.stdout.splitlines()[:2] == [f"{url} is a feed", "title        E"]
    assert "entries      30" in done.stdout
    assert "News 9" in done.stdout
    assert "News 10" not in done.stdout


def test_ingest_reads_the_declared_sources(archive: Path, outside: Outside) -> None:
    outside.runs["wire"] = Run(source="wire", started=NOW, ended=NOW, new=3, unchanged=1_200)
    done = dateline("ingest", "--problems", archive / "p.txt", archive=archive)
    assert done.returncode == 0
    assert outside.asked == ["wire", "ministry"]
    assert "3 new, 1,200 unchanged" in done.stdout
    assert "ministry  nothing new" in done.stdout
    assert "Done: 3 new, 0 changed" in done.stdout
    assert "http://x.test/1: answers 500" in done.stderr
    assert len((archive / "p.txt").read_text().splitlines()) == 4


def test_what_was_not_taken_is_never_nothing_new(archive: Path, outside: Outside) -> None:
    run = Run(source="wire", started=NOW, ended=NOW, announced=3, unchanged=1, not_articles=2)
    outside.runs["wire"] = run
    outside.runs["ministry"] = replace(run, source="ministry", error="answers 404")
    done = dateline("ingest", archive=archive)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert rows["wire"].endswith("3 entries: 1 unchanged, 2 not an article")
    assert "FAILED: answers 404" in rows["ministry"]
    assert "4 not an article" in rows["Done:"]
    assert "1 failed (1 of them a whole source)" in rows["Done:"]
    assert done.returncode == 3


def test_ingest_reads_what_is_named_or_due(filled: Path, outside: Outside) -> None:
    dateline("ingest", "--source", "paper", archive=filled)
    assert outside.asked == ["paper"]
    dateline("ingest", "--due", archive=filled)
    assert outside.asked == ["paper", "ministry"]
    assert dateline("ingest", "--source", "nobody", archive=filled).returncode == 1
    done = dateline("ingest", "some.txt", "--source", "wire", archive=filled)
    assert done.returncode == 2


def test_ingest_says_by_its_code_how_it_went(archive: Path, outside: Outside) -> None:
    whole = Run(source="wire", started=NOW, ended=NOW)
    for run, code, said in (
        (replace(whole, failed=1), 3, "1 failed"),
        (replace(whole, error="answers 404"), 3, "FAILED: answers 404"),
        (replace(whole, interrupted=True), 130, "Interrupted: the next run goes on"),
    ):
        outside.runs["wire"] = run
        done = dateline("ingest", archive=archive)
        assert (done.returncode, said in done.stdout) == (code, True)


def test_only_one_process_asks_the_sources(
    filled: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.freshen.WAIT", 0.0)
    with Archive.open(filled) as opened, collecting(opened):
        done = dateline("ingest", archive=filled)
    assert (done.returncode, outside.asked) == (5, [])
    assert "another process is reading the sources" in done.stderr


def test_schedule_once_reads_what_is_due(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest import schedule
    from ingest.process import Ended

    launched: list[Sequence[str]] = []

    class Once:
        def poll(self) -> Ended:
            return Ended(3)

        def stop(self) -> Ended:
            return Ended(3)

    def launch(_self: object, names: Sequence[str]) -> Once:
        launched.append(names)
        return Once()

    monkeypatch.setattr(schedule.Schedule, "_process", launch)
    monkeypatch.setattr("ingest.logs.log_lines", lambda: None)
    assert dateline("schedule", "--once", archive=filled).returncode == 3
    assert launched == [("ministry",)]
    wrong = dateline("schedule", "--limit", "long", archive=filled)
    assert (wrong.returncode, "is no length of time" in wrong.stderr) == (1, True)


def test_status_shows_each_source(filled: Path) -> None:
    done = dateline("status", archive=filled)
    assert done.returncode == 0
    totals, table = done.stdout.split("\n\n")
    assert "articles         3 (3 versions)" in totals
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert list(rows) == ["source", "wire", "ministry", "paper", "by-hand"]
    assert "2 new, 5 failed" in rows["wire"]
    assert rows["ministry"].endswith("FAILED           the last run failed: answers 404")
    found = json.loads(dateline("status", "--json", archive=filled).stdout)
    assert found["articles"] == 3
    assert [row["name"] for row in found["sources"]] == list(rows)[1:]


def test_runs_show_reasons(filled: Path) -> None:
    done = dateline("runs", archive=filled)
    assert "2 new, 5 failed" in done.stdout
    assert "    page 2 answers 500\n    … and 2 more" in done.stdout
    assert "FAILED: answers 404" in done.stdout
    assert len(dateline("runs", "-n", 1, archive=filled).stdout.splitlines()) in {1, 5}
    assert "wire" not in dateline("runs", "ministry", archive=filled).stdout
    wrong = dateline("runs", "nobody", archive=filled)
    assert (wrong.returncode, "by-hand" in wrong.stderr) == (1, True)


def test_a_run_without_an_end_goes_on_or_was_cut_off(filled: Path) -> None:
    with Archive.open(filled) as opened:
        for minutes in (1, 2):
            opened.note_run(Run(source="wire", started=NOW + timedelta(minutes=minutes)))
    shown = dateline("runs", "wire", archive=filled).stdout.splitlines()
    assert "running" in shown[0]
    assert "cut off" in shown[1]


def test_history_shows_what_was_corrected(archive: Path) -> None:
    url = "https://e.test/deal"
    first = article(
        "deal",
        "Seoul will invest $350 billion in ships.\n\nTalks go on.",
        headline="Deal struck",
        published="2025-07-31",
        url=url,
        key=url,
    )
    with Archive.open(archive, create=True) as opened:
        put(opened, [first], index=False)
        second = replace(first, body=first.body.replace("350", "200"))
        third = replace(second, body=second.body.replace("ships.", "ships.\n\nBoth signed."))
        fourth = replace(third, body=third.body.replace("\n\nBoth", " Both"))
        for each in (second, third, fourth):
            put(opened, [each], index=False)
    for named in (url, url + "?utm_source=x", first.id):
        done = dateline("history", named, archive=archive)
        assert done.returncode == 0
        assert "[-$350-] {+$200+} billion" in done.stdout
        assert "{+Both signed.+}" in done.stdout
        assert "ships. Both signed." in done.stdout, "a paragraph joined to another"
    assert "published  2025-07-31 (test)" in done.stdout
    assert done.stdout.count("Deal struck") >= 3
    wrong = dateline("history", "https://e.test/other", archive=archive)
    assert (wrong.returncode, "has no article" in wrong.stderr) == (1, True)


def test_what_outlets_write_cannot_steer_the_terminal(filled: Path) -> None:
    with Archive.open(filled) as opened:
        bad = "\x1b[2J\u202eevil\r\n\x07"
        run = Run(source="wire", started=NOW + timedelta(seconds=1), ended=NOW, error=bad)
        opened.note_run(replace(run, reasons=(bad,)))
    for words in (["status"], ["runs"], ["sources", "list"]):
        shown = dateline(*words, archive=filled).stdout
        assert "evil" in shown
        assert not {"\x1b", "\u202e", "\x07", "\r"} & set(shown)


def test_check_leaves_a_host_alone_that_asked_for_a_pause(filled: Path) -> None:
    until = datetime.now(UTC) + timedelta(hours=5)
    with Archive.open(filled, create=True) as opened:
        found = read(filled / "sources.toml").chosen(["wire"])
        state = {"left_alone": [found[0].urls[0], until.isoformat()]}
        opened.set_source_state("wire", state)
    done = dateline("sources", "check", "wire", archive=filled)
    assert (done.returncode, "0 of 1 sources answer" in done.stdout) == (3, True)
    assert f"asked for a pause; not before {until:%Y-%m-%d %H:}" in done.stdout
