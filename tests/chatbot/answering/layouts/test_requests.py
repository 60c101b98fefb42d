"""What kind of request a text is, and answers that are laid out by it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chatbot import Answer, build_chain, check
from chatbot.answering.excerpts import trim
from chatbot.language.phrases import is_other_language
from chatbot.understanding.comparisons import comparison_sides
from chatbot.understanding.request_topics import has_topic, request_topic
from chatbot.understanding.requests import REQUESTS, accepted_request, classify_request
from ingest import run
from tests.chatbot.generative.stubs import Stub
from tests.conftest import article, put
from vectorstore import Archive, Filters, InputError

TODAY = date(2026, 11, 30)
DOCK = (
    ("2025-01-10", "Harbour Gazette", "Dock plan announced",
     "The port of Mirado announced a plan for a new dry dock on Friday. It is to cost 40 million."),
    ("2025-03-02", "Coast Wire", "Dry dock: council agrees",
     "The council of Mirado agreed to the new dry dock on Sunday by nine votes to four."),
    ("2025-06-20", "Harbour Gazette", "Work on dry dock begins",
     "Work on the dry dock of Mirado began on Friday, and is to last two years."),
    ("2025-08-05", "Coast Wire", "Fishers against the dock",
     "Fishers said on Tuesday that the dry dock of Mirado would close their best grounds."),
    ("2025-09-11", "Harbour Gazette", "Ferry fares rise",
     "The ferry to the islands costs 4 dollars from Thursday, one dollar more than before."),
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("requests") / "archive", create=True) as opened:
        made = [
            article(f"{day}.md", body, headline=headline, outlet=outlet, published=day)
            for day, outlet, headline, body in DOCK
        ]
        put(opened, made)
        yield opened


def asked(archive: Archive, question: str, **more: object) -> Answer:
    answer: Answer = build_chain(archive).invoke({"question": question, "today": TODAY, **more})
    assert all(check(archive, claim) for claim in answer.claims), "each claim holds"
    return answer


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How much does the ferry to the islands cost?", "fact"),
        ("Timeline of the dry dock", "timeline"),
        ("List the votes of the council", "list"),
        ("Compare the ferry fares of Mirado and Tolo", "comparison"),
        ("Summarize the dispute over the dry dock", "summary"),
        ("What do the fishers want?", "positions"),
        ("Should the council stop the dock?", "opinion"),
        ("Which newspapers are in this archive?", "archive"),
        ("Hello!", "greeting"),
        ("고마워요", "greeting"),
        ("asdfgh", "nothing"),
        ("", "nothing"),
    ],
)
def test_the_kind_of_a_request(text: str, kind: str) -> None:
    assert classify_request(text) == kind


def test_what_is_of_no_sure_kind_is_taken_for_a_fact() -> None:
    unsure = dict.fromkeys(REQUESTS, 0.0)
    assert accepted_request(unsure | {"summary": 0.45, "fact": 0.3}) == "fact"
    assert accepted_request(unsure | {"fact": 0.45, "count": 0.35}) == "count"
    assert accepted_request(unsure | {"opinion": 0.6, "fact": 0.4}) == "opinion", "that is sure"


def test_a_reader_may_say_which_kind_it_is(archive: Archive) -> None:
    answer = asked(archive, "the dry dock of Mirado", request="timeline")
    assert answer.query is not None
    assert answer.query.request == "timeline"
    with pytest.raises(InputError, match="request is one of"):
        asked(archive, "the dry dock", request="essay")


def test_a_timeline_has_dated_steps_in_order(archive: Archive) -> None:
    answer = asked(archive, "Timeline of the dry dock of Mirado")
    days = [c.article.published.day for c in answer.citations if c.article.published]
    assert len(days) >= 3
    assert days == sorted(days)
    assert answer.claims[0].lead == "10 January 2025"
    assert not any("ferry" in claim.text for claim in answer.claims)


def test_a_summary_has_the_latest_first_and_headings(archive: Archive) -> None:
    answer = asked(archive, "Summarize the dispute over the dry dock of Mirado")
    assert answer.claims[0].heading == "The latest"
    assert "**The latest**" in answer.text
    assert len({claim.heading for claim in answer.claims}) > 1


def test_an_answer_may_be_long_or_short(archive: Archive) -> None:
    short, long_ = (
        asked(archive, "Timeline of the dry dock of Mirado", length=length)
        for length in ("short", "long")
    )
    assert len(short.claims) <= 2 < len(long_.claims)


@pytest.mark.parametrize("question", ["Hello", "thanks!", "what can you do?", "안녕하세요"])
def test_manners_need_no_citation(archive: Archive, question: str) -> None:
    answer = asked(archive, question)
    assert answer.text
    assert not answer.abstained
    assert not answer.citations
    assert "Looked for" not in answer.text


def test_a_greeting_tells_what_the_archive_holds_and_offers_questions(archive: Archive) -> None:
    answer = asked(archive, "Good morning")
    assert "5 articles from Harbour Gazette, Coast Wire" in answer.text
    assert "10 January 2025 to 11 September 2025" in answer.text
    assert answer.suggested
    assert all(asked(archive, question).claims for question in answer.suggested)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many articles do you have?", "5 articles"),
        ("How many articles are from March 2025?", "1 article of 1 March 2025"),
        ("How many articles do you have from the Coast Wire?", "2 articles from Coast Wire"),
        ("Which outlets are in the archive?", "Coast Wire: 2 articles"),
        ("What is the newest article?", "Ferry fares rise"),
        ("What is the oldest article in the archive?", "Dock plan announced"),
        ("What was corrected in the archive?", "No article's text has changed"),
        ("기사가 몇 건 있나요?", "5건"),
    ],
)
def test_the_archive_is_told_from_its_own_list(archive: Archive, question: str, says: str) -> None:
    assert says in asked(archive, question, request="archive").text


def test_articles_that_mention_something_are_quoted_where_they_do(archive: Archive) -> None:
    answer = asked(archive, "How many articles mention votes?")
    assert "nine votes to four" in answer.claims[0].citations[0].quote
    answer = asked(archive, "How many articles mention the dry-dock?")
    assert not answer.claims, "there is a dry dock, and no dry-dock"


def test_a_broad_answer_is_about_what_is_named(tmp_path: Path) -> None:
    told = {
        "Korea": "Korea pledged to buy soybeans for two billion dollars, the ministry reported.",
        "Bahrain": "The ministry published its report on purchases of soybeans and wheat.",
    }
    with Archive.open(tmp_path / "archive", create=True) as archive:
        put(archive, [article(f"{n}.md", body, headline=n) for n, body in told.items()])
        answer = asked(archive, "Give me an overview of what Korea pledged to buy")
    assert {c.article.headline for c in answer.citations} == {"Korea"}


def test_what_changed_and_what_came_in(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        put(archive, [article("a", "The fee is 4 dollars."), article("b", "The dock is shut.")])
        began = datetime.now(UTC)
        assert not archive.changed()
        put(archive, [article("a", "The fee is 5 dollars.")])
        assert [a.path for a in archive.changed()] == ["a"]
        assert {a.path for a in archive.arrived(began - timedelta(minutes=1))} == {"a", "b"}
        assert not archive.arrived(began + timedelta(days=1))
        assert not archive.changed(Filters(outlets=("Nobody",)))
        answer = asked(archive, "What was corrected?", request="archive")
        assert "changed after they first appeared: 1" in answer.text
        (named,) = answer.claims
        assert named.citations[0].article.path == "a"
        assert named.heading.startswith("Changed on ")


def test_a_period_without_news_says_so_and_gives_the_newest(archive: Archive) -> None:
    answer = asked(archive, "What's new with the dry dock in May 2026?", request="news")
    assert "Nothing about this was found of 1 May 2026" in answer.text
    assert "5 August 2025" in answer.claims[0].lead


def test_permits_are_listed_and_counted(tmp_path: Path, shared: Path) -> None:
    shutil.copytree(shared / "faults" / "permits", tmp_path / "permits")
    with Archive.open(tmp_path / "archive", create=True) as archive:
        run(archive, [tmp_path / "permits"])
        listed = asked(archive, "List the permits granted in March 2026")
        assert len({c.article.id for c in listed.citations}) == 10
        counted = asked(archive, "How many permits were granted in March 2026?")
        assert "Counted in what the articles report: 10" in counted.text
        assert len({c.article.id for c in counted.citations}) == 10
        assert asked(archive, "What was Halla Shipping's profit in 2025?").abstained


def test_an_amendment_comes_before_what_it_amends(tmp_path: Path, shared: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        run(archive, [shared / "faults" / "amended"])
        answer = asked(archive, "What is the harbour fee per tonne now?")
    assert "3.10" in answer.claims[0].text
    assert "treaty partners" in answer.claims[0].text
    assert answer.claims[1].text.startswith("Before that: ")
    assert "4.20" in answer.claims[1].text


@pytest.mark.parametrize(
    ("question", "language", "sides"),
    [
        ("Compare the tariffs on Korean and Japanese cars", "en",
         ("the tariffs on Korean cars", "the tariffs on Japanese cars")),
        ("Compare the deals with Japan and Korea", "en",
         ("the deals with Japan", "the deals with Korea")),
        ("Busan vs. Incheon: port fees", "en", ("Busan: port fees", "Incheon: port fees")),
        ("일본이랑 한국 합의 차이가 뭐야", "ko", ("일본 합의", "한국 합의")),
        ("How do the tariffs on Brazil differ from the others?", "en", ()),
    ],
)  # fmt: skip
def test_the_sides_of_a_comparison(question: str, language: str, sides: tuple[str, ...]) -> None:
    assert comparison_sides(question, language) == sides


def test_each_side_of_a_comparison_stands_under_its_name(archive: Archive) -> None:
    answer = asked(archive, "Compare the dry dock of Mirado and the ferry of Tolo")
    assert answer.claims
    assert answer.claims[0].heading


@pytest.mark.parametrize(
    ("text", "kind", "language", "topic"),
    [
        ("Timeline of the car tariff", "timeline", "en", "the car tariff"),
        ("Please give me a summary of the strike at Tolo", "summary", "en", "the strike at Tolo"),
        ("What's the latest on the dry dock?", "news", "en", "the dry dock"),
        ("조지아 사건 타임라인 정리해줘", "timeline", "ko", "조지아 사건"),
        ("How much did it cost?", "fact", "en", "How much did it cost?"),
    ],
)
def test_the_topic_of_a_request(text: str, kind: str, language: str, topic: str) -> None:
    assert request_topic(text, kind, language) == topic  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "has"), [("What are the talks about?", False), ("Summarize the rice dispute", True)]
)
def test_the_talks_are_no_topic(text: str, has: bool) -> None:
    assert has_topic(text, "summary", "en") is has


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("In the meantime, the fee stays as it was.", "the fee stays as it was."),
        ("REBUILDING CRITICAL INDUSTRIES: The order sets a fee for ships.",
         "The order sets a fee for ships."),
        ("(a) the fee is to be paid within thirty days; and",
         "the fee is to be paid within thirty days"),
        ("However, the fee stays as it was.", "However, the fee stays as it was."),
        ("And so on.", "And so on."),
    ],
)  # fmt: skip
def test_a_quote_opens_with_what_it_says(text: str, kept: str) -> None:
    body = f"Before.\n\n{text}"
    start, end = trim(body, (9, 9 + len(text)))
    assert body[start:end] == kept


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("¿Cuánto invertirá Corea en los Estados Unidos?", True),
        ("なぜ関税が引き上げられたのですか", True),
        ("Wie hoch ist der Zoll und wann kommt er?", True),
        ("What did the Die Zeit report on El Salvador?", False),
        ("쌀 시장은 개방됐나?", False),
    ],
)
def test_a_question_in_another_language_is_told_of_it(text: str, other: bool) -> None:
    assert is_other_language(text) is other


def test_a_chat_model_gets_the_same_material_first_and_is_told_the_layout(archive: Archive) -> None:
    told: list[str] = []

    def say(_: str, prompt: str, keys: list[str]) -> str:
        told.append(prompt)
        return f"Work on the dry dock of Mirado began on Friday [{keys[0]}]."

    chain = build_chain(archive, model=Stub(say=say))
    question = {"question": "Timeline of the dry dock of Mirado", "today": TODAY}
    chain.invoke(question)
    own = asked(archive, question["question"], request="timeline")
    assert len(own.claims) > 2
    assert "The layout: Tell each step once" in told[0]
    places = [told[0].index(c.citations[0].article.headline) for c in own.claims]
    assert places == sorted(places)
    assert places[-1] < told[0].index("Ferry fares rise")
    chain.invoke(question | {"question": "How much does the ferry cost?"})
    assert "The layout" not in told[1]
