"""What readers keep: conversations as they were, nobody sees another's, nothing is a formula."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatbot import Answer, build_chain
from tests.conftest import article, put
from ui.store import Store, feedback_csv, feedback_jsonl, restored, snapshot
from ui.store.schema import connect
from vectorstore import Archive, ArchiveTooNew, InputError

TARIFF = "What tariff applies to Korean goods after the July deal?"


@pytest.fixture(scope="module")
def answer(newsroom: Archive) -> Answer:
    found: Answer = build_chain(newsroom).invoke({"question": TARIFF})
    assert found.citations
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "conversations.db")
    yield opened
    opened.close()


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


def test_what_is_deleted_is_gone_from_the_file(store: Store, answer: Answer) -> None:
    kept = store.create("ann", "zanzibar-7")
    _, said = store.append("ann", kept.id, "zanzibar-7", answer)
    assert said is not None
    store.feedback("ann", said, "missing", note="zanzibar-7")
    token = store.share("ann", kept.id)
    store.delete("ann", kept.id)
    assert store.shared(token) is None
    assert store.given() == []
    path = Path(str(store.engine.url.database))
    with store.engine.connect() as db:
        db.exec_driver_sql("ROLLBACK")
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"zanzibar-7" not in path.read_bytes()


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


def test_the_file_is_the_users_own(store: Store) -> None:
    path = Path(str(store.engine.url.database))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_later_store_is_refused(tmp_path: Path) -> None:
    engine = connect(tmp_path / "c.db")
    with engine.begin() as db:
        db.exec_driver_sql("PRAGMA user_version=99")
    engine.dispose()
    with pytest.raises(ArchiveTooNew, match="schema 99"):
        Store(tmp_path / "c.db")
