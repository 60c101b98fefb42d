"""Pages of links: articles are found, what stands around them is not."""

from __future__ import annotations

import pytest

from ingest.parsers import links

URL = "https://news.example.org/latest/"


def found(body: str, url: str = URL) -> list[tuple[str, str]]:
    data = f"<html><head><title>Latest</title></head><body>{body}</body></html>".encode()
    return [(link["url"], link["text"]) for link in links.parse(data, url=url)["links"]]


def test_links_in_the_page_s_order_with_their_longest_text() -> None:
    body = """
    <header><a href="/news/trending-now-on-this-site">Trending now: what everyone reads</a></header>
    <nav><a href="/politics/all-of-the-politics">All of the politics of this site</a></nav>
    <main><ul>
    <li><a href="../a/talks.html#top"><img src=x></a>
        <a href="/a/talks.html">Talks on steel go into a second week</a></li>
    <li><a href="https://m.example.org/b/2025-07-31">Short</a></li>
    <li><article><header><a href="c?id=7">A headline within an article's own head</a></header>
    </article></li>
    <li><a href="/sports">Sports</a></li>
    </ul></main><footer><a href="/imprint-and-contact-page">Imprint and contact of this</a></footer>
    """
    assert found(body) == [
        ("https://news.example.org/a/talks.html", "Talks on steel go into a second week"),
        ("https://m.example.org/b/2025-07-31", "Short"),
        ("https://news.example.org/latest/c?id=7", "A headline within an article's own head"),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "mailto:desk@example.org",
        "javascript:void(0)",
        "#comments",
        "/",
        URL,
        "https://elsewhere.example.com/a-very-long-story-2025",
        "/files/report-of-the-ministry-2025.pdf",
        "file:///etc/passwd",
        "http://[bad",
    ],
)
def test_what_is_no_article_of_this_site(href: str) -> None:
    assert found(f'<p><a href="{href}">A headline of sufficient length</a></p>') == []


def test_sections_are_taken_where_there_is_nothing_else() -> None:
    assert found('<nav><a href="/sports">Sports</a></nav>') == [
        ("https://news.example.org/sports", "Sports")
    ]


def test_a_korean_headline_is_one() -> None:
    assert found('<a href="/n/1">한미 관세 협상 타결</a> <a href="/s">정치</a>') == [
        ("https://news.example.org/n/1", "한미 관세 협상 타결")
    ]


def test_many_links_are_cut_and_feeds_are_told() -> None:
    many = "".join(f"<a href=/news/{n:05}>x</a>" for n in range(5_000))
    data = (
        "<html lang=ko><head><title>Latest</title>"
        '<link rel="alternate" type="application/atom+xml" href="/feed">'
        f"</head><body>{many}</body></html>"
    )
    parsed = links.parse(data.encode(), url=URL)
    assert len(parsed["links"]) == links.MAX_LINKS
    assert parsed["feeds"] == [{"url": "https://news.example.org/feed", "title": ""}]
    assert (parsed["title"], parsed["language"]) == ("Latest", "ko")


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ValueError, match="image"):
        links.parse(b"\x89PNG...")
