"""One wave of the script: ten days in which everything happens that happens to news sites."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.site.answers import AMP, MOVED_FEED
from tests.site.pieces import Gone, Outlet, Piece, State, Trouble
from tests.site.texts import Text, compose, corrected, extended, near_copy

WAVE = 10
"""Days of a wave."""

CAST = (
    Outlet(
        key="wire", name="Hangang Wire", kind="rss", listing="/rss.xml", offset=9, window=40,
        promo="Read more: follow the Hangang Wire newsletter for a digest every morning.",
    ),
    Outlet(
        key="herald", name="Harbor Herald", kind="atom", listing="/atom.xml", offset=-5, full=True,
        validators=("modified",), robots=None, window=40,
        promo="Support local journalism: subscribe to the Harbor Herald from two dollars a week.",
    ),
    Outlet(
        key="tribune", name="Valley Tribune", kind="json", listing="/feed.json", offset=-6,
        validators=("etag",), dates="meta", window=40,
        robots="User-agent: *\nDisallow: /*?print=\n",
    ),
    Outlet(
        key="ilbo", name="한빛일보", kind="rdf", listing="/rdf.xml", language="ko", offset=9,
        encoding="euc-kr", dates="time",
        promo="한빛일보 기사를 더 보시려면 아침 편지를 구독하세요. 매일 일곱 시에 보내 드립니다.",
    ),
    Outlet(
        key="ministry", name="Ministry of Exchange", kind="sitemap", listing="/sitemap.xml",
        robots="User-agent: *\nDisallow: /internal/\nCrawl-delay: 0.1\n",
    ),
    Outlet(
        key="gazette", name="Foundry Gazette", kind="list", listing="/latest.html", offset=1,
        validators=(), dates="meta",
    ),
    Outlet(key="notes", name="Pier Notes", kind="list", listing="/latest.html"),
    Outlet(
        key="dead", name="Evening Lantern", kind="rss", listing="/rss.xml", offset=-5, zone="EST"
    ),
    Outlet(key="podium", name="Podium", kind="rss091", listing="/speeches.xml", robots=None),
)  # fmt: skip
"""The outlets. `dead` stops answering; `podium` is declared late; `notes` are single URLs."""


class Stage:
    """Where pieces and troubles are put, in days from the start."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.outlets = {outlet.key: outlet for outlet in CAST}
        self.pieces: list[Piece] = []
        self.troubles: list[Trouble] = []

    def at(self, day: float) -> datetime:
        return self.start + timedelta(minutes=round(day * 1440))

    def said(self, key: str, day: float) -> str:
        """A moment as an outlet writes it: in its own zone, or as a day only."""
        outlet = self.outlets[key]
        local = self.at(day).astimezone(outlet.timezone)
        return str(local.date()) if outlet.dates == "time" else local.isoformat(timespec="seconds")

    def piece(
        self, key: str, name: str, day: float, text: Text | None = None, **more: Any
    ) -> Piece:
        """A piece of this outlet, published on that day with one state; kept on stage."""
        language = self.outlets[key].language
        text = text or compose(language, name)
        made = Piece(
            name=name,
            outlet=key,
            path=more.pop("path", f"/news/{name}.html"),
            published=more.pop("published", self.said(key, day)),
            language=language,
            states=(State(at=self.at(day), text=text, aside=f"{name} and others"),),
            **more,
        )
        self.pieces.append(made)
        return made

    def then(self, piece: Piece, day: float, text: Text | None = None, **more: Any) -> Piece:
        """The piece with one state more, from that day on; a new text says when it was updated."""
        changed = text is not None
        more.setdefault("updated", self.said(piece.outlet, day) if changed else "")
        last = piece.states[-1]
        state = replace(last, at=self.at(day), text=text or last.text, **more)
        return self._instead(piece, replace(piece, states=(*piece.states, state)))

    def gone(self, piece: Piece, day: float, status: int, until: float | None = None) -> Piece:
        """The piece vanishes on that day, for good if there is no other."""
        end = None if until is None else self.at(until)
        gone = Gone(since=self.at(day), status=status, until=end)
        return self._instead(piece, replace(piece, gone=(*piece.gone, gone)))

    def trouble(
        self, key: str, path: str, how: str, since: float, until: float, **more: Any
    ) -> None:
        self.troubles.append(
            Trouble(
                outlet=key, path=path, how=how, since=self.at(since), until=self.at(until), **more
            )
        )

    def last(self, day: float) -> None:
        """What happens once, in the last wave: a feed moves for good."""
        self.trouble("wire", r"/rss\.xml", "301", day + 4.5, 10_000, value="{wire}" + MOVED_FEED)

    def _instead(self, old: Piece, new: Piece) -> Piece:
        self.pieces[self.pieces.index(old)] = new
        return new


def wave(stage: Stage, day: float) -> None:
    """Everything, within ten days from `day`."""
    _wire(stage, day)
    _vanishing(stage, day)
    _herald(stage, day)
    _tribune(stage, day)
    _redirects(stage, day)
    _ilbo(stage, day)
    _ministry(stage, day)
    _gazette(stage, day)
    _small(stage, day)


def _wire(stage: Stage, d: float) -> None:
    """Updates, corrections, a double guid, a forbidden page, errors that heal."""
    n = f"wire-{d:g}"
    for number in range(6):
        stage.piece(
            "wire", f"{n}-copied-{number}", d + 0.2 + number * 0.9, story=f"{n}-copied-{number}"
        )
    update = stage.piece("wire", f"{n}-update", d + 0.6)
    stage.then(update, d + 2.2, extended(update.states[0].text, "en", n))
    wrong = stage.piece("wire", f"{n}-correct", d + 0.9)
    stage.then(wrong, d + 3.1, corrected(wrong.states[0].text, "en", n))
    silent = stage.piece("wire", f"{n}-silent", d + 0.4)
    stage.then(silent, d + 1.7, corrected(silent.states[0].text, "en", f"{n} silent"), silent=True)
    often = stage.piece("wire", f"{n}-often", d + 1.1)
    for number, later in enumerate((1.6, 2.6, 4.6)):
        text = extended(often.states[-1].text, "en", f"{n} often {number}")
        often = stage.then(often, d + later, text)
    quick = stage.piece("wire", f"{n}-quick", d + 2.1)
    for number, later in enumerate((2.55, 2.6, 2.65)):
        text = extended(quick.states[-1].text, "en", f"{n} quick {number}")
        quick = stage.then(quick, d + later, text)
    around = stage.piece("wire", f"{n}-around", d + 0.3)
    for later in (1.9, 3.4):
        around = stage.then(around, d + later, silent=True, aside=f"changed on day {later}")
    stage.piece("wire", f"{n}-twin-a", d + 1.3, guid=f"{n}-twin")
    stage.piece("wire", f"{n}-twin-b", d + 1.4, guid=f"{n}-twin")
    stage.piece("wire", f"{n}-private", d + 1.8, path=f"/private/{n}.html", never="robots")
    busy = stage.piece("wire", f"{n}-busy", d + 2.8)
    stage.trouble("wire", busy.path, "429", d, d + WAVE, value="1", times=1)
    ill = stage.piece("wire", f"{n}-ill", d + 3.3)
    stage.trouble("wire", ill.path, "500", d, d + WAVE, times=1)
    stage.trouble(
        "wire", r"/rss\.xml|/feeds/main\.xml", "html", d + 5.95, d + 6.05, fails=("wire",)
    )


def _vanishing(stage: Stage, d: float) -> None:
    """Withdrawn for good, and back after a day."""
    n = f"wire-{d:g}"
    stage.gone(stage.piece("wire", f"{n}-gone-410", d + 0.7), d + 2.0, 410)
    stage.gone(stage.piece("wire", f"{n}-gone-404", d + 1.2), d + 2.4, 404)
    stage.gone(stage.piece("wire", f"{n}-back", d + 0.8), d + 2.9, 404, until=d + 3.9)
    stage.gone(stage.piece("herald", f"herald-{d:g}-gone", d + 0.5), d + 2.3, 404)
    stage.gone(stage.piece("notes", f"notes-{d:g}-gone", d + 0.4), d + 3.3, 410)


def _copies(stage: Stage, key: str, d: float, numbers: tuple[int, ...]) -> None:
    for number in numbers:
        of = next(p for p in stage.pieces if p.name == f"wire-{d:g}-copied-{number}")
        day = d + 0.35 + number * 0.9
        text = near_copy(of.states[0].text, "Hangang Wire", f"{key} {of.name}")
        stage.piece(key, f"{key}-{d:g}-copy-{number}", day, text, story=of.name)


def _herald(stage: Stage, d: float) -> None:
    """Copies, impossible dates, a feed that fails for a day and one that is empty."""
    n = f"herald-{d:g}"
    _copies(stage, "herald", d, (0, 1, 2, 4))
    update = stage.piece("herald", f"{n}-update", d + 0.8)
    stage.then(update, d + 2.6, corrected(update.states[0].text, "en", n))
    for name, written in {
        "future": "2031-01-01T09:00:00-05:00",
        "soon": "2026-06-15T09:00:00-05:00",
        "1970": "1970-01-01T00:00:00Z",
    }.items():
        stage.piece("herald", f"{n}-{name}", d + 1.6, published="", written=written)
    alike = next(p for p in stage.pieces if p.name == f"wire-{d:g}-copied-3")
    own = compose("en", f"{n} own words")
    own = replace(own, headline=alike.states[0].text.headline)
    stage.piece("herald", f"{n}-own-words", d + 3.1, own)
    stage.trouble("herald", r"/atom\.xml", "500", d + 3.9, d + 4.1, fails=("herald",))
    stage.trouble("herald", r"/atom\.xml", "empty", d + 6.9, d + 7.6)


def _tribune(stage: Stage, d: float) -> None:
    """Copies, one article under several URLs, a host that asks to be left alone."""
    n = f"tribune-{d:g}"
    _copies(stage, "tribune", d, (0, 1, 3, 5))
    for name, links in {
        "track": ("{p}?utm_source=feed&utm_medium=rss",),
        "ref": ("{p}?ref=feed",),
        "amp": (AMP + "{p}", "{p}"),
        "amp-only": (AMP + "{p}",),
    }.items():
        path = f"/news/{n}-{name}.html"
        given = tuple(link.format(p=path) for link in links)
        stage.piece("tribune", f"{n}-{name}", d + 0.7, links=given)
    stage.piece(
        "tribune", f"{n}-print", d + 0.9, never="robots", links=(f"/news/{n}-print.html?print=1",)
    )
    late = stage.piece("tribune", f"{n}-late", d + 1.3)
    stage.trouble("tribune", late.path, "503", d, d + WAVE, value="1", times=1)
    stage.trouble(
        "tribune", r"/feed\.json", "429", d + 3.9, d + 4.1, value="18000", fails=("tribune",)
    )


def _redirects(stage: Stage, d: float) -> None:
    """Moved articles, detours, chains, a loop, and ways to where nobody may go."""
    n = f"tribune-{d:g}"
    stage.piece("tribune", f"{n}-old", d + 1.1, moves=((stage.at(d), f"/moved/{n}-old.html"),))
    stage.piece(
        "tribune", f"{n}-moved", d + 0.6, moves=((stage.at(d + 2.7), f"/moved/{n}-moved.html"),)
    )
    temporary = stage.piece("tribune", f"{n}-detour", d + 1.4)
    stage.trouble(
        "tribune", temporary.path, "302", d, 10_000, value="{tribune}" + AMP + temporary.path
    )
    chain = stage.piece("tribune", f"{n}-chain", d + 1.7, links=(f"/hop-1-{n}",))
    stage.trouble("tribune", f"/hop-1-{n}", "301", d, 10_000, value=f"/hop-2-{n}")
    stage.trouble("tribune", f"/hop-2-{n}", "301", d, 10_000, value="{tribune}" + chain.path)
    for name, value in {
        "loop": f"/news/{n}-loop.html",
        "inside": "http://10.9.8.7/admin.html",
        "trap": "{trap}/admin.html",
    }.items():
        piece = stage.piece("tribune", f"{n}-{name}", d + 2.3, never=name)
        stage.trouble("tribune", piece.path, "302", d, 10_000, value=value)


def _ilbo(stage: Stage, d: float) -> None:
    """Korean in EUC-KR, days without a time, a robots.txt that is out of order."""
    n = f"ilbo-{d:g}"
    for number in range(3):
        stage.piece("ilbo", f"{n}-{number}", d + 0.3 + number * 1.3)
    silent = stage.piece("ilbo", f"{n}-silent", d + 0.4)
    stage.then(silent, d + 1.2, corrected(silent.states[0].text, "ko", n), silent=True, updated="")
    stage.trouble("ilbo", r"/robots\.txt", "503", d + 5.4, d + 6.6)


def _ministry(stage: Stage, d: float) -> None:
    """A sitemap index, with pages that robots.txt forbids, and an update by lastmod."""
    n = f"ministry-{d:g}"
    for number in range(3):
        stage.piece("ministry", f"{n}-{number}", d + 0.4 + number * 1.1)
    stage.piece("ministry", f"{n}-internal", d + 0.6, path=f"/internal/{n}.html", never="robots")
    update = stage.piece("ministry", f"{n}-update", d + 0.7)
    stage.then(update, d + 3.6, extended(update.states[0].text, "en", n))


def _gazette(stage: Stage, d: float) -> None:
    """No validators, hostile answers that heal and one that does not, no dates."""
    n = f"gazette-{d:g}"
    for name, how, until in (("slow", "drip", 2.05), ("half", "half-gzip", 2.05)):
        piece = stage.piece("gazette", f"{n}-{name}", d + 1.6)
        stage.trouble("gazette", piece.path, how, d, d + until)
    piece = stage.piece("gazette", f"{n}-bomb", d + 5.7, never="bomb")
    stage.trouble("gazette", piece.path, "bomb", d, 10_000)
    stage.piece("gazette", f"{n}-undated", d + 2.2, published="")
    silent = stage.piece("gazette", f"{n}-silent", d + 0.6)
    stage.then(silent, d + 1.8, corrected(silent.states[0].text, "en", n), silent=True)


def _small(stage: Stage, d: float) -> None:
    """Single URLs, the outlet that dies, and the one that is declared late."""
    stage.piece("notes", f"notes-{d:g}-stays", d + 0.2)
    changes = stage.piece("notes", f"notes-{d:g}-changes", d + 0.3)
    text = corrected(changes.states[0].text, "en", f"notes {d:g}")
    stage.then(changes, d + 2.4, text, silent=True)
    for number in range(2):
        stage.piece("podium", f"podium-{d:g}-{number}", d + 1 + number)
    if d == 0:
        for number in range(3):
            stage.piece("dead", f"dead-{number}", 0.3 + number * 0.8)
