"""Subjects, places and datelines, and the revisions and withdrawals that providers declare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import article, put
from vectorstore import Archive, Filters, Revision

SEOUL = article(
    "seoul",
    "The ministry in Seoul named the tariff on cars on Monday.",
    subjects=("Trade", "Economy"),
    places=("Seoul",),
    dateline="SEOUL, South Korea",
    published="2025-07-01",
)
PARIS = article("paris", "The tariff on cars was named in Paris.", subjects=("trade",))
PLAIN = article("plain", "The tariff on cars is 15 percent.")


def found(archive: Archive, **filters: tuple[str, ...]) -> set[str]:
    hits = archive.search("tariff on cars", k=10, filters=Filters(**filters))  # type: ignore[arg-type]
    return {hit.article.path for hit in hits}


def test_subjects_and_places_filter_every_way_of_looking(empty: Archive) -> None:
    put(empty, [SEOUL, PARIS, PLAIN])
    assert found(empty) == {"seoul", "paris", "plain"}
    assert found(empty, subjects=("TRADE",)) == {"seoul", "paris"}
    assert found(empty, subjects=("Economy", "Sport")) == {"seoul"}
    assert found(empty, subjects=("trade",), places=("seoul",)) == {"seoul"}
    assert found(empty, places=("Busan",)) == set()
    assert [a.path for a in empty.browse(Filters(places=("Seoul",)))] == ["seoul"]
    assert empty.matching(Filters(subjects=("trade",))) == 2


def test_subjects_and_places_are_counted_over_live_articles(empty: Archive) -> None:
    assert empty.subjects() == ()
    put(empty, [SEOUL, PARIS, PLAIN])
    assert empty.subjects() == (("Trade", 2), ("Economy", 1))
    assert empty.places() == (("Seoul", 1),)
    with empty.writing():
        empty.withdraw_articles([SEOUL.id])
    assert (empty.subjects(), empty.places()) == ((("trade", 1),), ())


def test_stored_fields_come_back_as_they_were(empty: Archive) -> None:
    put(empty, [replace(SEOUL, revision=Revision("3", "2025-07-01T10:00:00+09:00"))])
    stored = empty.article(SEOUL.id)
    assert (stored.subjects, stored.places) == (("Trade", "Economy"), ("Seoul",))
    assert stored.dateline == "SEOUL, South Korea"
    assert stored.revision == Revision("3", "2025-07-01T10:00:00+09:00")


def test_other_subjects_are_an_update_and_filter_at_once(empty: Archive) -> None:
    put(empty, [SEOUL])
    assert put(empty, [SEOUL]) == ["unchanged"]
    assert put(empty, [replace(SEOUL, subjects=("Cars",))]) == ["updated"]
    assert found(empty, subjects=("Cars",)) == {"seoul"}
    assert found(empty, subjects=("Trade",)) == set()


FIRST = replace(PLAIN, body="The tariff on cars is 25 percent.", revision=Revision("1"))
SECOND = replace(PLAIN, revision=Revision("2"))


def test_an_earlier_revision_becomes_history_whenever_it_comes(empty: Archive) -> None:
    assert put(empty, [SECOND, FIRST]) == ["new", "updated"]
    assert empty.article(PLAIN.id).body == SECOND.body
    assert [v.body for v in empty.versions(PLAIN.id)] == [FIRST.body, SECOND.body]
    assert [empty.known(a) for a in (FIRST, SECOND)] == [True, True]


def test_a_later_revision_is_current(empty: Archive) -> None:
    assert put(empty, [FIRST, SECOND]) == ["new", "changed"]
    assert empty.article(PLAIN.id).revision == Revision("2")


def test_a_withdrawn_article_stays_out_until_a_later_revision(empty: Archive) -> None:
    put(empty, [FIRST])
    with empty.writing():
        assert empty.retract(PLAIN.id, Revision("2"))
        assert not empty.retract(PLAIN.id, Revision("2"))
    assert put(empty, [FIRST]) == ["unchanged"]
    assert found(empty) == set()
    put(empty, [replace(SECOND, revision=Revision("3"))])
    assert found(empty) == {"plain"}


def test_a_withdrawal_holds_for_what_comes_only_afterwards(empty: Archive) -> None:
    with empty.writing():
        assert not empty.retract(PLAIN.id, Revision("2"))
    assert put(empty, [FIRST]) == ["new"]
    assert empty.article(PLAIN.id).withdrawn
    assert put(empty, [FIRST]) == ["unchanged"]
    assert found(empty) == set()


def test_a_withdrawal_of_an_earlier_revision_changes_nothing(empty: Archive) -> None:
    put(empty, [SECOND])
    with empty.writing():
        assert not empty.retract(PLAIN.id, Revision("1"))
    assert found(empty) == {"plain"}


OURS = replace(PLAIN, key="urn:a:1", source="a", outlet="Agency A", issuers=("agency a", "a.org"))


@pytest.mark.parametrize(
    ("issuers", "source", "same"),
    [
        (("agency a", "elsewhere.org"), "b", True),  # the same provider by another way
        (("agency b", "b.org"), "a", True),  # the same source
        (("*",), "b", True),  # no provider is named in a file
        (("agency b", "b.org"), "b", False),
        (("b.org",), "b", False),
    ],
)
def test_an_identity_is_its_provider_s(
    empty: Archive, issuers: tuple[str, ...], source: str, same: bool
) -> None:
    put(empty, [OURS])
    other = replace(OURS, body="Another text.", source=source, outlet="B", issuers=issuers)
    assert (empty.owner(other) is None) == same
    assert put(empty, [other]) == ["changed" if same else "new"]
    assert put(empty, [other]) == ["unchanged"]
    assert empty.article(OURS.id).body == ("Another text." if same else OURS.body)


def test_an_address_is_its_site_s(empty: Archive) -> None:
    address = "https://www.a.org/story"
    ours = replace(OURS, key=address, url=address, issuers=())
    theirs = replace(ours, body="Another text.", source="b", outlet="B", issuers=("b", "b.org"))
    assert put(empty, [ours, theirs]) == ["new", "new"]  # in one batch
    assert empty.article(ours.id).body == ours.body
    assert {a.url for a in empty.browse()} == {address, ""}
    own = replace(theirs, source="c", outlet="C", issuers=("c", "a.org"))
    assert put(empty, [own]) == ["changed"]


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        (Revision("9"), Revision("10"), True),
        (Revision("10"), Revision("9"), False),
        (Revision("1.2"), Revision("1.10"), True),
        (Revision("2", "2025-07-02"), Revision("1", "2025-07-03"), False),
        (Revision("x", "2025-07-02"), Revision("y", "2025-07-03"), True),
        (
            Revision("", "2025-07-02T10:00:00+09:00"),
            Revision("", "2025-07-02T02:00:00+00:00"),
            True,
        ),
        (Revision("", "2025-07-02"), Revision("", "2025-07-02T10:00:00+09:00"), False),
        (Revision("", "2025-07-02"), Revision("", "2025-07-03T10:00:00+09:00"), True),
        (Revision("1"), Revision("1"), False),
        (Revision(), Revision("1"), False),
    ],
)
def test_revisions_are_ordered_by_version_then_time(
    one: Revision, other: Revision, before: bool
) -> None:
    assert one.precedes(other) is before
