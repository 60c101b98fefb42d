"""Runs over news items: new versions, withdrawals, and what is no article, all counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from ingest import run
from ingest.collect import collect
from ingest.sources.declared import Fetching, Source
from ingest.sources.health import check
from ingest.sources.preview import preview
from tests.ingest.parsers.news import made
from vectorstore import Archive, Article, Filters

ID = Article(key=str(made.ninjs()["uri"]), headline="", body="").id
SECOND = {"version": "2", "bodies": [{"role": "text", "value": "The talks ended on Friday."}]}


def write(folder: Path, **items: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in items.items():
        (folder / f"{name}.json").write_text(text)
    return folder


def test_a_correction_is_a_new_version_in_whatever_order_it_comes(
    empty: Archive, tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "wire",
        a=made.ninjs_file(**SECOND),
        b=made.ninjs_file(subjects=[{"name": "Trade"}]),
    )
    report = run(empty, [folder])
    assert (report.new, report.updated, report.problems) == (1, 1, ())
    assert empty.article(ID).body == "The talks ended on Friday."
    assert next(iter(empty.versions(ID))).body == "The talks resumed."
    again = run(empty, [folder])
    assert (again.new, again.changed, again.updated, again.unchanged) == (0, 0, 0, 2)


def test_two_texts_of_one_version_do_not_take_turns(empty: Archive, tmp_path: Path) -> None:
    other = {**SECOND, "version": "1"}
    folder = write(tmp_path / "wire", a=made.ninjs_file(), b=made.ninjs_file(**other))
    assert run(empty, [folder]).changed == 1
    again = run(empty, [folder])
    assert (again.changed, again.updated, again.unchanged) == (0, 0, 2)
    assert empty.article(ID).body == "The talks ended on Friday."


def test_a_canceled_item_withdraws_its_article_for_good(empty: Archive, tmp_path: Path) -> None:
    canceled = made.ninjs_file(version="2", pubstatus="canceled", bodies=None)
    folder = write(tmp_path / "wire", a=made.ninjs_file())
    run(empty, [folder])
    assert empty.search("talks resumed", k=1)
    report = run(empty, [write(folder, b=canceled)])
    assert (report.withdrawn, report.unchanged, report.problems) == (1, 1, ())
    assert empty.search("talks resumed", k=1) == []
    assert empty.article(ID).withdrawn
    again = run(empty, [folder])
    assert (again.withdrawn, again.updated, again.unchanged) == (0, 0, 1)
    assert empty.article(ID).withdrawn
    assert next(iter(empty.runs())).withdrawn in {0, 1}
    run(empty, [write(folder, c=made.ninjs_file(**{**SECOND, "version": "3"}))])
    assert not empty.article(ID).withdrawn


def test_withdrawn_before_it_came(empty: Archive, tmp_path: Path) -> None:
    canceled = made.ninjs_file(version="2", pubstatus="withheld", bodies=None)
    run(empty, [write(tmp_path / "wire", a=canceled)])
    run(empty, [write(tmp_path / "wire", b=made.ninjs_file())])
    assert empty.article(ID).withdrawn
    assert empty.search("talks resumed", k=1) == []


@pytest.mark.parametrize(
    "kill",
    [
        {"version": None, "versioncreated": None},
        {"version": None, "versioncreated": "2025-07-31"},
        {"version": None, "versioncreated": None, "provider": None, "type": "kill"},
        {"version": None, "versioncreated": None, "pubstatus": "kill"},
    ],
)
def test_a_kill_without_a_revision_withdraws_the_article_that_stands(
    empty: Archive, tmp_path: Path, kill: dict[str, object]
) -> None:
    folder = write(tmp_path / "wire", a=made.ninjs_file())
    run(empty, [folder])
    canceled = made.ninjs_file(**{"pubstatus": "canceled", "bodies": None, **kill})
    report = run(empty, [write(tmp_path / "desk", k=canceled)])
    assert (report.withdrawn, report.not_articles, report.announced) == (1, 1, 1)
    assert empty.article(ID).withdrawn
    assert run(empty, [folder]).unchanged == 1
    assert empty.article(ID).withdrawn


def test_a_kill_by_the_provider_s_own_name_needs_no_provider(
    empty: Archive, tmp_path: Path
) -> None:
    kill = made.ninjs_file(uri="N-4711", provider=None, pubstatus="canceled", bodies=None)
    folder = write(tmp_path / "wire", a=made.ninjs_file(uri="N-4711", provider="Wire"))
    run(empty, [folder])
    report = run(empty, [write(tmp_path / "desk", k=kill)])
    assert (report.withdrawn, report.failed) == (1, 0)
    again = run(empty, [tmp_path / "desk"])
    assert (again.withdrawn, again.failed, again.not_articles) == (0, 0, 1)
    other = made.ninjs_file(uri="N-12", provider=None, pubstatus="canceled", bodies=None)
    report = run(empty, [write(tmp_path / "other", k=other)])
    assert (report.withdrawn, report.failed, report.announced) == (0, 1, 1)
    assert "no article has its name" in str(report.problems[0])


def test_an_identity_of_another_provider_is_kept_apart_and_told(
    empty: Archive, tmp_path: Path
) -> None:
    run(empty, [write(tmp_path / "wire", a=made.ninjs_file())])
    theirs = {"provider": "Rival", "version": "9"}
    text = [{"role": "text", "value": "The talks never happened."}]
    report = run(empty, [write(tmp_path / "rival", a=made.ninjs_file(bodies=text, **theirs))])
    assert (report.new, report.changed, report.announced) == (1, 0, 1)
    assert "names itself as an article of" in str(report.problems[0])
    assert empty.article(ID).body == "The talks resumed."
    kill = made.ninjs_file(**{**theirs, "pubstatus": "canceled", "bodies": None, "version": "10"})
    report = run(empty, [write(tmp_path / "rival", k=kill)])
    assert (report.withdrawn, report.unchanged, report.not_articles) == (1, 1, 1)
    assert not empty.article(ID).withdrawn
    third = made.ninjs_file(provider="Third", pubstatus="canceled", bodies=None)
    report = run(empty, [write(tmp_path / "third", k=third)])
    assert (report.withdrawn, report.failed) == (0, 1)
    assert "it stays" in str(report.problems[0])
    assert not empty.article(ID).withdrawn


def test_every_entry_of_files_ends_as_exactly_one_outcome(empty: Archive, tmp_path: Path) -> None:
    """As for sources: the counts add up in the report, in the record, and on the page."""
    held = made.ninjs_file(uri="urn:later", embargoed="2999-01-01T00:00:00Z")
    photo = made.ninjs_file(uri="urn:p", type="picture", bodies=None)
    folder = write(tmp_path / "wire", a=made.ninjs_file(), b=made.ninjs_file(), h=held, p=photo)
    (folder / "logo.odt").write_text("nothing")
    (folder / "empty.md").write_text("")
    rows = ['{"title": "T", "text": "A text of a row."}', *["no row"] * 130]
    (folder / "rows.jsonl").write_text("\n".join(rows))
    (tmp_path / "alone.md").write_text("---\ndate: never\n---\nA text of its own here.")
    report = run(empty, [folder, tmp_path / "alone.md"])
    assert (report.new, report.duplicates, report.postponed) == (3, 1, 1)
    assert (report.not_articles, report.failed) == (2, 131)
    assert report.announced == 138
    assert report.others == {"item under embargo": 1, "picture": 1, "file of another kind": 1}
    assert [r.announced for r in report.runs] == [137, 1]
    assert sorted(empty.runs(), key=lambda r: r.source) == sorted(
        report.runs, key=lambda r: r.source
    )
    for one in report.runs:
        assert one.accounted == one.announced
    again = run(empty, [folder])
    assert (again.new, again.unchanged, again.announced) == (0, 2, 137)
    wire = Source(name="wire", kind="files", paths=(folder,))
    (source,) = collect(empty, [wire], settings=Fetching())
    names = ("unchanged", "updated", "duplicates", "not_articles", "failed", "postponed")
    assert [getattr(source.run, n) for n in names] == [0, 2, 1, 2, 131, 1]
    assert source.run.accounted == source.run.announced == 137


def test_a_file_that_cannot_be_read_has_a_record_too(empty: Archive, tmp_path: Path) -> None:
    (tmp_path / "a.odt").write_text("nothing")
    report = run(empty, [tmp_path / "a.odt"])
    (kept,) = empty.runs()
    assert (kept.failed, kept.announced, report.failed) == (1, 1, 1)
    assert "of a kind that is not read" in kept.reasons[0]


def test_what_is_no_article_is_counted_and_fails_nothing(empty: Archive, tmp_path: Path) -> None:
    photos = {f"p{n}": made.ninjs_file(uri=f"urn:{n}", type="picture", bodies=None) for n in "ab"}
    event = made.ninjs_file(uri="urn:e", type="event", bodies=None)
    report = run(empty, [write(tmp_path / "wire", a=made.ninjs_file(), e=event, **photos)])
    assert report.others == {"picture": 2, "event": 1}
    assert (report.new, report.problems) == (1, ())
    (kept,) = empty.runs()
    assert (kept.announced, kept.not_articles) == (4, 3)
    assert (kept.failed, kept.reasons) == (0, ("no articles, left out: 2 pictures, 1 event",))


def test_a_declared_folder_counts_the_same(empty: Archive, tmp_path: Path) -> None:
    canceled = made.ninjs_file(uri="urn:x", version="2", pubstatus="canceled", bodies=None)
    folder = write(tmp_path / "wire", a=made.ninjs_file(uri="urn:x"))
    wire = Source(name="wire", kind="files", paths=(folder,))
    collect(empty, [wire], settings=Fetching())
    write(folder, b=canceled, c=made.ninjs_file(type="video", bodies=None))
    embargoed = made.ninjs_file(uri="urn:later", embargoed="2999-01-01T00:00:00Z")
    write(folder, d=embargoed)
    (report,) = collect(empty, [wire], settings=Fetching())
    run = report.run
    assert (run.withdrawn, run.failed, run.unchanged) == (1, 0, 1)
    assert (run.announced, run.not_articles, run.postponed) == (4, 2, 1)
    assert run.accounted == run.announced
    assert run.reasons == (
        "no articles, left out: 1 item under embargo, 1 video",
        f"1 entry withdrew an article, the first: {folder / 'b.json'}",
    )


class Wire(BaseHTTPRequestHandler):
    """A wire's server: documents by path."""

    documents: ClassVar[dict[str, tuple[str, str]]] = {}

    def do_GET(self) -> None:
        kind, text = self.documents.get(self.path, ("", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def wire() -> Iterator[str]:
    Wire.documents = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_address_that_answers_with_a_message_is_a_source(empty: Archive, wire: str) -> None:
    about = '<subject type="cpnat:geoArea"><name>Seoul</name></subject>'
    items = (made.g2(about=about), made.g2(guid="urn:g2:photo", kind="picture"))
    Wire.documents["/latest"] = ("application/octet-stream", made.message(*items))
    source = Source(name="g2", kind="feed", urls=(f"http://{wire}/latest",))
    settings = Fetching(gap=0, allow_private=(wire,))
    assert check(source, settings=settings).entries == 2
    (report,) = collect(empty, [source], settings=settings)
    assert (report.run.new, report.run.failed) == (1, 0)
    assert report.run.reasons == ("no articles, left out: 1 picture",)
    assert (report.run.announced, report.run.not_articles, report.run.accounted) == (2, 1, 2)
    (stored,) = empty.browse(Filters(places=("Seoul",)))
    assert (stored.key, stored.outlet, stored.source) == ("urn:g2:talks", "Wire", "g2")
    assert collect(empty, [source], settings=settings)[0].run.unchanged == 1
    Wire.documents["/latest"] = ("text/xml", made.g2(version=2, status="canceled"))
    (report,) = collect(empty, [source], settings=settings)
    assert (report.run.withdrawn, report.run.not_articles) == (1, 1)
    assert report.run.accounted == report.run.announced == 1
    Wire.documents["/latest"] = ("text/xml", made.g2(guid="", status="canceled"))
    (report,) = collect(empty, [source], settings=settings)
    assert (report.run.failed, report.run.accounted, report.run.announced) == (1, 1, 1)
    assert "names no item" in report.run.reasons[0]


def test_a_page_that_is_an_item_is_read_as_one(empty: Archive, wire: str) -> None:
    Wire.documents["/item"] = ("application/json", json.dumps({"data": {"item": made.ninjs()}}))
    source = Source(name="one", kind="pages", urls=(f"http://{wire}/item",), outlet="Our wire")
    settings = Fetching(gap=0, allow_private=(wire,))
    (report,) = collect(empty, [source], settings=settings)
    assert (report.run.new, report.run.failed) == (1, 0)
    stored = empty.article(ID)
    assert (stored.url, stored.outlet) == (f"http://{wire}/item", "Our wire")
    Wire.documents["/item"] = ("application/json", made.ninjs_file(**SECOND))
    (report,) = collect(empty, [source], settings=settings)
    assert report.run.changed == 1


def test_a_page_of_several_items_counts_each_of_them(empty: Archive, wire: str) -> None:
    items = (made.g2(), made.g2(guid="urn:g2:photo", kind="picture"), made.g2(guid="urn:g2:b"))
    Wire.documents["/item"] = ("text/xml", made.message(*items))
    source = Source(name="many", kind="pages", urls=(f"http://{wire}/item",))
    settings = Fetching(gap=0, allow_private=(wire,))
    for new in (2, 0):
        (report,) = collect(empty, [source], settings=settings)
        assert (report.run.new, report.run.unchanged) == (new, 2 - new)
        assert (report.run.announced, report.run.not_articles) == (3, 1)
        assert report.run.accounted == report.run.announced + report.run.checked


def test_a_preview_says_what_an_item_would_become(wire: str) -> None:
    Wire.documents["/item"] = ("text/plain", made.ninjs_file())
    Wire.documents["/many"] = ("text/xml", made.message(made.g2(), made.g2(guid="urn:b")))
    settings = Fetching(gap=0, allow_private=(wire,))
    one, many = (preview(f"http://{wire}/{p}", settings=settings) for p in ("item", "many"))
    assert one.article
    assert (one.kind, one.article.headline) == ("page", "Talks resume")
    assert (many.kind, many.entries) == ("feed", ("Talks resume", "Talks resume"))
