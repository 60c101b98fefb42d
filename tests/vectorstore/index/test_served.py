"""An archive whose dense index is on a Chroma server: it answers as with its own segments."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from tests.chroma import ChromaServer, behind_tls
from tests.conftest import NEWS, article, put
from tests.vectorstore.index.test_dense import rows
from ui.web.probes import readiness
from vectorstore import Archive, Filters, InputError
from vectorstore.errors import IndexAway
from vectorstore.health import Finding
from vectorstore.health.indexes import index_findings
from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.index.opening import vector_index
from vectorstore.index.serving import serving

ASKED = "building vessels in Pennsylvania"


def configured(folder: Path, url: str, *more: str) -> Path:
    folder.mkdir(exist_ok=True)
    text = "\n".join(["[dense]", f'url = "{url}"', *more])
    (folder / "archive.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def archive(chroma: ChromaServer, tmp_path: Path) -> Iterator[Archive]:
    """Five short articles, their vectors on the server of this session."""
    with Archive.open(configured(tmp_path / "archive", chroma.url), create=True) as made:
        put(made, NEWS)
        yield made


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChromaServer]:
    """A server that may be stopped; one that did not answer is asked again at once."""
    monkeypatch.setattr("vectorstore.index.served.PAUSE", 0.0)
    monkeypatch.setattr("vectorstore.index.served.FRESH", 0.0)
    server = ChromaServer(tmp_path / "chroma")
    server.start()
    yield server
    server.stop()


def indexed(archive: Archive) -> list[str]:
    return sorted(
        i for s in archive._dense.manifest()["segments"] for i in archive._dense.ids(s["name"])
    )


def live(archive: Archive) -> list[str]:
    ids = [hit.passage_id for hit in archive.search("tariff docks magnets 관세", k=50)]
    return sorted(ids)


def nearest(archive: Archive, text: str = ASKED) -> dict[str, float]:
    return archive._dense.search(archive.embedder.query(text), 9, Filters())


def wrong(folder: Path) -> dict[str, Finding]:
    ledger = ReadOnlyLedger(folder / "ledger.sqlite3")
    found = list(index_findings(folder, ledger, quick=False))
    ledger.close()
    return {f.check: f for f in found if f.state in {"error", "warning"}}


def test_it_finds_what_embedded_segments_find(archive: Archive, newsroom: Archive) -> None:
    assert not (archive.path / "dense").exists()
    for text in (ASKED, "자동차 관세", "How much will Seoul invest?"):
        ours, theirs = nearest(archive, text), nearest(newsroom, text)
        assert list(ours) == list(theirs)
        assert ours == pytest.approx(theirs, abs=2e-3)
    for filters in (Filters(as_of=date(2025, 7, 30)), Filters(outlets=("경제부",))):
        hits = archive.search("tariff Korea 관세 magnets", filters=filters)
        same = newsroom.search("tariff Korea 관세 magnets", filters=filters)
        assert [h.passage_id for h in hits] == [h.passage_id for h in same]
    assert wrong(archive.path) == {}


def test_replaced_and_withdrawn_articles_leave_the_server(archive: Archive) -> None:
    assert len(indexed(archive)) == 6
    put(archive, [replace(NEWS[0], body="The letter was never sent.")])
    assert archive.search("letter", k=1)[0].text == "The letter was never sent."
    with archive.writing():
        archive.withdraw_articles([NEWS[2].id])
        archive.index()
    assert indexed(archive) == live(archive)
    assert len(indexed(archive)) == 4
    assert wrong(archive.path) == {}


def test_names_of_newsrooms_are_filters_and_go_with_the_article(archive: Archive) -> None:
    named = article("n.md", "A quay was opened.", subjects=("Ports", "Trade"), places=("Busan",))
    put(archive, [named])

    def found(**given: tuple[str, ...]) -> bool:
        filters = Filters(**given)  # type: ignore[arg-type]
        return bool(archive._dense.search(archive.embedder.query("quay"), 9, filters))

    assert found(subjects=("ports",), places=("BUSAN", "Seoul"))
    assert not found(subjects=("ports",), places=("Seoul",))
    put(archive, [replace(named, subjects=(), places=("Seoul",))])
    assert found(places=("Seoul",))
    assert not found(subjects=("ports",))
    assert not found(places=("Busan",))


def test_another_process_sees_what_is_new(archive: Archive) -> None:
    with Archive.open(archive.path) as reader:
        assert set(nearest(reader)) == set(nearest(archive))
        reader._dense._seen = None  # type: ignore[attr-defined]  # a second later
        put(archive, [article("new.md", "A shipyard in Pennsylvania is building vessels.")])
        assert "new.md" in {h.article.path for h in reader.search(ASKED)}


def test_two_archives_on_one_server_do_not_mix(archive: Archive, tmp_path: Path) -> None:
    url = serving(archive.path)
    assert url is not None
    other = configured(tmp_path / "other", url.url, 'collection = "other-archive"')
    with Archive.open(other, create=True) as second:
        put(second, NEWS[:1])
        assert len(indexed(second)) == 2
        assert len(indexed(archive)) == 6
        second._dense.clear()
    assert len(indexed(archive)) == 6


def test_a_run_that_is_killed_between_rows_and_manifest_is_done_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = archive._dense.cursor()
    with monkeypatch.context() as patched:
        patched.setattr("vectorstore.index.served.delete_dead", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            put(archive, [replace(NEWS[0], body="The letter was never sent.")])
    assert archive._dense.cursor() == reached
    assert archive._dense.verify() == [], "nothing has to be written anew"
    generation = archive._dense.manifest()["segments"][0]["name"]
    with archive.writing():
        archive.index()
    assert archive._dense.manifest()["segments"][0]["name"] == generation
    assert indexed(archive) == live(archive)


def test_a_server_that_is_away_is_done_without_and_told(
    own: ChromaServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Archive.open(configured(tmp_path / "archive", own.url), create=True) as archive:
        put(archive, NEWS)
        assert readiness(archive) == ([], [])
        own.stop()
        assert archive.search("Hanwha docks", k=1)[0].article.path == "ships.md"
        assert readiness(archive) == ([], ["dense index"])
        assert archive.status().articles == len(NEWS)
        assert own.url in wrong(archive.path)["dense index"].found
        put(archive, [article("new.md", "The pangolin came back.")])
        assert archive.search("pangolin", k=1)[0].article.path == "new.md"
        assert "until the next run" in caplog.text
        own.start()
        assert archive.status().unindexed == 1
        with archive.writing():
            archive.index()
        assert readiness(archive) == ([], [])
        assert len(nearest(archive)) == 7
        assert wrong(archive.path) == {}


@pytest.mark.parametrize("lost", ["all", "collection", "rows"])
def test_what_a_server_has_lost_is_written_again_without_embedding(
    own: ChromaServer, tmp_path: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(configured(tmp_path / "archive", own.url), create=True) as archive:
        put(archive, NEWS)
        expected = nearest(archive)
        name = archive._dense.manifest()["segments"][0]["name"]
        if lost == "all":
            own.stop()
            shutil.rmtree(own.folder)
            own.start()
        else:
            with archive._dense._writing.client() as client:  # type: ignore[attr-defined]
                collection = client.get_collection(name, embedding_function=None)
                if lost == "collection":
                    client.delete_collection(name)
                else:
                    collection.delete(ids=list(expected)[:2])
        assert archive.search("Hanwha docks", k=1)[0].article.path == "ships.md"
        if lost != "rows":
            assert readiness(archive) == ([], ["dense index"])
        assert wrong(archive.path)["dense index"].fix == "vectors"
        monkeypatch.setattr(archive.embedder, "embed", lambda _: pytest.fail("embedded again"))
        with archive.writing():
            archive.index()
        assert nearest(archive) == expected
        assert readiness(archive) == ([], [])


def test_a_function_that_somebody_put_into_a_collection_is_never_built(
    archive: Archive, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma's client builds it from what the server says, and loads any model it names."""
    built: list[object] = []
    monkeypatch.setattr(
        SentenceTransformerEmbeddingFunction, "build_from_config", staticmethod(built.append)
    )
    name = archive._dense.manifest()["segments"][0]["name"]
    config = {"model_name": "hostile/model", "device": "cpu", "normalize_embeddings": False}
    function = {"type": "known", "name": "sentence_transformer", "config": config | {"kwargs": {}}}
    where = f"{chroma.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    httpx.delete(f"{where}/{name}").raise_for_status()
    body = {"name": name, "configuration": {"embedding_function": function}}
    httpx.post(where, json=body).raise_for_status()
    assert archive.search("Hanwha docks", k=1)[0].article.path == "ships.md"
    put(archive, [article("new.md", "The pangolin came back.")])
    assert archive._dense.manifest()["segments"][0]["name"] != name
    assert len(nearest(archive)) == 7
    assert built == []


@pytest.mark.long
def test_the_token_goes_over_tls_and_into_no_log(
    chroma: ChromaServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with behind_tls(chroma.url, "open-sesame", tmp_path) as (url, certificate):
        more = ['token_env = "NEWS_TOKEN"', f'ca = "{certificate}"', 'collection = "tls"']
        folder = configured(tmp_path / "archive", url, *more)
        monkeypatch.setenv("NEWS_TOKEN", "open-sesame")
        index = vector_index(folder, lambda _: None, None)
        index.publish("m", rows(5), seq=3)
        assert (index.cursor(), index.answers()) == (3, True)
        assert "open-sesame" not in repr(serving(folder))
        monkeypatch.setenv("NEWS_TOKEN", "wrong-sesame")
        refused = vector_index(folder, lambda _: None, None)
        assert not refused.answers()
        with pytest.raises(IndexAway, match="401") as said:
            refused.publish("m", rows(5), seq=4)
        assert "sesame" not in str(said.value)
        monkeypatch.delenv("NEWS_TOKEN")
        assert not vector_index(folder, lambda _: None, None).answers()
    assert "sesame" not in caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('url = "chroma.example.org:8000"', "http://HOST:PORT"),
        ('url = "http://me:secret-word@chroma.example.org"', "without a path, a user"),
        ('url = "http://chroma.example.org"\ntoken = "secret-word"', "into the environment"),
        ('url = "http://chroma.example.org"\nhost = "b"', "has no host"),
        ('url = "http://chroma.example.org"\ncollection = "?"', "letters, digits"),
        ("url = 8000", "texts"),
        ("url", "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_without_its_secret(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "archive.toml").write_text(f"[dense]\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said) as refused:
        serving(tmp_path)
    assert "secret-word" not in str(refused.value)


def test_the_environment_names_the_server_and_a_token_in_the_clear_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serving(tmp_path) is None
    monkeypatch.setenv("DATELINE_CHROMA_URL", "https://chroma.example.org")
    monkeypatch.setenv("DATELINE_CHROMA_TOKEN", "t")
    there = serving(tmp_path)
    assert there is not None
    assert (there.root, there.headers) == (
        "https://chroma.example.org:443",
        {"Authorization": "Bearer t"},
    )
    assert not there.in_the_clear
    assert replace(there, header="X-Chroma-Token").headers == {"X-Chroma-Token": "t"}
    assert replace(there, url="http://10.0.0.7:8000").in_the_clear
    assert not replace(there, url="http://127.0.0.1:8000").in_the_clear
