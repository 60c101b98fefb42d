"""Editing a `sources.toml`: what people wrote stays as they wrote it."""

from __future__ import annotations

import os
import random
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.sources.declared import read
from ingest.sources.edit import add, format_duration, name_for, remove
from ingest.sources.validation import duration
from vectorstore import InputError

OWN = """# Our sources
[fetch]
contact = "desk@example.org"   # Jin answers this

[sources.ustr]     # the trade office
url = "https://ustr.gov/rss.xml"
every = '2h'       # slow

# Yonhap's English service
[sources.yonhap]
url = "https://en.yna.test/rss"

[sources.wire]
kind = "sitemap"
url = "https://wire.test/news.xml"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "sources.toml"
    made.write_text(OWN)
    return made


def test_adding_appends_and_keeps_every_line(path: Path) -> None:
    url = "https://a.test/feed"
    add(path, "desk", url=url, kind="feed", outlet="", every=timedelta(minutes=90))
    text = path.read_text()
    assert text.startswith(OWN)
    assert text.removeprefix(OWN).split() == [
        "[sources.desk]",
        *f'url = "{url}" kind = "feed" every = "90m"'.split(),
    ]
    assert [s.name for s in read(path).sources] == ["ustr", "yonhap", "wire", "desk"]
    assert read(path).sources[-1].every == timedelta(minutes=90)


def test_removing_takes_one_table_and_leaves_the_rest(path: Path) -> None:
    remove(path, "yonhap")
    assert [s.name for s in read(path).sources] == ["ustr", "wire"]
    text = path.read_text()
    assert text.startswith(OWN[: OWN.index("# Yonhap")])
    assert OWN[OWN.index("[sources.wire]") :] in text


def test_adding_and_removing_gives_the_same_file(path: Path) -> None:
    add(path, "desk", url="https://a.test/feed")
    remove(path, "desk")
    assert path.read_text().strip() == OWN.strip()


def test_a_first_source_makes_the_file(tmp_path: Path) -> None:
    made = tmp_path / "new" / "sources.toml"
    add(made, "desk", url=["https://a.test/1", "https://a.test/2"], kind="pages")
    assert read(made).sources[0].urls == ("https://a.test/1", "https://a.test/2")
    assert made.read_text().startswith("# Where this archive's articles come from")
    assert made.stat().st_mode & 0o777 == 0o644
    remove(made, "desk")
    assert read(made).sources == ()
    add(made, "desk", url="https://a.test/feed")
    assert read(made).sources[0].name == "desk"


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("ustr", {"url": "https://a.test/"}, "has a source 'ustr' already"),
        ("Desk", {"url": "https://a.test/"}, "a name is lower-case letters"),
        ("desk", {"url": "ftp://a.test/"}, "is no http"),
        ("desk", {"kind": "feed"}, "needs a url"),
        ("desk", {"url": "https://a.test/", "colour": "red"}, "unknown key 'colour'"),
        ("desk", {"url": "https://a.test/", "enabled": "false"}, "enabled must be true or false"),
        ("desk", {"url": "https://a.test/", "language": "Korean"}, "must be two letters"),
        ("desk", {"url": "https://a.test/", "every": "soon"}, "every 'soon' is no length"),
        ("desk", {"url": "https://a.test/", "columns": "titel"}, "columns must be a table"),
        (
            "desk",
            {"url": "https://a.test/", "columns": {"titel": "headline"}},
            r"desk\]: .* no word 'titel'",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_not_written(
    path: Path, name: str, values: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        add(path, name, **values)
    assert path.read_text() == OWN
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[fetch]\nallow_private = ["http://127.0.0.1:8801/"]', "names hosts"),
        ('[fetch]\nallow_private = ["10.0.0.0/8"]', "names hosts"),
        ("[fetch]\ncontact = 3", "contact must be text"),
        ('[sources.a]\nurl = "https://a.test/"\npath = "in"', "has a url and a path"),
    ],
)
def test_what_a_file_cannot_mean_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read(path)


def test_what_is_not_there_cannot_be_removed(path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are: ustr, yonhap, wire"):
        remove(path, "desk")
    with pytest.raises(InputError, match="there is no"):
        remove(tmp_path / "none.toml", "desk")


def test_a_broken_file_is_left_alone(path: Path) -> None:
    for broken in (b"[sources.x", b"\xff\xfe", b'[sources.x]\nurl = "nowhere"\n'):
        path.write_bytes(broken)
        with pytest.raises(InputError):
            add(path, "desk", url="https://a.test/")
        assert path.read_bytes() == broken


def test_links_permissions_and_line_ends_stay(path: Path, tmp_path: Path) -> None:
    path.write_bytes(OWN.replace("\n", "\r\n").encode())
    path.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    add(link, "desk", url="https://a.test/feed")
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(OWN.replace("\n", "\r\n").encode())
    assert len(read(path).sources) == 4


def test_any_order_of_tables_can_be_edited(tmp_path: Path) -> None:
    """200 files of tables in random order, with comments, edited at random: only what was
    asked for changes."""
    chance = random.Random(5)
    tables = [f'[sources.s{n}]  # {n}\nurl = "https://s{n}.test/"\n' for n in range(4)]
    tables += ["[fetch]\ngap = 2.0\n", '[defaults]\nlanguage = "en"\n']
    for _ in range(200):
        path = tmp_path / "s.toml"
        chosen = chance.sample(tables, chance.randint(1, 6))
        path.write_text("\n".join(chosen))
        data = tomllib.loads(path.read_text())
        held = dict(data.get("sources", {}))
        if held and chance.random() < 0.5:
            gone = chance.choice(list(held))
            remove(path, gone)
            del held[gone]
        else:
            add(path, "new", url="https://new.test/")
            held["new"] = {"url": "https://new.test/"}
        after = tomllib.loads(path.read_text())
        assert after.get("sources", {}) == held
        for other in ("fetch", "defaults"):
            assert after.get(other) == data.get(other)
        for n in range(4):
            assert (f"# {n}\n" in path.read_text()) == (f"s{n}" in held)


def test_names_come_from_the_host() -> None:
    assert name_for("https://www.whitehouse.gov/news/", []) == "whitehouse"
    assert name_for("https://ustr.gov/rss.xml", ["ustr"]) == "ustr-2"
    assert name_for("https://en.yna.co.kr/rss", []) == "en-yna"
    assert name_for("http://127.0.0.1:80/", []) == "127.0.0.1"
    assert name_for("https://xn--bcher-kva.test/", []) == "xn--bcher-kva"
    assert name_for("https://한국.kr/", []) == "source"


def test_lengths_are_written_as_they_are_read() -> None:
    for text in ("90s", "30m", "90m", "2h", "1d", "4w", "36h"):
        assert format_duration(duration(text, "")) == text
    assert format_duration(timedelta(0)) == "0w"
