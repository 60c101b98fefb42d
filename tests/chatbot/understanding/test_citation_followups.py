"""A citation that is asked about, and how long an answer is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from langchain_core.messages import HumanMessage

from chatbot import Answer, build_chain
from chatbot.answering.answerer import Extractive
from chatbot.understanding.citation_followups import EarlierQuote
from chatbot.values import Query
from tests.conftest import article, put
from vectorstore import Archive, Filters, Hit, InputError

DOCK = (
    "Hanwha Ocean opened a dock at the Philly Shipyard on Monday. "
    "The Philly Shipyard will build ten tankers there, the company said.\n\n"
    "Rolf Meier leads the yard. Welders from Geoje train the crew for two years.\n\n"
    "A crane from Turku lifts nine hundred tons. The canteen serves kimchi on Fridays."
)
ORDERS = [
    f"The Philly Shipyard won an order for {n} tankers from {buyer}, the yard said."
    for n, buyer in (("two", "Oslo"), ("four", "Athens"), ("five", "Genoa"), ("six", "Lagos"))
]
RICE = (
    "Rice prices in Seoul fell by a tenth after imports rose.",
    "Low prices of rice cost farmers in Jeolla half of a harvest, their union said.",
    "The ministry bought rice in autumn to lift prices for growers.",
    "Cheap imports from Vietnam pushed rice prices down, traders told the paper.",
    "Rice was planted on fewer fields because prices were poor.",
    "A cooperative stored rice until prices recovered.",
)
QUESTION = "Who opened a dock at the Philly Shipyard?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("cited") / "archive", create=True) as opened:
        made = [article("a", DOCK, headline="Dock opens", outlet="Wire", published="2025-08-25")]
        for n, body in enumerate(ORDERS):
            about = {"headline": "Order won", "outlet": f"Paper {n}"}
            made.append(article(str(n), body, published=f"2025-09-0{n + 1}", **about))
        for n, body in enumerate(RICE):
            made.append(
                article(f"rice{n}", body, outlet=f"Rural {n}", published=f"2025-06-0{n + 1}")
            )
        put(opened, made)
        yield opened


def test_what_else_an_article_says_comes_from_it_alone(archive: Archive) -> None:
    chain = build_chain(archive)
    first = chain.invoke({"question": QUESTION})
    one = first.citations[0]
    asked = {"question": "What else does [1] say?", "cited": first.citations}
    asked["history"] = [("user", QUESTION), ("assistant", first.text)]
    more = chain.invoke(asked)
    assert more.claims
    assert {c.article.id for c in more.citations} == {one.article.id}
    assert not {c.quote for c in more.citations} & {c.quote for c in first.citations}
    places = [c.start for c in more.citations]
    assert places == sorted(places)
    assert more.query is not None
    assert "Dock opens" in more.query.notes[-1]


def test_a_history_of_messages_knows_what_was_cited(archive: Archive) -> None:
    chain = build_chain(archive)
    first = chain.invoke({"question": QUESTION})
    history = [HumanMessage(QUESTION), first.to_message()]
    more = chain.invoke({"question": "And what else does [1] say?", "history": history})
    assert {c.article.id for c in more.citations} == {first.citations[0].article.id}
    assert not {c.quote for c in more.citations} & {c.quote for c in first.citations}


def test_a_number_that_no_citation_has_narrows_nothing(archive: Archive) -> None:
    chain = build_chain(archive)
    first = chain.invoke({"question": QUESTION})
    history = [HumanMessage(QUESTION), first.to_message()]
    asked = chain.invoke({"question": "What else does [9] say?", "history": history})
    assert asked.query is not None
    assert asked.query.filters == Filters()
    with pytest.raises(InputError, match="cited is a list"):
        chain.invoke({"question": "What does [1] say?", "cited": [1]})
    gone = [EarlierQuote(1, "nowhere", "", 0, 5)]
    said = chain.invoke({"question": "What else does [1] say?", "cited": gone, "history": history})
    assert said.abstained


def test_a_search_is_narrowed_to_articles(archive: Archive) -> None:
    own = archive.search("dock", k=1)[0].article.id
    hits = archive.search("tankers from Oslo", k=10, filters=Filters(articles=(own,)))
    assert {h.article.id for h in hits} == {own}
    assert len(hits) == 3


def test_an_answer_is_as_long_as_is_wanted(archive: Archive) -> None:
    chain = build_chain(archive)
    question = "Why did rice prices fall?"

    def claims(length: str) -> int:
        answer: Answer = chain.invoke({"question": question, "length": length})
        return len(answer.claims)

    assert claims("short") <= claims("normal") < claims("long")
    with pytest.raises(InputError, match="length is one of short, normal, long"):
        claims("endless")


def test_a_short_answer_is_short_whoever_writes_it(archive: Archive) -> None:
    class Talkative(Extractive):
        def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
            yield from 2 * [*super().__call__(replace(query, length="long"), hits)]

    def claims(length: str) -> int:
        chain = build_chain(archive, answerer=Talkative(archive))
        return len(chain.invoke({"question": "Why did rice prices fall?", "length": length}).claims)

    assert claims("normal") > 2
    assert claims("short") == 2
