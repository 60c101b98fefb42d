"""Whatever happens to an archive, in whatever order: search finds what a plain model of it says.

The model is a dictionary of articles. Articles come, change, are withdrawn and taken back by
their providers, the process is killed between the ledger's commit and the indexes' publication,
segments are merged, indexes rebuilt, the embedding model changed, backups made and brought back.
"""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import article, cut, put
from tests.fuzzing import THOROUGH, examples
from tests.vectorstore import hashed
from ui.cli import backup, restore
from vectorstore import Archive, Article, Filters, Revision, Settings, StoredArticle
from vectorstore.index import dense, lexical_seal
from vectorstore.index.dense import DenseIndex
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.word_list import WordList
from vectorstore.ledger.ledger import Ledger

WORD = "report"
"""In every text."""

KEYS = tuple("abcdefg")
DAYS = (
    None, "2025-01-01", "2025-01-31T23:30:00-05:00", "2025-02-01", "0001-01-01",
    "9999-12-31T23:59:59-12:00",
)  # fmt: skip
OUTLETS = ("Wire", "Post", "Straße", "")
LANGUAGES = ("en", "ko", "")
NAMES = ("Trade", "TRADE", "Straße", "한국", "a:b")
COPIED = " ".join(f"Story {n} of the report names ship{n} and dock{n}." for n in range(12))
"""Long enough to be known as a copy where several outlets have it."""

TEXTS = (
    "A report on {key} says rice.",
    "A report on {key} says steel 🚢 today. It adds more.\n\nThe report on {key} ends é here.",
    "The report says {key} and 관세 협상.\n\nNew report: {key} fell.\n\nLast on {key}: report.",
    COPIED,
)


class Killed(BaseException):
    """In place of SIGKILL: no handler in between stops it."""


BEFORE: dict[str, tuple[Any, str]] = {
    "before the words": (LexicalIndex, "update"),
    "the words committed and not listed": (WordList, "add"),
    "the words committed and not sealed": (lexical_seal, "write_json"),
    "a segment written and not named": (dense, "write_json"),
}
AFTER: dict[str, tuple[Any, str]] = {
    "an article stored": (Ledger, "put"),
    "an article withdrawn": (Ledger, "withdraw"),
    "the words sealed": (LexicalIndex, "update"),
    "the words cleared": (LexicalIndex, "clear"),
    "a segment moved": (dense, "sync_folder"),
    "a segment named": (DenseIndex, "publish"),
    "the vectors cleared": (DenseIndex, "clear"),
    "another model's vectors stored": (Ledger, "put_vectors"),
    "another model named": (Ledger, "set_meta"),
}
"""Where a process is killed: before something is done, or after it."""


@contextmanager
def killed(moment: str, time: int) -> Iterator[None]:
    """Be killed when this moment comes for the `time`th time, if it does."""
    after = moment in AFTER
    owner, name = (BEFORE | AFTER)[moment]
    original, count = getattr(owner, name), 0

    def then_die(*args: Any, **given: Any) -> Any:
        nonlocal count
        count += 1
        if count == time and not after:
            raise Killed
        found = original(*args, **given)
        if count == time:
            raise Killed
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, then_die)
        yield


@dataclass
class Known:
    """What a plain model knows of an article."""

    current: Article
    live: bool = True
    versions: set[str] = field(default_factory=set)


@dataclass
class Model:
    """The archive as a dictionary; `late` are the articles that need not be found yet."""

    articles: dict[str, Known] = field(default_factory=dict)
    taken_back: dict[str, Revision] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)

    def put(self, new: Article) -> None:
        known = self.articles.get(new.id)
        self.late.add(new.id)
        if known is None:
            known = self.articles[new.id] = Known(new)
        elif new.revision.precedes(known.current.revision):
            known.versions.add(new.version)
            return
        elif (
            new.revision
            and new.revision == known.current.revision
            and new.version != known.current.version
            and new.version in known.versions
        ):
            return
        held = self.taken_back.get(new.id)
        known.current, known.live = new, held is None or held.precedes(new.revision)
        known.versions.add(new.version)

    def withdraw(self, ids: Sequence[str]) -> None:
        for known in (self.articles[i] for i in ids if i in self.articles):
            known.live = False

    def retract(self, id_: str, revision: Revision) -> None:
        held, known = self.taken_back.get(id_), self.articles.get(id_)
        if held is None or not revision.precedes(held):
            self.taken_back[id_] = revision
        if known and known.live and not revision.precedes(known.current.revision):
            known.live = False
            if revision:
                known.current = replace(known.current, revision=revision)

    def wanted(self, filters: Filters) -> dict[str, Article]:
        """The living articles that the filters admit."""
        living = {i: k.current for i, k in self.articles.items() if k.live}
        return {i: a for i, a in living.items() if admits(filters, a)}


def admits(filters: Filters, one: Article) -> bool:
    """The filters' own words, without any code of the archive's."""
    day = date.fromisoformat(one.published.iso[:10]) if one.published else None
    subjects, places = ({n.casefold() for n in names} for names in (one.subjects, one.places))
    return all(
        (
            not filters.since or (day and day >= filters.since),
            not filters.until or (day and day <= filters.until),
            not filters.as_of or not day or day <= filters.as_of,
            not filters.outlets or one.outlet in filters.outlets,
            not filters.languages or one.language in filters.languages,
            not filters.articles or one.id in filters.articles,
            not filters.subjects or subjects & {n.casefold() for n in filters.subjects},
            not filters.places or places & {n.casefold() for n in filters.places},
        )
    )


def ids_of(keys: Sequence[str]) -> list[str]:
    return [article(f"{key}.md", "").id for key in keys]


some_names = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
revisions = st.sampled_from((Revision(), Revision(), Revision("1"), Revision("2"), Revision("3")))
some_keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True)
days = st.sampled_from((date.min, date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1), date.max))
moments = st.sampled_from(sorted(BEFORE | AFTER))


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """An article under one of few keys, with one of few texts."""
    key, published = draw(st.sampled_from(KEYS)), draw(st.sampled_from(DAYS))
    return article(
        f"{key}.md",
        draw(st.sampled_from(TEXTS)).format(key=key),
        headline=draw(st.sampled_from(("A headline", "Another é", ""))),
        outlet=draw(st.sampled_from(OUTLETS)),
        language=draw(st.sampled_from(LANGUAGES)),
        subjects=draw(some_names),
        places=draw(some_names),
        revision=draw(revisions),
        source=f"source of {key}",
        **({"published": published} if published else {}),
    )


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """Filters of none, one or several kinds."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "since": days,
        "until": days,
        "as_of": days,
        "outlets": st.lists(st.sampled_from(OUTLETS), max_size=2).map(tuple),
        "languages": st.lists(st.sampled_from(LANGUAGES), max_size=2).map(tuple),
        "articles": some_keys.map(ids_of).map(tuple),
        "subjects": some_names,
        "places": some_names,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=2, unique=True))
    return Filters(**{name: draw(kinds[name]) for name in chosen})


class Histories(RuleBasedStateMachine):
    """One archive in a folder, and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-history-"))
        self.patched = pytest.MonkeyPatch()
        hashed.use(self.patched)
        if not THOROUGH:
            hashed.build_here(self.patched)
        self.model, self.saved, self.count = Model(), None, 0
        self.saved: tuple[Path, Model] | None
        self.archive = self.opened("archive", create=True)

    def opened(self, name: str, *, create: bool = False) -> Archive:
        self.place = self.folder / name
        chosen = Settings(model=hashed.ONE if create else "", reranker="")
        return Archive.open(self.place, settings=chosen, create=create)

    def teardown(self) -> None:
        self.archive.close()
        self.patched.undo()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what happens ---------------------------------------------------------------

    @initialize(several=st.lists(articles(), min_size=2, max_size=6))
    def begin(self, several: list[Article]) -> None:
        self.come(several, index=True)

    @rule(several=st.lists(articles(), min_size=1, max_size=4), index=st.booleans())
    def come(self, several: list[Article], index: bool) -> None:
        put(self.archive, several, index=index)
        for one in several:
            self.model.put(one)
        self.indexed(index)

    @rule(keys=some_keys, index=st.booleans())
    def withdraw(self, keys: list[str], index: bool) -> None:
        with self.archive.writing():
            self.archive.withdraw_articles(ids_of(keys))
            if index:
                self.archive.index()
        self.model.withdraw(ids_of(keys))
        self.indexed(index)

    @rule(key=st.sampled_from(KEYS))
    def withdraw_a_source(self, key: str) -> None:
        with self.archive.writing():
            self.archive.withdraw(f"source of {key}")
        self.model.withdraw(ids_of([key]))

    @rule(key=st.sampled_from(KEYS), revision=revisions)
    def retract(self, key: str, revision: Revision) -> None:
        with self.archive.writing():
            self.archive.retract(ids_of([key])[0], revision)
        self.model.retract(ids_of([key])[0], revision)

    @rule()
    def index(self) -> None:
        with self.archive.writing():
            self.archive.index()
        self.indexed(True)

    @rule()
    def rebuild(self) -> None:
        with self.archive.writing():
            self.archive.rebuild()
        self.indexed(True)

    @rule()
    def open_again(self) -> None:
        self.archive.close()
        self.archive = self.opened(self.place.name)

    @rule()
    def migrate(self) -> None:
        self.archive.migrate(self.next_model())
        self.indexed(True)

    def next_model(self) -> str:
        now = self.archive._ledger.meta("model")
        return hashed.OTHER if now == hashed.ONE else hashed.ONE

    @rule(
        several=st.lists(articles(), min_size=1, max_size=3),
        what=st.sampled_from(("come", "come", "rebuild", "migrate", "withdraw")),
        moment=moments,
        time=st.integers(1, 2),
    )
    def killed(self, several: list[Article], what: str, moment: str, time: int) -> None:
        """Something is begun and does not end; what the ledger has committed has happened."""
        keys = [one.path.partition(".")[0] for one in several]
        deeds: dict[str, Callable[[], object]] = {
            "come": lambda: put(self.archive, several),
            "rebuild": self.archive.rebuild,
            "migrate": lambda: self.archive.migrate(self.next_model()),
            "withdraw": lambda: self.archive.withdraw_articles(ids_of(keys)),
        }
        with self.noted():
            try:
                with killed(moment, time):
                    deeds[what]()
            except Killed:
                pass
            else:
                self.indexed(what != "withdraw")
        self.archive.close()
        gc.collect()  # what a process that is gone had open
        self.archive = self.opened(self.place.name)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """The model follows what the ledger commits, article by article."""
        store, withdraw = Ledger.put, Ledger.withdraw

        def stored(ledger: Ledger, one: Article, *args: Any) -> Any:
            found = store(ledger, one, *args)
            self.model.put(one)
            return found

        def withdrawn(ledger: Ledger, ids: Sequence[str]) -> int:
            found = withdraw(ledger, ids)
            self.model.withdraw(list(ids))
            return found

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Ledger, "put", stored)
            patched.setattr(Ledger, "withdraw", withdrawn)
            yield

    @rule()
    def back_up(self) -> None:
        self.count += 1
        folder = self.folder / f"saved-{self.count}"
        backup.backup(folder, archive=str(self.place))
        self.saved = folder, deepcopy(self.model)

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        assert self.saved is not None
        self.count += 1
        self.archive.close()
        name = f"restored-{self.count}"
        restore.restore(self.saved[0], archive=str(self.folder / name))
        self.model = deepcopy(self.saved[1])
        self.archive = self.opened(name)
        self.indexed(True)

    def indexed(self, done: bool) -> None:
        if done:
            self.model.late.clear()

    # -- what holds -----------------------------------------------------------------

    @rule(narrowed=filters())
    def search_narrowed(self, narrowed: Filters) -> None:
        self.found(narrowed)

    @invariant()
    def search_finds_what_the_model_has(self) -> None:
        self.found(Filters())

    @invariant()
    def what_is_told_of_it_is_so(self) -> None:
        living = self.model.wanted(Filters())
        assert {one.id for one in self.archive.browse(limit=50)} == set(living)
        assert self.archive.matching() == len(living) == self.archive.status().articles
        for id_, known in self.model.articles.items():
            same(self.archive.article(id_), known.current, live=known.live)
            assert {v.version for v in self.archive.versions(id_)} == known.versions
        if not self.model.late:
            assert not self.archive._dense.damaged

    def found(self, narrowed: Filters) -> None:
        hits = self.archive.search(WORD, k=60, filters=narrowed)
        wanted = self.model.wanted(narrowed)
        assert len(hits) == len({hit.passage_id for hit in hits})
        said: set[str] = set()
        for hit in hits:
            same(hit.article, wanted[hit.article.id], live=True)
            body, spans = hit.article.body, {(p.start, p.end): p for p in cut(hit.article.body)}
            assert [(s.start, s.end) for s in hit.sentences] == list(
                spans[hit.start, hit.end].sentences
            )
            assert hit.text == body[hit.start : hit.end]
            assert all(s.text == body[s.start : s.end] for s in hit.sentences)
            assert all(other.body == body for other in hit.also)
            assert {other.id for other in hit.also} <= set(wanted)
            said |= {hit.article.id, *(other.id for other in hit.also)}
        must = set(wanted) - self.model.late
        assert must <= said
        for id_ in must:
            own = {hit.start for hit in hits if hit.article.id == id_}
            assert own in (set(), {p.start for p in cut(wanted[id_].body)})


def same(stored: StoredArticle, known: Article, *, live: bool) -> None:
    """What the archive has of an article is what the model has."""
    told = ("id", "version", "headline", "body", "outlet", "language", "source", "revision")
    assert [getattr(stored, n) for n in told] == [getattr(known, n) for n in told]
    assert (stored.published and stored.published.iso) == (known.published and known.published.iso)
    for one, other in ((stored.subjects, known.subjects), (stored.places, known.places)):
        assert {n.casefold() for n in one} == {n.casefold() for n in other}
    assert (stored.withdrawn is None) == live


STEPS = 40 if THOROUGH else 10


def test_any_history_of_an_archive_is_found_as_a_plain_model_has_it() -> None:
    chosen = settings(examples(6, 300), stateful_step_count=STEPS)
    run_state_machine_as_test(Histories, settings=chosen)


def test_what_comes_back_without_its_boilerplate_is_found_by_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads as before, but its old passages have no vectors of the model of now."""
    hashed.use(monkeypatch)
    hashed.build_here(monkeypatch)
    footer = "Sign up for the letter of the Wire and read it daily."
    several = [
        article(f"{n}.md", f"The report number {n} says {n} ships.\n\n{footer}", outlet="Wire")
        for n in range(8)
    ]
    chosen = Settings(model=hashed.ONE, reranker="")
    with Archive.open(tmp_path / "archive", settings=chosen, create=True) as archive:
        put(archive, several)
        with archive.writing():
            archive.withdraw_articles([several[0].id])
        archive.migrate(hashed.OTHER)
        plain = replace(several[0], body=several[0].body.partition("\n\n")[0])
        put(archive, [plain])
        found = {hit.article.id: hit.article.body for hit in archive.search(WORD, k=60)}
        assert found[plain.id] == plain.body
        assert len(found) == len(several)
