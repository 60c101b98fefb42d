"""Articles of which only a part was to be had: kept, marked, and completed when the rest comes."""

from __future__ import annotations

from pathlib import Path

from chatbot import Answer, Citation, Claim
from ingest import run
from ui.api.service import card
from ui.exports.text import dates
from ui.store.snapshot import article_card
from ui.web.reader import meta_html, reader_html
from ui.web.sources import section_html
from ui.wording.words import words
from vectorstore import Archive, StoredArticle

URL = "https://meridian.example/envoys"
REST = (
    "The lists go to both parliaments in March. Inspectors from Seoul will visit the yards in "
    "Okpo and Tongyeong before that, an official said, and report what they found by 1 March."
)


def page(folder: Path, shared: Path, *, whole: bool) -> Path:
    """The gated page of an address; or all of its text, without its gate."""
    source = (shared / "faults" / "paywall.html").read_text("utf-8")
    source = source.replace("</title>", f"</title><link rel='canonical' href='{URL}'>")
    if whole:
        head, gate = source.split('<div class="gate">')
        source = head + f"<p>{REST}</p>" + gate.split("</div>", 1)[1]
        source = source.replace('"isAccessibleForFree":false', '"isAccessibleForFree":true')
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("whole.html" if whole else "gated.html")
    path.write_text(source, encoding="utf-8")
    return path


def only(archive: Archive) -> StoredArticle:
    (article,) = archive.recent()
    return article


def test_a_part_is_completed_and_never_takes_the_place_of_the_whole(
    empty: Archive, tmp_path: Path, shared: Path
) -> None:
    gated, whole = (page(tmp_path / "pages", shared, whole=w) for w in (False, True))
    assert run(empty, [gated]).new == 1
    part = only(empty)
    assert part.partial
    for sentence in ("To continue reading", "Already a subscriber", "a week", "Cancel"):
        assert sentence not in part.body
    assert run(empty, [gated]).unchanged == 1
    assert run(empty, [whole]).changed == 1
    assert (only(empty).partial, REST in only(empty).body) == (False, True)
    assert run(empty, [gated]).unchanged == 1
    assert (only(empty).partial, only(empty).id) == (False, part.id)
    assert [v.partial for v in empty.versions(part.id)] == [True, False]


def test_both_in_one_folder_are_one_article(empty: Archive, tmp_path: Path, shared: Path) -> None:
    for wanted in ((False, True), (True, False)):
        for number, whole in enumerate(wanted):
            page(tmp_path / f"{wanted}" / f"{number}", shared, whole=whole)
        run(empty, [tmp_path / f"{wanted}"])
        assert (only(empty).partial, REST in only(empty).body) == (False, True)


def test_a_part_is_shown_as_one_wherever_it_is_cited(
    empty: Archive, tmp_path: Path, shared: Path
) -> None:
    run(empty, [page(tmp_path, shared, whole=False)])
    article = only(empty)
    end = article.body.index(".") + 1
    cited = Citation(number=1, article=article, start=0, end=end, quote=article.body[:end])
    answer = Answer(claims=(Claim(text=cited.quote, citations=(cited,)),))
    assert card(article).partial
    assert article_card(article)["partial"]
    (block,) = answer.to_message().content_blocks
    assert block["annotations"][0]["extras"]["partial"]  # type: ignore[typeddict-item]
    for language in ("en", "ko"):
        w = words(language)
        assert w("partial") in meta_html(article, w)
        assert w("partial_note") in reader_html(article, None, w)
        assert w("partial") in section_html(1, answer, w, waiting=False)
        assert w("partial") in dates(article_card(article), w)


def test_what_is_whole_is_not_marked(newsroom: Archive) -> None:
    for article in newsroom.recent():
        assert "dl-partial" not in meta_html(article, words("en"))
        assert not card(article).partial
