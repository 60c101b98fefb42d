from __future__ import annotations

import pytest

from chatbot.understanding.outlets import OutletConstraint, outlet_constraint, without_outlets

HAVE = ("Yonhap News Agency", "Reuters", "White House", "TechCrunch", "The Verge", "한겨레")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("According to Yonhap, what will Seoul invest?", OutletConstraint(("Yonhap News Agency",))),
        ("What did Reuters report about cars?", OutletConstraint(("Reuters",))),
        ("What does the TechCrunch article on Meta say?", OutletConstraint(("TechCrunch",))),
        ("연합뉴스에 따르면 투자액은?", OutletConstraint(("Yonhap News Agency",))),
        ("only from Reuters", OutletConstraint(("Reuters",), (), only=True)),
        ("only Korean outlets", OutletConstraint(("Yonhap News Agency", "한겨레"), (), only=True)),
        ("What do Korean media say?", OutletConstraint(("Yonhap News Agency", "한겨레"))),
        ("only articles in Korean", OutletConstraint((), ("ko",), only=True)),
        ("한국 언론만", OutletConstraint(("Yonhap News Agency", "한겨레"), (), only=True)),
        ("What is the only tariff that the White House waived?", OutletConstraint()),
        ("Who visited the White House in July?", OutletConstraint()),
        ("Is Reuters owned by Thomson?", OutletConstraint()),
        ("", OutletConstraint()),
    ],
)
def test_outlets_in_a_question(question: str, expected: OutletConstraint) -> None:
    assert outlet_constraint(question, HAVE) == expected


def test_an_archive_without_korean_outlets_is_asked_for_korean_articles() -> None:
    assert outlet_constraint("only Korean outlets", ("Reuters",)) == OutletConstraint(
        (), ("ko",), only=True
    )


@pytest.mark.parametrize(
    ("request_", "topic"),
    [
        ("What did Yonhap report about rice in August?", "What did about rice in August?"),
        ("Summarize the reports by the Yonhap on rice", "Summarize the on rice"),
        ("What do they say about rice?", "What do they say about rice?"),
    ],
)
def test_a_request_for_an_outlets_reports_is_not_about_the_outlet(
    request_: str, topic: str
) -> None:
    assert without_outlets(request_, ["Yonhap"]) == topic
