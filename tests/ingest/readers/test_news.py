"""Files of news items: known by their content wherever they lie, and what each comes to."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest import decode
from ingest.files import listing, read
from ingest.reading import Reading
from ingest.values import Problem, Withdrawal
from tests.ingest.conftest import NOW, Read, read_all
from tests.ingest.parsers.news import made
from tests.ingest.parsers.news.test_wire import IPTC_7901
from tests.ingest.readers.test_warc import warc
from vectorstore import Article, Revision

DOCUMENTS = {
    "ninjs": made.ninjs_file(),
    "ninjs list": json.dumps([made.ninjs()]),
    "ninjs lines": f"{made.ninjs_file()}\n" * 2,
    "nitf": made.nitf(),
    "g2": made.g2(),
    "message": made.message(made.g2()),
    "wire": IPTC_7901,
}


@pytest.mark.parametrize("ending", ["", ".dat", ".xml", ".txt", ".nitf", ".gz"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_are_known_by_their_content(folder: Path, name: str, ending: str) -> None:
    data = DOCUMENTS[name].encode()
    (folder / f"a{ending}").write_bytes(gzip.compress(data) if ending == ".gz" else data)
    articles, problems = read_all(folder)
    assert [a.headline for a in articles] == ["Talks resume"]
    assert [p for p in problems if not p.duplicate] == []


def test_other_files_are_left_as_they_were(reading: Read, folder: Path) -> None:
    articles, problems = reading(a__xml="<rss/>", b__bin=b"\0\1\2", c__txt="A headline\n\nText.")
    assert [a.headline for a in articles] == ["A headline"]
    assert problems == []
    assert listing([folder]).others.total() == 2


def test_an_article_with_all_that_its_newsroom_says(reading: Read) -> None:
    item = made.ninjs(
        firstcreated="2025-07-30T10:00:00+09:00",
        located="Seoul",
        subjects=[{"name": "Trade"}],
        copyrightholder="Wire",
        by="By Kim",
    )
    (article,), problems = reading(a__json=json.dumps(item))
    assert problems == []
    assert article.key == "urn:newsml:wire.example:20250731:talks"
    assert (article.url, article.outlet, article.byline) == ("", "Wire", "Kim")
    assert article.published
    assert article.updated
    assert article.published.iso == "2025-07-30T10:00:00+09:00"
    assert article.updated.iso == "2025-07-31T19:08:24+09:00"
    assert (article.dateline, article.subjects, article.places) == ("Seoul", ("Trade",), ("Seoul",))
    assert article.revision == Revision("1", "2025-07-31T19:08:24+09:00")


def test_an_address_as_uri_is_identity_and_address(reading: Read) -> None:
    (article,), _ = reading(a__json=made.ninjs_file(uri="HTTPS://wire.example/talks#top"))
    assert article.key == article.url == "https://wire.example/talks"


def test_states_of_an_item_are_one_article_and_repeats_are_left_out(reading: Read) -> None:
    later = {"version": "2", "bodies": [{"role": "text", "value": "The talks ended."}]}
    articles, problems = reading(
        a__json=made.ninjs_file(),
        b__json=made.ninjs_file(**later),
        c__json=made.ninjs_file(**later),
    )
    assert [a.revision.version for a in articles] == ["1", "2"]
    assert len({a.id for a in articles}) == 1
    assert [p.duplicate for p in problems] == [True]


def found(folder: Path) -> list[Article | Problem | Withdrawal]:
    return list(read(listing([folder], now=NOW).files))


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_what_is_taken_back_is_a_withdrawal(folder: Path, status: str) -> None:
    (folder / "a.json").write_text(made.ninjs_file())
    (folder / "b.json").write_text(made.ninjs_file(version="2", pubstatus=status, bodies=None))
    article, gone = found(folder)
    assert isinstance(article, Article)
    assert isinstance(gone, Withdrawal)
    assert (gone.keys, gone.status, gone.revision.version) == ((article.key,), status, "2")


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (made.ninjs_file(type="picture", bodies=None), "picture"),
        (made.ninjs_file(type="video", bodies=None), "video"),
        (made.ninjs_file(type="audio"), "audio"),
        (made.ninjs_file(type="event", bodies=None), "event"),
        (made.ninjs_file(type="planning", bodies=None), "planning item"),
        (made.ninjs_file(type="composite", bodies=None), "package"),
        (made.ninjs_file(bodies=None), "item without text"),
        (made.ninjs_file(embargoed="2099-01-01T00:00:00Z"), "item under embargo"),
        (made.g2(kind="graphic"), "graphic"),
    ],
)
def test_what_is_no_article_is_told_as_what_it_is(folder: Path, document: str, kind: str) -> None:
    (folder / "a.x").write_text(document)
    (problem,) = found(folder)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.fatal, kind in problem.reason) == (kind, False, True)


def test_an_embargo_that_is_over_holds_nothing_back(reading: Read) -> None:
    articles, _ = reading(a__json=made.ninjs_file(embargoed="2025-08-01T00:00:00+09:00"))
    assert len(articles) == 1


def test_other_articles_in_the_same_list_are_read_as_before(reading: Read) -> None:
    plain = {"title": "Plain", "text": "A plain text."}
    articles, problems = reading(a__json=json.dumps({"items": [made.ninjs(), plain]}))
    assert [a.headline for a in articles] == ["Talks resume", "Plain"]
    assert problems == []


def test_a_mapping_of_the_user_s_wins(folder: Path) -> None:
    (folder / "a.json").write_text(made.ninjs_file(note="Our own text."))
    files = listing([folder], now=NOW, reading=Reading(columns={"body": "note"})).files
    (article,) = read(files)
    assert isinstance(article, Article)
    assert article.body == "Our own text."


def packed(kind: str, files: dict[str, bytes]) -> bytes:
    """A ZIP or tar archive, the latter packed or not."""
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w:gz" if kind != "tar" else "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz"])
def test_archives_are_read_like_folders(folder: Path, kind: str) -> None:
    files = {
        "wire/a": made.ninjs_file().encode(),
        "wire/b.xml": made.g2().encode(),
        "c.md": b"# Plain\n\nA plain text.",
        "d.jsonl.gz": gzip.compress(b'{"title": "Row", "text": "A row."}\n'),
        "e.parquet": b"no parquet",
        "f.png": b"\x89PNG",
        "__MACOSX/._a": b"junk",
    }
    (folder / f"news.{kind}").write_bytes(packed(kind, files))
    articles, problems = read_all(folder)
    assert [a.headline for a in articles] == ["Talks resume", "Talks resume", "Plain", "Row"]
    assert articles[2].key.endswith(f"news.{kind}!/c.md")
    assert articles[2].path == f"news.{kind}/c.md"
    assert [(p.path.rpartition(", ")[2], p.fatal, p.kind) for p in problems] == [
        ("e.parquet", True, ""),
        ("f.png", False, "file of another kind"),
    ]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_damaged_archive_is_told(folder: Path, kind: str) -> None:
    (folder / f"news.{kind}").write_bytes(b"no archive at all" * 100)
    articles, (problem,) = read_all(folder)
    assert articles == []
    assert problem.fatal
    assert f"news.{kind}" in problem.path


def test_a_tar_that_is_cut_off_is_told_after_what_is_whole(folder: Path) -> None:
    files = {"a.json": made.ninjs_file().encode(), "b.json": b" " * 9_000}
    (folder / "news.tar").write_bytes(packed("tar", files)[:4_000])
    articles, problems = read_all(folder)
    assert len(articles) == 1
    assert any(p.fatal for p in problems)


def test_items_in_a_web_archive(folder: Path) -> None:
    day = "2025-08-01T00:00:00Z"
    captures = [
        (
            "https://w.example/1",
            day,
            made.ninjs_file().encode(),
            {"Content-Type": "application/json"},
        ),
        ("https://w.example/2", day, made.nitf().encode(), {"Content-Type": "text/xml"}),
        ("https://w.example/3", day, b'{"count": 1}', {"Content-Type": "application/json"}),
        ("https://w.example/4", day, b"<rss/>", {"Content-Type": "application/rss+xml"}),
    ]
    (folder / "a.warc").write_bytes(warc(*captures))
    articles, problems = read_all(folder)
    assert [(a.headline, a.url) for a in articles] == [
        ("Talks resume", "https://w.example/1"),
        ("Talks resume", "https://w.example/2"),
    ]
    assert articles[0].key == made.ninjs()["uri"]
    (left,) = problems
    assert (left.kind, left.entries, left.fatal) == ("file of another kind", 2, False)


@pytest.mark.parametrize("form", ["{}", '{{"meta": {{"n": [1]}}, "items": {}}}'])
def test_a_list_too_long_to_hold_is_read_item_by_item(
    folder: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(decode, "MAX_FILE", 2_000)
    rows = [made.ninjs(uri=f"urn:{n}") for n in range(20)] + [{"title": "P", "text": "Plain."}]
    (folder / "a.json").write_text("\ufeff" + form.format(json.dumps(rows)), "utf-8")
    articles, problems = read_all(folder)
    assert len(articles) == 21
    assert problems == []


def test_a_long_list_that_breaks_off_gives_what_is_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_FILE", 2_000)
    rows = json.dumps([made.ninjs(uri=f"urn:{n}") for n in range(20)])
    (folder / "a.json").write_text(rows[:-100])
    articles, (problem,) = read_all(folder)
    assert len(articles) == 19
    assert problem.fatal
    assert "is not JSON (after 19 items)" in problem.reason


def test_a_long_file_without_a_list_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_FILE", 2_000)
    (folder / "a.json").write_text(json.dumps({"text": "word " * 1_000}))
    _, (problem,) = read_all(folder)
    assert "holds no list of articles" in problem.reason
