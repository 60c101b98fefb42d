"""What operators do on the page, over a real server: users, tokens, the audit log; and that nobody
else reaches any of it, nor keeps what they have lost."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.conftest import NEWS, put
from tests.ui.serving import served
from ui.store import Role, Store
from ui.web import revocation
from vectorstore import Archive

PASSWORD = "correct horse battery"  # noqa: S105
GETS = ("/view/access", "/view/audit", "/operate/audit.csv")
POSTS = (
    ("/operate/users/add", {"name": "eve", "role": "operator"}),
    ("/operate/users/change", {"name": "op", "role": "reader"}),
    ("/operate/users/password", {"name": "op"}),
    ("/operate/users/remove", {"name": "op"}),
    ("/operate/tokens/add", {"name": "eve's", "role": "operator"}),
    ("/operate/tokens/revoke", {"id": "0" * 12}),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("operating") / "archive", create=True) as opened:
        put(opened, NEWS)
        yield opened


@pytest.fixture
def store(archive: Archive) -> Iterator[Store]:
    """The archive's store, with a user of each role."""
    opened = Store.beside(archive)
    for name, role in (("op", Role.operator), ("ed", Role.editor), ("ann", Role.reader)):
        opened.add_user(name, role, PASSWORD)
    yield opened
    for user in opened.users():
        opened.remove_user(user.name)
    opened.close()


@contextmanager
def stream(base: str, name: str) -> Iterator[Iterator[str]]:
    """The lines that the server sends to an open tab of a user's."""
    with (
        login(base, name) as client,
        client.stream("GET", "/gradio_api/heartbeat/a-tab") as sent,
    ):
        yield sent.iter_lines()


@pytest.fixture
def looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether who listens still may is looked at all the time."""
    monkeypatch.setattr(revocation, "LOOK", 0.05)


@contextmanager
def login(base: str, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=60) as client:
        sent = client.post("/login", data={"name": name, "password": password})
        assert sent.status_code == 303
        yield client


def done(client: httpx.Client, path: str, **values: str) -> dict[str, str]:
    sent = client.post(path, json=values)
    assert sent.status_code == 200, sent.text
    found: dict[str, str] = sent.json()
    return found


def test_nobody_but_operators_reaches_users_tokens_or_the_audit_log(
    archive: Archive, store: Store
) -> None:
    with served(archive) as base:
        for name in ("", "ann", "ed"):
            with login(base, name) if name else httpx.Client(base_url=base) as client:
                for path in GETS:
                    got = client.get(path)
                    assert got.status_code == 403, (name, path)
                    assert "the role operator" in got.text
                for path, values in POSTS:
                    assert client.post(path, json=values).status_code == 403, (name, path)
        assert [(u.name, u.role) for u in store.users()] == [
            ("ann", Role.reader),
            ("ed", Role.editor),
            ("op", Role.operator),
        ]
        assert store.tokens() == []


def test_another_sites_page_cannot_change_anything(archive: Archive, store: Store) -> None:
    with served(archive) as base, login(base, "op") as client:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            for path, values in POSTS:
                assert client.post(path, json=values, headers=headers).status_code == 403, path
        for path, values in POSTS:  # what a form can send without a script
            assert client.post(path, data=values).status_code == 422, path
            text = {"Content-Type": "text/plain"}
            assert client.post(path, content='{"name": "eve"}', headers=text).status_code == 422
        assert len(store.users()) == 3


def test_an_operator_adds_changes_and_removes_users(archive: Archive, store: Store) -> None:
    with served(archive) as base, login(base, "op") as client:
        made = done(client, "/operate/users/add", name="bob", role="reader")
        shown = client.get("/view/access").text
        assert "bob" in shown
        assert made["secret"] not in shown, "it is shown once"
        with login(base, "bob", made["secret"]) as bob:
            assert bob.get("/operate/state").status_code == 403
            done(client, "/operate/users/change", name="bob", role="editor")
            assert bob.get("/operate/state").status_code == 200, "at once, in what is open"
            done(client, "/operate/users/change", name="bob", role="reader")
            assert bob.get("/operate/state").status_code == 403
            anew = done(client, "/operate/users/password", name="bob")
            assert "bob" not in bob.get("/view/settings").text, "the old login has ended"
        with login(base, "bob", anew["secret"]) as bob:
            assert bob.get("/keep/account").json() == {"account": "login bob reader"}
            done(client, "/operate/users/remove", name="bob")
            assert bob.get("/keep/account").json() == {"account": "anonymous  reader"}
        store.add_user("zoe", Role.reader, PASSWORD)
        row = re.search(r"<tr><th[^>]*>zoe.*?</tr>", client.get("/view/access").text)
        assert row
        assert "never" in row[0]
        for path, values in (
            ("add", {"name": "ann", "role": "reader"}),
            ("add", {"name": "a b", "role": "reader"}),
            ("change", {"name": "nobody", "role": "reader"}),
            ("remove", {"name": "nobody"}),
            ("remove", {"name": "op"}),
            ("change", {"name": "op", "role": "reader"}),
        ):
            refused = client.post(f"/operate/users/{path}", json=values)
            assert refused.status_code == 409, (path, values)
            assert refused.json()["detail"]
        assert client.post("/operate/users/promote", json={}).status_code == 404
    did = [(deed.actor, deed.way, deed.deed, deed.target) for deed in store.find_deeds(who="op")]
    assert did[0] == ("op", "login", "user removed", "bob")
    assert ("op", "login", "user added", "bob: reader") in did
    assert not any(made["secret"] in target for *_, target in did)


def test_an_operator_makes_and_revokes_tokens(archive: Archive, store: Store) -> None:
    with served(archive) as base, login(base, "op") as client:
        made = done(client, "/operate/tokens/add", name="wire", role="editor", days="30")
        endless = done(client, "/operate/tokens/add", name="desk", role="reader", days="")
        shown = client.get("/view/access").text
        assert made["secret"] not in shown
        headers = {"Authorization": f"Bearer {made['secret']}"}
        assert httpx.get(f"{base}/operate/state", headers=headers).status_code == 200
        wire, desk = (next(t for t in store.tokens() if t.name == n) for n in ("wire", "desk"))
        assert wire.expires
        assert (wire.expires - wire.created).days in {29, 30}
        assert desk.expires is None
        assert endless["secret"].startswith(f"dateline_{desk.id}_")
        done(client, "/operate/tokens/revoke", id=wire.id)
        assert httpx.get(f"{base}/api/v1/status", headers=headers).status_code == 401
        assert "revoked" in client.get("/view/access").text
        for days in ("0", "99999", "-1", "x"):
            refused = client.post(
                "/operate/tokens/add", json={"name": "x", "role": "reader", "days": days}
            )
            assert refused.status_code == 409, days


def test_the_audit_log_is_narrowed_turned_over_and_exported(archive: Archive, store: Store) -> None:
    for number in range(120):
        store.record("counted", f"{number:03}", actor="clerk", way="command", role="operator")
    store.record("counted", "=1+1", actor="<b>", way="command", role="operator")
    with served(archive) as base, login(base, "op") as client:
        seen: list[str] = []
        path = "/view/audit?who=clerk&what=counted"
        while path:
            page = client.get(path).text
            seen += re.findall(r"<td>(\d{3})</td>", page)
            later = re.search(r'rel="next" href="([^"]+)"', page)
            path = later[1].replace("&amp;", "&") if later else ""
        assert seen == [f"{number:03}" for number in reversed(range(120))]
        assert "No deed fits" in client.get("/view/audit?who=clerk&until=2001-01-01").text
        assert "007" in client.get("/view/audit?what=007&since=2001-01-01").text
        assert "<b>" not in client.get("/view/audit").text
        sent = client.get("/operate/audit.csv?what=counted")
        assert sent.headers["content-type"].startswith("text/csv")
        head, *rows = csv.reader(io.StringIO(sent.text))
        assert head[:2] == ["time", "actor"]
        assert len(rows) == 121
        assert rows[0][1:6] == ["<b>", "command", "operator", "counted", "'=1+1"]
    assert store.find_deeds(limit=1)[0].deed == "audit log exported"


def test_the_first_user_made_on_this_machine_must_be_able_to_operate_it(
    empty: Archive,
) -> None:
    with served(empty) as base, httpx.Client(base_url=base, timeout=60) as client:
        path = "/operate/users/add"
        assert client.post(path, json={"name": "a", "role": "editor"}).status_code == 409
        made = done(client, path, name="a", role="operator")
        assert client.get("/view/access").status_code == 403, "from now on one logs in"
        with login(base, "a", made["secret"]) as first:
            assert first.get("/view/access").status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("gone", ["removed", "password"])
@pytest.mark.usefixtures("looked_after")
def test_what_streams_to_a_login_ends_with_it(archive: Archive, store: Store, gone: str) -> None:
    with served(archive) as base, stream(base, "ann") as lines:
        assert next(lines) == "data: ALIVE"
        if gone == "removed":
            store.remove_user("ann")
        else:
            store.change_user("ann", password=PASSWORD + "!")
        ended = threading.Event()
        reading = threading.Thread(target=lambda: (list(lines), ended.set()), daemon=True)
        reading.start()
        assert ended.wait(60)


@pytest.mark.long
@pytest.mark.usefixtures("looked_after")
def test_what_streams_to_a_lowered_role_goes_on(archive: Archive, store: Store) -> None:
    """A reader may still have it."""
    with served(archive) as base, stream(base, "ed") as lines:
        store.change_user("ed", role=Role.reader)
        assert [next(lines) for _ in range(3)] == ["data: ALIVE", "", "data: ALIVE"]
