"""Feeds that went wrong once: texts in descriptions, pages that cannot be read, moved addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.collect import SourceReport, collect
from ingest.sources.declared import Fetching, Source
from tests.ingest.fetch.site import Answer, Site, moved, text
from vectorstore import Archive

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
PAGE = (
    "<html lang='en'><head><title>{headline}</title><meta property='article:published_time' "
    "content='2026-03-09T10:00:00Z'></head><body><article><h1>{headline}</h1>"
    "<p>{body}</p></article></body></html>"
)
BODY = (
    "The {name} port took on {n} ships on Monday, the authority said in a note to agents. "
    "It expects {n} more by the weekend, when the storm off Jeju is over, and has asked {name} "
    "for a second pilot boat. No ship was damaged, and no berth had to be closed."
)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def read(archive: Archive, site: Site, *, now: datetime = NOW, **more: object) -> SourceReport:
    """One run of the site's feed, in which every entry has exactly one outcome."""
    source = Source(name="gazette", kind="feed", urls=(f"{site.url}/feed.xml",), **more)  # type: ignore[arg-type]
    host = site.url.removeprefix("http://")
    settings = Fetching(gap=0, deadline=5, allow_private=(host, "127.0.0.1:9"))
    (report,) = collect(archive, [source], settings=settings, now=lambda: now)
    assert report.run.accounted == report.run.announced + report.run.checked, report.run
    return report


def feed(*items: str) -> Answer:
    channel = f"<channel><title>Gazette</title>{''.join(items)}</channel>"
    return text(f"<rss version='2.0'>{channel}</rss>", content_type="application/rss+xml")


def item(url: str, headline: str, guid: str = "", description: str = "") -> str:
    named = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    said = f"<description>{description}</description>" if description else ""
    return f"<item><title>{headline}</title><link>{url}</link>{named}{said}</item>"


def page(headline: str, body: str) -> Answer:
    return text(PAGE.format(headline=headline, body=body), content_type="text/html")


@pytest.mark.parametrize("full_text", ["feed", "auto"])
@pytest.mark.parametrize("at", ["404", "nowhere"])
def test_a_description_that_is_an_article_is_taken(
    empty: Archive, site: Site, shared: Path, full_text: str, at: str
) -> None:
    """With links that answer 404, and with such as cannot be reached at all."""
    base = site.url if at == "404" else "http://127.0.0.1:9"
    written = (shared / "faults" / "rss-description.xml").read_text("utf-8")
    entries = written.replace("<link>https://gazette.example/2026", f"<link>{base}/2026")
    site.says["/feed.xml"] = text(entries, content_type="application/rss+xml")
    for run in (1, 2):
        report = read(empty, site, full_text=full_text)
        (article,) = empty.recent()
        assert article.headline == "Second tanker leaves Ulsan"
        assert article.body.startswith("A second tanker left Ulsan on Monday morning")
        assert article.body.endswith("and said that no ship had been damaged.")
        assert (article.published and article.published.day.day, article.partial) == (9, False)
        said = [str(p) for p in report.problems if "/2026/03/weather" in str(p)]
        counts = (report.run.new, report.run.unchanged, report.run.announced)
        assert counts == ((1, 0, 2) if run == 1 else (0, 1, 2))
        if full_text == "feed":
            assert said == [
                f"{base}/2026/03/weather: is too short in the feed to be an article (5 characters)"
            ]
            assert (report.run.not_articles, report.run.failed) == (1, 0)
        elif run == 1:
            assert report.run.failed == len(said) == 1
            told = [str(p) for p in report.problems if "/tanker" in str(p)]
            assert told[0].endswith("its text is taken from the feed")
            assert ("answers 404" in told[0]) == (at == "404")
        else:  # what answered is asked again, what did not has its time
            assert (report.run.failed, report.run.postponed) == ((1, 0) if at == "404" else (0, 1))
            assert any("/2026/03/weather" in reason for reason in report.run.reasons)
    if full_text == "feed":
        assert set(site.paths) == {"/feed.xml"}


def test_an_article_that_only_the_feed_has_outlives_its_dead_page(
    empty: Archive, site: Site
) -> None:
    body = BODY.format(name="Masan", n=12)
    site.says["/feed.xml"] = feed(item(f"{site.url}/masan", "Twelve ships", "", body))
    read(empty, site)
    site.says["/feed.xml"] = feed()
    for day in (1, 3, 6, 12, 20, 40):
        run = read(empty, site, now=NOW + timedelta(days=day)).run
        assert (run.withdrawn, run.failed) == (0, 0)
    assert len(empty.recent()) == 1
    assert site.paths.count("/masan") > 3


def test_the_page_takes_over_once_it_can_be_read(empty: Archive, site: Site) -> None:
    body = BODY.format(name="Masan", n=12)
    site.says["/feed.xml"] = feed(item(f"{site.url}/masan", "Twelve ships", "", body))
    site.says["/masan"] = [Answer(403), page("Twelve ships", f"{body} A thirteenth waits.")]
    assert read(empty, site).run.new == 1
    run = read(empty, site, now=NOW + timedelta(days=2)).run
    assert (run.changed, run.new) == (1, 0)
    (article,) = empty.recent()
    assert article.body.endswith("A thirteenth waits.")


def test_a_teaser_and_a_repeated_headline_are_no_articles(empty: Archive, site: Site) -> None:
    whole, flash = BODY.format(name="Masan", n=12), "Ships leave Masan for Okpo " * 5
    korean = "마산항에 월요일 오전 배 열두 척이 들어왔다고 항만 당국이 밝혔다. " * 2
    site.says["/feed.xml"] = feed(
        item(f"{site.url}/a", "Teaser", "", f"{whole} Read more"),
        item(f"{site.url}/b", flash, "", flash),
        item(f"{site.url}/c", "Nothing"),
        item(f"{site.url}/d", "짧은 소식", "", korean),
    )
    report = read(empty, site, full_text="feed")
    assert (report.run.new, report.run.not_articles) == (1, 3)
    reasons = {str(p).partition(": ")[2] for p in report.problems}
    assert reasons == {
        "has only a teaser in the feed",
        "has only its headline in the feed",
        "has no text in the feed",
    }


def test_every_kind_of_entry_is_counted(empty: Archive, site: Site) -> None:
    """Without an address, listed twice, another's, left out, no page, gone, refused, too many."""
    here = site.url
    site.says |= {
        f"/{n}": page(f"Ships at {n}", BODY.format(name=n.title(), n=3)) for n in ("a", "b")
    }
    site.says["/pdf"] = text(b"%PDF-1.7", content_type="application/pdf")
    site.says["/empty"] = text("<html><body><p></p></body></html>", content_type="text/html")
    site.says["/refused"] = Answer(403)
    entries = [item(f"{here}/{n}", n) for n in ("a", "a", "photo/1", "pdf", "empty", "gone")]
    entries += [item("", "no address"), item(f"{here}/refused", "refused"), item(f"{here}/b", "b")]
    site.says["/feed.xml"] = feed(*entries)
    run = read(empty, site, exclude="/photo/", limit=5).run
    assert run.announced == len(entries)
    assert (run.new, run.duplicates, run.not_articles, run.failed) == (1, 1, 4, 2)
    assert run.postponed == 1
    assert any("/gone: answers 404" in reason for reason in run.reasons)
    run = read(empty, site, exclude="/photo/", limit=5).run
    assert (run.new, run.unchanged, run.announced) == (1, 1, len(entries))


def test_a_feed_that_moves_all_its_addresses_is_noticed(empty: Archive, site: Site) -> None:
    """By ids in the feed, and by texts where it has none; what is another article stays one."""
    names = ("masan", "okpo", "busan")

    def announced(folder: str, guids: bool) -> Answer:
        return feed(
            *(item(f"{site.url}/{folder}/{n}", f"Ships at {n}", n if guids else "") for n in names)
        )

    for n, name in enumerate(names):
        body = BODY.format(name=name.title(), n=n + 3)
        site.says[f"/old/{name}"] = [page(f"Ships at {name}", body), moved(f"/new/{name}", 301)]
        site.says[f"/new/{name}"] = page(f"Ships at {name}", body)
        site.says[f"/newer/{name}"] = page(f"Ships at {name}", f"{body} Updated.")
    site.says["/feed.xml"] = announced("old", guids=False)
    assert read(empty, site).run.new == 3
    for folder, guids in (("new", False), ("new", True), ("newer", True)):
        site.says["/feed.xml"] = announced(folder, guids=guids)
        report = read(empty, site, now=NOW + timedelta(hours=1))
        assert report.run.new == 0
        moves = [r for r in report.run.reasons if "stood at another address before" in r]
        assert len(moves) == (not (folder == "new" and guids))
        assert all(re.match(r"3 entries stood", move) for move in moves)
    assert {a.url for a in empty.recent()} == {f"{site.url}/newer/{name}" for name in names}
    for days in (2, 4, 8, 16):
        run = read(empty, site, now=NOW + timedelta(days=days)).run
        assert (run.new, run.withdrawn) == (0, 0)
    assert len(empty.recent()) == 3


def test_what_recurs_under_one_headline_is_no_moved_article(empty: Archive, site: Site) -> None:
    """Other days, and other texts of one day; ids that all entries share name nothing."""
    texts = {
        "mon": "Rain falls in the south until noon, and clears from the west. " * 5,
        "tue": "Fog lies over Incheon in the morning; trains may be late by an hour. " * 5,
    }
    for name, words in texts.items():
        site.says[f"/{name}"] = page("Weather", words)
    site.says["/feed.xml"] = feed(*(item(f"{site.url}/{n}", "Weather", "same") for n in texts))
    run = read(empty, site).run
    assert (run.new, run.duplicates) == (2, 0)


def test_one_text_at_two_addresses_of_one_feed_is_one_article(empty: Archive, site: Site) -> None:
    for name in ("news", "business"):
        site.says[f"/{name}/1"] = page("Ships at Masan", BODY.format(name="Masan", n=3))
    links = [f"{site.url}/{name}/1" for name in ("news", "business")]
    site.says["/feed.xml"] = feed(*(item(url, "Ships at Masan") for url in links))
    assert (read(empty, site).run.new, read(empty, site).run.duplicates) == (1, 1)
    (article,) = empty.recent()
    assert article.url == links[0]


def test_a_source_that_failed_is_counted_as_failed(empty: Archive, site: Site) -> None:
    site.says["/feed.xml"] = Answer(500)
    run = read(empty, site).run
    assert ("500" in run.error, run.failures, run.announced) == (True, 1, 0)


def test_an_old_address_that_leads_to_another_article_of_ours_ends_as_it(
    empty: Archive, site: Site
) -> None:
    """Retitled and moved at once, without an id: nothing tells before the old page is asked."""
    body = BODY.format(name="Masan", n=3)
    site.says["/old"] = [page("Ships at Masan", body), moved("/new", 301)]
    site.says["/new"] = page("Three ships arrive", body)
    site.says["/feed.xml"] = [
        feed(item(f"{site.url}/old", "Ships at Masan")),
        feed(item(f"{site.url}/new", "Three ships arrive")),
    ]
    assert (read(empty, site).run.new, len(empty.recent())) == (1, 1)
    run = read(empty, site, now=NOW + timedelta(days=3)).run
    assert (run.new, run.withdrawn, run.duplicates, run.checked) == (1, 1, 1, 1)
    (article,) = empty.recent()
    assert article.url == f"{site.url}/new"


def test_a_gate_in_a_feed_sends_to_the_page_or_marks_the_article(
    empty: Archive, site: Site
) -> None:
    body, rest = BODY.format(name="Masan", n=3), "Agents were told by noon, a pilot said."

    def told(*paragraphs: str) -> Answer:
        html = "".join(f"&lt;p&gt;{words}&lt;/p&gt;" for words in paragraphs)
        content = f"<content:encoded>{html}</content:encoded></item>"
        entry = item(f"{site.url}/masan", "Ships at Masan").replace("</item>", content)
        space = b"<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        return text(feed(entry).body.replace(b"<rss", space), content_type="application/rss+xml")

    gate = "Subscribe to continue reading."
    site.says["/feed.xml"] = [told(body, gate), told(body, rest), told(body, gate)]
    read(empty, site, full_text="feed")
    (article,) = empty.recent()
    assert (article.partial, article.body) == (True, body)
    assert read(empty, site, full_text="feed").run.changed == 1
    (article,) = empty.recent()
    assert (article.partial, article.body) == (False, f"{body}\n\n{rest}")
    site.says["/masan"] = page("Ships at Masan", f"{body} {rest} She knew more.")
    read(empty, site, full_text="auto")
    (article,) = empty.recent()
    assert (article.partial, article.body.endswith("She knew more.")) == (False, True)
