from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatbot import Citation, Claim, build_chain, check
from chatbot.answering.answerer import Extractive
from chatbot.values import Answer
from tests.conftest import article, put
from vectorstore import Archive

DEAL = (
    "South Korea and the United States struck a deal on 30 July. The tariff on Korean goods will "
    "be lowered to 15 percent, and Seoul will invest $350 billion in the United States. He said "
    "the rice market would not be opened. Choi Sang-mok met Scott Bessent on Tuesday."
)
KOREAN = "대통령실은 쌀 시장을 개방하지 않는다고 밝혔다. 투자액은 3,500억 달러다."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory):
    with Archive.open(tmp_path_factory.mktemp("desk") / "archive", create=True) as opened:
        about = {"outlet": "Trade Desk", "published": "2025-07-31"}
        put(opened, [article("deal.md", DEAL, headline="Lutnick hails the deal", **about)])
        put(opened, [article("off.md", "The talks did not happen.", headline="No talks")])
        put(opened, [article("ko.md", KOREAN, language="ko", outlet="경제부")])
        yield opened


def cite(archive: Archive, *quotes: str) -> tuple[Citation, ...]:
    found = []
    for number, quote in enumerate(quotes, 1):
        stored = next(a for a in archive.recent() if quote in a.body)
        at = stored.body.index(quote)
        found.append(
            Citation(number=number, article=stored, start=at, end=at + len(quote), quote=quote)
        )
    return tuple(found)


TARIFF = (
    "The tariff on Korean goods will be lowered to 15 percent, and Seoul will invest $350 billion "
    "in the United States."
)
STRUCK = "South Korea and the United States struck a deal on 30 July."
RICE = "He said the rice market would not be opened."
MET = "Choi Sang-mok met Scott Bessent on Tuesday."
WON = "투자액은 3,500억 달러다."


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Korean goods will pay a tariff of 15%.", TARIFF),
        ("Korea invests 350bn dollars in America.", TARIFF),
        ("The deal was struck on July 30, 2025 by Seoul and Washington.", STRUCK),
        ("The rice market will not be opened.", RICE),
        ("Choi met Bessent on 29 July 2025.", MET),
        ("On Tuesday, Bessent met Choi Sang-mok.", MET),
        ("미국에 투자하는 금액은 $350 billion이다.", WON),
        ("Trade Desk reports that “Seoul will invest $350 billion”.", TARIFF),
    ],
)
def test_a_written_sentence_that_its_source_says_holds(desk, text: str, quote: str) -> None:
    assert check(desk, Claim(text=text, citations=cite(desk, quote), written=True)).failures == ()


@pytest.mark.parametrize(
    ("text", "quote", "why"),
    [
        ("Korean goods will pay a tariff of 25%.", TARIFF, "25%"),
        ("Seoul will invest 350 billion won.", TARIFF, "350 billion won"),
        ("The deal was struck on July 28, 2025.", STRUCK, "July 28, 2025"),
        ("The deal was struck on 30 July 2024.", STRUCK, "30 July 2024"),
        ("The rice market will be opened.", RICE, "denies"),
        ("The talks happened.", "The talks did not happen.", "denies"),
        ("Korean goods will not pay a tariff of 15%.", TARIFF, "denies"),
        ("The tariff on Korean goods will be raised to 15 percent.", TARIFF, "raised"),
        ("Choi Sang-mok met Jamieson Greer on Tuesday.", MET, "Greer"),
        ("Choi Sang-mok met Scott Bessent on Friday.", MET, "Friday"),
        ("The Japanese tariff on goods will be lowered to 15 percent.", TARIFF, "Japanese"),
        ("The orchestra played a symphony by moonlight.", TARIFF, "something else"),
        ("Trade Desk reports that “Seoul will invest nothing”.", TARIFF, "quotation marks"),
        ("투자액은 2,500억 달러다.", WON, "2,500억 달러"),
    ],
)
def test_a_written_sentence_that_its_source_does_not_say_fails(
    desk, text: str, quote: str, why: str
) -> None:
    verdict = check(desk, Claim(text=text, citations=cite(desk, quote), written=True))
    assert not verdict
    assert why in "; ".join(verdict.failures)


def test_an_entailment_model_has_the_last_word(desk) -> None:
    claim = Claim(text="Seoul invests in America.", citations=cite(desk, TARIFF), written=True)
    asked = []

    def entails(premise: str, hypothesis: str) -> float:
        asked.append((premise, hypothesis))
        return 0.1

    assert check(desk, claim)
    assert "does not follow" in check(desk, claim, entails=entails).failures[0]
    assert asked == [(TARIFF, claim.text)]


def test_dateline_s_own_words_need_their_quotes(desk) -> None:
    held = Claim(text=f"Trade Desk: “{TARIFF}”", citations=cite(desk, TARIFF), lead="15%")
    assert check(desk, held)
    wrong = replace(held, lead="25 percent")
    assert "25 percent" in check(desk, wrong).failures[0]
    bare = Claim(text="Korean goods will pay 15 percent.", citations=held.citations)
    assert "is not in the claim" in check(desk, bare).failures[0]


class Author:
    """An answerer that writes what it is told to, citing the best hit's first sentence."""

    def __init__(self, archive: Archive, *texts: str) -> None:
        self.texts = texts
        self.abstain = Extractive(archive).abstain

    def __call__(self, _query, hits: Sequence):
        (first,) = (s for s in hits[0].sentences[:1])
        cited = Citation(
            number=0,
            article=hits[0].article,
            start=first.start,
            end=first.end,
            quote=first.text,
        )
        for text in self.texts:
            yield Answer(claims=(Claim(text=text, citations=(cited,), written=True),))


TRUE, UNTRUE = "Seoul and Washington struck a deal.", "Seoul and Washington struck 99 deals."


def test_what_fails_is_dropped_or_marked(desk) -> None:
    author = Author(desk, TRUE, UNTRUE)
    dropped = build_chain(desk, answerer=author).invoke("What deal did Korea strike?")
    assert [c.text for c in dropped.claims] == [TRUE]
    marked = build_chain(desk, answerer=author, on_failure="mark")
    answer = marked.invoke("What deal did Korea strike?")
    assert [(c.text, c.supported) for c in answer.claims] == [(TRUE, True), (UNTRUE, False)]
    assert "99" in answer.claims[1].failures[0]
    assert not answer.abstained


def test_if_nothing_holds_the_answer_abstains(desk) -> None:
    author = Author(desk, UNTRUE)
    for how in ("drop", "mark"):
        chain = build_chain(desk, answerer=author, on_failure=how)
        assert chain.invoke("What deal did Korea strike?").abstained
