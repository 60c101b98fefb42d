from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from chatbot import Answer, Claim, Extractive, Query, build_chain
from chatbot.answering.quotation import quote
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from tests.conftest import NEWS, article, put
from vectorstore import Archive, Filters, Hit, InputError


@pytest.fixture
def chain(newsroom: Archive):
    return build_chain(newsroom)


def sound(archive: Archive, answer: Answer) -> bool:
    """Every quote stands in its article at its offsets, and in the text that is shown."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    return all(
        archive.article(c.article.id, c.article.version).body[c.start : c.end] == c.quote
        and c.quote in answer.text
        and f"[{c.number}]" in answer.text
        for c in answer.citations
    )


def test_an_answer_is_cited_quoted_and_attributed(newsroom: Archive, chain) -> None:
    answer = chain.invoke({"question": "How much will Seoul invest in the United States?"})
    assert not answer.abstained
    assert 1 <= len(answer.claims) <= 5
    assert answer.claims[0].text.startswith("Trade Desk, 31 July 2025: “")
    assert "$350 billion" in answer.claims[0].text
    assert sound(newsroom, answer)


def test_values_are_frozen(chain) -> None:
    answer = chain.invoke({"question": "How much will Seoul invest?"})
    with pytest.raises(FrozenInstanceError):
        answer.message = "x"
    with pytest.raises(FrozenInstanceError):
        answer.claims[0].text = "x"
    with pytest.raises(FrozenInstanceError):
        answer.citations[0].quote = "x"


def test_a_stream_begins_with_the_query_and_adds_up(newsroom: Archive, chain) -> None:
    inputs = {"question": "What tariff will Korean goods pay?"}
    parts = list(chain.stream(inputs))
    assert parts[0].query is not None
    assert parts[0].nearest
    assert not parts[0].claims
    assert all(len(p.claims) <= 1 for p in parts[1:])
    whole = parts[0]
    for part in parts[1:]:
        whole += part
    assert whole == chain.invoke(inputs)


async def test_async_and_batch_give_the_same(chain) -> None:
    inputs = [{"question": "Who plans docks?"}, {"question": "What tariff applies to Korea?"}]
    expected = [chain.invoke(i) for i in inputs]
    assert chain.batch(inputs) == expected
    assert await chain.abatch(inputs) == expected
    assert await chain.ainvoke(inputs[0]) == expected[0]
    parts = [part async for part in chain.astream(inputs[1])]
    assert len(parts) > 1


@pytest.mark.parametrize(
    "question",
    [
        "What is the recipe for kimchi stew?",
        "Who won the football world cup in 2022?",
        "How tall is Mount Kilimanjaro?",
        "김치찌개 조리법은?",
    ],
)
def test_what_the_archive_does_not_hold_is_said(chain, question: str) -> None:
    answer = chain.invoke({"question": question})
    assert answer.abstained
    assert not answer.claims
    assert answer.text
    assert ("없습니다" in answer.text) == ("김치" in question)


def test_a_korean_question_gets_korean_labels(newsroom: Archive, chain) -> None:
    answer = chain.invoke({"question": "자동차 관세는 몇 퍼센트로 내려가나요?"})
    assert answer.claims[0].text.startswith("경제부, 2025년 7월 31일: “")
    assert "15퍼센트" in answer.text
    assert sound(newsroom, answer)


def test_history_is_any_message_list_and_a_follow_up_leans_on_it(chain) -> None:
    turns = [("user", "What will Hanwha Philly Shipyard build?"), ("assistant", "Docks.")]
    as_dicts = [{"role": r, "content": c} for r, c in turns]
    as_messages = [HumanMessage(turns[0][1]), AIMessage(turns[1][1])]
    for history in (as_dicts, as_messages, turns):
        answer = chain.invoke({"question": "And how much will it spend?", "history": history})
        assert "$5 billion" in answer.text
        assert "Hanwha" in answer.query.text


def test_a_new_topic_does_not_lean_on_the_old(chain) -> None:
    history = [{"role": "user", "content": "What will Hanwha Philly Shipyard build?"}]
    asked = "Which tariff did the July letter set for South Korean goods?"
    assert chain.invoke({"question": asked, "history": history}).query.text == asked


@pytest.mark.parametrize(
    ("question", "as_of"),
    [
        ("What was known on 3 March 2025 about tariffs?", date(2025, 3, 3)),
        ("As of July 8, 2025, what tariff applies?", date(2025, 7, 8)),
        ("as of 2025-07-08 what tariff applies?", date(2025, 7, 8)),
        ("2025년 7월 8일 기준 관세율은?", date(2025, 7, 8)),
        ("What did the order of 31 July 2025 say?", None),
        ("as of 2025-99-99 what applies?", date(2025, 12, 31)),
        ("What was known about the ships on 3 March 2025?", date(2025, 3, 3)),
        ("As of 3rd March 2025, what applies?", date(2025, 3, 3)),
        ("As of March 2025, what applies?", date(2025, 3, 31)),
        ("What was known on 3 March?", date(2026, 3, 3)),
        ("What was known on 3 December?", date(2025, 12, 3)),
        ("3월 3일 당시 관세율은?", date(2026, 3, 3)),
        ("Is he known for the deal of 31 July 2025?", None),
        ("What is the tariff, known as reciprocal, in the order?", None),
    ],
)
def test_as_of_is_read_from_the_question(chain, question: str, as_of: date | None) -> None:
    asked = {"question": question, "today": date(2026, 11, 24)}
    assert chain.invoke(asked).query.filters.as_of == (as_of or date(2026, 11, 24))


def test_today_hides_what_was_published_later(chain) -> None:
    question = "What is the tariff on Korean goods?"
    july = chain.invoke({"question": question, "today": date(2025, 7, 10)})
    august = chain.invoke({"question": question, "today": date(2025, 8, 10)})
    assert "25 percent" in july.text
    assert "15 percent" not in july.text
    assert "15 percent" in august.text


def test_given_filters_hold_and_the_earliest_day_counts(chain) -> None:
    only = Filters(outlets=("Business Desk",))
    answer = chain.invoke({"question": "What will Hanwha spend?", "filters": only})
    assert answer.query.filters == only
    assert {h.article.outlet for h in answer.nearest} == {"Business Desk"}
    days = {"today": date(2025, 3, 1), "filters": replace(only, as_of=date(2025, 9, 1))}
    for question in ("What will Hanwha spend?", "As of 1 January 2026, what will Hanwha spend?"):
        answer = chain.invoke({"question": question} | days)
        assert answer.query.filters == replace(only, as_of=date(2025, 3, 1))
        assert answer.nearest == ()


def test_a_follow_up_stays_as_of_the_day_of_the_question_it_leans_on(chain) -> None:
    history = [{"role": "user", "content": "As of 8 July 2025, what tariff do Korean goods pay?"}]
    answer = chain.invoke({"question": "And on cars?", "history": history})
    assert answer.query.filters.as_of == date(2025, 7, 8)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        7,
        {"question": 7},
        {"question": "x", "history": [{"who": "me"}]},
        {"question": "x", "today": "2025-03-01"},
        {"question": "x", "filters": {"outlets": ["A"]}},
    ],
)
def test_wrong_inputs_say_what_is_expected(chain, inputs: dict) -> None:
    with pytest.raises(InputError, match=r"question|history|today|filters"):
        chain.invoke(inputs)


@pytest.mark.parametrize("question", ["", "   ", "?", "\x00", "a" * 100_000, "[1] [2]", "😀"])
def test_what_is_no_question_is_met_politely_and_cites_nothing(chain, question: str) -> None:
    answer = chain.invoke({"question": question})
    assert answer.text
    assert not answer.claims


class Liar:
    """An answerer that gets every kind of thing wrong."""

    def __init__(self, archive: Archive) -> None:
        self.honest = Extractive(archive)
        self.abstain = self.honest.abstain

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        for part in self.honest(query, hits):
            for claim in part.claims:
                yield from (Answer(claims=(wrong,)) for wrong in self.lies(claim))

    def lies(self, claim: Claim) -> Iterator[Claim]:
        (c,) = claim.citations
        yield replace(claim, text=claim.text.replace(c.quote[:9], "Wrong 450"))
        yield replace(claim, text=claim.text + " It fell by 77 percent.")
        yield replace(claim, citations=())
        yield replace(claim, citations=(replace(c, start=c.start + 1),))
        yield replace(claim, citations=(replace(c, quote=c.quote + " Really."),))
        gone = replace(c.article, id="0" * 16)
        yield replace(claim, citations=(replace(c, article=gone),))
        yield replace(claim, citations=(replace(c, article=replace(c.article, version="old")),))


def test_claims_that_fail_are_never_shown(newsroom: Archive) -> None:
    chain = build_chain(newsroom, answerer=Liar(newsroom))
    answer = chain.invoke({"question": "How much will Seoul invest in the United States?"})
    assert answer.abstained
    assert not answer.claims
    assert "450" not in answer.text


def test_numbers_have_no_gaps_where_a_claim_was_dropped(newsroom: Archive) -> None:
    honest = Extractive(newsroom)

    def first_is_wrong(query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        for i, candidate in enumerate(
            score_candidates(newsroom, QueryTerms(newsroom, query), hits)[:3]
        ):
            claim = quote(candidate, "en")
            yield Answer(claims=(replace(claim, text="Wrong") if i == 0 else claim,))

    first_is_wrong.abstain = honest.abstain  # type: ignore[attr-defined]
    chain = build_chain(newsroom, answerer=first_is_wrong)  # type: ignore[arg-type]
    answer = chain.invoke({"question": "What tariff did the deal set and what will Seoul invest?"})
    assert answer.claims
    assert sound(newsroom, answer)


def test_an_article_that_changes_between_reading_and_showing_is_not_cited(
    empty: Archive,
) -> None:
    first = article("a.md", "Seoul will invest $350 billion in American industry.")
    put(empty, [first])
    held = Extractive(empty)

    def change(query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        parts = list(held(query, hits))
        put(empty, [replace(first, body="Seoul will invest nothing in American industry.")])
        return iter(parts)

    change.abstain = held.abstain  # type: ignore[attr-defined]
    answer = build_chain(empty, answerer=change).invoke({"question": "What will Seoul invest?"})  # type: ignore[arg-type]
    assert answer.abstained


def test_a_correction_does_not_answer_with_what_was_wrong(empty: Archive) -> None:
    body = (
        "The summit lasted two hours and 20 minutes, officials said.\n\nCorrection: An earlier "
        "version of this article said that the summit lasted two and a half hours."
    )
    put(empty, [article("summit.md", body, headline="Leaders meet"), *NEWS])
    answer = build_chain(empty).invoke({"question": "How long did the summit last?"})
    assert "20 minutes" in answer.claims[0].text


def test_undated_articles_without_outlet_are_quoted_plainly(newsroom: Archive, chain) -> None:
    answer = chain.invoke({"question": "Where is the reserve of rare earth magnets kept?"})
    assert answer.claims[0].text.startswith("“The ministry keeps")


def test_as_a_langchain_message_with_standard_citations(chain) -> None:
    answer = chain.invoke({"question": "How much will Seoul invest in the United States?"})
    message = answer.to_message()
    assert message.text == answer.text
    (block,) = message.content
    for citation, note in zip(answer.citations, block["annotations"], strict=True):
        assert note["type"] == "citation"
        assert note["cited_text"] == citation.quote
        assert citation.quote in message.text[note["start_index"] : note["end_index"]]
