"""`dateline sources import`: subscriptions and tables of links become sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.sources.declared import read
from tests.ui.command import Done, dateline

OPML = """<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><body>
<outline text="News"><outline title="Asia">
<outline type="rss" text="Harbour Gazette: Ports" xmlUrl="https://gazette.example/ports.xml"/>
<outline type="rss" text="항만신문" xmlUrl="feed://port.example/rss"/></outline>
<outline type="rss" text="Again" xmlUrl="https://gazette.example/ports.xml?utm_source=x"/>
</outline>
<outline text="Harbour Gazette – Ports" xmlUrl="feed:https://gazette.example/other.xml"/>
<outline text="Ours" xmlUrl="https://ours.example/rss"/>
<outline text="A page" type="link" url="https://a.example/"/>
<outline text="Old" xmlUrl="ftp://old.example/rss"/>
</body></opml>"""
OWN = '# Ours\n[sources.ours]\nurl = "https://ours.example/rss"   # Jin answers this\n'


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "sources.toml").write_text(OWN)
    return tmp_path / "a"


def imported(archive: Path, name: str, content: str, *more: str) -> Done:
    path = archive.parent / name
    path.write_text(content, encoding="utf-8")
    return dateline("sources", "import", path, *more, archive=archive)


def test_feeds_are_added_and_nothing_is_overwritten(archive: Path) -> None:
    done = imported(archive, "subs.opml", OPML, "--every", "2h")
    assert done.returncode == 0
    text = (archive / "sources.toml").read_text()
    assert text.startswith(OWN)
    assert "# News / Asia / Harbour Gazette: Ports\n[sources.harbour-gazette-ports]\n" in text
    added = read(archive / "sources.toml").sources[1:]
    assert [(s.name, s.kind, s.urls) for s in added] == [
        ("harbour-gazette-ports", "feed", ("https://gazette.example/ports.xml",)),
        ("port", "feed", ("http://port.example/rss",)),
        ("harbour-gazette-ports-2", "feed", ("https://gazette.example/other.xml",)),
    ]
    assert {s.every.total_seconds() for s in added} == {7200.0}
    assert "Added 3 feeds" in done.stdout
    assert "Already declared, left as they are: 2" in done.stdout
    assert "Ours (https://ours.example/rss) is 'ours'" in done.stdout
    assert "left out: 2\n    A page\n    Old\n" in done.stdout


def test_importing_twice_changes_nothing(archive: Path) -> None:
    imported(archive, "subs.opml", OPML)
    before = (archive / "sources.toml").read_text()
    done = imported(archive, "subs.opml", OPML)
    assert (done.returncode, "Added 0 feeds" in done.stdout) == (0, True)
    assert (archive / "sources.toml").read_text() == before


def test_a_table_of_links_becomes_a_list(archive: Path) -> None:
    table = "Title,URL\nFees,https://gazette.example/a\nNone,\n"
    done = imported(archive, "Saved pages.csv", table)
    assert "Added saved-pages (list)" in done.stdout
    assert "Links: 1; rows without an address: 1" in done.stdout
    source = read(archive / "sources.toml").sources[1]
    assert (source.kind, source.paths) == ("list", (archive.parent / "Saved pages.csv",))
    again = imported(archive, "Saved pages.csv", table)
    assert again.returncode != 0
    assert "already, as 'saved-pages'" in again.stderr


_MORE = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
LAUGHS = (
    f'<!DOCTYPE x [<!ENTITY a "ha">{_MORE}]><opml><body>'
    '<outline text="&j;" xmlUrl="https://a.example/rss"/></body></opml>'
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<opml><body><outline text="x&a;" xmlUrl="https://a.example/&a;"/></body></opml>'
)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.opml", "<rss><channel/></rss>", "is no OPML"),
        ("a.opml", "not XML at all", "is no OPML"),
        ("a.opml", "", "is no OPML"),
        ("a.csv", "Title,URL\nFees,\n", "has no http(s) address in it"),
    ],
)
def test_what_is_neither_is_told(archive: Path, name: str, content: str, said: str) -> None:
    done = imported(archive, name, content)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (archive / "sources.toml").read_text() == OWN


@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE])
def test_entities_neither_burst_nor_reach_outside(archive: Path, content: str) -> None:
    done = imported(archive, "a.opml", content)
    assert "Traceback" not in done.stderr
    text = (archive / "sources.toml").read_text()
    assert "root:" not in text
    assert len(text) < 2_000


def test_a_missing_file_is_told(archive: Path) -> None:
    done = dateline("sources", "import", archive / "lost.opml", archive=archive)
    assert done.returncode != 0
    assert "no such file" in done.stderr
