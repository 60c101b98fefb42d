"""Sitemaps: as the protocol has them, as sites write them, and as attackers would."""

from __future__ import annotations

import gzip

import pytest

from ingest.parsers import sitemap

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = f'{NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
ENTRY = """<url><loc> https://example.org/a?x=1&amp;y=2 </loc><lastmod>2025-08-01</lastmod>
<image:image xmlns:image="i"><image:loc>https://example.org/i.jpg</image:loc></image:image>
<news:news><news:publication><news:name>Example Wire</news:name>
<news:language>en-us</news:language></news:publication>
<news:publication_date>2025-07-31T09:00+09:00</news:publication_date>
<news:title><![CDATA[Talks & more]]></news:title></news:news></url>"""


def urlset(entries: str, head: str = '<?xml version="1.0"?>') -> bytes:
    return f"{head}<urlset {NEWS}>{entries}</urlset>".encode()


def test_a_news_sitemap() -> None:
    assert sitemap.parse(urlset(ENTRY)) == {
        "sitemaps": [],
        "pages": [
            {
                "url": "https://example.org/a?x=1&y=2",
                "headline": "Talks & more",
                "published": "2025-07-31T09:00:00+09:00",
                "updated": "2025-08-01",
                "outlet": "Example Wire",
                "language": "en",
            }
        ],
        "problems": [],
    }


def test_an_index_packed_and_without_namespace() -> None:
    index = """<sitemapindex><sitemap><loc>/one.xml</loc><lastmod>2025-08</lastmod></sitemap>
    <sitemap><loc>ftp://example.org/two.xml</loc></sitemap></sitemapindex>"""
    found = sitemap.parse(gzip.compress(index.encode()), url="https://example.org/s.xml.gz")
    assert found["sitemaps"] == [{"url": "https://example.org/one.xml", "updated": "2025-08"}]
    assert found["problems"] == ["has an entry without a URL: 'ftp://example.org/two.xml'"]


def test_a_list_of_urls() -> None:
    found = sitemap.parse(b"\xef\xbb\xbfhttps://example.org/a\r\nhttps://example.org/b\n")
    assert [p["url"] for p in found["pages"]] == ["https://example.org/a", "https://example.org/b"]


def test_a_feed_may_be_a_sitemap() -> None:
    rss = b"""<rss version="2.0"><channel><title>t</title><item><title>Talks</title>
    <link>https://example.org/a</link><pubDate>2025-07-31</pubDate></item></channel></rss>"""
    page = sitemap.parse(rss)["pages"][0]
    assert (page["headline"], page["published"]) == ("Talks", "2025-07-31")


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    found = sitemap.parse(urlset(ENTRY * 3)[:-200])
    assert len(found["pages"]) == 2


def test_an_empty_set_is_no_mistake() -> None:
    assert sitemap.parse(urlset(""))["pages"] == []


def test_entities_are_not_followed() -> None:
    head = '<!DOCTYPE u [<!ENTITY a "A"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    found = sitemap.parse(urlset("<url><loc>https://example.org/&f;</loc></url>", head))
    assert "root" not in str(found)


def test_no_more_entries_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MAX_ENTRIES", 10)
    found = sitemap.parse(urlset(ENTRY * 30))
    assert len(found["pages"]) == 10
    assert found["problems"] == ["has over 10 entries: the rest is left out"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"  ", "is empty"),
        (b"<html><body>Not found</body></html>", "it is an HTML page"),
        (b"<opml/>", "its root is <opml>"),
        (b"words and more words", "neither XML nor a list"),
        (gzip.compress(b"x" * 100, mtime=0)[:20], "gzip"),
        (gzip.compress(b" " * 60_000_000, mtime=0), "over the limit of 52,428,800 bytes"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sitemap.parse(data)
