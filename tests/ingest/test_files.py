"""Files of each format, good and bad, read from a real folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import files
from ingest.files import listing
from ingest.identity import PROBLEMS_LISTED
from tests.ingest.conftest import NOW, Read, read_all

SEED = (
    "SEOUL: South Korea’s acting President Han Duck-soo expressed optimism on Tuesday that talks "
    "with the United States will result in a mutually beneficial agreement.\n"
    "Speaking at a Cabinet meeting, Han said the meeting was arranged at the request of the US.\n"
)
KOREAN = "한미 관세 협상 타결\n\n한국과 미국은 관세 협상을 타결했다고 정부가 밝혔다.\n"


# -- formats ------------------------------------------------------------------------


def test_markdown_with_front_matter(reading: Read, folder: Path) -> None:
    articles, problems = reading(
        a__md="---\ndate: '2025-07-31'\nmodified_time: 2025-07-31 19:35:46-04:00\n"
        "published_time: 2025-07-31 19:08:24-04:00\nauthors: [Ann Lee, {name: Bo Kim}]\n"
        "source_url: https://www.whitehouse.gov/a/?utm_source=x#top\ntags: 12\n"
        'title: "Rates: M&amp;A"\n---\n \nBy the *authority*\nvested in me.\n'
    )
    assert not problems
    (a,) = articles
    assert (a.headline, a.body) == ("Rates: M&A", "By the authority vested in me.")
    assert a.published is not None
    assert (a.published.iso, a.published.found) == (
        "2025-07-31T19:08:24-04:00", "front matter: published_time",
    )  # fmt: skip
    assert a.updated is not None
    assert a.updated.found == "front matter: modified_time"
    assert a.key == a.url == "https://www.whitehouse.gov/a/"
    assert (a.outlet, a.byline, a.language) == ("White House", "Ann Lee, Bo Kim", "en")
    assert (a.source, a.path) == (folder.as_uri(), "a.md")


def test_front_matter_is_read_as_it_is_written(reading: Read) -> None:
    articles, problems = reading(
        a__md="---\r\nTitle: 12345\r\nTITLE: 007\r\nDate: 2025-07-31\r\nOutlet: null\r\n"
        "Author: By Ann\r\nlang: en-US\r\n...\r\nText.\r\n"
    )
    assert not problems
    (a,) = articles
    assert (a.headline, a.outlet, a.byline, a.language) == ("12345", "", "Ann", "en")
    assert a.published is not None
    assert a.published.date_only


def test_markdown_without_front_matter(reading: Read, folder: Path) -> None:
    articles, problems = reading(
        a__md="# The headline\n\nText one.\n",
        b__markdown="Text two.\n",
        **{"2025-04-22-korea-us_talks__md": "---\n\nText three, between rules.\n\n---\n"},
    )
    assert not problems
    found = {a.path: a for a in articles}
    one, two, three = (found[n] for n in ("a.md", "b.markdown", "2025-04-22-korea-us_talks.md"))
    assert (one.headline, one.body) == ("The headline", "Text one.")
    assert (two.headline, two.published) == ("B", None)
    assert (three.headline, three.body) == ("Korea us talks", "Text three, between rules.")
    assert one.key == (folder / "a.md").as_uri()


def test_plain_text(reading: Read) -> None:
    articles, problems = reading(
        a__txt="Talks end in Seoul\n\nThe talks ended.\nBoth sides agreed.\n", b__txt=SEED
    )
    assert not problems
    a, b = articles
    assert (a.headline, a.body) == ("Talks end in Seoul", "The talks ended.\n\nBoth sides agreed.")
    assert b.headline.startswith("SEOUL: South Korea’s acting President")
    assert b.headline.endswith("…")
    assert len(b.headline) <= 90
    assert b.body.count("\n\n") == 1
    assert (b.published, b.outlet, b.url, b.language) == (None, "", "", "en")


def test_json_lines(reading: Read, folder: Path) -> None:
    rows = [
        {"title": "One", "text": "Text one.", "url": "https://www.chosun.com/1", "date": 1753999704,
         "path": "posts/1.md", "publisher": {"name": "Chosun"}, "author": [{"name": "Kim"}]},
        {"headline": "Two", "body": "<p>Text <b>two</b>.</p><p>More.</p>", "id": "x-2"},
        {"content": ["First part.", "Second part."]},
        {"title": "\ud800Four", "text": "M&amp;T\ud800 &lt; 5"},
    ]  # fmt: skip
    articles, problems = reading(a__jsonl="\n\n".join(json.dumps(row) for row in rows) + "\n")
    assert not problems
    one, two, three, four = articles
    uri = (folder / "a.jsonl").as_uri()
    assert (one.outlet, one.byline, one.path) == ("Chosun", "Kim", "posts/1.md")
    assert one.published is not None
    assert one.published.iso == "2025-07-31T22:08:24+00:00"
    assert (two.key, two.body, two.path) == (f"{uri}#x-2", "Text two.\n\nMore.", "a.jsonl#3")
    assert re.fullmatch(rf"{re.escape(uri)}#[0-9a-f]{{16}}", three.key)
    assert (three.headline, three.path) == ("First part", "a.jsonl#5")
    assert three.body == "First part.\n\nSecond part."
    assert (four.headline, four.body) == ("Four", "M&T < 5")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv(reading: Read, delimiter: str) -> None:
    rows = [
        ["\ufeffTitle", "Published At", "Text", "x"],
        ["One", "2025-07-31", '"Text\none, two."', "1"],
        ["Two", "31 July 2025", '"He said ""yes""."', "2"],
    ]
    articles, problems = reading(a__csv="\r\n".join(map(delimiter.join, rows)))
    assert not problems
    assert [(a.headline, a.body, a.path) for a in articles] == [
        ("One", "Text one, two.", "a.csv#2"),
        ("Two", 'He said "yes".', "a.csv#4"),
    ]
    assert [a.published and a.published.iso for a in articles] == ["2025-07-31", "2025-07-31"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl", "a.csv"])
def test_encodings(reading: Read, name: str, encoding: str) -> None:
    headline, _, body = KOREAN.strip().partition("\n\n")
    contents = {
        "a.txt": KOREAN,
        "a.md": f"# {KOREAN}",
        "a.jsonl": json.dumps({"title": headline, "text": body}, ensure_ascii=False) + "\n",
        "a.csv": f"title,text\n{headline},{body}\n",
    }
    articles, problems = reading(**{name.replace(".", "__"): contents[name].encode(encoding)})
    assert not problems
    assert [(a.headline, a.body, a.language) for a in articles] == [(headline, body, "ko")]


def test_a_row_keeps_its_key_where_others_are_put_before_it(reading: Read) -> None:
    rows = ['{"title": "One", "text": "First."}', '{"text": "Second."}']
    before, _ = reading(a__jsonl="\n".join(rows))
    after, _ = reading(a__jsonl="\n".join(['{"title": "New", "text": "Just in."}', *rows]))
    assert [a.key for a in after[1:]] == [a.key for a in before]


# -- bad input ----------------------------------------------------------------------

DEEP = b"[" * 200_000
BAD = {
    "empty.md": (b"", None, "is empty"),
    "spaces.txt": (b" \n\n", None, "is empty"),
    "binary.md": (b"\x89PNG\r\n\0\0\0", None, "NUL bytes"),
    "noise.txt": (bytes(range(128, 256)) * 9, None, "is not text"),
    "latin.txt": ("one\ntwo\ncafé, naïve, thr\n".encode("latin-1"), 3, "is not UTF-8 (byte 0xe9)"),
    "open.md": (b"---\ntitle: x\n\nText.\n", 1, "never closed"),
    "colon.md": (b"---\ndate: 2025-01-01\ntitle: a: b\n---\nText.\n", 3, "needs quotes"),
    "yaml.md": (b"---\ntitle: [a\n---\nText.\n", 3, "not YAML"),
    "deep.md": (b"---\na: " + b"[" * 90_000 + b"\n---\nText.\n", 2, "not YAML"),
    "list.md": (b"---\n- a\n- b\n---\nText.\n", 2, "key: value"),
    "picture.md": (b"---\ntitle: x\n---\n![x](a.png)\n", None, "no text"),
    "bad.jsonl": (b'{"text": "a"}\n{"text": \n{"text": "b"}\n', 2, "is not JSON"),
    "array.jsonl": (b'{"text": "a"}\n["x"]\n{"text": "b"}\n', 2, "not a JSON object"),
    "nothing.jsonl": (b'{"text": "a"}\n{"title": "b"}\n{"text": "b"}\n', 2, "has no text"),
    "deep.jsonl": (b'{"text": "a"}\n' + DEEP + b'\n{"text": "b"}\n', 2, "nested too deep"),
    "bytes.jsonl": (b'{"text": "a"}\n{"text": "\xff"}\n{"text": "b"}\n', 2, "is not UTF-8"),
    "nul.jsonl": (b'{"text": "a"}\n{"text": "\0"}\n{"text": "b"}\n', 2, "NUL"),
    "columns.csv": (b"\nname,when\na,b\n", 2, "no column with the text"),
    "nothing.csv": (b"\n", None, "is empty"),
    "ragged.csv": (b"title,text\na,b\nc\nd,e\n", 3, "has 1 columns where the first line has 2"),
    "wide.csv": (b"title,text\na,b\nc,d,x\nd,e\n", 3, "has 3 columns"),
    "nul.csv": (b"title,text\na,b\nc,\0\nd,e\n", 3, "NUL"),
    "bytes.csv": (b'title,text\na,b\nc,"x\n\xff"\nd,e\n', 4, "is not UTF-8"),
}  # fmt: skip
KEPT = {"jsonl": 2, "csv": 2}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_reported_and_the_rest_read(reading: Read, name: str) -> None:
    data, line, reason = BAD[name]
    articles, problems = reading(**{name.replace(".", "__"): data, "zz__txt": "Good.\n\nText."})
    assert [(p.line, p.fatal) for p in problems] == [(line, True)]
    assert reason in problems[0].reason
    assert problems[0].path.endswith(name)
    kept = 0 if name in {"columns.csv", "nothing.csv"} else KEPT.get(name.split(".")[1], 0)
    assert len(articles) == 1 + kept


def test_impossible_values_are_left_out_and_reported(reading: Read) -> None:
    articles, problems = reading(
        a__md="---\ndate: 2199-01-01\nupdated: soon\nurl: javascript:alert(1)\n---\nText.\n"
    )
    (a,) = articles
    assert (a.published, a.updated, a.url) == (None, None, "")
    assert [p.fatal for p in problems] == [False] * 3
    assert "front matter: date is no possible date: '2199-01-01'" in problems[0].reason


def test_problems_of_one_file_are_listed_up_to_a_number(reading: Read) -> None:
    articles, problems = reading(a__jsonl="x\n" * 250 + '{"text": "a"}\n')
    assert len(articles) == 1
    assert len(problems) == PROBLEMS_LISTED + 1
    assert problems[-1].reason == "150 more problems in this file are not listed"


def test_a_file_that_is_too_big_is_refused(folder: Path, reading: Read) -> None:
    with (folder / "big.txt").open("wb") as file:
        file.truncate(60_000_000)
    _, problems = reading()
    assert "60 MB, over the limit of 50 MB" in problems[0].reason


LONG_LINE = """
import resource, sys
from pathlib import Path
from tests.ingest.conftest import read_all
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
articles, problems = read_all(Path(sys.argv[1]))
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(len(articles), grown, *problems, sep="\\n")
"""


@pytest.mark.parametrize("name", ["long.jsonl", "long.csv"])
def test_a_line_of_200_mb_is_skipped_in_little_memory(folder: Path, name: str) -> None:
    good = '{"text": "Text."}\n' if name == "long.jsonl" else "text\nText.\n"
    with (folder / name).open("w") as file:
        file.write(good)
        for _ in range(200):
            file.write("x" * 1_000_000)
        file.write("\n" + good.splitlines(keepends=True)[-1].replace("Text", "More"))
    run = subprocess.run(
        [sys.executable, "-c", LONG_LINE, str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    count, grown, *problems = run.stdout.splitlines()
    assert count == "2"
    assert float(grown) < 100
    line = 2 if name == "long.jsonl" else 3
    assert problems == [f"{folder / name}, line {line}: line of 200,000,001 bytes, "
                        "over the limit of 20,000,000"]  # fmt: skip


# -- folders ------------------------------------------------------------------------


def test_folders_are_walked_in_order_and_other_kinds_counted(folder: Path) -> None:
    for name in ("b.md", "a/z.txt", "a/y.md", ".hidden/x.md", ".x.md", "c.odt", "LICENSE"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"# {name}\n\nText of {name} here.")
    found = listing([folder, folder / "b.md"], now=NOW)
    assert [f.relative for f in found.files] == ["a/y.md", "a/z.txt", "b.md"]
    assert (found.others, found.problems) == ({str(folder): 2}, [])
    (named,) = listing([folder / "b.md"], now=NOW).files
    assert (named.relative, named.source) == ("b.md", (folder / "b.md").as_uri())
    (problem,) = listing([folder / "c.odt"], now=NOW).problems
    assert "of a kind that is not read" in problem.reason


def test_links_pipes_and_loops(folder: Path) -> None:
    (folder / "a.md").write_text("Text.")
    (folder / "sub").mkdir()
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "again.md").symlink_to(folder / "a.md")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    (folder / "self.md").symlink_to(folder / "self.md")
    os.mkfifo(folder / "pipe.md")
    articles, problems = read_all(folder)
    assert [a.path for a in articles] == ["a.md"]
    assert [Path(p.path).name for p in problems] == ["gone.md", "self.md"]
    assert all("link that leads nowhere" in p.reason for p in problems)
    assert listing([folder], now=NOW).others.total() == 1


def test_what_vanishes_or_is_forbidden_is_reported(folder: Path) -> None:
    for name in ("a.md", "b.jsonl", "c.md"):
        (folder / name).write_text('{"text": "a"}')
    found = listing([folder], now=NOW)
    (folder / "a.md").unlink()
    (folder / "b.jsonl").chmod(0)
    items = list(files.read(found.files))
    reasons = [str(item) for item in items if hasattr(item, "reason")]
    assert reasons[0].endswith("a.md: cannot be read: No such file or directory")
    if os.geteuid() != 0:
        assert reasons[1].endswith("b.jsonl: cannot be read: Permission denied")
    assert items[-1].path.endswith("c.md")


# -- keys ---------------------------------------------------------------------------


def test_two_files_with_one_url(reading: Read, folder: Path) -> None:
    head = "---\ntitle: T\nurl: https://e.com/a\n---\n"
    first = reading(a__md=head + "One.", b__md=head + "Two.", c__md=head + "One.")
    articles, problems = first
    assert [a.key for a in articles] == ["https://e.com/a", (folder / "b.md").as_uri()]
    assert [a.url for a in articles] == ["https://e.com/a"] * 2
    assert [(p.fatal, p.duplicate) for p in problems] == [(False, False), (False, True)]
    assert reading() == first


def test_rows_with_one_id_or_url(reading: Read, folder: Path) -> None:
    rows = ['{"id": 1, "text": "a"}', '{"id": 1, "text": "b"}', '{"id": 1, "text": "a"}']
    articles, problems = reading(a__jsonl="\n".join(rows))
    uri = (folder / "a.jsonl").as_uri()
    assert [a.key for a in articles] == [f"{uri}#1", f"{uri}#2"]
    assert [p.duplicate for p in problems] == [False, True]


# -- the real archives --------------------------------------------------------------


@pytest.mark.shared
def test_the_seed_article(shared_dir: Path) -> None:
    articles, problems = read_all(shared_dir / "seeds")
    assert not problems
    assert articles[0].headline == (
        "SEOUL: South Korea’s acting President Han Duck-soo expressed optimism on Tuesday that…"
    )


@pytest.mark.long
@pytest.mark.shared
def test_the_federal_register(shared_dir: Path) -> None:
    articles, problems = read_all(shared_dir / "archives" / "federal-register")
    assert len(articles) + len(problems) == 24_428
    assert all(p.duplicate for p in problems)
    assert {a.outlet for a in articles} == {"Federal Register"}
    assert all(a.published and a.body and a.headline for a in articles)
