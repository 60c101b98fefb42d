"""What trafilatura, newspaper4k and Fundus write, each in its own words."""

from __future__ import annotations

import json

import trafilatura

from tests.ingest.conftest import Read

BODY = "Fees for berths rise by four percent from June, the harbour authority said on Tuesday."
MORE = "Shipping lines had asked for a delay until the new pier opens in the autumn."
PAGE = (
    '<html lang="en"><head><title>Port fees rise</title>'
    '<meta property="og:site_name" content="Harbour Gazette">'
    '<meta name="author" content="Kim Jae; Ann Lee">'
    '<meta property="article:published_time" content="2026-03-10"></head>'
    f"<body><article><h1>Port fees rise</h1><p>{BODY}</p><p>{MORE}</p></article></body></html>"
)
URL = "https://gazette.example/port-fees"


def test_trafilatura(reading: Read) -> None:
    said = trafilatura.extract(PAGE, output_format="json", with_metadata=True, url=URL)
    (article,), problems = reading(a__json=said, b__jsonl=said + "\n")
    assert [p.duplicate for p in problems] == [True]
    assert (article.url, article.outlet) == (URL, "Harbour Gazette")
    assert (article.headline, article.byline) == ("Port fees rise", "Kim Jae, Ann Lee")
    assert article.body == f"{BODY}\n\n{MORE}"
    assert article.published is not None
    assert article.published.iso == "2026-03-10"


def test_newspaper4k(reading: Read) -> None:
    said = {
        "url": URL, "read_more_link": "", "language": "en", "title": "Port fees rise",
        "top_image": "", "meta_img": "", "images": [], "movies": [], "keywords": [],
        "meta_keywords": [""], "tags": [], "authors": ["Kim Jae", "Ann Lee"],
        "publish_date": "2026-03-10T07:00:00+09:00", "summary": "A summary.",
        "meta_description": "A description.", "meta_lang": "en", "meta_favicon": "",
        "meta_site_name": "Harbour Gazette", "canonical_link": URL, "text": f"{BODY}\n\n{MORE}",
    }  # fmt: skip
    (article,), problems = reading(a__json=json.dumps(said))
    assert problems == []
    assert (article.url, article.outlet) == (URL, "Harbour Gazette")
    assert (article.headline, article.byline) == ("Port fees rise", "Kim Jae, Ann Lee")
    assert article.body == f"{BODY}\n\n{MORE}"
    assert article.published is not None
    assert article.published.iso == "2026-03-10T07:00:00+09:00"


def fundus(**more: object) -> dict[str, object]:
    section = {"headline": ["What it costs"], "paragraphs": [MORE]}
    return {
        "title": "Port fees rise",
        "body": {
            "summary": ["Fees rise."],
            "sections": [{"headline": [], "paragraphs": [BODY]}, section],
        },
        "authors": ["Kim Jae", "Ann Lee"],
        "publishing_date": "2026-03-10 07:00:00+09:00",
        "topics": ["Ports"],
        "free_access": True,
        "images": [],
        **more,
    }


def test_fundus(reading: Read) -> None:
    crawl = {"HarbourGazette": [fundus()], "PortTimes": [fundus(title="Fees rise in the port")]}
    page = {"requested_url": URL + "?x", "responded_url": URL, "content": "<p>x</p>"}
    articles, problems = reading(
        crawl__json=json.dumps(crawl), line__jsonl=json.dumps(fundus(html=page))
    )
    assert problems == []
    assert [(a.outlet, a.headline, a.url) for a in articles] == [
        ("HarbourGazette", "Port fees rise", ""),
        ("PortTimes", "Fees rise in the port", ""),
        ("gazette.example", "Port fees rise", URL),
    ]
    for article in articles:
        assert article.body == f"Fees rise.\n\n{BODY}\n\nWhat it costs\n\n{MORE}"
        assert article.byline == "Kim Jae, Ann Lee"
        assert article.published is not None
        assert article.published.iso == "2026-03-10T07:00:00+09:00"
