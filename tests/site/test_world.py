"""The simulated world itself: its texts are as they claim, its servers as the script says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from ingest.fetch import Busy, Client, Disallowed, FetchError, Forbidden, TimedOut, TooBig
from tests.site import driver, polite
from tests.site.expect import key_of, life_of
from tests.site.pieces import Piece
from tests.site.script import FULL, OFTEN, SELDOM, SHORT, START, month
from tests.site.server import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(month(SHORT, every=SELDOM, plain=1)) as made:
        yield made


@pytest.fixture
def at(world: World) -> Iterator[Client]:
    """A client that has read no robots.txt yet; the log begins anew."""
    world.log.clear()
    with driver.client(world) as client:
        yield client


def piece(world: World, name: str) -> Piece:
    return next(p for p in world.script.pieces if p.name == name)


def url(world: World, name: str) -> str:
    found = piece(world, name)
    return world.bases[found.outlet] + (found.links or (found.path,))[0]


def day(world: World, number: float) -> datetime:
    return START + timedelta(days=number)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def test_only_copies_are_alike() -> None:
    """Three-word shingles: unrelated articles share under a fifth, copies over two thirds."""
    pieces = month(FULL, every=OFTEN, plain=8).pieces
    assert len(pieces) > 400
    texts = [(p, shingles(p.states[-1].text.body)) for p in pieces]
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        share = len(a & b) / len(a | b)
        related = one.story and one.story == other.story
        assert (share > 0.66) if related else (share < 0.2), (one.name, other.name, share)


def test_articles_have_the_length_of_news() -> None:
    english = [p for p in month(SHORT, every=SELDOM, plain=1).pieces if p.language == "en"]
    assert all(100 <= len(p.states[0].text.body.split()) <= 220 for p in english)


def test_the_script_decides_everything(world: World) -> None:
    for every, script in ((SELDOM, world.script), (OFTEN, month(FULL, every=OFTEN, plain=8))):
        lives = [life for p in script.pieces if (life := life_of(script, p))]
        assert len({key_of(life, world.bases) for life in lives}) == len(lives), every


def test_both_validators_give_304(world: World, at: Client) -> None:
    world.turn(day(world, 3))
    place = url(world, "wire-0-copied-0")
    first = at.get(place)
    assert (first.status, bool(first.etag), bool(first.last_modified)) == (200, True, True)
    assert at.get(place, etag=first.etag).status == 304
    assert at.get(place, last_modified=first.last_modified).status == 304
    assert at.get(place, etag='"other"', last_modified=first.last_modified).status == 200
    assert not polite.faults(world.script, world.log, gap=driver.GAP)
    at.get(place)
    assert any("without a validator" in f for f in polite.faults(world.script, world.log, gap=0))


def test_pages_change_and_vanish(world: World, at: Client) -> None:
    place = url(world, "wire-0-update")
    world.turn(day(world, 1))
    before = at.get(place)
    world.turn(day(world, 3))
    after = at.get(place, etag=before.etag)
    assert after.status == 200
    assert parsedate_to_datetime(after.last_modified) > parsedate_to_datetime(before.last_modified)
    assert at.get(url(world, "wire-0-gone-410")).status == 410
    assert at.get(url(world, "wire-0-back")).status == 404
    world.turn(day(world, 4))
    assert at.get(url(world, "wire-0-back")).status == 200


@pytest.mark.parametrize(
    ("name", "when", "error"),
    [
        ("wire-0-private", 3, Disallowed),
        ("tribune-0-print", 3, Disallowed),
        ("gazette-0-bomb", 7, TooBig),
        ("gazette-0-slow", 2, TimedOut),
        ("gazette-0-half", 2, FetchError),
        ("tribune-0-loop", 3, FetchError),
        ("tribune-0-inside", 3, Forbidden),
        ("tribune-0-trap", 3, Forbidden),
    ],
)
def test_traps_are_refused(
    world: World, at: Client, name: str, when: float, error: type[Exception]
) -> None:
    world.turn(day(world, when))
    with pytest.raises(error):
        at.get(url(world, name))
    assert world.canary == 0
    assert not polite.faults(world.script, world.log, gap=driver.GAP)


def test_redirects_lead_where_they_should(world: World, at: Client) -> None:
    world.turn(day(world, 3))
    chain = at.get(url(world, "tribune-0-chain"))
    assert chain.permanent_url == world.bases["tribune"] + piece(world, "tribune-0-chain").path
    detour = at.get(url(world, "tribune-0-detour"))
    assert (detour.status, detour.permanent_url) == (200, url(world, "tribune-0-detour"))
    assert "/amp/" in detour.final_url


def test_a_host_is_left_alone_for_as_long_as_it_says(world: World, at: Client) -> None:
    world.turn(day(world, 4))
    feed = world.bases["tribune"] + "/feed.json"
    with pytest.raises(Busy) as busy:
        at.get(feed)
    assert busy.value.retry_at == world.now + timedelta(seconds=18_000)
    with pytest.raises(Busy):
        at.get(feed)
    assert at.get(url(world, "wire-0-busy")).status == 200
    world.turn(day(world, 4.5))
    assert at.get(feed).status == 200
    assert not polite.faults(world.script, world.log, gap=driver.GAP)


def test_the_dead_refuse_connections(world: World, at: Client) -> None:
    world.turn(day(world, 4))
    with pytest.raises(FetchError):
        at.get(world.bases["dead"] + "/rss.xml")
