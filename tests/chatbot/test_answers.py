from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatbot import build_chain
from ingest import passages
from tests.conftest import NEWS, article, put
from vectorstore import Archive

JULY = "A tariff of 25 percent applies to Korean goods from 1 August, the letter to Seoul said."
ORDER = "The order said that the tariff on Korean goods is 15 percent from 7 August."
PAPER = "Reported figures differ: the tariff on Korean goods is 16 percent, the order said."
RATES = """\
The annex to the Zubrowka order has these rates.

Country | Rate under the order
Freedonia | 19%
Sylvania | 41%
Tomainia | 15%\
"""
SHIPS = "Hanwha will hire 900 welders in Philadelphia this year, the company said."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("answers") / "archive", create=True) as opened:
        first = article("yard.md", "Hanwha will hire 500 welders.", headline="Welders wanted")
        put(
            opened,
            [
                article("july.md", JULY, outlet="Desk", published="2025-07-07"),
                article("order.md", ORDER, outlet="Desk", published="2025-07-31"),
                article("paper.md", PAPER, outlet="Paper", published="2025-08-01"),
                first,
                *NEWS[2:],
            ],
        )
        put(opened, [replace(first, body=SHIPS)])
        table = article("rates.md", RATES, headline="Rates of the Zubrowka order")
        with opened.writing():
            list(opened.add([(table, passages.cut(table.body))]))
            opened.index()
        yield opened


def test_the_amount_stands_first_and_other_values_under_a_label(desk: Archive) -> None:
    answer = build_chain(desk).invoke("What is the tariff on Korean goods?")
    leads = [c.lead for c in answer.claims]
    assert leads[0] in ("15 percent", "16 percent", "25 percent")
    assert leads[1:] == [""] * len(leads[1:])
    assert answer.text.startswith(f"**{leads[0]}** — ")
    labels = {c.text.split(": ")[0] for c in answer.claims[1:]}
    assert labels & {"Before that", "Since then", "Reported differently"}


def test_what_is_taken_for_granted_wrongly_is_contradicted(desk: Archive) -> None:
    question = "Why did the order say that the tariff on Korean goods is 60 percent?"
    answer = build_chain(desk).invoke(question)
    assert answer.claims[0].text.startswith("The archive says otherwise: ")
    assert "60" not in answer.text


def test_a_passage_that_came_later_says_so(desk: Archive) -> None:
    answer = build_chain(desk).invoke("How many welders will Hanwha hire?")
    assert answer.claims[0].lead in ("900", "900 welders")
    assert "changed or added" in answer.claims[0].text


def test_an_abstention_says_what_was_looked_for(desk: Archive) -> None:
    answer = build_chain(desk).invoke("How tall is the Kilimanjaro volcano?")
    assert answer.abstained
    assert "Kilimanjaro volcano" in answer.message
    assert (
        "In no article: tall, Kilimanjaro, volcano" in answer.message or "In no" in answer.message
    )
    assert "Nearest" in answer.message


def test_a_row_of_a_table_is_quoted_under_its_head(desk: Archive) -> None:
    answer = build_chain(desk).invoke("What rate does Sylvania pay under the Zubrowka order?")
    first = answer.claims[0]
    assert [c.quote for c in first.citations] == [
        "Country | Rate under the order",
        "Sylvania | 41%",
    ]
    assert not any("Freedonia" in c.quote for c in answer.citations)


def test_each_part_is_answered_and_what_is_not_found_is_named(desk: Archive) -> None:
    both = "How many welders will Hanwha hire, and what rate does Sylvania pay under the order?"
    answer = build_chain(desk).invoke(both)
    quotes = " ".join(c.quote for c in answer.citations)
    assert "900 welders" in quotes
    assert "41%" in quotes
    half = "How many welders will Hanwha hire, and how deep is the Kilimanjaro crater lake?"
    answer = build_chain(desk).invoke(half)
    assert "900 welders" in answer.text
    assert "Kilimanjaro" in answer.notice


def test_an_amount_is_asked_for_and_none_is_there(desk: Archive) -> None:
    answer = build_chain(desk).invoke("How many pages does the letter to Seoul have?")
    assert answer.abstained


def test_what_holds_now_is_told_by_the_newest(desk: Archive) -> None:
    answer = build_chain(desk).invoke("What is the tariff on Korean goods now?")
    days = [c.article.published.day for c in answer.citations if c.article.published]
    assert len(days) > 1
    assert days[0] == max(days)


def test_what_was_known_on_a_day_is_not_looked_for_on_that_day(desk: Archive) -> None:
    asked = "What was known about the tariff on Korean goods as of 20 July 2025?"
    answer = build_chain(desk).invoke(asked)
    assert answer.query is not None
    assert answer.query.periods == ()
    assert [c.article.path for c in answer.citations] == ["july.md"]


def test_an_archive_with_nothing_like_it_abstains(desk: Archive) -> None:
    assert build_chain(desk).invoke("Which university discovered penicillin?").abstained
