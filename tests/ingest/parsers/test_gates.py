"""Paywalls and registration gates: what is cut out of a page, and which pages are cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.parsers import gates, page

PROSE = (
    "Trade envoys of both countries met in Sejong on Wednesday for the third time this winter, "
    "and agreed to exchange lists of exempted machine parts within two weeks, officials said."
)
KOREAN = (
    "양국 통상 대표단이 수요일 세종에서 올겨울 들어 세 번째로 만나 면제 대상 기계 부품의 목록을 "
    "2주 안에 교환하기로 합의했다고 관계자들이 회의가 끝난 뒤 기자들에게 밝혔다."
)


def made(inner: str, *, head: str = "", ld: object = None) -> dict[str, object]:
    """What the parser makes of an article page with this in it."""
    data = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld else ""
    return page.parse(
        f"<html><head><title>Envoys meet</title>{head}{data}</head><body><nav>Home Log in</nav>"
        f"<article><h1>Envoys meet</h1>{inner}</article><footer>Meridian</footer></body></html>"
        .encode()
    )  # fmt: skip


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_the_gate_of_a_page_is_left_out_and_the_article_marked(shared: Path) -> None:
    found = page.parse((shared / "faults" / "paywall.html").read_bytes())
    assert found["partial"]
    assert found["body"].startswith("Trade envoys of both countries met in Sejong")
    assert found["body"].endswith("which the visiting side had called slow and costly.")
    assert found["body"].count("\n\n") == 1


GATES = (
    "To continue reading, subscribe now.",
    "Subscribe to continue reading this article.",
    "Log in or create a free account to keep reading.",
    "This article is for subscribers only.",
    "This story is exclusively for members.",
    "You have reached your limit of free articles this month.",
    "You've read 3 of 3 free articles.",
    "To Read the Full Story",
    "Want to read more? Register for free.",
    "Sign up to unlock the full story.",
    "이 기사는 유료 구독자만 볼 수 있습니다.",
    "기사 전문을 보시려면 로그인이 필요합니다.",
    "로그인하시면 기사 전체를 읽을 수 있습니다.",
    "구독하고 나머지 기사를 계속 읽어보세요.",
    "회원 전용 기사입니다.",
    "무료 기사 5건을 모두 소진하셨습니다.",
)


@pytest.mark.parametrize("words", GATES)
def test_gates_are_known_by_their_words_in_both_languages(words: str) -> None:
    text = PROSE if words.isascii() else KOREAN
    assert gates.without([text, text, words]) == ([text, text], True)
    found = made(paragraphs(text, text[1:]) + f'<div class="box"><p>{words}</p></div>')
    assert (found["partial"], found["body"]) == (True, f"{text}\n\n{text[1:]}")


TEXTS = (
    "The paper will ask readers to subscribe from next year, its publisher said on Tuesday.",
    "Members of the committee continued reading the bill until midnight, and then voted on it.",
    "To read the report, the ministry asked the court for more time, a spokesman said.",
    "Subscribe to our newsletter",
    "The service costs $4 a week and can be cancelled at any time, the company said.",
    "정부는 구독 경제에 관한 법안을 국회에 제출했다고 밝혔다.",
    "이 기사는 취재원의 로그인 기록을 바탕으로 쓰였다고 법원은 판결문에서 밝혔다.",
    "회원국은 이 협정의 전문을 계속 읽고 검토하기로 했다.",
    "Already a favourite, the team from Ulsan won.",
)


@pytest.mark.parametrize("words", TEXTS)
def test_what_only_speaks_of_such_things_is_text(words: str) -> None:
    assert gates.without([PROSE, words]) == ([PROSE, words], False)
    assert not made(paragraphs(PROSE, words, PROSE[2:]))["partial"]


def test_a_gate_goes_with_all_that_stands_in_it() -> None:
    offer = "Our reporters in forty cities work for you day and night, and you make it possible."
    inner = paragraphs("Subscribe to read the full story.", offer, "From $2 a week.", "Log in")
    found = made(paragraphs(PROSE, PROSE[1:]) + f'<div class="paywall-inner">{inner}</div>')
    assert (found["partial"], found["body"]) == (True, f"{PROSE}\n\n{PROSE[1:]}")


def test_a_plea_in_the_middle_and_a_hidden_gate_cut_nothing_off() -> None:
    plea = "<div class='gate'><p>Subscribe to continue reading.</p></div>"
    found = made(paragraphs(PROSE) + plea + paragraphs(*(PROSE[n:] for n in range(1, 5))))
    assert not found["partial"]
    assert "Subscribe" not in str(found["body"])
    hidden = plea.replace("class", "style='display:none' class")
    found = made(paragraphs(PROSE, PROSE[1:]) + hidden)
    assert not found["partial"]
    assert "Subscribe" not in str(found["body"])


def test_the_publisher_s_word_wins() -> None:
    """Free in spite of a gate's words; not free without them; delivered although declared."""
    gate = "<p>Subscribe to continue reading.</p>"
    free = {"@type": "NewsArticle", "headline": "Envoys meet", "isAccessibleForFree": True}
    assert not made(paragraphs(PROSE, PROSE[1:]) + gate, ld=free)["partial"]
    for no in (False, "False", "http://schema.org/False"):
        assert made(paragraphs(PROSE, PROSE[1:]), ld=free | {"isAccessibleForFree": no})["partial"]
    tier = '<meta property="article:content_tier" content="locked">'
    assert made(paragraphs(PROSE, PROSE[1:]), head=tier)["partial"]
    long = paragraphs(*(PROSE[n:] for n in range(12)))
    assert not made(long, head=tier)["partial"]
    assert made(long + gate, head=tier)["partial"]
    words = {"@type": "NewsArticle", "headline": "Envoys meet", "wordCount": 58}
    assert not made(paragraphs(PROSE, PROSE[1:]), head=tier, ld=words)["partial"]
    assert made(paragraphs(PROSE), head=tier, ld=words)["partial"]
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".locked"}
    for listed in (part, [part], [part | {"cssSelector": [".other", ".locked"]}]):
        declared = free | {"isAccessibleForFree": False, "hasPart": listed}
        rest = "".join(f"<p>{PROSE[n:]}</p>" for n in (2, 3, 4))
        whole = made(paragraphs(PROSE) + f'<div class="locked">{rest}</div>', ld=declared)
        assert not whole["partial"]
        empty = made(paragraphs(PROSE, PROSE[1:]) + '<div class="locked"></div>', ld=declared)
        assert empty["partial"]
    broken = free | {"isAccessibleForFree": False, "hasPart": part | {"cssSelector": "p[[:("}}
    assert made(paragraphs(PROSE, PROSE[1:]), ld=broken)["partial"]


def test_microdata_say_it_too() -> None:
    """As elements of the head; a selector alone says nothing, as it may be of what is spoken."""
    free = '<meta itemprop="isAccessibleForFree" content="false">'
    part = '<meta itemprop="cssSelector" content=".locked">'
    locked = '<div class="locked">' + paragraphs(*(PROSE[n:] for n in (2, 3, 4))) + "</div>"
    assert made(paragraphs(PROSE, PROSE[1:]), head=free)["partial"]
    assert made(paragraphs(PROSE, PROSE[1:]), head=free + part)["partial"]
    assert not made(paragraphs(PROSE) + locked, head=free + part)["partial"]
    assert not made(paragraphs(PROSE, PROSE[1:]), head=part)["partial"]


def test_a_plea_for_a_newsletter_is_no_gate() -> None:
    told = [
        "The bridge was shut on Monday, the council said.",
        "Read more: sign up for our newsletter.",
    ]
    assert gates.without(told) == (told, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Subscribers only learned of the price rise from a newspaper report, the company said.",
        "The full report is available to members of Congress only in a secure room.",
        "유료 회원만 2억 명을 넘은 넷플릭스는 3분기 실적을 발표했다.",
    ],
)
def test_a_sentence_that_reports_is_no_gate(sentence: str) -> None:
    told = ["The bridge was shut on Monday, the council said.", sentence]
    assert gates.without(told) == (told, False)
