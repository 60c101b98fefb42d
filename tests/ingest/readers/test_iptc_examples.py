"""The IPTC's own example files, each with what it must come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.files import listing, read
from tests.ingest.conftest import NOW
from vectorstore import Article

pytestmark = pytest.mark.shared

CAPTAIN = "Captain of wrecked cruise ship on trial in Italy"
FED = 'Fed to halt QE to avert "bubble"'
ADDB = "20231008-anti-doping-measures-at-the-tour-down-under-will-be-the-toughest-ever"

ARTICLES = [
    ("ninjs/1.4-businesswire-newsml-20130515006361.json", "Dell Redefines", "en", "2013-05-16"),
    ("ninjs/1.4-ninjsExComplex1.json", CAPTAIN, "en", "2013-07-09"),
    ("ninjs/1.4-ninjsExMediumText1.json", CAPTAIN, "en", "2013-07-09"),
    ("ninjs/1.4-ninjsExSimpleText1.json", CAPTAIN, "en", "2013-07-09"),
    ("ninjs/1.6-004_simple_text_article.json", CAPTAIN, "en", "2013-07-09"),
    ("ninjs/2.1-dpa_text.json", "Faktencheck Derby-Elfmeter", "de", "2019-05-10"),
    ("ninjs/2.1-ninjsExSimpleText_2.json", CAPTAIN, "en", "2013-07-09"),
    (f"ninjs/3.0-{ADDB}-addb-ninjs-nitf.json", "Anti-doping measures", "en", "2023-10-08"),
    ("ninjs/3.0-businesswire-newsml-20130605006126.json", "Cambrios被Gartner", "zh", "2013-06-05"),
    ("ninjs/3.1-004_simple_text_article.json", CAPTAIN, "en", "2013-07-09"),
    ("newsml-g2/LISTING_2_NewsML-G2_Text_Document.xml", FED, "en", "2016-11-21"),
    (
        "newsml-g2/LISTING_25_An_NITF_marked-up_article_conveyed_in_inlineXML.xml",
        "Arizona Diamondbacks (29-23)",
        "en",
        "",
    ),
]
OTHERS = [
    ("ninjs/2.1-ap_video.json", ["video"]),
    ("ninjs/3.0-20231005-65-addb-event.json", ["event"]),
    ("newsml-g2/LISTING_1_A_NewsML-G2_News_Item.xml", ["item without text"]),
    ("newsml-g2/LISTING_3_Photo_in_NewsML-G2.xml", ["picture"]),
    (
        "newsml-g2/LISTING_24_News_Message_conveying_a_complete_News_Package.xml",
        ["package", *["item without text"] * 4],
    ),
]
FIELDS = [
    ("ninjs/2.1-dpa_text.json", "outlet", "dpa"),
    ("ninjs/2.1-dpa_text.json", "key", "urn:newsml:dpa.com:20090101:190510-99-167362"),
    ("ninjs/2.1-dpa_text.json", "byline", "Von Christian Hollmann, dpa"),
    ("ninjs/1.4-ninjsExComplex1.json", "outlet", "The News Agency"),
    ("ninjs/1.4-ninjsExComplex1.json", "dateline", "Grossetto, Italy"),
    ("ninjs/1.4-ninjsExSimpleText1.json", "byline", "Paulo Santalucia and Frances d'Emilio"),
    (f"ninjs/3.0-{ADDB}-addb-ninjs-nitf.json", "outlet", "The Anti-Doping Database"),
    (
        f"ninjs/3.0-{ADDB}-addb-ninjs-nitf.json",
        "subjects",
        ("Sport", "drug abuse in sport", "Cycling"),
    ),
    ("newsml-g2/LISTING_2_NewsML-G2_Text_Document.xml", "outlet", "Acme News and Media LLC"),
    (
        "newsml-g2/LISTING_2_NewsML-G2_Text_Document.xml",
        "byline",
        "Meredith Jameson, Staff Reporter",
    ),
    ("newsml-g2/LISTING_2_NewsML-G2_Text_Document.xml", "places", ("New York, NY",)),
    ("newsml-g2/LISTING_2_NewsML-G2_Text_Document.xml", "dateline", "New York, NY"),
]


def found(path: Path) -> list[object]:
    listed = listing([path], now=NOW)
    assert not listed.problems
    return list(read(listed.files))


@pytest.mark.parametrize(("name", "headline", "language", "day"), ARTICLES)
def test_articles(shared: Path, name: str, headline: str, language: str, day: str) -> None:
    (article,) = found(shared / "formats" / name)
    assert isinstance(article, Article)
    assert article.headline.startswith(headline)
    assert (article.language, article.published.iso[:10] if article.published else "") == (
        language,
        day,
    )
    assert len(article.body) > 100
    assert "<" not in article.body


@pytest.mark.parametrize(("name", "kinds"), OTHERS)
def test_others(shared: Path, name: str, kinds: list[str]) -> None:
    problems = found(shared / "formats" / name)
    assert [getattr(problem, "kind", "") for problem in problems] == kinds


@pytest.mark.parametrize(("name", "field", "value"), FIELDS)
def test_fields(shared: Path, name: str, field: str, value: object) -> None:
    (article,) = found(shared / "formats" / name)
    assert getattr(article, field) == value


def test_none_is_left_out_of_the_table(shared: Path) -> None:
    there = {
        str(path.relative_to(shared / "formats"))
        for path in (shared / "formats").rglob("*.*")
        if path.is_file()
    }
    assert there == {row[0] for row in [*ARTICLES, *OTHERS]}
