from __future__ import annotations

import pytest

from chatbot.understanding.outlets import Sources, sources_of

HAVE = ("Yonhap News Agency", "Reuters", "White House", "TechCrunch", "The Verge", "한겨레")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("According to Yonhap, what will Seoul invest?", Sources(("Yonhap News Agency",))),
        ("What did Reuters report about cars?", Sources(("Reuters",))),
        ("What does the TechCrunch article on Meta say?", Sources(("TechCrunch",))),
        ("연합뉴스에 따르면 투자액은?", Sources(("Yonhap News Agency",))),
        ("only from Reuters", Sources(("Reuters",), (), only=True)),
        ("only Korean outlets", Sources(("Yonhap News Agency", "한겨레"), (), only=True)),
        ("What do Korean media say?", Sources(("Yonhap News Agency", "한겨레"))),
        ("only articles in Korean", Sources((), ("ko",), only=True)),
        ("한국 언론만", Sources(("Yonhap News Agency", "한겨레"), (), only=True)),
        ("What is the only tariff that the White House waived?", Sources()),
        ("Who visited the White House in July?", Sources()),
        ("Is Reuters owned by Thomson?", Sources()),
        ("", Sources()),
    ],
)
def test_outlets_in_a_question(question: str, expected: Sources) -> None:
    assert sources_of(question, HAVE) == expected


def test_an_archive_without_korean_outlets_is_asked_for_korean_articles() -> None:
    assert sources_of("only Korean outlets", ("Reuters",)) == Sources((), ("ko",), only=True)
