"""Canonical URLs, and outlets by them."""

import pytest

from ingest.keys import canonical, outlet_of


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://Example.com", "https://example.com/"),
        ("HTTPS://www.Example.com:443/A/b.html#top", "https://www.example.com/A/b.html"),
        ("http://example.com:80/a/", "http://example.com/a/"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://e.com/a?id=1&utm_source=x&fbclid=y&page=2", "https://e.com/a?id=1&page=2"),
        ("https://e.com/a?utm_medium=rss", "https://e.com/a"),
        ("https://user:secret@e.com/a", "https://e.com/a"),
        ("https://e.com/a b<script>", "https://e.com/a%20b%3Cscript%3E"),
        ("https://e.com/%ED%95%9C", "https://e.com/%ED%95%9C"),
        ("https://한국.kr/뉴스", "https://xn--3e0b707e.kr/%EB%89%B4%EC%8A%A4"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("//e.com/a", ""),
        ("https:///a", ""),
        ("http://[::1", ""),
        ("http://e.com:99999/", ""),
        ("not a url", ""),
    ],
)
def test_one_spelling_of_a_url(given: str, expected: str) -> None:
    assert canonical(given) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.whitehouse.gov/x/", "White House"),
        ("https://bidenwhitehouse.archives.gov/x/", "White House"),
        ("https://www.federalregister.gov/d/1", "Federal Register"),
        ("https://en.yna.co.kr/view/1", "Yonhap"),
        ("https://www.chosun.com/1", "Chosun Ilbo"),
        ("https://notwhitehouse.gov/", "notwhitehouse.gov"),
        ("https://www.smalltown.example/", "smalltown.example"),
        ("", ""),
    ],
)
def test_outlet_by_host(url: str, outlet: str) -> None:
    assert outlet_of(url) == outlet
