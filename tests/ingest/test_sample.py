"""The sample archive must stay complete, dated and honest about what it is."""

import csv
import re
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
import yaml

LAST = {
    "en": "This article is part of Dateline's sample archive; it was written for the sample "
    "from public facts and is not a newspaper's text.",
    "ko": "이 기사는 데이트라인 견본 아카이브의 글로, 공개된 사실을 바탕으로 견본용으로 "
    "작성되었으며 신문 기사가 아닙니다.",
}
KEYS = ["title", "outlet", "byline", "published", "updated", "language", "topics", "facts"]
LATEST = date(2026, 8, 31)
MONTHS = (
    "January February March April May June July August September October November December".split()
)
DATE_EN = re.compile(rf"\b\d{{1,2}} ({'|'.join(MONTHS)}) 20\d\d\b")
DATE_KO = re.compile(r"20\d\d년 \d{1,2}월 \d{1,2}일")
CORRECTION = re.compile(rf"^Correction \((\d{{1,2}} ({'|'.join(MONTHS)}) 20\d\d)\): ")


def folder():
    try:
        found = resources.files("ingest") / "sample"
        if found.is_dir():
            return found
    except (ModuleNotFoundError, FileNotFoundError):
        pass
    return Path(__file__).resolve().parents[2] / "ingest" / "sample"


class Article:
    def __init__(self, path):
        self.name = path.name
        text = path.read_text(encoding="utf-8")
        assert text.startswith("---\n"), self.name
        front, body = text[4:].split("\n---\n", 1)
        # BaseLoader makes only strings and lists, so dates stay as they were written.
        self.front = yaml.load(front, Loader=yaml.BaseLoader)  # noqa: S506
        self.paragraphs = body.strip().split("\n\n")
        self.language = self.front.get("language")

    @property
    def story(self):
        return self.paragraphs[:-1]


SAMPLE = folder()
ARTICLES = [
    Article(p) for p in sorted(SAMPLE.iterdir(), key=lambda p: p.name) if p.name.endswith(".md")
]
each = pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.name)


def moment(text):
    """The day of an ISO date or date-time; a date-time must carry its zone."""
    if "T" not in text:
        return date.fromisoformat(text)
    stamp = datetime.fromisoformat(text)
    assert stamp.tzinfo is not None, text
    return stamp.date()


def source_rows():
    with (SAMPLE / "sources.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_counts():
    languages = [a.language for a in ARTICLES]
    assert languages.count("en") >= 60
    assert languages.count("ko") >= 12
    assert len({a.front["outlet"] for a in ARTICLES}) >= 4
    assert (SAMPLE / "README").is_file()


def test_dates_with_and_without_time_both_occur():
    timed = sum("T" in a.front["published"] for a in ARTICLES)
    assert 0 < timed < len(ARTICLES)


def test_titles_and_outlets_do_not_repeat_a_story():
    pairs = [(a.front["title"], a.front["outlet"]) for a in ARTICLES]
    assert len(set(pairs)) == len(pairs)


@each
def test_front_matter(article):
    wanted = [k for k in KEYS if k != "updated" or "updated" in article.front]
    assert list(article.front) == wanted
    assert all(article.front.values())
    assert article.language in LAST
    assert bool(re.search("[가-힣]", article.front["outlet"])) == (article.language == "ko")
    assert all(isinstance(article.front[k], list) for k in ("topics", "facts"))


@each
def test_dates(article):
    published = moment(article.front["published"])
    assert published <= LATEST
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9-]+\.md", article.name)
    assert article.name.startswith(published.isoformat())
    assert article.name.endswith("-ko.md") == (article.language == "ko")
    if "updated" in article.front:
        assert published <= moment(article.front["updated"]) <= LATEST


@each
def test_body(article):
    assert article.paragraphs[-1] == LAST[article.language]
    body = "\n\n".join(article.story)
    if article.language == "en":
        assert 150 <= len(body.split()) <= 400
        assert DATE_EN.search(body)
    else:
        assert 450 <= len(body) <= 1600
        assert len(re.findall("[가-힣]", body)) > len(body) / 2
        assert DATE_KO.search(body)
    for paragraph in article.story:
        assert paragraph == paragraph.strip()
        assert "\n" not in paragraph
        assert not re.match(r"[#>*\-]|\d+\. ", paragraph)
        assert "http" not in paragraph
        assert "](" not in paragraph


@each
def test_facts_are_in_sources(article):
    known = {row["fact"]: row for row in source_rows()}
    ids = article.front["facts"]
    assert ids
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(known)
    # No article knows the future; a meeting may be announced the day before it is held.
    day = moment(article.front.get("updated", article.front["published"]))
    assert max(date.fromisoformat(known[i]["date"]) for i in ids) <= day + timedelta(days=1)


def test_sources():
    rows = source_rows()
    assert list(rows[0]) == ["fact", "date", "outlets", "urls"]
    assert len({r["fact"] for r in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"F\d{3}", row["fact"])
        date.fromisoformat(row["date"])
        assert row["outlets"]
        assert all(u.startswith(("http://", "https://")) for u in row["urls"].split())


def test_a_correction():
    corrected = [a for a in ARTICLES if CORRECTION.match(a.story[-1])]
    assert corrected
    for article in corrected:
        said = CORRECTION.match(article.story[-1])[1]
        day, month, year = said.split()
        updated = moment(article.front["updated"])
        assert updated == date(int(year), MONTHS.index(month) + 1, int(day))
        assert updated > moment(article.front["published"])
