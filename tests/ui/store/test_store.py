"""What readers keep: conversations as they were, nobody sees another's, nothing is a formula."""

from __future__ import annotations

import csv
import io
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select
from sqlalchemy.exc import IntegrityError

from chatbot import Answer, build_chain
from tests.conftest import article, put
from ui.store import Role, Store, feedback_csv, feedback_jsonl, restored, schema, snapshot
from ui.store import conversations as limits
from ui.store.operators import COOKIE, Operators, Throttled
from ui.store.passwords import hash_password
from vectorstore import Archive, ArchiveTooNew, InputError

TARIFF = "What tariff applies to Korean goods after the July deal?"


@pytest.fixture(scope="module")
def answer(newsroom: Archive) -> Answer:
    found: Answer = build_chain(newsroom).invoke({"question": TARIFF})
    assert found.citations
    return found


def test_a_conversation_is_kept_with_its_answers(store: Store, answer: Answer) -> None:
    kept = store.create("ann")
    store.append("ann", kept.id, TARIFF, answer)
    store.append("ann", kept.id, "And then?", None)
    asked, said, failed = store.messages("ann", kept.id)
    assert (asked.role, asked.text, asked.answer) == ("user", TARIFF, None)
    assert (said.role, said.text) == ("assistant", answer.text)
    assert said.answer == snapshot(answer)
    assert failed.role == "user"
    assert store.get("ann", kept.id).name == TARIFF
    store.rename("ann", kept.id, "  Car\ntariffs ")
    assert [c.name for c in store.recent("ann")] == ["Car tariffs"]
    store.cut("ann", kept.id, failed.id)
    assert len(store.messages("ann", kept.id)) == 2


def test_a_snapshot_has_the_quotes_with_their_sources(answer: Answer) -> None:
    saved = json.loads(json.dumps(snapshot(answer)))
    cited, kept = answer.citations[0], saved["citations"][0]
    assert kept["quote"] == kept["text"] == cited.quote
    assert kept["before"] + kept["text"] + kept["after"] in cited.article.body
    assert kept["article"]["headline"] == cited.article.headline
    assert cited.article.published is not None
    assert kept["article"]["published"]["iso"] == cited.article.published.iso
    assert "body" not in kept["article"]
    assert saved["claims"][0]["citations"] == [1]


def test_a_snapshot_becomes_the_same_answer_again(answer: Answer, newsroom: Archive) -> None:
    again = restored(json.loads(json.dumps(snapshot(answer))), newsroom)
    assert again.text == answer.text
    assert again.claims == answer.claims
    assert again.query == answer.query


def test_a_snapshot_outlives_its_archive(answer: Answer) -> None:
    for cited in restored(json.loads(json.dumps(snapshot(answer)))).citations:
        assert cited.article.body[cited.start : cited.end] == cited.quote


def test_a_snapshot_stays_as_it_was_when_the_article_changes(empty: Archive) -> None:
    put(empty, [article("a.md", "The tariff on cars is 25 percent.", headline="Old", outlet="A")])
    before = build_chain(empty).invoke({"question": "What is the tariff on cars?"})
    saved = snapshot(before)
    put(empty, [article("a.md", "The tariff on cars is 15 percent now.", headline="New")])
    again = restored(saved, empty).citations[0]
    assert (again.article.headline, again.article.outlet) == ("Old", "A")
    assert again.article.body == "The tariff on cars is 25 percent."


def test_conversations_are_found_by_what_was_said(store: Store, answer: Answer) -> None:
    cars, ships = store.create("ann", "Cars"), store.create("ann", "100% 조선업")
    store.append("ann", cars.id, TARIFF, answer)
    assert [c.id for c in store.search("ann", "july DEAL")] == [cars.id]
    assert [c.id for c in store.search("ann", "조선")] == [ships.id]
    assert [c.id for c in store.search("ann", "%")] == [ships.id]
    assert store.search("ann", "_") == []
    assert store.recent("ann")[0].id == cars.id


def test_twenty_owners_see_nothing_of_each_other(store: Store, answer: Answer) -> None:
    def live(owner: str) -> tuple[str, int]:
        kept = store.create(owner, f"of {owner}")
        _, said = store.append(owner, kept.id, f"secret of {owner}", answer)
        assert said is not None
        store.feedback(owner, said, "right", note=f"by {owner}")
        store.share(owner, kept.id)
        return kept.id, said

    owners = [f"owner-{n:02}" for n in range(20)]
    with ThreadPoolExecutor(10) as pool:
        theirs = dict(zip(owners, pool.map(live, owners), strict=True))
    for owner in owners:
        assert [c.id for c in store.recent(owner)] == [theirs[owner][0]]
        assert [c.id for c in store.search(owner, "secret")] == [theirs[owner][0]]
        assert [g.note for g in store.given(owner)] == [f"by {owner}"]
        others = [at for other, at in theirs.items() if other != owner]
        for conversation, message in others[::6]:
            for act, *given in (
                (store.get, conversation),
                (store.messages, conversation),
                (store.rename, conversation, "mine"),
                (store.append, conversation, "x", None),
                (store.cut, conversation, 0),
                (store.share, conversation),
                (store.shares, conversation),
                (store.unshare, conversation),
                (store.delete, conversation),
                (store.feedback, message, "right"),
                (store.take_back, message),
            ):
                with pytest.raises(InputError, match="there is no such"):
                    act(owner, *given)
    assert all(len(store.messages(o, c)) == 2 for o, (c, _) in theirs.items())


def test_what_is_deleted_is_gone_from_the_database(
    store: Store, at: Path | URL, answer: Answer
) -> None:
    kept = store.create("ann", "zanzibar-7")
    _, said = store.append("ann", kept.id, "zanzibar-7", answer)
    assert said is not None
    store.feedback("ann", said, "missing", note="zanzibar-7")
    token = store.share("ann", kept.id)
    store.delete("ann", kept.id)
    assert store.shared(token) is None
    assert store.given() == []
    with store.engine.connect() as db:
        for table in schema.metadata.sorted_tables:
            assert "zanzibar-7" not in str(db.execute(select(table)).all())
    if isinstance(at, Path):
        with store.engine.connect() as db:
            db.exec_driver_sql("ROLLBACK")
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"zanzibar-7" not in at.read_bytes()


def test_a_share_is_frozen_and_can_be_ended(store: Store, answer: Answer) -> None:
    kept = store.create("ann")
    store.append("ann", kept.id, TARIFF, answer)
    token = store.share("ann", kept.id)
    store.append("ann", kept.id, "And later?", answer)
    shared = store.shared(token)
    assert shared is not None
    assert [m["text"] for m in shared.messages] == [TARIFF, answer.text]
    assert store.get("ann", kept.id).shared
    assert store.shares("ann", kept.id) == [token]
    assert len(token) >= 32
    store.unshare("ann", kept.id)
    assert store.shared(token) is None


def test_feedback_stands_with_its_answer(store: Store, answer: Answer) -> None:
    kept = store.create("ann")
    asked, said = store.append("ann", kept.id, TARIFF, answer)
    assert said is not None
    store.feedback("ann", said, "wrong citation", citation=1, note="other rate")
    store.feedback("ann", said, "wrong citation", citation=1, note="another rate")
    (given,) = store.given()
    assert (given.question, given.note, given.citation) == (TARIFF, "another rate", 1)
    assert given.citations[0]["quote"] == answer.citations[0].quote
    (said_of_it,) = store.messages("ann", kept.id)[1].feedback
    assert said_of_it == {"kind": "wrong citation", "citation": 1, "note": "another rate"}
    store.take_back("ann", said)
    assert store.given() == []
    with pytest.raises(InputError, match="right, wrong citation, missing"):
        store.feedback("ann", said, "odd")
    with pytest.raises(InputError, match="no such answer"):
        store.feedback("ann", asked, "right")


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\u200b=", "|"]
)
def test_no_cell_of_the_feedback_is_a_formula(store: Store, answer: Answer, start: str) -> None:
    kept = store.create("ann")
    _, said = store.append("ann", kept.id, f"{start}1+cmd|' /C calc'!A0", answer)
    assert said is not None
    store.feedback("ann", said, "missing", note=f"{start}HYPERLINK(1)\x1b[31m\u202e")
    table = feedback_csv(store.given())
    (row,) = list(csv.reader(io.StringIO(table)))[1:]
    assert row[3].startswith("'")
    assert row[4].startswith("'")
    for exported in (table, feedback_jsonl(store.given())):
        assert not {"\x1b", "\u202e", "\u200b", "\r"} & set(exported)
    assert json.loads(feedback_jsonl(store.given()))["kind"] == "missing"


def test_the_file_is_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    Store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_later_store_is_refused(store: Store, at: Path | URL) -> None:
    with store.engine.begin() as db:
        if isinstance(at, Path):
            db.exec_driver_sql("PRAGMA user_version=99")
        else:
            db.execute(schema.meta.update().where(schema.meta.c.key == "schema").values(value="99"))
    with pytest.raises(ArchiveTooNew, match="schema 99"):
        Store(at)


def test_what_was_kept_is_there_when_it_is_opened_again(store: Store, at: Path | URL) -> None:
    kept = store.create("ann", "Tariffs")
    other = Store(at)
    assert other.get("ann", kept.id).name == "Tariffs"
    assert other.salt() == store.salt()
    other.close()


def test_two_processes_that_open_it_first_make_one(at: Path | URL) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Store(at), range(8)))
    kept = opened[0].create("ann", "Tariffs")
    assert all(one.get("ann", kept.id) for one in opened)
    for one in opened:
        one.close()


def test_a_conversation_takes_no_more_than_its_limit_from_all_nodes_together(
    store: Store, at: Path | URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_MESSAGES", 10)
    nodes, kept = [store, Store(at)], store.create("ann")

    def asks(number: int) -> bool:
        try:
            nodes[number % 2].append("ann", kept.id, f"Question {number}", None)
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(asks, range(30))) == 10
    assert len(store.messages("ann", kept.id)) == 10
    monkeypatch.setattr(limits, "MOST_CONVERSATIONS", 3)
    for number in range(5):
        nodes[number % 2].create("ann", str(number))
    assert [c.name for c in store.recent("ann")] == ["4", "3", "2"]
    nodes[1].close()


def test_what_nobody_has_gone_on_with_is_forgotten(store: Store) -> None:
    old = store.create("ann", "Old")
    then = datetime.now(UTC)
    new = store.create("ann", "New")
    assert store.forget(then) == 1
    assert [c.id for c in store.recent("ann")] == [new.id]
    with pytest.raises(InputError):
        store.get("ann", old.id)


def test_a_text_that_a_database_cannot_have_is_kept_without_what_it_cannot(store: Store) -> None:
    odd = "a\0b\ud800c"
    kept = store.create("ann", odd)
    store.append("ann", kept.id, odd, {"text": odd})
    assert [one.text for one in store.messages("ann", kept.id)] == ["a\ufffdb?c"] * 2
    assert store.search("ann", "b?c")
    assert store.shared(odd) is None
    assert store.user(odd) is None
    store.record("login", odd, actor=odd, way="login", role="reader")
    assert [deed.target for deed in store.deeds()] == ["a\ufffdb?c"]


def test_the_database_itself_refuses_to_change_the_audit_log(store: Store) -> None:
    store.record("one", actor="ed", way="command", role="operator")
    statements = ["UPDATE deeds SET actor = 'x'", "DELETE FROM deeds"]
    if store.engine.dialect.name == "postgresql":
        statements.append("TRUNCATE deeds")
    for statement in statements:
        with pytest.raises(IntegrityError, match="append-only"), store.engine.begin() as db:
            db.exec_driver_sql(statement)
    now = datetime.now(UTC)
    for days in (schema.YOUNGEST - 1, schema.YOUNGEST + 2):
        row = {"time": (now - timedelta(days=days)).isoformat(), "actor": "ed", "way": "command"}
        with store.engine.begin() as db:
            db.execute(schema.deeds.insert(), row | {"role": "operator", "deed": str(days)})
    assert store.forget_deeds(1) == 1
    assert [deed.deed for deed in store.deeds()] == ["one", str(schema.YOUNGEST - 1)]


def test_a_name_is_given_once_whoever_adds_it(store: Store, at: Path | URL) -> None:
    nodes = [store, Store(at)]

    def add(node: Store) -> bool:
        try:
            node.add_user("ann", Role.reader, "correct horse battery")
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, nodes)) == [False, True]
    with pytest.raises(InputError, match="there is a user 'ann' already"):
        store.add_user("ann", Role.reader, "correct horse battery")
    nodes[1].close()


def test_a_login_and_its_throttle_hold_at_every_node(store: Store, at: Path | URL) -> None:
    other = Store(at)
    hashes = {"ed": hash_password("hunter2")}
    one, two = Operators(store, hashes, local=False), Operators(other, hashes, local=False)
    token = one.login("ed", "hunter2", "a")
    assert token
    cookies = {COOKIE: token}
    assert one.who(cookies) == two.who(cookies) == "ed"
    two.logout(cookies)
    assert one.who(cookies) == ""
    with ThreadPoolExecutor(4) as pool:
        wrong = [pool.submit((one, two)[n % 2].login, "ed", "wrong", "b") for n in range(12)]
    tried = [done for done in wrong if done.exception() is None]
    assert len(tried) <= 5
    for _ in range(5 - len(tried)):
        one.login("ed", "wrong", "b")
    with pytest.raises(Throttled):
        two.login("ed", "hunter2", "b")
    assert two.login("ed", "hunter2", "c")
    other.close()


def test_a_login_by_the_environment_is_one_at_all_nodes_also_by_its_password(
    store: Store, at: Path | URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Store(at)
    nodes = []
    for node, password in ((store, "hunter2"), (other, "hunter2"), (other, "another")):
        monkeypatch.setenv("DATELINE_LOGIN", f"ed:{password}")
        nodes.append(Operators.from_environment(node, local=False))
    token = nodes[0].login("ed", "hunter2", "a")
    assert [node.who({COOKIE: token or ""}) for node in nodes] == ["ed", "ed", ""]
    with store.engine.connect() as db:
        assert "hunter2" not in str(db.execute(select(schema.logins)).all())
    other.close()
