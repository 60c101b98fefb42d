"""Who may do what, over a real server: roles, tokens, logins, a proxy's header, the audit log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.conftest import NEWS, put
from tests.nodes import node
from tests.postgres import Server
from tests.ui.command import dateline
from tests.ui.serving import served
from ui.operations import retention
from ui.operations.access import Caller
from ui.operations.limits import PERSON
from ui.operations.proxy import Foreign, Proxy
from ui.store import Role, Store, schema
from ui.store.passwords import hash_password
from vectorstore import Archive, InputError

PASSWORD = "correct horse battery"  # noqa: S105
MCP = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": "tariff", "k": 1}},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archive]:
    """An archive, once for each database that its ledger and web state can be in."""
    folder = tmp_path_factory.mktemp("access") / "archive"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        node(folder, server.new())
    with Archive.open(folder, create=True) as opened:
        put(opened, NEWS)
        yield opened


@pytest.fixture
def store(archive: Archive) -> Iterator[Store]:
    """The archive's store; users and tokens of a test go with it."""
    opened = Store.beside(archive)
    yield opened
    for user in opened.users():
        opened.remove_user(user.name)
    opened.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token(store: Store, role: Role, **ends: datetime) -> str:
    return store.add_token(f"a {role}'s", role, ends.get("expires"))[1]


@contextmanager
def login(base: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=60) as client:
        sent = client.post("/login", data={"name": name, "password": PASSWORD})
        assert sent.status_code == 303
        yield client


def test_each_role_may_do_what_it_may_and_is_told_the_role_that_it_lacks(
    archive: Archive, store: Store
) -> None:
    shown = {role: bearer(token(store, role)) for role in Role}
    needed = {
        "/api/v1/search?q=tariff": Role.reader,
        "/v1/models": Role.reader,
        "/operate/state": Role.editor,
        "/api/v1/feedback": Role.editor,
        "/api/v1/audit": Role.operator,
        "/api/v1/doctor": Role.operator,
    }
    with served(archive) as base:
        for path, role in needed.items():
            for held, headers in shown.items():
                got = httpx.get(base + path, headers=headers, timeout=60)
                if held.covers(role):
                    assert got.status_code == 200, (path, held, got.text)
                else:
                    assert got.status_code == 403, (path, held)
                    assert f"the role {role}" in got.text
        for path in ("/api/v1/feedback", "/api/v1/audit", "/api/v1/doctor"):
            assert httpx.get(base + path).status_code == 401


def test_who_comes_through_a_proxy_is_nobodys_operator_also_on_this_machine(
    archive: Archive,
) -> None:
    handed_on = ({"X-Forwarded-For": "192.0.2.7"}, {"Via": "1.1 caddy"}, {"Forwarded": "for=_x"})
    with served(archive) as base:
        assert httpx.get(f"{base}/operate/state").status_code == 200
        for headers in handed_on:
            assert httpx.get(f"{base}/operate/state", headers=headers).status_code == 403, headers


def test_a_new_user_does_not_get_the_conversations_of_a_removed_one_of_that_name(
    store: Store,
) -> None:
    owner = Caller(Role.reader, "kim", "login", "user kim").owner
    store.add_user("kim", Role.reader, PASSWORD)
    kept = store.create(owner, "Mine")
    assert [c.id for c in store.recent(owner)] == [kept.id]
    store.remove_user("kim")
    store.add_user("kim", Role.reader, PASSWORD)
    assert store.recent(owner) == []


@pytest.mark.long
def test_a_token_opens_every_interface_until_it_ends_or_is_revoked(
    archive: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_API_TOKEN", "the-one-for-all")
    id_, made = store.add_token("a program's", Role.reader, datetime.now(UTC) + timedelta(days=1))
    over = token(store, Role.operator, expires=datetime.now(UTC) - timedelta(seconds=1))
    ways = [
        ("GET", "/api/v1/search?q=tariff", None),
        ("GET", "/v1/models", None),
        ("POST", "/mcp", MCP),
        ("GET", "/metrics", None),
    ]

    def statuses(base: str, shown: str) -> set[int]:
        headers = bearer(shown) | {"Accept": "application/json, text/event-stream"}
        return {
            httpx.request(how, base + path, json=body, headers=headers, timeout=60).status_code
            for how, path, body in ways
        }

    with served(archive) as base:
        from gradio_client import Client
        from gradio_client.exceptions import AppError

        assert statuses(base, made) == {200}
        assert statuses(base, "the-one-for-all") == {200}
        asked = Client(base, verbose=False, headers=bearer(made))
        assert asked.predict("tariff", 1, api_name="/search")["hits"]
        for wrong in (over, made[:-1] + ("A" if made[-1] != "A" else "B"), "dateline_x", "x"):
            assert statuses(base, wrong) == {401}, wrong
        store.revoke_token(id_)
        assert statuses(base, made) == {401}
        with pytest.raises(AppError, match="valid token"):
            asked.predict("tariff", 1, api_name="/search")
    with store.engine.connect() as db:
        assert made not in str(db.execute(select(schema.tokens)).all())
    assert {one.state() for one in store.tokens() if one.id == id_} == {"revoked"}


def test_each_token_is_counted_for_itself(
    archive: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PERSON, "1/hour")
    ann, bob = (token(store, Role.reader) for _ in range(2))

    def asks(base: str, shown: str) -> int:
        query = {"q": "tariff"}
        got = httpx.get(f"{base}/api/v1/search", params=query, headers=bearer(shown), timeout=60)
        return got.status_code

    with served(archive) as base:
        assert [asks(base, ann), asks(base, bob), asks(base, ann), asks(base, bob)] == [
            200,
            200,
            429,
            429,
        ]


def test_what_a_user_may_not_do_is_hidden_and_refused(archive: Archive, store: Store) -> None:
    for role in Role:
        store.add_user(f"r-{role}", role, PASSWORD)
    with served(archive) as base:
        nobody = httpx.get(f"{base}/view/sources").text
        assert 'href="/login"' in nobody
        assert "dl-upload" not in nobody
        for role, may in ((Role.reader, False), (Role.editor, True), (Role.operator, True)):
            with login(base, f"r-{role}") as client:
                assert ("dl-upload" in client.get("/view/sources").text) == may
                assert f"r-{role}: {role}" in client.get("/view/settings").text
                refused = client.post("/operate/run", json={"names": ["none"]})
                assert refused.status_code == (409 if may else 403)  # 409: no such source
                assert may or "the role editor" in refused.json()["detail"]
                audit = client.get("/api/v1/audit")
                assert audit.status_code == (200 if role is Role.operator else 403)


def test_a_login_ends_with_its_user_its_role_and_its_password(
    archive: Archive, store: Store
) -> None:
    store.add_user("ed", Role.editor, PASSWORD)
    with served(archive) as base, login(base, "ed") as client:
        assert client.get("/operate/state").status_code == 200
        store.change_user("ed", role=Role.reader)
        assert client.get("/operate/state").status_code == 403
        store.change_user("ed", role=Role.operator)
        assert client.get("/operate/state").status_code == 200
        store.change_user("ed", password=PASSWORD + "!")
        assert client.get("/operate/state").status_code == 403
        store.change_user("ed", password=PASSWORD)
        with login(base, "ed") as again:
            store.remove_user("ed")  # the last one: nothing opens
            assert again.get("/operate/state").status_code == 403


def test_conversations_are_a_users_wherever_they_log_in(archive: Archive, store: Store) -> None:
    for name in ("ann", "bob"):
        store.add_user(name, Role.reader, PASSWORD)
    with (
        served(archive) as base,
        login(base, "ann") as here,
        login(base, "ann") as there,
        login(base, "bob") as other,
    ):
        kept = store.create(Caller(Role.reader, "ann", "login", "user ann").owner, "Steel")
        for client, status in ((here, 200), (there, 200), (other, 404)):
            assert client.get(f"/keep/{kept.id}/export/json").status_code == status


def test_a_setup_with_one_operator_and_one_token_works_as_it_did(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(archive) as base:  # this machine only, no login: whoever it is operates
        assert httpx.get(f"{base}/operate/state").status_code == 200
        assert "/login" not in httpx.get(f"{base}/view/settings").text
    monkeypatch.setenv("DATELINE_LOGIN", f"ed:{hash_password(PASSWORD)}")
    monkeypatch.setenv("DATELINE_API_TOKEN", "one")
    with served(archive) as base, login(base, "ed") as client:
        assert client.get("/operate/state").status_code == 200
        assert httpx.get(f"{base}/operate/state").status_code == 403
        assert httpx.get(f"{base}/api/v1/status").status_code == 401
        assert httpx.get(f"{base}/api/v1/status", headers=bearer("one")).status_code == 200
        assert httpx.get(f"{base}/operate/state", headers=bearer("one")).status_code == 403


def test_where_nobody_is_anonymous_all_must_log_in_or_show_a_token(
    archive: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_ANONYMOUS", "off")
    store.add_user("ann", Role.reader, PASSWORD)
    made = token(store, Role.reader)
    with served(archive) as base:
        for path in ("/", "/view/archive", "/share/x", "/config"):
            sent = httpx.get(base + path)
            assert (sent.status_code, sent.headers["location"]) == (303, "/login"), path
        for path in ("/api/v1/status", "/metrics", "/gradio_api/info", "/operate/state"):
            assert httpx.get(base + path).status_code == 401, path
        assert httpx.post(f"{base}/mcp", json=MCP).status_code == 401
        assert httpx.post(f"{base}/gradio_api/queue/join", json={}).json()["detail"]
        for path in ("/login", "/healthz", "/readyz"):
            assert httpx.get(base + path).status_code in {200, 503}, path
        assert httpx.get(f"{base}/api/v1/status", headers=bearer(made)).status_code == 200
        with login(base, "ann") as client:
            assert client.get("/").status_code == 200
            assert client.get("/api/v1/status").status_code == 200


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DATELINE_PROXY_USER_HEADER", "X-Forwarded-Email")
    monkeypatch.setenv("DATELINE_PROXY_GROUPS_HEADER", "X-Forwarded-Groups")
    monkeypatch.setenv("DATELINE_PROXY_ROLES", "desk=editor, admins=operator, *=reader")
    monkeypatch.setenv("DATELINE_PROXY_FROM", "127.0.0.1")
    return monkeypatch


def test_the_proxy_says_who_it_is_and_their_groups_what_they_may(
    archive: Archive, behind: pytest.MonkeyPatch
) -> None:
    def as_(groups: str) -> dict[str, str]:
        # the address of the reader, which the proxy names too, is not that of the proxy
        named = {"X-Forwarded-Email": "ann@example.org", "X-Forwarded-For": "192.0.2.7"}
        return named | ({"X-Forwarded-Groups": groups} if groups else {})

    with served(archive) as base:
        for groups, editor, operator in (
            ("", 403, 403),
            ("sports", 403, 403),
            ("sports, desk", 200, 403),
            ("desk,admins", 200, 200),
        ):
            state = httpx.get(f"{base}/operate/state", headers=as_(groups))
            audit = httpx.get(f"{base}/api/v1/audit", headers=as_(groups))
            assert (state.status_code, audit.status_code) == (editor, operator), groups
        shown = httpx.get(f"{base}/view/settings", headers=as_("desk")).text
        assert "ann@example.org: editor" in shown
        # without the header nobody is signed on, also not as this machine's operator
        assert httpx.get(f"{base}/operate/state").status_code == 403


def test_the_proxys_header_from_another_address_is_refused(
    archive: Archive, behind: pytest.MonkeyPatch
) -> None:
    behind.setenv("DATELINE_PROXY_FROM", "127.0.0.2, 10.0.0.0/8")
    forged = [
        {"X-Forwarded-Email": "boss@example.org", "X-Forwarded-Groups": "admins"},
        {"X-Forwarded-Groups": "admins"},
        {"X-Forwarded-Email": "boss@example.org", "X-Forwarded-For": "127.0.0.2"},
        {"X-Forwarded-Email": "boss@example.org", "X-Forwarded-For": "10.1.2.3"},
    ]
    with served(archive) as base:
        for headers in forged:
            for path in ("/", "/operate/state", "/api/v1/audit", "/view/settings"):
                refused = httpx.get(base + path, headers=headers)
                assert refused.status_code == 403, (path, headers)
                assert "sign-on proxy" in refused.text
        assert httpx.get(f"{base}/healthz").status_code == 200
        through = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=base, transport=through) as proxy:
            assert proxy.get("/operate/state", headers=forged[0]).status_code == 200


def test_settings_of_the_proxy_that_make_no_sense_are_told(behind: pytest.MonkeyPatch) -> None:
    proxy = Proxy.from_environment()
    assert proxy is not None
    headers = {"x-forwarded-email": "ann", "x-forwarded-groups": "desk"}
    assert proxy.signed(headers, "::ffff:127.0.0.1") == ("ann", Role.editor)
    for peer in ("127.0.0.3", "", "unix:", "::1"):
        with pytest.raises(Foreign):
            proxy.signed(headers, peer)
    for name, wrong in (
        ("DATELINE_PROXY_FROM", ""),
        ("DATELINE_PROXY_FROM", "everywhere"),
        ("DATELINE_PROXY_ROLES", "desk=boss"),
        ("DATELINE_PROXY_ROLES", "desk"),
        ("DATELINE_PROXY_USER_HEADER", "X Forwarded"),
        ("DATELINE_PROXY_USER_HEADER", ""),
    ):
        with behind.context() as patch:
            patch.setenv(name, wrong)
            with pytest.raises(InputError):
                Proxy.from_environment()


@pytest.mark.long
def test_the_audit_log_has_who_did_what_by_which_request_and_no_text(
    archive: Archive, store: Store
) -> None:
    store.add_user("ed", Role.editor, PASSWORD)
    with served(archive) as base, login(base, "ed") as client:
        named = {"X-Request-ID": "proxy-77"}
        client.post("/operate/test", json={"url": "http://127.0.0.1:9/secret?q=x"}, headers=named)
        client.post("/api/v1/ask", json={"question": "What of the canary?"}, timeout=60)
        client.put("/operate/upload/a.txt")
        asked = client.post("/operate/upload/canary.txt", content=b"The canary sang. " * 9)
        assert asked.status_code == 200
        taken = client.post("/operate/take", json={"names": ["canary.txt"]}, headers=named)
        assert taken.status_code == 200
        while client.get("/operate/state").json()["busy"]:
            pass
    done = dateline("audit", "--json", "--since", "2025-01-01", archive=archive.path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    mine = [row for row in rows if row["actor"] == "ed"]
    assert [(row["deed"], row["target"]) for row in mine][-2:] == [
        ("login", ""),
        ("files ingested", "1 files"),
    ]
    assert (mine[-1]["way"], mine[-1]["role"], mine[-1]["request"]) == (
        "login",
        "editor",
        "proxy-77",
    )
    assert datetime.fromisoformat(mine[-1]["time"]) <= datetime.now(UTC)
    assert "canary" not in done.stdout
    by_command = [row["deed"] for row in rows if row["way"] == "command"]
    assert "files ingested" not in by_command, "one deed is one line, whoever does the work"
    later = dateline("audit", "--json", "--since", "2999-01-01", archive=archive.path)
    assert json.loads(later.stdout) == []


def test_the_audit_log_is_only_added_to(archive: Archive, store: Store) -> None:
    store.record("one", actor="ed", way="command", role="operator")
    for statement in ("UPDATE deeds SET actor = 'x'", "DELETE FROM deeds"):
        with pytest.raises(IntegrityError, match="append-only"), store.engine.begin() as db:
            db.exec_driver_sql(statement)
    before = len(store.deeds(limit=10_000))
    assert retention.forget_deeds(archive, 1) == 0
    long_ago = (datetime.now(UTC) - timedelta(days=500)).isoformat()
    with store.engine.begin() as db:
        row = {"time": long_ago, "actor": "ed", "way": "command", "role": "operator"}
        db.execute(schema.deeds.insert(), row | {"deed": "old"})
    assert retention.forget_deeds(archive, retention.audit_days()) == 1
    assert len(store.deeds(limit=10_000)) == before


def test_people_and_tokens_are_made_listed_changed_and_removed_by_command(tmp_path: Path) -> None:
    folder = tmp_path / "archive"

    def run(*words: object, stdin: str = "") -> str:
        done = dateline(*words, archive=folder, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    add = ("users", "add", "ann", "--role", "editor", "--password-stdin")
    run(*add, stdin=f"{PASSWORD}\n")
    again = dateline(*add, archive=folder, stdin=f"{PASSWORD}\n")
    assert (again.returncode, "there is a user" in again.stderr) == (1, True)
    short = dateline("users", "add", "bob", "--password-stdin", archive=folder, stdin="short\n")
    assert "12 to 1,024 characters" in short.stderr
    run("users", "change", "ann", "--role", "operator")
    (ann,) = json.loads(run("users", "list", "--json"))
    assert (ann["name"], ann["role"]) == ("ann", "operator")
    made = run("tokens", "add", "wire", "--role", "editor", "--days", 30).strip()
    (wire,) = json.loads(run("tokens", "list", "--json"))
    assert made.startswith(f"dateline_{wire['id']}_")
    assert (wire["role"], wire["state"]) == ("editor", "valid")
    run("tokens", "revoke", wire["id"])
    (wire,) = json.loads(run("tokens", "list", "--json"))
    assert wire["state"] == "revoked"
    run("users", "remove", "ann")
    assert "Nobody yet" in run("users", "list")
    said = run("audit")
    for deed in ("user added", "user changed", "token made", "token revoked", "user removed"):
        assert deed in said
    assert PASSWORD not in said
    assert made not in said
    assert dateline("users", "remove", "ann", archive=folder).returncode == 1


def test_users_and_tokens_count_also_where_the_archive_can_only_be_read(
    archive: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_user("ann", Role.editor, PASSWORD)
    monkeypatch.setattr(archive, "read_only", True)
    with served(archive) as base:
        assert httpx.get(f"{base}/operate/state").status_code == 403  # nobody by default
        with login(base, "ann") as client:
            assert client.get("/operate/state").status_code == 200


def test_conversations_of_the_first_release_are_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    first = Store(path)
    kept = first.create("ann", "Tariffs")
    first.close()
    with sqlite3.connect(path) as c:
        for table in ("users", "tokens", "deeds", "meta", "logins", "tries"):
            c.execute(f"DROP TABLE {table}")
        c.execute("PRAGMA user_version=1")
    c.close()
    second = Store(path)
    assert second.get("ann", kept.id).name == "Tariffs"
    second.add_user("ann", Role.reader, PASSWORD)
    second.record("x", actor="a", way="command", role="operator")
    assert len(second.salt()) == 32
    assert second.count_try("a", 0.0) == 0
    with pytest.raises(IntegrityError, match="append-only"), second.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM deeds")
    second.close()
