"""Article pages: every field by its best witness, and what is no article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import extraction
from ingest.parsers import feed, html, page
from tests.site import pages
from tests.site.script import OFTEN, SHORT, month

URL = "https://news.example.org/2025/07/trade-talks.html"
TEXT = [
    "The delegations met in Washington on Thursday and spoke for three hours about steel quotas.",
    "An official said that a second round would be held in Seoul, and that the quotas of last "
    "year would stay in force until then, whatever the outcome of the talks might be.",
    "Importers had asked for a longer transition. The ministry did not comment on their letter.",
]

A_FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>Talks go on</title><link>https://example.org/a</link><guid>1</guid>
<pubDate>Thu, 31 Jul 2025 14:20:00 +0900</pubDate><description>Talks &amp; more.</description>
</item></channel></rss>"""


def made(head: str = "", before: str = "", after: str = "", lang: str = ' lang="en"') -> bytes:
    """A page of an article with these parts."""
    body = "".join(f"<p>{p}</p>" for p in TEXT)
    return (
        f"<!DOCTYPE html><html{lang}><head><meta charset=utf-8>{head}</head><body>"
        "<nav><a href=/>Home</a></nav>"
        f"<main><article>{before}<div class=article-body>{body}</div>{after}</article></main>"
        "<footer>All rights reserved</footer></body></html>"
    ).encode()


def parsed(*, url: str = URL, **parts: str) -> dict[str, object]:
    return page.parse(made(**parts), url=url, content_type="text/html")


def published(**parts: str) -> tuple[str, str]:
    found = parsed(**parts)["published"]
    return (found["value"], found["found"]) if isinstance(found, dict) else ("", "")


def json_ld(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_a_page_of_the_simulated_world_is_read_as_it_was_written() -> None:
    script = month(SHORT, every=OFTEN, plain=2)
    base = "http://127.0.0.1:8123"
    for piece in script.pieces:
        outlet, state = script.outlets[piece.outlet], piece.states[-1]
        written = pages.article_page(outlet, piece, state, base, piece.path)
        found = page.parse(
            written.encode(outlet.encoding, "xmlcharrefreplace"), url=base + piece.path
        )
        body = [p for p in found["body"].split("\n\n") if p != outlet.promo]
        assert body == list(state.text.paragraphs)
        assert (found["headline"], found["byline"]) == (state.text.headline, state.text.byline)
        assert (found["outlet"], found["language"]) == (outlet.name, piece.language)
        assert found["url"] == base + piece.path


def test_body_is_the_article_alone() -> None:
    found = parsed(
        head="<title>Talks go on | Example Wire</title>",
        before="<h1>Talks go on</h1><p class=byline>By Ann Lee</p>",
        after="<p><a href=/more>Read more</a></p>",
    )
    assert found["body"] == "\n\n".join(TEXT)
    assert (found["headline"], found["byline"]) == ("Talks go on", "Ann Lee")


@pytest.mark.parametrize(
    ("parts", "value", "where"),
    [
        (
            {"head": json_ld(datePublished="2025-07-31T14:20:00+09:00")},
            "2025-07-31T14:20:00+09:00",
            "JSON-LD datePublished",
        ),
        (
            {"head": '<meta property="article:published_time" content="2025-07-31T01:00Z">'},
            "2025-07-31T01:00:00+00:00",
            "meta article:published_time",
        ),
        (
            {"before": "<p>입력 2025.07.31 14:20 | 수정 2025.08.01 09:00</p>"},
            "2025-07-31T14:20:00",
            "text after a label, published",
        ),
        (
            {"before": "<span>Posted on:</span> <span>July 31, 2025</span>"},
            "2025-07-31",
            "text after a label, published",
        ),
        (
            {"before": '<time class="post-date published" datetime="2025-07-31">x</time>'},
            "2025-07-31",
            "time element, published",
        ),
        (
            {"before": '<time datetime="2025-07-31T09:00:00Z">31 July</time>'},
            "2025-07-31T09:00:00+00:00",
            "first time element",
        ),
    ],
)
def test_publication_is_what_the_page_says(parts: dict[str, str], value: str, where: str) -> None:
    assert published(**parts) == (value, where)


@pytest.mark.parametrize(
    "before",
    [
        '<p class="date">2025년 7월 31일</p>',
        '<div class="art_info"><span class="date">2025.07.31</span></div>',
        '<div class="published">July 31, 2025</div>',
        '<p class="articleDate">July 31, 2025</p><p id="post-date">2025-07-31</p>',
        '<p class="date">July 31, 2025</p><p class="related date">May 1, 2024</p>',
        '<p class="date">July 31, 2025</p><p class="update-date">August 4, 2025</p>',
    ],
)
def test_a_class_may_say_what_is_a_date(before: str) -> None:
    assert published(before=before) == ("2025-07-31", "element marked as a date")


def test_the_clock_of_an_element_that_is_marked_as_a_date_counts() -> None:
    told = '<p class="date">2025년 7월 31일</p><p class="date-time">2025년 7월 31일 오후 3:05</p>'
    assert published(before=told)[0] == "2025-07-31T15:05:00"


@pytest.mark.parametrize(
    "before",
    [
        '<p class="date">July 31, 2025</p><p class="date">August 1, 2025</p>',
        '<span class="date">07/08/2025</span>',
        '<span class="event-date">July 31, 2025</span>',
        '<p class="candidate">July 31, 2025</p>',
    ],
)
def test_unclear_dates_and_those_of_something_else_are_not_taken(before: str) -> None:
    assert "marked" not in published(before=before)[1]


def test_two_days_that_are_marked_as_dates_are_none() -> None:
    told = '<p class="date">July 31, 2025</p><p class="date">August 1, 2025</p>'
    assert parsed(before=told)["published"] is None
    assert parsed(before='<span class="date">07/08/2025</span>')["published"] is None


def test_a_day_in_the_address_is_a_guess() -> None:
    found = parsed(url="https://news.example.org/2025/07/31/talks")["published"]
    assert found == {"value": "2025-07-31", "found": "URL"}


def test_a_template_s_empty_date_does_not_hide_a_better_one() -> None:
    empty = json_ld(datePublished="0001-01-01T00:00:00Z")
    assert published(head=empty)[0].startswith("0001")
    better = '<meta name="pubdate" content="2025-07-31">'
    assert published(head=empty + better) == ("2025-07-31", "meta pubdate")


def test_days_that_the_text_speaks_of_are_no_dates_of_the_page() -> None:
    told = "<p>The treaty of 2019-04-01 was signed on April 1, 2019, and renewed in 2021 by a "
    told += "parliament that had debated it for two years without finding a better one.</p>"
    assert parsed(after=told)["published"] is None


def test_change_is_kept_apart() -> None:
    head = json_ld(datePublished="2025-07-31", dateModified="2025-08-02T10:00:00-04:00")
    assert parsed(head=head)["updated"] == {
        "value": "2025-08-02T10:00:00-04:00",
        "found": "JSON-LD dateModified",
    }
    assert parsed(before="<p>입력 2025.07.31 14:20 | 최종수정 2025.08.01 오후 3:05</p>")[
        "updated"
    ] == {
        "value": "2025-08-01T15:05:00",
        "found": "text after a label, updated",
    }


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link rel=canonical href="/trade/talks?utm_source=x">', "https://news.example.org/trade/talks"),
        ('<meta property="og:url" content="https://www.example.org/talks">', "https://www.example.org/talks"),
        ('<link rel=canonical href="https://elsewhere.example.com/talks">', ""),
        ('<link rel=canonical href="https://news.example.org/">', ""),
        ('<link rel=canonical href="javascript:alert(1)">', ""),
    ],
)  # fmt: skip
def test_canonical_is_believed_within_the_site(link: str, url: str) -> None:
    assert parsed(head=link)["url"] == url


def test_amp_cache_leads_to_the_article() -> None:
    cached = "https://news-example-org.cdn.ampproject.org/c/s/news.example.org/amp/talks"
    link = '<link rel=canonical href="https://news.example.org/talks">'
    assert parsed(url=cached, head=link)["url"] == "https://news.example.org/talks"


def test_a_saved_page_knows_where_it_was_saved_from() -> None:
    note = b"<!-- saved from url=(0049)https://news.example.org/2025/07/31/talks.html -->\n"
    found = page.parse(note + made())
    assert found["url"] == "https://news.example.org/2025/07/31/talks.html"
    assert found["published"]["value"] == "2025-07-31"


def test_one_article_among_many_in_the_data() -> None:
    other = {"@type": "NewsArticle", "headline": "Other", "datePublished": "2024-01-01"}
    own = {"@type": ["Article"], "url": URL, "headline": "Talks", "datePublished": "2025-07-31",
           "author": [{"@id": "#a"}, {"name": "By Bo Kim"}]}  # fmt: skip
    graph = {"@graph": [other, own, {"@id": "#a", "@type": "Person", "name": "Ann Lee"}]}
    head = f'<script type="application/ld+json">{json.dumps(graph)};</script>'
    found = parsed(head=head)
    assert (found["headline"], found["byline"]) == ("Talks", "Ann Lee, Bo Kim")
    assert published(head=head)[0] == "2025-07-31"


def test_feeds_and_language() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss.xml" title="All">'
    assert parsed(head=head)["feeds"] == [
        {"url": "https://news.example.org/rss.xml", "title": "All"}
    ]
    assert parsed(lang=' lang="ko"')["language"] == "en"  # a Korean template around English
    assert parsed(lang="")["language"] == "en"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"just words", "no tags"),
        (b"<p>" + b"<b>x</b>" * 60_001, "elements, over the limit"),
        (b"<p " + b"a1 " * 30_000 + b">x", "attributes"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        page.parse(data)


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8"])
def test_korean_in_its_old_character_set(declared: str) -> None:
    korean = "한국과 미국은 관세 협상을 타결했다고 대통령실이 밝혔다. " * 6
    data = f"<html><head><title>관세 협상 타결</title></head><body><p>{korean}</p></body></html>"
    found = page.parse(data.encode("cp949"), content_type=f"text/html; charset={declared}")
    assert (found["headline"], found["language"]) == ("관세 협상 타결", "ko")
    assert found["body"] == korean.strip()


def test_a_declared_utf8_page_with_a_broken_character_stays_utf8() -> None:
    data = "<html><body><p>한국과 미국은 관세 협상을 타결했다.</p></body></html>".encode()
    assert "관세 협상을" in html.source_of(
        data.replace("했다".encode(), b"\xed"), "text/html; charset=utf-8"
    )


@pytest.mark.parametrize("declared", ["utf-8", "euc-kr"])
@pytest.mark.parametrize("written", ["utf-8", "cp949"])
def test_korean_feeds_whose_character_set_is_declared_wrongly(declared: str, written: str) -> None:
    item = "<item><title>관세 협상 타결</title><link>https://e.com/1</link></item>"
    whole = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel>{item}'
    data = f"{whole}<title>통신</title></channel></rss>".encode(written)
    found = feed.parse(data, content_type=f"text/xml; charset={declared}")
    assert [entry["headline"] for entry in found["entries"]] == ["관세 협상 타결"]


def test_a_time_element_may_have_its_day_in_words_only() -> None:
    told = "<time>2025년 07월 31일 (목) 09:30</time>"
    data = (
        f"<html><body><article><h1>관세</h1>{told}<p>협상이 타결됐다.</p></article></body></html>"
    )
    assert page.parse(data.encode())["published"] == {
        "value": "2025-07-31T09:30:00",
        "found": "first time element",
    }


@pytest.mark.shared
def test_extraction_keeps_its_quality(shared: Path) -> None:
    """A quarter of the benchmark's pages; the whole is in docs/measurements.md."""
    folder = shared / "pages/article-extraction-benchmark"
    truth = extraction.pages(folder)
    names = sorted(truth)[::4]
    texts = extraction.extracted(folder, extraction.by_dateline, names)
    f1, precision, recall = extraction.scores(
        [extraction.compare(truth[name][1], texts[name]) for name in names]
    )
    assert f1 >= 0.95
    assert precision >= 0.93
    assert recall >= 0.96
