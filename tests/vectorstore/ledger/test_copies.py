from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vectorstore.texts import text
from vectorstore.ledger import copies
from vectorstore.ledger.copies import Print, are_copies

WIRE = Print("Talks end in Geneva", "\n\n".join(text(n) for n in range(8)), "Wire", 739_000)


def edited(**changes: object) -> Print:
    return replace(WIRE, **{"outlet": "Paper", "headline": "No deal yet"} | changes)  # type: ignore[arg-type]


def paragraphs() -> list[str]:
    return WIRE.body.split("\n\n")


@pytest.mark.parametrize(
    "body",
    [
        WIRE.body,
        WIRE.body.upper().title(),
        "\n\n".join(paragraphs()[:3]),
        "\n\n".join(["By Jon Quill", f"GENEVA (Paper) — {WIRE.body}", "Subscribe to the Paper."]),
        "\n\n".join([*paragraphs()[:6], text(90), text(91)]),
        WIRE.body.replace(" the ", " this ", 5),
    ],
)
def test_a_wire_text_is_known_however_it_is_edited(body: str) -> None:
    copy = edited(body=body)
    assert are_copies(WIRE, copy)
    assert are_copies(copy, WIRE), "the order does not matter"
    bands = [set(copies.bands(copies.signature(p.shingles))) for p in (WIRE, copy)]
    assert bands[0] & bands[1]


def test_another_text_is_no_copy() -> None:
    assert not are_copies(WIRE, edited(body="\n\n".join(text(n) for n in range(50, 58))))


def test_a_form_filled_in_anew_is_no_copy() -> None:
    form = " ".join(f"The permit of {{0}} at {{1}} allows {text(n).lower()}" for n in range(8))
    one, two = form.format("Bakken", "Noonan"), form.format("Enbridge", "Pembina")
    assert copies.similarity(edited(body=one), edited(body=two))[0] > copies.CONTAINED
    assert not are_copies(edited(body=one, outlet="A"), edited(body=two, outlet="B"))


def test_copies_are_days_apart_at_most() -> None:
    assert are_copies(WIRE, edited(day=739_000 + copies.NEAR_DAYS))
    assert not are_copies(WIRE, edited(day=739_000 + copies.NEAR_DAYS + 1))
    assert are_copies(WIRE, edited(day=None)), "an unknown day says nothing"


def test_one_outlet_runs_a_text_twice_under_one_headline() -> None:
    again = edited(outlet="Wire", headline="Talks end in Geneva (update)")
    assert are_copies(WIRE, again)
    assert not are_copies(WIRE, replace(again, headline="Talks end in Vienna"))


def test_a_few_lines_are_no_copy_of_anything() -> None:
    brief = text(1)
    assert not are_copies(edited(body=brief), edited(body=brief, outlet="B"))


def test_korean_copies_are_known() -> None:
    body = " ".join(
        f"한미 양국은 {n}차 관세 협상에서 자동차 관세를 논의했다고 밝혔다." for n in range(12)
    )
    wire = Print("관세 협상", body, "연합", 1)
    assert are_copies(wire, Print("협상 소식", f"(서울=뉴스) {body} 기자", "신문", 2))


def test_signatures_are_the_same_on_any_machine() -> None:
    made = copies.signature(range(1, 2_000))
    assert made.tolist()[:3] == [1121590, 2097798, 1900323]
    assert copies.estimated(made, copies.signature(range(1, 1_500))) == pytest.approx(
        0.75, abs=0.15
    )
