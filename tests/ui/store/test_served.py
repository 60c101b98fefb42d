"""Web state on the server of the ledger: all nodes have it, and who may see it is said apart."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.conftest import NEWS, put
from tests.nodes import node
from tests.postgres import Server
from tests.ui.serving import served
from ui.store import Role, Store, transfer
from vectorstore import Archive, ArchiveError, InputError, Settings
from vectorstore.address import Place

PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_role_that_reads_the_archive_does_not_read_what_readers_asked(postgres: Server) -> None:
    url = postgres.new()
    name = url.rpartition("/")[2]
    with Archive.open(url, create=True) as archive:
        put(archive, NEWS[:1])
        store = Store.beside(archive)
        assert not (archive.path / "conversations.db").exists()
        id_, token = store.add_token("wire", Role.reader, None)
        reads = f"reads_{name}"
        postgres.sql(name, f"CREATE ROLE {reads} LOGIN PASSWORD 'x'")
        postgres.sql(name, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reads}")
        with Archive.open(f"postgresql://{reads}:x@127.0.0.1:{postgres.port}/{name}") as node:
            with pytest.raises(ArchiveError, match="GRANT USAGE ON SCHEMA public_web"):
                Store.beside(node)
            postgres.sql(name, f"GRANT USAGE ON SCHEMA public_web TO {reads}")
            postgres.sql(name, f"GRANT SELECT ON public_web.users, public_web.tokens TO {reads}")
            passing = Store.beside(node)
            assert passing.token(token)
            kept = passing.create("ann", "lasts as long as the process")
            assert passing.get("ann", kept.id)
            store.revoke_token(id_)
            assert passing.token(token) is None, "also revoked where it is only looked up"
            with pytest.raises(ArchiveError, match="can only be read here"):
                passing.add_user("ann", Role.operator, PASSWORD)
            passing.close()
        store.close()


def test_archives_in_one_database_have_web_state_of_their_own(postgres: Server) -> None:
    url = postgres.new()
    name = url.rpartition("/")[2]
    stores = []
    for schema in ("one", "Two words"):
        postgres.sql(name, f'CREATE SCHEMA "{schema}"')
        path = schema.replace(" ", "\\ ")
        place = Place.of(f'{url}?options=-csearch_path="{path}"')
        with Archive(place, Settings(), create=True) as archive:
            stores.append(Store.beside(archive))
    stores[0].add_user("ann", Role.reader, PASSWORD)
    assert [len(store.users()) for store in stores] == [1, 0]
    for store in stores:
        store.close()


def test_what_a_node_had_kept_by_itself_is_brought_to_the_server_once(
    postgres: Server, tmp_path: Path
) -> None:
    url = postgres.new()
    nodes = [node(tmp_path / name, url) for name in ("one", "two")]
    for number, folder in enumerate(nodes):
        own = Store(folder / "conversations.db")
        own.add_user(f"ann-{number}", Role.reader, PASSWORD)
        own.close()
    for folder in nodes:
        with Archive.open(folder, create=True) as archive:
            store = Store.beside(archive)
            assert [user.name for user in store.users()] == ["ann-0"]
            store.close()
    assert [(folder / "conversations.db").exists() for folder in nodes] == [False, True]
    assert (nodes[0] / "conversations.db.moved").exists()


def test_while_the_server_is_away_nobody_is_taken_for_another_and_probes_answer(
    postgres: Server,
) -> None:
    with Archive.open(postgres.new(), create=True) as archive:
        put(archive, NEWS[:1])
        store = Store.beside(archive)
        _, token = store.add_token("wire", Role.reader, None)
        headers = {"Authorization": f"Bearer {token}"}
        with served(archive) as base:
            ask = f"{base}/api/v1/search?q=tariff"
            assert httpx.get(ask, headers=headers, timeout=60).status_code == 200
            postgres.stop()
            try:
                refused = httpx.get(ask, headers=headers, timeout=60)
                assert refused.status_code == 503
                assert refused.headers["retry-after"]
                assert httpx.get(f"{base}/operate/state", timeout=60).status_code == 503
                assert httpx.get(f"{base}/healthz", timeout=60).status_code == 200
                assert httpx.get(f"{base}/readyz", timeout=60).json()["missing"] == ["ledger"]
            finally:
                postgres.start()
            assert httpx.get(ask, headers=headers, timeout=60).status_code == 200
        store.close()


def test_a_file_goes_to_a_server_without_web_state_alone_and_comes_back_as_it_was(
    postgres: Server, tmp_path: Path
) -> None:
    file, place = tmp_path / "conversations.db", Place.of(postgres.new())
    own = Store(file)
    talk = own.create("ann", "Tariffs").id
    asked, said = own.append("ann", talk, "What tariff?", {"text": "15 percent."})
    own.feedback("ann", said or 0, "right")
    own.close()
    transfer.refuse_filled(place)
    transfer.from_file(file, place)
    for refused in (
        lambda: transfer.refuse_filled(place),
        lambda: transfer.from_file(file, place),
    ):
        with pytest.raises(InputError, match="name an empty database"):
            refused()
    assert place.url
    store = Store(place.url)
    assert [one.id for one in store.messages("ann", talk)] == [asked, said]
    assert store.append("ann", talk, "And?", None)[0] > (said or 0)
    store.close()
    transfer.to_file(place, tmp_path / "back.db")
    back = Store(tmp_path / "back.db")
    assert [one.text for one in back.messages("ann", talk)] == [
        "What tariff?",
        "15 percent.",
        "And?",
    ]
    assert [given.question for given in back.given()] == ["What tariff?"]
    back.close()
